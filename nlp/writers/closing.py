"""Interim."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from nlp.program import Program
from nlp.writers import WRITERS
from nlp.writers.rows import Row


def close(out: Path, drafts: Mapping[str, Path], manifest: Row, program: Program) -> Row:
    """Interim."""
    for name, path in drafts.items():
        if path.is_dir():
            shutil.rmtree(out / name, ignore_errors=True)
        path.replace(out / name)
    (out / "run.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for writer in WRITERS.values():
        writer(out, program)
    return manifest


def draft_of(out: Path, name: str) -> Path:
    """Interim."""
    path = out / name
    return path.with_name(f".{path.name}.draft")
