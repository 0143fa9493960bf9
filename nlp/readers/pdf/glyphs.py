"""Characters of a PDF page with their places, and the runs of text they form."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from nlp.readers.pdf import calls
from nlp.readers.pdf.fonts import Fonts
from nlp.readers.pdf.frames import Frame
from nlp.records import Box

HYPHEN = "\x02"  # how PDFium writes a hyphen at the end of a line
BLANKS = " \t\xa0"
RECOGNISED = -1_000_000  # the place of a word that Tesseract read
_ANGLES = 200
_FARTHEST = 20_000.0  # points; the largest page has 14,400
_NOWHERE = (0.0, 0.0, 0.0, 0.0)
_ODD = re.compile("[^\x01-\ud7ff\uf900-\ufffc]")  # private, halves of letters, none; looked at one by one
_UNKNOWN = re.compile("[\ue000-\uf8ff\ufffd]")  # private, or told to be none
_PLAIN = bytes((*range(0xD8), *range(0xF9, 0xFF)))  # upper halves of codes that are never odd, but for NUL


class Glyph(NamedTuple):
    """A character and its box in points from the page's upper left corner; `place` counts PDFium's characters."""

    place: int
    character: str
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def height(self) -> float:
        """Height of the font's line, the measure of its size."""
        return self.bottom - self.top


_glyph: Callable[[tuple[Any, ...]], Glyph] = partial(tuple.__new__, Glyph)  # unchecked, at half the time


class Segment(NamedTuple):
    """Text that stands together on one line, with its box, whether it is bold, and the place of its first character.

    Its characters stand on consecutive places; a large initial that was put before them has a place of its own.
    """

    text: str
    box: Box
    bold: bool
    place: int = -1
    initial: int = -1

    @property
    def size(self) -> float:
        """Height of the box in points."""
        return self.box.bottom - self.box.top


def mended(raw: Any, text: str) -> str | None:
    """Return a page's text with hyphens for what PDFium writes in their place; None if a letter may not be known."""
    if _is_plain(text):
        return text
    odd = {found.start() for found in _ODD.finditer(text)}
    if not odd:
        return text
    said = {place: calls.unicode(raw, place) for place in odd}
    if any(_is_no_letter(code) or 0xE000 <= code < 0xF900 for code in said.values()):
        return None
    letters = [*text]
    for place, code in said.items():
        letters[place] = chr(code)
    return "".join(letters)


def _is_plain(text: str) -> bool:
    """Whether no character is odd, told of most texts by the upper halves of their codes."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    upper = text.encode("utf-16-le", "surrogatepass")[1::2]
    return upper.isascii() or not upper.translate(None, _PLAIN)  # the first is sooner told


def text_rotation(raw: Any) -> int:
    """Return by how many degrees clockwise the page must be turned to set most of a sample of its text upright."""
    count = calls.count_characters(raw)
    sample = range(0, count, max(1, count // _ANGLES))
    codes, angles = calls.each(calls.unicode, raw, sample), calls.each(calls.angle, raw, sample)
    turns: Counter[int] = Counter()
    for angle, count in Counter(angle for code, angle in zip(codes, angles, strict=True) if code > 32).items():
        turns[_turn(angle)] += count
    return turns.most_common(1)[0][0] if turns else 0


def read_glyphs(raw: Any, frame: Frame, text: str, first: int = 0) -> list[Glyph]:
    """Return characters of a text page in the order of its content, PDFium's own line ends among them.

    Args:
        text: a letter for each of the characters from `first` on.
    """
    return glyphs_at(raw, frame, text, range(first, first + len(text)))


def glyphs_at(raw: Any, frame: Frame, text: str, places: Sequence[int]) -> list[Glyph]:
    """Return the characters at `places`, of which `text` has a letter each."""
    boxes = frame.placed(
        [
            (x0, y1, x1, y0) if -_FARTHEST < x0 <= x1 < _FARTHEST and -_FARTHEST < y0 <= y1 < _FARTHEST else _NOWHERE
            for x0, y1, x1, y0 in calls.loose_boxes(raw, places)
        ]
    )
    return [_glyph((place, letter, *box)) for place, letter, box in zip(places, text, boxes, strict=True)]


def letters(raw: Any) -> str:
    """Return one letter for each of a page's characters, U+FFFD for those that have none."""
    codes = calls.each(calls.unicode, raw, range(calls.count_characters(raw)))
    if min(codes, default=1) > 0 and max(codes, default=1) < 0xD800:
        return "".join(map(chr, codes))
    return "".join("\ufffd" if _is_no_letter(code) else chr(code) for code in codes)


def _is_no_letter(code: int) -> bool:
    return code == 0 or 0xD800 <= code < 0xE000 or 0xFFFD <= code <= 0xFFFF or code > 0x10FFFF


def unmapped(raw: Any, glyphs: Sequence[Glyph]) -> int:
    """How many characters have no known letter: their font does not say what its pictures mean."""
    fails = calls.each(calls.has_no_letter, raw, [glyph.place for glyph in glyphs])
    if 1 not in fails and _UNKNOWN.search("".join([glyph.character for glyph in glyphs])) is None:
        return 0
    return sum(
        fail == 1 or glyph.character == "\ufffd" or "\ue000" <= glyph.character <= "\uf8ff"
        for glyph, fail in zip(glyphs, fails, strict=True)
    )


def segments(
    glyphs: Iterable[Glyph],
    raw: Any,
    rotation: int,
    fonts: Fonts,
    kept: dict[int, Sequence[Glyph]] | None = None,
) -> list[Segment]:
    """Join characters that follow one another on a line; a gap wider than a letter's height parts them.

    Text that does not stand upright under `rotation`, as in a margin, is kept together along its own direction.

    Args:
        kept: is given the characters of each piece by its place.
    """
    runs = with_letters(runs_of(glyphs, raw, rotation))
    found = pieces(runs, fonts)
    if kept is not None:
        kept.update((piece.place, run) for piece, run in zip(found, runs, strict=True))
    return found


def runs_of(
    glyphs: Iterable[Glyph], raw: Any, rotation: int, ends: Container[int] = frozenset()
) -> Iterator[list[Glyph]]:
    """Part characters where a line ends, and where one does not follow the one before.

    A blank that PDFium made up has no height. Within one text object the letters around it tell whether it is wide;
    between two it parts them.

    Args:
        ends: places of characters that follow the one before in any case.
    """
    run: list[Glyph] = []
    before = blank = None
    for glyph in glyphs:
        place, letter, x0, top, _, bottom = glyph
        if letter in "\r\n":
            if run:
                yield run
            run, before, blank = [], None, None
            continue
        if top == bottom and letter.isspace():
            blank = glyph
            run.append(glyph)
            continue
        if before and place not in ends:
            if blank and calls.text_object(raw, before.place) != calls.text_object(raw, place):
                before = blank
            _, _, _, above, reached, below = before
            size = bottom - top
            level = above == top and below == bottom and -0.5 * size < x0 - reached < size  # most are
            if not level and _parted(before, glyph, raw, rotation):
                yield run
                run = []
        before, blank = glyph, None
        run.append(glyph)
    if run:
        yield run


def _parted(before: Glyph, glyph: Glyph, raw: Any, rotation: int) -> bool:
    """Whether one character does not follow another on a line of a text page."""
    place, _, left, above, reached, below = before
    own, _, x0, top, x1, bottom = glyph
    high, higher = below - above, bottom - top
    small, size = (high, higher) if high < higher else (higher, high)
    overlap = (bottom if bottom < below else below) - (top if top > above else above)
    if size == 0 or (overlap > 0.3 * small and -0.5 * size < x0 - reached < size):
        return False
    if (left, above, reached, below) == (x0, top, x1, bottom):  # letters of one ligature
        return False
    if turn(raw, own) == rotation or turn(raw, place) == rotation:
        return True
    return max(abs(x0 - left), abs(top - above)) > 3 * size


def turn(raw: Any, place: int) -> int:
    """By how many degrees clockwise the page must be turned to set a character upright, a multiple of 90."""
    return _turn(calls.angle(raw, place))


@lru_cache(maxsize=64)
def _turn(angle: float) -> int:
    return round(-math.degrees(angle) / 90) * 90 % 360 if angle else 0


def with_letters(runs: Iterable[Sequence[Glyph]]) -> list[Sequence[Glyph]]:
    """The runs of characters that are more than white space."""
    return [run for run in runs if not (run[0][1].isspace() and "".join([glyph[1] for glyph in run]).isspace())]


def pieces(runs: Sequence[Sequence[Glyph]], fonts: Fonts) -> list[Segment]:
    """Return characters that follow one another as one piece of text each; none is white space alone."""
    filled = [[glyph for glyph in run if not glyph[1].isspace()] for run in runs]
    ends = fonts.of([*[own[0][0] for own in filled], *[own[-1][0] for own in filled]])
    bold = [first.bold and last.bold for first, last in zip(ends, ends[len(runs) :], strict=False)]
    return [*map(_piece, runs, filled, bold)]


def _piece(run: Sequence[Glyph], filled: Sequence[Glyph], bold: bool) -> Segment:
    text = "".join([glyph[1] for glyph in run])
    said = text.strip(BLANKS)
    _, _, x0, top, x1, bottom = zip(*filled, strict=True)
    box = Box(min(x0), min(top), max(x1), max(bottom))
    return Segment(said, box, bold, run[text.index(said)].place)
