"""Lines of running text into paragraphs: hard-wrapped lines are joined, list markers found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from nlp.readers.shapes import ends_sentence, is_lone_marker, split_marker

_NARROW, _WIDE = 45, 110
_RUN_IN_LABEL = re.compile(r"[A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+){0,3}: ")
_MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_TITLE_LINES = 3


class Line(NamedTuple):
    """One line: `begin` where it starts in the text, `start` and `end` around its text without white space."""

    number: int
    begin: int
    start: int
    end: int
    text: str

    @property
    def width(self) -> int:
        """Characters from the line's start to the end of its text."""
        return self.end - self.begin


class Piece(NamedTuple):
    """One paragraph: where it stands (without its marker), its marker, and its level as a Markdown heading."""

    start: int
    end: int
    marker: str | None = None
    level: int | None = None


def split_lines(text: str) -> list[Line]:
    """Cut `text` at its line feeds."""
    lines, begin = [], 0
    for number, raw in enumerate(text.split("\n")):
        stripped = raw.strip()
        start = begin + len(raw) - len(raw.lstrip()) if stripped else begin
        lines.append(Line(number, begin, start, start + len(stripped), stripped))
        begin += len(raw) + 1
    return lines


def is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether a whole text is hard-wrapped: nearly no long line, and some run of lines that breaks at a width."""
    filled = [line for line in lines if line.text]
    long = sum(line.width > _WIDE for line in filled)
    return long <= 0.02 * len(filled) and any(_wrap_width(run, 3) for run in _runs(lines))


def paragraphs(lines: Sequence[Line], wrapped: bool = False) -> Iterator[Piece]:
    """Join lines to paragraphs.

    A line is a paragraph of its own, unless its run of lines is hard-wrapped (breaks at one width) or it plainly
    goes on with a small letter. A marker alone on its line belongs to the next one, over one empty line at most.

    Args:
        wrapped: the whole text is hard-wrapped, so that two lines are enough to see it.
    """
    waiting: Line | None = None
    for group in _groups(lines, 2 if wrapped else 3):
        first, last = group[0], group[-1]
        marker, skip = split_marker(first.text)
        if waiting and not marker and first.number - waiting.number <= 2 and not is_lone_marker(first.text):
            yield Piece(first.start, last.end, waiting.text)
            waiting = None
            continue
        if waiting:
            yield Piece(waiting.start, waiting.end)
            waiting = None
        if is_lone_marker(first.text):
            waiting = first
            continue
        heading = _MARKDOWN_HEADING.match(first.text)
        if _is_underlined(group):
            yield Piece(first.start + skip, group[-2].end, marker, level=1 if last.text[0] == "=" else 2)
        elif heading:
            yield Piece(first.start + heading.end(), last.end, level=len(heading.group(1)))
        else:
            yield Piece(first.start + skip, last.end, marker)
    if waiting:
        yield Piece(waiting.start, waiting.end)


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    for filled, run in groupby(lines, key=lambda line: bool(line.text)):
        if filled:
            yield list(run)


def _sections(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines, cut so that a title and the row of signs under it stand alone."""
    for run in _runs(lines):
        start = 0
        for number in range(2, len(run) + 1):
            if _is_underlined(run[start:number]):
                yield run[start:number]
                start = number
        if start < len(run):
            yield run[start:]


def _is_underlined(run: Sequence[Line]) -> bool:
    """Whether these lines are a title with a row of "=" or "-" under it, as Markdown and typists write them."""
    titled = 1 < len(run) <= _TITLE_LINES + 1 and _UNDERLINE.fullmatch(run[-1].text)
    return bool(titled) and not ends_sentence(run[-2].text) and not _UNDERLINE.fullmatch(run[0].text)


def _groups(lines: Sequence[Line], fewest: int) -> Iterator[list[Line]]:
    for run in _sections(lines):
        if _is_underlined(run):
            yield run
            continue
        width = _wrap_width(run, fewest)
        group = run[:1]
        for before, line in pairwise(run):
            if _continues(before, line, width):
                group.append(line)
            else:
                yield group
                group = [line]
        yield group


def _wrap_width(run: Sequence[Line], fewest: int) -> int | None:
    """Return the width at which the lines of `run` break, None when they are paragraphs of their own."""
    width = max(line.width for line in run)
    if len(run) < fewest or not _NARROW <= width <= _WIDE:
        return None
    full = sum(_is_full(before, line, width - 12) for before, line in pairwise(run))
    return width if full >= 0.5 * (len(run) - 1) else None


def _is_full(line: Line, following: Line, width: int) -> bool:
    """Whether the first word of `following` had no place left on `line`."""
    return line.width + 1 + len(following.text.split(maxsplit=1)[0]) > width


def _continues(before: Line, line: Line, width: int | None) -> bool:
    """Whether `line` goes on with the paragraph that `before` belongs to."""
    if is_lone_marker(before.text):
        return False
    if line.text.startswith("/"):
        return True
    if is_lone_marker(line.text) or split_marker(line.text)[0]:
        return False
    if any(map(_MARKDOWN_HEADING.match, (before.text, line.text))) or _RUN_IN_LABEL.match(line.text):
        return False
    if width and any(before.text.rfind(opening) > before.text.rfind(closing) for opening, closing in ("[]", "()")):
        return True
    ended = ends_sentence(before.text)
    if line.text[0].islower() and not ended:
        return True
    if not width or (before.text.isupper() and not line.text.isupper()):
        return False
    return _is_full(before, line, width - 3) if ended else before.width >= 0.6 * width
