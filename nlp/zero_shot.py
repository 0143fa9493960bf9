"""From annotations of one programme to what a likeness is worth for any other (`classify.zero_shot`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nlp.annotations import Annotated
from nlp.classify.features import Encodes, Matrix
from nlp.classify.lanes import columns
from nlp.classify.zero_shot import Estimate, LabelViews, fit_estimate, hits_of
from nlp.encode.base import Vectors
from nlp.program import Program

Array = npt.NDArray[np.float64]
LEARNT = 6_000  # passages; more change no weight that matters
HALF = 0.5


def learn_zero_shot(rows: Sequence[Annotated], program: Program, encoder: Encodes, centre: Vectors) -> Estimate:
    """Learn from annotated passages, headings left out, as no heading is ever linked.

    Args:
        encoder: as packed, without the update that a model made with these very labels. centre: float32 (dim,), the
            mean vector of the annotated passages.
    """
    own = [row for row in rows if row.role.get("heading", 0.0) < HALF]
    if len(own) > LEARNT:
        drawn = np.random.default_rng(0).choice(len(own), LEARNT, replace=False)
        own = [own[i] for i in sorted(drawn.tolist())]
    texts = [row.text for row in own]
    targets = np.array([[row.targets.get(target, 0.0) for target in program.targets] for row in own])
    likeness = LabelViews.encode(program, encoder).likeness(encoder.encode(texts), centre)
    return fit_estimate(likeness, hits_of(program, texts), targets, program)


def tune_zero_shot(likeness: Matrix, targets: Array, program: Program) -> dict[str, float]:
    """Return the cuts with the best F1 on labelled passages: likeness (n, labels) against label shares."""
    cuts = {}
    for kind, part in columns(program).items():
        scores, truth = likeness[:, part], targets[:, part] >= HALF
        grid = np.arange(0.1, 0.9, 0.02)
        cuts[kind] = float(max(grid, key=lambda cut: _f1((scores >= cut), truth)))
    return cuts


def _f1(hits: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    return float(2 * (hits & truth).sum() / max(hits.sum() + truth.sum(), 1))
