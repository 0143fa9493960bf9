"""The text of a PDF page as pieces, told by the ends of its lines and words instead of by every letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from functools import partial
from itertools import pairwise, repeat
from typing import Any, NamedTuple

from nlp.readers.pdf import calls
from nlp.readers.pdf.calls import Sides
from nlp.readers.pdf.fonts import Font, Fonts
from nlp.readers.pdf.frames import Frame
from nlp.readers.pdf.glyphs import (
    BLANKS,
    Glyph,
    Segment,
    glyphs_at,
    pieces,
    read_glyphs,
    runs_of,
    segments,
    with_letters,
)
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
    texts, firsts = _lines(text)
    if not texts:
        return []
    if 1 in calls.each(calls.has_no_letter, raw, firsts):
        return None
    lasts = [first + len(said) - 1 for said, first in zip(texts, firsts, strict=True)]
    boxes = _boxes(raw, frame, firsts, lasts)
    begun, ended = calls.each(calls.text_object, raw, firsts), calls.each(calls.text_object, raw, lasts)
    own = fonts.of_objects(begun)
    found = [*map(_segment, zip(texts, boxes, [font.bold for font in own], firsts, repeat(-1), strict=False))]
    made = _made_blanks(raw, texts, firsts)
    upright = [x1 - x0 > _UPRIGHT * (bottom - top) > 0 for x0, top, x1, bottom in boxes]
    if begun == ended and all(begun) and all(upright) and not made and not fonts.low:
        return found
    odd = [
        at for at, (item, last, font, stands) in enumerate(zip(begun, ended, own, upright, strict=True))
        if not item or item != last or font.low or not stands or at in made
    ]  # fmt: skip
    astray = sum(len(texts[at]) for at in odd if _is_astray(texts[at], boxes[at]))
    return _in_pieces(found, odd, _Reader(raw, frame, fonts, own, made)) if 2 * astray < len(text) else None


def _boxes(raw: Any, frame: Frame, firsts: Sequence[int], lasts: Sequence[int]) -> list[Box]:
    """The boxes of lines, by those of their first and last characters."""
    count = len(firsts)
    sides = calls.loose_columns(raw, [*firsts, *lasts])
    lefts, tops, rights, bottoms = sides
    if frame.rotation:
        ends = frame.placed(zip(*sides, strict=True))
        return [
            _box((x0, min(above, top), x1, max(below, bottom)))
            for (x0, top, _, bottom), (_, above, x1, below) in zip(ends, ends[count:], strict=False)
        ]
    if tops[:count] != tops[count:]:
        tops[:count] = map(max, tops[count:], tops)
    if bottoms[:count] != bottoms[count:]:
        bottoms[:count] = map(min, bottoms[count:], bottoms)
    return [*map(_box, zip(*frame.columns(lefts[:count], tops[:count], rights[count:], bottoms[:count]), strict=False))]


def _made_blanks(raw: Any, texts: Sequence[str], firsts: Sequence[int]) -> frozenset[int]:
    """Which lines have a first or last blank that PDFium made up, as nothing is drawn there."""
    places = [first + at if (at := text.find(" ")) > 0 else first for text, first in zip(texts, firsts, strict=True)]
    places += [first + at if (at := text.rfind(" ")) > 0 else first for text, first in zip(texts, firsts, strict=True)]
    made = calls.each(calls.is_generated, raw, places)
    return frozenset(at % len(texts) for at, said in enumerate(made) if said == 1) if 1 in made else frozenset()


def _is_astray(text: str, box: Box) -> bool:
    """Whether a line does not stand upright."""
    return len(text) > 2 and not box.x1 - box.x0 > _UPRIGHT * (box.bottom - box.top)


def _in_pieces(found: list[Segment], odd: Sequence[int], reader: _Reader) -> list[Segment] | None:
    """The lines with the pieces of the odd ones in their place; None if one of those cannot be told."""
    whole: list[Segment] = []
    done = 0
    for at in odd:
        pieces = reader.pieces(found[at], at)
        if pieces is None:
            return None
        whole += found[done:at]
        whole += pieces
        done = at + 1
    return whole + found[done:]


def letters_of(raw: Any, frame: Frame, piece: Segment) -> list[Glyph]:
    """Return the characters of a piece that `read_runs` gave."""
    return read_glyphs(raw, frame, piece.text, piece.place)


def _lines(text: str) -> tuple[list[str], list[int]]:
    """The text of each line without blanks around it, and the places of their first characters."""
    texts: list[str] = []
    firsts: list[int] = []
    start = 0
    for line in text.split("\r\n"):
        said = line.strip(BLANKS)
        if said:
            texts.append(said)
            firsts.append(start if line[0] == said[0] else start + line.index(said[0]))
        start += len(line) + 2
    return texts, firsts


class _Reader:
    """Reads lines of one page that may not be one piece; it is told their fonts, and which have blanks made up."""

    def __init__(self, raw: Any, frame: Frame, fonts: Fonts, own: Sequence[Font], made: Container[int]) -> None:
        self._raw, self._frame, self._fonts = raw, frame, fonts
        self._own, self._made = own, made

    def pieces(self, whole: Segment, at: int) -> Sequence[Segment] | None:
        """The pieces of the line `at`, given as one piece; None if only a look at the whole page can tell them."""
        text, box, _, first, _ = whole
        line = _Told(text, first)
        if _is_astray(text, box):
            return self._by_letters(line)
        if not box.bottom > box.top:
            return None
        if at in self._made:
            return self._by_words(line, box)
        if calls.count_rectangles(self._raw, first, len(text)) > 1:
            return self._of_several(line, box)
        return self._by_letters(line) if self._own[at].low else (whole,)

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
            return self._by_letters(line)
        own = [(box.top, box.bottom), *((top, low) for _, top, _, low in self._boxes(starts))]
        tops, bottoms = zip(*own, strict=True)
        own_box = _box((box.x0, min(tops), box.x1, max(bottoms)))
        return (Segment(text, own_box, fonts[0].bold and fonts[-1].bold, first),)

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
        runs: list[Sequence[Glyph]] = [*runs_of(glyphs, self._raw, self._frame.rotation, ends)]
        low = any(font.low for font in self._fonts.of([run[0].place for run in runs]))
        if low or _breaks(self._stretches(line), box) >= len(runs):
            return self._by_letters(line)
        runs = with_letters(runs)
        own = [text[run[0].place - first : run[-1].place - first + 1].strip(BLANKS) for run in runs]
        told = zip(own, pieces(runs, self._fonts), strict=True)
        return [_segment((said, piece.box, piece.bold, piece.place, -1)) for said, piece in told]

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

    def _by_letters(self, line: _Told) -> Sequence[Segment]:
        """The pieces of a line by every letter."""
        glyphs = read_glyphs(self._raw, self._frame, line.text, line.first)
        return segments(glyphs, self._raw, self._frame.rotation, self._fonts)

    def _boxes(self, places: Sequence[int]) -> list[Sides]:
        return self._frame.placed(calls.loose_boxes(self._raw, places))

    def _stretches(self, line: _Told) -> list[Sides]:
        return self._frame.placed(calls.rectangles(self._raw, line.first, len(line.text)))


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
