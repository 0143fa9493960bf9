"""The looks of a document: PDF, Word, HTML and text, with a table of bodies and what they did in some of them."""

from __future__ import annotations

import html
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from typing import Any

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from tests.batch.source import CITIES, Piece, Text

COLUMNS = 3
ROWS_A_TABLE = 12
_NIL_DATE = (1980, 1, 1, 0, 0, 0)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_GRID = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")])
_STYLES = {
    "title": ParagraphStyle("title", fontName="Times-Bold", fontSize=15, leading=19, spaceAfter=12, alignment=1),
    "heading": ParagraphStyle(
        "heading", fontName="Times-Bold", fontSize=12, leading=15, spaceBefore=8, spaceAfter=4, keepWithNext=1
    ),
    "paragraph": ParagraphStyle("paragraph", fontName="Times-Roman", fontSize=10.5, leading=13.2, spaceAfter=7),
    "list_item": ParagraphStyle(
        "item", fontName="Times-Roman", fontSize=10.5, leading=13.2, leftIndent=22, bulletIndent=10, spaceAfter=4
    ),
    "footnote": ParagraphStyle("note", fontName="Times-Roman", fontSize=8.5, leading=10.5, spaceAfter=4),
    "table_cell": ParagraphStyle("cell", fontName="Times-Roman", fontSize=8.5, leading=10.5),
}
Row = tuple[str, ...]
Part = tuple[str, list[Piece] | list[Row]]


def parts(text: Text, tables: bool, rng: random.Random) -> Iterator[Part]:
    """Yield ("table", rows) or (kind, pieces) in order; with `tables` lists become rows: body, what it did, symbol."""
    for kind, group in groupby(text.pieces, key=lambda piece: piece.kind):
        pieces = list(group)
        if tables and kind in ("table_cell", "list_item"):
            rows = [_row(piece.text, text.body, rng) for piece in pieces]
            for start in range(0, len(rows), ROWS_A_TABLE):
                yield "table", rows[start : start + ROWS_A_TABLE]
        else:
            yield kind, pieces


def _row(text: str, body: str, rng: random.Random) -> Row:
    symbol = f"CP/CEAM-{rng.randint(1, 400)}/{rng.randint(8, 24):02}"
    return (rng.choice((body, f"{body}, {rng.choice(CITIES)}")), text, symbol)


def as_pdf(text: Text, tables: bool, rng: random.Random, password: str | None = None) -> bytes:
    """A4 pages with a running head and page numbers; ruled tables that run over pages."""
    target = io.BytesIO()
    lock = StandardEncryption(password, strength=128) if password else None
    page = SimpleDocTemplate(target, pagesize=A4, title=text.title, invariant=1, encrypt=lock)
    margins = partial(_margins, text.body.encode("cp1252", "replace").decode("cp1252")[:90])
    story = [flowable for part in parts(text, tables, rng) for flowable in _flowables(*part)]
    page.build(story, onFirstPage=margins, onLaterPages=margins)
    return target.getvalue()


def _margins(head: str, canvas: Any, page: Any) -> None:
    canvas.setFont("Times-Roman", 8.5)
    canvas.drawString(72, A4[1] - 40, head)
    canvas.drawCentredString(A4[0] / 2, 36, f"- {page.page} -")


def _flowables(kind: str, content: Sequence[Any]) -> Iterator[Flowable]:
    if kind == "table":
        cells = [[Paragraph(_latin(cell), _STYLES["table_cell"]) for cell in row] for row in content]
        yield Table(cells, [110, 240, 90], style=_GRID, spaceBefore=6, spaceAfter=10)
        return
    style = _STYLES["paragraph" if kind == "table_cell" else kind]
    for piece in content:
        yield Paragraph(_latin(piece.text), style, bulletText="-" if kind == "list_item" else None)


def _latin(text: str) -> str:
    """Escaped, and without what the standard fonts lack."""
    return html.escape(text.encode("cp1252", "replace").decode("cp1252"))


def as_docx(text: Text, tables: bool, rng: random.Random) -> bytes:
    """A Word file with heading and list styles and plain tables, on the default template of python-docx."""
    body = "".join(_word_part(*part) for part in parts(text, tables, rng))
    main = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_template())) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = main.encode() if name == "word/document.xml" else old.read(name)
            new.writestr(zipfile.ZipInfo(name, _NIL_DATE), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


@cache
def _template() -> bytes:
    target = io.BytesIO()
    docx.Document().save(target)
    return target.getvalue()


def _word_part(kind: str, content: Sequence[Any]) -> str:
    if kind == "table":
        rows = ("".join(f"<w:tc>{_word_paragraph(cell)}</w:tc>" for cell in row) for row in content)
        return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    style = {"title": "Title", "heading": "Heading1", "list_item": "ListBullet"}.get(kind, "")
    return "".join(_word_paragraph(piece.text, style) for piece in content)


def _word_paragraph(text: str, style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{html.escape(text)}</w:t></w:r></w:p>'


def as_html(text: Text, tables: bool, rng: random.Random) -> bytes:
    """A page with headings, paragraphs, lists and tables."""
    body = "\n".join(_web_part(*part) for part in parts(text, tables, rng))
    head = f'<meta charset="utf-8"><title>{html.escape(text.title)}</title>'
    return f'<!DOCTYPE html>\n<html lang="{text.language}"><head>{head}</head><body>\n{body}\n</body></html>\n'.encode()


def _web_part(kind: str, content: Sequence[Any]) -> str:
    if kind == "table":
        rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in content)
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    tag = {"title": "h1", "heading": "h2", "list_item": "li"}.get(kind, "p")
    inner = "\n".join(f"<{tag}>{html.escape(piece.text)}</{tag}>" for piece in content)
    return f"<ul>{inner}</ul>" if tag == "li" else inner


def as_text(text: Text, tables: bool, rng: random.Random) -> bytes:
    """Paragraphs with an empty line between them; the rows of tables as paragraphs."""
    lines = []
    for kind, content in parts(text, tables, rng):
        mark = {"title": "# ", "heading": "## ", "list_item": "- "}.get(kind, "")
        lines += [f"{mark}{' - '.join(item) if isinstance(item, tuple) else item.text}" for item in content]
    return "\n\n".join(lines).encode() + b"\n"


Layout = Callable[[Text, bool, random.Random], bytes]
LAYOUTS: dict[str, tuple[int, Layout]] = {  # suffix: share in per cent, how to lay out
    ".pdf": (60, as_pdf),
    ".docx": (20, as_docx),
    ".html": (10, as_html),
    ".txt": (10, as_text),
}
