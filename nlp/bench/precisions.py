"""What fewer bits change: the model's answers on gold in each precision of the encoder, beside those in float32."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nlp.classify.features import joined
from nlp.encode import embed
from nlp.encode.base import Vectors
from nlp.errors import UsageError
from nlp.evaluate import answer
from nlp.pipeline import Mapper
from nlp.records import Reading
from nlp.scores import KINDS, f1
from nlp.settings import Settings
from nlp.sheets import Sheet, load_sheets


@dataclass(frozen=True, slots=True)
class Precise:
    """One precision on one gold.

    Attributes:
        gold: name of its folder. passages: labelled ones. objectives, activities: micro F1, where the model decides
            alone, in [0, 1].
        links: in a lane in this precision or in float32. moved: of 1,000 of them, those in another lane than in
            float32. apart: mean difference of their probabilities.
        cosine, least: of passage vectors to those in float32, mean and least.
    """

    precision: str
    gold: str
    passages: int
    objectives: float
    activities: float
    links: int
    moved: float
    apart: float
    cosine: float
    least: float


@dataclass(frozen=True, slots=True)
class _Read:
    readings: list[Reading]
    vectors: Vectors


def bench_precisions(golds: Sequence[Path], documents: Path | None, settings: Settings) -> Iterator[Precise]:
    """Yield a row for each precision that is a gain on this CPU and each gold; float32 first.

    Raises:
        UsageError: if the encoder has but one precision. AnnotationError: if gold and documents do not fit.
        EncoderError, ModelError: as `Mapper`.
    """
    offered = embed.gainful(settings.encoder)
    if not offered:
        raise UsageError(settings.encoder, "it computes in one precision only", "Give --encoder e5")
    sheets = {gold.name: load_sheets(gold, documents, settings) for gold in golds}
    whole: dict[str, _Read] = {}
    for precision in offered:
        mapper = Mapper(replace(settings, precision=precision))
        for name, own in sheets.items():
            read = _read(mapper, own)
            yield _row(mapper, precision, name, own, read, whole.setdefault(name, read))


def _read(mapper: Mapper, sheets: Sequence[Sheet]) -> _Read:
    readings = [reading for sheet in sheets for reading in mapper.read_texts(sheet.texts, sheet.places)]
    texts = [text for sheet in sheets for text in map(joined, sheet.texts, sheet.places)]
    return _Read(readings, mapper.encoder.encode(texts))


def _row(mapper: Mapper, precision: str, gold: str, sheets: Sequence[Sheet], read: _Read, whole: _Read) -> Precise:
    units = [unit for sheet in sheets for unit in sheet.units]
    answers = [answer(mapper.program, mapper.model.lanes, reading) for reading in read.readings]
    objectives, activities = (round(f1(units, answers, kind), 4) for kind in KINDS)
    pairs = [*_links(mapper, read.readings, whole.readings)]
    moved = sum(own != other for (own, other), _ in pairs)
    cosines = (read.vectors * whole.vectors).sum(axis=1)
    return Precise(
        precision,
        gold,
        len(units),
        objectives,
        activities,
        len(pairs),
        round(1000 * moved / max(len(pairs), 1), 1),
        round(float(np.mean([apart for _, apart in pairs])) if pairs else 0.0, 4),
        round(float(cosines.mean()), 5),
        round(float(cosines.min()), 5),
    )


def _links(
    mapper: Mapper, own: Sequence[Reading], whole: Sequence[Reading]
) -> Iterator[tuple[tuple[str | None, str | None], float]]:
    """Lanes of each link in both precisions, where it is in one, and how far its probabilities are apart."""
    for reading, other in zip(own, whole, strict=True):
        for target, probability in reading.probabilities.items():
            lanes, before = mapper.model.lanes[target.split(":")[0]], other.probabilities[target]
            both = lanes.lane(probability), lanes.lane(before)
            if any(both):
                yield both, abs(probability - before)
