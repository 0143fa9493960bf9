"""Lanes for the user's own tolerance, chosen again on a model's held-out passages; nothing is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from nlp.classify.heads import load_held, read_manifest, relane
from nlp.classify.lanes import NAMES, Held, Lanes, Promise, choose, hits_of
from nlp.program import KINDS, Program

PAGE = 3000  # characters of a printed page


@dataclass(frozen=True, slots=True)
class Work:
    """How long an officer takes, in seconds: assumptions, to be replaced by one's own.

    Attributes:
        code: to find the numbers of a passage that is evidence, with the codebook in hand. pass_over: to see that a
            passage is evidence of nothing. suggested: to confirm or refuse one suggested link.
        review: to choose among the links to review of one passage. silent: to skim a passage without links.
    """

    code: float = 60.0
    pass_over: float = 10.0
    suggested: float = 5.0
    review: float = 20.0
    silent: float = 3.0


@dataclass(frozen=True, slots=True)
class Load:
    """What lanes mean for a report of `pages` pages, by the held-out passages.

    Attributes:
        suggested, review: links of each lane, both kinds together. passages: of the report, headings too.
        covered: share of them with a link, in [0, 1].
        minutes: with the lanes; minutes_alone: without.
    """

    pages: int
    passages: float
    suggested: float
    review: float
    covered: float
    minutes: float
    minutes_alone: float


def tune(folder: Path, program: Program, promise: Promise) -> tuple[dict[str, Lanes], Load]:
    """Return the lanes that keep `promise` on the model's held-out passages, and the load of a 20-page report.

    Raises:
        ModelError: if the model is missing, damaged, or carries no held-out passages.
    """
    read_manifest(folder)
    held = load_held(folder, len(program.targets))
    lanes = choose(held, program, promise)
    return lanes, load_of(held, program, lanes)


def settle(folder: Path, lanes: dict[str, Lanes], promise: Promise) -> None:
    """Write the lanes into the model's manifest."""
    relane(folder, lanes, asdict(promise))


def load_of(held: Held, program: Program, lanes: dict[str, Lanes], pages: int = 20, work: Work | None = None) -> Load:
    """Reckon links and minutes of a report with as many characters as `pages` pages."""
    rates = work or Work()
    cuts = {kind: {name: getattr(own, name).threshold for name in NAMES} for kind, own in lanes.items()}
    hits = hits_of(held.probabilities, program, cuts)
    suggested = np.hstack([hits[kind, "suggested"] for kind in KINDS])
    both = np.hstack([hits[kind, "review"] for kind in KINDS])
    review = both & ~suggested
    evidence = held.required.any(axis=1)
    silent = ~both.any(axis=1)
    share = pages * PAGE / float(held.characters.sum())
    with_lanes = (
        suggested.sum() * rates.suggested + review.any(axis=1).sum() * rates.review + silent.sum() * rates.silent
    )
    alone = evidence.sum() * rates.code + (~evidence).sum() * rates.pass_over
    numbers = (len(both), suggested.sum(), review.sum())
    passages, first, second = (round(float(number) * share, 1) for number in numbers)
    minutes, minutes_alone = (round(float(seconds) * share / 60, 1) for seconds in (with_lanes, alone))
    covered = round(float(1 - silent.mean()), 3)
    return Load(pages, passages, first, second, covered, minutes, minutes_alone)
