"""The desk: reports that came in, what is suggested and decided in them, and what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from nlp.errors import EvmapError
from nlp.program import Program, load_program
from nlp.review import deciding, inbox, log, readings
from nlp.review.alike import Index, Place
from nlp.review.bringing import bring_in
from nlp.review.codebook import note_program, own_program
from nlp.review.intake import Intake
from nlp.review.lines import Change, Row
from nlp.review.passed import marks
from nlp.review.readings import Opened
from nlp.review.records import Ask, Decided, Decision, Item, Rank, Reader, Report
from nlp.review.sheet import Sheet
from nlp.review.spreading import Spreader
from nlp.review.standing import Held, Pair, differing, held_items, in_order, settled, settled_items, standing
from nlp.review.tally import Tallies, Tally
from nlp.review.unread import silent
from nlp.review.vault import Vault


@dataclass(frozen=True, slots=True)
class Contents:
    """A report as one reader sees it.

    Attributes:
        text: canonical text. passages: rows of passages.jsonl in reading order without ``probabilities``; shared, so
            not to be changed. items: by passage, objectives before activities. passed: marks of passages that were
            read whole and hold nothing (`review.passed`), by position.
    """

    report: Report
    text: str
    passages: list[Row]
    items: list[Item]
    passed: list[Item]


class Desk(Intake):
    """Reports, items and decisions of a desk, for several threads at once; a ``with`` block closes it.

    What a call that writes returns stands on the disk. On SQLite one process holds the desk; on PostgreSQL several may.
    Errors: UsageError for a report or item that is not there, or what cannot be asked; Conflict where somebody else
    decided first; StoreError where the database fails.
    """

    def __init__(self, vault: Vault, program: Program | None = None) -> None:
        super().__init__(vault)
        self.program = program or load_program()
        self._tallies = Tallies(self.program)
        self._spreader = Spreader(self.sheets, Index(), self.program)

    @classmethod
    def open(cls, folder: Path, store: str = "", program: Program | None = None) -> Desk:
        """Open a desk, made if missing.

        Args:
            folder: DESK. store: URL of a PostgreSQL database; "" keeps it in DESK/desk.sqlite.
            program: the codebook; by default the one that the desk was made with, and for a new desk the one in use.

        Raises:
            StoreError, UsageError, MissingExtra: as `Vault.open`. CodebookError: if the codebook is damaged.
            UsageError: also if the desk was made with another programme.
        """
        vault = Vault.open(folder, store)
        try:
            desk = cls(vault, own_program(folder, program))
            note_program(folder, desk.program)
        except EvmapError:
            vault.close()
            raise
        if not desk.vault.shared:
            inbox.release_all(desk.vault)
        return desk

    @classmethod
    def look(cls, folder: Path, store: str = "", program: Program | None = None) -> Desk:
        """Open a desk to read only, also while another process holds it.

        Raises:
            StoreError: if there is none. UsageError, MissingExtra, CodebookError: as `open`.
        """
        return cls(Vault.look(folder, store), own_program(folder, program))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the desk."""
        self.vault.close()

    def bring_in(self, out: Path, who: str = "intake") -> list[Report]:
        """Put the reports of a finished `evmap map`, or of another desk's export with its decisions, on this desk.

        Raises:
            UsageError: if `out` is no finished run.
        """
        return [self.report(document_id) for document_id in bring_in(self, out, who).reports]

    def sheet(self, document_id: str) -> Sheet:
        """The report as the machine left it."""
        with self.vault.reading() as reader:
            return self.sheets.load(reader, document_id)

    def contents(self, document_id: str, reader: Reader) -> Contents:
        """The report as a reader sees it: suggestions, and over them what was decided in her reading."""
        with self.vault.reading() as connection:
            sheet = self.sheets.load(connection, document_id)
            found = standing(sheet, held_items(connection, document_id, sheet.known), reader.reading)
            report = self._report(connection, document_id)
        items = in_order(found.values(), sheet, self.program)
        return Contents(report, sheet.text, list(sheet.passages), items, marks(found.values()))

    def silent(self, document_id: str) -> dict[str, float]:
        """For each passage but headings, how many links are expected there beyond those suggested."""
        with self.vault.reading() as reader:
            return silent(reader, self.sheets.load(reader, document_id))

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
        if spread:
            self.learn()
        with self.vault.deciding() as writer:
            sheet = self.sheets.load(writer, document_id)
            batch, by, written = deciding.decide(writer, sheet, asks, reader, self.program)
            more = self._spreader.spread(writer, batch, by) if spread else []
        also = (*batch.also(), *(one.item_id for one in more))
        return Decided(tuple(one.item for one in (*written, *more)), (*written, *more), also)

    def undo(self, reader: Reader, batch: str | None = None) -> Decided:
        """Take back her last batch, or a named one, as new rows of the log; again: the one before it.

        Raises:
            Conflict: if somebody went on from there. UsageError: if there is nothing to take back, or it is not hers.
        """
        with self.vault.deciding() as writer:
            return deciding.undo(writer, self.sheets, reader, batch, self.program)

    def duplicates(self, document_id: str, passage_id: str) -> list[Place]:
        """Passages of all reports that say the same as this one, without it; see `nlp.review.alike`."""
        self.learn()
        return self._spreader.like(self.sheet(document_id), passage_id)

    def learn(self) -> None:
        """Take the passages of new reports into the index of duplicates; some 0.1 ms a passage, once."""
        with self.vault.reading() as reader:
            self._spreader.learn(reader)

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

    def read_blind_by(self, name: str) -> frozenset[str]:
        """Ids of the reports that a person reads blind at the moment."""
        with self.vault.reading() as reader:
            return readings.read_blind_by(reader, name)

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
            return in_order(settled(sheet, held_items(reader, document_id, sheet.known)).values(), sheet, self.program)

    def passed(self, document_id: str) -> list[Item]:
        """Marks of passages that were read whole and hold nothing, as they count."""
        with self.vault.reading() as reader:
            return marks(settled_items(held_items(reader, document_id)).values())

    def coverage(self, blind: Collection[str] = ()) -> list[Row]:
        """Rows like those of coverage.csv: report x target, ``state`` "confirmed" where an item holds.

        Args:
            blind: ids of reports of which only the second reading is to be seen, by whoever reads them blind.
        """
        return [row for tally in self._tally(blind) for row in tally.coverage]

    def mapping(self, blind: Collection[str] = ()) -> list[Row]:
        """Rows like those of mapping.csv: report x implementer x target with evidence, ``lane`` may be "confirmed"."""
        return [row for tally in self._tally(blind) for row in tally.mapping]

    def record(self, document_id: str, changes: Sequence[Change], reader: Reader, batch: str = "") -> Decided:
        """Write changes as they are, without the rules of asking: what attaching and migrating find.

        Args:
            changes: each item with the version that counts up from `before`. batch: id to share, "" for a new one.

        Raises:
            Conflict: if an item is no longer as `before` says; nothing is written.
        """
        with self.vault.deciding() as writer:
            by = log.stamp(reader, self.sheets.load(writer, document_id).text_sha256, batch)
            written = log.write(writer, changes, by)
        return Decided(tuple(one.item for one in written), tuple(written))

    def held(self, document_id: str) -> Held:
        """What was decided on a report, by reading and item, also what was added and taken back."""
        with self.vault.reading() as reader:
            return held_items(reader, document_id)

    def _tally(self, blind: Collection[str] = ()) -> Iterator[Tally]:
        with self.vault.reading() as reader:
            for report in self.reports_at(reader):
                stand = self._counts[report.document_id][0]
                yield self._tallies.of(reader, report, stand, self.sheets, report.document_id in blind)
