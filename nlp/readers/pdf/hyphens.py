"""Hyphens at the ends of lines: those that only part a word there, and those that the word has."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlp.readers.pdf.glyphs import HYPHEN
from nlp.readers.pdf.lines import Line

HYPHENS = (HYPHEN, "-", "\u00ad", "\u2010")
_AROUND_WORDS = ".,;:!?()[]«»“”\"'’"
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
# Where a document parts no words at line ends, these keep their hyphen there; the second before a word of its own.
_PREFIXES = frozenset(("non", "self", "vice", "quasi", "pseudo", "socio", "pós", "recém", "não"))
_BEFORE_WORDS = frozenset(("semi", "anti", "multi", "post", "sous", "demi"))
_SHARE = 4  # in so many hyphens at line ends one of a known word: chance gives far fewer where words are parted


@dataclass(frozen=True, slots=True)
class Compounds:
    """The words of a document that keep their hyphen wherever a line ends in it; asked with it, in small letters.

    Attributes:
        known: those that stand with a hyphen within a line, or have one before the word that the line ends with.
        unparted: whether the document seems to part no words at line ends; if so, `words`: all that stand in it.
        mostly: whether a fair share of the hyphens at its line ends are those of known words.
    """

    known: frozenset[str] = frozenset()
    unparted: bool = False
    words: frozenset[str] = frozenset()
    mostly: bool = False

    def __contains__(self, word: object) -> bool:
        if word in self.known:
            return True
        first, _, second = str(word).partition("-")
        if not self.unparted:
            return False
        return self.mostly or first in _PREFIXES or (first in _BEFORE_WORDS and second in self.words)

    @classmethod
    def of(cls, pages: Sequence[Sequence[Line]]) -> Compounds:
        """Learn from the lines of a document, page by page.

        A document that parts words at line ends writes some of them as one word elsewhere; one whose lines only end in
        hyphens of compounds does not.
        """
        texts = ([line.text for line in page] for page in pages)
        hyphened = [page for page in texts if has_hyphen("".join(page))]
        words = [word for page in hyphened for text in page if "-" in text for word in text.split() if "-" in word]
        known = frozenset(found.casefold() for word in words for found in _COMPOUND.findall(word))
        parted = {
            _whole(text, after)
            for page in hyphened
            for text, after in pairwise(page)
            if text.endswith(HYPHENS) and after[:1].islower()
        }
        if not parted:
            return cls(known)
        said = frozenset(word for page in pages for word in _words(page))
        unparted = not any(word.replace("-", "") in said for word in parted)
        own = [word for word in parted if word in known or (word.count("-") > 1 and word.split("-")[-2] in said)]
        return cls(known | set(own), unparted, said if unparted else frozenset(), _SHARE * len(own) >= len(parted))


NO_COMPOUNDS = Compounds()


def has_hyphen(text: str) -> bool:
    """Whether there is any hyphen in a text: sooner told than of each of its lines."""
    return "-" in text or HYPHEN in text or "\u00ad" in text or "\u2010" in text


def joined(text: str, more: str, compounds: Container[str] = NO_COMPOUNDS) -> str:
    """Join two pieces of a paragraph; a hyphen between them goes where it only parted a word."""
    if not text.endswith(HYPHENS) or not text[-2:-1].isalpha() or not more[:1].isalpha():
        return f"{text} {more}"
    keeps = not more[:1].islower() or _whole(text, more) in compounds
    return text[:-1] + ("-" if keeps else "") + more


def _whole(text: str, more: str) -> str:
    """The word that the end of one line and the beginning of the next make, with its hyphen, in small letters."""
    before = text[:-1].rsplit(None, 1)
    return f"{before[-1] if before else ''}-{more.split(None, 1)[0]}".casefold().strip(_AROUND_WORDS)


def _words(lines: Sequence[Line]) -> Iterator[str]:
    """The words within lines, in small letters, without the second halves of those that a line end parts."""
    parted = False
    for line in lines:
        words = line.text.casefold().split()
        yield from (word.strip(_AROUND_WORDS) for word in words[parted:])
        parted = line.text.endswith(HYPHENS)
