"""The end of a run: every output is made as a draft, then all get their names, run.json last.

A kill before the first renaming leaves the output of the run before whole; a kill after it leaves a folder without
run.json, which every reader refuses. Closing again gives the right files either way. Nothing waits for the disk: what a
loss of power tears, the digests in run.json tell.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from nlp.garbage import seldom_collected
from nlp.program import Program, travels
from nlp.program.recorded import FILE as PROGRAM
from nlp.readers.spawning import beside
from nlp.seal import MANIFEST, SEALED, seal
from nlp.writers import WRITERS
from nlp.writers.report import as_needed
from nlp.writers.walk import Row, Rows, walk

TABLES = ("mapping.csv", "coverage.csv")
MANY_BYTES = 40_000_000  # of links; of fewer, a process takes longer to start than to help


def close(out: Path, drafts: Mapping[str, Path], manifest: Row, program: Program) -> Row:
    """Make the outputs of WRITERS from row files, put all in place, and return the manifest as run.json has it.

    Args:
        out: the output folder, which exists.
        drafts: name in `out` -> finished draft on the same file system: the four row files, and the folder "text".
        manifest: run.json without the digests; the time that closing takes goes into its ``seconds``.
        program: the codebook of the run.

    Raises:
        UsageError: if the rows are not in the order of the ledger. CodebookError: if the official wording is damaged.
        OSError: if something cannot be written; before the first renaming, `out` is as it was.
    """
    clock = time.monotonic()
    rows = Rows(drafts, manifest)
    with beside(_are_many(rows), seal, drafts) as seal_rows:
        made = {**write_all(rows, out, program), **_carried(out, program)}
        every, seals = {**drafts, **made}, {**seal_rows(), **seal(made)}
    sealed = {**manifest, SEALED: dict(sorted(seals.items()))}
    sealed["seconds"] = {**manifest.get("seconds", {}), "close": round(time.monotonic() - clock, 3)}
    last = draft_of(out, MANIFEST)
    last.write_text(json.dumps(sealed, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (out / MANIFEST).unlink(missing_ok=True)
    if PROGRAM not in every:
        (out / PROGRAM).unlink(missing_ok=True)  # of an earlier run here
    for name, path in every.items():
        _place(path, out / name)
    last.replace(out / MANIFEST)
    return sealed


def write_all(rows: Rows, out: Path, program: Program) -> dict[str, Path]:
    """Make every output of WRITERS from the rows, tables beside the page where links are many; return name -> draft."""
    rows = as_needed(rows)
    if not _are_many(rows):
        return _write([*WRITERS], rows, out, program)
    with beside(True, _write, TABLES, replace(rows, manifest={}), out, program) as write_tables:  # it names all inputs
        made = _write([name for name in WRITERS if name not in TABLES], rows, out, program)
        return {**write_tables(), **made}


def _are_many(rows: Rows) -> bool:
    return rows.size("links.jsonl") > MANY_BYTES


def _write(names: Sequence[str], rows: Rows, out: Path, program: Program) -> dict[str, Path]:
    """Make some outputs in one pass over the rows."""
    drafts = {name: draft_of(out, name) for name in names}
    with seldom_collected(), ExitStack() as stack:
        takers = [stack.enter_context(WRITERS[name](rows, drafts[name], program)) for name in names]
        for found in walk(rows):
            for take in takers:
                take(found)
    return drafts


def _carried(out: Path, program: Program) -> dict[str, Path]:
    """A copy of a programme that is not shipped, so that the run can be checked and shown anywhere."""
    if travels(program):
        return {}
    draft = draft_of(out, PROGRAM)
    draft.write_text(program.model_dump_json(indent=1) + "\n", "utf-8")
    return {PROGRAM: draft}


def draft_of(out: Path, name: str) -> Path:
    """Return where the file or folder of this name in `out` is made."""
    path = out / name
    return path.with_name(f".{path.name}.draft")


def sweep_drafts(out: Path) -> None:
    """Remove what closings left that were killed, where nothing is to be written anew."""
    for left in (*out.glob(".*.draft"), *out.glob(".*.old")):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _place(draft: Path, final: Path) -> None:
    """Give a draft its name; a folder takes the place of the one before."""
    if not draft.is_dir():
        draft.replace(final)
        return
    old = final.with_name(f".{final.name}.old")
    shutil.rmtree(old, ignore_errors=True)  # of a closing that was killed
    if final.exists():
        final.replace(old)
    draft.replace(final)
    shutil.rmtree(old, ignore_errors=True)
