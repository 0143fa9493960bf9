"""The key of a run: one digest of all that decides what a document becomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from nlp.pipeline import Mapper
from nlp.settings import PACKAGE, Settings

DECIDE = (
    "readers", "contacts", "structure", "classify", "encode", "mapping.py", "pipeline.py", "records.py", "language.py",
    "marks.py", "program", "engines/finishing.py", "writers/rows.py",
)  # fmt: skip
"""Code that decides what a document becomes."""
BOUNDS = frozenset(
    ("max_bytes", "read_seconds", "read_cpu_seconds", "read_memory", "write_bytes", "open_files", "recycle_after")
)
"""Settings that only decide whether a document is read at all: what was read is the same under any of them."""
PLACES = frozenset(("program", "ray_address", "ray_readers", "ray_shards"))
"""Settings that only say where something is: no business of the outputs (of the programme, its digest is)."""


def run_key(mapper: Mapper, settings: Settings) -> str:
    """Return the digest (sha256, hex) of all that decides what a document becomes: code, encoder, model, program."""
    chosen = {name: value for name, value in asdict(settings).items() if name not in BOUNDS | PLACES}
    parts = {
        "code": code_digest(),
        "encoder": mapper.encoder_identity,
        "model": mapper.model.digest,
        "program": mapper.program.digest,
        "settings": chosen,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def code_digest() -> str:
    """Return the sha256 (hex) of the modules that decide what a document becomes."""
    places = [PACKAGE / name for name in DECIDE]
    return _digest(path for place in places for path in (sorted(place.rglob("*.py")) if place.is_dir() else [place]))


def package_digest(apart: Iterable[str] = ()) -> str:
    """Return the sha256 (hex) of the whole package: all that decides what the outputs of a run look like.

    Args:
        apart: rooms of it (a folder or file of the package each) that are left out.
    """
    left_out = {"__pycache__", *apart}
    files = (path for path in sorted(PACKAGE.rglob("*")) if path.is_file())
    return _digest(path for path in files if left_out.isdisjoint(path.relative_to(PACKAGE).parts))


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
