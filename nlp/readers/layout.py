"""Runs of text on a page into lines in reading order, and lines into paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import mean, median
from typing import NamedTuple

from nlp.readers.glyphs import HYPHEN, Segment
from nlp.readers.shapes import ends_sentence, is_lone_marker, marker_style, split_marker
from nlp.records import Box

_GUTTER_STEP = 3.0
_FEWEST_LINES = 5
_LEFTMOST = 0.3  # of the text's width: no gutter lies further left, nor as near to the right side
_HYPHENS = (HYPHEN, "-", "\u00ad", "\u2010")


class Line(NamedTuple):
    """One line of a column.

    `right` is where the column's lines end, `column` tells columns apart; `confidence` of a recognised line, in [0, 1].
    """

    text: str
    box: Box
    size: float
    bold: bool
    column: int = 0
    right: float = 0.0
    confidence: float | None = None

    @property
    def first_word(self) -> float:
        """Width of the first word, estimated from the line's mean width of a letter."""
        width = (self.box.x1 - self.box.x0) / max(1, len(self.text))
        return width * len(self.text.split(maxsplit=1)[0])


class Paragraph(NamedTuple):
    """Joined lines with the box around them, their size, whether all are bold, and how surely they were recognised."""

    text: str
    box: Box
    size: float
    bold: bool
    confidence: float | None = None


def read_lines(segments: Sequence[Segment]) -> list[Line]:
    """Return the lines of a page in reading order: left column before right, full-width lines between them."""
    gutter = find_gutter(segments)
    if gutter is None:
        return _column(segments, 0)
    crossing = [part for part in segments if part.box.x0 < gutter < part.box.x1]
    edges = sorted({part.box.top for part in crossing})
    lines: list[Line] = []
    for top, bottom in pairwise([float("-inf"), *edges, float("inf")]):
        band = [part for part in segments if top <= part.box.top < bottom]
        across = [part for part in band if part.box.x0 < gutter < part.box.x1]
        left = [part for part in band if part.box.x1 <= gutter]
        right = [part for part in band if part.box.x0 >= gutter]
        for part in (across, left, right):
            lines += _column(part, len(lines))
    return lines


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
    step = max(_GUTTER_STEP, (right - left) / 300)
    x = left + _LEFTMOST * (right - left)
    while x < left + (1 - _LEFTMOST) * (right - left):
        crossing = sum(part.box.x0 < x + _GUTTER_STEP and part.box.x1 > x - _GUTTER_STEP for part in segments)
        if crossing < fewest and _is_gutter(segments, x, left, right):
            best, fewest = x, crossing
        x += step
    return best


def _is_gutter(segments: Sequence[Segment], x: float, left: float, right: float) -> bool:
    before = [part.box for part in segments if part.box.x1 <= x]
    after = [part.box for part in segments if part.box.x0 >= x]
    if min(len(before), len(after)) < _FEWEST_LINES:
        return False
    spans = [(min(box.top for box in side), max(box.bottom for box in side)) for side in (before, after)]
    shared = min(end for _, end in spans) - max(start for start, _ in spans)
    filled = (
        median(box.x1 - box.x0 for box in before) > 0.6 * (x - left)
        and median(box.x1 - box.x0 for box in after) > 0.6 * (right - x)
    )  # fmt: skip
    return filled and shared > 0.5 * min(end - start for start, end in spans)


def _column(segments: Sequence[Segment], number: int) -> list[Line]:
    rows: list[list[Segment]] = []
    for part in sorted(segments, key=lambda part: (part.box.top + part.box.bottom, part.box.x0)):
        if rows and _same_row(rows[-1][-1], part):
            rows[-1].append(part)
        else:
            rows.append([part])
    right = max((part.box.x1 for part in segments), default=0.0)
    return [_line(row, number, right) for row in rows]


def _same_row(one: Segment, other: Segment) -> bool:
    overlap = min(one.box.bottom, other.box.bottom) - max(one.box.top, other.box.top)
    return overlap > 0.5 * min(one.size, other.size)


def _line(row: list[Segment], column: int, right: float) -> Line:
    if len(row) == 1:
        (part,) = row
        return Line(part.text, part.box, part.box.bottom - part.box.top, part.bold, column, right)
    row.sort(key=lambda part: part.box.x0)
    longest = max(row, key=lambda part: len(part.text))
    text = " ".join(part.text for part in row)
    return Line(text, around(part.box for part in row), longest.size, all(part.bold for part in row), column, right)


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around `boxes`, of which there is at least one."""
    sides = [(box.x0, box.top, box.x1, box.bottom) for box in boxes]
    x0, top, x1, bottom = zip(*sides, strict=True)
    return Box(min(x0), min(top), max(x1), max(bottom))


def read_paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """Join lines that go on from one another; hyphens at line ends are undone before a small letter."""
    gap = _usual_gap(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _goes_on(groups[-1], line, gap):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_paragraph(group) for group in groups]


def _usual_gap(lines: Sequence[Line]) -> float:
    """Return the space between lines of a paragraph, in line heights: the lower quartile of what is found."""
    gaps = sorted(
        max(0.0, (line.box.top - before.box.bottom) / max(1.0, line.size))
        for before, line in pairwise(lines)
        if before.column == line.column
    )
    return gaps[len(gaps) // 4] if gaps else 0.0


def _goes_on(group: Sequence[Line], line: Line, usual: float) -> bool:
    """Whether `line` goes on with the paragraph of `group`."""
    before = group[-1]
    gap = (line.box.top - before.box.bottom) / max(1.0, line.size)
    if line.column != before.column or gap > min(usual, 1.2) + 0.4:
        return False
    if is_lone_marker(before.text) and len(group) == 1:
        return True
    if abs(before.size - line.size) > 0.12 * before.size or (before.bold != line.bold and len(group) == 1):
        return False
    full = before.box.x1 + line.first_word > before.right - 2
    ended = ends_sentence(before.text)
    marker = split_marker(line.text)[0] or (line.text if is_lone_marker(line.text) else None)
    if marker and (ended or not full or marker_style(marker) == "bullet"):
        return False
    if before.text.endswith(_HYPHENS) or (line.text[0].islower() and not ended):
        return True
    if _indented(group, line) and ended:
        return False
    return full or (not ended and _centred(before, line))


def _indented(group: Sequence[Line], line: Line) -> bool:
    """Whether `line` starts further in than a paragraph's later lines would."""
    step = line.box.x0 - group[-1].box.x0
    hanging = split_marker(group[0].text)[0] is not None
    return step > 0.8 * line.size and not (hanging and len(group) == 1)


def _centred(before: Line, line: Line) -> bool:
    middle = abs(before.box.x0 + before.box.x1 - line.box.x0 - line.box.x1) / 2
    return middle < 4 and abs(before.box.x0 - line.box.x0) > 4


def _paragraph(group: Sequence[Line]) -> Paragraph:
    text = group[0].text
    for line in group[1:]:
        text = _joined(text, line.text)
    text = re.sub(r" {2,}", " ", text.replace(HYPHEN, "-"))
    box, size = around(line.box for line in group), median(line.size for line in group)
    sure = [line.confidence for line in group if line.confidence is not None]
    return Paragraph(text, box, size, all(line.bold for line in group), round(mean(sure), 3) if sure else None)


def _joined(text: str, more: str) -> str:
    if not text.endswith(_HYPHENS) or not text[-2:-1].isalpha():
        return f"{text} {more}"
    if more[:1].islower():
        return text[:-1] + more
    return text[:-1] + "-" + more if more[:1].isalpha() else f"{text} {more}"
