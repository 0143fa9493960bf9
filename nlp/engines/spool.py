"""Rows of a long document on their way to the store: in a file, so that nobody has all of them in memory."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from nlp.store.rows import Finished, LinkRow, PassageRow

RowT = TypeVar("RowT", PassageRow, LinkRow)
LEAST = 1_000  # passages and links; fewer travel as they are
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Spooled(Generic[RowT]):
    """Rows in a file of ours, from a byte on; can be gone through again while the file is there."""

    path: Path
    start: int
    count: int

    def __len__(self) -> int:
        """Number of rows."""
        return self.count

    def __iter__(self) -> Iterator[RowT]:
        """Yield the rows in their order, some of them in memory at a time.

        Raises:
            OSError: if the file is gone.
        """
        left = self.count
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left > 0:
                rows: list[RowT] = pickle.load(file)  # noqa: S301 - of our own mapping process
                left -= len(rows)
                yield from rows


def spool(finished: Finished, folder: Path) -> Finished:
    """Put the rows of a long document into a file in `folder`; return it as it is if it is short, or has no room."""
    if len(finished.passages) + len(finished.links) < LEAST:
        return finished
    try:
        with tempfile.NamedTemporaryFile(prefix="rows-", dir=folder, delete=False) as file:
            path, links_from = Path(file.name), _write(file, list(finished.passages))
            _write(file, list(finished.links))
    except OSError:  # no room there: the store, which needs as much, will say so
        return finished
    return replace(
        finished,
        passages=Spooled(path, 0, len(finished.passages)),
        links=Spooled(path, links_from, len(finished.links)),
    )


def drop(finished: Finished) -> None:
    """Remove the file of a document that is stored, if it has one."""
    if isinstance(finished.passages, Spooled):
        finished.passages.path.unlink(missing_ok=True)


def _write(file: BinaryIO | Any, rows: Sequence[object]) -> int:
    """Write rows; return where they end."""
    for start in range(0, len(rows), AT_ONCE):
        pickle.dump(rows[start : start + AT_ONCE], file, pickle.HIGHEST_PROTOCOL)
    return int(file.tell())
