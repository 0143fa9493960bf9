"""Copies made by a bounded child: writing into a hostile PDF or Word file is as risky as reading it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.copies.finding import Finding
from nlp.errors import EvmapError, UnreadableDocument
from nlp.readers.parcel import pack, unpack
from nlp.readers.worker import Worker
from nlp.settings import Settings

JOBS = "jobs"


@dataclass(frozen=True, slots=True)
class Job:
    """A copy to make: of the file at `original`, of a kind, with findings; see `nlp.copies.copied`."""

    original: str
    kind: str
    name: str
    text: str
    findings: tuple[Finding, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes of a copy."""

    data: bytes


def copy_task(path: Path, settings: Settings, known: Callable[[str], bool]) -> Made:
    """Make the copy that a job asks for; the task of the copying child.

    Args:
        path: of the job. known: not asked.

    Raises:
        EvmapError: as `nlp.copies.copied`.
    """
    from nlp.copies import copied
    from nlp.program import load_program

    job: Job = unpack(path.read_bytes())
    original = Path(job.original).read_bytes()
    made = copied(job.kind, original, job.name, job.text, job.findings, load_program(), job.language, settings)
    return Made(made.data)


class Copier:
    """Makes copies, one at a time; for several threads.

    Args:
        scratch: folder for the child and its jobs, on this machine.
    """

    def __init__(self, scratch: Path, settings: Settings) -> None:
        self._scratch = scratch
        self._worker = Worker(copy_task, settings, scratch)
        self._turn = threading.Lock()

    def make(
        self, original: Path, kind: str, name: str, text: str, findings: Sequence[Finding], language: str
    ) -> bytes:
        """Return a copy.

        Raises:
            EvmapError: as `nlp.copies.copied`, or UnreadableDocument where the child did not outlive the file.
        """
        job = self._scratch / JOBS / secrets.token_hex(8)
        job.parent.mkdir(parents=True, exist_ok=True)
        job.write_bytes(pack(Job(str(original.resolve()), kind, name, text, tuple(findings), language)))
        try:
            with self._turn:
                made = self._worker.call(job.resolve())
        except EvmapError as error:
            raise UnreadableDocument(name, "crashed", error.reason, error.hint) from None
        finally:
            job.unlink(missing_ok=True)
        if not isinstance(made, Made):
            raise UnreadableDocument(name, "crashed", "the copy could not be made", "try again")
        return made.data

    def close(self) -> None:
        """End the child."""
        with self._turn:
            self._worker.stop()
