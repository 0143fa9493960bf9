"""Who runs in the race: the CONTENDERS table of our models and their parts, their COMBINATIONS, and the peers.

Each learns from some authors and scores the others, then learns from all and scores the gold that lies outside. Scores
of peers and fine-tunings are kept on disk.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from nlp.annotations import Annotations
from nlp.classify.combine import combine
from nlp.classify.features import body_columns, context_text, joined
from nlp.classify.heads import Heads
from nlp.encode import embed
from nlp.encode.cache import kept
from nlp.learners import Learned, Recipe
from nlp.material import Material, folds
from nlp.peers import PEERS, Peer, Questions, Teaching, questions_of
from nlp.program import Program
from nlp.settings import cache_root
from nlp.sheets import Sheet
from nlp.train import cross_scores, load_class, make_learner

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
Report = Callable[[str], None]
TUNED, FROZEN_USE = "fine-tuned e5", "frozen USE"


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
    """What a contender said: linear scores "targets" (n, 120), and "role" (n, 3), "treatment" (n, 5) if it says them.

    Attributes:
        cross: of the annotated passages, each by a training that saw none of its author. outside: of each sheet.
    """

    cross: Mapping[str, Array]
    outside: Mapping[str, Mapping[str, Array]]


def ask_learner(course: Course, recipe: Recipe, blank: str = "") -> Said:
    """What a model of ours says; `blank` names a part of its features to do without: "contexts" or "bodies"."""
    with kept(recipe.encoder) as encoder:
        own = load_class(course.read, course.program, encoder, recipe)
    if blank:
        own = replace(own, learnt=replace(own.learnt, **{blank: np.zeros_like(getattr(own.learnt, blank))}))
    learner = make_learner(own, course.program, recipe, course.report)
    cross = cross_scores(own.held, learner, recipe, course.report)
    everything = np.arange(len(own.held.rows))
    learned = learner(everything, everything[:0], "all")
    outside = {
        name: learned.heads.scores(_features(course, recipe, learned, questions_of(sheet), blank))
        for name, sheet in course.sheets.items()
    }
    return Said(cross, outside)


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


def combined(parts: Sequence[Said], targets: Array, fold: Index) -> Said:
    """What several contenders say together; role and treatment are the first one's."""
    names = list(parts[0].outside)
    outside = [[part.outside[name]["targets"] for name in names] for part in parts]
    cross, others = combine([part.cross["targets"] for part in parts], outside, targets, fold)
    first = parts[0]
    return Said(
        {**first.cross, "targets": cross},
        {name: {**first.outside[name], "targets": table} for name, table in zip(names, others, strict=True)},
    )


def ask_peer(course: Course, name: str, material: Material) -> Said:
    """What the peer `name` says."""
    peer = PEERS[name]
    questions = questions_of(material)
    cross = np.zeros_like(material.targets)
    for number, (learnt, asked) in enumerate(folds(material.groups, course.recipe.folds)):
        course.report(f"{name}: fold {number + 1} of {course.recipe.folds}")
        cross[asked] = _kept(name, peer, course.program, _teaching(questions, material, learnt), questions.part(asked))
    course.report(f"{name}: all passages")
    everything = _teaching(questions, material, np.arange(len(material.rows)))
    outside = {
        sheet: {"targets": _kept(name, peer, course.program, everything, questions_of(own))}
        for sheet, own in course.sheets.items()
    }
    return Said({"targets": cross}, outside)


def _teaching(questions: Questions, material: Material, index: Index) -> Teaching:
    return Teaching(questions.part(index), material.targets[index], material.weights[index])


def _kept(name: str, peer: Peer, program: Program, teaching: Teaching, asked: Questions) -> Array:
    """The peer's scores, from disk if it was asked the same before."""
    known = [name, program.labels_digest, *teaching.questions.lines(), "", *asked.lines()]
    digest = hashlib.sha256(json.dumps(known).encode())
    digest.update(np.ascontiguousarray(teaching.targets).tobytes())
    path = cache_root() / "race" / f"{digest.hexdigest()[:24]}.npy"
    if path.is_file():
        found: Array = np.load(path, allow_pickle=False)
        return found
    scores = peer(program, teaching, asked)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npy")
    np.save(part, scores)
    part.replace(path)
    return scores


def _as_given(course: Course) -> Said:
    return ask_learner(course, course.recipe)


def _frozen(course: Course, encoder: str, blank: str = "") -> Said:
    return ask_learner(course, replace(course.recipe, learner="frozen", encoder=encoder), blank)


CONTENDERS: dict[str, Callable[[Course], Said]] = {
    TUNED: _as_given,
    "frozen e5": functools.partial(_frozen, encoder="e5"),
    "frozen e5, no surroundings": functools.partial(_frozen, encoder="e5", blank="contexts"),
    "frozen e5, no implementer": functools.partial(_frozen, encoder="e5", blank="bodies"),
    FROZEN_USE: functools.partial(_frozen, encoder="use"),
}
COMBINATIONS: dict[str, tuple[str, ...]] = {
    "fine-tuned e5 + frozen USE": (TUNED, FROZEN_USE),
    "fine-tuned e5 + frozen e5 + frozen USE": (TUNED, "frozen e5", FROZEN_USE),
}
