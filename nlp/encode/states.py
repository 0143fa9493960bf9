"""The states that a network gives a text's tokens: their mean is its vector, and some can be left out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from nlp.encode.base import Gap, Vectors

Places = npt.NDArray[np.int64]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class States:
    """What the network made of one window of a text.

    Attributes:
        vectors: float32 (tokens, dim), the signs that frame the window and its prompt among them.
        starts, ends: int (tokens,): where in the text a token stands; both 0 where it stands in none.
    """

    vectors: Vectors
    starts: Places
    ends: Places

    def kept(self, gap: Gap | None) -> Vectors:
        """Return the states without those of tokens in `gap`; all, if none of the text's own were left."""
        own = self.ends > 0
        left = own if gap is None else own & ~((self.starts < gap[1]) & (self.ends > gap[0]))
        return self.vectors[left | ~own] if gap and left.any() else self.vectors


def pooled(windows: Sequence[States], gap: Gap | None = None) -> Vectors:
    """Return float32 (dim,): the mean state of each window, of unit length, averaged by the windows' tokens."""
    kept = [window.kept(gap) for window in windows]
    means = np.stack([states.mean(axis=0) for states in kept])
    unit = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return np.asarray(np.average(unit, axis=0, weights=[len(states) for states in kept]), np.float32)


class Memory(Generic[T]):
    """What was made of the texts read last, as much as fits; the oldest makes way.

    Args:
        most: size of all that is kept, as `size` counts it.
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most, self._size, self._held, self._lock = most, size, 0, Lock()
        self._texts: dict[str, T] = {}

    def get(self, text: str) -> T | None:
        """Return what was made of a text, None where it is not kept."""
        return self._texts.get(text)

    def put(self, text: str, made: T) -> None:
        """Keep what was made of a text, if it is not larger than all that is kept."""
        size = self._size(made)
        with self._lock:
            if text in self._texts or size > self._most:
                return
            while self._held + size > self._most:
                self._held -= self._size(self._texts.pop(next(iter(self._texts))))
            self._texts[text] = made
            self._held += size


def tokens(windows: Sequence[States]) -> int:
    """Return how many tokens the windows of a text have."""
    return sum(len(window.starts) for window in windows)
