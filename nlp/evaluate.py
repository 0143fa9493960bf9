"""How good is it: the model, a zero-shot and a keyword baseline, on gold documents that nobody trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.annotations import GoldUnit, LabelSet
from nlp.classify.lanes import Lanes, decide
from nlp.classify.why import terms_in
from nlp.pipeline import Mapper
from nlp.program import Program
from nlp.records import Reading
from nlp.settings import Settings
from nlp.sheets import Sheet, load_sheets

KINDS = {"objectives": "objective", "activities": "activity"}
TOP = 3
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system says of one unit: targets it claims, all targets by falling score, role (None: says nothing)."""

    claimed: frozenset[str]
    ranked: tuple[str, ...]
    role: str | None


def ask_model(mapper: Mapper, sheet: Sheet) -> list[Answer]:
    """The trained model: its links in both lanes."""
    readings = mapper.read_texts(sheet.texts, sheet.passages)
    return [answer(mapper.program, mapper.model.lanes, reading) for reading in readings]


def answer(program: Program, lanes: Mapping[str, Lanes], reading: Reading) -> Answer:
    """What a reading says of a unit: targets of both lanes; nothing of a heading."""
    chosen = decide(program, reading.probabilities, lanes["objective"], lanes["activity"])
    claimed = frozenset(target for target, _, _ in chosen) if reading.role != "heading" else frozenset()
    ranked = sorted(reading.probabilities, key=lambda target: -reading.probabilities[target])
    return Answer(claimed, tuple(ranked), reading.role)


def ask_zero_shot(mapper: Mapper, texts: Sequence[str]) -> list[Answer]:
    """Zero-shot: cosine of the passage to each label's codebook text, centred; cuts tuned on the training passages."""
    heads, cuts = mapper.model.heads, mapper.model.manifest["zero_shot"]
    likeness = heads.labels.likeness(mapper.encoder.encode(texts), heads.centre)
    names = mapper.program.targets
    answers = []
    for row in likeness:
        scored = dict(zip(names, row.tolist(), strict=True))
        claimed = frozenset(t for t, score in scored.items() if score >= cuts[t.split(":")[0]])
        answers.append(Answer(claimed, tuple(sorted(scored, key=lambda t: -scored[t])), None))
    return answers


def ask_keywords(program: Program, texts: Sequence[str]) -> list[Answer]:
    """Keyword rules: a target is claimed where one of its codebook terms stands; ranked by the number of terms."""
    answers = []
    for text in texts:
        found = {target: len(terms_in(program, target, text)) for target in program.targets}
        claimed = frozenset(target for target, count in found.items() if count)
        answers.append(Answer(claimed, tuple(sorted(found, key=lambda t: -found[t])), None))
    return answers


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


Metric = Callable[[Sequence[GoldUnit], Sequence[Answer], str], float]
METRICS: dict[str, Metric] = {
    "precision_micro": precision,
    "recall_micro": recall,
    "f1_micro": f1,
    "top3_hit_units": top3_hit,
}


def role_accuracy(units: Sequence[GoldUnit], answers: Sequence[Answer]) -> float | None:
    """Share of units whose role an annotator gave; None for a system that says no role."""
    if any(answer.role is None for answer in answers):
        return None
    right = sum(answer.role in unit.role for unit, answer in zip(units, answers, strict=True))
    return right / max(len(units), 1)


@dataclass(frozen=True, slots=True)
class Result:
    """One system's scores: per kind and metric, F1's 95 % interval over units redrawn, role accuracy."""

    system: str
    scores: dict[str, dict[str, float]]
    interval: dict[str, tuple[float, float]]
    role_accuracy: float | None


def score(system: str, units: Sequence[GoldUnit], answers: Sequence[Answer]) -> Result:
    """Score one system on gold units with every metric of METRICS."""
    scores = {kind: {name: round(m(units, answers, kind), 3) for name, m in METRICS.items()} for kind in KINDS}
    interval = {kind: bootstrap(units, answers, kind) for kind in KINDS}
    role = role_accuracy(units, answers)
    return Result(system, scores, interval, None if role is None else round(role, 3))


def bootstrap(units: Sequence[GoldUnit], answers: Sequence[Answer], kind: str) -> tuple[float, float]:
    """95 % interval of F1: units redrawn with replacement 1,000 times, seed 0 (Efron 1979)."""
    rng = np.random.default_rng(0)
    values = []
    for _ in range(DRAWS):
        draw = rng.integers(0, len(units), len(units))
        values.append(f1([units[i] for i in draw], [answers[i] for i in draw], kind))
    low, high = np.percentile(values, [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def digest_of(sheets: Sequence[Sheet]) -> str:
    """sha256 (hex) of the gold that was scored."""
    return hashlib.sha256("".join(sheet.gold.model_dump_json() for sheet in sheets).encode()).hexdigest()


def agreement_of(sheets: Sequence[Sheet], kind: str) -> str:
    """F1 between the annotators of each gold document, as its file states it."""
    return ", ".join(str(sheet.gold.agreement.get(f"{kind}_f1", "unknown")) for sheet in sheets)


def evaluate(gold: Path, documents: Path | None, settings: Settings) -> tuple[list[Result], list[Sheet]]:
    """Score the model and both baselines on the gold under `gold` (`load_sheets`); return results and what was scored.

    The zero-shot cuts come from the model's manifest, where training left them.

    Raises:
        AnnotationError: if gold or documents are missing or do not fit. EncoderError, ModelError: as `Mapper`.
    """
    sheets = load_sheets(gold, documents, settings)
    units = [unit for sheet in sheets for unit in sheet.units]
    texts = [text for sheet in sheets for text in sheet.texts]
    mapper = Mapper(settings)
    model = [answer for sheet in sheets for answer in ask_model(mapper, sheet)]
    results = [
        score("model", units, model),
        score("zero-shot", units, ask_zero_shot(mapper, texts)),
        score("keywords", units, ask_keywords(mapper.program, texts)),
    ]
    return results, sheets
