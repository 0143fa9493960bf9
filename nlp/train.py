"""From annotations to a model: held-out scores, calibration, lanes, then heads on everything, and examples."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.annotations import Annotated, Annotations, load_annotations
from nlp.annotations.faults import digest
from nlp.annotations.pool import pool
from nlp.classify import heads as heads_
from nlp.classify.calibrate import cross_fitted, expected_calibration_error, fit_platt, sigmoid
from nlp.classify.familiar import KnownWords
from nlp.classify.features import Encodes, LabelVectors, context_text, joined
from nlp.classify.golden import versions, write_golden
from nlp.classify.joint import Joint, Views, cross_joint, fit_joint, own_group
from nlp.classify.lanes import Held, best, choose, columns, f1
from nlp.classify.wording import WordHeads, fit_words
from nlp.encode import embed
from nlp.encode.base import Vectors
from nlp.encode.cache import kept
from nlp.errors import AnnotationError
from nlp.learners import FrozenLearner, Learner, Recipe, TunedLearner, write_ranges
from nlp.material import Material, as_examples, choose_examples, fold_of, folds, load_material, surroundings_of, take
from nlp.program import Program
from nlp.settings import cache_root
from nlp.zero_shot import learn_zero_shot, tune_zero_shot

Array = npt.NDArray[np.float64]
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Class:
    """What a training starts from.

    Attributes:
        learnt: passages with the labels that are learnt; held: the same passages with the labels that hold.
        labels: vectors of the codebook's labels.
    """

    learnt: Material
    held: Material
    labels: LabelVectors


def load_class(read: Annotations, program: Program, encoder: Encodes, recipe: Recipe) -> Class:
    """Encode the annotated passages and lay their labels out.

    Raises:
        AnnotationError: if a label is not in the codebook.
    """
    held = load_material(pool(read), program, encoder)
    learnt = load_material(pool(read, recipe.opinion), program, encoder)
    times = np.array([1.0 if row.decided is None else recipe.reviewed for row in learnt.rows])
    return Class(replace(learnt, weights=learnt.weights * times), held, LabelVectors.encode(program, encoder))


def make_learner(own: Class, program: Program, recipe: Recipe, report: Report) -> Learner:
    """Return the learner that the recipe names.

    Raises:
        EncoderError: if its encoder cannot be fine-tuned.
    """
    if recipe.learner == "frozen":
        return FrozenLearner(own.learnt, own.labels, recipe)
    base = embed.tunable(recipe.encoder)
    return TunedLearner(own.learnt, own.labels, program, recipe, base, cache_root() / "tuning", report)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of passages by heads that saw none of their authors: targets (n, labels), role, treatment."""

    targets: Array
    role: Array
    treatment: Array
    fold: npt.NDArray[np.intp]

    def part(self, index: npt.NDArray[np.intp]) -> HeldOut:
        """Return some of the passages."""
        return HeldOut(self.targets[index], self.role[index], self.treatment[index], self.fold[index])


def cross_scores(material: Material, learner: Learner, recipe: Recipe, report: Report) -> dict[str, Array]:
    """Score every passage with heads that learnt from the other authors: tables as `Heads.scores` names them."""
    tables: dict[str, Array] = {}
    for number, (train, test) in enumerate(folds(material.groups, recipe.folds)):
        report(f"fold {number + 1} of {recipe.folds}: {len(train)} passages to learn from, {len(test)} held out")
        for name, table in learner(train, test, f"fold{number + 1}").scores.items():
            tables.setdefault(name, np.zeros((len(material.rows), table.shape[1])))[test] = table
    return tables


def held_out(material: Material, learner: Learner, recipe: Recipe, report: Report) -> HeldOut:
    """Say what heads that learnt from the other authors make of every passage."""
    tables = cross_scores(material, learner, recipe, report)
    return HeldOut(**tables, fold=fold_of(material.groups, recipe.folds))


def word_heads(material: Material, index: npt.NDArray[np.intp]) -> WordHeads:
    """Fit heads on the words of some of the passages."""
    part = take(material, index)
    return fit_words(*wording(part), part.targets, part.weights, part.known)


def wording(material: Material) -> tuple[list[str], list[str]]:
    """Texts of the passages, and their surroundings as the heads on words read them."""
    return [row.text for row in material.rows], [context_text(surroundings_of(row)) for row in material.rows]


def cross_words(material: Material, recipe: Recipe, report: Report) -> Array:
    """Score every passage (n, labels) with heads on words that learnt from the other authors."""
    scores = np.zeros_like(material.targets)
    for number, (learnt, asked) in enumerate(folds(material.groups, recipe.folds)):
        report(f"words: fold {number + 1} of {recipe.folds}")
        scores[asked] = word_heads(material, learnt).scores(*wording(take(material, asked)))
    return scores


def views_of(own: Class, scores: HeldOut, program: Program, recipe: Recipe, report: Report) -> Views:
    """What a regression looks at of the passages held out, as the recipe's calibration asks."""
    given = own_group(program, [surroundings_of(row).body for row in own.held.rows])
    words = cross_words(own.learnt, recipe, report) if recipe.calibration == "words" else None
    return Views(scores.targets, scores.role, given, words)


def calibrate(
    own: Class, scores: HeldOut, program: Program, recipe: Recipe, report: Report
) -> tuple[Array, Joint | None]:
    """Return probabilities (whole, labels) of passages held out, each calibrated on other folds, and the regression.

    Passages of which only a part was labelled teach the heads, but are not calibrated on: which part that is was chosen
    by an officer, or by a queue. The regression is None where each label is calibrated by itself.
    """
    whole = own.held.whole
    targets, fold = own.held.targets[whole], scores.fold[whole]
    if recipe.calibration == "platt":
        return cross_fitted(scores.targets[whole], targets, fold), None
    views = views_of(own, scores, program, recipe, report).part(whole)
    joint = fit_joint(views, targets, program)
    if recipe.calibration == "words":
        report("words: all passages")
        joint = replace(joint, words=word_heads(own.learnt, np.arange(len(own.learnt.rows))))
    return sigmoid(cross_joint(views, targets, fold, program)), joint


@dataclass(frozen=True, slots=True)
class Examined:
    """What was measured on authors that the heads did not see, of the passages whose labels are whole.

    Attributes:
        passages: those passages (n); scores: of theirs. probabilities: (n, labels), calibrated on other folds.
        held: the same as lanes are chosen from. joint: the regression, None where each label is calibrated by itself.
    """

    passages: Material
    scores: HeldOut
    probabilities: Array
    held: Held
    joint: Joint | None


def examine(own: Class, learner: Learner, program: Program, recipe: Recipe, report: Report) -> Examined:
    """Score the passages by heads that learnt from other authors, and calibrate."""
    scores = held_out(own.held, learner, recipe, report)
    probabilities, joint = calibrate(own, scores, program, recipe, report)
    passages, scores = take(own.held, own.held.whole), scores.part(own.held.whole)
    documents, texts = [row.document for row in passages.rows], [row.text for row in passages.rows]
    held = Held.of(probabilities, passages.targets, documents, scores.fold, texts)
    return Examined(passages, scores, probabilities, held, joint)


def train(
    folder: Path, program: Program, out: Path, recipe: Recipe, report: Report, cache: Path | None = None
) -> dict[str, Any]:
    """Train on the annotations in `folder` and write the model to `out`; return the facts of its manifest.

    Vectors and fine-tunings are kept in the user's cache, so that a stopped training goes on where it was.

    Args:
        cache: file for the vectors, in the user's cache by default.

    Raises:
        AnnotationError: if the annotations are malformed, or all of one author.
        EncoderError: if the encoder cannot be loaded, or not fine-tuned where the recipe asks for it.
    """
    read = _of_several(folder)
    with kept(recipe.encoder, cache) as encoder:
        report(f"{len(read.passages)} passages, encoding")
        own = load_class(read, program, encoder, recipe)
        identity = encoder.embedder.identity
    learner = make_learner(own, program, recipe, report)
    found = examine(own, learner, program, recipe, report)
    rows, measured = own.held.rows, found.passages
    lanes = choose(found.held, program, recipe.promise)
    report("all passages")
    everything = np.arange(len(own.learnt.rows))
    learned = learner(everything, everything[:0], "all")
    calibrated = replace(learned.heads, platt=fit_platt(found.scores.targets, measured.targets))
    shown = choose_examples(own.held, program, recipe.examples)
    with kept(recipe.encoder, cache) as encoder:
        estimate = learn_zero_shot(measured.rows, program, encoder, calibrated.centre)
    vectors = own.held.vectors[shown]
    if learned.adapter:
        copy_adapter(learned.adapter, out / heads_.ADAPTER)
        report(f"encoding {len(shown)} examples")
        vectors, identity = _anew([rows[i] for i in shown], recipe, out / heads_.ADAPTER, cache)
        write_ranges(rows, recipe.encoder, out / heads_.ADAPTER)
    facts = {
        "encoder": identity,
        **_origin(folder, program, recipe, len(rows)),
        "zero_shot": tune_zero_shot(
            own.labels.likeness(measured.vectors, calibrated.centre), measured.targets, program
        ),
        "held_out": held_out_facts(found.scores, found.probabilities, measured, program),
    }
    examples = as_examples(own.held, shown, vectors)
    heads_.save(out, calibrated, lanes, examples, found.held, known_words(rows), facts, found.joint)
    estimate.save(out / heads_.ZERO_SHOT)
    adapter = out / heads_.ADAPTER if learned.adapter else None
    write_golden(out, embed.load(recipe.encoder, adapter), identity)
    return facts


def _of_several(folder: Path) -> Annotations:
    """The annotations, if they are of several authors."""
    read = load_annotations(folder)
    if len({read.documents[row.document].author for row in read.passages.values()}) < 2:
        raise AnnotationError(folder, "fewer than two authors", "Add one: heads are measured on authors unseen")
    return read


def _anew(rows: Sequence[Annotated], recipe: Recipe, adapter: Path, cache: Path | None) -> tuple[Vectors, str]:
    """Vectors of passages by the updated encoder, and its identity."""
    with kept(recipe.encoder, cache, adapter) as encoder:
        vectors = encoder.encode([joined(row.text, surroundings_of(row)) for row in rows])
        return vectors, encoder.embedder.identity


def _origin(folder: Path, program: Program, recipe: Recipe, passages: int) -> dict[str, Any]:
    """What a model was trained for, from and with."""
    return {
        "programme": program.about.id,
        "codebook": program.labels_digest,
        "data": digest(folder),
        "recipe": asdict(recipe),
        "versions": versions(("scikit-learn", "numpy", "torch", "peft")),
        "passages": passages,
        "promise": asdict(recipe.promise),
    }


def known_words(rows: Sequence[Annotated]) -> KnownWords:
    """The words of the annotated documents, to tell documents that are unlike them."""
    return KnownWords.of((row.text, row.language, row.document, row.author) for row in rows)


def copy_adapter(source: Path, target: Path) -> None:
    """Put an encoder's update into a model folder, in place of what was there."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target, copy_function=shutil.copyfile)


def held_out_facts(out: HeldOut, probabilities: Array, material: Material, program: Program) -> dict[str, float]:
    """Return what was measured on held-out authors: best F1 of both kinds, calibration error, role and treatment."""
    required, permitted = material.targets >= 1, material.targets > 0
    facts: dict[str, float] = {}
    for name, part in zip(("objectives", "activities"), columns(program).values(), strict=True):
        cut = best(probabilities[:, part], required[:, part], permitted[:, part])
        facts[f"best_f1_{name}"] = round(f1(cut), 3)
    facts["calibration_error"] = round(expected_calibration_error(probabilities, material.targets), 4)
    shares = np.arange(len(out.role))
    role, treatment = out.role.argmax(axis=1), out.treatment.argmax(axis=1)
    said = material.role.sum(axis=1) > 0
    facts["role_accuracy"] = round(float((material.role[shares, role] > 0)[said].mean()), 3)
    acts = material.treatment.sum(axis=1) > 0
    facts["treatment_accuracy"] = round(float((material.treatment[shares, treatment] > 0)[acts].mean()), 3)
    return facts
