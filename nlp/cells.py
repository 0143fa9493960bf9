"""Cells of spreadsheets: nothing that a document says is run as a formula, nothing that a file cannot hold breaks it.

A spreadsheet runs what starts with one of its signs, also after white space, and in full-width forms where East Asian
ones are used. In CSV an apostrophe is put before such a text (OWASP, CSV injection); `bare` takes it away again. In
XLSX a cell has a type, so the text stays as it is and is marked as text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

SIGNS = tuple("=+-@＝＋－＠")
BREAKS = ("\t", "\r", "\n")
QUOTE = "'"
LONGEST = 32_767  # UTF-16 units that a cell of XLSX holds
CUT = " […] (cut: a cell holds no more)"
_UNSEEN = "".join(map(chr, range(0x21))) + "\x7f\xa0\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff"


def inert(value: Any) -> Any:
    """Return a cell for CSV that no spreadsheet takes for a formula; what is no text, such as a number, stays."""
    return f"{QUOTE}{value}" if isinstance(value, str) and _quoted(value) else value


def bare(cell: str) -> str:
    """Undo `inert`."""
    return cell[1:] if cell.startswith(QUOTE) and _quoted(cell[1:]) else cell


def write_rows(file: TextIO, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV into an open file, each cell inert, lines ending in ``\\n``."""
    csv.writer(_Lines(file), lineterminator="\r\n").writerows([inert(cell) for cell in row] for row in rows)


class _Lines:
    """A file that ends lines in ``\\n`` where the writer ends them in ``\\r\\n``.

    The writer puts in quotation marks what holds a character of its line ends, and a bare ``\\r`` that was not would
    begin a row of its own in a spreadsheet, with a formula where it pleases.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, line: str) -> int:
        """Take a line as the writer ends it; return the characters written."""
        return self._file.write(line.removesuffix("\r\n") + "\n")


def text_cell(sheet: Any, value: str) -> Any:
    """Return a cell for `sheet` of an openpyxl workbook that holds a text and stays one when somebody edits it.

    Characters that XLSX cannot hold become spaces; a text that is too long ends in `CUT`.
    """
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell

    cell = WriteOnlyCell(sheet, shortened(ILLEGAL_CHARACTERS_RE.sub(" ", value)))
    cell.data_type = "s"
    cell.quotePrefix = _quoted(value)
    return cell


def shortened(text: str) -> str:
    """Return a text that a cell of XLSX can hold, cut with `CUT` where it is longer."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * LONGEST:
        return text
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _quoted(text: str) -> bool:
    """Whether a text needs an apostrophe: it might be run, or it starts with one that `bare` would take away."""
    return text.startswith((QUOTE, *BREAKS)) or text.lstrip(_UNSEEN).startswith(SIGNS)
