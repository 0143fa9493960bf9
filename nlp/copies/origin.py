"""What a finished run knows of a file: its canonical text and its links, found by the file's own bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from nlp.errors import UsageError
from nlp.seal import TEXT, require_finished
from nlp.writers.walk import Row, Rows


@dataclass(frozen=True, slots=True)
class Origin:
    """A file as it came, its row of documents.jsonl, its canonical text, and its rows of links.jsonl."""

    data: bytes
    row: Row
    text: str
    links: list[Row]


def origin(file: Path, run: Path) -> Origin:
    """Return what the run in a folder knows of a file.

    Raises:
        UsageError: if the file cannot be read, or the run is not finished or did not read these bytes.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(file, f"cannot be read: {error.strerror}", "Check the path") from error
    require_finished(run, ("documents.jsonl", "links.jsonl", TEXT))
    rows, identity = Rows.of(run), hashlib.sha256(data).hexdigest()
    row = next((row for row in rows.read("documents.jsonl") if row["document_id"] == identity), None)
    if row is None:
        raise UsageError(file, "this run did not read it, or it has changed since", f"Run: evmap map {file} -o OUT")
    links = [link for link in rows.read("links.jsonl") if link["document_id"] == identity]
    return Origin(data, row, rows.text(row), links)
