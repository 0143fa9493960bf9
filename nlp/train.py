"""From annotations to a model: features, heads, held-out scores, calibration, lanes, examples."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.annotations import load_training
from nlp.annotations.faults import digest
from nlp.classify import heads as heads_
from nlp.classify import lanes as lanes_
from nlp.classify.calibrate import Platt, expected_calibration_error, fit_platt
from nlp.classify.features import Encodes, LabelVectors, Matrix, assemble
from nlp.errors import AnnotationError
from nlp.material import Material, folds, load_material, take
from nlp.program import Program

Array = npt.NDArray[np.float64]
Report = Callable[[str], None]
OBJECTIVES = 20
COLUMNS = {"objective": slice(0, OBJECTIVES), "activity": slice(OBJECTIVES, None)}  # of targets (n, 120)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train.

    Attributes:
        strength: inverse regularisation of the target heads (scikit-learn's C), role_strength: of role and treatment.
        folds: folds of authors for held-out scores.
        precision: promised for the suggested lane, on authors that were not seen.
        examples: annotated examples kept per target.
    """

    strength: float = 0.005
    role_strength: float = 0.01
    folds: int = 5
    precision: float = 0.8
    examples: int = 40


def fit_heads(material: Material, labels: LabelVectors, recipe: Recipe) -> heads_.Heads:
    """Fit uncalibrated heads (their Platt is the identity) on all of `material`."""
    from threadpoolctl import threadpool_limits

    centre = material.vectors.mean(axis=0)
    raw = assemble(material.vectors, material.contexts, labels.likeness(material.vectors, centre))
    mean, scale = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-6)
    features = np.hstack([(raw - mean) / scale, material.bodies]).astype(np.float32)
    count = material.targets.shape[1]
    columns = [material.targets[:, label] for label in range(count)]
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:  # a core a head; BLAS threads slow L-BFGS
        fit = functools.partial(_binary, features, material.weights, strength=recipe.strength)
        targets = np.stack([*pool.map(fit, columns)])
    acts = material.treatment.sum(axis=1) > 0
    return heads_.Heads(
        centre,
        mean,
        scale,
        _choice(features, material.weights, material.role, recipe.role_strength),
        _choice(features[acts], material.weights[acts], material.treatment[acts], recipe.role_strength),
        targets,
        Platt(np.ones(count), np.zeros(count)),
        labels,
    )


def _binary(features: Matrix, counts: Array, shares: Array, strength: float) -> Matrix:
    """Weights and intercept (features + 1,) of one target; split votes count on both sides."""
    from sklearn.linear_model import LogisticRegression

    split = (shares > 0) & (shares < 1)
    table = np.vstack([features, features[split]])
    truth = np.concatenate([shares > 0, np.zeros(split.sum(), bool)])
    weights = np.concatenate([np.where(split, shares, 1.0) * counts, (1.0 - shares[split]) * counts[split]])
    if truth.all() or not truth.any():
        return np.append(np.zeros(features.shape[1]), -8.0 if not truth.any() else 8.0).astype(np.float32)
    model = LogisticRegression(C=strength, max_iter=400).fit(table, truth, sample_weight=weights)
    return np.append(model.coef_[0], model.intercept_[0]).astype(np.float32)


def _choice(features: Matrix, counts: Array, shares: Array, strength: float) -> Matrix:
    """Weights and intercepts (classes, features + 1) of a choice of one; split votes count for each class voted."""
    from sklearn.linear_model import LogisticRegression

    rows, classes = np.nonzero(shares)
    table = np.zeros((shares.shape[1], features.shape[1] + 1), np.float32)
    table[:, -1] = -20.0
    if len(set(classes.tolist())) < 2:  # nothing to choose between
        table[classes[:1], -1] = 20.0
        return table
    model = LogisticRegression(C=strength, max_iter=600)
    model.fit(features[rows], classes, sample_weight=shares[rows, classes] * counts[rows])
    for number, name in enumerate(model.classes_):
        weights = model.coef_[number] if len(model.classes_) > 2 else model.coef_[0] * (1 if number else -1)
        bias = model.intercept_[number] if len(model.classes_) > 2 else model.intercept_[0] * (1 if number else -1)
        table[name] = np.append(weights, bias)
    return table


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of passages by heads that saw none of their authors: targets (n, 120), role (n,), treatment (n,)."""

    targets: Array
    role: npt.NDArray[np.intp]
    treatment: npt.NDArray[np.intp]
    fold: npt.NDArray[np.intp]


def held_out(material: Material, labels: LabelVectors, recipe: Recipe, report: Report) -> HeldOut:
    """Score every passage with heads trained on the other authors."""
    count = len(material.rows)
    result = HeldOut(
        np.zeros_like(material.targets), np.zeros(count, np.intp), np.zeros(count, np.intp), np.zeros(count, np.intp)
    )
    for number, (train, test) in enumerate(folds(material.groups, recipe.folds)):
        report(f"fold {number + 1} of {recipe.folds}: {len(train)} passages to learn from, {len(test)} held out")
        fitted = fit_heads(take(material, train), labels, recipe)
        part = take(material, test)
        scores = fitted.scores(fitted.features(part.vectors, part.contexts, part.bodies))
        result.targets[test] = scores["targets"]
        result.role[test] = scores["role"].argmax(axis=1)
        result.treatment[test] = scores["treatment"].argmax(axis=1)
        result.fold[test] = number
    return result


def cross_calibrated(out: HeldOut, targets: Array) -> Array:
    """Return probabilities (n, 120), each passage's calibration fitted on the other folds."""
    probabilities = np.zeros_like(out.targets)
    for number in np.unique(out.fold):
        own = out.fold == number
        probabilities[own] = fit_platt(out.targets[~own], targets[~own])(out.targets[own])
    return probabilities


def choose_lanes(probabilities: Array, targets: Array, recipe: Recipe) -> dict[str, lanes_.Lanes]:
    """Return the lanes of objectives and activities; a label one annotator gave is permitted, all gave: required."""
    return {
        kind: lanes_.choose(probabilities[:, part], targets[:, part] >= 1, targets[:, part] > 0, recipe.precision)
        for kind, part in COLUMNS.items()
    }


def train(
    folder: Path, program: Program, encoder: Encodes, identity: str, out: Path, recipe: Recipe, report: Report
) -> dict[str, Any]:
    """Train on the annotations in `folder` and write the model to `out`; return the facts of its manifest.

    Raises:
        AnnotationError: if the annotations are malformed, or all of one author.
    """
    rows = load_training(folder)
    if len({row.author for row in rows}) < 2:
        raise AnnotationError(folder, "fewer than two authors", "Add one: heads are measured on authors unseen")
    report(f"{len(rows)} passages, encoding")
    material = load_material(rows, program, encoder)
    labels = LabelVectors.encode(program, encoder)
    out_scores = held_out(material, labels, recipe, report)
    probabilities = cross_calibrated(out_scores, material.targets)
    lanes = choose_lanes(probabilities, material.targets, recipe)
    report("all passages: heads and calibration")
    fitted = fit_heads(material, labels, recipe)
    calibrated = replace(fitted, platt=fit_platt(out_scores.targets, material.targets))
    facts = {
        "encoder": identity,
        "codebook": program.labels_digest,
        "data": digest(folder),
        "recipe": asdict(recipe),
        "versions": {name: version(name) for name in ("scikit-learn", "numpy")},
        "passages": len(rows),
        "zero_shot": tune_zero_shot(labels.likeness(material.vectors, fitted.centre), material.targets),
        "held_out": held_out_facts(out_scores, probabilities, material),
    }
    heads_.save(out, calibrated, lanes, choose_examples(material, program, recipe.examples), facts)
    return facts


def tune_zero_shot(likeness: Matrix, targets: Array) -> dict[str, float]:
    """Return the cuts with the best F1 on labelled passages: likeness (n, 120) against label shares (n, 120)."""
    cuts = {}
    for kind, part in COLUMNS.items():
        scores, truth = likeness[:, part], targets[:, part] >= 0.5
        grid = np.arange(0.1, 0.9, 0.02)
        cuts[kind] = float(max(grid, key=lambda cut: _f1((scores >= cut), truth)))
    return cuts


def _f1(hits: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> float:
    return float(2 * (hits & truth).sum() / max(hits.sum() + truth.sum(), 1))


def held_out_facts(out: HeldOut, probabilities: Array, material: Material) -> dict[str, float]:
    """Return what was measured on held-out authors: best F1 of both kinds, calibration error, role and treatment."""
    required, permitted = material.targets >= 1, material.targets > 0
    facts: dict[str, float] = {}
    for name, part in {"objectives": COLUMNS["objective"], "activities": COLUMNS["activity"]}.items():
        best = lanes_.best(probabilities[:, part], required[:, part], permitted[:, part])
        facts[f"best_f1_{name}"] = round(lanes_.f1(best), 3)
    facts["calibration_error"] = round(expected_calibration_error(probabilities, material.targets), 4)
    shares = np.arange(len(out.role))
    facts["role_accuracy"] = round(float((material.role[shares, out.role] > 0).mean()), 3)
    acts = material.treatment.sum(axis=1) > 0
    facts["treatment_accuracy"] = round(float((material.treatment[shares, out.treatment] > 0)[acts].mean()), 3)
    return facts


def choose_examples(material: Material, program: Program, each: int) -> heads_.Examples:
    """Keep per target the clearest examples: all annotators agree, few other targets, then by id."""
    chosen: dict[int, None] = {}
    for column in range(len(program.targets)):
        rows = np.flatnonzero(material.targets[:, column] >= 1)
        order = sorted(rows, key=lambda i: (len(material.rows[i].targets), material.rows[i].passage_id))
        chosen.update(dict.fromkeys(int(i) for i in order[:each]))
    index = sorted(chosen)
    rows_ = [material.rows[i] for i in index]
    return heads_.Examples(
        tuple(row.passage_id for row in rows_),
        tuple(row.text for row in rows_),
        tuple(frozenset(t for t, share in row.targets.items() if share >= 1) for row in rows_),
        material.vectors[index],
    )
