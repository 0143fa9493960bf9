"""What a reading process may take: memory, computing time, files, no network; and a folder of its own for the rest.

Each limit holds where the system has it; `in_force` tells which do. What must be done from outside the process, its
own session, its end with its parent, and names of its own for processes and networks, is in `keeper`.
"""

from __future__ import annotations

import math
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from nlp.errors import UsageError
from nlp.settings import Settings

if sys.platform != "win32":
    import fcntl
    import resource

FOLDER = "evmap-reader-"  # how the folders of readers begin
LOCK = ".held"
YOUNG = 60.0  # seconds: a folder without a lock may be one that is being made
_RESOLVING = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
_REACHING = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_held: set[str] = set()


def in_force() -> frozenset[str]:
    """The limits that hold in this process.

    Of "memory", "cpu", "writes", "files", "core", "folder", "python network"; and, where a keeper could set them up,
    "session", "network" and "processes".
    """
    return frozenset(_held)


def note(*names: str) -> None:
    """Remember limits that were set for this process elsewhere."""
    _held.update(names)


def confine(settings: Settings) -> None:
    """Bind this process, and the programs that it starts, for the rest of its life."""
    _bind("memory", "RLIMIT_AS", settings.read_memory)
    _bind("writes", "RLIMIT_FSIZE", settings.write_bytes)
    _bind("files", "RLIMIT_NOFILE", settings.open_files)
    _bind("core", "RLIMIT_CORE", 1)  # with 0, a system that hands cores to a program would still do so
    if hasattr(signal, "SIGXFSZ"):  # as Python has it: writing fails with an error that a reader can tell
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if "python network" not in _held:
        sys.addaudithook(_refuse_network)
        _held.add("python network")


def allow_cpu(seconds: float) -> None:
    """Let this process compute for as long from now; after that the system ends it with SIGXCPU."""
    if sys.platform == "win32":
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(time.process_time() + seconds)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (_under(soft, hard), hard))
        _held.add("cpu")


def _bind(name: str, kind: str, most: int) -> None:
    if sys.platform == "win32" or (sys.platform == "darwin" and name == "memory"):  # there it is taken but not kept
        return
    number = getattr(resource, kind)
    value = _under(most, resource.getrlimit(number)[1])
    with suppress(ValueError, OSError):
        resource.setrlimit(number, (value, value))
        _held.add(name)


def _under(value: int, hard: int) -> int:
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """Refuse whatever would look up or reach another machine; sockets of this one are left to those who need them."""
    if not event.startswith("socket."):
        return
    here = getattr(socket, "AF_UNIX", None)
    if event in _RESOLVING or (event in _REACHING and args[0].family != here):
        raise PermissionError("readers have no network")


# --- a folder of its own


@contextmanager
def folder_in(parent: Path | None) -> Iterator[Path]:
    """A new folder for one reader's temporary files, inside `parent` (by default the system's), removed at the end.

    While this process lives, `sweep` leaves it alone.

    Raises:
        UsageError: if it cannot be made.
    """
    try:
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=parent))
        lock = (folder / LOCK).open("wb")
    except OSError as error:
        reason = f"no folder for temporary files: {error.strerror}"
        raise UsageError(parent or "TMPDIR", reason.lower(), "Name one that can be written") from error
    try:
        with lock:
            _lock(lock)
            yield folder
    finally:
        _remove(folder)


def settle(folder: Path) -> None:
    """Have this process, and the programs that it starts, put their temporary files into a folder, made if missing."""
    folder.mkdir(exist_ok=True)
    os.environ.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(folder)))
    tempfile.tempdir = str(folder)
    _held.add("folder")


def empty(folder: Path) -> None:
    """Remove all that is in a folder; what cannot be removed stays."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            _discard(entry)


def _discard(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        _remove(Path(entry))
    else:
        with suppress(OSError):
            Path(entry).unlink()


def sweep(parent: Path) -> list[Path]:
    """Remove from `parent` the folders of readers whose parents were killed; return those that were removed."""
    return [folder for folder in sorted(parent.glob(f"{FOLDER}*")) if _is_left(folder) and _gone(folder)]


def _remove(folder: Path) -> None:
    with suppress(RecursionError):  # folders in folders a thousand deep: what is left of them stays
        shutil.rmtree(folder, ignore_errors=True)


def _gone(folder: Path) -> bool:
    _remove(folder)
    return not folder.exists()


def _is_left(folder: Path) -> bool:
    """Whether nobody holds a folder any more."""
    try:
        with (folder / LOCK).open("rb+") as lock:
            return _lock(lock)
    except FileNotFoundError:
        return time.time() - folder.stat().st_mtime > YOUNG
    except OSError:
        return False


def _lock(lock: IO[bytes]) -> bool:
    if sys.platform == "win32":  # files that are open cannot be removed there
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
