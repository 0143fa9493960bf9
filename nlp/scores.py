"""Scores of what a system said of gold units: METRICS, intervals, and a row a label.

Precision counts required and permitted labels as right, recall asks for the required ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.annotations import GoldUnit, LabelSet

KINDS = {"objectives": "objective", "activities": "activity"}
TOP = 3
DRAWS = 1000
WORST = 20


def falling(scores: Mapping[str, float]) -> tuple[str, ...]:
    """Targets by falling score; equal ones in the order they stand in."""
    return tuple(sorted(scores, key=lambda target: -scores[target]))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system says of one unit: targets it claims, all targets by falling score, role and treatment if any."""

    claimed: frozenset[str]
    ranked: tuple[str, ...]
    role: str | None = None
    treatment: str | None = None


def _labels(unit: GoldUnit, kind: str) -> LabelSet:
    labels: LabelSet = getattr(unit, kind)
    return labels


def _own(targets: Sequence[str] | frozenset[str], kind: str) -> list[int]:
    prefix = KINDS[kind] + ":"
    return [int(target.removeprefix(prefix)) for target in targets if target.startswith(prefix)]


def precision(units: Sequence[GoldUnit], answers: Sequence[Answer], kind: str) -> float:
    """Share of claimed labels that are required or permitted, pooled over units (micro)."""
    right = total = 0
    for unit, answer in zip(units, answers, strict=True):
        labels, claimed = _labels(unit, kind), _own(answer.claimed, kind)
        right += len(set(claimed) & {*labels.required, *labels.permitted})
        total += len(claimed)
    return right / total if total else 0.0


def recall(units: Sequence[GoldUnit], answers: Sequence[Answer], kind: str) -> float:
    """Share of required labels that are claimed, pooled over units (micro)."""
    right = total = 0
    for unit, answer in zip(units, answers, strict=True):
        required = _labels(unit, kind).required
        right += len(set(_own(answer.claimed, kind)) & set(required))
        total += len(required)
    return right / total if total else 0.0


def f1(units: Sequence[GoldUnit], answers: Sequence[Answer], kind: str) -> float:
    """Harmonic mean of `precision` and `recall` (micro)."""
    p, r = precision(units, answers, kind), recall(units, answers, kind)
    return 2 * p * r / (p + r) if p + r else 0.0


def top3_hit(units: Sequence[GoldUnit], answers: Sequence[Answer], kind: str) -> float:
    """Share of units with a required label that have one among the three best-scored labels of the kind."""
    hits = []
    for unit, answer in zip(units, answers, strict=True):
        required = set(_labels(unit, kind).required)
        if required:
            hits.append(bool(required & set(_own(answer.ranked, kind)[:TOP])))
    return sum(hits) / len(hits) if hits else 0.0


def label_scores(units: Sequence[GoldUnit], answers: Sequence[Answer], kind: str) -> list[LabelScore]:
    """Scores of each label of a kind that some unit requires or some answer claims; a permitted label is no fault."""
    hits, right, asked, said = (Counter[int]() for _ in range(4))
    for unit, answer in zip(units, answers, strict=True):
        labels, own = _labels(unit, kind), set(_own(answer.claimed, kind))
        said.update(own)
        asked.update(labels.required)
        hits.update(own & set(labels.required))
        right.update(own & {*labels.required, *labels.permitted})
    rows = []
    for label in sorted({*said, *asked}):
        p, r = right[label] / max(said[label], 1), hits[label] / max(asked[label], 1)
        both = round(2 * p * r / (p + r), 3) if p + r else 0.0
        rows.append(LabelScore(f"{KINDS[kind]}:{label}", asked[label], said[label], round(p, 3), round(r, 3), both))
    return rows


def macro_f1(units: Sequence[GoldUnit], answers: Sequence[Answer], kind: str) -> float:
    """Mean F1 of the labels that some unit requires, each counted alone."""
    values = [row.f1 for row in label_scores(units, answers, kind) if row.required]
    return sum(values) / len(values) if values else 0.0


Metric = Callable[[Sequence[GoldUnit], Sequence[Answer], str], float]
METRICS: dict[str, Metric] = {
    "precision_micro": precision,
    "recall_micro": recall,
    "f1_micro": f1,
    "f1_macro": macro_f1,
    "top3_hit_units": top3_hit,
}


def role_accuracy(units: Sequence[GoldUnit], answers: Sequence[Answer]) -> float | None:
    """Share of units whose role an annotator gave; None for a system that says no role."""
    if any(answer.role is None for answer in answers):
        return None
    right = sum(answer.role in unit.role for unit, answer in zip(units, answers, strict=True))
    return right / max(len(units), 1)


def treatment_accuracy(units: Sequence[GoldUnit], answers: Sequence[Answer]) -> float | None:
    """Share of units with a treatment for which an annotator gave the one that was said; None if none is known."""
    known = [(unit, answer) for unit, answer in zip(units, answers, strict=True) if unit.treatment]
    if not known or not any(answer.treatment for _, answer in known):
        return None
    return sum(answer.treatment in unit.treatment for unit, answer in known) / len(known)


@dataclass(frozen=True, slots=True)
class Result:
    """One system's scores.

    Attributes:
        scores: by kind and metric. interval: 95 % of F1, by kind. languages: micro F1 by language and kind.
        role_accuracy, treatment_accuracy: None for a system that says none.
        labels: each target that is required or claimed somewhere. faults: the `WORST` worst answers.
    """

    system: str
    scores: dict[str, dict[str, float]]
    interval: dict[str, tuple[float, float]]
    languages: dict[str, dict[str, float]]
    role_accuracy: float | None
    treatment_accuracy: float | None
    labels: tuple[LabelScore, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One target: units that require it, units in which it was claimed, and precision, recall and F1 in [0, 1]."""

    target: str
    required: int
    claimed: int
    precision: float
    recall: float
    f1: float


def score(
    system: str,
    units: Sequence[GoldUnit],
    answers: Sequence[Answer],
    documents: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
) -> Result:
    """Score one system on gold units with every metric of METRICS.

    Args:
        documents: the document of each unit; several are redrawn whole for the interval. languages: of each unit.
    """
    scores = {kind: {name: round(m(units, answers, kind), 3) for name, m in METRICS.items()} for kind in KINDS}
    interval = {kind: bootstrap(units, answers, kind, documents) for kind in KINDS}
    spoken: dict[str, dict[str, float]] = {}
    for language in sorted(set(languages or ())):
        own = [i for i, code in enumerate(languages or ()) if code == language]
        part = [units[i] for i in own], [answers[i] for i in own]
        spoken[language] = {kind: round(f1(*part, kind), 3) for kind in KINDS}
    said = role_accuracy(units, answers), treatment_accuracy(units, answers)
    role, treatment = (None if value is None else round(value, 3) for value in said)
    labels = tuple(row for kind in KINDS for row in label_scores(units, answers, kind))
    return Result(system, scores, interval, spoken, role, treatment, labels, tuple(worst(units, answers, WORST)))


def bootstrap(
    units: Sequence[GoldUnit], answers: Sequence[Answer], kind: str, documents: Sequence[str] | None = None
) -> tuple[float, float]:
    """95 % interval of F1: documents (units, where there is one document) redrawn 1,000 times, seed 0 (Efron 1979)."""
    names = list(documents or ())
    groups = names if len(set(names)) > 1 else [str(number) for number in range(len(units))]
    place = {name: number for number, name in enumerate(dict.fromkeys(groups))}
    counts = np.zeros((len(place), 4))  # claimed, claimed and right, required, required and claimed
    for group, unit, answer in zip(groups, units, answers, strict=True):
        labels, own = _labels(unit, kind), set(_own(answer.claimed, kind))
        right = own & {*labels.required, *labels.permitted}
        counts[place[group]] += len(own), len(right), len(labels.required), len(own & set(labels.required))
    rng = np.random.default_rng(0)
    sums = counts[rng.integers(0, len(place), (DRAWS, len(place)))].sum(axis=1)
    p, r = sums[:, 1] / np.maximum(sums[:, 0], 1), sums[:, 3] / np.maximum(sums[:, 2], 1)
    low, high = np.percentile(2 * p * r / np.maximum(p + r, 1e-12), [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


@dataclass(frozen=True, slots=True)
class Fault:
    """A unit that was answered badly: its place, required targets that were missed, claimed ones nobody permits.

    Attributes:
        depth: the worst place of a missed target in the ranking, from 1; 0 if none was missed.
    """

    unit: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    depth: int


def worst(units: Sequence[GoldUnit], answers: Sequence[Answer], count: int) -> list[Fault]:
    """Return the `count` worst answers: most targets missed or wrongly claimed, then the deepest in the ranking."""
    faults = []
    for number, (unit, answer) in enumerate(zip(units, answers, strict=True)):
        missed: list[str] = []
        wrong: list[str] = []
        for kind, prefix in KINDS.items():
            labels, own = _labels(unit, kind), set(_own(answer.claimed, kind))
            missed += [f"{prefix}:{label}" for label in labels.required if label not in own]
            wrong += [f"{prefix}:{label}" for label in sorted(own - {*labels.required, *labels.permitted})]
        depth = max((answer.ranked.index(target) + 1 for target in missed if target in answer.ranked), default=0)
        if missed or wrong:
            faults.append(Fault(number, tuple(missed), tuple(wrong), depth))
    return sorted(faults, key=lambda fault: (-len(fault.missed) - len(fault.wrong), -fault.depth, fault.unit))[:count]
