"""Is a file a store of ours that can be trusted? What is not is set aside, never deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from nlp.errors import StoreError
from nlp.store.tables import METADATA, VERSION, VERSION_TABLE

APPLICATION = 0x45564D50  # "EVMP", in the header of every SQLite file of ours
DAMAGED = "SQLITE_CORRUPT"
OTHER_DAMAGE = {"SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ"}
READ_WHOLE = 4 << 30  # bytes; of a larger file only the tables that a run begins with are read through
FIRST_TABLES = ("runs", "inputs", "documents")
VERSIONS = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a name of ours
REFUSED = "Nothing was changed. Put back a copy of it, or run: evmap desk restore DESK"
Notice = Callable[[str], None]


def heal(path: Path, notice: Notice) -> None:
    """Set the file aside, with its log, unless it is a store of ours, or nothing yet.

    Raises:
        StoreError: if it cannot be opened at all, or is newer than this evmap.
    """
    if fault := fault_of(path):
        aside = _set_aside(path)
        notice(f"{path}: {fault}; set aside as {aside.name}. A fresh one begins, and every document is mapped anew")


def refuse(path: Path) -> None:
    """Do nothing if the file is a store of ours, or nothing yet: what it holds cannot be made again.

    Raises:
        StoreError: if it is damaged, or none of ours; also as `heal`.
    """
    if fault := fault_of(path):
        raise StoreError(path, fault, REFUSED)


def fault_of(path: Path) -> str | None:
    """Return what is wrong with a store file in a few words; None if nothing is, or nothing is there.

    Raises:
        StoreError: as `heal`.
    """
    empty = not path.exists() or (path.is_file() and path.stat().st_size == 0)
    if empty:
        log = _beside(path, "-wal")
        return "its log stands without its database" if log.exists() and log.stat().st_size else None
    try:
        with closing(sqlite3.connect(path)) as database:
            return _fault_inside(database, path)
    except sqlite3.DatabaseError as error:
        if code_of(error) == DAMAGED:
            return str(error)
        raise StoreError(path, f"cannot be opened: {error}", "Name another folder with -o") from None


def check_version(subject: object, found: str | None) -> None:
    """Compare a store's version with ours.

    Raises:
        StoreError: if it is newer.
    """
    if found is not None and found.isdecimal() and int(found) > int(VERSION):
        reason = f"written by a newer evmap: its tables have version {found}, this evmap knows version {VERSION}"
        raise StoreError(subject, reason, "Update evmap, or name another output folder with -o")


def code_of(error: BaseException) -> str:
    """Return SQLite's primary code of an error ("SQLITE_FULL"), "" if it has none; `DAMAGED` for any damage."""
    name: str = getattr(error, "sqlite_errorname", "")
    return DAMAGED if name in OTHER_DAMAGE else "_".join(name.split("_")[:2])


def _fault_inside(database: sqlite3.Connection, path: Path) -> str | None:
    found = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not found:
        return None
    if database.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
        return "a database of something else"
    version = database.execute(VERSIONS).fetchone() if VERSION_TABLE in found else None
    if version is None:
        return "its version is missing"
    check_version(path, *version)
    if version == (VERSION,) and (missing := set(METADATA.tables) - found):
        return f"its table {min(missing)} is missing"
    checks = [""] if path.stat().st_size <= READ_WHOLE else [f"('{name}')" for name in FIRST_TABLES]
    said = [line for check in checks for (line,) in database.execute(f"PRAGMA quick_check{check}")]
    return next((f"damaged ({line.splitlines()[-1]})" for line in said if line != "ok"), None)


def _set_aside(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for end in ("", "-wal"):  # the log keeps its name beside the file, so that SQLite finds it there
        part = _beside(path, end)
        if part.exists():
            part.replace(_beside(aside, end))
    _beside(path, "-shm").unlink(missing_ok=True)  # an index of the log, built anew by whoever opens it
    return aside


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
