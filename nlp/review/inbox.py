"""Reports as they come in: kept as they came, waiting to be mapped, then ready or failed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from nlp.errors import UsageError
from nlp.jsonl import line
from nlp.review.lines import now
from nlp.review.records import Report
from nlp.review.vault import FILES, Vault
from nlp.store.rows import TRIED_AGAIN, Finished
from nlp.store.store import insert_document
from nlp.store.tables import documents, reports

UNKNOWN = "See the list of reports"
NAME = 200  # characters of a file name that are kept


def keep_file(folder: Path, data: bytes, about: Mapping[str, Any]) -> str:
    """Keep a report as it came, and beside it what is known of its arrival; return its sha256 (hex)."""
    name = hashlib.sha256(data).hexdigest()
    keep_about(folder, name, about)
    if not (folder / FILES / name).is_file():
        _write(folder / FILES / name, data)
    return name


def keep_about(folder: Path, document_id: str, about: Mapping[str, Any]) -> None:
    """Keep what is known of a report's arrival, unless it is kept already: a lost database is made again from it."""
    path = folder / FILES / f"{document_id}.json"
    if not path.is_file():
        _write(path, line(about).encode())


def known(reader: Connection, document_id: str) -> bool:
    """Whether a report is on the desk."""
    return reader.scalar(select(reports.c.document_id).where(reports.c.document_id == document_id)) is not None


def add(vault: Vault, document_id: str, about: Mapping[str, Any]) -> None:
    """Put a report on the desk, waiting, unless it is there."""
    values = {"document_id": document_id, "state": "waiting", **about}
    with vault.reading() as reader:
        if known(reader, document_id):
            return
    with contextlib.suppress(IntegrityError), vault.writing() as writer:  # another process was quicker
        writer.execute(insert(reports), values)


def arrival(name: str, size: int, who: str, double: bool) -> dict[str, Any]:
    """What is known of a report that has just come."""
    short = "".join(mark if mark.isprintable() else " " for mark in name.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    about = {"name": short[-NAME:] or "unnamed", "bytes": size, "received": now(), "received_by": who}
    return about | {"double": int(double)}


def claim_next(vault: Vault) -> str | None:
    """Claim the report that has waited longest, or that a process which is gone left behind; None if there is none."""
    with vault.writing() as writer:
        states = ("waiting", "mapping") if vault.shared else ("waiting",)
        open_ones = select(reports.c.document_id).where(reports.c.state.in_(states))
        oldest = open_ones.order_by(reports.c.received, reports.c.document_id).with_for_update(skip_locked=True)
        for (document_id,) in writer.execute(oldest).all():
            if vault.claim(document_id):
                _set(writer, document_id, state="mapping")
                return str(document_id)
    return None


def release_all(vault: Vault) -> None:
    """Let what was being mapped when the last process ended wait again; for a desk that one process holds."""
    with vault.writing() as writer:
        writer.execute(update(reports).where(reports.c.state == "mapping").values(state="waiting"))


def show(vault: Vault, document_id: str, finished: Finished, key: str) -> None:
    """Store what a report became, and show it from now on.

    Raises:
        UsageError: if it is not on the desk.
    """
    with vault.writing() as writer:
        _must_be(writer, document_id)
        if finished.row is None:
            _fail(writer, document_id, finished.status, finished.reason or "")
        else:
            _replace(writer, document_id, key, finished)
            _set(writer, document_id, state="ready", status=finished.status, reason=finished.reason, key=key)
    vault.let_go(document_id)


def fail(vault: Vault, document_id: str, status: str, reason: str) -> None:
    """Say that a report could not be read; one that was ready before stays so.

    Raises:
        UsageError: if it is not on the desk.
    """
    with vault.writing() as writer:
        _must_be(writer, document_id)
        _fail(writer, document_id, status, reason)
    vault.let_go(document_id)


def again(vault: Vault, document_id: str) -> None:
    """Let a report wait to be mapped again; what was decided on it stays.

    Raises:
        UsageError: if it is not on the desk.
    """
    with vault.writing() as writer:
        _must_be(writer, document_id)
        _set(writer, document_id, state="waiting")


def rows(reader: Connection, document_id: str | None = None) -> list[Row[*tuple[Any, ...]]]:
    """Rows of reports with the row of their document, in the order in which they came."""
    shown = and_(documents.c.document_id == reports.c.document_id, documents.c.key == reports.c.key)
    found = select(reports, documents.c.row, documents.c.links).select_from(reports.outerjoin(documents, shown))
    if document_id is not None:
        found = found.where(reports.c.document_id == document_id)
    return list(reader.execute(found.order_by(reports.c.received, reports.c.document_id)).all())


def report_of(row: Row[*tuple[Any, ...]], counts: Mapping[str, int]) -> Report:
    """The report of a row."""
    own = ("document_id", "name", "bytes", "received", "received_by", "state", "status", "reason", "key")
    values = {name: getattr(row, name) for name in own}
    return Report(**values, double=bool(row.double), row=json.loads(row.row) if row.row else {}, counts=counts)


def _must_be(reader: Connection, document_id: str) -> None:
    if not known(reader, document_id):
        raise UsageError(document_id, "no such report on this desk", UNKNOWN)


def _set(writer: Connection, document_id: str, **values: Any) -> None:
    writer.execute(update(reports).where(reports.c.document_id == document_id).values(values))


def _fail(writer: Connection, document_id: str, status: str, reason: str) -> None:
    key = writer.scalar(select(reports.c.key).where(reports.c.document_id == document_id))
    if key:
        _set(writer, document_id, state="ready", reason=f"mapped again in vain ({status}): {reason}")
    else:
        _set(writer, document_id, state="failed", status=status, reason=reason)


def _replace(writer: Connection, document_id: str, key: str, finished: Finished) -> None:
    """Store a document unless it stands there under the same key, whole."""
    own = and_(documents.c.document_id == document_id, documents.c.key == key)
    standing = writer.execute(select(documents.c.status, documents.c.row).where(own)).first()
    if standing and standing.row and standing.status not in TRIED_AGAIN:
        return
    writer.execute(delete(documents).where(own))
    insert_document(writer, document_id, key, finished)


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, also through a power cut."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    except OSError as error:
        raise UsageError(path, f"cannot be written: {error.strerror}", "Make room, then send it again") from error
