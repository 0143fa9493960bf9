"""What is open across all reports, in the order in which it is to be decided; read anew only where it changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from nlp.desk.blind import hidden_from, reader_for
from nlp.desk.users import User
from nlp.review.desk import Desk
from nlp.review.queue import Group, Order, order
from nlp.review.records import HOLDS, OPEN, Item

AT_ONCE = 10_000  # rows of the log
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """Items of a report in one reading: those to decide on or that differ, those that hold, and what differs."""

    made: str | None
    asked: tuple[Item, ...]
    holds: tuple[Item, ...]
    differ: frozenset[str]


class Lines:
    """The queues of all readers; for several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._lock = desk, threading.Lock()
        self._lines: dict[Key, _Line] = {}
        self._last = 0

    def queue(self, user: User, kind: Order) -> list[Group]:
        """Return groups of open items of all reports for a user, in an order."""
        with self._lock:
            self._forget()
            blind = hidden_from(self._desk, user)
            lines = [
                self._line(report.document_id, report.key, user, report.document_id in blind)
                for report in self._desk.reports() if report.state == "ready"
            ]  # fmt: skip
        asked = [item for line in lines for item in line.asked]
        return order(
            asked,
            [item for line in lines for item in line.holds],
            kind,
            frozenset().union(*(line.differ for line in lines)),
        )

    def _forget(self) -> None:
        """Drop the lines of reports in which somebody decided."""
        while rows := self._desk.log(self._last, None, AT_ONCE):
            changed = {row.document_id for row in rows}
            self._lines = {key: line for key, line in self._lines.items() if key[0] not in changed}
            self._last = rows[-1].decision_id

    def _line(self, document_id: str, made: str | None, user: User, blind: bool) -> _Line:
        reader = reader_for(self._desk, document_id, user, None)
        known = self._lines.get((document_id, reader.reading))
        if known and known.made == made:
            return known
        items = self._desk.contents(document_id, reader).items
        pairs = [] if blind else self._desk.disagreements(document_id)
        differ = frozenset(item.item_id for pair in pairs for item in pair if item)
        line = _Line(
            made,
            tuple(item for item in items if item.state in OPEN or item.item_id in differ),
            tuple(item for item in items if item.state in HOLDS),
            differ,
        )
        self._lines[document_id, reader.reading] = line
        return line
