"""The intake of a desk: reports that come in, wait, are mapped, and are listed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from nlp.errors import UsageError
from nlp.review import inbox
from nlp.review.reattach import reattach
from nlp.review.records import Report
from nlp.review.sheet import Sheets
from nlp.review.standing import counted
from nlp.review.vault import FILES, Vault
from nlp.store.rows import Finished
from nlp.store.tables import decisions

_NEWEST = select(decisions.c.document_id, func.max(decisions.c.decision_id)).group_by(decisions.c.document_id)


class Intake:
    """Reports of a desk; see `nlp.review.desk.Desk`."""

    def __init__(self, vault: Vault) -> None:
        self.vault, self.sheets = vault, Sheets()
        self._counts: dict[str, tuple[object, Mapping[str, int]]] = {}

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
            return self.reports_at(reader)

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

        What was decided before is found again in the new text (`reattach`). A `finished` without a row is a failure.
        """
        inbox.show(self.vault, document_id, finished, key)
        self.sheets.forget(document_id)
        if finished.row is not None:
            reattach(self.vault, self.sheets, document_id)
        return self.report(document_id)

    def failed(self, document_id: str, status: str, reason: str) -> Report:
        """Say why a report could not be read, as in the ledger."""
        inbox.fail(self.vault, document_id, status, reason)
        return self.report(document_id)

    def again(self, document_id: str) -> Report:
        """Let a report wait to be mapped again."""
        inbox.again(self.vault, document_id)
        return self.report(document_id)

    def reports_at(self, reader: Connection) -> list[Report]:
        """All reports as one connection sees them."""
        newest = {row[0]: row[1] for row in reader.execute(_NEWEST)}
        return [inbox.report_of(row, self._count(reader, row, newest)) for row in inbox.rows(reader)]

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
