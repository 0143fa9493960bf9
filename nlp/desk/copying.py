"""Copies made, and sheets read, by a bounded child: a hostile file is as risky there as when it is first read."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlp.copies.finding import Wanted
from nlp.errors import EvmapError, UnreadableDocument
from nlp.readers.parcel import pack, unpack
from nlp.readers.worker import Worker
from nlp.review.records import Ask, Item
from nlp.settings import Settings

JOBS = "jobs"


@dataclass(frozen=True, slots=True)
class Job:
    """A copy to make, of a kind; the child reads the `original` itself from its path."""

    kind: str
    original: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Filled:
    """A review sheet (XLSX) that came back, to be read; see `nlp.copies.sheet.read`."""

    data: bytes
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes of a copy, or what a sheet asks for."""

    data: bytes = b""
    asks: tuple[Ask, ...] = ()


def copy_task(path: Path, settings: Settings, known: Callable[[str], bool]) -> Made:
    """Do what a job asks for; the task of the copying child.

    Args:
        path: of the job. known: not asked.

    Raises:
        EvmapError: as `nlp.copies.copied` and `nlp.copies.sheet.read`.
    """
    from nlp.copies import copied, sheet
    from nlp.program import load_program

    job: Job | Filled = unpack(path.read_bytes())
    program = load_program(settings.program or None)
    if isinstance(job, Filled):
        return Made(asks=tuple(sheet.read(job.data, job.items, program)))
    wanted = replace(job.wanted, original=Path(job.original).read_bytes())
    return Made(copied(job.kind, wanted, program, settings).data)


class Copier:
    """Makes copies, one at a time; for several threads.

    Args:
        scratch: folder for the child and its jobs, on this machine.
    """

    def __init__(self, scratch: Path, settings: Settings) -> None:
        self._scratch = scratch
        self._worker = Worker(copy_task, settings, scratch)
        self._turn = threading.Lock()

    def make(self, kind: str, original: Path, wanted: Wanted) -> bytes:
        """Return a copy of a kind.

        Args:
            original: where the report lies; `wanted` need not hold it.

        Raises:
            EvmapError: as `nlp.copies.copied`, or UnreadableDocument where the child did not outlive the file.
        """
        return self._done(Job(kind, str(original.resolve()), wanted), wanted.name).data

    def asks(self, data: bytes, items: Sequence[Item]) -> list[Ask]:
        """Return what a filled review sheet asks for.

        Raises:
            EvmapError: as `nlp.copies.sheet.read`, or UnreadableDocument where the child did not outlive the file.
        """
        return [*self._done(Filled(data, tuple(items)), "review sheet").asks]

    def _done(self, job: Job | Filled, name: str) -> Made:
        path = self._scratch / JOBS / secrets.token_hex(8)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack(job))
        try:
            with self._turn:
                made = self._worker.call(path.resolve())
        except EvmapError as error:
            raise UnreadableDocument(name, "crashed", error.reason, error.hint) from None
        finally:
            path.unlink(missing_ok=True)
        if not isinstance(made, Made):
            raise UnreadableDocument(name, "crashed", "the copy could not be made", "try again")
        return made

    def close(self) -> None:
        """End the child."""
        with self._turn:
            self._worker.stop()
