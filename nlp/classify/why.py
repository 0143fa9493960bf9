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
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(terms, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def terms_in(program: Program, target: str, text: str) -> tuple[str, ...]:
    """Return the target's codebook terms, of any language, that stand in `text`: lower case, in order, each once."""
    own = program.labels[target].terms
    pattern = _pattern(tuple(term for terms in own.values() for term in terms))
    return tuple(dict.fromkeys(match[0].lower() for match in pattern.finditer(text)))


def nearest(examples: Examples, target: str, vector: Vectors) -> tuple[Example, ...]:
    """Return the nearest annotated examples of a target by cosine, nearest first, at most three."""
    rows = examples.rows.get(target)
    if not rows:
        return ()
    cosines = examples.own[target] @ vector
    order = np.argsort(-cosines, kind="stable")[:NEAREST]
    return tuple(
        Example(examples.ids[rows[i]], round(float(cosines[i]), 3), examples.texts[rows[i]]) for i in order.tolist()
    )
