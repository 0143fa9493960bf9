"""A report as the machine left it: text, passages and suggestions. It does not change, so a few are kept in memory."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from nlp.errors import UsageError
from nlp.review.lines import Row, suggestion
from nlp.review.records import Item
from nlp.store.tables import documents, links, passages, reports, texts
from nlp.writers.walk import lean_passage

SHOWN = (
    select(reports.c.state, reports.c.key, documents.c.document, documents.c.row)
    .outerjoin(documents, and_(documents.c.document_id == reports.c.document_id, documents.c.key == reports.c.key))
    .where(reports.c.document_id == bindparam("report"))
)
KEPT = 8  # reports; one of 200 pages takes some ten megabytes


@dataclass(frozen=True)
class Sheet:
    """What there is to decide on in a report.

    Attributes:
        key: of the mapping that made it; number: of that mapping in the database.
        text: canonical text. row: its row of documents.jsonl.
        passages: rows of passages.jsonl in reading order, without ``probabilities``.
        suggestions: the machine's links as untouched items, by id, in their order. links: their rows, by id.
        known: items that were decided on, by the number of the decision, as far as they were needed.
    """

    document_id: str
    key: str
    number: int
    row: Row
    text: str
    passages: tuple[Row, ...]
    suggestions: Mapping[str, Item]
    links: Mapping[str, Row]
    known: dict[int, Item] = field(default_factory=dict)

    @cached_property
    def text_sha256(self) -> str:
        """Digest (hex) of the text that all offsets refer to."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Number of each passage, from 0, by its id."""
        return {row["passage_id"]: number for number, row in enumerate(self.passages)}

    def over(self, start: int, end: int) -> tuple[Row, ...]:
        """Passages that a span touches, in reading order."""
        first = max(0, bisect_right(self._starts, start) - 1)
        rows = self.passages[first : bisect_right(self._starts, end - 1)]
        return tuple(row for row in rows if row["start"] < end and start < row["end"])

    def home(self, item: Item) -> str:
        """Id of the passage that an item counts with: its own, or the first of several; "" where it is in none."""
        if item.passage_id in self.places:
            return str(item.passage_id)
        touched = self.over(item.start, item.end) if item.place != "orphaned" else ()
        return touched[0]["passage_id"] if touched else ""

    def weights(self, reader: Connection, passage_id: str) -> Mapping[str, float]:
        """Probabilities of all targets for a passage, {} where it is not known."""
        if passage_id not in self.places:
            return {}
        own = (passages.c.document == self.number) & (passages.c.number == self.places[passage_id])
        row = json.loads(reader.scalar(select(passages.c.row).where(own)) or "{}")
        weights: Mapping[str, float] = row.get("probabilities", {})
        return weights

    @cached_property
    def _starts(self) -> list[int]:
        return [row["start"] for row in self.passages]


class Sheets:
    """Loads reports; keeps those used last, also for several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Sheet] = OrderedDict()
        self._lock = Lock()

    def load(self, reader: Connection, document_id: str) -> Sheet:
        """Return a report that was mapped.

        Raises:
            UsageError: if there is none, or it is not mapped yet.
        """
        row = _shown(reader, document_id)
        with self._lock:
            if kept := self._kept.get((document_id, row.document)):
                self._kept.move_to_end((document_id, row.document))
                return kept
        sheet = _load(reader, document_id, row)
        with self._lock:
            self._kept[document_id, row.document] = sheet
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return sheet

    def forget(self, document_id: str) -> None:
        """Load a report anew the next time."""
        with self._lock:
            for known in [known for known in self._kept if known[0] == document_id]:
                del self._kept[known]


def _shown(reader: Connection, document_id: str) -> Any:
    """Number, key and row of the mapping that is shown."""
    found = reader.execute(SHOWN, {"report": document_id}).first()
    if found is None:
        raise UsageError(document_id, "no such report on this desk", "See the list of reports")
    if found.state == "failed":
        raise UsageError(document_id, "this report could not be read", "See its reason in the list of reports")
    if found.key is None:
        raise UsageError(document_id, "this report is not mapped yet", "Wait until its state is ready")
    if found.document is None:
        raise UsageError(document_id, "its mapping is missing", "Map it again, or: evmap desk check DESK")
    return found


def _load(reader: Connection, document_id: str, shown: Any) -> Sheet:
    number = shown.document
    text = reader.scalar(select(texts.c.text).where(texts.c.document == number)) or ""
    parts = select(passages.c.row).where(passages.c.document == number).order_by(passages.c.number)
    rows = tuple(lean_passage(row) for (row,) in reader.execute(parts))
    found = select(links.c.row).where(links.c.document == number).order_by(links.c.number)
    linked = {row["link_id"]: row for row in (json.loads(row) for (row,) in reader.execute(found))}
    by_id = {row["passage_id"]: row for row in rows}
    suggested = {name: suggestion(row, by_id[row["passage_id"]]) for name, row in linked.items()}
    return Sheet(document_id, shown.key, number, json.loads(shown.row or "{}"), text, rows, suggested, linked)
