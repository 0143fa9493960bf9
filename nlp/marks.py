"""Letters without their marks: what stands in one text with accents and in another without is the same word."""

from __future__ import annotations

from unicodedata import combining, normalize

_FIRST = "\u0300"  # of all combining characters


def unmarked(text: str) -> str:
    """Return a text in its compatible forms (NFKD) without combining characters: "Niñez ﬁn" becomes "Ninez fin"."""
    if text.isascii():
        return text
    return "".join([mark for mark in normalize("NFKD", text) if mark < _FIRST or not combining(mark)])
