"""Which probabilities become links, in which lane, and the rule that an activity never stands alone.

Two promises make three lanes. `suggested` begins at the lowest cut that keeps the promised precision. `review` goes
down until both lanes together keep the promised recall of a document's labels, by conformal risk control
(A. Angelopoulos, S. Bates, A. Fisch, L. Lei, T. Schuster, "Conformal risk control", 2022): the promise holds on
average over documents that are like the annotated ones, and for no others. Below, the machine is silent. A third cut,
`decided`, is where precision and recall balance best: what the machine would say if it had to decide alone.

Cuts are chosen on passages whose authors the heads did not see, after the rule that an activity needs one of its
objectives; what stands in a `Cut` was measured on folds that had no part in choosing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from nlp.program import KINDS, Program
from nlp.records import Lane
from nlp.settings import STRICT

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Folds = npt.NDArray[np.intp]
NAMES = ("suggested", "review", "decided")
GRID = np.round(np.concatenate([np.geomspace(0.001, 0.02, 20)[:-1], np.arange(0.02, 0.995, 0.01)]), 4)


def columns_of(objectives: int) -> dict[str, slice]:
    """Where the columns of each kind stand in a table of targets (n, labels): objectives come first."""
    return dict(zip(KINDS, (slice(0, objectives), slice(objectives, None)), strict=True))


def columns(program: Program) -> dict[str, slice]:
    """`columns_of` a programme."""
    return columns_of(len(program.objectives))


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold in [0, 1] with the precision and recall measured at it on held-out authors."""

    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Lanes:
    """Cuts of one kind of target: `suggested` keeps its precision, `review` the recall of both lanes, `decided` F1."""

    suggested: Cut
    review: Cut
    decided: Cut

    def lane(self, probability: float) -> Lane | None:
        """Return the lane of a probability, None when the machine stays silent."""
        if probability >= self.suggested.threshold:
            return "suggested"
        return "review" if probability >= self.review.threshold else None

    def at(self, cut: float) -> Lanes:
        """Return lanes that are silent below `cut`; `suggested` begins no lower than before. Nothing was measured."""
        suggested = replace(self.suggested, threshold=max(cut, self.suggested.threshold))
        return Lanes(suggested, Cut(cut, 0.0, 0.0), Cut(cut, 0.0, 0.0))

    def as_decided(self) -> Lanes:
        """Return lanes that begin where the machine would decide alone."""
        suggested = max(self.suggested, self.decided, key=lambda cut: cut.threshold)
        return Lanes(suggested, self.decided, self.decided)


@dataclass(frozen=True, slots=True)
class Promise:
    """What the lanes are to keep on documents not seen, each in (0, 1).

    Attributes:
        precision: of `suggested`. recall: of the objectives of a document, both lanes together.
        activity_recall: of its activities; less is asked, as the objective stands where no activity is certain.
    """

    __pydantic_config__: ClassVar = STRICT

    precision: float = 0.9
    recall: float = 0.95
    activity_recall: float = 0.8

    def recall_of(self, kind: str) -> float:
        """The recall promised of a kind of target."""
        return self.recall if kind == "objective" else self.activity_recall


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out passages on which lanes are chosen and measured.

    Attributes:
        probabilities: (n, labels), calibrated on other passages. required, permitted: bool (n, labels).
        documents: (n,), number of the document of each passage. fold: (n,), fold that each passage was held out in.
        characters: (n,), length of each passage, to reckon how much a page of lanes is to read.
    """

    probabilities: Array
    required: Mask
    permitted: Mask
    documents: npt.NDArray[np.intp]
    fold: Folds
    characters: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls, probabilities: Array, targets: Array, documents: Sequence[str], fold: Folds, texts: Sequence[str]
    ) -> Held:
        """Take a label that all annotators gave as required, one that some gave as permitted; targets (n, labels)."""
        numbers = {name: number for number, name in enumerate(dict.fromkeys(documents))}
        index = np.array([numbers[name] for name in documents], np.intp)
        lengths = np.array([len(text) for text in texts], np.intp)
        return cls(probabilities, targets >= 1, targets > 0, index, fold, lengths)

    def part(self, rows: npt.NDArray[np.intp] | Mask) -> Held:
        """Return some of the passages."""
        return Held(
            self.probabilities[rows],
            self.required[rows],
            self.permitted[rows],
            self.documents[rows],
            self.fold[rows],
            self.characters[rows],
        )


def measure(probabilities: Array, required: Mask, permitted: Mask, threshold: float) -> Cut:
    """Return precision against `permitted` and recall against `required`, both bool (n, labels), at a threshold."""
    return _cut(probabilities >= threshold, required, permitted, threshold)


def _cut(hits: Mask, required: Mask, permitted: Mask, threshold: float) -> Cut:
    precision = float((hits & permitted).sum() / max(hits.sum(), 1))
    recall = float((hits & required).sum() / max(required.sum(), 1))
    return Cut(float(threshold), round(precision, 3), round(recall, 3))


def best(probabilities: Array, required: Mask, permitted: Mask) -> Cut:
    """Return the cut with the best F1."""
    return max((measure(probabilities, required, permitted, float(threshold)) for threshold in GRID), key=f1)


def f1(cut: Cut) -> float:
    """Harmonic mean of a cut's precision and recall."""
    total = cut.precision + cut.recall
    return 2 * cut.precision * cut.recall / total if total else 0.0


def choose(held: Held, program: Program, promise: Promise) -> dict[str, Lanes]:
    """Return the lanes of objectives and activities, chosen on all of `held`, measured on folds left out.

    Where no cut keeps a promise, the one that comes nearest is taken: what was measured is in the cut.
    """
    chosen = _thresholds(held, program, promise)
    hits: dict[tuple[str, str], list[Mask]] = {}
    rows: list[npt.NDArray[np.intp]] = []
    for number in np.unique(held.fold):
        own = np.flatnonzero(held.fold == number)
        others = np.flatnonzero(held.fold != number)
        cuts = _thresholds(held.part(others), program, promise) if len(others) else chosen
        rows.append(own)
        for key, table in hits_of(held.probabilities[own], program, cuts).items():
            hits.setdefault(key, []).append(table)
    order = np.concatenate(rows)
    lanes = {}
    for kind, part in columns(program).items():
        required, permitted = held.required[order][:, part], held.permitted[order][:, part]
        lanes[kind] = Lanes(
            **{name: _cut(np.concatenate(hits[kind, name]), required, permitted, chosen[kind][name]) for name in NAMES}
        )
    return lanes


def _thresholds(held: Held, program: Program, promise: Promise) -> dict[str, dict[str, float]]:
    """Choose the three thresholds of objectives, then those of activities among the ones that these leave standing."""
    found: dict[str, dict[str, float]] = {}
    for kind, part in columns(program).items():
        required, permitted = held.required[:, part], held.permitted[:, part]
        standing = {name: _standing(held.probabilities, program, found, kind, name) for name in NAMES}
        cuts = {
            name: [measure(standing[name], required, permitted, float(threshold)) for threshold in GRID]
            for name in ("suggested", "decided")
        }
        precise = [cut for cut in cuts["suggested"] if cut.precision >= promise.precision and cut.recall > 0]
        nearest = max(cuts["suggested"], key=lambda c: (c.precision, c.recall))
        found[kind] = {
            "suggested": min((cut.threshold for cut in precise), default=nearest.threshold),
            "review": risk_controlled(standing["review"], required, held.documents, promise.recall_of(kind)),
            "decided": max(cuts["decided"], key=f1).threshold,
        }
        found[kind]["review"] = min(found[kind].values())
    return found


def _standing(
    probabilities: Array, program: Program, found: Mapping[str, Mapping[str, float]], kind: str, name: str
) -> Array:
    """Probabilities of a kind; those of activities are 0 where no objective of theirs stands in the lane `name`."""
    place = columns(program)
    own = probabilities[:, place[kind]]
    if kind == "objective":
        return own
    stands, family = probabilities[:, place["objective"]] >= found["objective"][name], parents(program)
    return np.where(stands @ family | ~family.any(axis=0), own, 0.0)


def parents(program: Program) -> Mask:
    """Bool (objectives, activities): which objectives an activity serves."""
    names, first = list(program.targets), len(program.objectives)
    table = np.zeros((first, len(names) - first), bool)
    for column, target in enumerate(names[first:]):
        for parent in program.parents(target):
            table[names.index(parent), column] = True
    return table


def hits_of(
    probabilities: Array, program: Program, cuts: Mapping[str, Mapping[str, float]]
) -> dict[tuple[str, str], Mask]:
    """Return what stands in each lane: bool (n, labels) by (kind, name), by thresholds of `NAMES` for each kind."""
    return {
        (kind, name): _standing(probabilities, program, cuts, kind, name) >= cuts[kind][name]
        for kind in KINDS
        for name in NAMES
    }


def risk_controlled(probabilities: Array, required: Mask, documents: npt.NDArray[np.intp], recall: float) -> float:
    """Return the highest threshold at which the expected share of a document's labels that are missed is controlled.

    The loss of a document is the share of its required labels below the threshold; with n documents and mean loss R
    the threshold is the highest with (n R + 1) / (n + 1) <= 1 - recall. The lowest of `GRID` where none is.

    Args:
        probabilities: (n, labels). required: bool (n, labels). documents: (n,), the document of each passage.
    """
    counts = np.bincount(documents, required.sum(axis=1))
    asked = counts > 0
    total = int(asked.sum())
    for threshold in GRID[::-1]:
        missed = (required & (probabilities < threshold)).sum(axis=1)
        losses = np.bincount(documents, missed, len(counts))[asked] / counts[asked]
        if (losses.sum() + 1) / (total + 1) <= 1 - recall:
            return float(threshold)
    return float(GRID[0])


def decide(
    program: Program, probabilities: Mapping[str, float], objectives: Lanes, activities: Lanes
) -> Iterator[tuple[str, float, Lane]]:
    """Yield (target, probability, lane) for one passage, objectives first, each kind by falling probability.

    An activity stands only with an objective it serves, and never in a better lane than the best of them: where
    the objective is to be reviewed, so is the activity; where there is none, the activity is left out. One that the
    programme gives no objective stands by itself.
    """
    kept: dict[str, Lane] = {}
    for target, probability in _falling(probabilities, "objective", objectives):
        lane = objectives.lane(probability)
        if lane:
            kept[target] = lane
            yield target, probability, lane
    for target, probability in _falling(probabilities, "activity", activities):
        lane = activities.lane(probability)
        named = program.parents(target)
        parents = [kept[parent] for parent in named if parent in kept]
        if lane and (parents or not named):
            yield target, probability, lane if "suggested" in parents or not named else "review"


def _falling(probabilities: Mapping[str, float], kind: str, lanes: Lanes) -> list[tuple[str, float]]:
    """The targets of a kind on which the machine is not silent."""
    least, prefix = min(lanes.suggested.threshold, lanes.review.threshold), f"{kind}:"
    chosen = [(target, p) for target, p in probabilities.items() if p >= least and target.startswith(prefix)]
    return sorted(chosen, key=lambda item: -item[1])
