"""Programmes that were read and found sound, kept as JSON in the user's cache: YAML takes ten times as long to read.

A file a folder; its first line is the digest of what it was made from. Deleting it costs a tenth of a second. Opening a
corpus writes it, mapping does not: that writes nothing outside its output folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path

from pydantic import ValidationError

from nlp.program import checks, records
from nlp.program.records import Program
from nlp.settings import cache_root


def kept(folder: Path) -> Program | None:
    """Return the programme of a folder as it was kept; None if it was not, or its files or our rules changed since.

    Args:
        folder: resolved.
    """
    try:
        told, _, content = _place(folder).read_bytes().partition(b"\n")
        return Program.model_validate_json(content) if told == _digest(folder) else None
    except (OSError, ValidationError):
        return None


def keep(folder: Path, program: Program) -> None:
    """Keep the programme of a folder, if it is not kept yet; a cache that cannot be written costs time alone.

    Args:
        folder: resolved.
    """
    place = _place(folder)
    with contextlib.suppress(OSError):
        if kept(folder) is None:
            _write(place, _digest(folder), program)


def _place(folder: Path) -> Path:
    return cache_root() / "programs" / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]}.json"


def _digest(folder: Path) -> bytes:
    total = hashlib.sha256()
    rules = [Path(module.__file__ or "") for module in (records, checks)]
    for path in [*rules, *sorted(folder.rglob("*.yaml"))]:
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"{path.name} {len(content)}\n".encode() + content)
    return total.hexdigest().encode()


def _write(place: Path, digest: bytes, program: Program) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        draft.write_bytes(digest + b"\n" + program.model_dump_json().encode())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
