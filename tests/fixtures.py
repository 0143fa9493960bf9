"""Tiny real documents made in code, one function a format; all wording is our own."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph as WordParagraph
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Spacer, Table

PHRASE = "The heron office trained forty lighthouse inspectors"
TABLE = (
    ("Office", "Work done", "Paper"),
    ("Heron", "Taught the inspectors.", "DOC.1/08"),
    ("Plover", "Wrote.", "DOC.2/08"),
)
FILLER = "During the year the office held many small meetings about lamps, stairs and the colour of the sea. "


def text_file() -> bytes:
    table = "\n".join(f"| {' | '.join(row)} |" for row in (TABLE[0], ("---", "---", "---"), *TABLE[1:]))
    return f"# Yearly notes\n\n{PHRASE}.\n\n1. To paint the door;\n2. To oil the lamp.\n\n{table}\n".encode()


def html_file() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}" for row in TABLE)
    return (
        f"<html><head><title>Yearly notes</title></head><body><h1>Yearly notes</h1><p>{PHRASE}."
        f"<ol><li>To paint the door;<li>To oil the lamp.</ol><table>{rows}</table></body></html>"
    ).encode()


def word_file(change: Callable[[object], None] | None = None) -> bytes:
    document = Document()
    document.core_properties.title = "Yearly notes"
    document.add_heading("Yearly notes", 1)
    document.add_paragraph(PHRASE + ".")
    for item in ("To paint the door;", "To oil the lamp."):
        document.add_paragraph(item, style="List Number")
    table = document.add_table(len(TABLE), len(TABLE[0]))
    for row, texts in enumerate(TABLE):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    if change:
        change(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def pdf_file() -> bytes:
    styles = getSampleStyleSheet()
    story = [
        Paragraph("Yearly notes", styles["Title"]),
        Paragraph(f"{PHRASE}. {FILLER * 3}", styles["Normal"]),
        Spacer(1, 10),
        Paragraph("1. To paint the door;", styles["Normal"]),
        Paragraph("2. To oil the lamp.", styles["Normal"]),
        Spacer(1, 10),
        ruled_table(),
    ]
    target = io.BytesIO()
    SimpleDocTemplate(target, pagesize=letter, title="Yearly notes").build(story)
    return target.getvalue()


def ruled_table(rows: Sequence[Sequence[str]] = TABLE) -> Table:
    return Table(
        [list(row) for row in rows], colWidths=[120] * len(rows[0]), style=[("GRID", (0, 0), (-1, -1), 1, colors.black)]
    )


def paged_pdf(pages: Sequence[Callable[[Canvas], None]], password: str | None = None) -> bytes:
    """A PDF with one drawing function a page."""
    target = io.BytesIO()
    encryption = StandardEncryption(password) if password else None
    canvas = Canvas(target, pagesize=letter, encrypt=encryption)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def say(*lines: str) -> Callable[[Canvas], None]:
    """A page that says these lines, one below the other from the top."""

    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(lines):
            canvas.drawString(72, 700 - 14 * number, line)

    return draw


def scan(canvas: Canvas) -> None:
    """A page with a drawing and no text."""
    canvas.rect(100, 100, 300, 400, fill=1)


def two_columns() -> bytes:
    """Two columns of justified text, a running header with a number and page numbers, on two pages or three."""
    style = ParagraphStyle("column", parent=getSampleStyleSheet()["Normal"], alignment=4, firstLineIndent=14)

    def margins(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.drawString(72, 770, f"SEA/DOC.{document.page}")
        canvas.drawCentredString(300, 30, f"- {document.page} -")

    target = io.BytesIO()
    document = BaseDocTemplate(target, pagesize=letter)
    frames = [Frame(60, 60, 235, 620), Frame(310, 60, 235, 620)]
    document.addPageTemplates(PageTemplate(frames=frames, onPage=margins))
    document.build([Paragraph(f"Note {number:02d} begins. {FILLER * 3}", style) for number in range(20)])
    return target.getvalue()


def running(tag: str, said_in: str, text: str) -> object:
    """A tracked change of a Word paragraph: `tag` "w:ins" or "w:del" around a run."""
    change, run, said = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(said_in)
    said.text = text
    run.append(said)
    change.append(run)
    return change


def add_footnote(paragraph: WordParagraph, text: str) -> None:
    """Give a Word paragraph the document's only footnote."""
    note = f'<w:footnote w:id="2"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), paragraph.part.package)
    paragraph.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))


def add_text_box(paragraph: WordParagraph, text: str) -> None:
    """Give a Word paragraph a text box, written twice as Word does: for itself and for older programs."""
    box = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    alternatives = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    choice = f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    both = f'<mc:AlternateContent xmlns:mc="{alternatives}">{choice}{fallback}</mc:AlternateContent>'
    paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{both}</w:r>"))


def zipped(**parts: bytes) -> bytes:
    """A zip archive with these parts; two underscores in a name stand for a slash, one for a point."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return target.getvalue()


@contextmanager
def growing(path: Path) -> Iterator[None]:
    """Somebody else writes on at the end of a file all the while."""
    done = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not done.is_set():
                file.write(b"more ")

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
