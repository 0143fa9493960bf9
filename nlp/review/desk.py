"""The desk: reports that came in, what is suggested and decided in them, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, func, select

from nlp.errors import UsageError
from nlp.program import Program, load_program
from nlp.review import deciding, inbox, log, readings
from nlp.review.readings import Opened
from nlp.review.records import Ask, Decided, Decision, Item, Rank, Reader, Report
from nlp.review.sheet import Sheet, Sheets
from nlp.review.standing import Pair, counted, differing, held_items, in_order, settled, standing
from nlp.review.vault import FILES, Vault
from nlp.store.rows import Finished
from nlp.store.tables import decisions

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contents:
    """A report as one reader sees it.

    Attributes:
        text: canonical text. passages: rows of passages.jsonl in reading order without ``probabilities``; shared, so
            not to be changed. items: by passage, objectives before activities.
    """

    report: Report
    text: str
    passages: list[Row]
    items: list[Item]


class Desk:
    """Reports, items and decisions of a desk, for several threads at once; a ``with`` block closes it.

    What a call that writes returns stands on the disk. On SQLite one process holds the desk; on PostgreSQL several may.
    Errors: UsageError for a report or item that is not there, or what cannot be asked; Conflict where somebody else
    decided first; StoreError where the database fails.
    """

    def __init__(self, vault: Vault, program: Program | None = None) -> None:
        self.vault, self.program = vault, program or load_program()
        self.sheets = Sheets()
        self._counts: dict[str, tuple[object, Mapping[str, int]]] = {}

    @classmethod
    def open(cls, folder: Path, store: str = "", program: Program | None = None) -> Desk:
        """Open a desk, made if missing.

        Args:
            folder: DESK. store: URL of a PostgreSQL database; "" keeps it in DESK/desk.sqlite.
            program: the codebook, by default the shipped one.

        Raises:
            StoreError, UsageError, MissingExtra: as `Vault.open`. CodebookError: if the codebook is damaged.
        """
        desk = cls(Vault.open(folder, store), program)
        if not desk.vault.shared:
            inbox.release_all(desk.vault)
        return desk

    @classmethod
    def look(cls, folder: Path, store: str = "", program: Program | None = None) -> Desk:
        """Open a desk to read only, also while another process holds it.

        Raises:
            StoreError: if there is none. UsageError, MissingExtra, CodebookError: as `open`.
        """
        return cls(Vault.look(folder, store), program)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the desk."""
        self.vault.close()

    def receive(self, name: str, data: bytes, who: str, double: bool = False) -> Report:
        """Keep a report that came and let it wait to be mapped; the same bytes again are the report that is there.

        Args:
            name: file name as it came. who: code of who sent it. double: whether it is to be read twice.
        """
        about = inbox.arrival(name, len(data), who, double)
        document_id = inbox.keep_file(self.vault.folder, data, about)
        inbox.add(self.vault, document_id, about)
        return self.report(document_id)

    def file(self, document_id: str) -> Path:
        """Where a report lies as it came.

        Raises:
            UsageError: if it came as a finished mapping, without its file.
        """
        path = self.vault.folder / FILES / self.report(document_id).document_id
        if not path.is_file():
            raise UsageError(document_id, "the report itself is not on this desk", "Upload the same file")
        return path

    def reports(self) -> list[Report]:
        """All reports, in the order in which they came."""
        with self.vault.reading() as reader:
            newest = {row[0]: row[1] for row in reader.execute(_NEWEST)}
            return [inbox.report_of(row, self._count(reader, row, newest)) for row in inbox.rows(reader)]

    def report(self, document_id: str) -> Report:
        """One report.

        Raises:
            UsageError: if it is not there.
        """
        with self.vault.reading() as reader:
            return self._report(reader, document_id)

    def next_waiting(self) -> Report | None:
        """Claim the report that has waited longest, to map it; None if none waits. One of several processes gets it."""
        document_id = inbox.claim_next(self.vault)
        return self.report(document_id) if document_id else None

    def mapped(self, document_id: str, finished: Finished, key: str) -> Report:
        """Store what a report became under the key of the run, and show it from now on; decisions stay.

        A `finished` without a row is a failure.
        """
        inbox.show(self.vault, document_id, finished, key)
        self.sheets.forget(document_id)
        return self.report(document_id)

    def failed(self, document_id: str, status: str, reason: str) -> Report:
        """Say why a report could not be read, as in the ledger."""
        inbox.fail(self.vault, document_id, status, reason)
        return self.report(document_id)

    def again(self, document_id: str) -> Report:
        """Let a report wait to be mapped again."""
        inbox.again(self.vault, document_id)
        return self.report(document_id)

    def sheet(self, document_id: str) -> Sheet:
        """The report as the machine left it."""
        with self.vault.reading() as reader:
            return self.sheets.load(reader, document_id)

    def contents(self, document_id: str, reader: Reader) -> Contents:
        """The report as a reader sees it: suggestions, and over them what was decided in her reading."""
        with self.vault.reading() as connection:
            sheet = self.sheets.load(connection, document_id)
            found = standing(sheet, held_items(connection, document_id), reader.reading)
            report = self._report(connection, document_id)
        return Contents(report, sheet.text, list(sheet.passages), in_order(found.values(), sheet, self.program))

    def decide(self, document_id: str, asks: Sequence[Ask], reader: Reader, spread: bool = False) -> Decided:
        """Do all that is asked, or nothing.

        An activity that is confirmed takes its best objective along, where none of its own holds in the passage; the
        last objective that is rejected takes its activities along. Both are named in `also`. Several are confirmed at
        once only in the lane "suggested".

        Args:
            spread: decide the same for near-duplicate passages of all reports, where nobody has decided yet.

        Raises:
            Conflict: if an item is no longer as she saw it; `yours` are the asks, `theirs` the items as they stand.
            UsageError: if it cannot be done at all.
        """
        with self.vault.deciding() as writer:
            sheet = self.sheets.load(writer, document_id)
            batch, _, written = deciding.decide(writer, sheet, asks, reader, self.program)
        return Decided(tuple(one.item for one in written), tuple(written), batch.also())

    def undo(self, reader: Reader, batch: str | None = None) -> Decided:
        """Take back her last batch, or a named one, as new rows of the log; again: the one before it.

        Raises:
            Conflict: if somebody went on from there. UsageError: if there is nothing to take back, or it is not hers.
        """
        with self.vault.deciding() as writer:
            return deciding.undo(writer, self.sheets, reader, batch, self.program)

    def log(
        self, after: int = 0, document_id: str | None = None, limit: int = 1000, reading: int | None = None
    ) -> list[Decision]:
        """Decisions numbered above `after` in their order, of all reports and readings or of one."""
        with self.vault.reading() as reader:
            return log.read(reader, after, document_id, limit, reading)

    def reader(self, document_id: str, name: str, rank: Rank = "officer") -> Reader:
        """A person as the reader she is of a report: its blind second one, an adjudicator who settles, or the first."""
        with self.vault.reading() as reader:
            return readings.reader_of(reader, document_id, name, rank)

    def readings(self, document_id: str) -> list[Opened]:
        """Readings of a report that were begun."""
        with self.vault.reading() as reader:
            return readings.of_report(reader, document_id)

    def open_second(self, document_id: str, reader: Reader) -> None:
        """Begin the blind second reading of a report.

        Raises:
            UsageError: if she decided in the first one, or somebody else reads it.
        """
        self.report(document_id)
        with self.vault.deciding() as writer:
            readings.open_second(writer, document_id, reader)

    def close_reading(self, document_id: str, reader: Reader) -> None:
        """Close her reading of a report: nothing more is decided in it until it is opened again."""
        self.report(document_id)
        with self.vault.deciding() as writer:
            readings.close(writer, document_id, reader)

    def reopen_reading(self, document_id: str, reader: Reader) -> None:
        """Open her reading of a report again, unless an adjudicator has begun to settle it."""
        with self.vault.deciding() as writer:
            readings.reopen(writer, document_id, reader)

    def disagreements(self, document_id: str) -> list[Pair]:
        """Pairs of (first, second) in which the two readings differ and that nobody settled; [] before the second."""
        with self.vault.reading() as reader:
            if not any(one.reading == 2 for one in readings.of_report(reader, document_id)):
                return []
            return differing(held_items(reader, document_id))

    def settled(self, document_id: str) -> list[Item]:
        """Items as they count: as an adjudicator settled them, else as both or the first reading have them."""
        with self.vault.reading() as reader:
            sheet = self.sheets.load(reader, document_id)
            return in_order(settled(sheet, held_items(reader, document_id)).values(), sheet, self.program)

    def _report(self, reader: Connection, document_id: str) -> Report:
        found = inbox.rows(reader, document_id)
        if not found:
            raise UsageError(document_id, "no such report on this desk", "See the list of reports")
        newest = reader.scalar(select(func.max(decisions.c.decision_id)).where(decisions.c.document_id == document_id))
        return inbox.report_of(found[0], self._count(reader, found[0], {document_id: newest or 0}))

    def _count(self, reader: Connection, row: Any, newest: Mapping[str, int]) -> Mapping[str, int]:
        """Items by state as they count; kept until something is decided or mapped."""
        stand = (row.key, row.state, newest.get(row.document_id, 0))
        kept = self._counts.get(row.document_id)
        if kept and kept[0] == stand:
            return kept[1]
        counts = counted(reader, row.document_id, row.key) if row.key else {}
        self._counts[row.document_id] = stand, counts
        return counts


_NEWEST = select(decisions.c.document_id, func.max(decisions.c.decision_id)).group_by(decisions.c.document_id)
