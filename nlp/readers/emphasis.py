"""Headings told by size and boldness, in documents whose writer used no styles."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nlp.readers.shapes import HEADING_LENGTH

BOLD_LEVEL = 5  # of a heading that is bold but no larger than the text around it
_LARGER = 1.15
_NO_TITLE_ENDS = (".", ",", ";", ":")


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks as a whole: its smallest letters' size in points, and whether all of it is bold."""

    size: float
    bold: bool


class Looks:
    """Knows how a document looks, after all its paragraphs were weighed."""

    def __init__(self) -> None:
        self._sizes: Counter[float] = Counter()
        self._bold = 0

    def weigh(self, look: Look, letters: int) -> None:
        """Take notice of a paragraph of so many letters."""
        self._sizes[look.size] += letters
        self._bold += letters * look.bold

    def heading_level(self, text: str, look: Look, *, counted: bool = False) -> int | None:
        """Return the level of a heading from 1, None for what does not look like one.

        The body is the size in which most letters stand; the sizes above it are the levels. Bold says nothing in a
        document that is bold for the most part, nor in a list.

        Args:
            counted: whether the paragraph is part of a list.
        """
        titled = len(text) < HEADING_LENGTH and not text.endswith(_NO_TITLE_ENDS) and any(map(str.isalpha, text))
        if not titled or not self._sizes:
            return None
        body = self._sizes.most_common(1)[0][0]
        larger = sorted((size for size in self._sizes if size > _LARGER * body), reverse=True)
        if look.size in larger:
            return min(BOLD_LEVEL, 1 + larger.index(look.size))
        return BOLD_LEVEL if look.bold and not counted and 2 * self._bold < self._sizes.total() else None
