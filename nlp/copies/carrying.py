"""Offsets into one canonical text carried over to another one of the same report.

A copy is written into the file as it reads today. Where that is not the text that the findings were made on (another
version of a reader, a conversion), a finding goes along only if all of its words stand there in the same order with
nothing between them, where the two texts run alike; else it is lost. Nothing is looked for elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"\S+")
_BLOCK = re.compile(r"[^\n]+")
_MOST = 3_000  # words of a changed part that are compared one by one
Place = tuple[int, int]


class Carrier:
    """Carries places of `old` to `new`."""

    def __init__(self, old: str, new: str) -> None:
        self._same = old == new
        if self._same:
            return
        self._old, self._new = ([found.span() for found in _WORD.finditer(text)] for text in (old, new))
        self._starts = [start for start, _ in self._old]
        self._number = dict(_pairs(old, new, self._old, self._new))

    def carry(self, start: int, end: int) -> Place | None:
        """Return where [start, end) of the old text stands in the new one, None where it does not stand whole."""
        if self._same:
            return start, end
        first, last = (bisect_right(self._starts, at) - 1 for at in (start, end - 1))
        there = [self._number.get(number) for number in range(first, last + 1)]
        if not there or there[0] is None or there != [*range(there[0], there[0] + len(there))]:
            return None
        begin, finish = self._new[there[0]], self._new[there[0] + last - first]
        if start >= self._old[first][1] or end > self._old[last][1]:
            return None
        return begin[0] + start - self._old[first][0], finish[0] + end - self._old[last][0]


def _pairs(old: str, new: str, words: Sequence[Place], others: Sequence[Place]) -> Iterator[Place]:
    """Numbers of words that are the same in both: block by block, and word by word in blocks that changed."""
    blocks, changed = ([(found.group(), *found.span()) for found in _BLOCK.finditer(text)] for text in (old, new))
    starts, others_starts = [start for start, _ in words], [start for start, _ in others]
    matcher = SequenceMatcher(None, [b[0] for b in blocks], [b[0] for b in changed], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if i1 == i2 or j1 == j2:
            continue
        one = _range(starts, blocks[i1][1], blocks[i2 - 1][2])
        other = _range(others_starts, changed[j1][1], changed[j2 - 1][2])
        if tag == "equal":
            yield from zip(one, other, strict=True)
            continue
        if max(len(one), len(other)) > _MOST:
            continue
        said = [old[slice(*words[number])] for number in one]
        there = [new[slice(*others[number])] for number in other]
        for a, b, size in SequenceMatcher(None, said, there, autojunk=False).get_matching_blocks():
            yield from ((one[a + step], other[b + step]) for step in range(size))


def _range(starts: Sequence[int], start: int, end: int) -> range:
    return range(bisect_right(starts, start - 1), bisect_right(starts, end - 1))
