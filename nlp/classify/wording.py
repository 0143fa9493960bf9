"""Heads on a passage's words: they know rare names and turns of phrase that an encoder blurs.

Words, pairs of words, runs of four letters and the words of the surroundings, each hashed into a table of its own and
weighted by rarity (TF-IDF), with one linear head a label. No word list travels with the model, only a number a column.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.classify.features import Matrix

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
SIZES = {"words": 2**15, "letters": 2**15, "surroundings": 2**12}
SHARES = {"words": 1.0, "letters": 1.0, "surroundings": 0.5}  # lengths of the three parts of a row
STRENGTH, TOLERANCE = 20.0, 0.01
ABSENT = -8.0  # score of a label without examples
_WORD = re.compile(r"\b\w\w+\b")  # of two letters and more
STEPS = 127  # of a weight kept in eight bits


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


@functools.cache
def _counters() -> tuple[Any, ...]:
    """Of words and pairs, runs of four letters, words of the surroundings; they read what `_plain` returns."""
    from sklearn.feature_extraction.text import HashingVectorizer

    common = {"alternate_sign": False, "norm": None, "dtype": np.float32}
    return (
        HashingVectorizer(n_features=SIZES["words"], analyzer=_words_and_pairs, **common),
        HashingVectorizer(n_features=SIZES["letters"], analyzer=_letters, **common),
        HashingVectorizer(n_features=SIZES["surroundings"], analyzer=_WORD.findall, **common),
    )


def _words_and_pairs(text: str) -> list[str]:
    words = _WORD.findall(text)
    return [*words, *map(" ".join, pairwise(words))]


def _letters(text: str) -> list[str]:
    return [*chain.from_iterable(map(_runs, text.split()))]


@functools.lru_cache(maxsize=2**15)  # words repeat
def _runs(word: str) -> tuple[str, ...]:
    """The runs of four letters of a word and the spaces around it; all of it if it is shorter."""
    whole = f" {word} "
    return tuple(whole[start : start + 4] for start in range(max(1, len(whole) - 3)))


def _plain(texts: Iterable[str]) -> list[str]:
    """Texts in lower case, without accents."""
    from sklearn.feature_extraction.text import strip_accents_unicode

    return [strip_accents_unicode(text.lower()) for text in texts]


def _counted(texts: Sequence[str], surroundings: Sequence[str]) -> Any:
    """Sparse float32 (n, columns): how often what falls into a column stands in a passage."""
    from scipy import sparse

    words, letters, around = _counters()
    plain = _plain(texts)
    places = {near: place for place, near in enumerate(dict.fromkeys(surroundings))}  # most repeat
    beside = around.transform(_plain(places))[[places[near] for near in surroundings]]
    return sparse.hstack([words.transform(plain), letters.transform(plain), beside], format="csr")


def _weighted(counts: Any, rarity: Matrix) -> Any:
    """Sparse float32: counts dampened, weighted by rarity, and each part of a row brought to its length."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    table = counts.copy()
    table.data = (1 + np.log(table.data)) * rarity[table.indices]
    parts, start = [], 0
    for name, size in SIZES.items():
        parts.append(normalize(table[:, start : start + size]) * np.float32(SHARES[name]))
        start += size
    return sparse.hstack(parts, format="csr")
