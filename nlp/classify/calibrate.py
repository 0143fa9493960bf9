"""From scores to probabilities: Platt scaling per label, pooled over the labels that have too few examples.

Source: J. Platt, "Probabilistic outputs for support vector machines" (1999). Scores must come from folds that did
not see the passages. Labels with fewer than `OWN_SUPPORT` positives share one slope and intercept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
OWN_SUPPORT = 50
DIGITS = 6  # kept of a shared weight, so that the last bits of a fit do not matter


@dataclass(frozen=True, slots=True)
class Platt:
    """Slopes and intercepts, float64 (labels,): probability = sigmoid(slope * score + intercept)."""

    slope: Array
    intercept: Array

    def __call__(self, scores: Array) -> Array:
        """Return probabilities in [0, 1], the shape of `scores` (n, labels)."""
        return sigmoid(scores * self.slope + self.intercept)


def sigmoid(values: Array) -> Array:
    """Return 1 / (1 + exp(-x)), safe for large x."""
    result: Array = 0.5 * (1.0 + np.tanh(0.5 * np.asarray(values, np.float64)))
    return result


def fit_platt(scores: Array, targets: Array) -> Platt:
    """Fit on held-out scores (n, labels) and label weights (n, labels) in [0, 1]."""
    count = scores.shape[1]
    slope, intercept = np.empty(count), np.empty(count)
    rare = targets.sum(axis=0) < OWN_SUPPORT
    if rare.any():
        slope[rare], intercept[rare] = _fit(scores[:, rare].ravel(), targets[:, rare].ravel())
    for label in np.flatnonzero(~rare):
        slope[label], intercept[label] = _fit(scores[:, label], targets[:, label])
    return Platt(slope, intercept)


def cross_fitted(scores: Array, targets: Array, fold: npt.NDArray[np.intp]) -> Array:
    """Return probabilities (n, labels), each passage's calibration fitted on the other folds."""
    probabilities = np.zeros_like(scores)
    for number in np.unique(fold):
        own = fold == number
        probabilities[own] = fit_platt(scores[~own], targets[~own])(scores[own])
    return probabilities


def fit_shared(features: Array, shares: Array, silent: float) -> Array:
    """Return weights and intercept, float64 (features + 1,), of one logistic regression that all labels share.

    Args:
        features: (n, labels, features). shares: (n, labels) in [0, 1]; one between counts as that much of a positive,
            the rest of a negative. silent: the intercept where there is nothing to learn from: no label, or no example.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    table, flat = features.reshape(-1, features.shape[-1]), shares.ravel()
    if len(set((flat > 0).tolist())) < 2:
        return np.append(np.zeros(features.shape[-1]), silent)
    mean, scale = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-6)
    table = (table - mean) / scale
    split = (flat > 0) & (flat < 1)
    rows, truth = np.vstack([table, table[split]]), np.concatenate([flat > 0, np.zeros(split.sum(), bool)])
    counts = np.concatenate([np.where(split, flat, 1.0), 1.0 - flat[split]])
    with threadpool_limits(1):
        model = LogisticRegression(C=1.0, solver="newton-cholesky").fit(rows, truth, sample_weight=counts)
    weights = model.coef_[0] / scale
    return np.round(np.append(weights, model.intercept_[0] - weights @ mean), DIGITS)


def reliability(probabilities: Array, targets: Array, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean probability, frequency, count) of the bins of equal width that hold something."""
    flat, truth = probabilities.ravel(), targets.ravel()
    places = np.minimum((flat * bins).astype(int), bins - 1)
    sizes = np.bincount(places, minlength=bins)
    means = np.bincount(places, flat, bins) / np.maximum(sizes, 1)
    shares = np.bincount(places, truth, bins) / np.maximum(sizes, 1)
    return [(float(m), float(s), int(n)) for m, s, n in zip(means, shares, sizes, strict=True) if n]


def _fit(scores: Array, weights: Array) -> tuple[float, float]:
    """One slope and intercept; a weight between 0 and 1 counts as that much of a positive."""
    from sklearn.linear_model import LogisticRegression

    column = np.concatenate([scores, scores])[:, None]
    labels = np.concatenate([np.ones(len(scores)), np.zeros(len(scores))])
    shares = np.concatenate([weights, 1.0 - weights])
    kept = shares > 0
    if len(set(labels[kept].tolist())) < 2:  # nothing to learn from: scores stay as they are
        return 1.0, 0.0
    model = LogisticRegression(C=1e4).fit(column[kept], labels[kept], sample_weight=shares[kept])
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def expected_calibration_error(probabilities: Array, targets: Array, bins: int = 15) -> float:
    """Return the mean gap between probability and frequency, weighted by bin size, in [0, 1] (Naeini et al. 2015)."""
    flat, truth = probabilities.ravel(), targets.ravel()
    places = np.minimum((flat * bins).astype(int), bins - 1)
    sizes = np.bincount(places, minlength=bins)
    gaps = np.abs(np.bincount(places, flat, bins) - np.bincount(places, truth, bins))
    return float(gaps.sum() / max(sizes.sum(), 1))
