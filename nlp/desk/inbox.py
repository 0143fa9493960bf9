"""The inbox: takes what waits on the desk, reads it under limits, maps it, and shows tags as they come."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from nlp.desk.slices import Slice
from nlp.desk.warm import Warm, WarmMapper
from nlp.engines.mapper import Errand, MapperEnded
from nlp.errors import EvmapError, ReaderKilled, UnreadableDocument
from nlp.pipeline import prepare, read_structured, safe_reason
from nlp.readers.limits import sweep
from nlp.readers.parcel import Answer, Asks
from nlp.readers.worker import Worker
from nlp.review.desk import Desk
from nlp.review.records import Report
from nlp.settings import Settings
from nlp.store.rows import Finished

LOOK = 0.2  # seconds between two looks at whether to stop
IDLE = 2.0  # seconds between two looks at what others may have put on the desk
TRIES = 3  # of a report whose process was ended from outside
SCRATCH, CACHE = ".tmp", "cache/vectors.sqlite"
Notice = Callable[[str], None]


@dataclass(frozen=True)
class Preview:
    """What is known of the report that is being mapped.

    Attributes:
        stage: "reading" or "mapping". done, total: passages; 0 while it is read. began: `time.monotonic`.
        row: of documents.jsonl; text: canonical text; passages, links: rows so far. first: seconds to the first tags.
    """

    document_id: str
    stage: str
    began: float
    done: int = 0
    total: int = 0
    row: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    passages: tuple[dict[str, Any], ...] = ()
    links: tuple[dict[str, Any], ...] = ()
    first: float | None = None

    def grown(self, more: Slice) -> Preview:
        """The preview with a slice more."""
        links = tuple(map(json.loads, more.links))
        passed = time.monotonic() - self.began
        return replace(
            self,
            stage="mapping",
            done=more.done,
            total=more.total,
            row=json.loads(more.row) if more.row else self.row,
            text=self.text if more.text is None else more.text,
            passages=(*self.passages, *map(json.loads, more.passages)),
            links=(*self.links, *links),
            first=passed if links and self.first is None else self.first,
        )


class _Stopped(Exception):
    """The inbox is to stop."""


class Inbox:
    """Maps what waits, one report after another, in a thread of its own.

    Args:
        desk: where reports wait. settings: limits and model. threads: cores for the model, 0 for all.
        notice: hears what whoever runs the desk should know; never words of a report.
    """

    def __init__(self, desk: Desk, settings: Settings, notice: Notice = lambda _: None, threads: int = 0) -> None:
        self._desk, self._settings, self._notice, self._threads = desk, settings, notice, threads
        self._worker = Worker(read_structured, settings, desk.vault.folder / SCRATCH, prepare)
        self._mapper: WarmMapper | None = None
        self._stop, self._woken = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)
        self.warm: Warm | None = None
        self.fault: EvmapError | None = None
        self.preview: Preview | None = None

    def start(self) -> None:
        """Begin; the model loads while the first report is read."""
        sweep(self._desk.vault.folder / SCRATCH)
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something new."""
        self._woken.set()

    def stop(self) -> None:
        """End; what is being mapped is begun anew by the next inbox."""
        self._stop.set()
        self._woken.set()
        if self._thread.ident:
            self._thread.join(10.0)

    def state(self) -> dict[str, Any]:
        """What it does now, for a page."""
        preview, warm, fault = self.preview, self.warm, self.fault
        doing = preview and {
            "document_id": preview.document_id, "stage": preview.stage, "done": preview.done, "total": preview.total,
            "links": len(preview.links), "seconds": round(time.monotonic() - preview.began, 1),
        }  # fmt: skip
        told = fault and {"subject": fault.subject, "reason": fault.reason, "hint": fault.hint}
        return {"warm": warm is not None, "key": warm and warm.key, "mapping": doing, "error": told}

    def _run(self) -> None:
        try:
            self._warm_up()
            while True:
                self._woken.clear()
                report = self._desk.next_waiting()
                if report is None:
                    self._woken.wait(IDLE)
                    self._look()
                else:
                    self._do(report)
        except _Stopped:
            pass
        except EvmapError as error:
            self.fault = error
            self._notice(f"Nothing is mapped any more: {error}")
        finally:
            self._worker.stop()
            if self._mapper:
                self._mapper.stop(1.0)

    def _look(self) -> None:
        if self._stop.is_set():
            raise _Stopped

    def _warm_up(self) -> None:
        self._mapper = WarmMapper(self._settings, self._desk.vault.folder / CACHE, self._threads)
        if self._worker.pipe is None:
            self._worker.start()
        told = None
        while not isinstance(told, Warm):
            self._look()
            try:
                told = self._mapper.receive(LOOK)
            except MapperEnded as ended:
                reason = f"the process with the model ended with {ended} while it was loading"
                raise EvmapError(
                    "model", reason, "Start the desk again, with --encoder use if memory is short"
                ) from None
        self._await_reader()
        self.warm = told
        for said in told.notices:
            self._notice(said)

    def _await_reader(self) -> None:
        """Wait until the reader has loaded what it needs; if it ends meanwhile, the first report starts another."""
        while (pipe := self._worker.pipe) and not self._worker.in_force:
            self._look()
            wait([pipe], LOOK)
            self._worker.receive()

    def _do(self, report: Report) -> None:
        self.preview = Preview(report.document_id, "reading", time.monotonic())
        try:
            self._keep(report, self._map(report, self._read(report)))
        except UnreadableDocument as error:
            self._desk.failed(report.document_id, error.status, safe_reason(error))
        finally:
            self.preview = None

    def _keep(self, report: Report, result: Finished) -> None:
        if result.text is None:
            self._desk.failed(report.document_id, result.status, result.reason or "could not be mapped")
        elif self.warm:
            self._desk.mapped(report.document_id, result, self.warm.key)

    def _read(self, report: Report) -> Answer:
        """Have the reader read a report; again if somebody ended it."""
        for tries in range(1, TRIES + 1):
            try:
                self._worker.send(self._desk.file(report.document_id))
                return self._heard()
            except ReaderKilled:
                if tries == TRIES:
                    raise
        raise AssertionError

    def _heard(self) -> Answer:
        worker = self._worker
        while True:
            self._look()
            if worker.pipe:
                wait([worker.pipe], LOOK)
            got = worker.receive()
            if isinstance(got, Answer):
                return got
            if isinstance(got, Asks):
                worker.answer(False)

    def _map(self, report: Report, read: Answer) -> Finished:
        began = self.preview.began if self.preview else time.monotonic()
        errand = Errand(0, Path(report.name), report.document_id, read.payload, time.monotonic() - began)
        for tries in range(1, TRIES + 1):
            self.preview = Preview(report.document_id, "mapping", began)
            try:
                return self._told(errand)
            except MapperEnded as ended:
                if self._mapper:
                    self._mapper.stop()
                self._warm_up()
                if tries == TRIES or ended.signal not in ("SIGKILL", "SIGTERM"):
                    reason = f"the mapping process ended with {ended}"
                    raise UnreadableDocument(
                        report.name, "crashed", reason, "try again; if it ends again, report the file"
                    ) from None
        raise AssertionError

    def _told(self, errand: Errand) -> Finished:
        if self._mapper is None:
            raise AssertionError
        self._mapper.send(errand)
        while True:
            self._look()
            told = self._mapper.receive(LOOK)
            if isinstance(told, Slice) and self.preview:
                self.preview = self.preview.grown(told)
            elif isinstance(told, Finished):
                return told
