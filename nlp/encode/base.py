"""What every encoder is: `encode(texts) -> unit vectors`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from nlp.caching import file_sha256
from nlp.errors import EncoderError

Vectors = npt.NDArray[np.float32]
Ids = Sequence[int]
Sized = TypeVar("Sized", str, Ids)
Gap = tuple[int, int]
Asked = Sequence[tuple[str, Sequence[Gap]]]
"""Texts, each with half-open ranges of its characters to leave out, one at a time."""


class Embedder:
    """Base of all encoders: the public verb guards, the private one works.

    Attributes:
        name: row in EMBEDDERS; dim: width of a vector; identity: name and hash of the weights, and their precision.
        threads: how many texts may be encoded at once; vectors do not depend on it.
        arithmetic: raised where the same weights add up in another order than before: last digits differ then.
    """

    name = ""
    dim = 0
    identity = ""
    threads = os.cpu_count() or 1
    arithmetic = 1

    @property
    def origin(self) -> str:
        """What tells vectors that are kept from those of other encoders, and of this one as it was before."""
        return self.identity if self.arithmetic == 1 else f"{self.identity}~{self.arithmetic}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dim), rows of unit length. Long texts are encoded in windows and averaged.

        Raises:
            EncoderError: if a text is blank, or the encoder returns another shape or a value that is not finite.
        """
        if any(not text.strip() for text in texts):
            raise EncoderError(self.name, "a blank text has no vector")
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        vectors = np.asarray(self._encode(texts), np.float32)
        if vectors.shape != (len(texts), self.dim) or not np.isfinite(vectors).all():
            raise EncoderError(self.name, f"wanted finite {(len(texts), self.dim)}, got {vectors.shape}")
        return self.unit(vectors)

    def leave_out(self, asked: Asked) -> Vectors:
        """Return float32 (gaps, dim): vectors of the texts without each of their gaps, in this order.

        Encoders that know the states of a text's tokens may leave these out of the mean instead of reading anew.
        """
        return self.encode([without(text, gap) for text, gaps in asked for gap in gaps])

    @staticmethod
    def unit(vectors: Vectors) -> Vectors:
        """Return the rows with length 1."""
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
        return unit

    def _encode(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError


def without(text: str, gap: Gap) -> str:
    """Return the text without a half-open range of its characters."""
    return f"{text[: gap[0]]} {text[gap[1] :]}".strip()


def packs(texts: Sequence[Sized], most: int) -> Iterator[list[Sized]]:
    """Yield the texts in order, in lists of at most `most` tokens or characters together; a longer one stands alone."""
    pack: list[Sized] = []
    size = 0
    for text in texts:
        if pack and size + len(text) > most:
            yield pack
            pack, size = [], 0
        pack.append(text)
        size += len(text)
    if pack:
        yield pack


def check_weights(weights: Path, expected: str, next_step: str) -> None:
    """Hold a file of weights to its sha256 (hex).

    Raises:
        EncoderError: if it is another; it says what to do next.
    """
    found = file_sha256(weights)
    if found != expected:
        raise EncoderError(weights, f"expected sha256 {expected}, found {found}", next_step)
