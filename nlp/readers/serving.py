"""The life of a reading process: take a path, send back what the task makes of it, or the error that stopped it."""

from __future__ import annotations

import errno
import functools
import json
import os
import pickle
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nlp.errors import EvmapError, UnreadableDocument
from nlp.readers import limits
from nlp.readers.keeper import end_strays, keep
from nlp.readers.parcel import ANSWER, ASKS, BEAT, ERROR, READY, Head, headed, pack
from nlp.readers.pulse import listen
from nlp.settings import Settings

START_SECONDS = 60.0  # for a first document, with which a reader loads what it needs
COMPLAINTS = "stderr"  # file in the reader's folder
_PLACE = re.compile(r'^  File ".*?([^/\\"]+)", line (\d+)', re.MULTILINE)
_FAULT = re.compile(r"^(?:\w+\.)*(\w+)(?::|$)", re.MULTILINE)


@dataclass(frozen=True)
class Post:
    """What a reader is born with: task and preparation as bytes, its limits, its folder, and whose end is its own."""

    task: bytes
    settings: Settings
    folder: Path
    parent: int


def serve(pipe: Connection, will: Connection, post: Post) -> None:
    """Begin a reader, and its keeper where there can be one; the keeper sends how it ended through `will`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = keep(post.parent, functools.partial(_live, pipe, post), pipe.close)
    if code is not None:
        with suppress(OSError):
            will.send_bytes(str(code).encode())


def _live(pipe: Connection, post: Post) -> None:
    settings, files = post.settings, post.folder / "files"
    complaints = post.folder / COMPLAINTS
    _redirect(complaints)
    limits.settle(files)
    limits.confine(settings)
    limits.allow_cpu(START_SECONDS + settings.read_cpu_seconds)
    task, prepare = pickle.loads(post.task)  # noqa: S301 - from our parent; only now, under all limits
    desk = _Desk(pipe, task, prepare, settings)
    listen(desk.beat)
    pipe.send_bytes(READY + json.dumps(sorted(limits.in_force())).encode())
    if not pipe.poll():
        desk.get_ready()
    retires, grace = False, START_SECONDS
    while not retires:
        try:
            path = pipe.recv()
        except (EOFError, ConnectionResetError):  # the parent is gone
            return
        _redirect(complaints)  # again: a file may have closed what it should not
        limits.allow_cpu(settings.read_cpu_seconds + grace)
        retires, grace = desk.read(path, files), 0.0


def _redirect(complaints: Path) -> None:
    """Give this process, and those that it starts, nothing to read and nobody to talk to; keep what it complains of."""
    nothing = os.open(os.devnull, os.O_RDWR)
    while nothing <= 2:  # what was closed is taken first
        nothing = os.open(os.devnull, os.O_RDWR)
    written = os.open(complaints, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for number, target in enumerate((nothing, nothing, written)):
        os.dup2(target, number)
    os.close(nothing)
    os.close(written)


def complaint(path: Path) -> str:
    """What a reader died of, as the interpreter said: kind and place, never words, which may be the document's."""
    with suppress(OSError):
        said = path.read_text("utf-8", "replace")[-4_000:]
        head, _, tail = said.rpartition("\n  File ")
        place, fault = _PLACE.search(f"  File {tail}"), _FAULT.findall(tail)
        if head and place and fault:
            return f": {fault[-1]} at {place[1]}, line {place[2]}"
    return ""


class _Desk:
    """Where files are read, one after another."""

    def __init__(self, pipe: Connection, task: Any, prepare: Callable[[], None], settings: Settings) -> None:
        self._pipe, self._task, self._settings = pipe, task, settings
        self._prepare: Callable[[], None] | None = prepare
        self._document_id: str | None = None

    def get_ready(self) -> None:
        """Load what the task needs, once: while nobody asks for anything, or for the first document to be read."""
        if self._prepare:
            limits.allow_cpu(START_SECONDS + self._settings.read_cpu_seconds)
            self._prepare()
        self._prepare = None

    def beat(self) -> None:
        """Say that reading goes on, which gives it its time anew."""
        limits.allow_cpu(self._settings.read_cpu_seconds)
        self._pipe.send_bytes(BEAT)

    def known(self, document_id: str) -> bool:
        """Ask the parent whether it knows a document."""
        self._document_id = document_id
        self._pipe.send_bytes(ASKS + document_id.encode())
        known = bool(self._pipe.recv())
        if not known and self._prepare:
            self.get_ready()
            self.beat()  # what that took is not this document's time
        return known

    def read(self, path: Path, files: Path) -> bool:
        """Read one file and send what came of it; return whether this process has to make way for a fresh one."""
        self._document_id = None
        settings, exhausted = self._settings, False
        try:
            kind, head, payload = ANSWER, *self._result(path)
        except EvmapError as error:
            kind, head, payload = ERROR, Head(), pack(error)
        except MemoryError:
            exhausted = True
        except RecursionError:
            kind, head, payload = ERROR, Head(), pack(self._unreadable(path, "corrupt", "nested too deeply"))
        except OSError as error:
            kind, head, payload = ERROR, Head(), pack(self._told(path, error))
        if exhausted:  # only here is the memory of what went wrong free again
            reason = f"more than {settings.read_memory} bytes of memory"
            full = self._unreadable(path, "out_of_memory", reason, "raise EVMAP_READ_MEMORY")
            kind, head, payload = ERROR, Head(), pack(full)
        end_strays()
        limits.empty(files)
        retires = exhausted or _resident() > settings.read_memory // 2
        self._pipe.send_bytes(kind + headed(head, retires, payload))
        return retires

    def _result(self, path: Path) -> tuple[Head, bytes]:
        result = self._task(path, self._settings, self.known)
        document = getattr(result, "document", None)
        passages = getattr(result, "passages", ())
        head = Head(self._document_id, len(document.text), len(passages)) if document else Head(self._document_id)
        return head, pack(result)

    def _told(self, path: Path, error: OSError) -> UnreadableDocument:
        settings = self._settings
        known = {
            errno.EFBIG: ("too_large", f"writes a file of more than {settings.write_bytes} bytes", "WRITE_BYTES"),
            errno.EMFILE: ("crashed", f"opens more than {settings.open_files} files", "OPEN_FILES"),
            errno.ENOMEM: ("out_of_memory", f"more than {settings.read_memory} bytes of memory", "READ_MEMORY"),
        }
        if error.errno in known:
            status, reason, name = known[error.errno]
            return self._unreadable(path, status, reason, f"raise EVMAP_{name}")
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            return self._unreadable(path, "io_error", "no room for temporary files", "make room and run again")
        raise error

    def _unreadable(self, path: Path, status: str, reason: str, hint: str = "") -> UnreadableDocument:
        return UnreadableDocument(path, status, reason, hint, self._document_id)


def _resident() -> int:
    """Bytes of memory that this process has at the moment; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
