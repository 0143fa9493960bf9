"""The engine of a cluster; see the package for how and why."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.engines import Asked, Knows, Workshop
from nlp.engines.claims import Claim, twin
from nlp.engines.mapper import Errand
from nlp.engines.order import long_first
from nlp.engines.ray import prepare
from nlp.errors import MissingExtra, ReaderKilled, UnreadableDocument
from nlp.pipeline import safe_reason
from nlp.store.rows import Finished
from nlp.writers.rows import printable

if TYPE_CHECKING:
    from nlp.engines.ray.actors import Taken
    from nlp.engines.ray.crew import Crew
    from nlp.engines.ray.pool import Heard
    from nlp.engines.shards import Shards

LOOK = 0.25  # seconds between two looks at the clock and at whether to stop
TRIES = 4  # of a document whose actor is lost
READY_BYTES = 64_000_000  # of documents that wait to be mapped, for each process that maps
GRACE_SECONDS = 120.0  # beside the reader's own limits, which it keeps itself
MAP_SECONDS, PASSAGE_SECONDS = 600.0, 5.0  # for mapping a document, and for each of its passages


@dataclass(slots=True)
class _Job:
    """An input on its way.

    Attributes:
        document_id: once it is hashed. taken, payload: once it is read; the payload lies in the cluster.
    """

    position: int
    path: Path
    tries: int = 0
    document_id: str | None = None
    taken: Taken | None = None
    payload: Any = None


class RayEngine:
    """Reads and maps on a Ray cluster; see `engines.Engine`.

    Raises:
        MissingExtra: if Ray is not installed.
    """

    def __init__(self, workshop: Workshop) -> None:
        if not all(map(find_spec, ("ray", "pyarrow", "fsspec"))):
            raise MissingExtra("the engine ray", "ray")
        self._workshop = workshop

    def work(self, paths: Sequence[Path], known: Knows, stopped: Asked) -> Iterator[Finished]:
        """Yield one `Finished` per path, in any order; see `engines.Engine.work`.

        Raises:
            UsageError: if there is no cluster, or none of use. StoreError: if the shards cannot be written.
        """
        prepare(self._workshop.settings)  # before Ray is imported
        from nlp.engines.ray.cluster import joined
        from nlp.engines.ray.crew import Crew
        from nlp.engines.shards import Shards

        work = self._workshop
        with ExitStack() as stack:
            shards = Shards(work.shards, work.key, work.anew, work.notice) if work.key and work.shards else None
            own = stack.enter_context(joined(work.settings, work.workers))
            crew: Crew[_Job] = Crew(work, own, len(paths))
            stack.callback(crew.close)
            if shards is not None:
                stack.callback(shards.flush)
            shift = _Shift(work, crew, shards, paths, known)
            while shift.goes_on(stopped()):
                shift.assign()
                shift.listen()
                yield from shift.finished()
            crew.close(gently=True)


class _Shift:
    """One call of `work`: who is busy with what, and what waits."""

    def __init__(
        self, workshop: Workshop, crew: Crew[_Job], shards: Shards | None, paths: Sequence[Path], known: Knows
    ) -> None:
        self._settings, self._crew, self._shards, self._known = workshop.settings, crew, shards, known
        self._todo = long_first(paths, workshop.workers)
        self._again: deque[_Job] = deque()
        self._unread: deque[_Job] = deque()
        self._ready: deque[_Job] = deque()
        self._done: deque[Finished] = deque()
        self._claims: dict[str, Claim[_Job]] = {}
        self._begun = 0  # claims that nothing has come of yet
        self._exhausted = self._stopping = False

    def goes_on(self, stopped: bool) -> bool:
        """Whether there is anything left to do or to tell."""
        if stopped and not self._stopping:
            self._stop_reading()
        busy = self._crew.readers.jobs or self._crew.encoders.jobs
        return bool(busy or self._done or self._ready or self._unread or self._again) or not self._exhausted

    def finished(self) -> Iterator[Finished]:
        """Yield what is done."""
        while self._done:
            found = self._done.popleft()
            if self._shards is not None:
                self._shards.add(found)
            yield found

    def assign(self) -> None:
        """Have actors begun as there is need, and give work to whoever has none."""
        crew = self._crew
        crew.tend(reads=not self._stopping, maps=self._begun > 0)
        while self._ready and (slot := crew.encoders.idle()):
            job = self._ready.popleft()
            passages = job.taken.passages if job.taken else 0
            waits = slot.actor.map.remote(_errand(job), job.payload)
            crew.encoders.give(slot, job, waits, MAP_SECONDS + PASSAGE_SECONDS * passages)
        while self._has_room() and (slot := crew.readers.idle()) and (job_ := self._next()):
            crew.readers.give(slot, job_, self._reading(slot.actor, job_), self._reading_seconds)

    def listen(self) -> None:
        """Wait for the first who has something to say, not longer than `LOOK`, and hear them all."""
        ready = self._crew.wait(LOOK)
        for heard in self._crew.readers.hear(ready):
            self._hear_reader(heard)
        for heard in self._crew.encoders.hear(ready):
            self._hear_encoder(heard)

    def _stop_reading(self) -> None:
        """Begin nothing more: what is being mapped is finished, what is read or waits is left for the next run."""
        self._stopping = self._exhausted = True
        for waiting in (self._ready, self._unread, self._again):
            waiting.clear()
        self._crew.readers.close(gently=True)

    def _next(self) -> _Job | None:
        for waiting in (self._unread, self._again):
            if waiting:
                return waiting.popleft()
        found = None if self._stopping else next(self._todo, None)
        self._exhausted = found is None
        return _Job(*found) if found else None

    def _has_room(self) -> bool:
        waiting = sum(job.taken.size for job in self._ready if job.taken)
        return len(self._ready) < 2 * self._crew.maps and waiting < READY_BYTES * self._crew.maps

    # --- reading

    def _reading(self, actor: Any, job: _Job) -> Any:
        """Have a file hashed, or read once it is; return what to wait for."""
        if job.document_id is None:
            return actor.hashed.remote(job.path)
        taken, job.payload = actor.read.options(num_returns=2).remote(job.path, job.document_id)
        return taken

    @property
    def _reading_seconds(self) -> float:
        settings = self._settings
        return GRACE_SECONDS + 2 * settings.read_seconds + settings.ocr_seconds

    def _hear_reader(self, heard: Heard[_Job]) -> None:
        job, value = heard.job, heard.value
        if heard.reason:
            self._try_again(job, "reads", heard.reason)
        elif isinstance(value, str):
            self._decide(job, value)
        elif isinstance(value, UnreadableDocument):
            self._settle(job, _unread(job, value))
        else:
            self._read(job, value)

    def _decide(self, job: _Job, document_id: str) -> None:
        """Read a document, unless this run or an earlier one has it, or another input is at it."""
        job.document_id = document_id
        claim = self._claims.get(document_id)
        if claim is None:
            self._begin(job, document_id)
        elif claim.result is not None:
            self._done.append(twin(job, claim.result))
        else:
            claim.waiting.append(job)

    def _begin(self, job: _Job, document_id: str) -> None:
        if self._known(document_id):
            told = Finished(0, "", "ok", None, document_id, known=True)
            self._claims[document_id] = Claim(-1, result=told)
            self._done.append(twin(job, told))
            return
        self._claims[document_id] = Claim(job.position)
        self._begun += 1
        if self._shards is not None and (kept := self._shards.take(document_id)):
            self._settle(job, replace(kept, position=job.position, input=printable(str(job.path))))
        else:
            self._unread.append(job)

    def _read(self, job: _Job, taken: Taken) -> None:
        if taken.error and isinstance(taken.error, ReaderKilled) and job.tries + 1 < TRIES:
            self._try_again(job, "reads", taken.error.reason)
        elif taken.error:
            self._settle(job, _unread(job, taken.error, taken.seconds))
        elif taken.document_id != job.document_id:
            self._changed(job)
        else:
            job.taken = taken
            self._ready.append(job)

    def _changed(self, job: _Job) -> None:
        """The file was replaced after it was hashed: what it was is not there any more."""
        claim = self._claims.pop(job.document_id or "")
        self._begun -= 1
        for waiting in claim.waiting:
            waiting.document_id = None
        self._again.extend(claim.waiting)
        job.document_id, job.tries = None, job.tries + 1
        if job.tries < TRIES:
            self._again.append(job)
        else:
            reason = "changed while it was read. run again when it is written"
            self._settle(job, Finished(job.position, printable(str(job.path)), "io_error", reason))

    def _try_again(self, job: _Job, does: str, reason: str) -> None:
        """An actor was lost over a document, or what it had read was: read it once more, or give it up."""
        job.tries, job.taken, job.payload = job.tries + 1, None, None
        if self._stopping:
            return
        if job.tries < TRIES:
            (self._again if job.document_id is None else self._unread).append(job)
            return
        told = f"the process that {does} was lost {TRIES} times ({reason}). run again; if that does not help, report it"
        name = printable(str(job.path))
        self._settle(job, Finished(job.position, name, "crashed", told, job.document_id))

    # --- mapping

    def _hear_encoder(self, heard: Heard[_Job]) -> None:
        if heard.reason:
            self._try_again(heard.job, "maps", heard.reason)
        else:
            self._settle(heard.job, heard.value)

    def _settle(self, job: _Job, result: Finished) -> None:
        """Tell what came of an input, and of those that wait for the same document."""
        self._done.append(result)
        job.payload = None
        claim = self._claims.get(result.document_id or "")
        if claim and claim.owner == job.position:
            self._begun -= 1
            self._done.extend(claim.settle(result))


def _errand(job: _Job) -> Errand:
    return Errand(job.position, job.path, job.document_id or "", b"", job.taken.seconds if job.taken else 0.0)


def _unread(job: _Job, error: UnreadableDocument, seconds: float = 0.0) -> Finished:
    found = error.document_id or job.document_id
    return Finished(job.position, printable(str(job.path)), error.status, safe_reason(error), found, round(seconds, 3))
