"""Ranking passages for a query: by words (BM25), by meaning (cosine), and both together.

BM25 as S. Robertson and H. Zaragoza, "The probabilistic relevance framework", 2009, in the form of Lucene; reciprocal
rank fusion as G. Cormack, C. Clarke, S. Büttcher, 2009, with their constant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nlp.encode.base import Vectors
from nlp.marks import unmarked

Scores = npt.NDArray[np.float32]
K1, B = 1.5, 0.75
FUSION = 60
CHUNK = 100_000  # rows of vectors held at once
_WORD = re.compile(r"\w\w+")


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents, of two letters or more."""
    return _WORD.findall(unmarked(text.lower()))


class Words:
    """BM25 over texts. Holds one number for every word of every text."""

    def __init__(self, texts: Sequence[str]) -> None:
        from scipy.sparse import csc_matrix

        self._words: dict[str, int] = {}
        rows, columns, counts = [], [], []
        for row, text in enumerate(texts):
            seen: dict[int, int] = {}
            for word in tokens(text):
                column = self._words.setdefault(word, len(self._words))
                seen[column] = seen.get(column, 0) + 1
            rows += [row] * len(seen)
            columns += list(seen)
            counts += list(seen.values())
        shape = (len(texts), max(len(self._words), 1))
        table = csc_matrix((np.asarray(counts, np.float32), (rows, columns)), shape=shape)
        lengths = np.asarray(table.sum(axis=1)).ravel()
        held = np.diff(table.indptr)
        rarity = np.log1p((len(texts) - held + 0.5) / (held + 0.5)).astype(np.float32)
        scale = K1 * (1 - B + B * lengths / max(float(lengths.mean()) if len(lengths) else 1.0, 1e-9))
        table.data = table.data / (table.data + scale[table.indices]).astype(np.float32)
        table.data *= np.repeat(rarity, held)
        self._table = table

    def scores(self, query: str) -> Scores:
        """Return float32 (texts,), 0 where no word of the query stands."""
        columns = [self._words[word] for word in tokens(query) if word in self._words]
        found: Scores = np.asarray(self._table[:, columns].sum(axis=1), np.float32).ravel()
        return found


def cosines(vectors: Vectors, query: Vectors) -> Scores:
    """Return float32 (rows,): likeness of every row to the query (dim,), both of unit length; exact, chunk by chunk."""
    parts = [np.asarray(vectors[start : start + CHUNK]) @ query for start in range(0, len(vectors), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def fused(*scores: Scores) -> Scores:
    """Return the sum over rankings of 1 / (60 + rank); what a ranking gives no score above 0 gets nothing of it."""
    total = np.zeros(len(scores[0]), np.float32)
    for ranking in scores:
        order = np.argsort(-ranking, kind="stable")
        gains = np.zeros(len(ranking), np.float32)
        gains[order] = 1 / (FUSION + 1 + np.arange(len(ranking)))
        total += np.where(ranking > 0, gains, 0)
    return total


def best(scores: Scores, count: int) -> npt.NDArray[np.intp]:
    """Return the places of the highest scores, highest first, ties by place."""
    return np.argsort(-scores, kind="stable")[:count]
