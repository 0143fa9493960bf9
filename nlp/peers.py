"""The PEERS table: what else one would try, tuned fairly and asked in the same way as our own models.

Each peer learns from some passages and gives scores (n, 120) for others; scores need not be probabilities, as the race
calibrates all alike.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.classify.features import LabelVectors, Surroundings, context_text, unit_rows
from nlp.classify.why import terms_in
from nlp.encode.cache import kept
from nlp.material import Material, surroundings_of
from nlp.program import Program
from nlp.sheets import Sheet

Array = npt.NDArray[np.float64]
NEIGHBOURS, TEMPERATURE = 20, 20.0
TFIDF_STRENGTH = 20.0
ABSENT = -8.0  # score of a label without examples
CONTEXT_WEIGHT = 0.5  # of the surroundings' words beside the passage's own


@dataclass(frozen=True, slots=True)
class Questions:
    """Passages to be scored: their texts and what stands around them."""

    texts: Sequence[str]
    places: Sequence[Surroundings]

    def part(self, index: npt.NDArray[np.intp]) -> Questions:
        """Return some of them."""
        return Questions([self.texts[i] for i in index], [self.places[i] for i in index])

    def lines(self) -> list[str]:
        """Each with its surroundings on one line."""
        return [f"{text} | {context_text(place)}" for text, place in zip(self.texts, self.places, strict=True)]


def questions_of(asked: Sheet | Material) -> Questions:
    """The passages of a sheet, or the annotated ones."""
    if isinstance(asked, Sheet):
        return Questions(asked.texts, asked.places)
    return Questions([row.text for row in asked.rows], [surroundings_of(row) for row in asked.rows])


@dataclass(frozen=True, slots=True)
class Teaching:
    """Passages to learn from: as questions, with label shares (n, 120) and weights (n,)."""

    questions: Questions
    targets: Array
    weights: Array


Peer = Callable[[Program, Teaching, Questions], Array]


def keywords(program: Program, teaching: Teaching, asked: Questions) -> Array:
    """Number of a label's codebook terms that stand in the passage; learns nothing."""
    return np.array([[len(terms_in(program, t, text)) for t in program.targets] for text in asked.texts], np.float64)


def zero_shot(program: Program, teaching: Teaching, asked: Questions, encoder: str) -> Array:
    """Cosine with each label's codebook text, the best of four languages, centred at the passages learnt from."""
    with kept(encoder) as cached:
        labels = LabelVectors.encode(program, cached)
        centre = cached.encode(list(teaching.questions.texts)).mean(axis=0)
        return labels.likeness(cached.encode(list(asked.texts)), centre).astype(np.float64)


def nearest(program: Program, teaching: Teaching, asked: Questions, encoder: str) -> Array:
    """Share of a label among the nearest annotated passages, weighted by likeness (k nearest neighbours)."""
    with kept(encoder) as cached:
        known, own = cached.encode(list(teaching.questions.texts)), cached.encode(list(asked.texts))
    centre = known.mean(axis=0)
    known, own = unit_rows(known - centre), unit_rows(own - centre)
    scores = np.empty((len(own), teaching.targets.shape[1]))
    for start in range(0, len(own), 512):
        cosines = own[start : start + 512] @ known.T
        near = np.argpartition(-cosines, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        weight = np.exp(TEMPERATURE * np.take_along_axis(cosines, near, axis=1)) * teaching.weights[near]
        scores[start : start + 512] = (
            np.einsum("nk,nkl->nl", weight, teaching.targets[near]) / weight.sum(axis=1)[:, None]
        )
    return np.log(scores + 1e-3)


def tfidf(program: Program, teaching: Teaching, asked: Questions) -> Array:
    """Words, pairs of words and runs of letters, weighted by rarity, with one logistic regression a label."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    common = {"sublinear_tf": True, "strip_accents": "unicode"}
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, **common)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=5, max_features=120_000, **common)
    around = TfidfVectorizer(min_df=3, **common)
    known = teaching.questions
    contexts = [context_text(place) for place in known.places]
    table = sparse.hstack(
        [
            words.fit_transform(known.texts),
            letters.fit_transform(known.texts),
            CONTEXT_WEIGHT * around.fit_transform(contexts),
        ]
    ).tocsr()
    contexts = [context_text(place) for place in asked.places]
    own = sparse.hstack(
        [words.transform(asked.texts), letters.transform(asked.texts), CONTEXT_WEIGHT * around.transform(contexts)]
    ).tocsr()
    return _per_label(LogisticRegression(C=TFIDF_STRENGTH, solver="liblinear"), table, own, teaching)


def one_vs_rest(program: Program, teaching: Teaching, asked: Questions, encoder: str) -> Array:
    """One logistic regression a label on the passage's vector alone."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    with kept(encoder) as cached:
        known, own = cached.encode(list(teaching.questions.texts)), cached.encode(list(asked.texts))
    mean, scale = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-6)
    known, own = (known - mean) / scale, (own - mean) / scale
    with threadpool_limits(1):
        return _per_label(LogisticRegression(C=0.01, max_iter=300), known, own, teaching)


def _per_label(model: Any, known: Any, own: Any, teaching: Teaching) -> Array:
    """Fit `model` anew for each label on the rows of `known` and score `own`; a label that nobody gave gets ABSENT."""
    scores = np.full((own.shape[0], teaching.targets.shape[1]), ABSENT)
    for column in range(scores.shape[1]):
        truth = teaching.targets[:, column] >= 0.5
        if truth.any():
            scores[:, column] = model.fit(known, truth, sample_weight=teaching.weights).decision_function(own)
    return scores


PEERS: dict[str, Peer] = {
    "keyword rules": keywords,
    "zero-shot e5": functools.partial(zero_shot, encoder="e5"),
    "nearest examples e5": functools.partial(nearest, encoder="e5"),
    "TF-IDF + logistic": tfidf,
    "one-vs-rest USE": functools.partial(one_vs_rest, encoder="use"),
}
