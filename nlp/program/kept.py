"""Programmes that were read and found sound, kept as JSON in the user's cache: YAML takes ten times as long to read.

A file a folder; its first line is the digest of what it was made from. Deleting it costs a tenth of a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from nlp.program import checks, records
from nlp.program.records import Program
from nlp.settings import cache_root


def kept(folder: Path, read: Callable[[], Program]) -> Program:
    """Return the programme of a folder: as it was kept, if neither its files nor our rules changed since, else read.

    Args:
        folder: resolved. read: returns the programme, or raises what is wrong with it; then nothing is kept.
    """
    digest = _digest(folder)
    place = cache_root() / "programs" / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]}.json"
    found = _opened(place, digest)
    if found is None:
        found = read()
        with contextlib.suppress(OSError):  # a cache that cannot be written costs time alone
            _write(place, digest, found)
    return found


def _digest(folder: Path) -> bytes:
    total = hashlib.sha256()
    rules = [Path(module.__file__ or "") for module in (records, checks)]
    for path in [*rules, *sorted(folder.rglob("*.yaml"))]:
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"{path.name} {len(content)}\n".encode() + content)
    return total.hexdigest().encode()


def _opened(place: Path, digest: bytes) -> Program | None:
    try:
        told, _, content = place.read_bytes().partition(b"\n")
        return Program.model_validate_json(content) if told == digest else None
    except (OSError, ValidationError):
        return None


def _write(place: Path, digest: bytes, program: Program) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        draft.write_bytes(digest + b"\n" + program.model_dump_json().encode())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
