"""Sentence boundaries for official prose: rules that know citations, abbreviations and numbering.

Ready-made splitters break "AG/RES. 2910 (XLVII-O/17)", "CP/doc.5678/20 rev. 1", "art. 5º" and "p. ex."; this one
asks at each full stop whether the word before it is one that is written with a stop.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from nlp.records import Span
from nlp.structure.lean import lean_words

# Words that are written with a full stop and do not end a sentence, of all four languages.
ABBREVIATIONS = frozenset(
    "res doc add corr rev inf no nos núm num nro vol art arts inc cap caps par párr paras pp ed eds cf ibid vs "
    "dr dra drs sr sra sres srta mr mrs ms prof lic ing gral gen col sto sta st av ave bros "
    "jan feb mar apr jun jul aug sep sept oct nov dec ene abr ago dic fev mai set out dez janv févr avr juil déc "
    "e.g i.e p.ex p.ej ex ej approx aprox esp dept depto fig tel ext secc sec para u.s ee.uu dd.hh oo.ii".split()
)
LONGEST = 2_000  # characters; longer ones are no sentences, and a quote must be one that people can read
LOOK_BACK = 3
_CANDIDATE = re.compile(r"(?<=[.!?…])[\"”’»)\]]{0,3}\s+(?=[\"“‘«(\[¿¡]{0,3}[A-ZÀ-ÖØ-Þ0-9·•])|\n\s*\n\s*")
_LAST_WORD = re.compile(r"([^\s(\[\"“«/]{1,20})\.$")
_NUMBERING = re.compile(r"^\(?(?:\d{1,3}|[a-zA-Z]|[ivxlcIVXLC]{1,5})$")


def ends_sentence(before: str, back: int = LOOK_BACK) -> bool:
    """Whether the full stop, question or exclamation mark that `before` ends with closes a sentence.

    Args:
        back: how many stops in a row, each behind a number or letter, are looked at from the last one back.
    """
    if not before.endswith("."):
        return True
    match = _LAST_WORD.search(before)
    if match is None:
        return True
    word = match[1].lower().lstrip(".")
    if word in ABBREVIATIONS:
        return False
    if not _NUMBERING.match(match[1]):
        return True
    earlier = before[: match.start()].rstrip()
    ended = earlier.endswith(".") and (back < 1 or ends_sentence(earlier, back - 1))
    numbers_a_clause = not earlier or earlier.endswith((":", ";")) or ended
    return not (numbers_a_clause or (len(word) == 1 and word.isalpha()))


def boundaries(text: str) -> list[int]:
    """Return the offsets at which a new sentence starts, ascending, without 0."""
    found = []
    for match in _CANDIDATE.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()].rstrip('"”’»)]')
        if "\n" in match[0] or ends_sentence(before):
            found.append(match.end())
    return [offset for offset in found if offset < len(text)]


@functools.cache
def pipeline(language: str) -> Any:
    """Return ``spacy.blank(language)``, which cuts texts into words (built once per process and language)."""
    import spacy

    with lean_words():
        made = spacy.blank(language)
    made.max_length = 10**9  # spaCy's own bound is for its parsers, which need much memory; rules do not
    return made


def sentences(text: str, start: int = 0) -> tuple[Span, ...]:
    """Return the sentences of `text` as spans shifted by `start`; together they cover all that is not white space.

    What goes on for more than `LONGEST` characters without an end is cut at white space, or else anywhere.
    """
    spans = []
    for first, after in pairwise([0, *boundaries(text), len(text)]):
        for begin, end in pieces(text, first, after, LONGEST):
            stripped = text[begin:end].strip()
            if stripped:
                lead = start + begin + len(text[begin:end]) - len(text[begin:end].lstrip())
                spans.append(Span(lead, lead + len(stripped)))
    return tuple(spans)


def pieces(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """Cut ``text[start:end]`` into pieces of at most `most` characters, at white space in their second half if any."""
    while end - start > most:
        blank = max((text.rfind(sign, start + most // 2, start + most) for sign in " \n\t"), default=-1)
        cut = blank + 1 if blank > 0 else start + most
        yield start, cut
        start = cut
    yield start, end
