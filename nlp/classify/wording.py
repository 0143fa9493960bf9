"""Heads on a passage's words: they know rare names and turns of phrase that an encoder blurs.

Words, pairs of words, runs of four letters and the words of the surroundings, each hashed into a table of its own and
weighted by rarity (TF-IDF), with one linear head a label. No word list travels with the model, only a number a column.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from nlp.classify.features import Matrix
from nlp.marks import unmarked

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
SIZES = {"words": 2**15, "letters": 2**15, "surroundings": 2**12}
SHARES = {"words": 1.0, "letters": 1.0, "surroundings": 0.5}  # lengths of the three parts of a row
STRENGTH, TOLERANCE = 20.0, 0.01
ABSENT = -8.0  # score of a label without examples
_WORD = re.compile(r"\b\w\w+\b")  # of two letters and more
STEPS = 127  # of a weight kept in eight bits
WORDS_KEPT = 2**16

Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class WordHeads:
    """Linear heads on hashed words.

    Attributes:
        rarity: float32 (columns,), inverse document frequency of each column.
        weights: float32 (columns, labels), each in `STEPS` steps up to its label's largest. intercept: (labels,).
    """

    rarity: Matrix
    weights: Matrix
    intercept: Matrix

    def scores(self, texts: Sequence[str], surroundings: Sequence[str]) -> Array:
        """Return linear scores (n, labels); a row depends on its own text and surroundings alone."""
        if not texts:
            return np.zeros((0, len(self.intercept)))
        rows = _weighted(_counted(texts, surroundings), self.rarity)
        scores: Array = (rows @ self.weights + self.intercept).astype(np.float64)
        return scores

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return what `of` takes back: weights in eight bits."""
        top = np.maximum(np.abs(self.weights).max(axis=0), 1e-12)
        steps = np.rint(self.weights * (STEPS / top)).astype(np.int8)
        return {"rarity": self.rarity, "steps": steps, "top": top, "intercept": self.intercept}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> WordHeads:
        """Take up what `arrays` gave."""
        weights = arrays["steps"].astype(np.float32) * (arrays["top"] / STEPS).astype(np.float32)
        return cls(arrays["rarity"], weights, arrays["intercept"])


def fit_words(
    texts: Sequence[str], surroundings: Sequence[str], targets: Array, weights: Array, known: Mask | None = None
) -> WordHeads:
    """Fit on passages with label shares (n, labels), a label being there where half gave it, and weights (n,).

    Args:
        known: bool (n, labels), where a share says something; by default everywhere.
    """
    counts = _counted(texts, surroundings)
    present = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = (np.log((1 + len(texts)) / (1 + present)) + 1).astype(np.float32)
    rows = _weighted(counts, rarity)
    fit = functools.partial(_fit, rows, weights)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        fitted = np.stack(
            [*pool.map(fit, (targets >= 0.5).T, (np.ones(targets.shape, bool) if known is None else known).T)], axis=1
        )
    whole = WordHeads(rarity, fitted[:-1], fitted[-1])
    return WordHeads.of(whole.arrays())  # as it will be when it is loaded


def _fit(rows: Any, weights: Array, truth: Mask, known: Mask) -> Matrix:
    """Weights and intercept (columns + 1,) of one label."""
    from sklearn.linear_model import LogisticRegression

    if not known.all():
        rows, weights, truth = rows[np.flatnonzero(known)], weights[known], truth[known]
    if truth.all() or not truth.any():
        level = -ABSENT if truth.any() else ABSENT
        return np.append(np.zeros(rows.shape[1]), level).astype(np.float32)
    model = LogisticRegression(C=STRENGTH, tol=TOLERANCE, solver="liblinear", random_state=0)
    model.fit(rows, truth, sample_weight=weights)
    return np.append(model.coef_[0], model.intercept_[0]).astype(np.float32)


class _Known(dict[str, Of]):
    """What is made of a word, worked out when it is first met: words repeat. Forgets all when it is full."""

    def __init__(self, make: Callable[[str], Of]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Of:
        if len(self) >= WORDS_KEPT:
            self.clear()
        made = self[word] = self._make(word)
        return made


class _Features:
    """The features of a text as hashes, in [-2**31, 2**31); they read what `_plain` returns."""

    def __init__(self) -> None:
        from sklearn.utils import murmurhash3_32

        self._hash: Callable[[str], int] = murmurhash3_32
        self._known, self._runs_known = _Known(self._hash), _Known(self._runs)

    def words(self, text: str) -> list[int]:
        """Its words."""
        return [*map(self._known.__getitem__, _WORD.findall(text))]

    def words_and_pairs(self, text: str) -> list[int]:
        """Its words, and each with the next."""
        words = _WORD.findall(text)
        return [*map(self._known.__getitem__, words), *map(self._hash, map(" ".join, pairwise(words)))]

    def letters(self, text: str) -> list[int]:
        """The runs of four letters in its words."""
        return [*chain.from_iterable(map(self._runs_known.__getitem__, text.split()))]

    def _runs(self, word: str) -> tuple[int, ...]:
        """The runs of a word and the spaces around it; all of it if it is shorter."""
        whole = f" {word} "
        return tuple(self._hash(whole[start : start + 4]) for start in range(max(1, len(whole) - 3)))


_features = functools.cache(_Features)


def _plain(texts: Iterable[str]) -> list[str]:
    """Texts in lower case, without accents."""
    return [unmarked(text.lower()) for text in texts]


def _counted(texts: Sequence[str], surroundings: Sequence[str]) -> Any:
    """Sparse float32 (n, columns): how often what falls into a column stands in a passage.

    The parts of `SIZES` stand side by side, each as `sklearn.feature_extraction.text.HashingVectorizer` counts it; that
    one hashes every letter run of every word anew, which takes twice as long.
    """
    from scipy import sparse

    features, plain, near = _features(), _plain(texts), [*dict.fromkeys(surroundings)]
    beside = dict(zip(near, map(features.words, _plain(near)), strict=True))  # most repeat
    found = {
        "words": [*map(features.words_and_pairs, plain)],
        "letters": [*map(features.letters, plain)],
        "surroundings": [beside[one] for one in surroundings],
    }
    width, start = sum(SIZES.values()), 0
    keys = []
    for part, size in SIZES.items():
        rows = np.repeat(np.arange(len(texts)), [*map(len, found[part])])
        columns = np.abs(np.fromiter(chain.from_iterable(found[part]), np.int64)) % size
        keys.append(rows * width + start + columns)
        start += size
    places, counts = np.unique(np.concatenate(keys), return_counts=True)
    ends = np.searchsorted(places, np.arange(len(texts) + 1) * width)
    return sparse.csr_matrix((counts.astype(np.float32), places % width, ends), (len(texts), width))


def _weighted(counts: Any, rarity: Matrix) -> Any:
    """Sparse float32: counts dampened, weighted by rarity, and each part of a row brought to its length."""
    table = counts.copy()
    table.data = (1 + np.log(table.data)) * rarity[table.indices]
    part = np.repeat(np.arange(len(SIZES)), [*SIZES.values()])[table.indices]
    own = np.repeat(np.arange(table.shape[0]) * len(SIZES), np.diff(table.indptr)) + part
    lengths = np.sqrt(np.bincount(own, table.data * table.data))
    table.data = (table.data / lengths[own]).astype(np.float32)
    table.data *= np.array([*SHARES.values()], np.float32)[part]
    return table
