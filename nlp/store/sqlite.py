"""Engines on SQLite files: one writer, and readers beside it."""

from __future__ import annotations

import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from nlp.errors import StoreError, UsageError
from nlp.store.health import Notice, heal, refuse

BUSY_SECONDS = 30.0
WRITING = (
    "PRAGMA page_size=16384",  # nine passages of the usual size on one page
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit outlives a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-8192",  # KiB a connection; eight times as much made writing no faster
    "PRAGMA journal_size_limit=67108864",
)
LOOKING = ("PRAGMA query_only=ON",)


def writing_engine(path: Path, notice: Notice, keep: bool = False) -> Engine:
    """Return an engine on a file that is sound or new; its folder is made. `keep`: see `opening.open_engine`.

    Raises:
        UsageError: if the folder cannot be made. StoreError: as `heal`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(path.parent, f"cannot write there: {error.strerror}", "Name another folder with -o") from None
    if keep:
        refuse(path)
    else:
        heal(path, notice)
    return _engine(partial(sqlite3.connect, path), WRITING)


def looking_engine(path: Path) -> Engine:
    """Return an engine that cannot write, beside a run that writes or not.

    Raises:
        StoreError: if there is no such file.
    """
    if not path.is_file():
        raise StoreError(path, "no such store", "Run: evmap map INPUT -o OUT")
    log = path.with_name(f"{path.name}-wal")
    frozen = not os.access(path.parent, os.W_OK) and not log.exists()  # a finished run in a read-only place
    # Not mode=ro: such a connection leaves behind the log and index that it had to make.
    address = f"file:{quote(str(path.resolve()))}?{'immutable=1' if frozen else 'mode=rw'}"
    return _engine(partial(sqlite3.connect, address, uri=True), LOOKING)


def _engine(connect: partial[sqlite3.Connection], pragmas: tuple[str, ...]) -> Engine:
    """SQLAlchemy, not the driver, begins transactions: then reading is in one, too, and tables are made in one."""
    ready = partial(connect, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    engine = create_engine("sqlite://", creator=ready, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = pragmas is WRITING and not connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
