"""The engine of one machine: bounded processes read, others map, and this one only carries between them.

What a reader packed is handed on unopened. Readers wait while enough documents lie ready, so memory does not grow with
the number of files. A process that someone else ended is replaced and its document tried again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from nlp.engines import Asked, Knows, Workshop
from nlp.engines.claims import Claim, twin
from nlp.engines.mapper import Errand, MapperChild, MapperEnded
from nlp.engines.order import long_first
from nlp.engines.spool import drop
from nlp.errors import ReaderKilled, UnreadableDocument
from nlp.pipeline import safe_reason
from nlp.readers.limits import folder_in
from nlp.readers.parcel import Answer, Asks
from nlp.readers.worker import Worker
from nlp.store.rows import Finished
from nlp.structure.reading import prepare, read_structured
from nlp.writers.rows import printable

LOOK = 0.25  # seconds between two looks at the clock and at whether to stop
TRIES = 4  # of a document whose process is ended from outside
READY_BYTES = 64_000_000  # of documents that wait to be mapped


@dataclass(slots=True)
class _Job:
    """An input on its way.

    Attributes:
        document_id: once its reader knows it. errand: once it is read. began: when its reading did.
    """

    position: int
    path: Path
    tries: int = 0
    document_id: str | None = None
    errand: Errand | None = None
    began: float = 0.0


@dataclass(slots=True)
class _Reader:
    worker: Worker
    job: _Job | None = None


@dataclass(slots=True)
class _Mapping:
    child: MapperChild
    job: _Job | None = None


class LocalEngine:
    """Reads and maps with processes of this machine; see `engines.Engine`."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def work(self, paths: Sequence[Path], known: Knows, stopped: Asked) -> Iterator[Finished]:
        """Yield one `Finished` per path, in any order; see `engines.Engine.work`."""
        with ExitStack() as stack:
            folder = stack.enter_context(folder_in(self._workshop.scratch))
            shift = _Shift(self._workshop, paths, known, folder)
            stack.callback(shift.close)
            while shift.goes_on(stopped()):
                shift.assign()
                shift.listen()
                shift.map_ready()  # before what is done is stored, which takes its time
                for finished in shift.finished():
                    yield finished
                    drop(finished)
            shift.close(gently=True)


class _Shift:
    """One call of `work`: who is busy with what, and what waits."""

    def __init__(self, workshop: Workshop, paths: Sequence[Path], known: Knows, folder: Path) -> None:
        self._workshop, self._known, self._folder = workshop, known, folder
        self._todo = long_first(paths, workshop.workers)
        self._again: deque[_Job] = deque()
        self._ready: deque[_Job] = deque()
        self._done: deque[Finished] = deque()
        self._claims: dict[str, Claim[_Job]] = {}
        self._most = max(1, min(workshop.workers, len(paths)))
        self._readers = [self._reader() for _ in range(self._most)]
        self._mappers: list[_Mapping] = []
        self._exhausted = self._stopping = False

    def goes_on(self, stopped: bool) -> bool:
        """Whether there is anything left to do or to tell."""
        if stopped and not self._stopping:
            self._stop_reading()
        busy = any(reader.job for reader in self._readers) or any(mapper.job for mapper in self._mappers)
        return busy or bool(self._done or self._ready or self._again) or not self._exhausted

    def finished(self) -> Iterator[Finished]:
        """Yield what is done."""
        while self._done:
            yield self._done.popleft()

    def assign(self) -> None:
        """Give work to whoever has none."""
        self.map_ready()
        for slot in self._readers:
            if slot.job is None and self._has_room() and (job := self._next()):
                slot.job, job.began = job, time.monotonic()
                slot.worker.send(job.path)

    def listen(self) -> None:
        """Wait for the first who has something to say, not longer than `LOOK`, and hear them all."""
        readers = [slot for slot in self._readers if slot.job]
        mappers = [slot for slot in self._mappers if slot.job]
        pipes: list[Any] = [slot.worker.pipe for slot in readers] + [slot.child.pipe for slot in mappers]
        if not pipes:
            return
        said = set(map(id, wait(pipes, self._patience(readers))))
        for reader in readers:
            late = (reader.worker.deadline or float("inf")) <= time.monotonic()
            if late or id(reader.worker.pipe) in said:
                self._hear_reader(reader)
        for mapper in mappers:
            if id(mapper.child.pipe) in said:
                self._hear_mapper(mapper)

    def close(self, gently: bool = False) -> None:
        """End all processes; `gently` gives those that map time to close their cache."""
        for reader in self._readers:
            reader.worker.stop()
        for mapper in self._mappers:
            mapper.child.stop(5.0 if gently else 0.0)
        self._readers, self._mappers = [], []

    def _reader(self) -> _Reader:
        return _Reader(Worker(read_structured, self._workshop.settings, self._workshop.scratch, prepare))

    def _mapping(self) -> _Mapping:
        return _Mapping(MapperChild(self._workshop.settings, self._workshop.cache, self._folder))

    def _stop_reading(self) -> None:
        """Begin nothing more: what is being mapped is finished, what is read or waits is left for the next run."""
        self._stopping = self._exhausted = True
        self._ready.clear()
        self._again.clear()
        for slot in self._readers:
            slot.job = None
            slot.worker.stop()

    def _next(self) -> _Job | None:
        if self._again:
            return self._again.popleft()
        found = None if self._stopping else next(self._todo, None)
        self._exhausted = found is None
        return _Job(*found) if found else None

    def _has_room(self) -> bool:
        waiting = sum(len(job.errand.payload) for job in self._ready if job.errand)
        return len(self._ready) < 2 * self._most and waiting < READY_BYTES

    def _patience(self, readers: Sequence[_Reader]) -> float:
        deadlines = [slot.worker.deadline for slot in readers if slot.worker.deadline is not None]
        return max(0.0, min([time.monotonic() + LOOK, *deadlines]) - time.monotonic())

    # --- reading

    def _hear_reader(self, slot: _Reader) -> None:
        job = slot.job
        if job is None:
            return
        try:
            got = slot.worker.receive()
        except ReaderKilled as error:
            slot.job = None
            self._try_again(job, error)
        except UnreadableDocument as error:
            slot.job = None
            self._unread(job, error)
        else:
            if isinstance(got, Asks):
                slot.worker.answer(self._is_known(job, got.document_id))
            elif isinstance(got, Answer):
                slot.job = None
                self._read(job, got)

    def _is_known(self, job: _Job, document_id: str) -> bool:
        if job.document_id not in (None, document_id):  # the file was replaced between two tries
            self._again.extend(self._claims.pop(job.document_id).waiting)
        job.document_id = document_id
        claim = self._claims.get(document_id)
        if claim is None and self._known(document_id):
            claim = Claim(-1, result=Finished(0, "", "ok", None, document_id, known=True))
        if claim is None:
            self._start_mapper()  # it loads its model while the document is read
            claim = Claim(job.position)
        self._claims[document_id] = claim
        return claim.owner != job.position

    def _read(self, job: _Job, answer: Answer) -> None:
        seconds = time.monotonic() - job.began
        claim = self._claims[job.document_id or answer.head.document_id or ""]
        if claim.owner == job.position:
            job.errand = Errand(job.position, job.path, job.document_id or "", answer.payload, seconds)
            self._ready.append(job)
        elif claim.result is None:
            claim.waiting.append(job)
        else:
            self._done.append(twin(job, claim.result))

    def _unread(self, job: _Job, error: UnreadableDocument) -> None:
        seconds = round(time.monotonic() - job.began, 3)
        self._settle(job, Finished(
            job.position, printable(str(job.path)), error.status, safe_reason(error), error.document_id, seconds
        ))  # fmt: skip

    def _try_again(self, job: _Job, error: UnreadableDocument) -> None:
        job.tries += 1
        if job.tries < TRIES and not self._stopping:
            self._again.append(job)
        else:
            self._unread(job, error)

    # --- mapping

    def _start_mapper(self) -> None:
        idle = sum(slot.job is None for slot in self._mappers)
        if len(self._mappers) < self._most and idle <= len(self._ready):
            self._mappers.append(self._mapping())

    def map_ready(self) -> None:
        """Give what is read to those who map and have nothing."""
        for slot in self._mappers:
            if self._ready and slot.job is None:
                slot.job = self._ready.popleft()
                if slot.job.errand:
                    slot.child.send(slot.job.errand)

    def _hear_mapper(self, slot: _Mapping) -> None:
        job, slot.job = slot.job, None
        if job is None:
            return
        try:
            self._settle(job, slot.child.receive())
        except MapperEnded as ended:
            slot.child.stop()
            self._mappers.remove(slot)
            self._lost(job, ended)
            if not self._stopping:
                self._mappers.append(self._mapping())

    def _lost(self, job: _Job, ended: MapperEnded) -> None:
        job.tries += 1
        if ended.signal in ("SIGKILL", "SIGTERM") and job.tries < TRIES and not self._stopping:
            self._ready.appendleft(job)
            return
        reason = f"the mapping process ended with {ended}. run again; if it ends again, report the file"
        seconds = job.errand.read_seconds if job.errand else 0.0
        name = printable(str(job.path))
        self._settle(job, Finished(job.position, name, "crashed", reason, job.document_id, seconds))

    def _settle(self, job: _Job, result: Finished) -> None:
        """Tell what came of an input, and of those that wait for the same document."""
        self._done.append(result)
        claim = self._claims.get(result.document_id or "")
        if claim and claim.owner == job.position:
            self._done.extend(claim.settle(result))
