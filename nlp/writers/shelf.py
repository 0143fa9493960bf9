"""The best of very many things within a budget, whatever the order in which they come."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any

Rank = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A thing on a shelf: `rank` (unique, the least is the best), its `size`, and what it is."""

    rank: Rank
    size: int
    value: Any

    def __lt__(self, other: Kept) -> bool:  # a heap gives up its least: the worst
        return self.rank > other.rank


@dataclass(slots=True)
class Shelf:
    """Keeps the best things whose sizes sum to `budget` at most, and nothing that ranks below one it gave up.

    What it holds in the end does not depend on the order of adding.
    """

    budget: int
    _heap: list[Kept] = field(default_factory=list)
    _full: Rank | None = None
    _size: int = 0

    def wants(self, rank: Rank) -> bool:
        """Whether a thing of this rank can still find a place."""
        return self._full is None or rank < self._full

    def add(self, kept: Kept) -> list[Kept]:
        """Take a thing; return what has no place any more, which may be the thing itself."""
        if not self.wants(kept.rank):
            return [kept]
        heapq.heappush(self._heap, kept)
        self._size += kept.size
        given_up = []
        while self._size > self.budget:
            given_up.append(heapq.heappop(self._heap))
            self._size -= given_up[-1].size
            self._full = given_up[-1].rank
        return given_up

    def best_first(self) -> list[Any]:
        """What the shelf holds."""
        return [kept.value for kept in sorted(self._heap, key=lambda kept: kept.rank)]
