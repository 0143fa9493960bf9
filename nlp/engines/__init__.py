"""Engines: from paths to finished documents, in any order, on this machine's cores or on a cluster.

An engine is ``work(paths, known, stopped) -> Iterator[Finished]`` and a row of `ENGINES`. What comes out of it does not
depend on which engine ran, on how many workers, or on the order in which they were done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from nlp.errors import UsageError
from nlp.settings import Settings
from nlp.store.rows import Finished

Knows = Callable[[str], bool]
Asked = Callable[[], bool]


class Engine(Protocol):
    """Reads and maps documents."""

    def work(self, paths: Sequence[Path], known: Knows, stopped: Asked) -> Iterator[Finished]:
        """Yield one `Finished` per path, in any order; fewer only after `stopped` said so.

        Args:
            known: whether a document (sha256) is finished already; then it is not read.
            stopped: asked often; True ends the work: what is being mapped is finished, nothing else is begun.

        Raises:
            EncoderError, ModelError: if nothing can be mapped at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """What an engine works with.

    Attributes:
        settings: how to read and map. workers: processes that map, and as many that read; 1 or more.
        cache: file for vectors. scratch: folder for temporary files.
        key: the run's, as `engines.key.run_key`; without one nothing is kept in shards.
        shards: folder or URL for what is finished, for engines that keep it apart from the store.
        anew: take nothing from there. notice: hears what the user should know.
    """

    settings: Settings
    workers: int
    cache: Path
    scratch: Path
    key: str = ""
    shards: str = ""
    anew: bool = False
    notice: Callable[[str], None] = lambda _: None


ENGINES: dict[str, str] = {"local": "nlp.engines.local:LocalEngine", "ray": "nlp.engines.ray.engine:RayEngine"}


def open_engine(name: str, workshop: Workshop) -> Engine:
    """Return the engine called `name`, a row of ENGINES.

    Raises:
        UsageError: if there is none. MissingExtra: if its package is not installed.
    """
    if name not in ENGINES:
        raise UsageError(name, "no such engine", f"Choose one of: {', '.join(ENGINES)}")
    module, _, kind = ENGINES[name].partition(":")
    made: Any = getattr(import_module(module), kind)(workshop)
    engine: Engine = made
    return engine
