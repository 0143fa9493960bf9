"""A desk made again from its journal and its files, when its database is lost or damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select

from nlp.errors import UsageError
from nlp.jsonl import read_rows
from nlp.review import inbox, log
from nlp.review.journal import JOURNAL, Journal
from nlp.review.lines import Row, decision_of
from nlp.review.records import FINAL, FIRST, Decision
from nlp.review.vault import DATABASE, FILES, Vault
from nlp.store.lock import locked
from nlp.store.tables import readings

SOURCE = "decisions.jsonl.restoring"  # the journal while the database is made from it


@dataclass(frozen=True, slots=True)
class Restored:
    """What was made again: reports, of which `lost` have no file here, and decisions; `aside`: the old database."""

    reports: int
    lost: int
    decisions: int
    aside: Path | None


def restore(folder: Path) -> Restored:
    """Make the database of a desk again from decisions.jsonl and files/; the old one is set aside, never deleted.

    Reports wait to be mapped again; decisions keep their numbers and are shown with them. Those without a file are
    "failed" until the folder that they came from is brought in again.

    Raises:
        UsageError: if there is no journal. StoreError: if a process holds the desk, or the journal is damaged.
    """
    source = folder / SOURCE
    with locked(folder, "another process holds this desk", "End it first"):
        if not source.is_file() and not (folder / JOURNAL).is_file():
            raise UsageError(folder, f"has no {JOURNAL}", "Put back a copy of the database")
        if not source.is_file():
            Journal.mend(folder / JOURNAL)
            (folder / JOURNAL).replace(source)
        (folder / JOURNAL).unlink(missing_ok=True)  # of a restoring that was killed
        aside = _set_aside(folder / DATABASE)
    vault = Vault.open(folder)
    try:
        lost = _reports(vault)
        with vault.deciding() as writer:
            count = log.copy(writer, _decisions(source), keep_numbers=True)
        _readings(vault)
        with vault.reading() as reader:
            total = len(inbox.rows(reader))
    finally:
        vault.close()
    source.replace(folder / f"{JOURNAL}.before-{_stamp()}")
    return Restored(total, lost, count, aside)


def _decisions(path: Path) -> Iterator[Decision]:
    return (decision_of(row) for row in read_rows(path))


def _reports(vault: Vault) -> int:
    """Put every report that was received on the desk again; return of how many the file is not here."""
    lost = 0
    for path in sorted((vault.folder / FILES).glob("*.json")):
        about: Row = json.loads(path.read_text("utf-8"))
        inbox.add(vault, path.stem, about)
        if not path.with_suffix("").is_file():
            lost += 1
            inbox.fail(vault, path.stem, "io_error", "Its file is not on this desk. Run: evmap desk import OUT")
    return lost


def _readings(vault: Vault) -> None:
    """Begin the readings again in which somebody decided; when they were closed is not known any more."""
    with vault.deciding() as writer:
        seen: dict[tuple[str, int], Row] = {}
        for one in log.all_of(writer):
            own = {"document_id": one.document_id, "reading": one.reading, "who": one.who, "opened": one.at}
            if FIRST <= one.reading <= FINAL:
                seen.setdefault((one.document_id, one.reading), own)
        known = {tuple(row) for row in writer.execute(select(readings.c.document_id, readings.c.reading))}
        if fresh := [row for key, row in seen.items() if key not in known]:
            writer.execute(insert(readings), fresh)


def _set_aside(path: Path) -> Path | None:
    aside = path.with_name(f"{path.name}.damaged-{_stamp()}") if path.exists() else None
    for end in ("-wal", "-shm", ""):
        part = path.with_name(path.name + end)
        if aside and part.exists():
            part.replace(aside.with_name(aside.name + end))
        part.unlink(missing_ok=True)
    return aside


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
