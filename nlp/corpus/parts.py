"""What a corpus is made of, one by one: reports, passages, links; each shows itself with its words and its source."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from nlp.corpus import show
from nlp.display import shown, visible

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 30
FEW = 8  # links of a report
WIDTH = 96


@dataclass(frozen=True, slots=True)
class Link:
    """An evidence link with what is around it.

    Attributes:
        probability: calibrated, in [0, 1]; NaN where a person added it. standing: "confirmed", ... or its lane.
        pieces: the passage before the quote, the quote, the passage after it.
        who: implementer as the codebook calls it, else as the document does, else who issued the document, or "".
        citation: title, symbol, date or year, page.
    """

    link_id: str
    target: str
    label: str
    probability: float
    standing: str
    treatment: str | None
    who: str
    pieces: tuple[str, str, str]
    citation: str

    @property
    def quote(self) -> str:
        """The words that prove it."""
        return self.pieces[1]

    def __repr__(self) -> str:
        return link_text(self)

    def _repr_html_(self) -> str:
        return links_html([self], "")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with its text; `spans` are the quotes in it, as offsets into that text."""

    passage_id: str
    text: str
    citation: str
    spans: tuple[tuple[int, int], ...]
    links: tuple[Link, ...]

    def __repr__(self) -> str:
        targets = ", ".join(link.target for link in self.links) or "no links"
        return visible(f"{self.citation}\n{self.text}\n  {targets}")

    def _repr_html_(self) -> str:
        return passage_html(self)


@dataclass(frozen=True, slots=True)
class Report:
    """A document: facts about it as (name, value), and its links, the surest first."""

    document_id: str
    facts: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]

    def __repr__(self) -> str:
        return report_text(self)

    def _repr_html_(self) -> str:
        return report_html(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Links that answer a question: a sequence that shows itself, and `frame`, one row each with its citation."""

    links: tuple[Link, ...]
    frame: pd.DataFrame
    title: str

    def __len__(self) -> int:
        return len(self.links)

    def __getitem__(self, place: int) -> Link:
        return self.links[place]

    def __repr__(self) -> str:
        return links_text(self.links, self.title)

    def _repr_html_(self) -> str:
        return links_html(self.links, f"<b>{shown(self.title)}</b>")


def chance(probability: float) -> str:
    """A probability as it is shown: nothing is certain, and what a person added has none ("")."""
    if probability != probability:
        return ""
    return "> 0.99" if probability > 0.99 else f"{probability:.2f}"


def link_text(link: Link) -> str:
    """A link for a terminal: target, quote marked in its context, and where it stands."""
    before, quote, after = link.pieces
    words = textwrap.fill(visible(" ".join(f"{before}>>{quote}<<{after}".split())), WIDTH)
    sure = chance(link.probability) or "added"
    return f"{link.target} {link.label} ({sure}, {link.standing})\n{words}\n  {visible(link.citation)}"


def _cells(link: Link) -> tuple[str, str, str, str, str]:
    """Cells of a link: what for, who, how sure, the words, where they stand."""
    who = show.foreign(link.who) if link.who else show.small("not named")
    sure = escape(chance(link.probability))
    return (
        f"{escape(link.target)}<br>{show.small(link.label)}",
        f"{who}<br>{show.small(link.treatment or '')}",
        f"{sure}<br>{show.small(link.standing)}",
        show.quoted(link.pieces),
        show.foreign(link.citation),
    )


LINK_HEADINGS = ("evidence for", "who, and planned or done", "how sure", "in whose words", "where")


def links_html(links: Sequence[Link], title: str) -> str:
    """A table of links, the first `SHOWN`."""
    more = show.small(f"{len(links) - SHOWN:,} more in .frame") if len(links) > SHOWN else ""
    return show.table(LINK_HEADINGS, map(_cells, links[:SHOWN]), title) + more


def links_text(links: Sequence[Link], title: str, most: int = 10) -> str:
    """The first links for a terminal."""
    more = [f"... {len(links) - most:,} more in .frame"] if len(links) > most else []
    return "\n\n".join([visible(title), *map(link_text, links[:most]), *more])


def passage_html(passage: Passage) -> str:
    """A passage with every quote in it marked, and its links."""
    rows = [(escape(link.target), escape(link.label), escape(chance(link.probability)), escape(link.standing))
            for link in passage.links]  # fmt: skip
    heading = f"{show.foreign(passage.citation)}<br>{show.marked(passage.text, passage.spans)}"
    return show.table(("target", "title", "probability", "standing"), rows, heading)


def report_html(report: Report) -> str:
    """A report: its facts, how its targets stand, and its surest evidence."""
    facts = [(escape(name), show.foreign(value)) for name, value in report.facts]
    more = show.small(f"{len(report.links) - FEW:,} more in .links") if len(report.links) > FEW else ""
    return show.table(("report", ""), facts) + links_html(report.links[:FEW], "<b>The surest evidence</b>") + more


def report_text(report: Report) -> str:
    """The facts of a report for a terminal."""
    return "\n".join(["<Report>", *(f"  {name:<12} {visible(value)}" for name, value in report.facts)])
