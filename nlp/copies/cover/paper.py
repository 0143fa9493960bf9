"""A report to hand on, before it has a format: what it says, in which order, with a place for each claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """A claim with what proves it.

    Attributes:
        head: target and title. deep: whether it stands under the row before (an activity under its objective).
        quote: the words, maybe cut. standing: state and probability. facts: treatment, implementer, further quotes.
        place: page and document. href: where the quote can be read in context, "" where nowhere.
    """

    head: str
    quote: str
    standing: str
    place: str
    href: str = ""
    deep: bool = False
    facts: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a paper: heading, a text, rows of claims, then lines."""

    heading: str
    text: str = ""
    rows: Sequence[Row] = ()
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A report to hand on.

    Attributes:
        kind: what it is, in words. title: of whom or what. facts: short facts under the title. parts: in order.
        foot: what made it. language: ISO 639-1 code of its own words.
    """

    kind: str
    title: str
    language: str
    facts: Sequence[str] = ()
    parts: Sequence[Part] = field(default=())
    foot: str = ""
