"""The rows of one document in a row file: in memory while they are few, else read each time from where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Parse = Callable[[str], Row]
Placed = tuple[str, int, int, Row]  # document id, first byte, number of bytes, row
HELD = 6_000_000  # bytes of lines: links of a report of some 50 pages, which are a few times that as rows


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one document that stand one after another in a file; can be gone through again and again.

    Attributes:
        path, start: the file, and the byte of it where the first row begins. count: number of rows.
        parse: makes a row of a line. held: the rows, None where they are too many to be kept.
    """

    document_id: str
    path: Path
    start: int
    count: int
    parse: Parse
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
                yield self.parse(file.readline().decode("utf-8"))


def stretches(path: Path, parse: Parse) -> Iterator[Stretch]:
    """Yield the rows of a JSON Lines file by document, in the order in which they stand there.

    Rows of a document whose lines have `HELD` bytes together, or fewer, are held.

    Args:
        parse: makes a row of a line.

    Raises:
        OSError: if the file cannot be read. json.JSONDecodeError: if a line is no JSON.
    """
    for identity, placed in groupby(_placed(path, parse), itemgetter(0)):
        yield _stretch(identity, path, parse, placed)


def _stretch(identity: str, path: Path, parse: Parse, placed: Iterable[Placed]) -> Stretch:
    held: list[Row] = []
    first = count = 0
    for _, start, size, row in placed:
        first, count = first if count else start, count + 1
        if start + size - first <= HELD:
            held.append(row)
        else:
            held.clear()
    return Stretch(identity, path, first, count, parse, tuple(held) if len(held) == count else None)


def _placed(path: Path, parse: Parse) -> Iterator[Placed]:
    start = 0
    with path.open("rb") as lines:
        for line in lines:
            row = parse(line.decode("utf-8"))
            yield row["document_id"], start, len(line), row
            start += len(line)
