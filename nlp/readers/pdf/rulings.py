"""Ruled tables on PDF pages: lines and characters from PDFium, cells by pdfplumber's steps."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import pypdfium2.raw as pdfium

from nlp.readers.pdf.glyphs import Frame, Glyph
from nlp.readers.pdf.grids import Edge, Ruled, find_tables
from nlp.readers.pdf.lines import Line
from nlp.records import Box

_THIN, _LONG, _TALL = 3.0, 30.0, 6.0
_MOST_PATHS = 5_000
_DEEPEST = 4
Corners = tuple[float, float, float, float]


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


def drawn_tables(page: Any, frame: Frame) -> list[Ruled]:
    """Return the tables that the straight lines and boxes of a page make, in `frame`."""
    return find_tables(_edges(page, frame))


def _edges(page: Any, frame: Frame) -> Iterator[Edge]:
    for path in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=_DEEPEST):
        if _is_painted(path.raw):
            yield from (_edge(*frame.place(*corners)) for corners in _strokes(path))


def _edge(left: float, top: float, right: float, bottom: float) -> Edge:
    across = right - left >= bottom - top
    if across:
        top = bottom = (top + bottom) / 2
    else:
        left = right = (left + right) / 2
    return Edge(left, top, right, bottom, across)


def _is_painted(path: Any) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    return bool(fill.value or stroke.value)


def _strokes(path: Any) -> Iterator[Corners]:
    """The straight lines along the axes that a path draws, each as two points of the page.

    A thin box is one line. Lines of a path within a form are placed as the form is.
    """
    x0, y0, x1, y1 = path.get_bounds()
    outside = _placement(path.container)
    if min(x1 - x0, y1 - y0) < _THIN:
        yield *outside(x0, y0), *outside(x1, y1)
        return
    place = _placement(path)
    start = here = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(pdfium.FPDFPath_CountSegments(path.raw), _MOST_PATHS)):
        segment = pdfium.FPDFPath_GetPathSegment(path.raw, index)
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        before, here = here, place(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO and _is_straight(before, here):
            yield *before, *here
        if pdfium.FPDFPathSegment_GetClose(segment) and _is_straight(here, start):
            yield *here, *start


def _placement(item: Any) -> Callable[[float, float], tuple[float, float]]:
    """Return what turns a point of an object, or of nothing but the page, into one of the page."""
    steps = []
    while item is not None:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(item.raw, matrix)
        steps.append(matrix)
        item = item.container

    def place(x: float, y: float) -> tuple[float, float]:
        """Where a point of the object stands on the page."""
        for m in steps:
            x, y = m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f
        return x, y

    return place


def _is_straight(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether a line runs along an axis and is long enough to be a rule."""
    wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
    return min(wide, high) < 1 <= max(wide, high)


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
    filled: dict[tuple[int, int], list[Glyph]] = {}
    outside: list[Glyph] = []
    last: tuple[int, int] | None = None
    box = table.box
    for glyph in glyphs:
        if glyph.character not in "\r\n" and not (last and _inside(glyph, box)):
            last = table.cell_at((glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2)
            box = (last and table.rows[last[0]][last[1]]) or table.box
        if last:
            filled.setdefault(last, []).append(glyph)
        else:
            outside.append(glyph)
    return filled, outside


def _inside(glyph: Glyph, box: Box) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    return box.x0 <= x <= box.x1 and box.top <= y <= box.bottom
