"""Ways to make heads out of annotated passages, all asked in the same way.

`frozen` fits logistic heads on the vectors of an encoder as it is packed; `tuned` updates the encoder and learns one
matrix of labels with it (`nlp.finetune`).
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, Protocol

import numpy as np
import numpy.typing as npt
import yaml
from pydantic import TypeAdapter, ValidationError

from nlp.annotations import Annotated
from nlp.annotations.pool import Opinion
from nlp.classify.calibrate import Platt
from nlp.classify.features import LabelVectors, Matrix, assemble, joined
from nlp.classify.heads import Heads
from nlp.classify.lanes import Promise
from nlp.encode import embed
from nlp.encode.ranges import ENOUGH
from nlp.encode.transformer import TransformerEmbedder
from nlp.errors import EncoderError, UsageError
from nlp.finetune import ADAPTER, Lesson, Tuning, finetune
from nlp.material import Material, surroundings_of, take
from nlp.program import Program, label_text
from nlp.settings import ENCODER, STRICT

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train.

    Attributes:
        encoder: row of EMBEDDERS. learner: "frozen" or "tuned".
        opinion: whose labels are learnt (`annotations.pool.Opinion`); measured are always those that hold.
        strength: inverse regularisation of frozen target heads (scikit-learn's C), role_strength: of role, treatment.
        tuning: how to fine-tune, where the learner does.
        calibration: how scores become probabilities: "platt", each label's by itself; "passage", by a regression that
            also looks at the rest of the passage (`classify.joint`); "words", that with heads on words as well.
        folds: folds of authors for held-out scores.
        promise: what the lanes are to keep on documents not seen.
        examples: annotated examples kept per target.
        reviewed: times that a passage reviewed on a desk counts, above 0.
    """

    __pydantic_config__: ClassVar = STRICT

    encoder: str = ENCODER
    learner: Literal["frozen", "tuned"] = "frozen"
    opinion: Opinion = "every"
    strength: float = 0.005
    role_strength: float = 0.01
    tuning: Tuning = field(default_factory=Tuning)
    calibration: Literal["platt", "passage", "words"] = "platt"
    folds: int = 3
    promise: Promise = field(default_factory=Promise)
    examples: int = 40
    reviewed: float = 1.0


def load_recipe(path: Path) -> Recipe:
    """Return the recipe in a YAML file; what it does not name keeps its default.

    Raises:
        UsageError: if it cannot be read, or a name or value in it is none of a recipe's.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
        return TypeAdapter(Recipe).validate_python(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(path, f"cannot be read: {error}") from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(path, faults, "models/recipes/ has examples") from None


@dataclass(frozen=True, slots=True)
class Learned:
    """What a learner made.

    Attributes:
        heads: not calibrated yet (their Platt is the identity).
        scores: linear scores of the passages asked for (`Heads.scores`).
        adapter: folder of the encoder's update, None where it stays as it is.
    """

    heads: Heads
    scores: dict[str, Array]
    adapter: Path | None = None


class Learner(Protocol):
    """Learns from some passages of its material and scores others."""

    def __call__(self, learnt: Index, asked: Index, name: str) -> Learned:
        """Learn from the passages `learnt` and score the passages `asked`; `name` says which training this is."""
        ...


class FrozenLearner:
    """Logistic heads on an encoder as it is."""

    def __init__(self, material: Material, labels: LabelVectors, recipe: Recipe) -> None:
        self._material, self._labels, self._recipe = material, labels, recipe

    def __call__(self, learnt: Index, asked: Index, name: str) -> Learned:
        """Fit on `learnt`, score `asked`."""
        heads = fit_heads(take(self._material, learnt), self._labels, self._recipe)
        part = take(self._material, asked)
        return Learned(heads, heads.scores(heads.features(part.vectors, part.contexts, part.bodies)))


class TunedLearner:
    """The encoder updated together with its label matrix.

    Args:
        base: gives the folder of the encoder. work: folder in which trainings are kept, by what they learn from.
    """

    def __init__(
        self,
        material: Material,
        labels: LabelVectors,
        program: Program,
        recipe: Recipe,
        base: Callable[[], Path],
        work: Path,
        report: Report,
    ) -> None:
        self._material, self._labels, self._tuning = material, labels, recipe.tuning
        self._texts = [joined(row.text, surroundings_of(row)) for row in material.rows]
        self._names = [list(label_text(label, program.languages).values()) for label in program.labels.values()]
        self._base, self._work, self._report = base, work, report

    def __call__(self, learnt: Index, asked: Index, name: str) -> Learned:
        """Fine-tune on `learnt`, score `asked`; a training that was finished before is taken up as it stands.

        Passages of which only a part was labelled are left out: the loss knows no unknown label.
        """
        learnt = learnt[np.isin(learnt, self._material.whole)]
        material = take(self._material, learnt)
        lesson = Lesson(
            [self._texts[i] for i in learnt],
            material.targets,
            material.role,
            material.treatment,
            material.weights,
            self._names,
        )
        questions = [self._texts[i] for i in asked]
        work = self._work / f"{name}-{_digest(lesson, questions, self._tuning)}"
        matrix = finetune(lesson, questions, self._base(), work, self._tuning, self._report)
        count = len(matrix.targets)
        dim = matrix.targets.shape[1] - 1
        heads = Heads(
            material.vectors.mean(axis=0),
            np.zeros(dim, np.float32),
            np.ones(dim, np.float32),
            matrix.role,
            matrix.treatment,
            matrix.targets,
            Platt(np.ones(count), np.zeros(count)),
            self._labels,
            joined=True,
        )
        return Learned(heads, heads.scores(matrix.asked.reshape(len(asked), dim)), work / ADAPTER)


def _digest(lesson: Lesson, questions: Sequence[str], tuning: Tuning) -> str:
    """Sixteen hex digits of all that a fine-tuning depends on."""
    digest = hashlib.sha256(json.dumps([asdict(tuning), [*lesson.texts], [*questions], lesson.labels]).encode())
    for table in (lesson.targets, lesson.role, lesson.treatment, lesson.weights):
        digest.update(np.ascontiguousarray(table).tobytes())
    return digest.hexdigest()[:16]


def fit_heads(material: Material, labels: LabelVectors, recipe: Recipe) -> Heads:
    """Fit uncalibrated heads (their Platt is the identity) on all of `material`."""
    from threadpoolctl import threadpool_limits

    centre = material.vectors.mean(axis=0)
    raw = assemble(material.vectors, material.contexts, labels.likeness(material.vectors, centre))
    mean, scale = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-6)
    features = np.hstack([(raw - mean) / scale, material.bodies]).astype(np.float32)
    count = material.targets.shape[1]
    columns = [(material.targets[:, label], material.known[:, label]) for label in range(count)]
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:  # a core a head; BLAS threads slow L-BFGS
        fit = functools.partial(_binary, features, material.weights, strength=recipe.strength)
        targets = np.stack([*pool.map(fit, columns)])
    acts = material.treatment.sum(axis=1) > 0
    return Heads(
        centre,
        mean,
        scale,
        _choice(features, material.weights, material.role, recipe.role_strength),
        _choice(features[acts], material.weights[acts], material.treatment[acts], recipe.role_strength),
        targets,
        Platt(np.ones(count), np.zeros(count)),
        labels,
    )


def _binary(features: Matrix, counts: Array, column: tuple[Array, Mask], strength: float) -> Matrix:
    """Weights and intercept (features + 1,) of one target: its shares, and where they are known; split votes count on
    both sides.
    """
    from sklearn.linear_model import LogisticRegression

    shares, known = column
    if not known.all():
        features, counts, shares = features[known], counts[known], shares[known]
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


def write_ranges(rows: Sequence[Annotated], encoder: str, adapter: Path) -> Path:
    """Measure on some of the passages what an updated encoder must hold to compute in int8; write it to its folder.

    Raises:
        EncoderError: if the encoder is no BERT network.
    """
    order = np.random.default_rng(0).permutation(len(rows))[:ENOUGH]
    texts = [joined(row.text, surroundings_of(row)) for row in (rows[i] for i in order)]
    network = embed.load(encoder, adapter)
    if not isinstance(network, TransformerEmbedder):
        raise EncoderError(encoder, "its numbers have no ranges to measure")
    return network.ranges(texts).save(adapter)
