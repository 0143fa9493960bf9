"""Tables without rules: pieces of text that stand in the same columns over several rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from nlp.readers.pdf.assembly import Table
from nlp.readers.pdf.glyphs import Segment
from nlp.readers.pdf.grids import Ruled
from nlp.readers.pdf.lines import around, find_gutter, reaching, read_lines, stacked, visual_rows
from nlp.readers.shapes import is_lone_marker
from nlp.records import Box

_FEWEST_ROWS = 3  # with a piece in two columns at least
_FARTHEST = 2.5  # heights of a line that may lie between two lines of a table
_PARTED = 0.35  # more space than usual, in heights of a line, that parts two rows
_OFF, _MOST = 3.0, 0.6  # points; so many of a column's pieces lie no further from where the middle one does
_LARGER = 1.1
_LABEL = 5  # characters: a column of nothing longer holds list markers or page numbers
Span = tuple[float, float]


@dataclass(slots=True)
class _Region:
    """Visual rows that keep to the same columns; `columns` are left and right edges, from left to right."""

    rows: list[list[Segment]] = field(default_factory=list)
    columns: list[Span] = field(default_factory=list)

    def take(self, row: Sequence[Segment]) -> bool:
        """Add a row if none of its pieces reaches over two columns; whether it was added."""
        if self.rows and _space(self.rows[-1], row) > _FARTHEST:
            return False
        columns = list(self.columns)
        for part in row:
            x0, _, x1, _ = part.box
            reached = [span for span in columns if x0 < span[1] and x1 > span[0]]
            if len(reached) > 1:
                return False
            own = (x0, x1)
            if reached:
                columns.remove(reached[0])
                own = (min(own[0], reached[0][0]), max(own[1], reached[0][1]))
            columns.append(own)
        columns.sort()
        if any(before[1] > after[0] for before, after in pairwise(columns)):
            return False
        if self.rows and len(columns) > max(len(self.columns), 2) and len(row) == 1:
            return False  # a piece beside all columns is no cell of them
        self.rows.append(list(row))
        self.columns = columns
        return True

    def is_table(self) -> bool:
        """Whether enough rows fill several columns, and these are no markers, page numbers or columns of prose."""
        filled = [row for row in self.rows if len(row) > 1]
        if len(filled) < _FEWEST_ROWS or len(self.columns) < 2:
            return False
        held: list[list[Segment]] = [[] for _ in self.columns]
        for part in (part for row in self.rows for part in row):
            held[self._column(part)].append(part)
        if not all(_is_aligned([part.box for part in column]) for column in held):
            return False
        texts = [[part.text for part in column] for column in held[:2]]
        if all(is_lone_marker(text) or len(text) < _LABEL for text in texts[0]):
            return False
        return not (len(self.columns) == 2 and all(len(text) < _LABEL for text in texts[1]))

    def trim(self) -> None:
        """Give back what follows the last row and is no cell: a line further off, larger or bolder than the cells."""
        sizes = median(part.size for row in self.rows for part in row)
        wide = self._row_space()
        while len(self.rows) > 1 and len(self.rows[-1]) == 1:
            (last,) = self.rows[-1]
            off = wide > 0 and _space(self.rows[-2], self.rows[-1]) > wide
            if not (off or last.bold or last.size > _LARGER * sizes):
                break
            self.rows.pop()

    def _column(self, part: Segment) -> int:
        x0, _, x1, _ = part.box
        return next(i for i, (left, right) in enumerate(self.columns) if x0 < right and x1 > left)

    def table(self) -> Table:
        """The region as a table: its cells in rows that more than the usual space parts."""
        cells: dict[tuple[int, int], list[Segment]] = {}
        number = 0
        wide = self._row_space()
        for place, pieces in enumerate(self.rows):
            if place and _space(self.rows[place - 1], pieces) > wide:
                number += 1
            for part in pieces:
                cells.setdefault((number, self._column(part)), []).append(part)
        boxes = {place: around(part.box for part in parts) for place, parts in cells.items()}
        width = range(len(self.columns))
        rows = tuple(tuple(boxes.get((row, column)) for column in width) for row in range(number + 1))
        lines = []
        for (row, column), parts in sorted(cells.items()):
            right = self.columns[column][1]
            lines.append((row, column, reaching(read_lines(parts), right)))
        return Table(Ruled(around(boxes.values()), rows), lines)

    def _row_space(self) -> float:
        """The space, in heights of a line, above which a new row begins.

        Where all lines lie equally apart, every line that fills the first column begins one.
        """
        spaces = sorted(_space(before, row) for before, row in pairwise(self.rows))
        if not spaces:
            return -1.0
        usual = spaces[len(spaces) // 4]
        return usual + _PARTED if spaces[-1] > usual + _PARTED else -1.0


def find_aligned(segments: Sequence[Segment]) -> tuple[list[Table], Sequence[Segment]]:
    """Return the tables without rules among the pieces of a page, and the pieces that stand in none.

    A page of two columns of running text is left alone: its lines stand side by side, too.
    """
    if stacked(segments):
        return [], segments
    rows = visual_rows(segments)
    if sum(len(row) > 1 for row in rows) < _FEWEST_ROWS or find_gutter(segments) is not None:
        return [], segments
    tables = [region for region in _regions(rows) if region.is_table()]
    inside = {id(part) for region in tables for row in region.rows for part in row}
    return [region.table() for region in tables], [part for part in segments if id(part) not in inside]


def _regions(rows: Sequence[list[Segment]]) -> Iterator[_Region]:
    """Runs of rows that keep to columns; each begins with a row of several pieces and ends with the last such row."""
    start = 0
    while start < len(rows):
        region = _Region()
        if len(rows[start]) > 1 and region.take(rows[start]):
            end = start + 1
            while end < len(rows) and region.take(rows[end]):
                end += 1
            region.trim()
            yield region
            start += len(region.rows)
        else:
            start += 1


def _is_aligned(boxes: Sequence[Box]) -> bool:
    """Whether most pieces of a column begin, end or have their middle at one place: gaps in a line do not."""
    for places in ([b.x0 for b in boxes], [b.x1 for b in boxes], [(b.x0 + b.x1) / 2 for b in boxes]):
        middle = median(places)
        if sum(abs(place - middle) < _OFF for place in places) >= _MOST * len(places):
            return True
    return False


def _space(before: Sequence[Segment], row: Sequence[Segment]) -> float:
    """Space between two visual rows, in heights of a line."""
    gap = min(part.box.top for part in row) - max(part.box.bottom for part in before)
    return gap / max(1.0, row[0].size)
