"""The rectangles that words of the canonical text have on the pages of a PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from nlp.readers.pdf import calls
from nlp.readers.pdf.calls import Sides
from nlp.readers.pdf.frames import Frame
from nlp.readers.pdf.glyphs import RECOGNISED, Segment, letters
from nlp.readers.pdf.lines import around
from nlp.readers.tracing import Stretch, Tracer
from nlp.records import Box

_AHEAD = 60  # characters of the page that may stand between two of a piece: hidden ones
_APART = 2.0  # heights of a word: recognised words further apart are not marked as one


class Quad(NamedTuple):
    """A rectangle in the coordinates of a page (from 1) itself, y upwards, whatever way the page is shown."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class _Sheet:
    """An open page: its frame as people see it, its characters."""

    def __init__(self, document: Any, number: int) -> None:
        self._page = document[number - 1]
        self._text = self._page.get_textpage()
        self.number, self.raw = number, self._text.raw
        self.frame, self.letters = Frame.of(self._page.raw), letters(self.raw)

    def close(self) -> None:
        self._text.close()
        self._page.close()


class Places:
    """Finds rectangles; goes through the pages most quickly when asked in their order. To be closed.

    Args:
        document: of PDFium. tracer: that heard its reading. text: what was read.
    """

    def __init__(self, document: Any, tracer: Tracer, text: str) -> None:
        self._document, self._tracer, self._text = document, tracer, text
        self._sheet: _Sheet | None = None

    def close(self) -> None:
        """Close the page that is open."""
        if self._sheet:
            self._sheet.close()
        self._sheet = None

    def of(self, start: int, end: int) -> tuple[list[Quad], bool]:
        """Return the rectangles of [start, end), line by line, and whether every visible character lies in one."""
        quads: list[Quad] = []
        lacking = len("".join(self._text[start:end].split()))
        stretches = self._tracer.at(start, end)
        for (page, recognised), several in groupby(stretches, key=lambda one: (one.source[0], _is_recognised(one))):
            own = [*several]
            if recognised:
                frame = self._open(page).frame
                quads += [Quad(page, *frame.unplaced(box)) for box in _joined([one.source[1].box for one in own])]
                lacking -= sum(self._visible(one) for one in own)
                continue
            for _, same in groupby(own, key=lambda one: id(one.source[1])):
                boxes = [box for one in same for box in self._boxes(one)]
                lacking -= len(boxes)
                tall = 1 if boxes and own[0].at == 0 and own[0].source[1].initial >= 0 else 0
                quads += [_around(page, part) for part in (boxes[:tall], boxes[tall:]) if part]
        return quads, lacking <= 0

    def _visible(self, stretch: Stretch) -> int:
        return len("".join(self._text[stretch.start : stretch.start + stretch.length].split()))

    def _boxes(self, stretch: Stretch) -> list[Sides]:
        """The boxes of a stretch's visible characters, so far as they are known."""
        page, piece = stretch.source
        sheet = self._open(page)
        places = _along(piece, sheet.letters)[stretch.at : stretch.at + stretch.length]
        written = piece.text[stretch.at : stretch.at + stretch.length]
        shown = [place for place, letter in zip(places, written, strict=True) if place is not None and letter.strip()]
        boxes = ((x0, y0, x1, y1) for x0, y1, x1, y0 in calls.loose_boxes(sheet.raw, shown))
        return [(x0, y0, x1, y1) for x0, y0, x1, y1 in boxes if x1 > x0 and y1 > y0]

    def _open(self, page: int) -> _Sheet:
        if self._sheet is None or self._sheet.number != page:
            self.close()
            self._sheet = _Sheet(self._document, page)
        return self._sheet


def _is_recognised(stretch: Stretch) -> bool:
    return bool(stretch.source[1].place == RECOGNISED)


def _along(piece: Segment, said: str) -> list[int | None]:
    """Places of a piece's characters on its page, None for those that the page does not have where they should be."""
    places: list[int | None] = [piece.initial] if piece.initial >= 0 else []
    at = piece.place + len(places)
    for letter in piece.text[len(places) :]:
        found = said.find(letter, at, at + _AHEAD) if at >= 0 else -1
        places.append(found if found >= 0 else None)
        at = found + 1 if found >= 0 else at + 1
    return places


def _joined(boxes: Sequence[Box]) -> Iterator[Box]:
    """Recognised words of one line as one box."""
    line: list[Box] = []
    for box in boxes:
        if line and not _beside(line[-1], box):
            yield around(line)
            line = []
        line.append(box)
    if line:
        yield around(line)


def _beside(before: Box, box: Box) -> bool:
    shared = min(before.bottom, box.bottom) - max(before.top, box.top)
    height = max(before.bottom - before.top, box.bottom - box.top)
    lower = min(before.bottom - before.top, box.bottom - box.top)
    return shared > 0.3 * lower and -0.5 * height < box.x0 - before.x1 < _APART * height


def _around(page: int, boxes: Sequence[Sides]) -> Quad:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return Quad(page, min(x0), min(y0), max(x1), max(y1))
