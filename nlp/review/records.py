"""What officers decide on: reports, items and decisions. Frozen records; rows of them are plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nlp.records import Treatment

State = Literal["suggested", "confirmed", "rejected", "corrected", "unsure", "postponed"]
Action = Literal[
    "confirm", "reject", "correct", "add", "unsure", "postpone", "reopen", "nothing", "undo", "attach", "migrate"
]  # fmt: skip
Place = Literal["exact", "moved", "orphaned"]
Rank = Literal["reader", "officer", "adjudicator"]
ReportState = Literal["waiting", "mapping", "ready", "failed"]

HOLDS: frozenset[State] = frozenset(("confirmed", "corrected"))
"""States in which an item is evidence."""
OPEN: frozenset[State] = frozenset(("suggested", "unsure", "postponed"))
"""States in which somebody still has to decide."""
NOTHING = "any:0"
"""Target of a mark that a passage was read whole and nothing is in it: the claim that any label fits, rejected."""
FIRST, SECOND, FINAL = 1, 2, 3
"""Readings: the first officer's, the blind second's, and what an adjudicator settled where they differ."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who decides.

    Attributes:
        name: a code, never a person's name. rank: what she may do: look; decide; also settle what two differ in.
        reading: which reading of a report her decisions belong to (FIRST, SECOND or FINAL).
    """

    name: str
    rank: Rank = "officer"
    reading: int = FIRST


@dataclass(frozen=True, slots=True)
class Report:
    """A report on the desk.

    Attributes:
        document_id: sha256 (hex) of its bytes. name: file name as it came. bytes: size.
        received: ISO 8601 in UTC; received_by: code of who sent it.
        state: "waiting" and "mapping" until its tags are there, then "ready", or "failed" where it could not be read.
        status, reason: as in the ledger; None until it was read.
        key: digest of what made the mapping that is shown (code, encoder, model, codebook, settings).
        double: whether it is to be read twice, the second time blind.
        row: its row of documents.jsonl, {} until it was read.
        counts: number of items by state, of the settled view; "suggested" counts both lanes.
    """

    document_id: str
    name: str
    bytes: int
    received: str
    received_by: str
    state: ReportState
    status: str | None
    reason: str | None
    key: str | None
    double: bool
    row: Mapping[str, Any]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One claim that is decided on: this quote is evidence for this target. Also a suggestion nobody touched yet.

    Attributes:
        item_id: 16 hex digits: the link's id where the machine suggested it, else of document, span and target.
        reading: whose it is. version: 0 for an untouched suggestion, then one more with every decision.
        passage_id: passage that holds the quote, None where the officer's selection spans several.
        start, end: offsets into the canonical text; quote is that slice, prefix and suffix up to 32 characters around.
        lane: "suggested" or "review"; None where the machine was silent. probability: calibrated, in [0, 1], or None.
        place: how surely it stands where it was decided: "exact"; "moved" to where the same quote stands now;
            "orphaned" where it was not found again (then offsets are those of the old text).
        who, at, reason, decision_id: of the last decision, None for an untouched suggestion.
        why: sentences, terms and examples, as in links.jsonl; {} where a person added it.
        model, program: digests that made the suggestion.
    """

    item_id: str
    document_id: str
    reading: int
    version: int
    state: State
    target: str
    passage_id: str | None
    start: int
    end: int
    quote: str
    prefix: str
    suffix: str
    page: int | None
    lane: str | None
    probability: float | None
    treatment: Treatment | None
    implementer: str | None
    place: Place = "exact"
    reason: str = ""
    who: str | None = None
    at: str | None = None
    decision_id: int | None = None
    why: Mapping[str, Any] | None = None
    model: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What an officer wants done with one item.

    Attributes:
        item_id: the item; "" to add one (action "add": then target, start and end are needed).
        action: see `Action`. version: the version of the item that she saw.
        target, start, end, treatment, implementer: what it is to become; None keeps what it is ("" for none).
            Action "nothing" takes `start` and `end` of a passage and leaves a mark on it (`NOTHING`).
        reason: why, in her words.
    """

    item_id: str
    action: Action
    version: int = 0
    target: str | None = None
    start: int | None = None
    end: int | None = None
    treatment: str | None = None
    implementer: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the log; never changed, never deleted.

    Attributes:
        decision_id: counts up. version: of the item after it. batch: id shared by what was decided together.
        who, rank, at: code, rank and time (ISO 8601 in UTC, milliseconds). action: what was asked.
        item: the item as it stood after it. before: as it stood before, None where it did not exist.
        undoes: the decision that it takes back, None otherwise.
        text_sha256: digest of the canonical text that the offsets refer to.
    """

    decision_id: int
    document_id: str
    item_id: str
    reading: int
    version: int
    who: str
    rank: Rank
    at: str
    action: Action
    batch: str
    item: Item
    before: Item | None
    undoes: int | None
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of asking: the items that changed, as they now stand, and the rows of the log.

    `also`: ids of items that were not asked for but had to follow (an activity's objective, a near-duplicate).
    """

    items: tuple[Item, ...]
    decisions: tuple[Decision, ...]
    also: tuple[str, ...] = ()
