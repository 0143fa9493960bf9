"""DOCX samples: heading and list styles, real tables, header, footer, fixed properties and timestamps."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from .source import Block, Source, blocks_of, column_shares


def render_docx(source: Source) -> bytes:
    """Render a Word file with heading and list styles, real tables, header, footer and fixed properties."""
    document = docx.Document()
    _page(document, source)
    previous = Block("paragraph")
    numbering: int | None = None
    for block in blocks_of(source):
        if block.kind == "item" and block.mark[0].isdigit() and previous.mark[:1] in ("", "•"):
            numbering = _new_list(document, int(block.mark[:-1]))
        _block(document, block, numbering)
        previous = block
    out = io.BytesIO()
    document.save(out)
    return _fixed_zip(out)


def _page(document: Any, source: Source) -> None:
    moment = datetime.datetime.combine(source.date, datetime.time(9))
    properties: dict[str, object] = {
        "title": source.title,
        "author": source.body,
        "language": source.language,
        "comments": "",
    }
    properties |= {"created": moment, "modified": moment, "last_modified_by": source.body}
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    document.styles["Normal"].font.size = Pt(10.5)
    section.header.paragraphs[0].text = " / ".join(filter(None, (source.body, source.symbol)))
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    section.footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    section.footer.paragraphs[0]._p.append(field)


def _new_list(document: Any, start: int) -> int:
    """Start a numbering of its own, so that a list does not go on from the one before; give its number id."""
    definitions = document.part.numbering_part.numbering_definitions._numbering
    style_id = document.styles["List Number"].element.pPr.numPr.numId.val
    number = definitions.add_num(definitions.num_having_numId(style_id).abstractNumId.val)
    number.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(number.numId)


def _block(document: Any, block: Block, numbering: int | None) -> None:
    if block.kind == "heading":
        document.add_heading(block.text, block.level - 1)  # level 0 is Word's Title
    elif block.kind == "table":
        _table(document, block)
    elif block.kind == "item" and block.mark != "•":
        paragraph = document.add_paragraph(block.text, style="List Number")
        paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = numbering
    else:
        styles = {"item": "List Bullet", "note": "Quote", "paragraph": "Normal"}
        document.add_paragraph(block.text, style=styles[block.kind])


def _table(document: Any, block: Block) -> None:
    shares = column_shares(block.rows)
    table = document.add_table(rows=len(block.rows), cols=len(shares), style="Table Grid")
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for row, texts in zip(table.rows, block.rows, strict=True):
        for cell, text, share in zip(row.cells, texts, shares, strict=True):
            cell.width = Mm(150 * share)
            _cell(cell, text)
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    document.add_paragraph()


def _cell(cell: Any, text: str) -> None:
    for number, part in enumerate(text.split("\n")):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.add_run(part.removeprefix("• "))
        paragraph.style = "List Bullet" if part.startswith("• ") else "Normal"


def _fixed_zip(packed: io.BytesIO) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
