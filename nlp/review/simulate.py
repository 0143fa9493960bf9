"""What an order of the queue is worth: effort and recall on documents with known labels that the model never saw."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nlp.annotations import Annotations, load_annotations
from nlp.annotations.faults import digest
from nlp.annotations.gold import unit_of
from nlp.classify.features import joined
from nlp.classify.lanes import decide
from nlp.classify.why import nearest, terms_in
from nlp.encode.base import Vectors
from nlp.errors import UsageError
from nlp.pipeline import Mapper
from nlp.program import Program
from nlp.records import Reading
from nlp.review.officer import BY_CHANCE, WAYS, Curve, Lot, Officer
from nlp.review.queue import expected
from nlp.review.records import Item
from nlp.sheets import Sheet, sheet_of

SHARES = (0.5, 0.8, 0.9, 0.95)
SEEDS = 20
POINTS = 100  # of a curve that is written down


@dataclass(frozen=True, slots=True)
class Line:
    """One way of working.

    Attributes:
        way: its name. reading: decisions that reading a passage whole is worth. seeds: how many runs are averaged.
        needed: effort by share of the links, the mean of the runs. least, most: of the runs, by share.
        curve: (effort, mean share of the links found), at most `POINTS` of them.
    """

    way: str
    reading: float
    seeds: int
    needed: Mapping[float, float]
    least: Mapping[float, float]
    most: Mapping[float, float]
    curve: Sequence[tuple[float, float]]


def load_lot(folder: Path, mapper: Mapper) -> Lot:
    """Let the model read the documents of an annotation folder.

    Raises:
        UsageError: if the model learnt from them. AnnotationError: as `load_annotations`, or a passage has no labels.
    """
    if mapper.model.manifest.get("data") == digest(folder):
        raise UsageError(folder, "the model learnt from these documents", "Give documents that it has not seen")
    read = load_annotations(folder)
    return make_lot(read, sheet_of(read, folder), mapper)


def make_lot(read: Annotations, sheet: Sheet, mapper: Mapper) -> Lot:
    """Let the model read annotated passages; `sheet` holds all of them, in order."""
    readings = mapper.read_texts(sheet.texts, sheet.places)
    items = tuple(item for items in _items(read, sheet, readings, mapper) for item in items)
    gold = frozenset(
        (key, f"{kind}:{number}")
        for key in read.passages
        for unit in (unit_of(0, 1, read.counted(key)),)
        for kind, labels in (("objective", unit.objectives), ("activity", unit.activities))
        for number in labels.required
    )
    said: dict[str, set[str]] = {key: set() for key in read.passages}
    for item in items:
        said[str(item.passage_id)].add(item.target)
    pairs = zip(read.passages, readings, strict=True)
    silent = {key: expected(reading.probabilities, said[key]) for key, reading in pairs}
    return Lot(items, tuple(read.passages), gold, silent)


def _items(read: Annotations, sheet: Sheet, readings: Sequence[Reading], mapper: Mapper) -> Iterator[list[Item]]:
    """The suggestions in each passage; offsets count in the passages of its document, a line each."""
    whole = zip(sheet.texts, sheet.places, strict=True)
    texts = [joined(*pair) for pair in whole] if mapper.model.heads.joined else list(sheet.texts)
    vectors = mapper.encoder.encode(texts)
    lanes, document, start = mapper.model.lanes, "", 0
    places = {target: place for place, target in enumerate(mapper.program.targets)}
    for number, (key, row) in enumerate(read.passages.items()):
        start = start if row.document == document else 0
        document, reading = row.document, readings[number]
        held = row.kind != "heading" and reading.role != "heading"
        chosen = decide(mapper.program, reading.probabilities, lanes["objective"], lanes["activity"]) if held else ()
        yield [
            Item(
                f"{number:08x}{places[target]:08x}", document, 1, 0, "suggested", target, key, start,
                start + len(row.text), row.text, "", "", None, lane, probability, reading.treatment, row.implementer,
                why=_why(mapper, target, row.text, vectors[number]), model=mapper.model.digest,
                program=mapper.program.digest,
            )
            for target, probability, lane in chosen
        ]  # fmt: skip
        start += len(row.text) + 1


def _why(mapper: Mapper, target: str, text: str, vector: Vectors) -> dict[str, Any]:
    examples = nearest(mapper.model.examples, target, vector)
    return {"terms": terms_in(mapper.program, target, text), "examples": [asdict(one) for one in examples]}


def simulate(lot: Lot, program: Program, reading: float, seeds: int = SEEDS) -> list[Line]:
    """Let officers work through a lot in every way of `WAYS`; return a line a way, the least effort first.

    Args:
        reading: decisions that reading a passage whole is worth. seeds: runs of what depends on chance.

    Raises:
        UsageError: if there are no links to find, or reading costs nothing.
    """
    if not lot.gold or reading <= 0 or seeds < 1:
        raise UsageError("simulate", "needs links to find, an effort of reading above 0 and a seed", "See --help")
    lines = []
    for name, way in WAYS.items():
        runs = range(seeds if name in BY_CHANCE else 1)
        curves = []
        for seed in runs:
            officer = Officer(lot, program, reading)
            curves.append(officer.work(way(officer, seed)))
        lines.append(_line(name, reading, curves))
    return sorted(lines, key=lambda line: line.needed[SHARES[-1]])


def _line(way: str, reading: float, curves: Sequence[Curve]) -> Line:
    needed = {share: [curve.needed(share) for curve in curves] for share in SHARES}
    most = max(curve.effort[-1] for curve in curves)
    efforts = [round(most * step / POINTS, 1) for step in range(1, POINTS + 1)]
    mean = [(effort, round(statistics.fmean(curve.at(effort) for curve in curves), 4)) for effort in efforts]
    return Line(
        way, reading, len(curves),
        {share: round(statistics.fmean(values), 1) for share, values in needed.items()},
        {share: min(values) for share, values in needed.items()},
        {share: max(values) for share, values in needed.items()},
        mean,
    )  # fmt: skip
