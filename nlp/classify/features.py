"""What the heads see of a passage: its vector, its surroundings' vector, its likeness to each codebook label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from nlp.encode.base import Asked, Vectors
from nlp.program import LANGUAGES, Program, label_text

Matrix = npt.NDArray[np.float32]
NO_CONTEXT = "-"
HEADINGS_KEPT = 2
NAME_KEPT, HEADING_KEPT, WORDS_KEPT = 60, 90, 30  # characters, characters, words
BODY_WEIGHT = 3.0  # a body's column is nearly always 0, so its scaled value is tamed by hand


class Encodes(Protocol):
    """Anything that turns texts into unit vectors: an encoder, or an encoder behind its cache."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dim)."""
        ...

    def leave_out(self, asked: Asked) -> Vectors:
        """Return float32 (gaps, dim): the texts' vectors without each of their gaps."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a passage.

    Attributes:
        implementer: who acts, as named, else who wrote the document; None if unknown.
        body: the same as the codebook knows it, None if it does not.
        section: headings above it, outermost first.
        lead_in: the line that leads its list in, "" if none. What merely stands before a passage is not read: it
            was over a quarter of the tokens and made nothing better.
    """

    implementer: str | None = None
    body: str | None = None
    section: tuple[str, ...] = ()
    lead_in: str = ""


def surroundings_in(
    program: Program, language: str, body: str | None, named: str | None, section: tuple[str, ...], lead_in: str
) -> Surroundings:
    """Return what stands around a passage of a report in this language, in the words that training had: names, not ids.

    Args:
        body: who acts, as the codebook knows it; named: as it stands there. None if unknown.
    """
    known = program.body_by_id.get(body or "")
    return Surroundings(named or (known.name(language) if known else body), body, section, lead_in)


def context_text(near: Surroundings) -> str:
    """Return the surroundings as one line, for encoders that read them apart: who acts, the two nearest headings."""
    parts = [part for part in (near.implementer, *near.section[-HEADINGS_KEPT:]) if part and part.strip()]
    return " / ".join(" ".join(part.split()) for part in parts) or NO_CONTEXT


def joined(text: str, near: Surroundings) -> str:
    """Return a passage with its surroundings in brackets, as the fine-tuned encoder reads it.

    Who acts, the nearest heading, the line that leads its list in: "Training of inspectors [ILO / Aims / It acts by:]".
    """
    heading = near.section[-1] if near.section else ""
    words = " ".join(near.lead_in.split()[-WORDS_KEPT:])
    parts = [part for part in (_short(near.implementer or "", NAME_KEPT), _short(heading, HEADING_KEPT), words) if part]
    return f"{text} [{' / '.join(parts)}]" if parts else text


def _short(text: str, most: int) -> str:
    return " ".join(text.split())[:most].strip()


class LabelVectors:
    """Vectors of the codebook's labels in its languages, centred with the passages they are compared to.

    Args:
        vectors: float32 (labels * languages, dim), the languages of a label together. They travel with the model, so
            that loading one encodes nothing.
        languages: how many each label is written in.
    """

    def __init__(self, vectors: Vectors, languages: int = len(LANGUAGES)) -> None:
        self.vectors = vectors
        self.languages = languages

    @classmethod
    def encode(cls, program: Program, encoder: Encodes) -> LabelVectors:
        """Encode the texts of a codebook's labels."""
        texts = [label_text(label, program.languages).values() for label in program.labels.values()]
        return cls(encoder.encode([text for own in texts for text in own]), len(program.languages))

    def likeness(self, vectors: Vectors, centre: Vectors) -> Matrix:
        """Return float32 (n, labels): cosine in [-1, 1] with each label, the best of its languages.

        Both sides are centred at `centre` (dim,), the mean of the training passages, as encoders crowd all texts
        into one corner of their space.
        """
        own = unit_rows(vectors - centre)
        labels = unit_rows(self.vectors - centre)
        cosines = (own @ labels.T).reshape(len(vectors), len(labels) // self.languages, self.languages)
        best: Matrix = cosines.max(axis=2).astype(np.float32)
        return best


def unit_rows(vectors: Matrix) -> Matrix:
    """Return rows of length 1; a row of zeros stays as it is."""
    norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    unit: Matrix = (vectors / norms).astype(np.float32)
    return unit


def body_columns(program: Program, bodies: Sequence[str | None]) -> Matrix:
    """Return float32 (n, bodies + groups + 1): which body acts and the group it counts with; the last: unknown."""
    known = list(program.body_by_id)
    groups = [group.id for group in program.groups]
    table = np.zeros((len(bodies), len(known) + len(groups) + 1), np.float32)
    for row, body in enumerate(bodies):
        entry = program.body_by_id.get(body or "")
        group = entry.group if entry else body  # a shared activity is given to a whole group
        if entry:
            table[row, known.index(entry.id)] = BODY_WEIGHT
        table[row, len(known) + groups.index(group) if group in groups else -1] = BODY_WEIGHT
    return table


def assemble(vectors: Vectors, contexts: Vectors, likeness: Matrix) -> Matrix:
    """Return float32 (n, 2 * dim + labels): passage, surroundings, likeness to labels, side by side, not yet scaled."""
    return np.hstack([vectors, contexts, likeness]).astype(np.float32)
