"""The PEERS table: what else one would try, tuned fairly and asked in the same way as our own models.

Each peer learns from some passages and gives scores (n, labels) for others; scores need not be probabilities, as the
race calibrates all alike.
"""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.classify.features import LabelVectors, Surroundings, context_text, joined, unit_rows
from nlp.classify.joint import own_group
from nlp.classify.why import terms_in
from nlp.classify.wording import fit_words
from nlp.encode import e5
from nlp.encode.cache import kept
from nlp.encode.device import has_bf16
from nlp.encode.embed import E5_PREFIX
from nlp.errors import MissingExtra
from nlp.material import Material, surroundings_of
from nlp.program import Program
from nlp.sheets import Sheet

Array = npt.NDArray[np.float64]
NEIGHBOURS, TEMPERATURE = 20, 20.0
TFIDF_STRENGTH = 20.0
WORDING = "hashed words"
ABSENT = -8.0  # score of a label without examples
CONTEXT_WEIGHT = 0.5  # of the surroundings' words beside the passage's own
SHOTS = 12  # examples of each label that SetFit forms pairs of
SETFIT_TOKENS = 160


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
    """Passages to learn from: as questions, with label shares (n, labels) and weights (n,)."""

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


def setfit(program: Program, teaching: Teaching, asked: Questions) -> Array:
    """SetFit on e5: the encoder learns from pairs of passages that share a label or do not, then one head a label.

    Pairs are formed of `SHOTS` examples a label, each example once in a like and once in an unlike pair; the heads
    learn from all passages. Passages are joined with their surroundings.
    Source: L. Tunstall et al., "Efficient few-shot learning without prompts" (2022), package `setfit`.

    Raises:
        MissingExtra: without the extra `race`.
    """
    if find_spec("setfit") is None:
        raise MissingExtra("SetFit", "race")
    import torch
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments
    from sklearn.linear_model import LogisticRegression

    known, own = (
        [E5_PREFIX + joined(*pair) for pair in zip(part.texts, part.places, strict=True)]
        for part in (teaching.questions, asked)
    )
    truth = teaching.targets >= 0.5
    order = np.random.default_rng(0).permutation(len(known))
    drawn = sorted({int(i) for column in truth.T for i in order[column[order]][:SHOTS]})
    torch.set_num_threads(os.cpu_count() or 1)  # an encoder that was used before left it at one
    model = SetFitModel.from_pretrained(str(e5.folder()), multi_target_strategy="one-vs-rest")
    model.model_body.max_seq_length = SETFIT_TOKENS
    for parameter in model.model_body[0].auto_model.embeddings.parameters():
        parameter.requires_grad_(False)  # as in our own fine-tuning: four fifths of the weights, and rare words
    table = Dataset.from_dict({"text": [known[i] for i in drawn], "label": truth[drawn].astype(int).tolist()})
    with tempfile.TemporaryDirectory() as folder:
        options = TrainingArguments(
            folder, batch_size=16, num_epochs=1, num_iterations=1, seed=0, use_amp=has_bf16(), report_to="none"
        )
        trainer = Trainer(model=model, args=options, train_dataset=table)
        trainer.train_embeddings(*trainer.dataset_to_parameters(table), args=options)
    vectors = [model.model_body.encode(texts, batch_size=32) for texts in (known, own)]
    centre = vectors[0].mean(axis=0)
    rows = [unit_rows(part - centre) for part in vectors]
    return _per_label(LogisticRegression(C=20.0, max_iter=300), rows[0], rows[1], teaching)


def _per_label(model: Any, known: Any, own: Any, teaching: Teaching) -> Array:
    """Fit `model` anew for each label on the rows of `known` and score `own`; a label that nobody gave gets ABSENT."""
    scores = np.full((own.shape[0], teaching.targets.shape[1]), ABSENT)
    for column in range(scores.shape[1]):
        truth = teaching.targets[:, column] >= 0.5
        if truth.any():
            scores[:, column] = model.fit(known, truth, sample_weight=teaching.weights).decision_function(own)
    return scores


def wording(program: Program, teaching: Teaching, asked: Questions) -> Array:
    """The heads on hashed words that travel with the shipped model, by themselves."""
    known, own = ((part.texts, [context_text(place) for place in part.places]) for part in (teaching.questions, asked))
    return fit_words(*known, teaching.targets, teaching.weights).scores(*own)


def group(program: Program, teaching: Teaching, asked: Questions) -> Array:
    """1 for the activities that the Program gives to the group of the body that acts, 0 for all else; learns nothing.

    No one's answer by itself: it is there to be combined with others as a prior.
    """
    return own_group(program, [place.body for place in asked.places])


PEERS: dict[str, Peer] = {
    "keyword rules": keywords,
    "zero-shot e5": functools.partial(zero_shot, encoder="e5"),
    "nearest examples e5": functools.partial(nearest, encoder="e5"),
    "TF-IDF + logistic": tfidf,
    "one-vs-rest USE": functools.partial(one_vs_rest, encoder="use"),
    "SetFit e5": setfit,
    "implementer's group": group,
    WORDING: wording,
}
