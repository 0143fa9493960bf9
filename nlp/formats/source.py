"""What is exported: the rows of a finished run or of a desk's export, one document at a time."""

from __future__ import annotations

import base64
import csv
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from nlp.cells import bare
from nlp.errors import UsageError
from nlp.jsonl import read_rows
from nlp.program import Program
from nlp.review.records import FINAL, FIRST
from nlp.seal import DECISIONS, ROWS, TEXT, require_finished
from nlp.writers.walk import Found, Row, Rows, walk

_SAME = (
    "document_id", "passage_id", "target", "probability", "quote", "start", "end", "page", "prefix", "suffix",
    "treatment", "model", "program", "state", "reason",
)  # fmt: skip
BASE = "urn:evmap:"
HASH = "nih:sha-256;"  # RFC 6920, section 7: a hash as people write it


@dataclass(frozen=True, slots=True)
class Options:
    """How to export.

    Attributes:
        base: IRI that ids of labels and links are put behind, ending in ":", "/" or "#".
        lanes: only links of these lanes; what officers decided on always goes out.
    """

    base: str = BASE
    lanes: tuple[str, ...] = ("suggested", "review")


@dataclass(frozen=True)
class Source:
    """An output folder to export from.

    Attributes:
        rows: its row files. program: the codebook. decided: last decision of each item, by item id.
    """

    folder: Path
    rows: Rows
    program: Program
    options: Options = field(default_factory=Options)

    @classmethod
    def open(cls, folder: Path, program: Program, options: Options | None = None) -> Source:
        """Open a finished output folder.

        Raises:
            UsageError: if no run has finished there or its rows are not as it left them, or the base is no IRI.
        """
        options = options or Options()
        if not options.base.endswith((":", "/", "#")) or ":" not in options.base or " " in options.base:
            raise UsageError(options.base, "no base to put ids behind", "Such as https://example.org/program/")
        require_finished(folder, (*ROWS, TEXT))
        return cls(folder, replace(Rows.of(folder), as_shown=False), program, options)

    @property
    def manifest(self) -> Row:
        """What run.json says."""
        return self.rows.manifest

    def found(self) -> Iterator[Found]:
        """Yield every document and every input that could not be read, with its links as `wants` has them.

        What officers rejected, which a desk's export leaves out of its links, comes after them.
        """
        for found in walk(self.rows):
            also = self.rejected.get(found.document["document_id"], []) if found.document else []
            yield Found(found.entry, found.document, found.passages, [*filter(self.wants, found.links), *also])

    def wants(self, link: Row) -> bool:
        """Whether a link is to be exported."""
        return link.get("state", "suggested") != "suggested" or link["lane"] in self.options.lanes

    def decisions(self) -> Iterator[Row]:
        """Yield the rows of decisions.jsonl, none where nobody decided."""
        path = self.folder / DECISIONS
        return read_rows(path) if path.is_file() else iter(())

    @functools.cached_property
    def decided(self) -> dict[str, Row]:
        """The last decision of each item: of an adjudicator where there is one, else of the first reading."""
        return last_decisions(self.decisions())

    @functools.cached_property
    def rejected(self) -> dict[str, list[Row]]:
        """What officers rejected, as rows of links.jsonl, by document."""
        found: dict[str, list[Row]] = {}
        for row in self.decided.values():
            if row["item"]["state"] == "rejected":
                found.setdefault(row["document_id"], []).append(link_of(row["item"], self.program))
        return found

    def sheet(self, name: str) -> Iterator[dict[str, str]]:
        """Yield the rows of a CSV file of the folder, cells as they were before they were made inert."""
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield {key: bare(cell) for key, cell in row.items()}

    def iri(self, name: str) -> str:
        """IRI of something of ours, such as "objective:16" or "link:0f3a"."""
        return f"{self.options.base}{name}"


def last_decisions(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the last decision of each item: an adjudicator's where there is one, else the first reading's."""
    found: dict[str, Row] = {}
    for row in rows:
        held = found.get(row["item_id"], row)
        if row["reading"] == FINAL or row["reading"] == held["reading"] == FIRST:
            found[row["item_id"]] = row
    return found


def link_of(item: Row, program: Program) -> Row:
    """Return an item of a decision as a row of links.jsonl, as a desk's export has them."""
    known = item["implementer"] in program.body_by_id
    return {
        "link_id": item["item_id"],
        **{name: item[name] for name in _SAME},
        "lane": item["lane"] or "review",
        "bbox": None,
        "implementer": item["implementer"] if known else None,
        "why": item.get("why") or {},
        "item_id": item["item_id"],
        "implementer_text": None if known else item["implementer"],
    }


def shown(name: str) -> str:
    """Return the name of an input without folders of the machine: a relative path stays, of another its last part."""
    for kind in (PurePosixPath, PureWindowsPath):
        path: PurePath = kind(name)
        if path.is_absolute() or path.drive or ".." in path.parts:
            return path.name
    return name


def document_iri(document_id: str) -> str:
    """IRI of a document: the hash of its bytes (RFC 6920)."""
    return f"{HASH}{document_id}"


def document_of(iri: str) -> str | None:
    """Return the sha256 (hex) that an IRI carries (nih, ni, or hex at its end), None where it carries none."""
    text = iri.strip().rstrip("/#")
    if text.startswith(HASH):
        text = text.removeprefix(HASH).split(";")[0].replace("-", "")
    elif text.startswith("ni:///sha-256;"):
        code = text.removeprefix("ni:///sha-256;").split("?")[0]
        text = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).hex()
    tail = text[-64:].lower()
    return tail if len(tail) == 64 and not set(tail) - set("0123456789abcdef") else None


def flat(value: Any) -> Any:
    """Return names of inputs as `shown`, a list of them too."""
    return [*map(shown, value)] if isinstance(value, list) else shown(value) if isinstance(value, str) else value


def names_of(documents: Iterable[Row]) -> dict[str, str]:
    """Return file name -> document id of rows of documents.jsonl; a name that two documents have names none."""
    found: dict[str, set[str]] = {}
    for row in documents:
        for name in row["inputs"]:
            found.setdefault(PureWindowsPath(name).name, set()).add(row["document_id"])
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
