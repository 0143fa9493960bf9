"""Papers as Word documents."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from nlp.copies.cover.paper import Paper, Part, Row
from nlp.extras import need

_INK, _SOFT = "1B3A57", "555555"
_COLUMNS = (5.4, 7.6, 4.8)  # centimetres
_DATED = datetime(1980, 1, 1)


def write(paper: Paper) -> bytes:
    """Return a paper as DOCX.

    Raises:
        MissingExtra: if python-docx is not installed.
    """
    need("docx", "desk", "DOCX covers")
    from docx import Document
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.6)
    section.top_margin = section.bottom_margin = Cm(1.4)
    usual = document.styles["Normal"]
    usual.font.name, usual.font.size = "Arial", Pt(8)
    usual.paragraph_format.space_after = Pt(0)
    properties = document.core_properties
    properties.title, properties.author, properties.language = paper.title, "evmap", paper.language
    properties.created = properties.modified = _DATED
    _add(document.add_paragraph(), paper.kind.upper(), 7, colour=_SOFT)
    title = document.add_heading(level=1)
    title.paragraph_format.space_before = Pt(0)
    _add(title, paper.title, 14, bold=True, colour=_INK)
    _add(document.add_paragraph(), " · ".join(paper.facts), 7, colour=_SOFT)
    for part in paper.parts:
        _part(document, part)
    foot = document.add_paragraph()
    foot.paragraph_format.space_before = Pt(5)
    _add(foot, paper.foot, 6.5, colour=_SOFT)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _part(document: Any, part: Part) -> None:
    from docx.shared import Pt

    heading = document.add_heading(level=2)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(5), Pt(1)
    _add(heading, part.heading, 9, bold=True, colour=_INK)
    if part.text:
        _add(document.add_paragraph(), part.text, 7.5)
    if part.rows:
        _table(document, part)
    for line in part.lines:
        _add(document.add_paragraph(), line, 7.5)


def _table(document: Any, part: Part) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=len(_COLUMNS))
    table.autofit = False
    table._tbl.tblPr.append(_rules())
    for column, width in zip(table.columns, _COLUMNS, strict=True):
        column.width = Cm(width)
    for row in part.rows:
        made = table.add_row()
        made._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(made.cells, _COLUMNS, strict=True):
            cell.width = Cm(width)
        _cells(made.cells, row)


def _rules() -> Any:
    """Thin lines between rows."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    rules = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "C9CED6")):
            line.set(qn(f"w:{name}"), value)
        rules.append(line)
    return rules


def _cells(cells: Any, row: Row) -> None:
    from docx.shared import Cm

    head, quote, place = (cell.paragraphs[0] for cell in cells)
    head.paragraph_format.left_indent = Cm(0.3 if row.deep else 0)
    _add(head, row.head, 7, bold=not row.deep)
    _add(quote, f"“{row.quote}”", 7)
    _linked(place, row.place or row.standing, row.href)
    if row.place:
        _add(place, f" · {row.standing}", 6.5, colour=_SOFT)
    if row.facts:
        place.add_run().add_break()
        _add(place, row.facts, 6.5, colour=_SOFT)


def _add(paragraph: Any, text: str, size: float, bold: bool = False, colour: str = "") -> Any:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Arial"
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    return run


def _linked(paragraph: Any, text: str, href: str) -> None:
    """Add a text that leads somewhere."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = _add(paragraph, text, 6.5, colour=_INK)
    if not href:
        return
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run.font.underline = True
    paragraph._p.append(link)
    link.append(run._r)
