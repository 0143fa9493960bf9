"""Ruled tables on PDF pages: lines and characters from PDFium, cells from where lines cross."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import pypdfium2.raw as pdfium

from nlp.readers.pdf import calls
from nlp.readers.pdf.calls import Handle, Sides
from nlp.readers.pdf.frames import Frame
from nlp.readers.pdf.glyphs import Glyph, Segment
from nlp.readers.pdf.grids import Edge, Ruled, find_tables
from nlp.readers.pdf.lines import Line, reaching
from nlp.readers.pdf.survey import Survey
from nlp.records import Box

_THIN, _LONG, _TALL = 3.0, 30.0, 6.0
_MOST_PATHS = 5_000
_numbers = (ctypes.c_int * 2)()
_number, _other_number = ctypes.byref(_numbers), ctypes.byref(_numbers, 4)
_point = (ctypes.c_float * 2)()
_x, _y = ctypes.byref(_point), ctypes.byref(_point, 4)


class TooManyRules(Exception):
    """A page has more drawn lines than a table has."""


def drawn_tables(seen: Survey, frame: Frame) -> list[Ruled]:
    """Return the tables that the straight lines and boxes of a page make, in `frame`.

    Raises:
        TooManyRules: if it is rather a drawing.
    """
    if not seen.drawn:
        return []
    paths = [(path.item, path.forms, calls.bounds(path.item)) for path in islice(seen.paths(), _MOST_PATHS + 1)]
    if len(paths) > _MOST_PATHS:
        raise TooManyRules
    if not _has_rules((item, sides) for item, _, sides in paths):
        return []
    strokes = (stroke for path in paths if _is_painted(path[0]) for stroke in _strokes(*path))
    return find_tables(_edge(*frame.place(*stroke)) for stroke in strokes)


def _has_rules(paths: Iterable[tuple[Handle, Sides]]) -> bool:
    """Whether there are enough straight lines or boxes for a table."""
    across = down = boxes = 0
    for item, (x0, y0, x1, y1) in paths:
        wide, high = x1 - x0, y1 - y0
        across += high < _THIN and wide > _LONG
        down += wide < _THIN and high > _TALL
        boxes += wide > _LONG / 2 and high > _TALL
        boxes += 2 * (calls.count_segments(item) >= 8)
        if (across >= 2 and down >= 2) or boxes >= 3:
            return True
    return False


def _edge(left: float, top: float, right: float, bottom: float) -> Edge:
    across = right - left >= bottom - top
    if across:
        top = bottom = (top + bottom) / 2
    else:
        left = right = (left + right) / 2
    return Edge(left, top, right, bottom, across)


def _is_painted(path: Handle) -> bool:
    calls.get_draw_mode(path, _number, _other_number)
    return any(_numbers)


def _strokes(path: Handle, forms: Sequence[Handle], sides: Sides) -> Iterator[Sides]:
    """The straight lines along the axes that a path draws, each as two points of the page.

    A thin box is one line. Lines of a path within a form are placed as the form is.
    """
    x0, y0, x1, y1 = sides
    if min(x1 - x0, y1 - y0) < _THIN:
        outside = _placement(forms)
        yield *outside(x0, y0), *outside(x1, y1)
        return
    place = _placement((path, *forms))
    start = here = (0.0, 0.0)
    for index in range(min(calls.count_segments(path), _MOST_PATHS)):
        segment = calls.segment_at(path, index)
        calls.get_point(segment, _x, _y)
        before, here = here, place(*_point)
        kind = calls.segment_type(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO and _is_straight(before, here):
            yield *before, *here
        if calls.segment_closes(segment) and _is_straight(here, start):
            yield *here, *start


def _placement(items: Sequence[Handle]) -> Callable[[float, float], tuple[float, float]]:
    """Return what turns a point of the first of some objects, each held by the next, into one of the page."""
    steps = []
    for item in items:
        matrix = pdfium.FS_MATRIX()
        calls.get_matrix(item, ctypes.byref(matrix))
        steps.append((matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f))

    def place(x: float, y: float) -> tuple[float, float]:
        """Where a point of the object stands on the page."""
        for a, b, c, d, e, f in steps:
            x, y = a * x + c * y + e, b * x + d * y + f
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
    return reaching(lines, right)


def fill(
    table: Ruled,
    pieces: Iterable[Segment],
    letters: Callable[[Segment], Sequence[Glyph]],
    join: Callable[[Iterable[Glyph]], list[Segment]],
) -> tuple[dict[tuple[int, int], list[Segment]], list[Segment]]:
    """Give each piece of text to the cell it lies in; one over several cells is parted between its letters.

    Args:
        letters: gives the characters of a piece. join: makes pieces of characters.

    Returns:
        The pieces of each (row, column), and those that stand in no cell.
    """
    filled: dict[tuple[int, int], list[Segment]] = {}
    outside: list[Segment] = []
    for piece in pieces:
        if not _meet(piece.box, table.box):
            outside.append(piece)
            continue
        place = table.cell_at(*_middle(piece.box))
        if place and _holds(table.rows[place[0]][place[1]] or table.box, piece.box):
            filled.setdefault(place, []).append(piece)
            continue
        for own, glyphs in _by_cell(table, letters(piece)).items():
            if own:
                filled.setdefault(own, []).extend(join(glyphs))
            else:
                outside += join(glyphs)
    return {place: own for place, own in filled.items() if own}, outside


def _by_cell(table: Ruled, glyphs: Iterable[Glyph]) -> dict[tuple[int, int] | None, list[Glyph]]:
    """The characters whose middle each cell holds; None for no cell."""
    parts: dict[tuple[int, int] | None, list[Glyph]] = {}
    last: tuple[int, int] | None = None
    box = table.box
    for glyph in glyphs:
        own = Box(glyph.x0, glyph.top, glyph.x1, glyph.bottom)
        x, y = _middle(own)
        if not (last and box.x0 <= x <= box.x1 and box.top <= y <= box.bottom):
            last = table.cell_at(x, y)
            box = (last and table.rows[last[0]][last[1]]) or table.box
        parts.setdefault(last, []).append(glyph)
    return parts


def _middle(box: Box) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2


def _meet(one: Box, other: Box) -> bool:
    return one.x0 <= other.x1 and one.x1 >= other.x0 and one.top <= other.bottom and one.bottom >= other.top


def _holds(cell: Box, piece: Box) -> bool:
    """Whether all letters of a piece whose middle lies in a cell have theirs there, too."""
    x0, top, x1, bottom = piece
    slack = 0.5 * min(x1 - x0, bottom - top)  # half a letter along the line, or less
    aside = cell.x0 <= x0 and x1 <= cell.x1
    return aside and cell.top <= top + slack and bottom - slack <= cell.bottom
