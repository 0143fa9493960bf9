"""Who runs in the race: the CONTENDERS table of our models and their parts, JOINTS, COMBINATIONS, and the peers.

JOINTS are what the regression that ships makes of a model; COMBINATIONS weigh the opinions of several alike.

Each learns from some authors and scores the others, then learns from all and scores the gold that lies outside. Scores
of peers and fine-tunings are kept on disk.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from nlp.annotations import Annotations
from nlp.classify.combine import combine
from nlp.classify.features import Surroundings, body_columns, context_text, joined
from nlp.classify.heads import Heads
from nlp.classify.joint import Views, cross_joint, fit_joint, own_group
from nlp.classify.lanes import columns
from nlp.encode import embed
from nlp.encode.cache import kept
from nlp.learners import Learned, Recipe
from nlp.material import Material, folds
from nlp.peers import PEERS, WORDING, Questions, Teaching, questions_of
from nlp.program import Program
from nlp.settings import cache_root
from nlp.sheets import Sheet
from nlp.train import cross_scores, load_class, make_learner

Array = npt.NDArray[np.float64]
Tables = dict[str, Array]
Index = npt.NDArray[np.intp]
Report = Callable[[str], None]
TUNED, FROZEN_USE = "fine-tuned e5", "frozen USE"
CROSS = "held-out authors"


@dataclass(frozen=True, slots=True)
class Course:
    """What all contenders run on.

    Attributes:
        recipe: of the fine-tuned model; its folds are everybody's. sheets: gold that lies outside, by name.
    """

    read: Annotations
    program: Program
    sheets: Mapping[str, Sheet]
    recipe: Recipe
    report: Report


@dataclass(frozen=True, slots=True)
class Said:
    """What a contender said: linear scores "targets" (n, labels), and "role" (n, 3), "treatment" (n, 5) where it does.

    Attributes:
        cross: of the annotated passages, each by a training that saw none of its author. outside: of each sheet.
        calibrated: whether "targets" are log-odds that need no calibration, as they come from a regression.
    """

    cross: Mapping[str, Array]
    outside: Mapping[str, Mapping[str, Array]]
    calibrated: bool = False


def ask_learner(course: Course, recipe: Recipe, blank: str = "") -> Said:
    """What a model of ours says; `blank` names what it is to do without: "contexts" or "bodies".

    A model that reads a passage joined with its surroundings does without all of them.
    """
    known = [
        json.dumps({k: v for k, v in asdict(recipe).items() if k != "calibration"}),
        course.program.labels_digest,
        blank,
    ]
    with kept(recipe.encoder) as encoder:
        own = load_class(course.read, course.program, encoder, recipe)
    tuned = recipe.learner == "tuned"
    asked = {name: questions_of(sheet) for name, sheet in course.sheets.items()}
    if blank and tuned:
        rows = tuple(replace(row, implementer=None, body="", section=(), lead_in="") for row in own.learnt.rows)
        own = replace(own, learnt=replace(own.learnt, rows=rows))
        asked = {name: Questions(part.texts, [Surroundings()] * len(part.texts)) for name, part in asked.items()}
    elif blank:
        own = replace(own, learnt=replace(own.learnt, **{blank: np.zeros_like(getattr(own.learnt, blank))}))
    lines = [line for part in (questions_of(own.learnt), *asked.values()) for line in (*part.lines(), "")]

    def ask() -> Tables:
        """What it says of the passages held out, and of each sheet."""
        learner = make_learner(own, course.program, recipe, course.report)
        tables = {
            f"{CROSS}|{key}": table for key, table in cross_scores(own.held, learner, recipe, course.report).items()
        }
        everything = np.arange(len(own.held.rows))
        learned = learner(everything, everything[:0], "all")
        for name, part in asked.items():
            scores = learned.heads.scores(_features(course, recipe, learned, part, blank))
            tables.update({f"{name}|{key}": table for key, table in scores.items()})
        return tables

    tables = _kept([*known, *lines], (own.learnt.targets, own.learnt.role, own.learnt.weights), ask)
    parted: dict[str, dict[str, Array]] = {}
    for key, table in tables.items():
        name, _, part_of = key.rpartition("|")
        parted.setdefault(name, {})[part_of] = table
    return Said(parted.pop(CROSS), parted)


def _features(
    course: Course, recipe: Recipe, learned: Learned, asked: Questions, blank: str
) -> npt.NDArray[np.float32]:
    heads: Heads = learned.heads
    if heads.joined:
        tuned = embed.load(recipe.encoder, learned.adapter)
        return tuned.encode([joined(*pair) for pair in zip(asked.texts, asked.places, strict=True)])
    with kept(recipe.encoder) as encoder:
        vectors = encoder.encode(list(asked.texts))
        contexts = encoder.encode([context_text(place) for place in asked.places])
    bodies = body_columns(course.program, [place.body for place in asked.places])
    tables = {"contexts": contexts, "bodies": bodies}
    if blank:
        tables[blank] = np.zeros_like(tables[blank])
    return heads.features(vectors, tables["contexts"], tables["bodies"])


def combined(parts: Sequence[Said], targets: Array, fold: Index, program: Program) -> Said:
    """What several contenders say together; role and treatment are the first one's."""
    names = list(parts[0].outside)
    outside = [[part.outside[name]["targets"] for name in names] for part in parts]
    cross, others = combine([part.cross["targets"] for part in parts], outside, targets, fold, columns(program))
    first = parts[0]
    return Said(
        {**first.cross, "targets": cross},
        {name: {**first.outside[name], "targets": table} for name, table in zip(names, others, strict=True)},
        calibrated=True,
    )


def jointly(course: Course, parts: Sequence[Said], material: Material, fold: Index) -> Said:
    """What the regression that ships makes of a model of ours, and of the heads on words if they follow."""
    first, *words = (part.cross for part in parts)
    own = own_group(course.program, [place.body for place in questions_of(material).places])
    views = Views(first["targets"], first["role"], own, *(part["targets"] for part in words))
    joint = fit_joint(views, material.targets, course.program)
    outside = {}
    for name, sheet in course.sheets.items():
        tables, *others = (part.outside[name] for part in parts)
        own = own_group(course.program, [place.body for place in sheet.places])
        odds = joint.log_odds(Views(tables["targets"], tables["role"], own, *(part["targets"] for part in others)))
        outside[name] = {**tables, "targets": odds}
    odds = cross_joint(views, material.targets, fold, course.program)
    return Said({**first, "targets": odds}, outside, calibrated=True)


def ask_peer(course: Course, name: str, material: Material) -> Said:
    """What the peer `name` says."""
    questions = questions_of(material)
    cross = np.zeros_like(material.targets)
    for number, (learnt, asked) in enumerate(folds(material.groups, course.recipe.folds)):
        course.report(f"{name}: fold {number + 1} of {course.recipe.folds}")
        (cross[asked],) = _answers(course, name, _teaching(questions, material, learnt), [questions.part(asked)])
    course.report(f"{name}: all passages")
    everything = _teaching(questions, material, np.arange(len(material.rows)))
    outside = _answers(course, name, everything, [questions_of(sheet) for sheet in course.sheets.values()])
    return Said(
        {"targets": cross}, {sheet: {"targets": own} for sheet, own in zip(course.sheets, outside, strict=True)}
    )


def _teaching(questions: Questions, material: Material, index: Index) -> Teaching:
    return Teaching(questions.part(index), material.targets[index], material.weights[index])


def _answers(course: Course, name: str, teaching: Teaching, asked: Sequence[Questions]) -> list[Array]:
    """The peer's scores of each set of questions, after one training; from disk if it was asked the same before."""
    lines = [line for part in (teaching.questions, *asked) for line in (*part.lines(), "")]
    joint = Questions([text for part in asked for text in part.texts], [near for part in asked for near in part.places])
    tables = _kept(
        [name, course.program.labels_digest, *lines],
        (teaching.targets, teaching.weights),
        lambda: {"targets": PEERS[name](course.program, teaching, joint)},
    )
    bounds = np.cumsum([len(part.texts) for part in asked])[:-1]
    return np.split(tables["targets"], bounds)


def _kept(known: Sequence[str], labels: Sequence[Array], ask: Callable[[], Tables]) -> Tables:
    """The tables that `ask` gives, from disk if it was asked before with the same texts and labels."""
    digest = hashlib.sha256(json.dumps(known).encode())
    for table in labels:
        digest.update(np.ascontiguousarray(table).tobytes())
    path = cache_root() / "race" / f"{digest.hexdigest()[:24]}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as data:
            return {name: data[name] for name in data.files}
    tables = ask()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez(part, **tables)  # type: ignore[arg-type]
    part.replace(path)
    return tables


def _as_given(course: Course, blank: str = "") -> Said:
    return ask_learner(course, course.recipe, blank)


def _frozen(course: Course, encoder: str, blank: str = "") -> Said:
    return ask_learner(course, replace(course.recipe, learner="frozen", encoder=encoder), blank)


CONTENDERS: dict[str, Callable[[Course], Said]] = {
    TUNED: _as_given,
    "fine-tuned e5, no surroundings": functools.partial(_as_given, blank="contexts"),
    "frozen e5": functools.partial(_frozen, encoder="e5"),
    "frozen e5, no surroundings": functools.partial(_frozen, encoder="e5", blank="contexts"),
    "frozen e5, no implementer": functools.partial(_frozen, encoder="e5", blank="bodies"),
    FROZEN_USE: functools.partial(_frozen, encoder="use"),
}
JOINTS: dict[str, tuple[str, ...]] = {
    "fine-tuned e5, whole passage": (TUNED,),
    "fine-tuned e5, whole passage, words": (TUNED, WORDING),
    "frozen USE, whole passage, words": (FROZEN_USE, WORDING),
}
COMBINATIONS: dict[str, tuple[str, ...]] = {
    "fine-tuned e5 + frozen USE": (TUNED, FROZEN_USE),
    "fine-tuned e5 + implementer's group": (TUNED, "implementer's group"),
    "fine-tuned e5 + nearest examples": (TUNED, "nearest examples e5"),
    "all together": (
        TUNED,
        FROZEN_USE,
        "TF-IDF + logistic",
        "nearest examples e5",
        "zero-shot e5",
        "keyword rules",
        "implementer's group",
    ),
}
