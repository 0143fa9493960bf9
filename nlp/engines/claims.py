"""Whose a document is: the input that came first maps it, inputs that hold the same one wait for what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from nlp.store.rows import Finished
from nlp.writers.rows import printable


class Job(Protocol):
    """An input on its way: its place in the run, from 0, and its path."""

    position: int
    path: Path


JobT = TypeVar("JobT", bound=Job)


@dataclass(slots=True)
class Claim(Generic[JobT]):
    """A document of this run: whose it is (-1: an earlier run's), the inputs that wait for it, what came of it."""

    owner: int
    waiting: list[JobT] = field(default_factory=list)
    result: Finished | None = None

    def settle(self, result: Finished) -> list[Finished]:
        """Keep what came of the document, without its rows; return what is told of those that waited for it."""
        self.result = replace(result, row=None, text=None, passages=(), links=())
        told = [twin(job, self.result) for job in self.waiting]
        self.waiting.clear()
        return told


def twin(job: Job, result: Finished) -> Finished:
    """What is told of an input whose document was finished under another name, or in an earlier run."""
    return replace(
        result, position=job.position, input=printable(str(job.path)), known=True, read_seconds=0.0, map_seconds=0.0
    )
