"""Why a link stands: the sentences that carried it, the codebook's terms, the nearest annotated examples.

Sentences are weighed by leaving each one out (occlusion; Zeiler & Fergus 2014): out of the words, and out of the
passage's vector, from which the states of its tokens are taken. An encoder that has none reads the rest anew.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from nlp.classify.examples import Examples
from nlp.encode.base import Gap, Vectors
from nlp.program import Program
from nlp.records import Example, Reading, Span

MOST_SENTENCES = 8
NEAREST = 3
Gaps = Sequence[tuple[int, Sequence[Gap]]]
"""Numbers of passages, each with ranges of its own characters to leave out, one at a time."""
Reread = Callable[[Gaps], list[list[Reading]]]
"""Reads passages without each of these ranges, all at once: that costs a fraction of one after another."""


def group_sentences(sentences: Sequence[Span]) -> tuple[Span, ...]:
    """Join neighbours until at most `MOST_SENTENCES` are left, so that long passages cost no more than others."""
    groups = list(sentences)
    while len(groups) > MOST_SENTENCES:
        sizes = [b.end - a.start for a, b in pairwise(groups)]
        place = int(np.argmin(sizes))
        groups[place : place + 2] = [Span(groups[place].start, groups[place + 1].end)]
    return tuple(groups)


def drops(
    target: str, full: Reading, variants: Sequence[Reading], sentences: Sequence[Span]
) -> list[tuple[Span, float]]:
    """Return (sentence, fall of the probability without it), the strongest first, 4 decimals."""
    before = full.probabilities[target]
    falls = [round(before - variant.probabilities[target], 4) for variant in variants]
    return sorted(zip(sentences, falls, strict=True), key=lambda item: (-item[1], item[0].start))


@functools.lru_cache(maxsize=512)
def _terms(program: Program, target: str) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """The terms of a target, folded, and the pattern that finds them."""
    own = program.labels[target].terms
    longest_first = sorted((term for terms in own.values() for term in terms), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    return tuple(map(folded, longest_first)), pattern


@functools.lru_cache(maxsize=16)
def folded(text: str) -> str:
    """Return a text in which all characters are the same that a pattern takes for the same whatever their case.

    Case folding alone keeps the Turkish i apart, dotted capital and dotless small, and splits the former in two.
    """
    return text.replace("\u0130", "i").replace("\u0131", "i").casefold()


def terms_in(program: Program, target: str, text: str) -> tuple[str, ...]:
    """Return the target's codebook terms, of any language, that stand in `text`: lower case, in order, each once."""
    terms, pattern = _terms(program, target)
    plain = folded(text)
    if not any(term in plain for term in terms):  # nineteen links in twenty; the pattern costs four times as much
        return ()
    return tuple(dict.fromkeys(match[0].lower() for match in pattern.finditer(text)))


def nearest(examples: Examples, target: str, vector: Vectors) -> tuple[Example, ...]:
    """Return the nearest annotated examples of a target by cosine, nearest first, at most three."""
    rows = examples.rows.get(target)
    if not rows:
        return ()
    cosines = examples.own[target] @ vector
    return tuple(
        Example(examples.ids[rows[i]], round(float(cosines[i]), 3), examples.texts[rows[i]])
        for i in _largest(cosines, NEAREST)
    )


def _largest(numbers: Vectors, most: int) -> list[int]:
    """Places of the largest numbers, the largest first, the first of equal ones first; sorts no more than it must."""
    if len(numbers) > most:
        least = np.partition(numbers, -most)[-most]
        places = np.flatnonzero(numbers >= least)
    else:
        places = np.arange(len(numbers))
    found: list[int] = places[(-numbers[places]).argsort(kind="stable")[:most]].tolist()
    return found
