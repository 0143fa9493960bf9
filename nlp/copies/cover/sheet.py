"""Papers as PDF: A4, embedded fonts, links to the quotes in context."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from nlp.copies.cover.paper import Paper, Part, Row
from nlp.copies.paper import MARGIN, marked, pages, style

_INK, _LINE, _SOFT = "#1b3a57", "#c9ced6", "#555555"
_WIDTH = 595.27 - 2 * (MARGIN + 6)
_COLUMNS = (0.30, 0.43, 0.27)


def write(paper: Paper) -> bytes:
    """Return a paper as PDF; rows of its table may go over pages, but none is parted.

    Raises:
        MissingExtra: if reportlab is not installed.
    """
    return pages([*_flow(paper)], f"{paper.kind}: {paper.title}")


def page_count(paper: Paper) -> int:
    """Return how many pages a paper takes."""
    import pypdfium2

    document = pypdfium2.PdfDocument(io.BytesIO(write(paper)))
    try:
        return len(document)
    finally:
        document.close()


def _flow(paper: Paper) -> Iterator[Any]:
    from reportlab.platypus import HRFlowable, Paragraph

    soft = {"textColor": _SOFT}
    yield Paragraph(marked(paper.kind.upper()), style("kind", 7, **soft))
    yield Paragraph(marked(paper.title), style("title", 13, fontName="Evmap-Bold", textColor=_INK, spaceAfter=3))
    yield Paragraph(marked(" · ".join(paper.facts)), style("facts", 7, **soft))
    yield HRFlowable(width="100%", color=_INK, spaceBefore=4, spaceAfter=4)
    for part in paper.parts:
        yield from _part(part)
    yield Paragraph(marked(paper.foot), style("foot", 6, spaceBefore=6, **soft))


def _part(part: Part) -> Iterator[Any]:
    from reportlab.platypus import Paragraph

    text = style("text", 7)
    head = style("part", 8.5, fontName="Evmap-Bold", textColor=_INK, spaceBefore=5, spaceAfter=1, keepWithNext=1)
    yield Paragraph(marked(part.heading), head)
    if part.text:
        yield Paragraph(marked(part.text), text)
    if part.rows:
        yield _table(part.rows)
    for line in part.lines:
        yield Paragraph(marked(line), text)


def _table(rows: Any) -> Any:
    from reportlab.platypus import Table

    ruled = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    return Table(
        [_cells(row) for row in rows], [share * _WIDTH for share in _COLUMNS], style=ruled, splitByRow=1, spaceBefore=3
    )


def _cells(row: Row) -> list[Any]:
    from reportlab.platypus import Paragraph

    face = "Evmap" if row.deep else "Evmap-Bold"
    head = style("head", 6.8, fontName=face, leftIndent=8 if row.deep else 0, leading=8.4)
    small = style("small", 6.2, textColor=_SOFT, leading=7.8)
    place = marked(row.place or row.standing)
    if row.href:
        place = f"<link href={quoteattr(row.href)} color={quoteattr(_INK)}><u>{place}</u></link>"
    place += f" · {marked(row.standing)}" if row.place else ""
    said = [place, *([marked(row.facts)] if row.facts else [])]
    quote = style("quote", 6.8, leading=8.4)
    return [
        Paragraph(marked(row.head), head),
        Paragraph(f"“{marked(row.quote)}”", quote),
        Paragraph("<br/>".join(said), small),
    ]
