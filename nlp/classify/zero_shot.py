"""Labels that nobody has annotated: how like a passage is to each label's codebook text, and what that has been worth.

A likeness is no probability. So a small regression learns, on annotated passages of another programme, how often a
label with such a likeness, such rivals and such terms in the passage was right; its weights are shared by all labels
of a level and know none of them, so they can be asked about labels that they have never seen. What it says of those is
an estimate and is called one: measured on labels left out, not on the labels that it is used for.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.classify.calibrate import expected_calibration_error, fit_shared, sigmoid
from nlp.classify.features import Encodes, unit_rows
from nlp.classify.lanes import GRID, Cut, Lanes, columns, f1, measure
from nlp.classify.why import terms_in
from nlp.encode.base import Vectors
from nlp.errors import ModelError
from nlp.program import KINDS, Label, Program, label_text

Array = npt.NDArray[np.float64]
VIEWS = ("whole", "title", "counts", "terms")
BLEND = ("whole", "title", "terms")
FEATURES = (*VIEWS, "margin", "rank", "deviation", "hits", "hits margin")
FOLDS = 5  # of labels
MOST = 0.999  # an estimate is never certain
NEVER = 1.0  # where a lane begins that nothing reaches
WORTH = 1 / 3  # precision, on labels left out, down to which `review` goes: three links to read for one that is right
SILENT = -10.0  # log-odds of what no label ever has
COSINE_DIGITS = 6  # so that neither rank nor estimate depends on how many passages are read at once
REMEDY = "Run: evmap models zero-shot MODEL"


def label_views(program: Program) -> dict[str, list[list[str]]]:
    """Return for each view the texts of each label, in all languages of the programme."""
    codes = program.languages

    def texts(label: Label) -> dict[str, list[str]]:
        return {
            "whole": list(label_text(label, codes).values()),
            "title": [label.title[code] for code in codes],
            "counts": [label.counts[code] for code in codes],
            "terms": list(dict.fromkeys(term for code in codes for term in label.terms[code])),
        }

    every = [texts(label) for label in program.labels.values()]
    return {view: [own[view] for own in every] for view in VIEWS}


@dataclass(frozen=True, slots=True)
class LabelViews:
    """Vectors of what the codebook says of each label.

    Attributes:
        vectors: for each view float32 (texts, dim). firsts: for each view the number of each label's first text.
    """

    vectors: Mapping[str, Vectors]
    firsts: Mapping[str, npt.NDArray[np.intp]]

    @classmethod
    def encode(cls, program: Program, encoder: Encodes) -> LabelViews:
        """Encode the texts of a programme's labels."""
        texts = label_views(program)
        vectors = {view: encoder.encode([text for own in texts[view] for text in own]) for view in VIEWS}
        return cls(vectors, cls._firsts(texts))

    @staticmethod
    def _firsts(texts: Mapping[str, list[list[str]]]) -> dict[str, npt.NDArray[np.intp]]:
        return {view: np.cumsum([0, *map(len, own[:-1])], dtype=np.intp) for view, own in texts.items()}

    @classmethod
    def kept(cls, program: Program, encoder: Encodes, origin: str, folder: Path) -> LabelViews:
        """`encode`, or what was kept in `folder` by an earlier call for the same programme and encoder."""
        said = hashlib.sha256(f"{origin}\x1f{program.labels_digest}".encode()).hexdigest()[:24]
        path = folder / f"{said}.npz"
        if path.is_file():
            with np.load(path, allow_pickle=False) as data:
                return cls({view: data[view] for view in VIEWS}, cls._firsts(label_views(program)))
        views = cls.encode(program, encoder)
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{said}.{os.getpid()}.{id(views)}.part.npz")
        np.savez(part, **views.vectors)  # type: ignore[arg-type]
        part.replace(path)
        return views

    def likeness(self, vectors: Vectors, centre: Vectors) -> dict[str, Array]:
        """Return for each view (n, labels): the best cosine, in [-1, 1], with any text of the label.

        Both sides are centred at `centre` (dim,), as in `features.LabelVectors.likeness`.
        """
        own = unit_rows(vectors - centre).astype(np.float64)
        tables = {}
        for view, texts in self.vectors.items():
            cosines = np.round(own @ unit_rows(texts - centre).T, COSINE_DIGITS)
            tables[view] = np.maximum.reduceat(cosines, self.firsts[view], axis=1)
        return tables


def hits_of(program: Program, texts: Sequence[str]) -> Array:
    """Return (n, labels): how many of a label's codebook terms, of any language, stand in each text."""
    rows = [[len(terms_in(program, target, text)) for target in program.targets] for text in texts]
    return np.array(rows, np.float64).reshape(len(texts), len(program.targets))


def features(likeness: Mapping[str, Array], hits: Array, part: slice) -> Array:
    """Return (n, labels of the level, features): `FEATURES` of each pair of passage and label."""
    own = {view: table[:, part] for view, table in likeness.items()}
    blend = np.mean([own[view] for view in BLEND], axis=0)
    found = np.log1p(hits[:, part])
    spread = np.maximum(blend.std(axis=1, keepdims=True), 1e-6)
    rank = np.log1p((-blend).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable"))
    deviation = (blend - blend.mean(axis=1, keepdims=True)) / spread
    most = found.max(axis=1, keepdims=True, initial=0.0)
    return np.stack([*own.values(), _margin(blend), rank, deviation, found, found - most], axis=-1)


def _margin(scores: Array) -> Array:
    """How far each score is above the best of the others of its row; below it where negative, 0 without others."""
    if scores.shape[1] < 2:
        return np.zeros_like(scores)
    order = np.sort(scores, axis=1)
    first = np.arange(scores.shape[1]) == scores.argmax(axis=1)[:, None]
    margin: Array = scores - np.where(first, order[:, -2:-1], order[:, -1:])
    return margin


@dataclass(frozen=True, slots=True)
class Estimate:
    """What likeness has been worth.

    Attributes:
        weights: for each kind of target float64 (features + 1,), the last the intercept.
        cuts: for each kind "review" and "decided", with precision and recall measured on labels left out.
        measured: what was measured on labels left out. digest: sha256 (hex) of all this.
    """

    weights: Mapping[str, Array]
    cuts: Mapping[str, Mapping[str, Cut]]
    measured: Mapping[str, Mapping[str, float]]
    digest: str = ""

    def __call__(self, likeness: Mapping[str, Array], hits: Array, program: Program) -> Array:
        """Return estimates in [0, 1), (n, labels); a row depends on its own passage alone."""
        found = np.zeros(hits.shape)
        for kind, part in columns(program).items():
            if not hits[:, part].size:  # no label, or no passage
                continue
            *weights, intercept = self.weights[kind]
            table = features(likeness, hits, part)
            found[:, part] = np.minimum(sigmoid(table @ np.array(weights) + intercept), MOST)
        return found

    def lanes(self) -> dict[str, Lanes]:
        """Return lanes in which nothing is suggested: an estimate is for a person to look at."""
        never = Cut(NEVER, 0.0, 0.0)
        return {kind: Lanes(never, own["review"], own["decided"]) for kind, own in self.cuts.items()}

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        content = {
            "features": list(FEATURES),
            "weights": {kind: own.tolist() for kind, own in self.weights.items()},
            "cuts": {
                kind: {name: [cut.threshold, cut.precision, cut.recall] for name, cut in own.items()}
                for kind, own in self.cuts.items()
            },
            "measured": self.measured,
        }
        path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> Estimate:
        """Read what `save` wrote.

        Raises:
            ModelError: if there is none, or it is damaged or of other features.
        """
        try:
            data = path.read_bytes()
            content: Any = json.loads(data)
            weights = {kind: np.array(content["weights"][kind], np.float64) for kind in KINDS}
            cuts = {kind: {name: Cut(*cut) for name, cut in content["cuts"][kind].items()} for kind in KINDS}
            fits = content["features"] == list(FEATURES) and all(
                own.shape == (len(FEATURES) + 1,) and np.isfinite(own).all() for own in weights.values()
            )
        except FileNotFoundError:
            raise ModelError(path, "this model has no zero-shot estimate for other programmes", REMEDY) from None
        except (ValueError, KeyError, TypeError):
            raise ModelError(path, "damaged", REMEDY) from None
        if not fits:
            raise ModelError(path, "made for other features than this version has", REMEDY)
        return cls(weights, cuts, content["measured"], hashlib.sha256(data).hexdigest())


def fit_estimate(likeness: Mapping[str, Array], hits: Array, targets: Array, program: Program) -> Estimate:
    """Learn from passages with label shares (n, labels); measure, and choose cuts, on labels left out.

    A kind that the programme does not have, or nobody annotated, is taken as the other one is.
    """
    weights, cuts, measured = {}, {}, {}
    for kind, part in columns(program).items():
        truth = targets[:, part]
        if not truth.any():
            continue
        table = features(likeness, hits, part)
        weights[kind] = fit_shared(table, truth, SILENT)
        cuts[kind], measured[kind] = _measured(_left_out(table, truth), truth)
    for kind in KINDS:
        other = kind if kind in weights else next(iter(weights))
        weights[kind], cuts[kind] = weights[other], cuts[other]
        measured.setdefault(kind, {})
    return Estimate(weights, cuts, measured)


def _left_out(table: Array, truth: Array) -> Array:
    """Estimates (n, labels) of each label by weights that learnt from the other labels."""
    fold = np.random.default_rng(0).permutation(truth.shape[1]) % min(FOLDS, truth.shape[1])
    found = np.zeros_like(truth)
    for number in np.unique(fold):
        own = fold == number
        taught = own if own.all() else ~own
        *weights, intercept = fit_shared(table[:, taught], truth[:, taught], SILENT)
        found[:, own] = sigmoid(table[:, own] @ np.array(weights) + intercept)
    return np.minimum(found, MOST)


def _measured(found: Array, truth: Array) -> tuple[dict[str, Cut], dict[str, float]]:
    required, permitted = truth >= 1, truth > 0
    every = [measure(found, required, permitted, float(threshold)) for threshold in GRID]
    decided = max(every, key=f1)
    worth = [cut for cut in every if cut.threshold <= decided.threshold and cut.precision >= WORTH and cut.recall > 0]
    review = min(worth, key=lambda cut: cut.threshold, default=decided)
    facts = {
        "best_f1": round(f1(decided), 3),
        "calibration_error": round(expected_calibration_error(found, truth), 4),
        "labels": float(truth.shape[1]),
        "passages": float(len(truth)),
    }
    return {"review": review, "decided": decided}, facts
