"""Programmes that were read and found sound, kept as JSON in the user's cache: YAML takes ten times as long to read.

A file a folder; its first line is the digest of what it was made from, and of the rest. Deleting it costs a tenth of a
second. Opening a corpus writes it, mapping does not: that writes nothing outside its output folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from pydantic import ValidationError

from nlp.caching import caching
from nlp.program import checks, records
from nlp.program.records import Program
from nlp.settings import cache_root


def kept(folder: Path) -> Program | None:
    """Return the programme of a folder as it was kept; None if it was not, or its files or our rules changed since.

    Args:
        folder: resolved.
    """
    try:
        content = _content(folder)
        return Program.model_validate_json(content) if content else None
    except (OSError, ValidationError):
        return None


def keep(folder: Path, program: Program) -> None:
    """Keep the programme of a folder, if it is not kept yet; a cache that cannot be written costs time alone.

    Args:
        folder: resolved.
    """
    with contextlib.suppress(OSError):
        if not _content(folder):
            content = program.model_dump_json().encode()
            with caching(_place(folder)) as draft:
                draft.write_bytes(_digest(folder, content) + b"\n" + content)


def _content(folder: Path) -> bytes:
    """What is kept of a folder, as JSON; nothing if its digest is another one."""
    try:
        told, _, content = _place(folder).read_bytes().partition(b"\n")
    except OSError:
        return b""
    return content if told == _digest(folder, content) else b""


def _place(folder: Path) -> Path:
    return cache_root() / "programs" / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]}.json"


def _digest(folder: Path, content: bytes) -> bytes:
    """Digest of the files of a folder, of our rules, and of what was made of them."""
    total = hashlib.sha256()
    rules = [Path(module.__file__ or "") for module in (records, checks)]
    for path in [*rules, *sorted(folder.rglob("*.yaml"))]:
        source = path.read_bytes() if path.is_file() else b""
        total.update(f"{path.name} {len(source)}\n".encode() + source)
    total.update(content)
    return total.hexdigest().encode()
