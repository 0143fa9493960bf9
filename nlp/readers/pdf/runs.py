"""The text of an upright PDF page as pieces, told by the ends of its lines and words instead of by every letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from nlp.readers.pdf import calls
from nlp.readers.pdf.calls import Sides
from nlp.readers.pdf.fonts import Fonts
from nlp.readers.pdf.frames import Frame
from nlp.readers.pdf.glyphs import BLANKS, Glyph, Segment, glyphs_at, read_glyphs, runs_of, segment, segments
from nlp.records import Box

_SPACES, _WORD = re.compile(r"\s+"), re.compile(r"\S+")
_UPRIGHT = 0.3  # of its height: a line of three letters that is not wider goes up or down


class _Told(NamedTuple):
    """A line as PDFium tells it: its text without blanks around it, and the places of its first and last character."""

    text: str
    first: int
    last: int


def read_runs(raw: Any, text: str, frame: Frame, fonts: Fonts) -> list[Segment] | None:
    """Return the pieces of text of a page; None where only its letters, one by one, can tell them.

    A line that PDFium tells is one piece where the page draws all its spaces, by text objects side by side, none
    parted from the next by more than a letter's height. Where it is not, the letters at the ends of its words tell
    where gaps part it. This gives what `segments` gives.

    Args:
        raw: PDFium's text page. text: all of its text, a letter for each character.
        frame: of the page, not turned. fonts: of its characters.
    """
    lines = [*_lines(text)]
    firsts, lasts = [line.first for line in lines], [line.last for line in lines]
    if 1 in calls.each(calls.has_no_letter, raw, firsts):
        return None
    starts, ends = calls.loose_boxes(raw, firsts), calls.loose_boxes(raw, lasts)
    reader = _Reader(raw, frame, fonts)
    found: list[Segment] = []
    for line, start, end in zip(lines, starts, ends, strict=True):
        x0, y1, _, y0 = start
        _, above, x1, below = end
        low, high = min(y0, below), max(y1, above)
        size = high - low
        if size <= 0 or (x1 - x0 <= _UPRIGHT * size and len(line.text) > 2):
            return None
        pieces = reader.pieces(line, (x0, low, x1, high))
        if pieces is None:
            return None
        found += pieces
    return found


def letters_of(raw: Any, frame: Frame, piece: Segment) -> list[Glyph]:
    """Return the characters of a piece that `read_runs` gave."""
    return read_glyphs(raw, frame, piece.text, piece.place)


def _lines(text: str) -> Iterator[_Told]:
    start = 0
    for line in text.split("\r\n"):
        said = line.strip(BLANKS)
        if said:
            first = start if line[0] == said[0] else start + line.index(said[0])
            yield _Told(said, first, first + len(said) - 1)
        start += len(line) + 2


class _Reader:
    """Reads the lines of one page."""

    def __init__(self, raw: Any, frame: Frame, fonts: Fonts) -> None:
        self._raw, self._frame, self._fonts = raw, frame, fonts

    def pieces(self, line: _Told, sides: Sides) -> Sequence[Segment] | None:
        """Return the pieces of a line that stands between `sides` (left, bottom, right, top); None if unsafe."""
        text, first, last = line
        raw = self._raw
        x0, low, x1, high = sides
        space, other = text.find(" "), text.rfind(" ")
        if space >= 0 and (calls.is_generated(raw, first + space) or calls.is_generated(raw, first + other)):
            return self._by_words(line, high - low)
        fonts = [self._fonts.at(first)]
        if calls.count_rectangles(raw, first, len(text)) > 1:
            if not _side_by_side(calls.rectangles(raw, first, len(text)), sides):
                return self._by_words(line, high - low)
            starts = [first + blank.end() for blank in _SPACES.finditer(text)]
            if 1 in calls.each(calls.has_no_letter, raw, starts):
                return None
            for _, above, _, below in calls.loose_boxes(raw, starts):
                low, high = min(low, below), max(high, above)
            fonts += map(self._fonts.at, [*starts, last])
        if any(font.low for font in fonts):
            return self._by_letters(line)
        left, top = self._frame.left, self._frame.top
        bold = fonts[0].bold and fonts[-1].bold
        return (Segment(text, Box(x0 - left, top - high, x1 - left, top - low), bold, first),)

    def _by_words(self, line: _Told, size: float) -> Sequence[Segment] | None:
        text, first, _ = line
        words = [(word.start(), word.end() - 1) for word in _WORD.finditer(text)]
        if 1 in calls.each(calls.has_no_letter, self._raw, [first + start for start, _ in words]):
            return None
        blanks = (range(end + 1, start) for (_, end), (start, _) in pairwise(words))
        offsets = sorted({offset for word in words for offset in word}.union(*blanks))
        letters = "".join([text[offset] for offset in offsets])
        glyphs = glyphs_at(self._raw, self._frame, letters, [first + offset for offset in offsets])
        ends = {first + end for start, end in words if end > start}
        runs = [*runs_of(glyphs, self._raw, 0, ends)]
        doubtful = _breaks(calls.rectangles(self._raw, first, len(text)), size) >= len(runs)
        if doubtful or any(self._fonts.at(run[0].place).low for run in runs):
            return self._by_letters(line)
        return [self._piece(line, run) for run in runs if any(glyph.character.strip() for glyph in run)]

    def _by_letters(self, line: _Told) -> Sequence[Segment]:
        return segments(read_glyphs(self._raw, self._frame, line.text, line.first), self._raw, 0, self._fonts)

    def _piece(self, line: _Told, run: Sequence[Glyph]) -> Segment:
        own = line.text[run[0].place - line.first : run[-1].place - line.first + 1]
        return segment(run, self._fonts)._replace(text=own.strip(BLANKS))


def _side_by_side(stretches: Sequence[Sides], sides: Sides) -> bool:
    """Whether stretches of text (left, bottom, right, top) fill a line without gaps as wide as a letter is high."""
    x0, low, x1, high = sides
    size, reached = high - low, x0
    for left, bottom, right, top in stretches:
        if not (-size < left - reached < size and bottom < high and top > low):
            return False
        reached = max(reached, right)
    return x1 - _UPRIGHT * size < reached < x1 + size


def _breaks(stretches: Sequence[Sides], size: float) -> int:
    """How many of the stretches of a line do not follow the one before."""
    return sum(
        not (-0.5 * size < left - right < size and bottom < high and top > low)
        for (_, low, right, high), (left, bottom, _, top) in pairwise(stretches)
    )
