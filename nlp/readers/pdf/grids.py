"""Tables from the rules that make them: where rules cross, by pdfplumber's own steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from nlp.records import Box

SNAP = 3.0  # points by which rules of one line may differ, as in pdfplumber
SHORTEST = 3.0  # points


class Edge(NamedTuple):
    """A rule along x (`across`) or y, in points from the page's upper left corner."""

    x0: float
    top: float
    x1: float
    bottom: float
    across: bool


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
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    merged = merge_edges([_laid_out(edge) for edge in edges], SNAP, SNAP, SNAP, SNAP)
    long = [edge for edge in merged if max(edge["x1"] - edge["x0"], edge["bottom"] - edge["top"]) >= SHORTEST]
    cells = intersections_to_cells(edges_to_intersections(long, tolerance, tolerance))
    return [table for table in map(_ruled, cells_to_tables(cells)) if table.columns > 1]


def _laid_out(edge: Edge) -> dict[str, Any]:
    """An edge as pdfplumber lays one out."""
    x0, top, x1, bottom, across = edge
    sides = {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0, "height": bottom - top}
    return {**sides, "orientation": "h" if across else "v"}


def _ruled(cells: Sequence[tuple[float, float, float, float]]) -> Ruled:
    """A table of cells (x0, top, x1, bottom): rows and columns where cells begin."""
    tops, lefts = sorted({cell[1] for cell in cells}), sorted({cell[0] for cell in cells})
    boxes = {(cell[1], cell[0]): Box(*cell) for cell in cells}
    x0s, starts, x1s, bottoms = zip(*cells, strict=True)
    rows = tuple(tuple(boxes.get((top, left)) for left in lefts) for top in tops)
    return Ruled(Box(min(x0s), min(starts), max(x1s), max(bottoms)), rows)
