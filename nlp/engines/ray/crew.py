"""The two pools of a cluster, and how large they are: what is there is looked at again and again."""

from __future__ import annotations

import time
from typing import Any, Generic, TypeVar

import ray

from nlp.engines import Workshop
from nlp.engines.key import code_digest
from nlp.engines.ray.actors import Encoder, Reader
from nlp.engines.ray.cluster import cpus, sizes
from nlp.engines.ray.pool import Pool
from nlp.errors import UsageError

COUNT_SECONDS = 5.0  # between two looks at how large the cluster is
ROOM_SECONDS, GIVE_UP_SECONDS = 10.0, 900.0  # without room for a first process: make room, give up
JobT = TypeVar("JobT")


class Crew(Generic[JobT]):
    """Actors that read and actors that map.

    Args:
        workshop: what to work with. own: whether the cluster is this machine alone, so that its folders are here.
        inputs: how many there are.
    """

    def __init__(self, workshop: Workshop, own: bool, inputs: int) -> None:
        self._workshop = workshop
        self._wanted = (
            max(1, min(workshop.workers, inputs)),
            max(1, min(workshop.settings.ray_readers or workshop.workers, inputs)),
        )
        self._fit, self._counted = sizes(cpus(), *self._wanted), time.monotonic()
        self._told = False
        self.readers: Pool[JobT] = self._pool("reads", own)
        self.encoders: Pool[JobT] = self._pool("maps", own)

    @property
    def maps(self) -> int:
        """How many actors map when all are there."""
        return self._fit.encoders

    def tend(self, reads: bool, maps: bool) -> None:
        """Have actors begun as there is need and room.

        Args:
            reads, maps: whether there is anything to read, to map.

        Raises:
            UsageError: if there was no room for a first one for `GIVE_UP_SECONDS`.
        """
        if time.monotonic() - self._counted > COUNT_SECONDS:
            self._fit, self._counted = sizes(cpus(), *self._wanted), time.monotonic()
        self.readers.size = self._fit.readers if reads else 0
        self.encoders.size = max(self._fit.encoders if maps else 0, len(self.encoders))
        for poor, rich in ((self.encoders, self.readers), (self.readers, self.encoders)):
            if poor.lacks > ROOM_SECONDS:
                rich.size = int(poor.lacks < 3 * ROOM_SECONDS)
                self._tell(poor.lacks)
        self.readers.tend()
        self.encoders.tend()

    def wait(self, seconds: float) -> set[Any]:
        """Return what is ready, waiting for the first not longer than so many seconds."""
        waits = self.readers.waits + self.encoders.waits
        if not waits:
            return set()
        first, rest = ray.wait(waits, timeout=seconds)
        more = ray.wait(rest, num_returns=len(rest), timeout=0)[0] if first and rest else []
        return {*first, *more}

    def close(self, gently: bool = False) -> None:
        """End all actors; `gently` gives those that do nothing time to close their cache and remove their folders."""
        self.readers.close(gently)
        self.encoders.close(gently)

    def _pool(self, name: str, own: bool) -> Pool[JobT]:
        work = self._workshop
        options = {"max_restarts": 0, "max_task_retries": 0, "scheduling_strategy": "SPREAD"}
        if name == "reads":
            kind: Any = ray.remote(Reader)
            told: tuple[Any, ...] = (work.settings, work.scratch if own else None, code_digest() if work.key else "")
        else:
            kind, told = ray.remote(Encoder), (work.settings, work.cache if own else None, work.key)

        def make() -> Any:
            share = self._fit.reader_cpus if name == "reads" else self._fit.encoder_cpus
            return kind.options(num_cpus=share, **options).remote(*told)

        return Pool(name, make)

    def _tell(self, seconds: float) -> None:
        reason = "the cluster has no room for a process that reads and one that maps"
        if seconds > GIVE_UP_SECONDS:
            raise UsageError("ray", reason, "Add machines, or run again when others need less")
        if not self._told:
            self._told = True
            self._workshop.notice(f"Waiting: {reason}")
