"""Rows and columns of HTML tables, and which tables hold data rather than layout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from nlp.records import BlockKind, Cell

_WIDEST = 1_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text, what it is, and the cells it stands in, outermost first."""

    text: str
    kind: BlockKind
    level: int | None
    marker: str | None
    path: tuple[Cell, ...]


class Grid:
    """Counts rows and columns of one table, with cells that span several."""

    def __init__(self, table: int, layout: bool) -> None:
        self._table, self._row, self._column = table, -1, -1
        self._layout = layout
        self._taken: dict[int, int] = {}
        self._wide = 1

    @property
    def place(self) -> Cell:
        """The current cell; of a table that is only layout, always the first."""
        return Cell(self._table, 0, 0) if self._layout else Cell(self._table, max(0, self._row), max(0, self._column))

    def next_row(self) -> None:
        """Start a row; cells that span downwards keep their columns taken."""
        self._row, self._column, self._wide = self._row + 1, -1, 1
        self._taken = {column: left - 1 for column, left in self._taken.items() if left > 1}

    def next_cell(self, columns: int, rows: int) -> None:
        """Start a cell in the next free column that spans so many columns and rows (1 or more)."""
        if self._row < 0:
            self.next_row()
        self._column += self._wide if self._column >= 0 else 1
        while self._taken.get(self._column, 0) and self._column < _WIDEST:
            self._column += 1
        self._wide = min(max(columns, 1), _WIDEST)
        if rows > 1:
            self._taken.update(dict.fromkeys(range(self._column, self._column + self._wide), rows))


def data_tables(pieces: Iterable[Piece]) -> dict[int, int]:
    """Return the tables that hold data, with their numbers in order of appearance.

    A table that fills a single row or column, or that has headings in it, only arranges the page.
    """
    rows: defaultdict[int, set[int]] = defaultdict(set)
    columns: defaultdict[int, set[int]] = defaultdict(set)
    layout = set()
    for piece in pieces:
        for place in piece.path:
            rows[place.table].add(place.row)
            columns[place.table].add(place.column)
            if piece.kind == "heading":
                layout.add(place.table)
    data = [table for table in sorted(rows) if len(rows[table]) > 1 and len(columns[table]) > 1 and table not in layout]
    return {table: number for number, table in enumerate(data)}
