"""The text of a PDF page as pieces, told by the ends of its lines and words instead of by every letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice, pairwise, repeat
from typing import Any

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
_Span = tuple[int, int]  # places of a first and a last letter
_UPRIGHT = 0.3  # of its height: a line of three letters that is not wider goes up or down


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
    told = reader.pieces([(found[at], at) for at in odd])
    if told is None:
        return None
    whole: list[Segment] = []
    done = 0
    for at, own in zip(odd, told, strict=True):
        whole += found[done:at]
        whole += own
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

    def pieces(self, lines: Sequence[tuple[Segment, int]]) -> list[Sequence[Segment]] | None:
        """The pieces of lines, given as one piece and by number; None if only a look at the whole page can tell one."""
        if any(not (whole.box.bottom > whole.box.top or _is_astray(whole.text, whole.box)) for whole, _ in lines):
            return None
        told = [self._at_once(whole, at) for whole, at in lines]
        by_words = self._by_words([whole for (whole, _), own in zip(lines, told, strict=True) if own is None])
        if by_words is None:
            return None
        rest = iter(by_words)
        return [next(rest) if own is None else own for own in told]

    def _at_once(self, whole: Segment, at: int) -> Sequence[Segment] | None:
        """The pieces of the line `at`, given as one piece; None if the ends of its words are to tell them."""
        text, box, _, first, _ = whole
        if _is_astray(text, box):
            return self._by_letters(whole)
        if at in self._made:
            return None
        if calls.count_rectangles(self._raw, first, len(text)) > 1:
            return self._of_several(whole)
        return self._by_letters(whole) if self._own[at].low else (whole,)

    def _of_several(self, whole: Segment) -> Sequence[Segment] | None:
        """The pieces of a line of several text objects, whose blanks are drawn; None as `_at_once`."""
        text, box, _, first, _ = whole
        if not _side_by_side(self._stretches(whole), box):
            return None
        starts = [first + blank.end() for blank in _SPACES.finditer(text)]
        if 1 in calls.each(calls.has_no_letter, self._raw, starts):
            return None
        fonts = self._fonts.of([first, *starts, first + len(text) - 1])
        if any(font.low for font in fonts):
            return self._by_letters(whole)
        own = [(box.top, box.bottom), *((top, low) for _, top, _, low in self._boxes(starts))]
        tops, bottoms = zip(*own, strict=True)
        own_box = _box((box.x0, min(tops), box.x1, max(bottoms)))
        return (Segment(text, own_box, fonts[0].bold and fonts[-1].bold, first),)

    def _by_words(self, lines: Sequence[Segment]) -> list[Sequence[Segment]] | None:
        """The pieces of each of some lines by the ends of its words; None if a letter is not known."""
        if not lines:
            return []
        words = [
            [(first + word.start(), first + word.end() - 1) for word in _WORD.finditer(text)]
            for text, _, _, first, _ in lines
        ]
        starts = [start for own in words for start, _ in own]
        if 1 in calls.each(calls.has_no_letter, self._raw, starts):
            return None
        parted = self._runs(lines, self._joined(words, starts))
        lows = iter([font.low for font in self._fonts.of([run[0].place for runs in parted for run in runs])])
        told = [
            self._by_letters(whole) if any([*islice(lows, len(runs))]) or self._parts_more(whole, len(runs)) else None
            for whole, runs in zip(lines, parted, strict=True)
        ]
        kept = [with_letters(runs) if own is None else [] for runs, own in zip(parted, told, strict=True)]
        found = iter(pieces([run for runs in kept for run in runs], self._fonts))
        return [
            [_worded(whole, run, piece) for run, piece in zip(runs, found, strict=False)] if own is None else own
            for whole, runs, own in zip(lines, kept, told, strict=True)
        ]

    def _runs(self, lines: Sequence[Segment], stretches: Iterable[Sequence[_Span]]) -> list[list[list[Glyph]]]:
        """Of each line, given with its stretches of one text object each, the ends and blanks of those as runs."""
        places: list[int] = []
        letters: list[str] = []
        cuts: list[tuple[int, set[int]]] = []  # of each line: how many places, and which end a stretch
        for (text, _, _, first, _), own in zip(lines, stretches, strict=True):
            here = _ends_and_blanks(own)
            places += here
            letters += [text[place - first] for place in here]
            cuts.append((len(here), {end for start, end in own if end > start}))
        glyphs = iter(glyphs_at(self._raw, self._frame, "".join(letters), places))
        rotation = self._frame.rotation
        return [[*runs_of(islice(glyphs, count), self._raw, rotation, ends)] for count, ends in cuts]

    def _parts_more(self, whole: Segment, count: int) -> bool:
        """Whether gaps between the stretches of a line part it into more than `count` runs."""
        if calls.count_rectangles(self._raw, whole.place, len(whole.text)) <= count:
            return False
        return _breaks(self._stretches(whole), whole.box) >= count

    def _joined(self, words: Sequence[Sequence[_Span]], starts: Sequence[int]) -> Iterator[list[_Span]]:
        """Join words of a line (places of first and last letter) that one text object draws with the blanks between."""
        objects = iter(calls.each(calls.text_object, self._raw, starts))
        made = iter(calls.each(calls.is_generated, self._raw, [end + 1 for own in words for _, end in own]))
        for own in words:
            joined: list[_Span] = []
            before, blank = None, 1
            for (start, end), item, after in zip(own, objects, made, strict=False):
                if before == item and blank != 1:
                    joined[-1] = (joined[-1][0], end)
                else:
                    joined.append((start, end))
                before, blank = item, after
            yield joined

    def _by_letters(self, line: Segment) -> Sequence[Segment]:
        """The pieces of a line by every letter."""
        glyphs = read_glyphs(self._raw, self._frame, line.text, line.place)
        return segments(glyphs, self._raw, self._frame.rotation, self._fonts)

    def _boxes(self, places: Sequence[int]) -> list[Sides]:
        return self._frame.placed(calls.loose_boxes(self._raw, places))

    def _stretches(self, line: Segment) -> list[Sides]:
        return self._frame.placed(calls.rectangles(self._raw, line.place, len(line.text)))


def _ends_and_blanks(stretches: Iterable[_Span]) -> list[int]:
    """The places of both ends of each stretch of a line, and of what stands between two."""
    places: list[int] = []
    for start, end in stretches:
        if places:
            places += range(places[-1] + 1, start)
        places.append(start)
        if end > start:
            places.append(end)
    return places


def _worded(whole: Segment, run: Sequence[Glyph], piece: Segment) -> Segment:
    """The piece of the ends of a run with all of its text, which is part of the line `whole`."""
    text, _, _, first, _ = whole
    said = text[run[0].place - first : run[-1].place - first + 1].strip(BLANKS)
    return _segment((said, piece.box, piece.bold, piece.place, -1))


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
