"""From files to a programme that holds together, and which programme is in use."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from nlp.errors import CodebookError
from nlp.program.checks import CHECKS, check_program
from nlp.program.kept import kept
from nlp.program.records import Charter, Part, Program
from nlp.settings import data_root, program_name

CHARTER = "program.yaml"
PARTS: tuple[Part, ...] = ("general_objectives", "groups", "implementers", "bodies", "concordance")
AGAIN = "Mend these, then run: evmap program check"
_in_use: ContextVar[Program | None] = ContextVar("program", default=None)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of `examine`: what was looked at, what is wrong there, and what to do about it."""

    name: str
    faults: tuple[str, ...]
    hint: str


def shipped_programs() -> dict[str, Path]:
    """Folders of the programmes that travel with the package, by the names they can be asked for."""
    corpus = data_root() / "corpus"
    others = {path.parent.name: path.parent for path in sorted((corpus / "programs").glob(f"*/{CHARTER}"))}
    return {"iap": corpus / "program", **others}


def find_program(where: str | Path = "") -> Path:
    """Return the place of a programme: its folder, an export of it as JSON, or the name of a shipped one.

    Args:
        where: "" for the shipped Inter-American Program.

    Raises:
        CodebookError: if there is nothing.
    """
    if not str(where):
        return shipped_programs()["iap"]
    path = Path(where)
    if path.exists():
        return path
    shipped = shipped_programs()
    if str(where) not in shipped:
        hint = f"Name its folder, or one of: {', '.join(shipped)}. To begin one: evmap program new DIR --id ID"
        raise CodebookError(where, "no such programme", hint)
    return shipped[str(where)]


def load_program(where: str | Path | None = None) -> Program:
    """Return a programme (each is read once per process).

    Args:
        where: as `find_program`; None for the one in use (`using`), else what ``EVMAP_PROGRAM`` says, else the shipped.

    Raises:
        CodebookError: if a file is missing or malformed, or the parts contradict each other (all faults named).
    """
    if where is None:
        return _in_use.get() or _load(find_program(program_name()).resolve())
    return _load(find_program(where).resolve())


def asked_program() -> Program | None:
    """Return the programme in use (`using`), else the one that ``EVMAP_PROGRAM`` names; None where neither says one.

    Raises:
        CodebookError: as `load_program`.
    """
    return load_program() if _in_use.get() or program_name() else None


@contextmanager
def using(program: Program) -> Iterator[Program]:
    """Have `load_program()` return this programme inside the block, in this thread or task alone."""
    token = _in_use.set(program)
    try:
        yield program
    finally:
        _in_use.reset(token)


@functools.cache
def _load(path: Path) -> Program:
    if path.is_file():
        return _sound(path, exported(path))
    return kept(path) or _sound(path, _valid(path, _read(path)))


def _sound(path: Path, program: Program) -> Program:
    if faults := check_program(program):
        raise CodebookError(path, "; ".join(faults[:5]), AGAIN)
    return program


def exported(path: Path) -> Program:
    """Return a programme from its export as JSON.

    Raises:
        CodebookError: if it is none.
    """
    try:
        return Program.model_validate_json(path.read_bytes())
    except ValidationError as error:
        hint = "Name the folder of a programme, or write one with: evmap program export FILE"
        raise CodebookError(path, f"no exported programme: {_places(error)}", hint) from None


def _read(folder: Path) -> dict[str, Any]:
    """The contents of all files that the charter names, by the fields of `Program`."""
    about = _charter(folder)
    rows: dict[str, Any] = {name: _yaml(folder / f"{name}.yaml") if name in about.parts else [] for name in PARTS}
    rows["objectives"] = _yaml(folder / "objectives.yaml")
    rows["activities"] = _activities(folder) if about.activities.count else []
    return {"about": about, **rows}


def _charter(folder: Path) -> Charter:
    content = _yaml(folder / CHARTER)
    try:
        return Charter.model_validate(content)
    except ValidationError as error:
        raise CodebookError(folder / CHARTER, _places(error), AGAIN) from None


def _activities(folder: Path) -> list[Any]:
    """The rows of ``activities.yaml``, or of all files in ``activities/``, in the order of their numbers."""
    files = sorted((folder / "activities").glob("*.yaml")) or [folder / "activities.yaml"]
    rows = [row for path in files for row in _yaml(path) or []]
    numbered = all(isinstance(row, dict) and isinstance(row.get("id"), int) for row in rows)
    return sorted(rows, key=lambda row: row["id"]) if numbered else rows


def _valid(folder: Path, parts: dict[str, Any]) -> Program:
    try:
        return Program.model_validate(parts)
    except ValidationError as error:
        raise CodebookError(folder, _places(error), "Mend these fields, then run: evmap program check") from None


def _places(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError:
        raise CodebookError(path, "missing", "The codebook needs this file; restore it from the release") from None
    except yaml.YAMLError as error:
        raise CodebookError(path, f"not valid YAML: {error}".replace("\n", " ")) from None


HINTS = {
    "files": "Every file that program.yaml names under parts must be there and be valid YAML; fields are spelt as in "
    "corpus/README.md",
    "numbers": "Write as many labels as program.yaml counts, with ids from 1 on, or change the counts there",
    "texts": "Every label needs title (at most 8 words), counts, excludes and terms in every language of program.yaml",
    "references": "Look-alikes are written objective:N; implementers and groups are ids of the files under parts",
}


def examine(folder: Path) -> list[Step]:
    """Look at a programme step by step, up to the first step with faults; it holds together if the last has none."""
    try:
        program = exported(folder) if folder.is_file() else _valid(folder, _read(folder))
    except CodebookError as error:
        return [Step("files", (f"{error.subject}: {error.reason}",), HINTS["files"])]
    steps = [Step("files", (), "")]
    for name, check in CHECKS.items():
        faults = tuple(check(program))
        steps.append(Step(name, faults, HINTS[name] if faults else ""))
        if faults:
            break
    return steps
