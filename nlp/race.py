"""The race: our models, their parts and their peers, asked the same questions on the same splits in one run.

Every contender learns from some authors and scores the others (cross-validation by author), then learns from all
passages and scores the gold that lies outside. Scores become probabilities and cuts on the held-out passages alone, so
nothing about the gold is ever looked at. Scores are kept on disk: a stopped race goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.classify.calibrate import cross_fitted, expected_calibration_error, fit_platt, reliability, sigmoid
from nlp.classify.lanes import Held, Lanes, choose
from nlp.contenders import COMBINATIONS, CONTENDERS, CROSS, JOINTS, Course, Said, ask_peer, combined, jointly
from nlp.encode.cache import kept
from nlp.errors import UsageError
from nlp.evaluate import claimed
from nlp.material import Material, fold_of
from nlp.peers import PEERS
from nlp.program import LANGUAGES, Program
from nlp.records import ROLES, TREATMENTS
from nlp.scores import KINDS, Answer, Result, f1, falling, score
from nlp.sheets import Sheet, sheet_of
from nlp.train import load_class

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a contender did.

    Attributes:
        results: by sheet, `CROSS` among them. lanes: measured on folds that had no part in choosing them.
        calibration_error: pooled over labels and held-out passages, in [0, 1].
        reliability: (mean probability, frequency, count) of ten bins of equal width, those that hold something.
        parallel: of texts that exist in all four languages.
    """

    name: str
    results: Mapping[str, Result]
    lanes: Mapping[str, Lanes]
    calibration_error: float
    reliability: list[tuple[float, float, int]]
    parallel: Parallel


@dataclass(frozen=True, slots=True)
class Parallel:
    """How alike a text is read in its four languages.

    Attributes:
        texts: documents that exist in four languages, with as many passages in each; passages: of one language.
        f1: micro F1 by language and kind. identical: by kind, share of passages whose labels are the same in all four,
            of those that have a label in one.
    """

    texts: int
    passages: int
    f1: dict[str, dict[str, float]]
    identical: dict[str, float]


def race(course: Course, folder: Path, only: Sequence[str] | None = None) -> list[Standing]:
    """Return how the contenders did, in the order of CONTENDERS, then JOINTS, COMBINATIONS and PEERS.

    Args:
        folder: of the annotations. only: names of contenders; all where None.

    Raises:
        UsageError: if there is no such contender. EncoderError, AnnotationError: as training.
    """
    several = JOINTS | COMBINATIONS
    known = [*CONTENDERS, *several, *PEERS]
    if unknown := [name for name in only or () if name not in known]:
        raise UsageError(", ".join(unknown), "no such contender", f"Choose: {', '.join(known)}")
    names = [name for name in known if name in (only or known)]
    with kept(course.recipe.encoder) as encoder:
        own = load_class(course.read, course.program, encoder, course.recipe)
    fold = fold_of(own.held.groups, course.recipe.folds)
    said: dict[str, Said] = {}
    for name in names:
        for part in several.get(name, (name,)):
            if part not in said:
                course.report(part)
                said[part] = CONTENDERS[part](course) if part in CONTENDERS else ask_peer(course, part, own.learnt)
        parts = [said[part] for part in several.get(name, ())]
        if name in JOINTS:
            said[name] = jointly(course, parts, own.held, fold)
        elif parts:
            said[name] = combined(parts, own.held.targets, fold, course.program)
    cross = sheet_of(course.read, folder, [row.passage_id for row in own.held.rows])
    return [judge(course, name, said[name], own.held, fold, cross) for name in names]


def judge(course: Course, name: str, said: Said, material: Material, fold: Index, cross: Sheet) -> Standing:
    """Calibrate what is not yet, choose the cuts on held-out passages, and score one contender on every sheet."""
    scores = said.cross["targets"]
    probabilities = sigmoid(scores) if said.calibrated else cross_fitted(scores, material.targets, fold)
    documents, texts = [row.document for row in material.rows], [row.text for row in material.rows]
    held = Held.of(probabilities, material.targets, documents, fold, texts)
    lanes = choose(held, course.program, course.recipe.promise)
    curve = sigmoid if said.calibrated else fit_platt(scores, material.targets)
    own = list(answers(course.program, lanes, probabilities, said.cross))
    results = {CROSS: score(name, cross.units, own, cross.documents, cross.languages)}
    for key, tables in said.outside.items():
        results[key] = _score(course, name, course.sheets[key], curve(tables["targets"]), tables, lanes)
    error = expected_calibration_error(probabilities, material.targets)
    bins = reliability(probabilities, material.targets)
    return Standing(name, results, lanes, round(error, 4), bins, parallel(material, cross, own))


def parallel(material: Material, cross: Sheet, said: Sequence[Answer]) -> Parallel:
    """Compare what was said of the versions of one text, passage by passage."""
    versions: dict[str, dict[str, list[int]]] = {}
    for number, row in enumerate(material.rows):
        versions.setdefault(row.family, {}).setdefault(row.language, []).append(number)
    whole = [own for own in versions.values() if len(own) == len(LANGUAGES) and len({*map(len, own.values())}) == 1]
    found: dict[str, dict[str, float]] = {}
    for code in LANGUAGES:
        index = [i for own in whole for i in own[code]]
        part = [cross.units[i] for i in index], [said[i] for i in index]
        found[code] = {kind: round(f1(*part, kind), 3) for kind in KINDS}
    groups = [group for own in whole for group in zip(*(own[code] for code in LANGUAGES), strict=True)]
    identical = {}
    for kind, prefix in KINDS.items():
        sets = [[{t for t in said[i].claimed if t.startswith(prefix)} for i in group] for group in groups]
        labelled = [own for own in sets if any(own)]
        identical[kind] = round(sum(all(x == own[0] for x in own) for own in labelled) / max(len(labelled), 1), 3)
    return Parallel(len(whole), len(groups), found, identical)


def _score(
    course: Course,
    name: str,
    sheet: Sheet,
    probabilities: Array,
    tables: Mapping[str, Array],
    lanes: Mapping[str, Lanes],
) -> Result:
    said = list(answers(course.program, lanes, probabilities, tables))
    return score(name, sheet.units, said, sheet.documents, sheet.languages)


def answers(
    program: Program, lanes: Mapping[str, Lanes], probabilities: Array, tables: Mapping[str, Array]
) -> list[Answer]:
    """What probabilities (n, labels) say of each unit where the cuts decide alone; nothing of a heading."""
    count = len(probabilities)
    roles = [ROLES[i] for i in tables["role"].argmax(axis=1)] if "role" in tables else [None] * count
    treatments = (
        [TREATMENTS[i] for i in tables["treatment"].argmax(axis=1)] if "treatment" in tables else [None] * count
    )
    rows = []
    for row, role, treatment in zip(probabilities.round(4).tolist(), roles, treatments, strict=True):
        named = dict(zip(program.targets, row, strict=True))
        targets = claimed(program, lanes, named) if role != "heading" else frozenset()
        rows.append(Answer(targets, falling(named), role, treatment))
    return rows
