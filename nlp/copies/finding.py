"""A finding: this quote of a report is evidence for this target. From a run's links, or from the desk's items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from nlp.display import title_of
from nlp.program import Program
from nlp.review.records import Item

MACHINE = "evmap"
HIDDEN = frozenset(("rejected",))
"""States that no copy shows."""
How = Literal["placed", "near", "lost"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a copy shows at a quote.

    Attributes:
        start, end: offsets of the quote into the canonical text. target: "objective:N" or "activity:N".
        title: of the target, in the language of the notes. state: as of an item; "suggested" for a machine's link.
        lane: "suggested" or "review", None where the machine was silent. probability: in [0, 1] or None.
        treatment, implementer: as in links.jsonl, None where unknown.
        note: why: codebook terms that stand in the passage, or the officer's reason.
        who: code of who decided last, `MACHINE` where nobody did; at: when (ISO 8601 in UTC), "" if unknown.
        page: from 1, None without pages. key: its id.
    """

    start: int
    end: int
    target: str
    title: str
    state: str = "suggested"
    lane: str | None = None
    probability: float | None = None
    treatment: str | None = None
    implementer: str | None = None
    note: str = ""
    who: str = MACHINE
    at: str = ""
    page: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a copy is made of.

    Attributes:
        original: the report as it came. name: its file name. text: the canonical text that the findings' offsets refer
            to. findings: what is shown in it. language: of the notes ("en", "es", "pt" or "fr").
    """

    original: bytes
    name: str
    text: str
    findings: Sequence[Finding]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a finding went in a copy.

    Attributes:
        how: "placed" at its words; "near": at the nearest place that the format allows; "lost": only in the list.
        reason: why it is not "placed", as a key of `nlp.copies.phrases`, "" where it is.
    """

    finding: Finding
    how: How = "placed"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy: its bytes, its usual suffix (".docx"), and where each finding went, in order of their places."""

    data: bytes
    suffix: str
    placed: tuple[Placed, ...] = field(default=())

    def counts(self) -> dict[How, int]:
        """How many findings are at their words, near them, and only in the list."""
        hows = [one.how for one in self.placed]
        return {"placed": hows.count("placed"), "near": hows.count("near"), "lost": hows.count("lost")}


def from_links(rows: Iterable[dict[str, Any]], program: Program, language: str) -> list[Finding]:
    """Return findings from rows of links.jsonl; the `state` that a desk's export adds is taken over."""
    return [
        Finding(
            start=row["start"],
            end=row["end"],
            target=row["target"],
            title=_title(program, row["target"], language),
            state=row.get("state") or "suggested",
            lane=row.get("lane"),
            probability=row.get("probability"),
            treatment=row.get("treatment"),
            implementer=row.get("implementer"),
            note=_terms(row.get("why") or {}),
            who=row.get("who") or MACHINE,
            at=row.get("at") or "",
            page=row.get("page"),
            key=row["link_id"],
        )
        for row in rows
        if row.get("state") not in HIDDEN
    ]


def from_items(items: Sequence[Item], program: Program, language: str) -> list[Finding]:
    """Return findings from a desk's items; rejected ones are left out. Orphaned ones are nowhere in the text."""
    return [
        Finding(
            start=item.start if item.place != "orphaned" else -1,
            end=item.end if item.place != "orphaned" else -1,
            target=item.target,
            title=_title(program, item.target, language),
            state=item.state,
            lane=item.lane,
            probability=item.probability,
            treatment=item.treatment,
            implementer=item.implementer,
            note=item.reason or _terms(dict(item.why or {})),
            who=item.who or MACHINE,
            at=item.at or "",
            page=item.page,
            key=item.item_id,
        )
        for item in items
        if item.state not in HIDDEN
    ]


def _title(program: Program, target: str, language: str) -> str:
    return title_of(program, target, language) if target in program.labels else target


def _terms(why: dict[str, Any]) -> str:
    return ", ".join(why.get("terms") or ())
