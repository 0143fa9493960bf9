"""What the heads see of a passage: its vector, its surroundings' vector, its likeness to each codebook label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nlp.encode.embed import Vectors
from nlp.program import LANGUAGES, Program, label_text

Matrix = npt.NDArray[np.float32]
NO_CONTEXT = "-"
HEADINGS_KEPT = 2


class Encodes(Protocol):
    """Anything that turns texts into unit vectors: an encoder, or an encoder behind its cache."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dim)."""
        ...


def context_text(implementer: str | None, section: Sequence[str]) -> str:
    """Return the surroundings of a passage as one line: implementer as named, then the two nearest headings."""
    parts = [part for part in (implementer, *section[-HEADINGS_KEPT:]) if part and part.strip()]
    return " / ".join(" ".join(part.split()) for part in parts) or NO_CONTEXT


class LabelVectors:
    """Vectors of the codebook's labels in four languages, centred with the passages they are compared to.

    Args:
        program: codebook. encoder: turns the label texts into vectors.
    """

    def __init__(self, program: Program, encoder: Encodes) -> None:
        texts = [text for label in program.labels.values() for text in label_text(label).values()]
        self._vectors = encoder.encode(texts)
        self._labels = len(program.labels)

    def likeness(self, vectors: Vectors, centre: Vectors) -> Matrix:
        """Return float32 (n, 120): cosine in [-1, 1] with each label, the best of its four languages.

        Both sides are centred at `centre` (dim,), the mean of the training passages, as encoders crowd all texts
        into one corner of their space.
        """
        own = _unit(vectors - centre)
        labels = _unit(self._vectors - centre)
        cosines = (own @ labels.T).reshape(len(vectors), self._labels, len(LANGUAGES))
        best: Matrix = cosines.max(axis=2).astype(np.float32)
        return best


def _unit(vectors: Matrix) -> Matrix:
    norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    unit: Matrix = (vectors / norms).astype(np.float32)
    return unit


def assemble(vectors: Vectors, contexts: Vectors, likeness: Matrix) -> Matrix:
    """Return float32 (n, 2 * dim + 120): passage, surroundings, likeness to labels, side by side, not yet scaled."""
    return np.hstack([vectors, contexts, likeness]).astype(np.float32)
