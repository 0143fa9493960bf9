"""Several opinions of the same passages made one: calibrated log-odds, weighted, one weight an opinion for all labels.

Source: stacked generalisation, D. Wolpert (1992). Weights are few because they are shared, so rare labels cannot
overfit them; they are fitted on scores of passages that the opinions' makers did not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from nlp.classify.calibrate import Platt, fit_platt

Array = npt.NDArray[np.float64]
Folds = npt.NDArray[np.intp]
EXTREME = 9.0  # log-odds beyond it say nothing more
FEW_ODDS = 30  # labels as absent as this are drawn at most so many times as often as those present


def combine(
    cross: Sequence[Array],
    outside: Sequence[Sequence[Array]],
    targets: Array,
    fold: Folds,
    columns: Mapping[str, slice],
) -> tuple[Array, list[Array]]:
    """Return combined scores of the passages held out (n, labels), and of each set of others.

    Args:
        cross: scores (n, labels) of each opinion, of passages its maker did not see. outside: for each opinion, its
            scores of each other set. targets: (n, labels), shares. fold: (n,); combined scores of a fold come from the
            others. columns: of each kind of target (`lanes.columns`).
    """
    joint = np.zeros_like(cross[0])
    for number in np.unique(fold):
        own = fold == number
        weights, curves = _fit([table[~own] for table in cross], targets[~own], columns)
        joint[own] = _apply([table[own] for table in cross], curves, weights, columns)
    weights, curves = _fit(cross, targets, columns)
    sets = [[tables[i] for tables in outside] for i in range(len(outside[0]))] if outside else []
    return joint, [_apply(tables, curves, weights, columns) for tables in sets]


def _fit(cross: Sequence[Array], targets: Array, columns: Mapping[str, slice]) -> tuple[dict[str, Array], list[Platt]]:
    """Weights of the opinions and an intercept for each kind of target, and each opinion's calibration."""
    from sklearn.linear_model import LogisticRegression

    curves = [fit_platt(table, targets) for table in cross]
    odds = _log_odds(cross, curves)
    rng = np.random.default_rng(0)
    weights = {}
    for kind, part in columns.items():
        features, shares = odds[:, part].reshape(-1, len(cross)), targets[:, part].ravel()
        present = np.flatnonzero(shares > 0)
        absent = np.flatnonzero(shares == 0)
        drawn = rng.choice(absent, min(len(absent), FEW_ODDS * max(len(present), 1)), replace=False)
        index = np.concatenate([present, present, drawn])
        truth = np.concatenate([np.ones(len(present)), np.zeros(len(present) + len(drawn))])
        counts = np.concatenate([shares[present], 1 - shares[present], np.full(len(drawn), len(absent) / len(drawn))])
        model = LogisticRegression(C=10.0).fit(features[index], truth, sample_weight=counts)
        weights[kind] = np.append(model.coef_[0], model.intercept_[0])
    return weights, curves


def _log_odds(tables: Sequence[Array], curves: Sequence[Platt]) -> Array:
    """(n, labels, opinions)."""
    odds = [np.clip(t * c.slope + c.intercept, -EXTREME, EXTREME) for t, c in zip(tables, curves, strict=True)]
    return np.stack(odds, axis=-1)


def _apply(
    tables: Sequence[Array], curves: Sequence[Platt], weights: dict[str, Array], columns: Mapping[str, slice]
) -> Array:
    odds = _log_odds(tables, curves)
    joint = np.empty(odds.shape[:2])
    for kind, part in columns.items():
        joint[:, part] = odds[:, part] @ weights[kind][:-1] + weights[kind][-1]
    return joint
