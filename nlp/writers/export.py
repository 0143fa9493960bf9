"""From a store to the row files of the output contract, in input order, as drafts."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from nlp.errors import UsageError
from nlp.jsonl import line, read_rows
from nlp.seal import ROWS, TEXT, timeless
from nlp.store.reader import StoreReader
from nlp.store.rows import DocumentRow, LedgerRow
from nlp.writers.closing import draft_of
from nlp.writers.rows import Row
from nlp.writers.stretch import BUFFER

LEDGER, DOCUMENTS, PASSAGES, LINKS = ROWS
MOST_NAMED = 1_000  # inputs that a summary names one by one


@dataclass(slots=True)
class Seen:
    """What a run's ledger shows at its end.

    Attributes:
        inputs: name and sha256 of each. problems: rows that are not "ok"; strange: rows of documents unlike the
            annotated ones; both at most `MOST_NAMED`.
        failures: how many inputs share a status and a reason.
        seconds: reading and mapping, added up over the inputs.
    """

    inputs: list[Row] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)
    strange: list[Row] = field(default_factory=list)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: {"read": 0.0, "map": 0.0})

    def take(self, found: LedgerRow, row: Row) -> None:
        """Take an input in."""
        self.inputs.append({"input": row["input"], "sha256": row["document_id"]})
        self.seconds["read"] += found.read_seconds
        self.seconds["map"] += found.map_seconds
        if row["status"] != "ok":
            self.failures[row["status"], row["reason"] or ""] += 1
            self.problems.extend([row][: MOST_NAMED - len(self.problems)])
        if row["strange"]:
            self.strange.extend([row][: MOST_NAMED - len(self.strange)])


def export(store: StoreReader, run_id: int, out: Path) -> tuple[dict[str, Path], Seen]:
    """Write the row files of a run as drafts; return name -> draft, and what the ledger shows.

    Raises:
        UsageError: if they cannot be written.
    """
    drafts, seen = {name: draft_of(out, name) for name in (*ROWS, TEXT)}, Seen()
    try:
        _write(drafts[LEDGER], (line(row).encode() for row in _ledger(store.ledger(run_id), seen)))
        _write(drafts[DOCUMENTS], (line(_document(found)).encode() for found in store.documents(run_id)))
        _write(drafts[PASSAGES], store.passages(run_id))
        _write(drafts[LINKS], store.links(run_id))
        _write_texts(drafts[TEXT], store.texts(run_id))
    except OSError as error:
        reason = f"cannot write there: {error.strerror}"
        raise UsageError(out, reason, "Make room or name another folder with -o, and run again") from error
    return drafts, seen


def look(store: StoreReader, run_id: int, out: Path) -> Seen | None:
    """Return what the ledger of a run shows, None if the one in `out` says anything else; nothing is written.

    Raises:
        OSError: if it is missing. ValueError: if it is damaged.
    """
    seen = Seen()
    rows, none = _ledger(store.ledger(run_id), seen), Row()
    pairs = zip_longest(rows, read_rows(out / LEDGER), fillvalue=none)
    return seen if all(timeless(LEDGER, now) == timeless(LEDGER, before) for now, before in pairs) else None


def _ledger(found: Iterable[LedgerRow], seen: Seen) -> Iterator[Row]:
    for item in found:
        row = ledger_row(item)
        seen.take(item, row)
        yield row


def ledger_row(found: LedgerRow) -> Row:
    """Row of ledger.jsonl."""
    row: Row = json.loads(found.row) if found.row else {}
    return {
        "input": found.input,
        "document_id": found.document_id,
        "status": found.status,
        "reason": found.reason,
        "media_type": row.get("media_type"),
        "pages": row.get("pages"),
        "characters": row.get("characters", 0),
        "passages": row.get("passages", 0),
        "links": row.get("links", 0),
        "cells": row.get("cells", 0),
        "losses": row.get("losses", {}),
        "strange": row.get("strange"),
        "seconds": round(found.read_seconds + found.map_seconds, 3),
        "same_as": found.same_as,
    }


def _document(found: DocumentRow) -> Row:
    row: Row = json.loads(found.row)
    return {"document_id": row.pop("document_id"), "inputs": list(found.inputs), **row}


def _write(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb", buffering=BUFFER) as file:
        for row in lines:
            file.write(row)
            file.write(b"\n")


def _write_texts(folder: Path, texts: Iterable[tuple[str, str]]) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir()
    for document_id, text in texts:
        with (folder / f"{document_id}.txt").open("w", encoding="utf-8", newline="") as file:
            file.write(text)
