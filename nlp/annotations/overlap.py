"""Texts that say the same: runs of words that two passages share, passages that are nearly alike.

Sources: A. Broder, "On the resemblance and containment of documents" (1997), for shingles and MinHash, as the library
datasketch has them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RUN = 8
ALIKE = 0.7
SHINGLE = 3
HASHES = 128
LEAST = 6  # shingles, so eight words
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Shared:
    """A run of words in two or more texts, or in one of ours and one of theirs (`other`: its name)."""

    run: str
    places: tuple[str, ...]
    other: str | None = None


class Names:
    """Official names (bodies, instruments, programmes), each of which counts as one word: nobody can reword them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for name in names:
            words = tuple(words_of(name))
            if words:
                self._by_first[words[0]].append(words)
        for rows in self._by_first.values():
            rows.sort(key=len, reverse=True)

    @classmethod
    def load(cls, path: Path) -> Names:
        """Read a file with a name a line; none when there is no file."""
        return cls(path.read_text("utf-8").splitlines() if path.is_file() else ())

    def fold(self, words: Sequence[str]) -> list[str]:
        """Return the words with every official name made one word."""
        folded, place = [], 0
        while place < len(words):
            here = self._by_first.get(words[place], ())
            name = next((n for n in here if tuple(words[place : place + len(n)]) == n), None)
            folded.append("_".join(name) if name else words[place])
            place += len(name) if name else 1
        return folded


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text, lower case."""
    return _WORD.findall(text.lower())


def runs(text: str, names: Names, length: int = RUN) -> Iterator[str]:
    """Yield every run of `length` words."""
    words = names.fold(words_of(text))
    for place in range(len(words) - length + 1):
        yield " ".join(words[place : place + length])


def shared_runs(texts: Mapping[str, str], others: Mapping[str, str], names: Names, length: int = RUN) -> list[Shared]:
    """Return the runs that stand in two of `texts`, or in one of them and one of `others` (texts by name)."""
    places: dict[str, dict[str, None]] = defaultdict(dict)
    for key, text in texts.items():
        for run in runs(text, names, length):
            places[run][key] = None
    foreign = {run: name for name, text in others.items() for run in runs(text, names, length) if run in places}
    rows = [Shared(run, tuple(keys)) for run, keys in places.items() if len(keys) > 1]
    return rows + [Shared(run, tuple(places[run]), name) for run, name in foreign.items()]


def near_duplicates(texts: Mapping[str, str], threshold: float = ALIKE) -> list[tuple[str, str]]:
    """Return pairs of texts with a Jaccard likeness of about `threshold` or more over runs of three words.

    Texts of fewer than eight words are left out: titles and cells repeat.
    """
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=HASHES)
    pairs = []
    for key, text in texts.items():
        shingles = {run.encode() for run in runs(text, Names(()), SHINGLE)}
        if len(shingles) < LEAST:
            continue
        sketch = MinHash(num_perm=HASHES)
        sketch.update_batch(shingles)
        pairs += [(str(other), key) for other in index.query(sketch)]
        index.insert(key, sketch)
    return sorted(pairs)
