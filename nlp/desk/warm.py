"""A process with a loaded model that maps for the desk: pages answer while it computes, and live on if it dies."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nlp.desk.slices import map_slices
from nlp.engines.finishing import finished
from nlp.engines.key import run_key
from nlp.engines.mapper import Errand, ModelProcess, next_errand
from nlp.errors import EvmapError
from nlp.pipeline import Mapper, attempt
from nlp.readers.parcel import unpack
from nlp.readers.spawning import belong_to
from nlp.settings import Settings


@dataclass(frozen=True, slots=True)
class Warm:
    """The model is loaded: the key of its mappings, what it said on the way, and how long it took in seconds."""

    key: str
    notices: tuple[str, ...]
    seconds: float


class WarmMapper(ModelProcess):
    """One process with a loaded model; tells slice by slice.

    Args:
        settings: which model. cache: file for vectors. threads: cores that it uses, 0 for all.
    """

    def __init__(self, settings: Settings, cache: Path | None, threads: int = 0) -> None:
        super().__init__(_serve, settings, cache, threads)

    def receive(self, seconds: float) -> Any:
        """Return `Warm`, a `Slice` or, in the end, `store.rows.Finished`; None if nothing came in this time.

        Raises:
            MapperEnded: if the process ended. EvmapError: if the model cannot be loaded.
        """
        return self.hear(seconds)


def _serve(pipe: Connection, settings: Settings, cache: Path | None, threads: int, parent: int) -> None:
    belong_to(parent)
    clock, notices = time.monotonic(), list[str]()
    with suppress(EOFError, ConnectionResetError, BrokenPipeError):  # the parent is gone, or wants no more
        try:
            mapper = Mapper(settings, cache, notices.append, threads or None)
        except EvmapError as error:
            pipe.send(error)
            return
        mapper.encoder.encode(["The report."])  # an encoder loads the rest of itself with the first text
        pipe.send(Warm(run_key(mapper, settings), tuple(notices), time.monotonic() - clock))
        try:
            while True:
                _map(pipe, mapper, next_errand(pipe))
        finally:
            mapper.close()


def _map(pipe: Connection, mapper: Mapper, errand: Errand) -> None:
    clock = time.monotonic()
    outcome = attempt(
        errand.path, errand.document_id, lambda: map_slices(mapper, unpack(errand.payload), pipe.send)
    )  # fmt: skip
    outcome.seconds.update(read=errand.read_seconds, map=time.monotonic() - clock)
    pipe.send(finished(errand.position, outcome))
