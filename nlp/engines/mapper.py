"""A child process that maps: it loads the model once, takes what readers have read, and gives back rows."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nlp.engines.finishing import finished
from nlp.engines.spool import spool
from nlp.errors import EvmapError
from nlp.garbage import seldom_collected
from nlp.pipeline import Mapper, attempt
from nlp.readers.parcel import unpack
from nlp.readers.spawning import belong_to, spawning
from nlp.settings import Settings
from nlp.store.rows import Finished


@dataclass(frozen=True, slots=True)
class Errand:
    """A document to map.

    Attributes:
        position, path: the input. document_id: sha256 of its bytes. payload: what its reader packed.
        read_seconds: how long that took.
    """

    position: int
    path: Path
    document_id: str
    payload: bytes
    read_seconds: float


class MapperEnded(Exception):
    """The child ended without an answer; `signal` says by which signal, None if by itself."""

    def __init__(self, code: int | None) -> None:
        self.signal = signal.Signals(-code).name if code and code < 0 else None
        super().__init__(self.signal or f"exit code {code}")


class ModelProcess:
    """A process that loads a model and answers through a pipe; ends with the one that started it.

    Args:
        serve: what it runs, a function of a module: (its end of the pipe, `given`, id of the parent).
        given: settings and whatever else it needs.
    """

    def __init__(self, serve: Callable[..., None], *given: object) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, far = context.Pipe()
        self._process = context.Process(target=serve, args=(far, *given, os.getpid()), daemon=True)
        with far, spawning(deaf=True):
            self._process.start()

    def send(self, errand: Errand) -> None:
        """Give it a document to map; it must have none."""
        with suppress(BrokenPipeError):  # who hears says that it ended
            self.pipe.send(replace(errand, payload=b""))
            self.pipe.send_bytes(errand.payload)  # as it is: packed again, a long document would be there twice

    def hear(self, seconds: float | None = None) -> Any:
        """Return what it says next, waiting for it; None if nothing came in so many seconds.

        Raises:
            MapperEnded: if the process ended. EvmapError: if the model cannot be loaded.
        """
        try:
            if not self.pipe.poll(seconds):
                return None
            told = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
            raise MapperEnded(self._process.exitcode) from None
        if isinstance(told, EvmapError):
            raise told
        return told

    def stop(self, wait: float = 0.0) -> None:
        """End the process; with `wait` seconds for it to close its cache."""
        self.pipe.close()
        self._process.join(wait)
        self._process.kill()
        self._process.join()


class MapperChild(ModelProcess):
    """One process with a loaded model and one thread.

    Args:
        settings: which model. cache: file for vectors. folder: for the rows of long documents.
    """

    def __init__(self, settings: Settings, cache: Path | None, folder: Path) -> None:
        super().__init__(_serve, settings, cache, folder)

    def receive(self) -> Finished:
        """Return what came of the errand, waiting for it.

        Raises:
            MapperEnded: if the process ended. EvmapError: if the model cannot be loaded.
        """
        result: Finished = self.hear()
        return result


def _serve(pipe: Connection, settings: Settings, cache: Path | None, folder: Path, parent: int) -> None:
    belong_to(parent)
    try:
        mapper = Mapper(settings, cache, threads=1)
    except EvmapError as error:
        with suppress(BrokenPipeError):
            pipe.send(error)
        return
    gc.freeze()  # the model stays: looking it through for rubbish took a tenth of the time beside the encoder
    # the parent may be gone, or want no more
    with seldom_collected(), suppress(EOFError, ConnectionResetError, BrokenPipeError):
        while True:
            errand = next_errand(pipe)
            pipe.send(spool(run_errand(errand, errand.payload, mapper), folder))
    mapper.close()


def next_errand(pipe: Connection) -> Errand:
    """Return what `ModelProcess.send` sends, waiting for it.

    Raises:
        EOFError, ConnectionResetError: if the one who sends is gone.
    """
    errand: Errand = pipe.recv()
    return replace(errand, payload=pipe.recv_bytes())


def run_errand(errand: Errand, payload: bytes, mapper: Mapper) -> Finished:
    """Return what came of mapping a document that its reader packed as `payload`."""
    clock = time.monotonic()
    outcome = attempt(errand.path, errand.document_id, lambda: mapper.map(unpack(payload)))
    outcome.seconds.update(read=errand.read_seconds, map=time.monotonic() - clock)
    return finished(errand.position, outcome)
