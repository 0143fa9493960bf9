"""Tables from the rules that make them: the smallest cells between the points where rules cross.

What counts as a cell is pdfplumber's rule; a test compares the two. Its own steps lay every pair of points out anew,
which took a third of the time of a page with tables.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nlp.records import Box

SNAP = 3.0  # points by which rules of one line may differ, as in pdfplumber
SHORTEST = 3.0  # points
_Point = tuple[float, float]
_Cell = tuple[float, float, float, float]


class Edge(NamedTuple):
    """A rule along x (`across`) or y, in points from the page's upper left corner."""

    x0: float
    top: float
    x1: float
    bottom: float
    across: bool


class _Rule(NamedTuple):
    """A rule by its place on the axis that it crosses, and its ends along the other."""

    place: float
    start: float
    end: float


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


def find_tables(edges: Iterable[Edge], tolerance: float = SNAP) -> list[Ruled]:
    """Return the tables of two columns or more that rules make, from top to bottom.

    Args:
        tolerance: points by which the ends of rules may miss each other.
    """
    across: list[_Rule] = []
    down: list[_Rule] = []
    for edge in edges:
        if edge.across:
            across.append(_Rule(edge.top, edge.x0, edge.x1))
        else:
            down.append(_Rule(edge.x0, edge.top, edge.bottom))
    crossings = _Crossings(_merged(down), _merged(across), tolerance)
    tables = [cells for cells in _together([*crossings.cells()]) if len(cells) > 1]
    tables.sort(key=lambda cells: min((top, x0) for x0, top, _, _ in cells))
    return [table for table in map(_ruled, tables) if table.columns > 1]


def _merged(rules: Iterable[_Rule]) -> list[_Rule]:
    """Rules of one direction in order: those nearly on a line moved to their mean, those that touch made one.

    What is short then is left out.
    """
    merged: list[_Rule] = []
    for line in _lines(sorted(rules)):
        place = sum([rule.place for rule in line]) / len(line)
        own: list[_Rule] = []
        for _, start, end in sorted(line, key=_start):
            if not own or start > own[-1].end + SNAP:
                own.append(_Rule(place, start, end))
            elif end > own[-1].end:
                own[-1] = _Rule(place, own[-1].start, end)
        merged += [rule for rule in own if rule.end - rule.start >= SHORTEST]
    return merged


def _start(rule: _Rule) -> float:
    return rule.start


def _lines(rules: Sequence[_Rule]) -> Iterator[list[_Rule]]:
    """Part sorted rules where one lies further from the one before than rules of one line do."""
    line: list[_Rule] = []
    for rule in rules:
        if line and rule.place > line[-1].place + SNAP:
            yield line
            line = []
        line.append(rule)
    if line:
        yield line


class _Crossings:
    """The points where rules cross, and of each the rules down and across it: a bit of a number for each rule."""

    def __init__(self, down: Sequence[_Rule], across: Sequence[_Rule], slack: float) -> None:
        self._down: dict[_Point, int] = defaultdict(int)
        self._across: dict[_Point, int] = defaultdict(int)
        for number, (x, top, bottom) in enumerate(down):
            for other, (y, left, right) in enumerate(across):
                if top <= y + slack and bottom >= y - slack and x >= left - slack and x <= right + slack:
                    self._down[x, y] |= 1 << number
                    self._across[x, y] |= 1 << other

    def cells(self) -> Iterator[_Cell]:
        """The smallest cell, if any, of which each point is the upper left corner."""
        columns: dict[float, list[_Point]] = defaultdict(list)
        rows: dict[float, list[_Point]] = defaultdict(list)
        for point in sorted(self._down):
            columns[point[0]].append(point)
            rows[point[1]].append(point)
        for point in sorted(self._down):
            cell = next(self._from(point, columns[point[0]], rows[point[1]]), None)
            if cell:
                yield cell

    def _from(self, point: _Point, column: Sequence[_Point], row: Sequence[_Point]) -> Iterator[_Cell]:
        """The cells right of and below a point, by height and width, whose four sides are drawn."""
        rights = [*_further(self._across, point, row)]
        for below in _further(self._down, point, column) if rights else ():
            for right in rights:
                corner = (right[0], below[1])
                if self._down.get(corner, 0) & self._down[right] and self._across[corner] & self._across[below]:
                    yield *point, *corner


def _further(rules: Mapping[_Point, int], point: _Point, line: Sequence[_Point]) -> Iterator[_Point]:
    """The points further on along a line that a rule joins with a point."""
    own = rules[point]
    return (other for other in line[bisect_right(line, point) :] if own & rules[other])


def _together(cells: Sequence[_Cell]) -> Iterator[list[_Cell]]:
    """Yield the cells of each table: those that share corners, directly or by others."""
    at: dict[_Point, list[_Cell]] = defaultdict(list)
    for cell in cells:
        for corner in _corners(cell):
            at[corner].append(cell)
    seen: set[_Cell] = set()
    for first in cells:
        if first in seen:
            continue
        seen.add(first)
        table = [first]
        for cell in table:  # which grows meanwhile
            near = {other for corner in _corners(cell) for other in at[corner]} - seen
            seen |= near
            table += near
        yield table


def _corners(cell: _Cell) -> tuple[_Point, ...]:
    x0, top, x1, bottom = cell
    return (x0, top), (x0, bottom), (x1, top), (x1, bottom)


def _ruled(cells: Sequence[_Cell]) -> Ruled:
    """A table of cells (x0, top, x1, bottom): rows and columns where cells begin."""
    tops, lefts = sorted({cell[1] for cell in cells}), sorted({cell[0] for cell in cells})
    boxes = {(cell[1], cell[0]): Box(*cell) for cell in cells}
    x0s, starts, x1s, bottoms = zip(*cells, strict=True)
    rows = tuple(tuple(boxes.get((top, left)) for left in lefts) for top in tops)
    return Ruled(Box(min(x0s), min(starts), max(x1s), max(bottoms)), rows)
