"""What goes into the store and comes out of it: plain records that travel between processes, the many as tuples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

STORE = "evmap.sqlite"  # its name in an output folder
TRIED_AGAIN = frozenset(
    ("timeout", "out_of_memory", "crashed", "io_error", "too_large", "no_text", "unsupported")
)  # another run may have more luck, higher limits, or programs such as Tesseract that were missing


RowT = TypeVar("RowT", covariant=True)


class Rows(Protocol[RowT]):
    """Rows in the order of the document: a tuple, or, of a long document, a file that is gone through."""

    def __len__(self) -> int:
        """Number of rows."""
        ...

    def __iter__(self) -> Iterator[RowT]:
        """Yield them, again each time."""
        ...


class PassageRow(NamedTuple):
    """A passage; `row` is its line of passages.jsonl: one JSON object, no line end."""

    passage_id: str
    row: str


class LinkRow(NamedTuple):
    """An evidence link; `row` is its line of links.jsonl. `probability` in [0, 1]; `lane`, `target` as in `Link`."""

    link_id: str
    target: str
    lane: str
    probability: float
    row: str


@dataclass(frozen=True, slots=True)
class Finished:
    """What an engine hands over for one input.

    Attributes:
        position: place of the input in the run, from 0. input: its name, printable.
        status: one of `records.STATUSES`; reason: why it is not "ok".
        document_id: sha256 (hex) of its bytes, None where they could not be read.
        read_seconds, map_seconds: wall-clock time.
        known: the store, or this run, has the document already: nothing below is given, and status and reason are
            those of the document.
        row: the document's row as one JSON object without its inputs, None where it could not be read.
        text: canonical text, None where it could not be read.
        passages, links: in the order of the document.
    """

    position: int
    input: str
    status: str
    reason: str | None = None
    document_id: str | None = None
    read_seconds: float = 0.0
    map_seconds: float = 0.0
    known: bool = False
    row: str | None = None
    text: str | None = None
    passages: Rows[PassageRow] = ()
    links: Rows[LinkRow] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A run as stored.

    Attributes:
        key: digest of all that decides what a document becomes.
        state: "running", "finished" or "stopped". A run that was killed still says "running".
        started, updated: ISO 8601 in UTC; updated: the last commit.
        host, pid: where its process runs. total: number of inputs.
        settings, manifest: as given; manifest is None until the run has finished.
    """

    run_id: int
    key: str
    state: str
    started: str
    updated: str
    host: str
    pid: int
    total: int
    settings: Mapping[str, Any]
    manifest: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a run is: inputs done, how many of each status, and distinct documents read with what they hold."""

    inputs: int = 0
    documents: int = 0
    passages: int = 0
    links: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An input of a run with what is known of its document.

    Attributes:
        row: the document's row (JSON), None where it could not be read.
        same_as: the first input of the run that holds the same document, None for that first one itself.
    """

    position: int
    input: str
    document_id: str | None
    status: str
    reason: str | None
    read_seconds: float
    map_seconds: float
    row: str | None
    same_as: str | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document that was read: its row (JSON) and all inputs of the run that hold it, in order."""

    document_id: str
    row: str
    inputs: tuple[str, ...]
