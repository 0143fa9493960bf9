"""Sentence boundaries for official prose: a spaCy component that knows citations, abbreviations and numbering.

Ready-made splitters break "AG/RES. 2910 (XLVII-O/17)", "CP/doc.5678/20 rev. 1", "art. 5º" and "p. ex."; this one
asks at each full stop whether the word before it is one that is written with a stop.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from nlp.records import Span

# Words that are written with a full stop and do not end a sentence, of all four languages.
ABBREVIATIONS = frozenset(
    "res doc add corr rev inf no nos núm num nro vol art arts inc cap caps par párr paras pp ed eds cf ibid vs "
    "dr dra drs sr sra sres srta mr mrs ms prof lic ing gral gen col sto sta st av ave bros "
    "jan feb mar apr jun jul aug sep sept oct nov dec ene abr ago dic fev mai set out dez janv févr avr juil déc "
    "e.g i.e p.ex p.ej ex ej approx aprox esp dept depto fig tel ext secc sec para u.s ee.uu dd.hh oo.ii".split()
)
_CANDIDATE = re.compile(r"(?<=[.!?…])[\"”’»)\]]{0,3}\s+(?=[\"“‘«(\[¿¡]{0,3}[A-ZÀ-ÖØ-Þ0-9·•])|\n\s*\n\s*")
_LAST_WORD = re.compile(r"([^\s(\[\"“«/]{1,20})\.$")
_NUMBERING = re.compile(r"^\(?(?:\d{1,3}|[a-zA-Z]|[ivxlcIVXLC]{1,5})$")


def ends_sentence(before: str) -> bool:
    """Whether the full stop, question or exclamation mark that `before` ends with closes a sentence."""
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
    numbers_a_clause = not earlier or earlier.endswith((":", ";")) or (earlier.endswith(".") and ends_sentence(earlier))
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
    """Return ``spacy.blank(language)`` with our sentence component (built once per process and language)."""
    import spacy
    from spacy.language import Language

    if not Language.has_factory("evmap_sentences"):

        @Language.component("evmap_sentences")
        def mark(doc: Any) -> Any:
            """Mark the tokens that start a sentence."""
            starts = set(boundaries(doc.text))
            for token in doc:
                token.is_sent_start = token.i == 0 or token.idx in starts
            return doc

    nlp = spacy.blank(language)
    nlp.max_length = 20_000_000
    nlp.add_pipe("evmap_sentences")
    return nlp


def sentences(text: str, language: str, start: int = 0) -> tuple[Span, ...]:
    """Return the sentences of `text` as spans shifted by `start`; together they cover all that is not white space."""
    spans = []
    for sentence in pipeline(language)(text).sents:
        raw = text[sentence.start_char : sentence.end_char]
        stripped = raw.strip()
        if stripped:
            first = start + sentence.start_char + len(raw) - len(raw.lstrip())
            spans.append(Span(first, first + len(stripped)))
    return tuple(spans)
