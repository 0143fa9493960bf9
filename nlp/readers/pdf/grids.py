"""Tables from the rules that make them: the smallest cells between the points where rules cross.

pdfplumber finds the cells wherever rules end within a table. Most tables are whole grids, where every rule crosses
every other: their cells are told without asking, as laying out every pair of points took a third of the time of a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from nlp.records import Box

SNAP = 3.0  # points by which rules of one line may differ, as in pdfplumber
SHORTEST = 3.0  # points
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
    tables: list[list[_Cell]] = []
    for drawing in _drawings(_merged(down), _merged(across), tolerance):
        tables += [_grid(drawing)] if drawing.whole else _irregular(drawing, tolerance)
    tables = sorted((cells for cells in tables if len(cells) > 1), key=_start_of)
    return [table for table in map(_ruled, tables) if table.columns > 1]


def _start_of(cells: Sequence[_Cell]) -> tuple[float, float]:
    return min((top, x0) for x0, top, _, _ in cells)


@dataclass(slots=True)
class _Drawing:
    """Rules that cross each other, directly or by others, and how often they do."""

    down: list[_Rule]
    across: list[_Rule]
    crossings: int

    @property
    def whole(self) -> bool:
        """Whether each rule down crosses each across: a grid without merged cells."""
        return self.crossings == len(self.down) * len(self.across)


def _drawings(down: Sequence[_Rule], across: Sequence[_Rule], slack: float) -> list[_Drawing]:
    """Part rules into those that hang together; the ones that cross nothing make no cell and are left out."""
    drawings: list[_Drawing] = []
    for rule in down:
        x, top, bottom = rule
        crossed = {
            line for line in across
            if top <= line.place + slack and bottom >= line.place - slack
            and line.start - slack <= x <= line.end + slack
        }  # fmt: skip
        if not crossed:
            continue
        own = _Drawing([rule], [], len(crossed))
        apart = []
        for other in drawings:
            if crossed.isdisjoint(other.across):
                apart.append(other)
            else:
                own = _Drawing(other.down + own.down, other.across + own.across, other.crossings + own.crossings)
        own.across += crossed.difference(own.across)
        drawings = [*apart, own]
    return drawings


def _grid(drawing: _Drawing) -> list[_Cell]:
    """The cells between rules that all cross each other."""
    columns = [*pairwise(sorted({rule.place for rule in drawing.down}))]
    rows = [*pairwise(sorted({rule.place for rule in drawing.across}))]
    return [(left, top, right, bottom) for top, bottom in rows for left, right in columns]


def _irregular(drawing: _Drawing, slack: float) -> list[list[_Cell]]:
    """The tables of rules of which some end within, where cells are merged: by pdfplumber's steps."""
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells

    rules = [_laid_out(rule.place, rule.start, rule.place, rule.end, "v") for rule in drawing.down]
    rules += [_laid_out(rule.start, rule.place, rule.end, rule.place, "h") for rule in drawing.across]
    tables: list[list[_Cell]] = cells_to_tables(intersections_to_cells(edges_to_intersections(rules, slack, slack)))
    return tables


def _laid_out(x0: float, top: float, x1: float, bottom: float, orientation: str) -> dict[str, Any]:
    """A rule as pdfplumber lays one out."""
    sides = {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0, "height": bottom - top}
    return {**sides, "orientation": orientation}


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


def _ruled(cells: Sequence[_Cell]) -> Ruled:
    """A table of cells (x0, top, x1, bottom): rows and columns where cells begin."""
    tops, lefts = sorted({cell[1] for cell in cells}), sorted({cell[0] for cell in cells})
    boxes = {(cell[1], cell[0]): Box(*cell) for cell in cells}
    x0s, starts, x1s, bottoms = zip(*cells, strict=True)
    rows = tuple(tuple(boxes.get((top, left)) for left in lefts) for top in tops)
    return Ruled(Box(min(x0s), min(starts), max(x1s), max(bottoms)), rows)
