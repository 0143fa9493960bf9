"""A child process that reads for us: hostile files may kill it, not the run.

The child has a memory limit and a wall-clock limit; when it dies or overruns, one file is lost and a new child
takes over. What travels between the two are our own records.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nlp.errors import EvmapError, UnreadableDocument
from nlp.readers.pulse import listen
from nlp.settings import Settings

Task = Callable[[Path, Settings], Any]
RECYCLE_AFTER = 500
START_SECONDS = 60.0
_BEAT = "reading goes on"


class Worker:
    """Runs one task after another in a child process.

    Args:
        task: a function of a module (so that the child can import it): (path, settings) -> result.
        settings: its `read_seconds` and `read_memory` bound the child.
    """

    def __init__(self, task: Task, settings: Settings) -> None:
        self._task, self._settings = task, settings
        self._process: Any = None
        self._pipe: Connection | None = None
        self._done = 0

    def start(self) -> None:
        """Start the child now, so that it warms up while the caller loads its own things."""
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, self._task, self._settings), daemon=True)
        with _nameless_main():
            self._process.start()
        far.close()
        self._done = 0

    def call(self, path: Path) -> Any:
        """Return what the task makes of `path`.

        Raises:
            UnreadableDocument: what the task raised; or "timeout", "out_of_memory", "crashed" when the child ended.
        """
        if self._process is None or self._done >= RECYCLE_AFTER:
            self.stop()
            self.start()
        if self._pipe is None:
            raise RuntimeError("the child was not started")
        limit = self._settings.read_seconds + (0.0 if self._done else START_SECONDS)
        self._done += 1
        try:
            self._pipe.send(path)
            answer: Any = _BEAT
            while answer == _BEAT:
                if not self._pipe.poll(limit):
                    self.stop()
                    raise UnreadableDocument(
                        path,
                        "timeout",
                        f"not read in {self._settings.read_seconds:g} seconds",
                        "raise EVMAP_READ_SECONDS",
                    )
                answer = self._pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise self._died(path) from None
        if isinstance(answer, EvmapError):
            raise answer
        return answer

    def stop(self) -> None:
        """End the child, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _died(self, path: Path) -> UnreadableDocument:
        self._process.join(5)
        code = self._process.exitcode
        self.stop()
        name = signal.Signals(-code).name if code and code < 0 else f"exit code {code}"
        return UnreadableDocument(path, "crashed", f"the reader ended with {name}", "check the file in its own program")


@contextmanager
def _nameless_main() -> Iterator[None]:
    """Start a child that does not run the caller's script again: ours needs nothing from it.

    A spawned child imports the parent's main module by name or file; a script without a guard would start over.
    """
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__spec__", "__file__") if hasattr(main, name)}
    main.__spec__ = None
    if "__file__" in kept:
        del main.__file__
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(main, name, value)


def _serve(pipe: Connection, task: Task, settings: Settings) -> None:
    """The child's life: take a path, send back a result or the error that stopped it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(settings.read_memory)
    listen(lambda: pipe.send(_BEAT))
    while True:
        try:
            path = pipe.recv()
        except EOFError:
            return
        try:
            answer = task(path, settings)
        except EvmapError as error:
            answer = error
        except MemoryError:
            answer = UnreadableDocument(path, "out_of_memory", f"more than {settings.read_memory} bytes of memory")
        except RecursionError:
            answer = UnreadableDocument(path, "corrupt", "nested too deeply")
        try:
            pipe.send(answer)
        except BrokenPipeError:  # the parent is gone
            return


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
