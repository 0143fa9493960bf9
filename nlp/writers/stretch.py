"""The rows of one document in a row file: in memory while they are few, else read each time from where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from nlp.jsonl import parse

Row = dict[str, Any]
Placed = tuple[str, int, int, Row]  # document id, first byte, number of bytes that are parsed, row
BUFFER = 1 << 20  # bytes of a row file that are read or written at once
HELD = 6_000_000  # bytes that are parsed: links of a report of some 150 pages, which are a few times that as rows


@dataclass(frozen=True, slots=True)
class Form:
    """How a line becomes a row.

    Attributes:
        cut: leaves out of a line what nobody wants, before it is parsed. made: what is made of the row parsed.
    """

    cut: Callable[[bytes], bytes] = lambda line: line
    made: Callable[[Row], Row] = lambda row: row

    def row(self, line: bytes) -> Row:
        """Make a row of a line.

        Raises:
            json.JSONDecodeError: if it is no JSON.
        """
        return self.made(parse(self.cut(line)))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one document that stand one after another in a file; can be gone through again and again.

    Attributes:
        path, start: the file, and the byte of it where the first row begins. count: number of rows.
        form: makes a row of a line. held: the rows, None where they are too many to be kept.
    """

    document_id: str
    path: Path
    start: int
    count: int
    form: Form
    held: tuple[Row, ...] | None = None

    def __len__(self) -> int:
        """Number of rows."""
        return self.count

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows in their order; those that are not held one at a time.

        Raises:
            OSError: if the file is gone.
        """
        return self._read() if self.held is None else iter(self.held)

    def let_go(self) -> Stretch:
        """Return the same rows, held by nobody."""
        return replace(self, held=None)

    def _read(self) -> Iterator[Row]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            for _ in range(self.count):
                yield self.form.row(file.readline())


def stretches(path: Path, form: Form) -> Iterator[Stretch]:
    """Yield the rows of a JSON Lines file by document, in the order in which they stand there.

    Rows of a document of whose lines `HELD` bytes are parsed, or fewer, are held.

    Args:
        form: makes a row of a line.

    Raises:
        OSError: if the file cannot be read. json.JSONDecodeError: if a line is no JSON.
    """
    for identity, placed in groupby(_placed(path, form), itemgetter(0)):
        yield _stretch(identity, path, form, placed)


def _stretch(identity: str, path: Path, form: Form, placed: Iterable[Placed]) -> Stretch:
    held: list[Row] = []
    first = count = parsed = 0
    for _, start, size, row in placed:
        first, count, parsed = first if count else start, count + 1, parsed + size
        if parsed <= HELD:
            held.append(row)
        else:
            held.clear()
    return Stretch(identity, path, first, count, form, tuple(held) if len(held) == count else None)


def _placed(path: Path, form: Form) -> Iterator[Placed]:
    start = 0
    with path.open("rb", buffering=BUFFER) as lines:
        for line in lines:
            kept = form.cut(line)
            row = form.made(parse(kept))
            yield row["document_id"], start, len(kept), row
            start += len(line)
