"""What is open across all reports, in the order in which it is to be decided; read anew only where it changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from nlp.desk.blind import hidden_from, reader_for
from nlp.desk.users import User
from nlp.review.desk import Desk
from nlp.review.queue import Group, Order, order, worklist
from nlp.review.records import HOLDS, OPEN, Item, Report
from nlp.review.unread import unread

AT_ONCE = 10_000  # rows of the log
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Whole:
    """A passage to read whole.

    Attributes:
        item_id: "", for it is no item. quote: its words. expected: how many links are expected beyond those suggested.
        open: how many items are open in it, 0 where nothing is suggested.
    """

    document_id: str
    passage_id: str
    quote: str
    page: int | None
    expected: float
    open: int
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A report in one reading: items to decide on or that differ, those that hold, what differs, what is unread."""

    report: str
    made: str | None
    asked: tuple[Item, ...]
    holds: tuple[Item, ...]
    differ: frozenset[str]
    unread: Mapping[str, float]


class Lines:
    """The queues of all readers; for several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._lock = desk, threading.Lock()
        self._lines: dict[Key, _Line] = {}
        self._silent: dict[str, tuple[str | None, Mapping[str, float]]] = {}
        self._last = 0

    def queue(self, user: User, kind: Order) -> list[Group]:
        """Return groups of open items of all reports for a user, in an order."""
        lines = self._all(user)
        asked = [item for line in lines for item in line.asked]
        return order(
            asked,
            [item for line in lines for item in line.holds],
            kind,
            frozenset().union(*(line.differ for line in lines)),
        )

    def work(self, user: User, reading: float, most: int, document_id: str = "") -> tuple[list[Group | Whole], int]:
        """Return what finds most for its effort next, items and whole passages, and how many tasks there are in all.

        Args:
            reading: decisions that reading a passage whole is worth, above 0. most: tasks that are returned.
            document_id: of one report; "" for all.
        """
        lines = [line for line in self._all(user) if document_id in ("", line.report)]
        homes = {name: line for line in lines for name in line.unread}
        left = {name: line.unread[name] for name, line in homes.items()}
        tasks = worklist([item for line in lines for item in line.asked], left, reading)
        shown = [task if isinstance(task, Group) else self._whole(homes[task], task) for task in tasks[:most]]
        return shown, len(tasks)

    def _whole(self, line: _Line, passage_id: str) -> Whole:
        sheet = self._desk.sheet(line.report)
        row = sheet.passages[sheet.places[passage_id]]
        words = sheet.text[row["start"] : row["end"]]
        still = sum(item.passage_id == passage_id and item.state in OPEN for item in line.asked)
        return Whole(line.report, passage_id, words, row["page"], round(line.unread[passage_id], 3), still)

    def _all(self, user: User) -> list[_Line]:
        with self._lock:
            self._forget()
            blind = hidden_from(self._desk, user)
            return [
                self._line(report, user, report.document_id in blind)
                for report in self._desk.reports() if report.state == "ready"
            ]  # fmt: skip

    def _forget(self) -> None:
        """Drop the lines of reports in which somebody decided."""
        while rows := self._desk.log(self._last, None, AT_ONCE):
            changed = {row.document_id for row in rows}
            self._lines = {key: line for key, line in self._lines.items() if key[0] not in changed}
            self._last = rows[-1].decision_id

    def _line(self, report: Report, user: User, blind: bool) -> _Line:
        document_id = report.document_id
        reader = reader_for(self._desk, document_id, user, None)
        known = self._lines.get((document_id, reader.reading))
        if known and known.made == report.key:
            return known
        contents = self._desk.contents(document_id, reader)
        items = contents.items
        pairs = [] if blind else self._desk.disagreements(document_id)
        differ = frozenset(item.item_id for pair in pairs for item in pair if item)
        line = _Line(
            document_id,
            report.key,
            tuple(item for item in items if item.state in OPEN or item.item_id in differ),
            tuple(item for item in items if item.state in HOLDS),
            differ,
            unread(self._expected(report), (*items, *contents.passed)),
        )
        self._lines[document_id, reader.reading] = line
        return line

    def _expected(self, report: Report) -> Mapping[str, float]:
        """What the machine expects where it is silent; it changes with the mapping alone."""
        made, found = self._silent.get(report.document_id, ("", {}))
        if made != report.key:
            found = self._desk.silent(report.document_id)
            self._silent[report.document_id] = report.key, found
        return found
