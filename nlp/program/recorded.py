"""The programme that a finished run was made with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlp.errors import CodebookError
from nlp.program.kept import keep
from nlp.program.loading import exported, load_program, shipped_programs
from nlp.program.records import Program

FILE, RUN = "program.json", "run.json"
FIRST = "iap"  # what runs that do not say were made with


def recorded_program(out: Path) -> Program:
    """Return the programme of the run in an output folder: the one it carries, else the shipped one of that digest.

    A run of a shipped programme in an older wording is read with the programme as it is now.

    Raises:
        CodebookError: if it is neither carried nor shipped, or the copy is damaged.
    """
    if (out / FILE).is_file():
        return exported(out / FILE)
    run = _run(out)
    shipped = shipped_programs()
    name = (run.get("programme") or {}).get("id", FIRST)
    if name in shipped:
        return load_program(shipped[name])
    raise CodebookError(out, f"made with a programme that is not here: {name}", "Name it with --program")


def travels(program: Program) -> bool:
    """Whether a programme is shipped as it is, so that a run need not carry it."""
    return _shipped_as(program) is not None


def remember(program: Program) -> None:
    """Keep a shipped programme as it was read, so that it is read faster the next time."""
    if folder := _shipped_as(program):
        keep(folder.resolve(), program)


def _shipped_as(program: Program) -> Path | None:
    """The folder that a programme is shipped in as it is, None if it is not."""
    folder = shipped_programs().get(program.about.id)
    if folder is None:
        return None
    own = load_program(folder)
    return folder if own is program or own.digest == program.digest else None


def _run(out: Path) -> dict[str, Any]:
    try:
        found: Any = json.loads((out / RUN).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
