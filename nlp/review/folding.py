"""A text folded so that two readings of one document can be compared: what stands in it, not how it was set.

White space, hyphens, soft hyphens and invisible signs are left out; ligatures, wide forms and accents are taken apart
(Unicode NFKD); curly quotation marks are made straight; contacts are masked, whether or not the reading masked them.
Every folded character knows the place that it came from, so what is found in folded text is a slice of the text itself.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.contacts import MASK, contacts

HYPHENS = "-\u2010\u2011\u2212\u00ad"
ALIKE = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "", "\u2014": ""})


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text.

    Attributes:
        text: what was folded. folded: what came of it.
        origin: for each character of `folded`, the place in `text` that it came from; never falling.
    """

    text: str
    folded: str
    origin: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Folded:
        """Fold a text."""
        known: dict[str, str] = {}
        pieces: list[str] = []
        origin: list[int] = []
        for place, mark in enumerate(_masked(text)):
            if (piece := known.get(mark)) is None:
                piece = known[mark] = fold_mark(mark)
            pieces.append(piece)
            origin.extend([place] * len(piece))
        return cls(text, "".join(pieces), tuple(origin))

    def inner(self, start: int, end: int) -> tuple[int, int]:
        """Return the folded span of ``text[start:end]``; empty where that holds nothing but white space and hyphens."""
        return bisect_left(self.origin, start), bisect_left(self.origin, end)

    def outer(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the span of the text that a folded span, not empty, came from.

        None where it would begin or end inside a character: in a ligature, or before an accent that stands apart.
        """
        split_before = start > 0 and self.origin[start - 1] == self.origin[start]
        split_after = end < len(self.folded) and (
            self.origin[end] == self.origin[end - 1] or unicodedata.combining(self.folded[end]) > 0
        )
        if split_before or split_after or unicodedata.combining(self.folded[start]):
            return None
        return self.origin[start], self.origin[end - 1] + 1

    def find(self, words: str) -> Iterator[tuple[int, int]]:
        """Yield every folded span of folded `words` that is a slice of the text and cuts no word in two."""
        place = self.folded.find(words) if words else -1
        while place >= 0:
            span = self.outer(place, place + len(words))
            if span and not _inside_word(self.text, *span):
                yield place, place + len(words)
            place = self.folded.find(words, place + 1)


def fold_mark(mark: str) -> str:
    """Return what is left of one character."""
    if mark.isspace() or mark in HYPHENS or unicodedata.category(mark) == "Cf":
        return ""
    return "".join(unicodedata.normalize("NFKD", mark).split()).translate(ALIKE)


def _masked(text: str) -> str:
    """The text with its contacts masked, length kept."""
    pieces, last = [], 0
    for start, end in contacts(text):
        pieces += [
            text[last:start],
            "".join(MASK if mark.isalnum() or mark == "_" else mark for mark in text[start:end]),
        ]
        last = end
    return "".join([*pieces, text[last:]])


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a span begins or ends between two letters or digits."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    return before or (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
