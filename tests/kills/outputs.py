"""What a run left behind, in a form that two runs can be compared by; the only place that knows what may differ."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

STORE = "evmap.sqlite"
CACHE = "cache"
# What a run leaves while it works, and must not leave when it has ended.
TEMPORARY = ("*.draft", "*.part", "*.tmp", "*.new", f"{STORE}-journal", ".tmp/*")


def fingerprint(out: Path) -> dict[str, str]:
    """The sha256 of each output file without what is allowed to differ between two runs.

    That is: `seconds` (in the ledger and in run.json), and the store and the cache, whose rows come in the order in
    which documents were finished.
    """
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(_settled(path)).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not _apart(path.relative_to(out))
    }


def _apart(place: Path) -> bool:
    return place.parts[0] == CACHE or place.name.startswith(STORE) or place.suffix == ".lock"


def _settled(path: Path) -> bytes:
    if path.name == "run.json":
        return json.dumps(_without_seconds(json.loads(path.read_text("utf-8")))).encode()
    if path.name == "ledger.jsonl":
        rows = map(json.loads, path.read_text("utf-8").splitlines())
        return "\n".join(json.dumps(_without_seconds(row)) for row in rows).encode()
    return path.read_bytes()


def _without_seconds(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "seconds"}


def leftovers(out: Path, temporary: Path) -> Iterator[str]:
    """Name what should have been cleaned up, in the output folder and in the folder for temporary files."""
    for pattern in TEMPORARY:
        yield from (f"left: {path.relative_to(out)}" for path in out.rglob(pattern) if path.is_file())
    yield from (f"left in the temporary folder: {path.relative_to(temporary)}" for path in temporary.rglob("*"))


def store_faults(out: Path) -> Iterator[str]:
    """Name what SQLite finds wrong with the store, if there is one."""
    if (out / STORE).is_file():
        with closing(sqlite3.connect(out / STORE)) as database:
            found = [row[0] for row in database.execute("PRAGMA integrity_check")]
        yield from (f"store: {fault}" for fault in found if fault != "ok")


def differences(expected: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    """Name the files that are missing, too many, or not the same."""
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            missing = "missing" if name not in found else "too many" if name not in expected else "differs"
            yield f"{missing}: {name}"
