"""Sheets for people: CSV and XLSX with a row a passage, columns to fill, and nothing that a spreadsheet can run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from nlp.annotations.exchange.marks import Item, Marks
from nlp.cells import CUT, bare, text_cell, write_rows
from nlp.program import Program

MARKED = ("role", "treatment", "objectives", "activities", "sure", "reason")
COLUMNS = ("passage_id", "document", "language", "section", "implementer", "before", "text", *MARKED)
BOM = "\ufeff"
_YES, _NO = {"y", "yes", "true", "1", ""}, {"n", "no", "false", "0"}


def write_csv(found: Sequence[Item], program: Program) -> str:
    """Return the items as CSV; a cell that a spreadsheet would run starts with an apostrophe.

    A byte order mark tells spreadsheets that it is UTF-8.
    """
    out = io.StringIO(newline="")
    out.write(BOM)
    write_rows(out, _rows(found))
    return out.getvalue()


def read_csv(content: str) -> list[Item]:
    """Return the items of a sheet, also one that a spreadsheet saved with semicolons or tabs.

    Only `passage_id` and the columns to fill, `reason` apart, have to be there.

    Raises:
        ValueError, KeyError: if a column is missing or a cell cannot be read.
    """
    text = content.removeprefix(BOM)
    header = text.split("\n", 1)[0]
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    rows = [{name: bare(cell or "") for name, cell in line.items() if name} for line in lines]
    return _items(rows)


def write_xlsx(found: Sequence[Item], program: Program) -> bytes:
    """Return the items as a workbook of one sheet; every cell is text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment

    book = Workbook(write_only=True)
    sheet = book.create_sheet("annotations")
    for column, width in zip("ABCDEFGHIJKLM", (14, 12, 6, 30, 16, 30, 80, *[14] * 6), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "B2"
    for row in _rows(found):
        cells = [text_cell(sheet, text) for text in row]
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_xlsx(content: bytes) -> list[Item]:
    """Return the items of a workbook's first sheet.

    Raises:
        ValueError, KeyError: if a column is missing or a cell cannot be read.
    """
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    rows = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
    names = next(rows, [])
    return _items([dict(zip(names, row, strict=False)) for row in rows])


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _rows(found: Sequence[Item]) -> Iterable[list[str]]:
    readings = max((len(item.readings) for item in found), default=0)
    yield [*COLUMNS, *(f"reading_{number + 1}" for number in range(readings))]
    for item in found:
        marks = item.marks
        place = [item.passage_id, item.document, item.language, " > ".join(item.section), item.implementer]
        numbers = [", ".join(map(str, marks.objectives)), ", ".join(map(str, marks.activities))]
        sure = ("yes" if marks.sure else "no") if marks.role else ""
        filled = [marks.role or "", marks.treatment or "", *numbers, sure, marks.reason]
        yield [*place, item.before, item.text or "", *filled, *item.readings]


def _items(rows: Sequence[dict[str, str]]) -> list[Item]:
    missing = [name for name in ("passage_id", *MARKED[:-1]) if rows and name not in rows[0]]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}")
    found = []
    for row in rows:
        if row["passage_id"].strip():
            try:
                found.append(_item(row))
            except ValueError as error:
                raise ValueError(f"{row['passage_id']}: {error}") from None
    return found


def _item(row: dict[str, str]) -> Item:
    sure = row["sure"].strip().lower()
    if sure not in _YES | _NO:
        raise ValueError(f"sure is {sure!r}, not yes or no")
    marks = Marks(
        row["role"].strip() or None,
        row["treatment"].strip() or None,
        _numbers(row["objectives"]),
        _numbers(row["activities"]),
        sure in _YES,
        row.get("reason", "").strip(),
    )
    text = row.get("text")
    whole = text is None or not text.endswith(CUT)
    return Item(row["passage_id"].strip(), text if whole else None, marks)


def _numbers(cell: str) -> tuple[int, ...]:
    numbers = (number.strip().removesuffix(".0") for number in cell.replace(";", ",").split(","))
    return tuple(int(number) for number in numbers if number)
