"""Passages as counts of hashed features: words, pairs of words, runs of four letters.

The columns are those of scikit-learn's `HashingVectorizer` (unicode accents stripped, no alternating sign), which tests
hold this to; that package takes more than a second to load, and hashes a feature anew each time that it stands
somewhere. Hash: MurmurHash3 (A. Appleby, 2011, public domain), 32 bits, of the UTF-8 bytes, seed 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.int32]
Bits = npt.NDArray[np.uint32]
Values = npt.NDArray[np.float32]
RUN = 4  # letters
MOST_KEPT = 200_000  # features or words whose columns are remembered
_WORD = re.compile(r"\b\w\w+\b")


@dataclass(frozen=True, slots=True)
class Counts:
    """A sparse table, row by row.

    Attributes:
        ends: (rows,), where each row's entries end. columns, values: of the entries, columns ascending in a row.
        width: number of columns.
    """

    ends: npt.NDArray[np.intp]
    columns: Index
    values: Values
    width: int

    @property
    def starts(self) -> npt.NDArray[np.intp]:
        """Where each row's entries start."""
        return np.concatenate([[0], self.ends[:-1]]).astype(np.intp)

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))

    def __matmul__(self, weights: Values) -> Values:
        """Return float32 (rows, labels): each row's sum of its columns' weights, entry by entry."""
        sums = np.zeros((len(self.ends), weights.shape[1]), np.float32)
        for row, (start, end) in enumerate(pairwise([0, *self.ends.tolist()])):
            own = weights[self.columns[start:end]]
            own *= self.values[start:end, None]
            np.add.reduce(own, axis=0, out=sums[row])
        return sums

    def to_scipy(self) -> Any:
        """Return it as a SciPy CSR matrix."""
        from scipy import sparse

        bounds = np.concatenate([[0], self.ends])
        return sparse.csr_matrix((self.values, self.columns, bounds), (len(self.ends), self.width))


class Counter:
    """Counts the features of texts in `size` columns (at most 2**31); remembers the columns of what it has met."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._known: dict[str, int] = {}
        self._runs: dict[str, tuple[int, ...]] = {}

    def words(self, texts: Sequence[str], pairs: bool = False) -> Counts:
        """Count words of two letters and more, with `pairs` also each two that follow one another."""
        found = [_WORD.findall(plain(text)) for text in texts]
        if pairs:
            found = [[*words, *map(" ".join, pairwise(words))] for words in found]
        self._learn(chain.from_iterable(found))
        return self._table([len(words) for words in found], map(self._known.__getitem__, chain.from_iterable(found)))

    def runs(self, texts: Sequence[str]) -> Counts:
        """Count runs of `RUN` letters of each word between white space, with a blank on either side."""
        found = [plain(text).split() for text in texts]
        if len(self._runs) > MOST_KEPT:
            self._runs.clear()
        new = {word: _runs(word) for words in found for word in words if word not in self._runs}
        self._learn(chain.from_iterable(new.values()))
        column = self._known.__getitem__
        self._runs.update((word, tuple(map(column, runs))) for word, runs in new.items())
        columns = [[*chain.from_iterable(map(self._runs.__getitem__, words))] for words in found]
        return self._table([len(own) for own in columns], chain.from_iterable(columns))

    def _learn(self, features: Iterable[str]) -> None:
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        new = list({*features} - self._known.keys())
        self._known.update(zip(new, columns_of(new, self.size).tolist(), strict=True))

    def _table(self, lengths: Sequence[int], columns: Iterator[int]) -> Counts:
        rows = np.arange(len(lengths) + 1, dtype=np.int64) * self.size
        keys = np.sort(np.repeat(rows[:-1], lengths) + np.fromiter(columns, np.int64, sum(lengths)))
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(first, append=len(keys)).astype(np.float32)
        keys = keys[first]
        return Counts(np.searchsorted(keys, rows[1:]), (keys % self.size).astype(np.int32), counts, self.size)


def beside(parts: Sequence[Counts]) -> Counts:
    """Return tables of the same rows as one, side by side."""
    firsts = [0, *accumulate(part.width for part in parts)]
    order = np.argsort(np.concatenate([part.rows for part in parts]), kind="stable")
    columns = np.concatenate([part.columns + first for part, first in zip(parts, firsts, strict=False)])
    values = np.concatenate([part.values for part in parts])
    ends = np.sum([part.ends for part in parts], axis=0)
    return Counts(ends, columns[order].astype(np.int32), values[order], firsts[-1])


def plain(text: str) -> str:
    """Return the text in lower case, without accents."""
    lower = text.lower()
    if lower.isascii():
        return lower
    return "".join(sign for sign in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(sign))


def _runs(word: str) -> Sequence[str]:
    framed = f" {word} "
    return [framed[at : at + RUN] for at in range(max(1, len(framed) - RUN + 1))]


def columns_of(features: Sequence[str], size: int) -> npt.NDArray[np.int64]:
    """Return the column of each feature, in [0, size)."""
    columns = np.zeros(len(features), np.int64)
    for places, data in _by_length([feature.encode("utf-8", "surrogatepass") for feature in features]):
        columns[places] = np.abs(murmur(data).view(np.int32).astype(np.int64))
    return columns % size


def _by_length(features: Sequence[bytes]) -> Iterator[tuple[list[int], npt.NDArray[np.uint8]]]:
    """Yield places of the features of one length, with their bytes as a table."""
    groups: dict[int, list[int]] = defaultdict(list)
    for place, feature in enumerate(features):
        groups[len(feature)].append(place)
    for length, places in groups.items():
        joined = b"".join(features[place] for place in places)
        yield places, np.frombuffer(joined, np.uint8).reshape(len(places), length)


def murmur(data: npt.NDArray[np.uint8]) -> Bits:
    """Return MurmurHash3 (32 bits, seed 0) of each row of bytes."""
    count, length = data.shape
    whole = length // 4
    blocks = np.ascontiguousarray(data[:, : 4 * whole]).view("<u4").astype(np.uint32)
    total = np.zeros(count, np.uint32)
    for block in blocks.T:
        total ^= _mixed(block)
        total = _turned(total, 13) * np.uint32(5) + np.uint32(0xE6546B64)
    tail = np.zeros(count, np.uint32)
    for place in range(length - 1, 4 * whole - 1, -1):
        tail = (tail << np.uint32(8)) | data[:, place]
    total ^= _mixed(tail) ^ np.uint32(length)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        total = (total ^ (total >> np.uint32(shift))) * np.uint32(factor)
    return total


def _mixed(block: Bits) -> Bits:
    return _turned(block * np.uint32(0xCC9E2D51), 15) * np.uint32(0x1B873593)


def _turned(bits: Bits, by: int) -> Bits:
    return (bits << np.uint32(by)) | (bits >> np.uint32(32 - by))
