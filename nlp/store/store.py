"""The door of the store for the one who writes: a run begins, inputs come in, it ends."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, and_, bindparam, delete, func, insert, select, update

from nlp.errors import StoreError
from nlp.jsonl import line
from nlp.store.health import Notice
from nlp.store.opening import open_engine
from nlp.store.reader import AT_ONCE, StoreReader
from nlp.store.rows import TRIED_AGAIN, Finished
from nlp.store.tables import documents, inputs, links, passages, reports, runs, texts

WRITERS_LOCK = 0x45564D50  # PostgreSQL's advisory lock: one run writes into a database
LET_GO_SECONDS = 5.0  # until the server has seen that a killed run is gone

# Built once: composing a statement takes longer than running it.
FORGET_INPUT = delete(inputs).where(inputs.c.run_id == bindparam("of_run"), inputs.c.position == bindparam("place"))
ADD_INPUT = insert(inputs)
TELL_TWINS = (
    update(inputs)
    .where(inputs.c.run_id == bindparam("of_run"), inputs.c.document_id == bindparam("held"))
    .values(status=bindparam("new_status"), reason=bindparam("new_reason"))
)
STANDING = select(documents.c.document, documents.c.status, documents.c.reason).where(
    documents.c.document_id == bindparam("held"), documents.c.key == bindparam("under")
)


class Store(StoreReader):
    """Runs, their inputs, and documents with what they hold; one writer, and readers beside it.

    What `add` does stands after `commit`; whatever reads out commits first. A ``with`` block closes without a commit.
    Not for several threads at once.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine, name)
        self._writer = engine.connect()
        self._keys: dict[int, str] = {}

    @classmethod
    def open(cls, target: Path | str, notice: Notice = lambda _: None) -> Store:
        """Open a store for writing: a path or a URL (``postgresql://user@host/database``); hold the folder's lock.

        Tables are made, or brought to this version. A SQLite file that is damaged, or none of ours, is set aside as
        ``*.damaged-<UTC>`` and a fresh one begun.

        Args:
            notice: hears of a file that was set aside.

        Raises:
            StoreError: if it is newer than this evmap, or cannot be opened or written.
            MissingExtra: if psycopg is missing. UsageError: if the folder cannot be made, or the URL is of no use.
        """
        return cls(*open_engine(target, notice))

    def begin(self, key: str, total: int, settings: Mapping[str, Any]) -> int:
        """Start a run and return its id; older runs that still claim to be running are stopped. Commits.

        Args:
            key: digest of all that decides what a document becomes. total: number of inputs.

        Raises:
            StoreError: if another run writes into the same PostgreSQL database.
        """
        self._alone()
        self._writer.execute(update(runs).where(runs.c.state == "running").values(state="stopped"))
        now = _now()
        values = {"key": key, "state": "running", "started": now, "updated": now, "total": total}
        values |= {"host": platform.node(), "pid": os.getpid(), "settings": line(settings)}
        run_id = _insert(self._writer, runs, values)
        self._keys[run_id] = key
        self.commit()
        return run_id

    def has(self, document_id: str, key: str) -> bool:
        """Whether a document is finished under this key with a status that is not to be tried again."""
        standing = self._standing(document_id, key)
        return standing is not None and standing.status not in TRIED_AGAIN

    def add(self, run_id: int, finished: Finished) -> Finished:
        """Store one input, and its document unless it is known; replaces what stood there. Return it as it now stands.

        A result that is to be tried again does not push out one that is not. All inputs of a run that hold the same
        document have its status, whichever came first.
        """
        status, reason = finished.status, finished.reason
        if finished.document_id is not None:
            status, reason = self._document(run_id, finished.document_id, finished)
        self._writer.execute(FORGET_INPUT, {"of_run": run_id, "place": finished.position})
        own = ("position", "input", "document_id", "read_seconds", "map_seconds")
        values = {name: getattr(finished, name) for name in own}
        self._writer.execute(ADD_INPUT, {"run_id": run_id, "status": status, "reason": reason, **values})
        return replace(finished, status=status, reason=reason)

    def commit(self) -> None:
        """Make what was added stand, also through a power cut; a run's `updated` says when."""
        if self._keys:
            own = runs.c.run_id == max(self._keys)
            self._writer.execute(update(runs).where(own, runs.c.state == "running").values(updated=_now()))
        self._writer.commit()

    def finish(self, run_id: int, manifest: Mapping[str, Any]) -> None:
        """Say that a run is done, and keep its manifest; commits."""
        self._end(run_id, "finished", line(manifest))

    def stop(self, run_id: int) -> None:
        """Say that a run was stopped before its end; commits."""
        self._end(run_id, "stopped", None)

    def prune(self, keep: int = 1) -> int:
        """Forget all runs but the last `keep`, and documents that none of those holds; return how many. Commits.

        The file does not shrink: what comes next takes the room.
        """
        last = select(runs.c.run_id).order_by(runs.c.run_id.desc()).limit(keep)
        self._writer.execute(delete(runs).where(runs.c.run_id.not_in(last)))
        own = and_(documents.c.document_id == inputs.c.document_id, documents.c.key == runs.c.key)
        source = inputs.join(runs, runs.c.run_id == inputs.c.run_id).join(documents, own)
        held = select(documents.c.document).select_from(source)
        shown = and_(documents.c.document_id == reports.c.document_id, documents.c.key == reports.c.key)
        desk = select(documents.c.document).select_from(documents.join(reports, shown))  # of a desk in this database
        idle = documents.c.document.not_in(held) & documents.c.document.not_in(desk)
        gone = self._writer.execute(delete(documents).where(idle)).rowcount
        self.commit()
        return gone

    def close(self) -> None:
        """Let go of the database; what is not committed is lost."""
        self._writer.close()
        super().close()

    def _alone(self) -> None:
        if self._engine.dialect.name != "postgresql":
            return  # the lock of the folder sees to it
        last = time.monotonic() + LET_GO_SECONDS
        while not self._writer.scalar(select(func.pg_try_advisory_lock(WRITERS_LOCK))):
            if time.monotonic() > last:
                advice = "Wait until it has ended, or name another store"
                raise StoreError(self.name, "another run writes into it", advice)
            time.sleep(0.1)

    def _document(self, run_id: int, document_id: str, finished: Finished) -> tuple[str, str | None]:
        """Store a document unless what stands is to stay; return status and reason of what then stands."""
        key = self._key(run_id)
        standing = self._standing(document_id, key)
        worse = standing is not None and standing.status not in TRIED_AGAIN and finished.status in TRIED_AGAIN
        if finished.known or worse:
            return (standing.status, standing.reason) if standing else (finished.status, finished.reason)
        if standing:
            self._writer.execute(delete(documents).where(documents.c.document == standing.document))
        insert_document(self._writer, document_id, key, finished)
        self._writer.execute(
            TELL_TWINS,
            {"of_run": run_id, "held": document_id, "new_status": finished.status, "new_reason": finished.reason},
        )
        return finished.status, finished.reason

    def _standing(self, document_id: str, key: str) -> Row[*tuple[Any, ...]] | None:
        return self._writer.execute(STANDING, {"held": document_id, "under": key}).first()

    def _key(self, run_id: int) -> str:
        if run_id not in self._keys:
            self._keys[run_id] = str(self._writer.scalar(select(runs.c.key).where(runs.c.run_id == run_id)))
        return self._keys[run_id]

    def _end(self, run_id: int, state: str, manifest: str | None) -> None:
        values = {"state": state, "manifest": manifest, "updated": _now()}
        self._writer.execute(update(runs).where(runs.c.run_id == run_id).values(values))
        self._writer.commit()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._writer.in_transaction():
            self.commit()
        with super()._reading() as reader:
            yield reader


def insert_document(writer: Connection, document_id: str, key: str, finished: Finished) -> None:
    """Insert a document with its text, passages and links, under a key under which it does not stand yet."""
    values: dict[str, Any] = {"document_id": document_id, "key": key, "row": finished.row}
    values |= {"status": finished.status, "reason": finished.reason}
    values |= {"passages": len(finished.passages), "links": len(finished.links)}
    number = _insert(writer, documents, values)
    if finished.text is not None:
        writer.execute(insert(texts), {"document": number, "text": finished.text})
    _insert_all(writer, passages, (
        {"document": number, "number": place, "passage_id": passage.passage_id, "row": passage.row}
        for place, passage in enumerate(finished.passages)
    ))  # fmt: skip
    _insert_all(writer, links, (
        {"document": number, "number": place, "link_id": link.link_id, "target": link.target,
         "lane": link.lane, "probability": link.probability, "row": link.row}
        for place, link in enumerate(finished.links)
    ))  # fmt: skip


def _insert_all(writer: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, some at a time: a long document has a hundred thousand."""
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        writer.execute(insert(table), some)


def _insert(writer: Connection, table: Any, values: Mapping[str, Any]) -> int:
    """Insert a row and return the number that it was given."""
    (number,) = writer.execute(insert(table), values).inserted_primary_key or (0,)
    return int(number)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
