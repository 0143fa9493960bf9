"""A child process that reads for us: hostile files may kill it, not the run.

The child has limits (see `limits`) and a wall-clock limit; when it dies or overruns, one file is lost and a new child
takes over. Whoever has many of them waits on their pipes (`multiprocessing.connection.wait`), no longer than the
first `deadline`, and calls `receive` on those that have something to say or are late:

    worker.send(path)
    ... wait for worker.pipe ...
    answer = worker.receive()       # None: not yet; Asks: worker.answer(True or False); Answer: it is done
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import re
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from nlp.errors import EvmapError, ReaderKilled, UnreadableDocument
from nlp.readers import limits
from nlp.readers.parcel import ANSWER, ASKS, BEAT, ERROR, READY, Answer, Asks, Inbox, parted
from nlp.readers.serving import COMPLAINTS, START_SECONDS, Post, complaint, serve
from nlp.readers.spawning import spawning
from nlp.settings import Settings

Task = Callable[[Path, Settings, Callable[[str], bool]], Any]
MUMBLED = "the reader said what nobody understands"
ENDING_SECONDS = 3.0
MOST_SIGNS = 10_000  # of life, beside one for each page; a reader that sends more does not read
_FROM_OUTSIDE = {getattr(signal, name) for name in ("SIGKILL", "SIGTERM") if hasattr(signal, name)}
_HASH = re.compile(rb"[0-9a-f]{64}")


def _nothing() -> None:
    """Prepare nothing."""


class Worker:
    """Runs one task after another in a child process.

    Args:
        task: a function of a module (so that the child can import it): (path, settings, known) -> result. Before it
            reads, it asks ``known(sha256 of the file)``; if so it returns `records.Known`.
        settings: bound the child.
        folder: where the child's temporary files go, a folder that `limits.sweep` cleans up after a killed run; by
            default the system's.
        prepare: a function of a module that loads what the task needs, so that no file's time goes into it; done while
            the child has nothing to do, or for the first file that is not known.

    Attributes:
        deadline: when the child is late, in seconds of `time.monotonic`; None while it has nothing to do, or waits
            for an answer.
        in_force: names of the limits that hold in the child, as `limits.in_force`; empty before it said so.
    """

    def __init__(
        self,
        task: Task,
        settings: Settings,
        folder: Path | None = None,
        prepare: Callable[[], None] = _nothing,
    ) -> None:
        self._task, self._settings, self._folder, self._prepare = task, settings, folder, prepare
        self._process: Any = None
        self._pipe: Connection | None = None
        self._stack = ExitStack()
        self._item: Path | None = None
        self._document_id: str | None = None
        self._done = self._signs = 0
        self._retires = False
        self._fresh = self._reads = True
        self.deadline: float | None = None
        self.in_force: frozenset[str] = frozenset()

    @property
    def pipe(self) -> Connection | None:
        """What to wait on; another one after each `receive` that raised and each `send`. None: there is no child."""
        return self._pipe

    @property
    def busy(self) -> bool:
        """Whether an item was sent whose answer has not come."""
        return self._item is not None

    def start(self) -> None:
        """Start the child now, so that it warms up while the caller loads its own things.

        Raises:
            UsageError: if its folder cannot be made.
        """
        self.stop()
        own = self._stack.enter_context(limits.folder_in(self._folder))
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._will, far_will = context.Pipe(duplex=False)
        self._stack.callback(self._pipe.close)
        self._stack.callback(self._will.close)
        post = Post(pickle.dumps((self._task, self._prepare)), self._settings, own, os.getpid())
        self._process = context.Process(target=serve, args=(far, far_will, post), daemon=True)
        self._stack.callback(self._end)
        with far, far_will, spawning():
            self._process.start()
        self._inbox = Inbox(self._pipe, self._settings.read_memory)
        self._own, self._done, self._retires, self._fresh = own, 0, False, True

    def stop(self) -> None:
        """End the child and all that it started, if there is one; its folder goes too."""
        self._item = self.deadline = None
        stack, self._stack = self._stack, ExitStack()
        stack.close()
        self._process = self._pipe = None

    def send(self, path: Path) -> None:
        """Have the child read a file; returns at once.

        Raises:
            RuntimeError: if it still reads another.
        """
        if self.busy:
            raise RuntimeError(f"the reader is busy with {self._item}")
        if self._pipe is None or self._retires or self._done >= self._settings.recycle_after:
            self.start()
        if not self._handed(path):  # it ended while it had nothing to do
            self.start()
            self._handed(path)
        self._item, self._document_id, self._signs, self._reads = path, None, 0, True
        self._latest = time.monotonic() + self._grace() + 2 * self._settings.read_seconds + self._settings.ocr_seconds
        self._wait_longer(self._grace())

    def receive(self) -> Answer | Asks | None:
        """Return the answer if it is there, else None; never waits.

        Returns:
            `Asks` if the child wants to know something first: then `answer` must be called. None also for a sign of
            life, which moves the deadline.

        Raises:
            UnreadableDocument: what the task raised; or "timeout", "out_of_memory", "too_large", "crashed" when the
                child ended, or was ended here because it was late; `ReaderKilled` if someone else ended it.
            EvmapError: another that the task raised.
        """
        try:
            got = None
            while got is None and self._pipe and (message := self._inbox.take()) is not None:
                got = self._understood(message)
        except (EOFError, ConnectionResetError):
            error = self._died()
            if error:
                raise error from None
            return None
        except (TypeError, ValueError, pickle.UnpicklingError):
            raise self._lost("crashed", MUMBLED) from None
        if got is None and self.deadline is not None and time.monotonic() >= self.deadline:
            reason = f"not read in {self._settings.read_seconds:g} seconds"
            raise self._lost("timeout", reason, "raise EVMAP_READ_SECONDS")
        return got

    def answer(self, known: bool) -> None:
        """Tell the child whether the document is known that it asked for."""
        with suppress(OSError):  # that it has ended, `receive` will say
            if self._pipe:
                self._pipe.send(known)
        self._reads = not known
        self._wait_longer(self._grace())

    def call(self, path: Path, known: Callable[[str], bool] = lambda _: False) -> Any:
        """Return what the task makes of `path`, and wait for it.

        Raises:
            EvmapError: as `receive`.
        """
        self.send(path)
        try:
            while True:
                if self._pipe and self.deadline:
                    wait([self._pipe], max(0.0, self.deadline - time.monotonic()))
                got = self.receive()
                if isinstance(got, Answer):
                    return _value(got, path)
                if isinstance(got, Asks):
                    self.answer(known(got.document_id))
        finally:
            if self.busy:  # the caller was interrupted: what still comes is for nobody
                self.stop()

    def _understood(self, message: bytes | bytearray) -> Answer | Asks | None:
        kind, body = bytes(message[:1]), memoryview(message)[1:]  # an answer may be large: copied once, in `parted`
        if kind == READY:
            self.in_force = frozenset(json.loads(bytes(body)))
        elif not self.busy or kind not in (BEAT, ASKS, ANSWER, ERROR):
            raise ValueError("not its turn")
        if kind == ASKS:
            if not _HASH.fullmatch(body):
                raise ValueError("no hash")
            self._document_id, self.deadline = str(body, "ascii"), None
            return Asks(self._document_id)
        if kind in (ANSWER, ERROR):
            return self._delivered(kind, body)
        self._signs += 1
        if self._signs > MOST_SIGNS + self._settings.max_pages:
            raise ValueError("nothing but signs of life")
        self._wait_longer(self._grace())
        return None

    def _delivered(self, kind: bytes, body: memoryview) -> Answer:
        answer, self._retires = parted(body)
        if answer.head.document_id not in (None, self._document_id):
            raise ValueError("another document")
        error = answer.value() if kind == ERROR else None
        if kind == ERROR and not isinstance(error, EvmapError):
            raise ValueError("not an error")
        self._item = self.deadline = None
        self._fresh = self._fresh and not self._reads
        self._done += self._reads  # of what is known, nothing was read but its digest
        if error:
            raise error
        return answer

    def _handed(self, path: Path) -> bool:
        try:
            if self._pipe:
                self._pipe.send(path)
        except OSError:
            return False
        return True

    def _grace(self) -> float:
        """Time for what a child loads before its first document."""
        return START_SECONDS if self._fresh else 0.0

    def _wait_longer(self, more: float = 0.0) -> None:
        if self.busy:
            self.deadline = min(time.monotonic() + self._settings.read_seconds + more, self._latest)

    def _died(self) -> UnreadableDocument | None:
        """Say why the child ended; None if nothing was lost by it."""
        self._process.join(ENDING_SECONDS)
        code = self._process.exitcode
        with suppress(EOFError, OSError, ValueError):
            if self._will.poll():
                code = int(self._will.recv_bytes(16))
        if not self.busy:
            self.stop()
            return None
        name = signal.Signals(-code).name if code and code < 0 else f"exit code {code}"
        settings = self._settings
        if name == "SIGXCPU":
            reason = f"not read in {settings.read_cpu_seconds:g} seconds of computing"
            return self._lost("timeout", reason, "raise EVMAP_READ_CPU_SECONDS")
        if name == "SIGXFSZ":
            reason = f"writes a file of more than {settings.write_bytes} bytes"
            return self._lost("too_large", reason, "raise EVMAP_WRITE_BYTES")
        if code and -code in _FROM_OUTSIDE:
            return self._lost("crashed", f"the reader was ended by {name}", "run again", ReaderKilled)
        reason = f"the reader ended with {name}{complaint(self._own / COMPLAINTS)}"
        return self._lost("crashed", reason, "check the file in its own program")

    def _lost(
        self, status: str, reason: str, hint: str = "", kind: type[UnreadableDocument] = UnreadableDocument
    ) -> UnreadableDocument:
        """End the child; return what is to be said of the file that it read."""
        error = kind(self._item or "reader", status, reason, hint, self._document_id if self._item else None)
        self.stop()
        return error

    def _end(self) -> None:
        """End the process, by asking its keeper first, and leave none behind."""
        if self._process.pid is None:
            return
        self._process.terminate()
        self._process.join(ENDING_SECONDS)
        if self._process.is_alive():
            with suppress(OSError):
                if hasattr(os, "killpg") and os.getpgid(self._process.pid) == self._process.pid:
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.join(ENDING_SECONDS)


def _value(answer: Answer, path: Path) -> Any:
    try:
        return answer.value()
    except pickle.UnpicklingError:
        raise UnreadableDocument(path, "crashed", MUMBLED, document_id=answer.head.document_id) from None
