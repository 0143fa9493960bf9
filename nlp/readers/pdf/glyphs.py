"""Characters of a PDF page with their places, and the runs of text they form."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from nlp.readers.pdf.survey import address
from nlp.records import Box

HYPHEN = "\x02"  # how PDFium writes a hyphen at the end of a line
_FONT_NAME = 256
_ANGLES = 200
_FARTHEST = 20_000.0  # points; the largest page has 14,400
_BOLD = ("bold", "black", "heavy", "semibold", "demi")
_SURE_BOLD_WEIGHT = 600
_UNMAPPED = frozenset((0, 0xFFFD, 0xFFFE, 0xFFFF))
_ODD = re.compile(r"[\x00\ue000-\uf8ff\ufffd-\uffff\ud800-\udfff]|[^\x00-\uffff]")  # looked at one by one


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


class Segment(NamedTuple):
    """Text that stands together on one line, with its box and whether it is bold."""

    text: str
    box: Box
    bold: bool

    @property
    def size(self) -> float:
        """Height of the box in points."""
        return self.box.bottom - self.box.top


class Frame:
    """Turns a page's own coordinates into points from the upper left corner of the page turned by `rotation`.

    Args:
        page: PDFium's page.
        rotation: degrees clockwise, a multiple of 90.
    """

    def __init__(self, page: Any, rotation: int) -> None:
        self.left, self.bottom, self.right, self.top = page.get_cropbox()
        turned = rotation % 180 == 90
        self._across, self._down = self.right - self.left, self.top - self.bottom
        if turned:
            self._across, self._down = self._down, self._across
        self.rotation = rotation % 360

    @property
    def height(self) -> float:
        """Height of the turned page."""
        height: float = self.right - self.left if self.rotation in {90, 270} else self.top - self.bottom
        return height

    def place(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Return x0, top, x1, bottom of a rectangle given by two corners, y upwards."""
        (ax, ay), (bx, by) = self._point(x0, y0), self._point(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)

    def shows(self, box: Box | Glyph) -> bool:
        """Whether some of a box lies on the page."""
        if self._across <= 0 or self._down <= 0:  # a page that says it has no size, or is given upside down
            return True
        return box.x1 >= 0 and box.x0 <= self._across and box.bottom >= 0 and box.top <= self._down

    def moved(self, box: Box, other: Frame) -> Box:
        """Return the box of this frame in `other`, a frame of the same page."""
        if self.rotation == other.rotation:
            return box
        return Box(*other.place(*self._origin(box.x0, box.top), *self._origin(box.x1, box.bottom)))

    def _point(self, x: float, y: float) -> tuple[float, float]:
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def _origin(self, x: float, top: float) -> tuple[float, float]:
        if self.rotation == 90:
            return top + self.left, x + self.bottom
        if self.rotation == 180:
            return self.right - x, top + self.bottom
        if self.rotation == 270:
            return self.right - top, self.top - x
        return x + self.left, self.top - top


def text_rotation(text_page: Any) -> int:
    """Return by how many degrees clockwise the page must be turned to set most of a sample of its text upright."""
    count = text_page.count_chars()
    angles = Counter(
        turn(text_page, place)
        for place in range(0, count, max(1, count // _ANGLES))
        if pdfium.FPDFText_GetUnicode(text_page, place) > 32
    )
    return angles.most_common(1)[0][0] if angles else 0


def read_glyphs(text_page: Any, frame: Frame) -> list[Glyph]:
    """Return all characters of a page in the order of its content, PDFium's own line ends among them."""
    rectangle = pdfium.FS_RECTF()
    pointer = ctypes.byref(rectangle)
    upright, left, top = frame.rotation == 0, frame.left, frame.top
    glyphs = []
    for index in range(text_page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        pdfium.FPDFText_GetLooseCharBox(text_page, index, pointer)
        x0, y0, x1, y1 = rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
        if not (-_FARTHEST < x0 <= x1 < _FARTHEST and -_FARTHEST < y0 <= y1 < _FARTHEST):
            x0 = y0 = x1 = y1 = 0.0
        place = (x0 - left, top - y1, x1 - left, top - y0) if upright else frame.place(x0, y0, x1, y1)
        unmapped = code in _UNMAPPED or 0xD800 <= code < 0xE000 or code > 0x10FFFF
        glyphs.append(Glyph(index, "\ufffd" if unmapped else chr(code), *place))
    return glyphs


def is_of(text_page: Any, place: int, items: Container[int]) -> bool:
    """Whether a character is drawn by one of the text objects at these addresses."""
    return address(pdfium.FPDFText_GetTextObject(text_page.raw, place)) in items


def unmapped(text_page: Any, glyphs: Sequence[Glyph]) -> int:
    """How many characters have no known letter: their font does not say what its pictures mean."""
    raw, fails = text_page.raw, pdfium.FPDFText_HasUnicodeMapError
    return sum(
        glyph.character == "\ufffd" or "\ue000" <= glyph.character <= "\uf8ff" or fails(raw, glyph.place) == 1
        for glyph in glyphs
    )


def segments(glyphs: Iterable[Glyph], text_page: Any, rotation: int) -> list[Segment]:
    """Join characters that follow one another on a line; a gap wider than a letter's height parts them.

    Text that does not stand upright under `rotation`, as in a margin, is kept together along its own direction.
    """
    is_bold = bold_test(text_page)
    return [
        _segment(run, is_bold) for run in _runs(glyphs, text_page, rotation) if any(g.character.strip() for g in run)
    ]


def _runs(glyphs: Iterable[Glyph], text_page: Any, rotation: int) -> Iterator[list[Glyph]]:
    run: list[Glyph] = []
    for glyph in glyphs:
        ends = glyph.character in "\r\n"
        if run and (ends or _parted(run[-1], glyph, text_page, rotation)):
            yield run
            run = []
        if not ends:
            run.append(glyph)
    if run:
        yield run


def _parted(before: Glyph, glyph: Glyph, text_page: Any, rotation: int) -> bool:
    high, higher = before.bottom - before.top, glyph.bottom - glyph.top
    small, size = (high, higher) if high < higher else (higher, high)
    gap = glyph.x0 - before.x1
    overlap = min(before.bottom, glyph.bottom) - max(before.top, glyph.top)
    if size == 0 or (overlap > 0.3 * small and -0.5 * size < gap < size):
        return False
    if turn(text_page, glyph.place) == rotation or turn(text_page, before.place) == rotation:
        return True
    return max(abs(glyph.x0 - before.x0), abs(glyph.top - before.top)) > 3 * size


def turn(text_page: Any, place: int) -> int:
    """By how many degrees clockwise the page must be turned to set a character upright, a multiple of 90."""
    return round(-math.degrees(pdfium.FPDFText_GetCharAngle(text_page, place)) / 90) * 90 % 360


def _segment(run: list[Glyph], is_bold: Callable[[int], bool]) -> Segment:
    filled = [glyph for glyph in run if glyph.character.strip()]
    box = Box(
        min(glyph.x0 for glyph in filled),
        min(glyph.top for glyph in filled),
        max(glyph.x1 for glyph in filled),
        max(glyph.bottom for glyph in filled),
    )
    text = "".join(glyph.character for glyph in run).strip(" \t\xa0")
    return Segment(text, box, is_bold(filled[0].place) and is_bold(filled[-1].place))


def bold_test(text_page: Any) -> Callable[[int], bool]:
    """Return a test of whether a character, by its place, is bold: by its weight, else by its font's name."""
    raw = text_page.raw
    name = ctypes.create_string_buffer(_FONT_NAME)
    flags = ctypes.byref(ctypes.c_int())
    known: dict[bytes, bool] = {}

    def is_bold(place: int) -> bool:
        """Whether the character at `place` is bold."""
        if pdfium.FPDFText_GetFontWeight(raw, place) >= _SURE_BOLD_WEIGHT:
            return True
        pdfium.FPDFText_GetFontInfo(raw, place, name, _FONT_NAME, flags)
        own = name.value
        if own not in known:
            known[own] = any(word in own.decode("utf-8", errors="replace").lower() for word in _BOLD)
        return known[own]

    return is_bold


def swift_segments(text_page: Any, text: str, frame: Frame) -> list[Segment] | None:
    """Return the runs of text of a page by its lines and text objects alone; None where that is not safe.

    It is safe on an upright page where each line that PDFium tells is made of text objects side by side, none parted
    from the next by more than a letter's height. Then this gives what `segments` gives, and asks for the places of
    the first and last character of a line instead of all.

    Args:
        text: all of the page's text, as `get_text_range` gives it. frame: of the page as shown.
    """
    raw = text_page.raw
    if frame.rotation or len(text) != text_page.count_chars() or _ODD.search(text):
        return None
    objects = _object_boxes(raw)
    corner, loose = pdfium.FS_RECTF(), pdfium.FPDFText_GetLooseCharBox
    fails = pdfium.FPDFText_HasUnicodeMapError
    pointer = ctypes.byref(corner)
    is_bold = bold_test(text_page)
    left, top = frame.left, frame.top
    found: list[Segment] = []
    start = number = 0
    for line in text.split("\r\n"):
        said = line.strip(" \t\xa0")
        if said:
            first = start if line[0] == said[0] else start + line.index(said[0])
            last = first + len(said) - 1
            loose(raw, first, pointer)
            x0, low, high = corner.left, corner.bottom, corner.top
            loose(raw, last, pointer)
            x1 = corner.right
            low, high = min(low, corner.bottom), max(high, corner.top)
            size = high - low
            number = _end_of_line(objects, number, (x0, low, x1, high), size)
            upright = x1 - x0 > 0.3 * size or len(said) < 3
            if number < 0 or size <= 0 or not upright or fails(raw, first) == 1:
                return None
            bold = is_bold(first) and is_bold(last)
            found.append(Segment(said, Box(x0 - left, top - high, x1 - left, top - low), bold))
        start += len(line) + 2
    return found if number == len(objects) else None


def _object_boxes(raw: Any) -> list[tuple[float, float, float, float]]:
    """Return left, bottom, right, top of each run of characters that one text object draws on one line."""
    sides = tuple(ctypes.c_double() for _ in range(4))
    x0, y1, x1, y0 = sides
    pointers = tuple(map(ctypes.byref, sides))
    found = []
    for index in range(pdfium.FPDFText_CountRects(raw, 0, -1)):
        pdfium.FPDFText_GetRect(raw, index, *pointers)
        found.append((x0.value, y0.value, x1.value, y1.value))
    return found


def _end_of_line(
    objects: list[tuple[float, float, float, float]], number: int, line: tuple[float, float, float, float], size: float
) -> int:
    """Return the number after the objects that make up a line, -1 if they do not fit together as one."""
    x0, low, x1, high = line
    reached = x0
    while number < len(objects):
        left, bottom, right, top = objects[number]
        if not (-size < left - reached < size and bottom < high and top > low):
            return -1
        number += 1
        reached = max(reached, right)
        if reached > x1 - 0.3 * size:
            return number if reached < x1 + size else -1
    return -1
