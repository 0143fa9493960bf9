"""Render ``corpus/sources/*.md`` to ``corpus/samples/*.{pdf,docx,html,txt}``, byte for byte the same on every run.

A source is front matter plus Markdown of few words: headings, paragraphs, lists and ruled tables. The front matter names
the format and, where a sample needs it, ``align: justify`` (PDF), ``encoding: windows-1252`` (HTML, TXT) and ``wrap: 78``
(TXT, which then also gets page feeds). Nothing is compressed: zlib builds differ, plain bytes do not.
"""

from __future__ import annotations

import argparse
import datetime
import html
import io
import re
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html.entities import codepoint2name
from pathlib import Path
from typing import Any, Literal

import docx
import yaml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib import colors  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle  # type: ignore[import-untyped]

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
MARGIN = 64.0  # points
PAGE_LINES = 58  # of a wrapped text file
LETTER_ITEM = re.compile(r"([a-z]\.) (.*)", re.DOTALL)
HEADING_SIZES = {1: 15, 2: 12.5, 3: 11, 4: 10.5}  # points
HTML_HEAD = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<html lang="{language}">
<head>
<meta http-equiv="Content-Type" content="text/html; charset={encoding}">
<title>{title}</title>
<style type="text/css">
p.MsoNormal {{ margin: 0 0 8pt; font: 11pt "Times New Roman", serif }}
p.MsoNote {{ font: italic 10pt "Times New Roman", serif; text-align: center }}
h1 {{ font: bold 15pt Arial, sans-serif; text-align: center }}
td, th {{ vertical-align: top; padding: 3pt 5pt; font-size: 10pt }}
</style>
</head>
<body bgcolor="#FFFFFF">
<div class="Section1">
"""


@dataclass(frozen=True)
class Source:
    """One sample before rendering: its front matter, and its Markdown with byline and note set under the title."""

    stem: str
    format: str
    language: str
    is_resolution: bool
    title: str
    symbol: str
    date: datetime.date
    issuer: str
    encoding: str
    wrap: int
    justified: bool
    markdown: str


@dataclass(frozen=True)
class Block:
    """One heading (``level`` 1-4), paragraph, centred note, list item (``mark`` is a bullet or ``3.``) or table."""

    kind: Literal["heading", "paragraph", "note", "item", "table"]
    text: str = ""
    level: int = 0
    mark: str = ""
    rows: tuple[tuple[str, ...], ...] = ()  # header first; "\n" parts the paragraphs of a cell


def read_source(path: Path) -> Source:
    """Read one Markdown source. Raises ``KeyError`` or ``ValueError`` for front matter that is missing or incomplete."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta: dict[str, Any] = yaml.safe_load(front)
    byline = ", ".join(filter(None, (meta["body"], meta.get("symbol"), f"{meta['date']:%d.%m.%Y}")))
    title_line, rest = body.strip().split("\n", 1)
    return Source(
        stem=path.stem,
        format=meta["format"],
        language=meta["language"],
        is_resolution=meta["kind"] == "resolution",
        title=meta["title"],
        symbol=meta.get("symbol", ""),
        date=meta["date"],
        issuer=meta["body"],
        encoding=meta.get("encoding", "utf-8"),
        wrap=meta.get("wrap", 0),
        justified=meta.get("align") == "justify",
        markdown=f"{title_line}\n\n*{byline}*\n\n*{meta['note']}*\n{rest}",
    )


def markdown_parser(source: Source) -> MarkdownIt:
    """Make the parser; what a word processor would have written gets its curly quotes, plain text stays straight."""
    quotes = ["«\xa0", "\xa0»", "‹\xa0", "\xa0›"] if source.language == "fr" else "“”‘’"
    parser = MarkdownIt("commonmark", {"typographer": source.format != "txt", "quotes": quotes})
    return parser.enable(["table", "replacements", "smartquotes"])


def blocks_of(source: Source) -> list[Block]:
    """Parse the Markdown of a source into blocks, in order. Raises ``ValueError`` for Markdown it does not know."""
    tree = SyntaxTreeNode(markdown_parser(source).parse(source.markdown))
    return [block for node in tree.children for block in _blocks(node)]


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "heading":
        yield Block("heading", _text(node), level=int(node.tag[1]))
    elif node.type == "paragraph":
        yield Block("note" if node.children[0].children[0].type == "em" else "paragraph", _text(node))
    elif node.type in ("bullet_list", "ordered_list"):
        start = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children, start):
            yield Block("item", _text(item), mark="•" if node.type == "bullet_list" else f"{number}.")
    elif node.type == "table":
        rows = [row for part in node.children for row in part.children]
        yield Block("table", rows=tuple(tuple(_text(cell) for cell in row.children) for row in rows))
    else:
        raise ValueError(f"no rule for {node.type} at source lines {node.map}")


def _text(node: SyntaxTreeNode) -> str:
    leaves = {"softbreak": " ", "html_inline": "\n"}
    return "".join(leaves.get(leaf.type, leaf.content) for leaf in node.walk() if not leaf.children).strip()


def column_shares(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Give each column its share of the table's width (they add up to 1), by its longest cell within limits."""
    weights = [min(max(len(cell) for cell in column), 60) + 12 for column in zip(*rows, strict=True)]
    return [weight / sum(weights) for weight in weights]


def render_pdf(source: Source) -> bytes:
    """Render A4 pages with a running header and a page number. Raises ``UnicodeEncodeError`` for what WinAnsi lacks."""
    source.markdown.encode("cp1252")
    out = io.BytesIO()
    layout = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN + 14,
        bottomMargin=MARGIN,
        title=source.title,
        author=source.issuer,
        lang=source.language,
        invariant=1,
        pageCompression=0,
    )
    styles = _pdf_styles(source)
    story = [_pdf_flowable(block, source, styles, layout.width) for block in blocks_of(source)]
    furniture = partial(_pdf_furniture, source)
    layout.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


def _pdf_furniture(source: Source, canvas: Any, layout: Any) -> None:
    width, height = A4
    canvas.setFont("Times-Roman", 8.5)
    canvas.drawRightString(width - MARGIN, height - 40, source.symbol)
    canvas.drawString(MARGIN, height - 51, source.issuer)
    canvas.line(MARGIN, height - 57, width - MARGIN, height - 57)
    canvas.drawCentredString(width / 2, 36, f"- {layout.page} -")


def _pdf_styles(source: Source) -> dict[str, ParagraphStyle]:
    serif = source.is_resolution or source.justified
    face, bold, slanted = (
        ("Times-Roman", "Times-Bold", "Times-Italic") if serif else ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique")
    )
    flow = TA_JUSTIFY if source.justified else TA_LEFT
    indent = 36 if source.is_resolution else 0
    body = ParagraphStyle("body", fontName=face, fontSize=10.5, leading=13.5, spaceAfter=7, alignment=flow)
    cell = ParagraphStyle("cell", body, fontSize=8.5, leading=10.5, spaceAfter=3, alignment=TA_LEFT)
    hanging = {"leftIndent": 0, "firstLineIndent": 36} if indent else {"leftIndent": 24, "bulletIndent": 10}
    styles = {
        "paragraph": ParagraphStyle("paragraph", body, firstLineIndent=indent),
        "item": ParagraphStyle("item", body, **hanging, bulletFontName=face, bulletFontSize=10.5),
        "letter": ParagraphStyle("letter", body, leftIndent=54, bulletIndent=36, bulletFontName=face),
        "note": ParagraphStyle("note", body, fontName=slanted, fontSize=9, leading=11, alignment=TA_CENTER),
        "cell": cell,
        "cell item": ParagraphStyle("cell item", cell, leftIndent=10, bulletFontName=face, bulletFontSize=8.5),
        "cell head": ParagraphStyle("cell head", cell, fontName=bold),
    }
    for level, size in HEADING_SIZES.items():
        look = {"fontSize": size, "leading": size * 1.25, "spaceBefore": size * 0.7, "keepWithNext": 1}
        styles[f"heading {level}"] = ParagraphStyle(
            f"heading {level}", body, fontName=bold, alignment=TA_CENTER if level == 1 else TA_LEFT, **look
        )
    return styles


def _pdf_flowable(block: Block, source: Source, styles: dict[str, ParagraphStyle], width: float) -> Flowable:
    if block.kind == "table":
        return _pdf_table(block, styles, width)
    letter = LETTER_ITEM.fullmatch(block.text) if source.is_resolution and block.kind == "paragraph" else None
    if letter:
        return Paragraph(html.escape(letter[2]), styles["letter"], bulletText=letter[1])
    name = f"heading {block.level}" if block.level else block.kind
    return Paragraph(html.escape(block.text), styles[name], bulletText=block.mark or None)


def _pdf_table(block: Block, styles: dict[str, ParagraphStyle], width: float) -> Table:
    def cell(text: str, *, head: bool) -> list[Paragraph]:
        parts = [(part.removeprefix("• "), part.startswith("• ")) for part in text.split("\n")]
        name = "cell head" if head else "cell"
        return [
            Paragraph(html.escape(part), styles["cell item" if listed else name], bulletText="•" if listed else None)
            for part, listed in parts
        ]

    rows = [[cell(text, head=number == 0) for text in row] for number, row in enumerate(block.rows)]
    ruled = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    widths = [width * share for share in column_shares(block.rows)]
    return Table(rows, widths, style=ruled, repeatRows=1, splitInRow=1, spaceBefore=6, spaceAfter=10)


def render_docx(source: Source) -> bytes:
    """Render a Word file with heading and list styles, real tables, header, footer and fixed properties."""
    document = docx.Document()
    _docx_page(document, source)
    previous = Block("paragraph")
    numbering: int | None = None
    for block in blocks_of(source):
        if block.kind == "item" and block.mark[0].isdigit() and previous.mark[:1] in ("", "•"):
            numbering = _docx_new_list(document, int(block.mark[:-1]))
        _docx_block(document, block, numbering)
        previous = block
    out = io.BytesIO()
    document.save(out)
    return _fixed_zip(out)


def _docx_page(document: Any, source: Source) -> None:
    moment = datetime.datetime.combine(source.date, datetime.time(9))
    properties = {"title": source.title, "author": source.issuer, "language": source.language, "comments": ""}
    properties |= {"created": moment, "modified": moment, "last_modified_by": source.issuer}
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    document.styles["Normal"].font.size = Pt(10.5)
    section.header.paragraphs[0].text = " / ".join(filter(None, (source.issuer, source.symbol)))
    field = OxmlElement("w:fldSimple")
    field.set(docx.oxml.ns.qn("w:instr"), "PAGE")
    section.footer.paragraphs[0].alignment = 1
    section.footer.paragraphs[0]._p.append(field)


def _docx_new_list(document: Any, start: int) -> int:
    """Start a numbering of its own, so that a list does not go on from the one before; give its number id."""
    definitions = document.part.numbering_part.numbering_definitions._numbering
    style_id = document.styles["List Number"].element.pPr.numPr.numId.val
    number = definitions.add_num(definitions.num_having_numId(style_id).abstractNumId.val)
    number.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(number.numId)


def _docx_block(document: Any, block: Block, numbering: int | None) -> None:
    if block.kind == "heading":
        document.add_heading(block.text, block.level - 1)  # level 0 is Word's Title
    elif block.kind == "table":
        _docx_table(document, block)
    elif block.kind == "item" and block.mark != "•":
        paragraph = document.add_paragraph(block.text, style="List Number")
        paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = numbering
    else:
        styles = {"item": "List Bullet", "note": "Quote", "paragraph": "Normal"}
        document.add_paragraph(block.text, style=styles[block.kind])


def _docx_table(document: Any, block: Block) -> None:
    shares = column_shares(block.rows)
    table = document.add_table(rows=len(block.rows), cols=len(shares), style="Table Grid")
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for row, texts in zip(table.rows, block.rows, strict=True):
        for cell, text, share in zip(row.cells, texts, shares, strict=True):
            cell.width = Mm(150 * share)
            _docx_cell(cell, text)
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    document.add_paragraph()


def _docx_cell(cell: Any, text: str) -> None:
    for number, part in enumerate(text.split("\n")):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.add_run(part.removeprefix("• "))
        paragraph.style = "List Bullet" if part.startswith("• ") else "Normal"


def _fixed_zip(packed: io.BytesIO) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name))
    return out.getvalue()


def render_html(source: Source) -> bytes:
    """Render a page as an office suite of the time saved it; a windows-1252 page writes its typographic signs as entities."""
    page = markdown_parser(source).render(source.markdown)
    page = re.sub(r"<p><em>(.*?)</em></p>", r'<p class="MsoNote">\1</p>', page)
    page = page.replace("<p>", '<p class="MsoNormal">').replace("<br />", "<br>")
    page = page.replace("<table>", '<table border="1" cellspacing="0" cellpadding="0" width="100%">')
    page = page.replace("<td></td>", "<td>&nbsp;</td>").replace("<h1>", '<h1 align="center">')
    head = HTML_HEAD.format(language=source.language, encoding=source.encoding, title=html.escape(source.title))
    page = head + page + "</div>\n</body>\n</html>\n"
    if source.encoding != "utf-8":
        page = "".join(f"&{codepoint2name[ord(sign)]};" if sign > "ÿ" or sign in "«»\xa0" else sign for sign in page)
    return page.encode(source.encoding)


def render_txt(source: Source) -> bytes:
    """Render plain text: one line a paragraph, or hard-wrapped to ``wrap`` columns on pages parted by form feeds."""
    wrapper = textwrap.TextWrapper(source.wrap or sys.maxsize, break_long_words=False, break_on_hyphens=False)
    pieces = [_text_lines(block, wrapper) for block in blocks_of(source)]
    pages = [[]] if not source.wrap else None
    if pages is not None:
        pages[0] = [line for piece in pieces for line in [*piece, ""]]
    else:
        pages = _text_pages(pieces, source)
    return "\f".join("\n".join(page) for page in pages).encode(source.encoding)
