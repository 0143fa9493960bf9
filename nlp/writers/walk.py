"""The row files of a run, document by document: one pass, one document in memory at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.errors import UsageError
from nlp.seal import MANIFEST, ROWS, TEXT, text_of
from nlp.store import rows as stored
from nlp.writers.stretch import Form, Stretch, stretches

Row = dict[str, Any]
READ = ("ok", "partial")
CONFIRMED = ("confirmed", "corrected")
# What stands so in a row stands in none of its strings, where quotes are escaped.
TAIL = b',"probabilities":{'  # comes last in a passage row
EXAMPLES, AFTER = b',"examples":[', b']},"model":'  # around the examples in a link row


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the row files of a run are, finished or still drafts.

    Attributes:
        files: name in the output folder -> path; "text" names the folder of texts. manifest: what run.json says.
        as_shown: whether links that an officer confirmed are in the best lane, as pages show them; else as they stand.
        examples: whether links come with the annotated examples beside them, which are most of their bytes.
    """

    files: Mapping[str, Path]
    manifest: Row = field(default_factory=dict)
    as_shown: bool = True
    examples: bool = True

    @classmethod
    def of(cls, out: Path) -> Rows:
        """The row files of the output folder `out`."""
        manifest = out / MANIFEST
        return cls(
            {name: out / name for name in (*ROWS, TEXT)},
            json.loads(manifest.read_text("utf-8")) if manifest.is_file() else {},
        )

    def read(self, name: str) -> Iterator[Row]:
        """Yield the rows of a file, nothing when it is missing.

        Passages come without their probabilities, links as `as_shown` says.
        """
        path = self.files.get(name)
        return _rows(path, self._form(name)) if path and path.is_file() else iter(())

    def by_document(self, name: str) -> Iterator[Stretch]:
        """Yield the rows of passages.jsonl or links.jsonl, as `read` gives them, by document; see `stretches`."""
        path = self.files.get(name)
        return stretches(path, self._form(name)) if path and path.is_file() else iter(())

    def _form(self, name: str) -> Form:
        if name == "passages.jsonl":
            return LEAN_PASSAGE
        if name != "links.jsonl" or not self.as_shown:
            return Form()
        return Form(made=_shown_link) if self.examples else LEAN_LINK

    def size(self, name: str) -> int:
        """Bytes of a file, 0 when it is missing."""
        path = self.files.get(name)
        return path.stat().st_size if path and path.is_file() else 0

    def text(self, document: Row) -> str:
        """Canonical text of a row of documents.jsonl, "" when its file is gone."""
        folder = self.files.get(TEXT)
        return text_of(folder, document) if folder and document.get("text_file") else ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found in one document.

    Attributes:
        entry: its first ledger row. document: its row, None when it could not be read.
        passages, links: their rows; those of a long document are in no memory, but read again each time.
    """

    entry: Row
    document: Row | None
    passages: stored.Rows[Row]
    links: stored.Rows[Row]


def walk(rows: Rows) -> Iterator[Found]:
    """Yield every document once, and every input that could not be read, in the order of the ledger.

    Raises:
        UsageError: if passages, links or documents do not come in the order of the ledger.
    """
    unread = _unread(rows)
    documents = rows.read("documents.jsonl")
    passages, links = (_Groups(rows.by_document(name)) for name in ("passages.jsonl", "links.jsonl"))
    document = next(documents, None)
    for entry in rows.read("ledger.jsonl"):
        identity = entry["document_id"]
        if document is not None and identity == document["document_id"]:
            yield Found(entry, document, passages.take(identity), links.take(identity))
            document = next(documents, None)
        elif identity is None or identity in unread:
            unread.discard(identity)
            yield Found(entry, None, [], [])
    left = {"documents.jsonl": document, "passages.jsonl": passages.waiting, "links.jsonl": links.waiting}
    if wrong := [name for name, waiting in left.items() if waiting is not None]:
        raise UsageError(", ".join(wrong), "not in the order of ledger.jsonl", "Run evmap map again")


def _unread(rows: Rows) -> set[str]:
    """Ids of inputs that no reading gave a document."""
    unread = {row["document_id"] for row in rows.read("ledger.jsonl") if row["status"] not in READ} - {None}
    if unread:
        unread.difference_update(row["document_id"] for row in rows.read("documents.jsonl"))
    return unread


class _Groups:
    """Rows by document, handed out in the order in which they come."""

    def __init__(self, groups: Iterator[Stretch]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    @property
    def waiting(self) -> str | None:
        """Id of the document whose rows come next, None after the last."""
        return self._next.document_id if self._next else None

    def take(self, identity: str) -> stored.Rows[Row]:
        """Rows of this document, none when the next ones belong to another."""
        found = self._next
        if found is None or identity != found.document_id:
            return ()
        self._next = next(self._groups, None)
        return found


def is_confirmed(link: Row) -> bool:
    """Whether an officer confirmed or corrected a link; never in the output of a run, only in that of a desk."""
    return link.get("state") in CONFIRMED


def _rows(path: Path, form: Form) -> Iterator[Row]:
    with path.open("rb") as lines:
        yield from map(form.row, lines)


def _shown_link(row: Row) -> Row:
    return row | {"lane": "suggested"} if is_confirmed(row) else row


def _without_examples(line: bytes) -> bytes:
    head, _, rest = line.partition(EXAMPLES)
    _, found, tail = rest.partition(AFTER)
    return b'%b},"model":%b' % (head, tail) if found else line


def _without_probabilities(line: bytes) -> bytes:
    head, _, tail = line.partition(TAIL)
    last = tail.rstrip()
    return head + b"}" if last.endswith(b"}}") and last.count(b"}") == 2 else line


def _lean_passage(row: Row) -> Row:
    row.pop("probabilities", None)  # where another program wrote the line
    return row


# Neither the examples nor the probabilities, which few need, and which are most of the bytes.
LEAN_LINK = Form(_without_examples, _shown_link)
LEAN_PASSAGE = Form(_without_probabilities, _lean_passage)


def lean_passage(line: str) -> Row:
    """Read a passage row that is kept as text, without its probabilities."""
    return LEAN_PASSAGE.row(line.encode("utf-8"))
