"""The output folder of a run: rows are written as outcomes come, to drafts, and renamed when all is there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TextIO

from nlp.errors import UsageError
from nlp.mapping import Mapping
from nlp.pipeline import Outcome
from nlp.program import Program
from nlp.seal import MANIFEST
from nlp.writers import WRITERS
from nlp.writers.closing import close, draft_of
from nlp.writers.rows import Row, document_row, link_row, passage_row

STREAMED = ("ledger.jsonl", "passages.jsonl", "links.jsonl")
ROWS = (*STREAMED, "documents.jsonl", "text")


class RunWriter:
    """Writes one run into `out`; a ``with`` block that an error ends leaves no drafts behind.

    Args:
        out: output folder, made if missing. program: names the targets.

    Raises:
        UsageError: if the folder cannot be written.
    """

    def __init__(self, out: Path, program: Program) -> None:
        self.out, self.program = out, program
        try:
            shutil.rmtree(draft_of(out, "text"), ignore_errors=True)  # of a run that was killed
            draft_of(out, "text").mkdir(parents=True)
            self._files: dict[str, TextIO] = {
                name: draft_of(out, name).open("w", encoding="utf-8") for name in STREAMED
            }
        except OSError as error:
            raise UsageError(out, f"cannot write there: {error.strerror}", "Name another folder with -o") from None
        self._documents: dict[str, Row] = {}

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error:
            self.abandon()

    def add(self, outcome: Outcome) -> Row:
        """Write one outcome; return its ledger row.

        Raises:
            ValueError: if a quote is not a slice of the canonical text; nothing of the document is written then.
        """
        if outcome.mapping is not None:
            self._add_mapping(outcome.mapping, outcome.path)
        elif outcome.document_id is not None:
            self._documents[outcome.document_id]["inputs"].append(printable(outcome.path))
        row = self._ledger_row(outcome)
        self._write("ledger.jsonl", row)
        return row

    def finish(self, manifest: Row) -> Row:
        """Write the documents and close the run: see `nlp.writers.closing.close`; return the manifest as written."""
        for file in self._files.values():
            file.close()
        draft_of(self.out, "documents.jsonl").write_text("".join(map(_line, self._documents.values())), "utf-8")
        return close(self.out, {name: draft_of(self.out, name) for name in ROWS}, manifest, self.program)

    def abandon(self) -> None:
        """Close and remove the drafts of a run that did not finish."""
        for file in self._files.values():
            file.close()
        shutil.rmtree(draft_of(self.out, "text"), ignore_errors=True)
        for name in (*ROWS, *WRITERS, MANIFEST):
            draft_of(self.out, name).unlink(missing_ok=True)

    def counts(self) -> dict[str, int]:
        """Documents, passages and links written so far."""
        rows = self._documents.values()
        return {
            "documents": len(rows),
            "passages": sum(row["passages"] for row in rows),
            "links": sum(row["links"] for row in rows),
        }

    def _add_mapping(self, mapping: Mapping, path: str) -> None:
        _check_quotes(mapping)
        document = mapping.structured.document
        row = document_row(mapping, [printable(path)])
        text = draft_of(self.out, "text") / Path(row["text_file"]).name
        with text.open("w", encoding="utf-8", newline="") as file:
            file.write(document.text)
        for passage, reading in zip(mapping.passages, mapping.readings, strict=True):
            self._write("passages.jsonl", passage_row(passage, reading))
        for link in mapping.links:
            self._write("links.jsonl", link_row(link, mapping.model, self.program.digest))
        self._documents[document.document_id] = row

    def _ledger_row(self, outcome: Outcome) -> Row:
        row = self._documents.get(outcome.document_id or "", {})
        return {
            "input": printable(outcome.path),
            "document_id": outcome.document_id,
            "status": outcome.status,
            "reason": outcome.reason,
            "media_type": row.get("media_type"),
            "pages": row.get("pages"),
            "characters": row.get("characters", 0),
            "passages": row.get("passages", 0),
            "links": row.get("links", 0),
            "cells": row.get("cells", 0),
            "losses": row.get("losses", {}),
            "strange": row.get("strange"),
            "seconds": round(sum(outcome.seconds.values()), 3),
            "same_as": printable(outcome.same_as) if outcome.same_as else None,
        }

    def _write(self, name: str, row: Row) -> None:
        self._files[name].write(_line(row))


def printable(path: str) -> str:
    """Return a path that every program can read as UTF-8: bytes that are no UTF-8 become escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _check_quotes(mapping: Mapping) -> None:
    for link in mapping.links:
        if mapping.text[link.span.start : link.span.end] != link.quote:
            raise ValueError(f"link {link.link_id} quotes what does not stand at {link.span}")
