"""Runs of text on a page into lines in reading order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise, repeat
from operator import sub
from statistics import median
from typing import Any, NamedTuple

from nlp.readers.pdf.glyphs import Segment
from nlp.records import Box

_GUTTER_STEP = 3.0
_FEWEST_LINES = 5
_LEFTMOST = 0.3  # of the text's width: no gutter lies further left, nor as near to the right side
_TITLE, _TITLE_LENGTH = 1.12, 90  # times the usual size, and characters, of a title between columns
_INITIAL = 1.7  # times the usual size, of a letter that begins a chapter
_SPACE = 1.0  # of a letter's mean width, as the next word may have wide letters
_NUMBER_STEPS = (1, 2, 5, 10)


class Line(NamedTuple):
    """One line of a column.

    `left` and `right` are where the column's lines begin and end, `column` tells columns apart; `confidence` of a
    recognised line, in [0, 1]. `beside` tells what stands in the margin and is no part of the text: line numbers.
    `parts` are the pieces that it was made of; none where it is one piece, whose first character is at `place`: a long
    document has many lines, and they are kept until all of it is read.
    """

    text: str
    box: Box
    size: float
    bold: bool
    column: int = 0
    right: float = 0.0
    confidence: float | None = None
    left: float = 0.0
    beside: bool = False
    parts: tuple[Segment, ...] = ()
    place: int = -1

    @property
    def pieces(self) -> tuple[Segment, ...]:
        """The pieces that it was made of, from left to right."""
        return self.parts or (Segment(self.text, self.box, self.bold, self.place),)

    @property
    def first_word(self) -> float:
        """Width of the first word and the space before it, estimated from the line's mean width of a letter."""
        width = (self.box.x1 - self.box.x0) / max(1, len(self.text))
        return width * (len(self.text.split(maxsplit=1)[0]) + _SPACE)


_new: Callable[[tuple[Any, ...]], Line] = partial(tuple.__new__, Line)  # unchecked, at half the time
_RIGHT = Line._fields.index("right")


def read_lines(segments: Sequence[Segment]) -> list[Line]:
    """Return the lines of a page in reading order: left column before right, full-width lines between them.

    Line numbers in the margin make one line of their own, the last.
    """
    if not segments:
        return []
    if len(segments) == 1:
        return [_line([*segments], 0, segments[0].box.x0, segments[0].box.x1)]
    if stacked(segments):
        return read_stacked(segments)
    numbers = _line_numbers(segments)
    if numbers:
        text = " ".join(part.text for part in numbers)
        beside = Line(
            text, around(part.box for part in numbers), numbers[0].size, bold=False, beside=True, parts=(*numbers,)
        )
        return [*read_lines([part for part in segments if part not in numbers]), beside]
    segments = _with_initials(segments)
    gutter = find_gutter(segments)
    if gutter is None:
        return _column(segments, 0)
    crossing = [part for part in segments if part.box.x0 < gutter < part.box.x1]
    crossing += _interrupting(segments, gutter)
    edges = sorted({part.box.top for part in crossing})
    lines: list[Line] = []
    for top, bottom in pairwise([float("-inf"), *edges, float("inf")]):
        band = [part for part in segments if top <= part.box.top < bottom]
        across = [part for part in band if part in crossing]
        left = [part for part in band if part.box.x1 <= gutter and part not in crossing]
        right = [part for part in band if part.box.x0 >= gutter and part not in crossing]
        for part in (across, left, right):
            lines += _column(part, len(lines))
    return lines


def read_stacked(segments: Sequence[Segment]) -> list[Line]:
    """As `read_lines`, of pieces that are `stacked`; there is at least one."""
    parts = _with_initials(segments)
    return _column(parts, 0) if parts is not segments else _one_by_one(segments)


def find_gutter(segments: Sequence[Segment]) -> float | None:
    """Return the x of the empty strip between two columns of running text, None for a page of one column.

    Left and right of it stand at least five lines at the same height that fill most of their column; at most
    every seventh line crosses it. Short cells of a table without rules do not fill a column, so they are no columns.
    """
    if len(segments) < 2 * _FEWEST_LINES:
        return None
    left, right = min(part.box.x0 for part in segments), max(part.box.x1 for part in segments)
    if sum(part.box.x0 > left + _LEFTMOST * (right - left) for part in segments) < _FEWEST_LINES:
        return None
    best, fewest = None, len(segments) / 7
    begin, end = sorted(part.box.x0 for part in segments), sorted(part.box.x1 for part in segments)
    sides: dict[tuple[int, int], _Sides] = {}  # many places have the same pieces at either side
    for x in _places(left, right):
        crossing = bisect_left(begin, x + _GUTTER_STEP) - bisect_right(end, x - _GUTTER_STEP)
        if crossing >= fewest:
            continue
        parted = bisect_right(end, x), bisect_left(begin, x)
        if min(parted[0], len(begin) - parted[1]) >= _FEWEST_LINES:
            own = sides.get(parted) or sides.setdefault(parted, _Sides.of(segments, x))
            if own.fill(x - left, right - x):
                best, fewest = x, crossing
    return best


def _places(left: float, right: float) -> Iterator[float]:
    """Yield where a gutter may be between the outermost pieces."""
    step = max(_GUTTER_STEP, (right - left) / 300)
    x = left + _LEFTMOST * (right - left)
    while x < left + (1 - _LEFTMOST) * (right - left):
        yield x
        x += step


class _Sides(NamedTuple):
    """What stands left and right of a place: the middle ones of its widths, and whether it stands side by side."""

    before: float
    after: float
    level: bool

    @classmethod
    def of(cls, segments: Sequence[Segment], x: float) -> _Sides:
        """Measure the pieces left and right of x; there are some at either side."""
        before = [part.box for part in segments if part.box.x1 <= x]
        after = [part.box for part in segments if part.box.x0 >= x]
        spans = [(min(box.top for box in side), max(box.bottom for box in side)) for side in (before, after)]
        shared = min(end for _, end in spans) - max(start for start, _ in spans)
        level = shared > 0.5 * min(end - start for start, end in spans)
        return cls(median([box.x1 - box.x0 for box in before]), median([box.x1 - box.x0 for box in after]), level)

    def fill(self, left: float, right: float) -> bool:
        """Whether they fill columns so wide, side by side."""
        return self.level and self.before > 0.6 * left and self.after > 0.6 * right


def _column(segments: Sequence[Segment], number: int) -> list[Line]:
    left = min((part.box.x0 for part in segments), default=0.0)
    right = max((part.box.x1 for part in segments), default=0.0)
    return [_line(row, number, left, right) for row in visual_rows(segments)]


def _one_by_one(segments: Sequence[Segment]) -> list[Line]:
    """As `_column`, of pieces that stand one below the other."""
    texts, boxes, bolds, places, _ = zip(*segments, strict=True)
    x0s, tops, x1s, bottoms = zip(*boxes, strict=True)
    alike = map(repeat, (0, max(x1s), None, min(x0s), False, ()))  # column, right, confidence, left, beside, parts
    return [*map(_new, zip(texts, boxes, map(sub, bottoms, tops), bolds, *alike, places, strict=False))]


def reaching(lines: Iterable[Line], right: float) -> list[Line]:
    """Lines of a column that ends at `right`."""
    return [_new((*line[:_RIGHT], right, *line[_RIGHT + 1 :])) for line in lines]


def visual_rows(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Pieces that stand side by side, from top to bottom."""
    if stacked(segments):
        return [[part] for part in segments]
    rows: list[list[Segment]] = []
    for part in sorted(segments, key=_height_and_side):
        if rows and same_row(rows[-1][-1], part):
            rows[-1].append(part)
        else:
            rows.append([part])
    return rows


def _height_and_side(part: Segment) -> tuple[float, float]:
    x0, top, _, bottom = part.box
    return top + bottom, x0


def stacked(segments: Sequence[Segment]) -> bool:
    """Whether each piece stands below the one before it, as on a page of one column."""
    below = 0.0
    for part in segments:
        _, top, _, bottom = part.box
        if top < below:
            return False
        below = (top + bottom) / 2
    return True


def same_row(one: Segment, other: Segment) -> bool:
    """Whether two pieces stand side by side."""
    _, above, _, below = one.box
    _, top, _, bottom = other.box
    overlap = (bottom if bottom < below else below) - (top if top > above else above)
    high, higher = below - above, bottom - top
    return overlap > 0.5 * (high if high < higher else higher)


def _line(row: list[Segment], column: int, left: float, right: float) -> Line:
    if len(row) == 1:
        (part,) = row
        return Line(
            part.text, part.box, part.box.bottom - part.box.top, part.bold, column, right, None, left, False, (part,)
        )
    row.sort(key=lambda part: part.box.x0)
    longest = max(row, key=lambda part: len(part.text))
    text = " ".join(part.text for part in row)
    box, bold = around(part.box for part in row), all(part.bold for part in row)
    return Line(text, box, longest.size, bold, column, right, None, left, False, (*row,))


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around `boxes`, of which there is at least one."""
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return Box(min(x0), min(top), max(x1), max(bottom))


def _interrupting(segments: Sequence[Segment], gutter: float) -> list[Segment]:
    """Return short titles over both columns: larger or bold, with nothing beside them, but text above and below there.

    Such a title stands at the left side and does not reach the gutter.
    """
    usual = median(part.size for part in segments)
    right = [part.box for part in segments if part.box.x0 >= gutter]
    found = []
    for part in segments:
        box, size = part.box, part.size
        if box.x1 > gutter or not (part.bold or size > _TITLE * usual) or len(part.text) > _TITLE_LENGTH:
            continue
        beside = any(other.bottom > box.top - 0.5 * size and other.top < box.bottom + 0.5 * size for other in right)
        within = any(other.bottom < box.top for other in right) and any(other.top > box.bottom for other in right)
        if within and not beside:
            found.append(part)
    return found


def _line_numbers(segments: Sequence[Segment]) -> list[Segment]:
    """Return the numbers of lines that stand in a column of their own left of the text, rising; [] for none."""
    numbers = [part for part in segments if part.text.isdecimal() and len(part.text) < 5]
    if len(numbers) < _FEWEST_LINES:
        return []
    edge = max(part.box.x1 for part in numbers)
    if any(part.box.x0 < edge and not part.text.isdecimal() for part in segments):
        return []
    values = [int(part.text) for part in sorted(numbers, key=lambda part: part.box.top)]
    steps = {after - before for before, after in pairwise(values)}
    return numbers if len(steps) == 1 and min(steps) in _NUMBER_STEPS else []


def _with_initials(segments: Sequence[Segment]) -> Sequence[Segment]:
    """Give a tall initial letter to the line it begins, the topmost of those beside it."""
    single = [part for part in segments if len(part.text) == 1 and part.text.isupper()]
    if not single:
        return segments
    usual = median(part.size for part in segments)
    kept = list(segments)
    for part in single:
        near = [
            other
            for other in kept
            if other.box.x0 >= part.box.x1 - 1
            and other.box.x0 - part.box.x1 < 2 * usual
            and other.box.bottom > part.box.top
            and other.box.top < part.box.bottom
        ]
        if near and part.size > _INITIAL * usual:
            first = min(near, key=lambda other: other.box.top)
            kept[kept.index(first)] = first._replace(
                text=part.text + first.text,
                box=first.box._replace(x0=part.box.x0),
                place=first.place - len(part.text),
                initial=part.place,
            )
            kept.remove(part)
    return kept if len(kept) < len(segments) else segments
