"""The learning curve: what more documents, and what better labels, are worth on documents nobody learnt from.

Heads are fitted on nested shares of the documents of the split's train part, with the labels of the first blind
reading, of the second, or those that hold. Calibration and cuts come from the dev part, scores from the test part and
from gold that lies outside; all of these with the labels that hold.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.annotations import Annotated, Annotations, load_annotations
from nlp.annotations.pool import Opinion, pool
from nlp.annotations.splits import FILE, SplitRow, check_splits, load_splits
from nlp.classify.calibrate import fit_platt
from nlp.classify.features import Encodes, LabelVectors, body_columns, context_text
from nlp.classify.heads import Heads
from nlp.classify.lanes import Lanes, best, columns
from nlp.errors import AnnotationError
from nlp.evaluate import answer
from nlp.learners import Recipe, fit_heads
from nlp.material import Material, load_material, take
from nlp.program import Program
from nlp.scores import KINDS, Answer, Result, score
from nlp.sheets import Sheet, sheet_of

SHARES = (0.12, 0.25, 0.5, 1.0)
TEST = "test part"
COUNTED: Opinion = "counted"
OPINIONS: tuple[Opinion, ...] = ("first", "second", COUNTED)
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Point:
    """One training: the share of the documents in (0, 1], whose labels, how many passages, results per sheet."""

    share: float
    opinion: Opinion
    passages: int
    results: Mapping[str, Result]


@dataclass(frozen=True, slots=True)
class Label:
    """One target at the end of the curve: positives learnt from and tested on, F1 with half (or None) and all."""

    target: str
    learnt: float
    tested: int
    f1_half: float | None
    f1_all: float


@dataclass(frozen=True, slots=True)
class _Exam:
    """Sheets with their features' parts, encoded once."""

    sheets: Mapping[str, Sheet]
    parts: Mapping[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]]


def curve(
    folder: Path,
    sheets: Mapping[str, Sheet],
    program: Program,
    encoder: Encodes,
    recipe: Recipe,
    report: Report = lambda _: None,
    shares: Sequence[float] = SHARES,
    opinions: Sequence[Opinion] = OPINIONS,
) -> tuple[list[Point], list[Label]]:
    """Return the points of the curve, and how each target fares with half and with all of the labels that hold.

    Args:
        folder: annotation folder with its splits. sheets: gold that lies outside of it, by name.

    Raises:
        AnnotationError: if there is no split, or the annotations are malformed.
    """
    if not all(0 < share <= 1 for share in shares):
        raise AnnotationError(folder, "a share of the documents lies in (0, 1]", "Give such shares")
    read = load_annotations(folder)
    rows = _rows_of(read, folder)
    labels = LabelVectors.encode(program, encoder)
    exam = _exam({TEST: _test_sheet(read, folder, rows), **sheets}, program, encoder)
    needed = dict.fromkeys((*opinions, COUNTED))
    materials = {opinion: load_material(pool(read, opinion), program, encoder) for opinion in needed}
    held = materials[COUNTED]
    dev = take(held, _index(held.rows, rows, lambda row: row.part == "dev"))
    points: list[Point] = []
    answers: dict[float, list[Answer]] = {}
    learnt: dict[str, float] = {}
    for opinion, share in itertools.product(opinions, shares):
        material = materials[opinion]
        own = _index(material.rows, rows, functools.partial(_learnt, share))
        report(f"{opinion} labels, {share:.0%} of the documents: {len(own)} passages")
        heads, lanes = _fit(take(material, own), dev, labels, recipe, program)
        said = {name: _ask(heads, lanes, program, exam, name) for name in exam.sheets}
        results = {name: score(name, exam.sheets[name].units, said[name]) for name in said}
        points.append(Point(share, opinion, len(own), results))
        if opinion == COUNTED:
            answers[share] = [one for own_answers in said.values() for one in own_answers]
        if opinion == COUNTED and share == max(shares):
            learnt = dict(zip(program.targets, material.targets[own].sum(axis=0).tolist(), strict=True))
    return points, _labels(exam, answers, learnt)


def _rows_of(read: Annotations, folder: Path) -> dict[str, SplitRow]:
    rows = load_splits(folder / FILE)
    if not rows:
        raise AnnotationError(folder / FILE, "missing", f"Run: evmap annotations split {folder}")
    check_splits(read, rows, folder / FILE)
    return {row.doc_id: row for row in rows}


def _test_sheet(read: Annotations, folder: Path, rows: Mapping[str, SplitRow]) -> Sheet:
    keys = [k for k, row in read.passages.items() if rows[row.document].part == "test" and read.counted(k)]
    return sheet_of(read, folder, keys)


def _learnt(share: float, row: SplitRow) -> bool:
    return row.part == "train" and row.rank < share


def _index(
    annotated: Sequence[Annotated], rows: Mapping[str, SplitRow], wanted: Callable[[SplitRow], bool]
) -> npt.NDArray[np.intp]:
    return np.array([i for i, row in enumerate(annotated) if wanted(rows[row.document])], dtype=np.intp)


def _exam(sheets: Mapping[str, Sheet], program: Program, encoder: Encodes) -> _Exam:
    parts = {
        name: (
            encoder.encode(list(sheet.texts)),
            encoder.encode([context_text(place) for place in sheet.places]),
            body_columns(program, [place.body for place in sheet.places]),
        )
        for name, sheet in sheets.items()
    }
    return _Exam(sheets, parts)


def _fit(
    material: Material, dev: Material, labels: LabelVectors, recipe: Recipe, program: Program
) -> tuple[Heads, dict[str, Lanes]]:
    """Heads calibrated on `dev`, and per kind the cut of its best F1 there, in both lanes alike."""
    fitted = fit_heads(material, labels, recipe)
    scores = fitted.scores(fitted.features(dev.vectors, dev.contexts, dev.bodies))["targets"]
    platt = fit_platt(scores, dev.targets)
    probabilities, required = platt(scores), dev.targets >= 0.5
    lanes = {}
    for kind, part in columns(program).items():
        cut = best(probabilities[:, part], required[:, part], dev.targets[:, part] > 0)
        lanes[kind] = Lanes(cut, cut, cut)
    return replace(fitted, platt=platt), lanes


def _ask(heads: Heads, lanes: Mapping[str, Lanes], program: Program, exam: _Exam, name: str) -> list[Answer]:
    readings = heads.read(heads.features(*exam.parts[name]), program.targets)
    return [answer(program, lanes, reading) for reading in readings]


def _labels(exam: _Exam, answers: Mapping[float, Sequence[Answer]], learnt: Mapping[str, float]) -> list[Label]:
    units = [unit for sheet in exam.sheets.values() for unit in sheet.units]
    if not answers:
        return []
    half, whole = answers.get(0.5), answers[max(answers)]
    rows = []
    for target in learnt:
        kind, number = target.split(":")
        name = next(plural for plural, single in KINDS.items() if single == kind)
        needed = [int(number) in getattr(unit, name).required for unit in units]
        allowed = [int(number) in getattr(unit, name).permitted for unit in units]
        before = _f1([target in a.claimed for a in half], needed, allowed) if half else None
        now = _f1([target in a.claimed for a in whole], needed, allowed)
        rows.append(Label(target, round(learnt[target], 1), sum(needed), before, now))
    return sorted(rows, key=lambda row: (row.f1_all, -row.tested))


def _f1(claimed: Sequence[bool], needed: Sequence[bool], allowed: Sequence[bool]) -> float:
    hits = sum(c and n for c, n in zip(claimed, needed, strict=True))
    false = sum(c and not (n or a) for c, n, a in zip(claimed, needed, allowed, strict=True))
    missed = sum(needed) - hits
    return round(2 * hits / (2 * hits + false + missed), 3) if hits else 0.0
