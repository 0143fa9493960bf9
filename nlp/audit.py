"""Which labels are likely wrong: where heads that never saw the author are sure of the opposite.

Source of the idea: confident learning, C. Northcutt, L. Jiang, I. Chuang (2021); here with calibrated held-out
probabilities and plain cuts, as a queue for people to re-read, never to change a label by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from nlp.annotations import Annotations
from nlp.annotations.exchange import Item, Marks, items
from nlp.classify.calibrate import cross_fitted
from nlp.classify.features import Encodes
from nlp.classify.lanes import columns
from nlp.learners import Recipe
from nlp.program import Program
from nlp.train import held_out, load_class, make_learner

Array = npt.NDArray[np.float64]
SURE_MISSING, LIKELY, SURE_WRONG = 0.8, 0.5, 0.02


@dataclass(frozen=True, slots=True)
class Doubt:
    """A label to read again: `kind` "missing" (nobody gave it, the heads are sure) or "wrong" (all gave it, the heads
    are sure of the opposite and lean to another of its kind that nobody gave).

    Attributes:
        probability: held-out, in [0, 1]. given: targets that annotators gave, with their shares.
    """

    passage_id: str
    target: str
    kind: str
    probability: float
    given: dict[str, float]
    text: str


def audit(
    read: Annotations,
    program: Program,
    encoder: Encodes,
    recipe: Recipe,
    report: Callable[[str], None] = lambda _: None,
) -> list[Doubt]:
    """Return the labels that heads trained on the other authors contradict, the surest first.

    Raises:
        AnnotationError: if the annotations are malformed.
    """
    own = load_class(read, program, encoder, recipe)
    material, rows = own.held, own.held.rows
    scores = held_out(material, make_learner(own, program, recipe, report), recipe, report)
    probabilities = cross_fitted(scores.targets, material.targets, scores.fold)
    missing = (probabilities >= SURE_MISSING) & (material.targets == 0)
    wrong = (probabilities <= SURE_WRONG) & (material.targets >= 1) & _other(probabilities, material.targets, program)
    doubts = []
    for kind, table in (("missing", missing), ("wrong", wrong)):
        for row, column in zip(*np.nonzero(table), strict=True):
            passage, probability = rows[row], round(float(probabilities[row, column]), 4)
            target = program.targets[column]
            doubts.append(Doubt(passage.passage_id, target, kind, probability, passage.targets, passage.text))
    return sorted(doubts, key=lambda d: (-abs(d.probability - 0.5), d.passage_id, d.target))


def _other(probabilities: Array, targets: Array, program: Program) -> npt.NDArray[np.bool_]:
    """Bool (n, labels): whether the heads lean to a target of the same kind that nobody gave."""
    leaning = (probabilities >= LIKELY) & (targets == 0)
    table = np.zeros(leaning.shape, bool)
    for part in columns(program).values():
        table[:, part] = leaning[:, part].any(axis=1, keepdims=True)
    return table


def queue(read: Annotations, doubts: Sequence[Doubt]) -> list[Item]:
    """Return the passages in doubt, each once and the surest first, with its labels and the doubts as readings."""
    by_passage: dict[str, list[str]] = {}
    for doubt in doubts:
        by_passage.setdefault(doubt.passage_id, []).append(f"{doubt.kind} {doubt.target} ({doubt.probability:.2f})")
    found = items(read, by_passage, lambda _: Marks())
    held = {key: " ".join(Marks.of(read.counted(key)[-1]).tags()) for key in by_passage}
    return [replace(item, readings=(held[item.passage_id], "; ".join(by_passage[item.passage_id]))) for item in found]
