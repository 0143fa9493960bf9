"""Is a document like the annotated ones? Told by its words, because the lanes' promises hold for like documents only.

A document is strange when more of its words occur in no annotated document than in 99 of 100 annotated documents,
each of these compared with the documents of other authors alone. Words are kept as 32-bit hashes: a word that is
taken for another makes a document look a little more familiar, by less than one in 100,000.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.marks import unmarked
from nlp.program import LANGUAGES

Hashes = npt.NDArray[np.uint32]
WORD = re.compile(r"[^\W\d_]{4,}")
ENOUGH_WORDS = 150  # of a document, to say anything about it
USUAL = 0.99  # of annotated documents have at most the limit's share of strange words
ENOUGH_DOCUMENTS = 20  # of a language, to know what is usual in it
LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class Familiarity:
    """How much of a document's words is in no annotated document.

    Attributes:
        share: in [0, 1]. limit: what 99 of 100 annotated documents do not exceed. words: how many were looked up.
    """

    share: float
    limit: float
    words: int

    @property
    def strange(self) -> bool:
        """Whether the document is unlike the annotated ones."""
        return self.share > self.limit


@dataclass(frozen=True, slots=True)
class KnownWords:
    """The words of the annotated documents.

    Attributes:
        words: sorted uint32 hashes by language. limits: usual share of strange words by language, in [0, 1].
    """

    words: Mapping[str, Hashes]
    limits: Mapping[str, float]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str, str]]) -> KnownWords:
        """Learn from (text, language, document, author) of annotated passages."""
        documents: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        authors: dict[tuple[str, int], set[str]] = defaultdict(set)
        for text, language, document, author in rows:
            for word in hashes(text):
                documents[language, document, author].append(word)
                authors[language, word].add(author)
        shares: dict[str, list[float]] = defaultdict(list)
        for (language, _, author), words in documents.items():
            if len(words) >= ENOUGH_WORDS:
                strange = sum(authors[language, word] == {author} for word in words)
                shares[language].append(strange / len(words))
        limits = {
            language: float(np.quantile(own, USUAL)) for language, own in shares.items() if len(own) >= ENOUGH_DOCUMENTS
        }
        words_of: dict[str, Hashes] = {
            language: np.array(sorted({word for other, word in authors if other == language}), np.uint32)
            for language in LANGUAGES
        }
        return cls(words_of, {language: round(limits[language], 4) for language in sorted(limits)})

    def familiarity(self, passages: Iterable[tuple[str, str]]) -> Familiarity | None:
        """Look up the words of (text, language) passages; None where there are too few to say anything."""
        said: dict[str, list[int]] = {language: [] for language in self.limits}
        for text, language in passages:
            if language in said:
                said[language] += hashes(text)
        count = sum(map(len, said.values()))
        strange, usual = 0, 0.0
        for language, own in said.items():
            strange += int((~_among(np.array(own, np.uint32), self.words[language])).sum())
            usual += len(own) * self.limits[language]
        if count < ENOUGH_WORDS:
            return None
        return Familiarity(round(strange / count, 4), round(usual / count, 4), count)

    def save(self, path: Path) -> None:
        """Write the words and limits."""
        limits = np.array([self.limits.get(language, np.nan) for language in LANGUAGES])
        tables: dict[str, npt.NDArray[Any]] = {LIMITS: limits, **self.words}
        np.savez_compressed(path, **tables)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> KnownWords:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            limits = dict(zip(LANGUAGES, data[LIMITS].tolist(), strict=True))
            words: dict[str, Hashes] = {language: data[language] for language in LANGUAGES}
        return cls(words, {language: limit for language, limit in limits.items() if not np.isnan(limit)})


def _among(asked: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """Which of some words are known. `np.isin` would sort the known ones anew, for each document."""
    return np.asarray(known.take(np.searchsorted(known, asked), mode="clip") == asked)


def hashes(text: str) -> list[int]:
    """Hashes in [0, 2**32) of the words of four letters and more, whatever their case and accents."""
    return [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in WORD.findall(unmarked(text.casefold()))]
