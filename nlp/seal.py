"""Whether an output folder is whole: run.json is written last and names the digest of every other file.

What takes different time from run to run is in no digest: ``seconds`` in run.json, and in the rows of the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

from nlp.caching import file_sha256
from nlp.errors import UsageError
from nlp.jsonl import read_rows
from nlp.readers.spawning import beside

MANIFEST = "run.json"
SEALED = "files"
TIMED = {"ledger.jsonl": "seconds"}  # file: field of its rows that its digest leaves out
TEXT = "text"
ROWS = ("ledger.jsonl", "documents.jsonl", "passages.jsonl", "links.jsonl")
DECISIONS = "decisions.jsonl"  # of a desk's export
AGAIN = "Run: evmap map INPUT -o OUT"
LARGE = 300_000_000  # bytes of a file whose digest takes longer than to start a process


def text_path(texts: Path, row: Mapping[str, Any]) -> Path:
    """Return where the canonical text of a row of documents.jsonl is.

    Whatever folder the row names, it is the folder `texts`: a run that somebody sent leads to no other file of ours.
    """
    return texts / PurePath(str(row["text_file"])).name


def text_of(texts: Path, row: Mapping[str, Any]) -> str:
    """Return the canonical text of a row of documents.jsonl, "" when its file is gone."""
    path = text_path(texts, row)
    return path.read_bytes().decode("utf-8") if path.is_file() else ""


def manifest_of(out: Path) -> dict[str, Any]:
    """Return what run.json of an output folder says.

    Raises:
        UsageError: if it is missing or damaged.
    """
    try:
        found: Any = json.loads((out / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(out, f"{MANIFEST} is missing: a run has not finished here", AGAIN) from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UsageError(out, f"{MANIFEST} is damaged", AGAIN)
    return found


def seal(files: Mapping[str, Path]) -> dict[str, dict[str, Any]]:
    """Return what run.json says of each file: ``sha256`` (hex), ``bytes`` or ``count``, ``without`` a field.

    Args:
        files: name in the output folder -> where the file (or the folder of texts) is now.

    Raises:
        OSError: if one cannot be read.
    """
    return {name: _describe(name, path) for name, path in sorted(files.items())}


def _describe(name: str, path: Path) -> dict[str, Any]:
    if path.is_dir():
        return {"sha256": _digest(name, path), "count": sum(1 for _ in path.glob("*.txt"))}
    if name in TIMED:
        return {"sha256": _digest(name, path), "without": TIMED[name]}
    return {"sha256": _digest(name, path), "bytes": path.stat().st_size}


def _digest(name: str, path: Path) -> str:
    if path.is_dir():  # as sha256sum would list it
        lines = (f"{_digest(text.name, text)}  {text.name}\n" for text in sorted(path.glob("*.txt")))
        return _digest_of(line.encode() for line in lines)
    if name in TIMED:
        return _digest_of(f"{json.dumps(timeless(name, row))}\n".encode() for row in read_rows(path))
    return file_sha256(path)


def timeless(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a file of TIMED without the field that its digest leaves out."""
    return {field: value for field, value in row.items() if field != TIMED[name]}


def _digest_of(parts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()


def broken_seals(out: Path, names: Iterable[str] | None = None) -> list[str]:
    """Return what is wrong with an output folder, a short line each; [] when it is finished and unchanged.

    Args:
        out: an output folder. names: files to look at, all that run.json names by default.

    Raises:
        OSError: if a file that is there cannot be read.
    """
    try:
        named = manifest_of(out).get(SEALED)
    except UsageError as error:
        return [error.reason]
    if not isinstance(named, dict):
        return [f"{MANIFEST} names no digests"]
    asked = {name: named.get(name) for name in (named if names is None else names)}
    size, largest = max(((_size(out / name), name) for name in asked), default=(0, ""))
    with beside(size > LARGE, _states, out, {largest: asked.get(largest)}) as found:
        states = {**_states(out, {name: told for name, told in asked.items() if name != largest}), **found()}
        return [f"{name} {states[name]}" for name in asked if states[name]]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _states(out: Path, asked: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with each file, "" if nothing."""
    return {name: _state(out / name, name, told) for name, told in asked.items()}


def _state(path: Path, name: str, told: dict[str, Any] | None) -> str:
    if told is None:
        return "is not named in run.json"
    if not path.exists():
        return "is missing"
    if "bytes" in told and path.is_file() and path.stat().st_size != told["bytes"]:
        return "is not as the run left it"
    return "" if _digest(name, path) == told["sha256"] else "is not as the run left it"


def require_finished(out: Path, names: Iterable[str] | None = None) -> None:
    """Do nothing if `out` holds a finished run whose files are as the run left them.

    Raises:
        UsageError: if not; it names what differs.
    """
    if broken := broken_seals(out, names):
        raise UsageError(out, f"not a finished run: {'; '.join(broken)}", AGAIN)
