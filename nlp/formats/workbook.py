"""A workbook for Excel and LibreOffice: a sheet a table, every text marked as text, what does not fit told."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlp.cells import LONGEST, text_cell
from nlp.formats.fields import Table
from nlp.formats.making import making
from nlp.formats.source import Source
from nlp.formats.tables import VIEWS, View, values

MOST_ROWS = 1_048_576  # of a sheet, its headings included (Excel specifications and limits)
FIRST = ("mapping", "links", "documents", "passages", "coverage")  # what people look for, in front
WIDTHS = {"quote": 60, "text": 60, "best_quote": 60, "title": 40, "label": 40, "reason": 40, "counts_en": 60}
WIDTH = 14


def write(source: Source, path: Path, most: int = MOST_ROWS) -> list[Path]:
    """Write the workbook; rows stream. What a sheet has no room for goes on in a next one.

    The first sheet says what the others hold, and how many cells were too long for a workbook and are cut.

    Args:
        most: rows of a sheet.

    Raises:
        UsageError: if it cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    about = book.create_sheet("about")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 90
    rows = [("evmap", source.manifest.get("evmap")), ("model", source.manifest.get("model"))]
    rows += [("codebook", source.manifest.get("program")), ("", "")]
    for view in sorted(VIEWS.values(), key=_place):
        if not view.large:
            rows += _fill(book, view, source, most)
    for name, said in rows:
        about.append([text_cell(about, str(name)), text_cell(about, str(said))])
    with making(path) as draft:
        book.save(draft)
    return [path]


def _place(view: View) -> int:
    return FIRST.index(view.table.name) if view.table.name in FIRST else len(FIRST)


def _fill(book: Any, view: View, source: Source, most: int) -> Iterator[tuple[str, str]]:
    """Write the sheets of a table; yield a line about each."""
    table = view.table
    rows = (values(table, row) for row in view.rows(source))
    for number in itertools.count(1):
        batch = itertools.islice(rows, most - 1)
        first = next(batch, None)
        if first is None and number > 1:
            return
        name = table.name if number == 1 else f"{table.name} ({number})"
        sheet = _sheet(book, name, table)
        written, cut = 0, 0
        for row in itertools.chain([first] if first else [], batch):
            sheet.append([_cell(sheet, value) for value in row])
            written += 1
            cut += sum(isinstance(value, str) and _units(value) > LONGEST for value in row)
        told = f"; {cut} cells were longer than {LONGEST} characters and are cut: see CSV or Parquet" if cut else ""
        yield name, f"{written} rows. One row: {table.row}{told}"


def _units(text: str) -> int:
    """Length as a workbook counts it; what is short enough in any case is not counted."""
    return len(text) if 2 * len(text) <= LONGEST else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _sheet(book: Any, name: str, table: Table) -> Any:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, field in enumerate(table.fields, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(field.name, WIDTH)
    heads = [text_cell(sheet, field.name) for field in table.fields]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    return sheet


def _cell(sheet: Any, value: Any) -> Any:
    return text_cell(sheet, value) if isinstance(value, str) else value
