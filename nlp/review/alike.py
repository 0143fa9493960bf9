"""Passages that say the same in several reports, so that they are decided once.

Alike are passages whose words are the same but for case, space and digits, and near-duplicates: at least nine tenths
of their runs of three words shared, with no word of denial in one that is not in the other. Source: A. Broder, "On the
resemblance and containment of documents" (1997), for shingles and MinHash, as the library datasketch has them.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from threading import Lock
from typing import Any, NamedTuple

LIKE = 0.9  # share of the runs of words that two passages have together (Jaccard)
RUN, HASHES, LEAST, SHORT = 3, 64, 6, 5  # words in a run; hashes of a sketch; runs, and words, that a text must have
WORD = re.compile(r"\w+")
DENIALS = frozenset(
    """no not nor never none without neither nil cannot
    no ni nunca jamás ningún ninguna ninguno sin tampoco nadie nada
    não nem nunca jamais nenhum nenhuma sem tampouco ninguém
    ne pas jamais aucun aucune sans ni personne rien""".split()
)


class Place(NamedTuple):
    """A passage of a report."""

    document_id: str
    passage_id: str


def folded(text: str) -> str:
    """A text as it is compared: lower case, its words alone, every digit the same."""
    return " ".join(re.sub(r"\d", "0", word) for word in WORD.findall(text.lower()))


def runs(words: str) -> frozenset[str]:
    """Runs of three words of a folded text."""
    parts = words.split()
    return frozenset(" ".join(parts[place : place + RUN]) for place in range(len(parts) - RUN + 1))


def alike(one: str, other: str) -> bool:
    """Whether two folded texts say the same."""
    if one == other:
        return True
    left, right = runs(one), runs(other)
    if min(len(left), len(right)) < LEAST or len(left & right) < LIKE * len(left | right):
        return False
    return _denials(one) == _denials(other)


class Index:
    """Passages of all reports that may be decided on, to find their like; for several threads.

    Memory: about a kilobyte a passage.
    """

    def __init__(self) -> None:
        self._near: Any = None
        self._same: dict[bytes, set[Place]] = defaultdict(set)
        self._texts: dict[Place, str] = {}
        self._known: dict[str, int] = {}
        self._lock = Lock()

    def knows(self, document_id: str, number: int) -> bool:
        """Whether the passages of a report, of that mapping, are in it."""
        with self._lock:
            return self._known.get(document_id) == number

    def learn(self, document_id: str, number: int, passages: Mapping[str, str], near: Container[str]) -> None:
        """Take a report in, or its new mapping in the place of the old.

        Args:
            passages: texts by id; those of fewer than five words are left out. near: ids of those whose near-duplicates
                are looked for, too.
        """
        texts = {Place(document_id, name): folded(text) for name, text in passages.items()}
        texts = {place: text for place, text in texts.items() if text.count(" ") >= SHORT - 1}
        sketches = {place: _sketch(text) if place.passage_id in near else None for place, text in texts.items()}
        with self._lock:
            self._near = self._near or _lsh()
            self._forget(document_id)
            self._known[document_id] = number
            for place, text in texts.items():
                self._texts[place] = text
                self._same[_digest(text)].add(place)
                if sketches[place] is not None:
                    self._near.insert(place, sketches[place])

    def like(self, document_id: str, passage_id: str, text: str) -> list[Place]:
        """Return the passages that say the same as a text, without that passage itself, in a fixed order."""
        own, sketch = folded(text), _sketch(folded(text))
        with self._lock:
            found: Iterable[Place] = set(self._same.get(_digest(own), ()))
            if sketch is not None and self._near is not None:
                found = {*found, *self._near.query(sketch)}
            texts = {place: self._texts[place] for place in found}
        return sorted(p for p, other in texts.items() if p != (document_id, passage_id) and alike(own, other))

    def _forget(self, document_id: str) -> None:
        if document_id not in self._known:
            return
        for place in [place for place in self._texts if place.document_id == document_id]:
            self._same[_digest(self._texts.pop(place))].discard(place)
            if place in self._near:
                self._near.remove(place)


def _lsh() -> Any:
    from datasketch import MinHashLSH

    return MinHashLSH(threshold=LIKE, num_perm=HASHES)


def _denials(words: str) -> Counter[str]:
    return Counter(word for word in words.split() if word in DENIALS)


def _digest(words: str) -> bytes:
    return hashlib.blake2b(words.encode(), digest_size=12).digest()


def _sketch(words: str) -> Any:
    from datasketch import MinHash

    shingles = runs(words)
    if len(shingles) < LEAST:
        return None
    sketch = MinHash(num_perm=HASHES)
    sketch.update_batch([shingle.encode() for shingle in shingles])
    return sketch
