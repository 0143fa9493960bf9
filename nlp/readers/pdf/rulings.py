"""Ruled tables on PDF pages: seen by PDFium's lines, measured by pdfplumber, filled with PDFium's characters."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pypdfium2.raw as pdfium

from nlp.readers.pdf.glyphs import Frame, Glyph
from nlp.readers.pdf.lines import Line
from nlp.records import Box

_THIN, _LONG, _TALL = 3.0, 30.0, 6.0
_MOST_PATHS = 5_000


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table as drawn: its box, and of each row the boxes of its cells; a cell merged away is None."""

    box: Box
    rows: tuple[tuple[Box | None, ...], ...]

    @property
    def columns(self) -> int:
        """Number of columns."""
        return max(map(len, self.rows))

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return row and column of the cell that holds a point, None where none does."""
        for row, cells in enumerate(self.rows):
            for column, box in enumerate(cells):
                if box and box.x0 <= x <= box.x1 and box.top <= y <= box.bottom:
                    return row, column
        return None


class TooManyRules(Exception):
    """A page has more drawn lines than a table has."""


def has_rules(page: Any) -> bool:
    """Whether a page shows enough straight lines or boxes for a table.

    Raises:
        TooManyRules: if it is rather a drawing.
    """
    across = down = boxes = 0
    for count, path in enumerate(
        islice(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=4), _MOST_PATHS + 1)
    ):
        if count == _MOST_PATHS:
            raise TooManyRules
        x0, y0, x1, y1 = path.get_bounds()
        wide, high = x1 - x0, y1 - y0
        across += high < _THIN and wide > _LONG
        down += wide < _THIN and high > _TALL
        boxes += wide > _LONG / 2 and high > _TALL
        boxes += 2 * (pdfium.FPDFPath_CountSegments(path) >= 8)
    return (across >= 2 and down >= 2) or boxes >= 3


class TableFinder:
    """Opens a document in pdfplumber when its first ruled page turns up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pages: list[Any] | None = None

    def tables(self, number: int, frame: Frame) -> list[Ruled] | None:
        """Return the tables of page `number` (from 0) with two columns or more, None when pdfplumber cannot tell."""
        from pdfminer.pdfexceptions import PDFException
        from pdfminer.psexceptions import PSException
        from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

        try:
            if self._pages is None:
                self._pages = []
                self._pages = _open(self._data)
            if number >= len(self._pages):
                return None
            page = self._pages[number]
            found = [_ruled(table, _shift(page, frame)) for table in page.find_tables()]
            page.close()
        except (
            PDFException, PSException, MalformedPDFException, PdfminerException,
            ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError,
        ):  # fmt: skip
            return None
        return [table for table in found if table.columns > 1]


def _open(data: bytes) -> list[Any]:
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of each small flaw, to people who cannot act on it
    pages: list[Any] = pdfplumber.open(io.BytesIO(data)).pages
    return pages


def _shift(page: Any, frame: Frame) -> tuple[float, float]:
    """Return how far pdfplumber's origin lies from the shown page's upper left corner."""
    if page.rotation:
        return 0.0, 0.0
    x0, _, _, top = page.mediabox
    return frame.left - x0 + page.bbox[0], top - frame.top + page.bbox[1]


def _ruled(table: Any, shift: tuple[float, float]) -> Ruled:
    dx, dy = shift

    def moved(box: tuple[float, float, float, float]) -> Box:
        """The box in the page's own coordinates."""
        return Box(box[0] - dx, box[1] - dy, box[2] - dx, box[3] - dy)

    rows = tuple(tuple(moved(cell) if cell else None for cell in row.cells) for row in table.rows)
    return Ruled(moved(table.bbox), rows)


def inner_lines(lines: Sequence[Line], cell: Box | None) -> list[Line]:
    """Return the lines of a cell with the cell's own right side, from which text keeps as far as from the left."""
    if not lines or cell is None:
        return list(lines)
    inner = max(min(line.box.x0 for line in lines) - cell.x0, 0.0)
    right = max([cell.x1 - inner, *(line.box.x1 for line in lines)])
    return [line._replace(right=right) for line in lines]


def fill(table: Ruled, glyphs: Sequence[Glyph]) -> tuple[dict[tuple[int, int], list[Glyph]], list[Glyph]]:
    """Give each character to the cell its middle lies in.

    Returns:
        The characters of each (row, column), and those that stand in no cell. A line end goes with its predecessor.
    """
    places = [
        (row, column, box)
        for row, cells in enumerate(table.rows)
        for column, box in enumerate(cells)
        if box is not None
    ]
    filled: dict[tuple[int, int], list[Glyph]] = {}
    outside: list[Glyph] = []
    last = None
    for glyph in glyphs:
        if glyph.character not in "\r\n" and not (last and _inside(glyph, last[2])):
            last = _cell_of(glyph, places) if _inside(glyph, table.box) else None
        if last:
            filled.setdefault(last[:2], []).append(glyph)
        else:
            outside.append(glyph)
    return filled, outside


def _cell_of(glyph: Glyph, places: Sequence[tuple[int, int, Box]]) -> tuple[int, int, Box] | None:
    return next((place for place in places if _inside(glyph, place[2])), None)


def _inside(glyph: Glyph, box: Box) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    return box.x0 <= x <= box.x1 and box.top <= y <= box.bottom
