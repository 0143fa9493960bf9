"""How good is it: the model, also on masked texts, and two baselines, on gold that nobody trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nlp.classify.features import LabelVectors
from nlp.classify.lanes import Lanes, decide
from nlp.classify.why import terms_in
from nlp.encode import embed
from nlp.pipeline import Mapper, program_of
from nlp.program import Program, using
from nlp.records import ProbabilityKind, Reading
from nlp.scores import Answer, Result, falling, score
from nlp.settings import Settings
from nlp.sheets import Sheet, load_sheets
from nlp.structure.entities import masked

MODEL: dict[ProbabilityKind, str] = {"calibrated": "model", "zero-shot": "zero-shot estimate"}
"""What the model is called in the tables: one of a programme, or one that estimates."""


def ask_model(mapper: Mapper, sheet: Sheet) -> list[Answer]:
    """The trained model, where it decides alone."""
    readings = mapper.read_texts(sheet.texts, sheet.places)
    return [answer(mapper.program, mapper.model.lanes, reading) for reading in readings]


def ask_masked(mapper: Mapper, sheet: Sheet) -> list[Answer]:
    """The trained model, with countries, years and figures masked in passages and surroundings."""
    places = [
        replace(near, section=tuple(map(masked, near.section)), lead_in=masked(near.lead_in)) for near in sheet.places
    ]
    readings = mapper.read_texts([masked(text) for text in sheet.texts], places)
    return [answer(mapper.program, mapper.model.lanes, reading) for reading in readings]


def answer(program: Program, lanes: Mapping[str, Lanes], reading: Reading) -> Answer:
    """What a reading says of a unit: targets above the cuts where the model decides alone; nothing of a heading."""
    targets = claimed(program, lanes, reading.probabilities) if reading.role != "heading" else frozenset()
    return Answer(targets, falling(reading.probabilities), reading.role, reading.treatment)


def claimed(program: Program, lanes: Mapping[str, Lanes], probabilities: Mapping[str, float]) -> frozenset[str]:
    """Targets above the cuts where the machine decides alone, after the rule that an activity needs an objective."""
    alone = {kind: lane.as_decided() for kind, lane in lanes.items()}
    return frozenset(target for target, _, _ in decide(program, probabilities, alone["objective"], alone["activity"]))


def ask_zero_shot(mapper: Mapper, texts: Sequence[str]) -> list[Answer]:
    """Zero-shot: cosine of the passage to each label's codebook text, centred; cuts tuned on the training passages."""
    heads, cuts = mapper.model.heads, mapper.model.manifest["zero_shot"]
    encoder = embed.load(mapper.encoder_name) if heads.joined else mapper.encoder  # as packed, before fine-tuning
    foreign = mapper.model.kind == "zero-shot"  # then the model holds the labels of another programme
    labels = LabelVectors.encode(mapper.program, encoder) if foreign else heads.labels
    likeness = labels.likeness(encoder.encode(texts), heads.centre)
    names = mapper.program.targets
    answers = []
    for row in likeness:
        scored = dict(zip(names, row.tolist(), strict=True))
        claimed = frozenset(t for t, score in scored.items() if score >= cuts[t.split(":")[0]])
        answers.append(Answer(claimed, falling(scored), None))
    return answers


def ask_keywords(program: Program, texts: Sequence[str]) -> list[Answer]:
    """Keyword rules: a target is claimed where one of its codebook terms stands; ranked by the number of terms."""
    answers = []
    for text in texts:
        found = {target: len(terms_in(program, target, text)) for target in program.targets}
        claimed = frozenset(target for target, count in found.items() if count)
        answers.append(Answer(claimed, falling(found), None))
    return answers


def digest_of(sheets: Sequence[Sheet]) -> str:
    """sha256 (hex) of the gold that was scored."""
    return hashlib.sha256("".join(sheet.gold.model_dump_json() for sheet in sheets).encode()).hexdigest()


def agreement_of(sheets: Sequence[Sheet], kind: str) -> str:
    """F1 between the annotators of each gold document, as its file states it."""
    return ", ".join(str(sheet.gold.agreement.get(f"{kind}_f1", "unknown")) for sheet in sheets)


def evaluate(gold: Path, documents: Path | None, settings: Settings) -> tuple[list[Result], list[Sheet]]:
    """Score the model, plain and masked, and both baselines on the gold under `gold`; return also what was scored.

    The zero-shot cuts come from the model's manifest, where training left them.

    Raises:
        AnnotationError: if gold or documents are missing or do not fit. EncoderError, ModelError: as `Mapper`.
    """
    with using(program_of(settings)):
        return _evaluate(gold, documents, settings)


def _evaluate(gold: Path, documents: Path | None, settings: Settings) -> tuple[list[Result], list[Sheet]]:
    sheets = load_sheets(gold, documents, settings)
    units = [unit for sheet in sheets for unit in sheet.units]
    texts = [text for sheet in sheets for text in sheet.texts]
    around = [name for sheet in sheets for name in sheet.documents], [c for sheet in sheets for c in sheet.languages]
    mapper = Mapper(settings)
    model = [answer for sheet in sheets for answer in ask_model(mapper, sheet)]
    blind = [answer for sheet in sheets for answer in ask_masked(mapper, sheet)]
    name = MODEL[mapper.model.kind]
    results = [
        score(name, units, model, *around),
        score(f"{name}, countries and figures masked", units, blind, *around),
        score("zero-shot" if name == "model" else "cosine", units, ask_zero_shot(mapper, texts), *around),
        score("keywords", units, ask_keywords(mapper.program, texts), *around),
    ]
    return results, sheets
