"""Which probabilities become links, in which lane, and the rule that an activity never stands alone.

Cuts are chosen on passages of authors that the heads did not see. Each lane is a promise with the precision and
recall measured there; below the review cut the machine is silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from nlp.program import Program
from nlp.records import Lane

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
GRID = np.round(np.arange(0.02, 0.97, 0.01), 2)


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold in [0, 1] with the precision and recall measured at it on held-out authors."""

    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Lanes:
    """Cuts of one kind of target: `suggested` keeps its promised precision, `review` goes down to the best F1."""

    suggested: Cut
    review: Cut

    def lane(self, probability: float) -> Lane | None:
        """Return the lane of a probability, None when the machine stays silent."""
        if probability >= self.suggested.threshold:
            return "suggested"
        return "review" if probability >= self.review.threshold else None

    def at(self, cut: float) -> Lanes:
        """Return lanes that are silent below `cut`; `suggested` begins no lower than before. Nothing was measured."""
        suggested = replace(self.suggested, threshold=max(cut, self.suggested.threshold))
        return Lanes(suggested, Cut(cut, 0.0, 0.0))


def measure(probabilities: Array, required: Mask, permitted: Mask, threshold: float) -> Cut:
    """Return precision against `permitted` and recall against `required`, both bool (n, labels), at a threshold."""
    hits = probabilities >= threshold
    precision = float((hits & permitted).sum() / max(hits.sum(), 1))
    recall = float((hits & required).sum() / max(required.sum(), 1))
    return Cut(float(threshold), round(precision, 3), round(recall, 3))


def choose(probabilities: Array, required: Mask, permitted: Mask, precision: float) -> Lanes:
    """Return the lowest cut that keeps `precision` as `suggested`, and the cut of the best F1 as `review`.

    Where no cut reaches the precision, the one that comes nearest is taken: what was measured is in the cut.
    """
    cuts = [measure(probabilities, required, permitted, float(threshold)) for threshold in GRID]
    precise = [cut for cut in cuts if cut.precision >= precision]
    suggested = min(precise, key=lambda c: c.threshold) if precise else max(cuts, key=lambda c: (c.precision, c.recall))
    review = max((cut for cut in cuts if cut.threshold <= suggested.threshold), key=f1)
    return Lanes(suggested, review)


def best(probabilities: Array, required: Mask, permitted: Mask) -> Cut:
    """Return the cut with the best F1."""
    return max((measure(probabilities, required, permitted, float(threshold)) for threshold in GRID), key=f1)


def f1(cut: Cut) -> float:
    """Harmonic mean of a cut's precision and recall."""
    total = cut.precision + cut.recall
    return 2 * cut.precision * cut.recall / total if total else 0.0


def decide(
    program: Program, probabilities: Mapping[str, float], objectives: Lanes, activities: Lanes
) -> Iterator[tuple[str, float, Lane]]:
    """Yield (target, probability, lane) for one passage, objectives first, each kind by falling probability.

    An activity stands only with an objective it serves, and never in a better lane than the best of them: where
    the objective is to be reviewed, so is the activity; where there is none, the activity is left out.
    """
    kept: dict[str, Lane] = {}
    for target, probability in _falling(probabilities, "objective"):
        lane = objectives.lane(probability)
        if lane:
            kept[target] = lane
            yield target, probability, lane
    for target, probability in _falling(probabilities, "activity"):
        lane = activities.lane(probability)
        parents = [kept[parent] for parent in program.parents(target) if parent in kept]
        if lane and parents:
            yield target, probability, lane if "suggested" in parents else "review"


def _falling(probabilities: Mapping[str, float], kind: str) -> list[tuple[str, float]]:
    chosen = [(target, p) for target, p in probabilities.items() if target.startswith(kind)]
    return sorted(chosen, key=lambda item: -item[1])
