"""The states that a network gives a text's tokens: their mean is its vector, and some can be left out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from nlp.encode.base import Gap, Vectors

Places = npt.NDArray[np.int64]


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


class Memory:
    """The states of the texts read last, as many as fit into a number of tokens; the oldest make way.

    Args:
        most: tokens kept (1,536 bytes each where a vector has 384 numbers).
    """

    def __init__(self, most: int) -> None:
        self._most, self._held, self._lock = most, 0, Lock()
        self._texts: dict[str, Sequence[States]] = {}

    def get(self, text: str) -> Sequence[States] | None:
        """Return the states of a text, None where they are not kept."""
        return self._texts.get(text)

    def put(self, text: str, states: Sequence[States]) -> None:
        """Keep the states of a text, if it is not longer than all that is kept."""
        size = _size(states)
        with self._lock:
            if text in self._texts or size > self._most:
                return
            while self._held + size > self._most:
                self._held -= _size(self._texts.pop(next(iter(self._texts))))
            self._texts[text] = states
            self._held += size


def _size(states: Sequence[States]) -> int:
    return sum(len(window.starts) for window in states)
