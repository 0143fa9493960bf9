"""Which programme a desk is for: it remembers, and is opened with no other."""

from __future__ import annotations

import json
from pathlib import Path

from nlp.errors import UsageError
from nlp.program import Program, asked_program, load_program, recorded_program, travels
from nlp.program.recorded import FILE
from nlp.review.vault import PLACE


def own_program(folder: Path, given: Program | None = None) -> Program:
    """Return the programme of a desk: the one it remembers; of a new desk the one given, else the one in use.

    Args:
        folder: DESK. given: the programme asked for, None where nobody named one.

    Raises:
        UsageError: if the desk is for another programme than the one given, or that ``EVMAP_PROGRAM`` names.
        CodebookError: if its programme is damaged, or neither kept in the desk nor shipped.
    """
    asked, name = given or asked_program(), _noted(folder)
    if not name:
        return asked or load_program()
    if asked is None:
        return load_program(folder / FILE if (folder / FILE).is_file() else name)
    if asked.about.id != name:
        reason = f"this desk is for the programme {name}, not {asked.about.id}"
        raise UsageError(folder, reason, "Leave out --program and EVMAP_PROGRAM, or name another folder")
    return asked


def note_program(folder: Path, program: Program) -> None:
    """Have a desk remember its programme, and carry it where it is not shipped as it is.

    Raises:
        UsageError: if the folder cannot be written.
    """
    place, carried = folder / PLACE, folder / FILE
    try:
        if travels(program):
            carried.unlink(missing_ok=True)
        else:
            _write(carried, program.model_dump_json(indent=1) + "\n")
        if _noted(folder) != program.about.id:
            _write(place, json.dumps({**_read(place), "program": program.about.id}))
    except OSError as error:
        raise UsageError(place, f"cannot be written: {error.strerror}", "Name a folder that can be written") from None


def refuse_other(folder: Path, out: Path) -> None:
    """Make sure that a finished run is of a desk's programme, as far as the desk remembers one.

    Raises:
        UsageError: if it is of another. CodebookError: if its programme is not here.
    """
    name, other = _noted(folder), recorded_program(out).about.id
    if name and other != name:
        reason = f"mapped onto the programme {other}, and the desk is for {name}"
        raise UsageError(out, reason, f"Begin another desk: evmap desk import OUT --desk DESK-{other}")


def place_of(folder: Path, program: Program) -> str:
    """Return where other processes find the programme of a desk, as `load_program` takes it."""
    return program.about.id if travels(program) else str((folder / FILE).resolve())


def _noted(folder: Path) -> str:
    """Id of the programme that a desk remembers, "" where it remembers none."""
    return _read(folder / PLACE).get("program", "")


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(path, f"cannot be read: {error}", "It says what the desk is for; put it back") from None
    return found if isinstance(found, dict) else {}


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)
