"""Where in a file each character of the canonical text stands, for those who write into the file.

A reader tells its builder which piece of the file the next block's text is made of; `Tracer` keeps these pieces and
lays the block's text along them, from its end. Between the two stand only what readers do to text: white space is
joined, hyphens at line ends and marks that nobody sees go, accents join their letters. No text is searched for.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlp.readers.building import Builder

_AHEAD = 40  # characters of the file that may stand between two of the text


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of the canonical text, from `start` on, that are those of a piece of the file from `at` on.

    Attributes:
        source: what the reader calls that piece: an element in Word, (page, piece of a line) in PDF,
            (number of a text, where the piece starts in it) in HTML.
        length: how many characters they share, one for one.
    """

    start: int
    length: int
    source: Any
    at: int


class Tracer(Builder):
    """A builder that remembers where text came from.

    Attributes:
        stretches: in order of the canonical text, not overlapping. What readers put in has none.
    """

    listens = True

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.stretches: list[Stretch] = []
        self._told: list[tuple[str, Any]] = []

    def tell(self, text: str, source: Any) -> None:
        """Remember a piece of the next block; see `Builder.tell`."""
        self._told.append((text, source))

    def add(self, text: str, *arguments: Any, **named: Any) -> None:
        """As `Builder.add`; what was told since the last block is this one's."""
        told, self._told = self._told, []
        before = len(self.blocks)
        super().add(text, *arguments, **named)
        if len(self.blocks) > before:
            shown = self._pieces[-1]
            self.stretches += _stretches(shown, self._length - len(shown), told)

    def at(self, start: int, end: int) -> Iterator[Stretch]:
        """Yield what of the stretches lies in [start, end) of the canonical text, cut to it."""
        first = max(0, bisect_right(self.stretches, start, key=lambda stretch: stretch.start) - 1)
        for stretch in self.stretches[first:]:
            if stretch.start >= end:
                return
            left, right = max(start, stretch.start), min(end, stretch.start + stretch.length)
            if left < right:
                yield Stretch(left, right - left, stretch.source, stretch.at + left - stretch.start)


def _stretches(shown: str, start: int, told: list[tuple[str, Any]]) -> list[Stretch]:
    """Stretches of a block that stands from `start` on, in order."""
    owners = [(number, at) for number, (text, _) in enumerate(told) for at in range(len(text))]
    places = laid("".join(text for text, _ in told), shown)
    found: list[Stretch] = []
    for at, place in enumerate(places):
        if place is None:
            continue
        number, within = owners[place]
        last = found[-1] if found else None
        source = told[number][1]
        if last and last.source is source and (last.start + last.length, last.at + last.length) == (start + at, within):
            found[-1] = Stretch(last.start, last.length + 1, source, last.at)
        else:
            found.append(Stretch(start + at, 1, source, within))
    return found


def laid(raw: str, shown: str) -> list[int | None]:
    """Return for each character of `shown` its place in `raw`, None for what is not there.

    Both are walked from their ends: what a reader leaves out of a paragraph, such as its marker, stands in front.
    """
    places: list[int | None] = [None] * len(shown)
    place = len(raw) - 1
    for at in range(len(shown) - 1, -1, -1):
        letter = shown[at]
        if letter.isspace():
            if at + 1 < len(shown) and places[at + 1] is not None and place >= 0 and raw[place].isspace():
                places[at] = place
                place -= 1
            continue
        found = _before(raw, place, letter)
        if found is not None:
            places[at] = found
            place = found - 1
    return places


def _before(raw: str, place: int, letter: str) -> int | None:
    """The nearest place up to `place` where `letter` stands, or what becomes it; None if that is too far."""
    base = unicodedata.normalize("NFD", letter)[0]
    missed = 0
    while place >= 0 and missed < _AHEAD:
        mark = raw[place]
        if mark == letter or _becomes(mark, letter):
            return place
        if mark == base and base != letter and unicodedata.combining(raw[place + 1 : place + 2] or " "):
            return place
        missed += not mark.isspace()
        place -= 1
    return None


def _becomes(mark: str, letter: str) -> bool:
    """Whether a reader writes `letter` for a mark of the file: a hyphen at a line's end, a broken or late control."""
    if letter == "-":
        return mark in "\x02\u00ad\u2010"
    if letter == "\ufffd":
        return mark in "\x00\ufffe\uffff" or "\ud800" <= mark <= "\udfff"
    return "\x80" <= mark <= "\x9f" and mark.encode("latin-1").decode("cp1252", "replace") == letter
