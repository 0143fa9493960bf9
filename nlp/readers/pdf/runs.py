"""The text of a PDF page as pieces, told by the ends of its lines and words instead of by every letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise, repeat
from typing import Any, NamedTuple

from nlp.readers.pdf import calls
from nlp.readers.pdf.calls import Sides
from nlp.readers.pdf.fonts import Font, Fonts
from nlp.readers.pdf.frames import Frame
from nlp.readers.pdf.glyphs import BLANKS, Glyph, Segment, glyphs_at, read_glyphs, runs_of, segment, segments
from nlp.records import Box

_SPACES, _WORD = re.compile(r"\s+"), re.compile(r"\S+")
_UPRIGHT = 0.3  # of its height: a line of three letters that is not wider goes up or down


class _Told(NamedTuple):
    """A line as PDFium tells it: its text without blanks around it, and the place of its first character."""

    text: str
    first: int


# What a class made of named fields does in its own `__new__`, at half the time: there is one of each for every line.
_box: Callable[[tuple[float, ...]], Box] = partial(tuple.__new__, Box)
_segment: Callable[[tuple[Any, ...]], Segment] = partial(tuple.__new__, Segment)


def read_runs(raw: Any, text: str, frame: Frame, fonts: Fonts) -> list[Segment] | None:
    """Return the pieces of text of a page; None where only its letters, one by one, can tell them.

    A line that PDFium tells is one piece where the page draws all its spaces, by text objects side by side, none
    parted from the next by more than a letter's height. Where it is not, the letters at the ends of its words tell
    where gaps part it. This gives what `segments` gives.

    Args:
        raw: PDFium's text page. text: all of its text, a letter for each character.
        frame: in which most of the text should stand upright. fonts: of its characters.
    """
    lines = _lines(text)
    firsts = [first for _, first in lines]
    if 1 in calls.each(calls.has_no_letter, raw, firsts):
        return None
    places = firsts + [first + len(said) - 1 for said, first in lines]
    boxes = frame.placed(calls.loose_boxes(raw, places))
    items = calls.each(calls.text_object, raw, places)
    made = _made_blanks(raw, lines)
    reader = _Reader(raw, frame, fonts)
    found: list[Segment] = []
    astray = 0  # characters of lines that do not stand upright
    count = len(lines)
    for (said, first), blank, font, (x0, top, _, bottom), (_, above, x1, below), item, last in zip(
        lines, made, fonts.of_objects(items[:count]), boxes[:count], boxes[count:], items, items[count:], strict=False
    ):
        top, bottom = top if top < above else above, bottom if bottom > below else below
        size = bottom - top
        upright = x1 - x0 > _UPRIGHT * size
        if upright and size > 0 and not blank and item == last and not font.low and item:
            found.append(_segment((said, _box((x0, top, x1, bottom)), font.bold, first, -1)))
            continue
        pieces: Sequence[Segment] | None = None
        line = _Told(said, first)
        if not upright and len(said) > 2:
            astray += len(said)
            pieces = reader.by_letters(line)
        elif size > 0:
            pieces = reader.pieces(line, Box(x0, top, x1, bottom), font, blank)
        if pieces is None:
            return None
        found += pieces
    return found if 2 * astray < len(text) else None


def _made_blanks(raw: Any, lines: Sequence[tuple[str, int]]) -> Iterable[bool]:
    """Of each line, whether PDFium made up its first or its last blank, as nothing is drawn there."""
    firsts = [first + at if (at := text.find(" ")) > 0 else first for text, first in lines]
    lasts = [first + at if (at := text.rfind(" ")) > 0 else first for text, first in lines]
    made = calls.each(calls.is_generated, raw, firsts), calls.each(calls.is_generated, raw, lasts)
    if not any(1 in said for said in made):
        return repeat(False)
    return [one == 1 or other == 1 for one, other in zip(*made, strict=True)]


def letters_of(raw: Any, frame: Frame, piece: Segment) -> list[Glyph]:
    """Return the characters of a piece that `read_runs` gave."""
    return read_glyphs(raw, frame, piece.text, piece.place)


def _lines(text: str) -> list[tuple[str, int]]:
    """Of each line its text without blanks around it, and the place of its first character."""
    found: list[tuple[str, int]] = []
    start = 0
    for line in text.split("\r\n"):
        said = line.strip(BLANKS)
        if said:
            first = start if line[0] == said[0] else start + line.index(said[0])
            found.append((said, first))
        start += len(line) + 2
    return found


class _Reader:
    """Reads the lines of one page."""

    def __init__(self, raw: Any, frame: Frame, fonts: Fonts) -> None:
        self._raw, self._frame, self._fonts = raw, frame, fonts

    def pieces(self, line: _Told, box: Box, font: Font, made: bool) -> Sequence[Segment] | None:
        """The pieces of a line, by its first font and whether blanks of it are made up."""
        if made:
            return self._by_words(line, box)
        if calls.count_rectangles(self._raw, line.first, len(line.text)) > 1:
            return self._of_several(line, box)
        return self.by_letters(line) if font.low else (Segment(line.text, box, font.bold, line.first),)

    def _of_several(self, line: _Told, box: Box) -> Sequence[Segment] | None:
        """The pieces of a line of several text objects, whose blanks are drawn; None if its letters are not known."""
        text, first = line
        if not _side_by_side(self._stretches(line), box):
            return self._by_words(line, box)
        starts = [first + blank.end() for blank in _SPACES.finditer(text)]
        if 1 in calls.each(calls.has_no_letter, self._raw, starts):
            return None
        fonts = self._fonts.of([first, *starts, first + len(text) - 1])
        if any(font.low for font in fonts):
            return self.by_letters(line)
        own = [(box.top, box.bottom), *((top, low) for _, top, _, low in self._boxes(starts))]
        tops, bottoms = zip(*own, strict=True)
        box = box._replace(top=min(tops), bottom=max(bottoms))
        return (Segment(text, box, fonts[0].bold and fonts[-1].bold, first),)

    def _by_words(self, line: _Told, box: Box) -> Sequence[Segment] | None:
        """The pieces of a line by the ends of its words; None if its letters are not known."""
        text, first = line
        words = [(word.start(), word.end() - 1) for word in _WORD.finditer(text)]
        starts = [first + start for start, _ in words]
        if 1 in calls.each(calls.has_no_letter, self._raw, starts):
            return None
        stretches = self._joined(words, starts, first)
        blanks = (range(end + 1, start) for (_, end), (start, _) in pairwise(stretches))
        offsets = sorted({offset for stretch in stretches for offset in stretch}.union(*blanks))
        letters = "".join([text[offset] for offset in offsets])
        glyphs = glyphs_at(self._raw, self._frame, letters, [first + offset for offset in offsets])
        ends = {first + end for start, end in stretches if end > start}
        runs = [*runs_of(glyphs, self._raw, self._frame.rotation, ends)]
        low = any(font.low for font in self._fonts.of([run[0].place for run in runs]))
        if low or _breaks(self._stretches(line), box) >= len(runs):
            return self.by_letters(line)
        return [self._piece(line, run) for run in runs if any(glyph.character.strip() for glyph in run)]

    def _joined(self, words: Sequence[tuple[int, int]], starts: Sequence[int], first: int) -> list[tuple[int, int]]:
        """Join words (first and last letter) that one text object draws with the blanks between them."""
        objects = calls.each(calls.text_object, self._raw, starts)
        made = calls.each(calls.is_generated, self._raw, [first + end + 1 for _, end in words[:-1]])
        joined = [words[0]]
        for word, (before, own), blank in zip(words[1:], pairwise(objects), made, strict=True):
            if before == own and blank != 1:
                joined[-1] = (joined[-1][0], word[1])
            else:
                joined.append(word)
        return joined

    def by_letters(self, line: _Told) -> Sequence[Segment]:
        """The pieces of a line by every letter."""
        glyphs = read_glyphs(self._raw, self._frame, line.text, line.first)
        return segments(glyphs, self._raw, self._frame.rotation, self._fonts)

    def _boxes(self, places: Sequence[int]) -> list[Sides]:
        return self._frame.placed(calls.loose_boxes(self._raw, places))

    def _stretches(self, line: _Told) -> list[Sides]:
        return self._frame.placed(calls.rectangles(self._raw, line.first, len(line.text)))

    def _piece(self, line: _Told, run: Sequence[Glyph]) -> Segment:
        own = line.text[run[0].place - line.first : run[-1].place - line.first + 1]
        return segment(run, self._fonts)._replace(text=own.strip(BLANKS))


def _side_by_side(stretches: Sequence[Sides], line: Box) -> bool:
    """Whether stretches of text fill a line without gaps as wide as a letter is high."""
    size, reached = line.bottom - line.top, line.x0
    for x0, top, x1, bottom in stretches:
        if not (-size < x0 - reached < size and bottom > line.top and top < line.bottom):
            return False
        reached = max(reached, x1)
    return line.x1 - _UPRIGHT * size < reached < line.x1 + size


def _breaks(stretches: Sequence[Sides], line: Box) -> int:
    """How many of the stretches of a line do not follow the one before."""
    size = line.bottom - line.top
    return sum(
        not (-0.5 * size < x0 - right < size and bottom > above and top < below)
        for (_, above, right, below), (x0, top, _, bottom) in pairwise(stretches)
    )
