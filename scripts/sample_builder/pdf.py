"""PDF samples: A4, standard Times or Helvetica, running header, page number, ruled tables that run over pages."""

from __future__ import annotations

import html
import io
import re
from functools import partial
from typing import Any

from reportlab.lib import colors  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    Table,
    TableStyle,
)

from .source import Block, Source, blocks_of, column_shares

BULLET_FACE = "Symbol"  # in Times or Helvetica reportlab writes a bullet as byte 127, which some readers cannot name
MARGIN = 64.0  # points
FRAME_PADDING = 6.0  # points; what reportlab keeps free inside a page's frame
LETTER_ITEM = re.compile(r"([a-z]\.) (.*)", re.DOTALL)
HEADING_SIZES = {1: 15, 2: 12.5, 3: 11, 4: 10.5}  # points


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
        author=source.body,
        lang=source.language,
        invariant=1,
        pageCompression=0,
    )
    styles = _styles(source)
    story = [_flowable(block, source, styles, layout.width - 2 * FRAME_PADDING) for block in blocks_of(source)]
    furniture = partial(_furniture, source)
    layout.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


def _furniture(source: Source, canvas: Any, layout: Any) -> None:
    width, height = A4
    canvas.setFont("Times-Roman", 8.5)
    canvas.drawRightString(width - MARGIN, height - 40, source.symbol)
    canvas.drawString(MARGIN, height - 51, source.body)
    canvas.line(MARGIN, height - 57, width - MARGIN, height - 57)
    canvas.drawCentredString(width / 2, 36, f"- {layout.page} -")


def _styles(source: Source) -> dict[str, ParagraphStyle]:
    serif = source.kind == "resolution" or source.align == "justify"
    face, bold, slanted = (
        ("Times-Roman", "Times-Bold", "Times-Italic") if serif else ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique")
    )
    flow = TA_JUSTIFY if source.align == "justify" else TA_LEFT
    indent = 36 if source.kind == "resolution" else 0
    body = ParagraphStyle(
        "body",
        fontName=face,
        fontSize=source.size,
        leading=source.size * 1.26,
        spaceAfter=7,
        allowWidows=0,
        allowOrphans=0,
        alignment=flow,
    )
    cell = ParagraphStyle("cell", body, fontSize=8.5, leading=10.5, spaceAfter=3, alignment=TA_LEFT)
    hanging = {"leftIndent": 0, "firstLineIndent": 36} if indent else {"leftIndent": 24, "bulletIndent": 10}
    item = ParagraphStyle("item", body, **hanging, spaceAfter=5, bulletFontName=face, bulletFontSize=source.size)
    styles = {
        "paragraph": ParagraphStyle("paragraph", body, firstLineIndent=indent),
        "item": item,
        "bullet": ParagraphStyle("bullet", item, bulletFontName=BULLET_FACE),
        "letter": ParagraphStyle("letter", body, leftIndent=54, bulletIndent=36, bulletFontName=face),
        "note": ParagraphStyle("note", body, fontName=slanted, fontSize=9, leading=11, alignment=TA_CENTER),
        "cell": cell,
        "cell item": ParagraphStyle("cell item", cell, leftIndent=10, bulletFontName=BULLET_FACE, bulletFontSize=8.5),
        "cell head": ParagraphStyle("cell head", cell, fontName=bold),
    }
    for level, size in HEADING_SIZES.items():
        look = {"fontSize": size, "leading": size * 1.25, "spaceBefore": size * 0.7, "keepWithNext": 1}
        styles[f"heading {level}"] = ParagraphStyle(
            f"heading {level}", body, fontName=bold, alignment=TA_CENTER if level == 1 else TA_LEFT, **look
        )
    return styles


def _flowable(block: Block, source: Source, styles: dict[str, ParagraphStyle], width: float) -> Flowable:
    if block.kind == "table":
        return _table(block, styles, width)
    letter = LETTER_ITEM.fullmatch(block.text) if source.kind == "resolution" and block.kind == "paragraph" else None
    if letter:
        return Paragraph(html.escape(letter[2]), styles["letter"], bulletText=letter[1])
    kind = "bullet" if block.mark == "•" else block.kind
    name = f"heading {block.level}" if block.level else kind
    return Paragraph(html.escape(block.text), styles[name], bulletText=block.mark or None)


def _table(block: Block, styles: dict[str, ParagraphStyle], width: float) -> Table:
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
    return Table(rows, widths, style=ruled, repeatRows=1, spaceBefore=6, spaceAfter=10)
