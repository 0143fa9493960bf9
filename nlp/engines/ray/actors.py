"""What runs on the machines of a cluster: actors that read, and actors that map. They return errors as values."""

from __future__ import annotations

import hashlib
import os
import platform
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from nlp.engines.key import code_digest, run_key
from nlp.engines.mapper import Errand, run_errand
from nlp.errors import EvmapError, UnreadableDocument, UsageError
from nlp.pipeline import Mapper, prepare, read_structured
from nlp.readers import load
from nlp.readers.parcel import Answer, Asks
from nlp.readers.worker import Worker
from nlp.settings import Settings
from nlp.store.rows import Finished


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of reading: the error, or how large what was read is.

    Attributes:
        document_id: of the bytes that were read; another than was asked for if the file has changed since.
        size: bytes of the payload, 0 without one. passages: in it. seconds: wall-clock time.
    """

    document_id: str | None
    size: int = 0
    passages: int = 0
    seconds: float = 0.0
    error: UnreadableDocument | None = None


class Reader:
    """Hashes files, and reads them in a bounded child process.

    Args:
        settings: bound the child. scratch: folder for its temporary files; None: the machine's own.
        code: `code_digest` of the driver, "" takes any.
    """

    def __init__(self, settings: Settings, scratch: Path | None, code: str) -> None:
        self._settings, self._code = settings, code
        self._worker = Worker(read_structured, settings, scratch, prepare)

    def up(self) -> int:
        """Return the process that this is."""
        return os.getpid()

    def load(self) -> EvmapError | None:
        """Start the child; return why this machine is of no use, if so."""
        if self._code not in ("", code_digest()):
            return _stranger()
        try:
            self._worker.start()
        except UsageError as error:
            return error
        return None

    def hashed(self, path: Path) -> str | UnreadableDocument:
        """Return the sha256 (hex) of a file's bytes."""
        try:
            return hashlib.sha256(load(path, self._settings)).hexdigest()
        except UnreadableDocument as error:
            return error

    def read(self, path: Path, document_id: str) -> tuple[Taken, bytes]:
        """Read a file if it still is that document; return what came of it and what the child packed."""
        clock = time.monotonic()
        try:
            found, answer = self._fetch(path, document_id)
        except UnreadableDocument as error:
            return Taken(error.document_id, seconds=time.monotonic() - clock, error=error), b""
        if found != document_id:
            return Taken(found), b""
        seconds = time.monotonic() - clock
        return Taken(found, len(answer.payload), answer.head.passages, seconds), answer.payload

    def close(self) -> None:
        """End the child; its folder goes too."""
        self._worker.stop()

    def _fetch(self, path: Path, document_id: str) -> tuple[str, Answer]:
        worker, found = self._worker, ""
        worker.send(path)
        while True:
            if worker.pipe and worker.deadline:
                wait([worker.pipe], max(0.0, worker.deadline - time.monotonic()))
            got = worker.receive()
            if isinstance(got, Asks):
                found = got.document_id
                worker.answer(found != document_id)
            elif got:
                return found, got


class Encoder:
    """Maps what was read, with one thread.

    Args:
        settings: which model. cache: file for vectors, None without one.
        key: `run_key` of the driver, "" takes any.
    """

    def __init__(self, settings: Settings, cache: Path | None, key: str) -> None:
        self._settings, self._cache, self._key = settings, cache, key
        self._mapper: Mapper | None = None

    def up(self) -> int:
        """Return the process that this is."""
        return os.getpid()

    def load(self) -> EvmapError | None:
        """Load the model; return why this machine is of no use, if so."""
        try:
            self._mapper = Mapper(self._settings, self._cache, threads=1)
        except EvmapError as error:
            return error
        return None if self._key in ("", run_key(self._mapper, self._settings)) else _stranger()

    def map(self, errand: Errand, payload: bytes) -> Finished:
        """Return what came of a document; `payload` is what its reader packed."""
        if self._mapper is None:
            raise RuntimeError("the model is not loaded")
        return run_errand(errand, payload, self._mapper)

    def close(self) -> None:
        """Write the cache."""
        if self._mapper:
            self._mapper.close()


def _stranger() -> UsageError:
    reason = "this machine of the cluster has another evmap, encoder or model than the one where the run was started"
    return UsageError(platform.node(), reason, "Install the same there; its results would not be the same")
