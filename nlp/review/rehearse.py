"""Learning from a simulated officer: half of some annotated documents is decided on, the other half examined on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.annotations import Annotations, load_annotations
from nlp.annotations.select import only
from nlp.annotations.splits import rank_of
from nlp.errors import UsageError
from nlp.pipeline import Mapper
from nlp.program import Program
from nlp.review.learn import Learnt, Report, learn, part_of
from nlp.review.officer import WAYS, Officer
from nlp.review.simulate import make_lot
from nlp.review.teach import officer_annotations
from nlp.settings import Settings
from nlp.sheets import Sheet, sheet_of


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How an officer is simulated.

    Attributes:
        decisions: effort that she spends. way: row of `officer.WAYS`. reading: decisions that reading a passage is
            worth. seed: of what depends on chance.
    """

    decisions: int
    way: str
    reading: float = 5.0
    seed: int = 0


def halves(documents: Sequence[str]) -> tuple[set[str], set[str]]:
    """Part documents in two halves by the hash of their names: to decide on, to examine on."""
    order = sorted(dict.fromkeys(documents), key=rank_of)
    return set(order[::2]), set(order[1::2])


def decided(
    plan: Rehearsal, read: Annotations, sheet: Sheet, model: Path, names: set[str]
) -> tuple[Annotations, float, int]:
    """Let an officer work through the documents `names`; return what she decided, her effort, and items left open.

    Raises:
        UsageError: if there is no such way.
    """
    if plan.way not in WAYS:
        raise UsageError(plan.way, "no such way of working", f"Choose one of: {', '.join(WAYS)}")
    mapper = Mapper(Settings.load(model=str(model)))
    try:
        part = only(read, [key for key, row in read.passages.items() if row.document in names])
        lot = make_lot(part, part_of(sheet, names), mapper)
        officer = Officer(lot, mapper.program, plan.reading)
        officer.work(WAYS[plan.way](officer, plan.seed), plan.decisions)
        version = max((row.guidelines for rows in part.labels.values() for row in rows), default=1)
        return officer_annotations(officer, part, mapper.program, version), officer.spent, len(officer.open)
    finally:
        mapper.close()


def rehearse(
    plan: Rehearsal,
    source: Path,
    base: Path,
    current: Path,
    program: Program,
    folder: Path,
    report: Report,
    quick: bool = False,
    weight: float = 1.0,
    cache: Path | None = None,
) -> Learnt:
    """Let a simulated officer decide on half of the documents in `source`, learn from it, and examine on the rest.

    Args:
        source: annotation folder that the model has not seen. Others: as `learn`.

    Raises:
        UsageError, AnnotationError, EncoderError, ModelError: as `learn`.
    """
    read = load_annotations(source)
    sheet = sheet_of(read, source)
    first, second = halves(sheet.documents)
    own, spent, left = decided(plan, read, sheet, current, first)
    report(f"{len(first)} documents decided on, {spent:g} decisions spent, {left} items left open")
    return learn(own, base, current, [part_of(sheet, second)], program, folder, report, quick, weight, cache=cache)
