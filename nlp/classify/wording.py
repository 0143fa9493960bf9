"""Heads on a passage's words: they know rare names and turns of phrase that an encoder blurs.

Words, pairs of words, runs of four letters and the words of the surroundings, each hashed into a table of its own and
weighted by rarity (TF-IDF), with one linear head a label. No word list travels with the model, only a number a column.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.classify.features import Matrix
from nlp.classify.hashing import Counter, Counts, beside

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
SIZES = {"words": 2**15, "letters": 2**15, "surroundings": 2**12}
SHARES = {"words": 1.0, "letters": 1.0, "surroundings": 0.5}  # lengths of the three parts of a row
STRENGTH, TOLERANCE = 20.0, 0.01
ABSENT = -8.0  # score of a label without examples
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
    present = np.bincount(counts.columns, minlength=counts.width)
    rarity = (np.log((1 + len(texts)) / (1 + present)) + 1).astype(np.float32)
    rows = _weighted(counts, rarity).to_scipy()
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
def _counters() -> Mapping[str, Counter]:
    return {name: Counter(size) for name, size in SIZES.items()}


def _counted(texts: Sequence[str], surroundings: Sequence[str]) -> Counts:
    """How often what falls into a column stands in a passage: (n, columns)."""
    counters = _counters()
    words, letters = counters["words"].words(texts, pairs=True), counters["letters"].runs(texts)
    return beside([words, letters, counters["surroundings"].words(surroundings)])


def _weighted(counts: Counts, rarity: Matrix) -> Counts:
    """Counts dampened, weighted by rarity, and each part of a row brought to its length."""
    values = (1 + np.log(counts.values)) * rarity[counts.columns]
    part = np.searchsorted(np.cumsum([*SIZES.values()]), counts.columns, side="right")
    own = counts.rows * len(SIZES) + part
    lengths = np.sqrt(np.bincount(own, values * values, len(counts.ends) * len(SIZES)))
    scaled = (values / np.maximum(lengths, 1e-12)[own]).astype(np.float32)
    return replace(counts, values=scaled * np.array([*SHARES.values()], np.float32)[part])
