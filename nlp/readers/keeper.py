"""A process that keeps another: whatever a reader starts ends with it, and it ends with whoever started it.

On Linux a reader is three processes. The keeper, which the parent starts, does nothing but wait: for the end of the
reader, for the end of the parent, for being told to end. Where the kernel allows it (root, or user namespaces) reader
and helpers live in namespaces of their own, for processes and for the network: then the end of the first process in
there, which does nothing at all, is the end of all others, and nobody can be reached from there. Elsewhere the keeper
adopts what the reader's helpers leave behind, and ends it one by one.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from nlp.readers import limits

NEW_USER, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
_ATTEMPTS = (
    NEW_PROCESSES | NEW_NETWORK,
    NEW_USER | NEW_PROCESSES | NEW_NETWORK,
    NEW_USER | NEW_PROCESSES,
    NEW_NETWORK,
)
_PARENT_DEATH, _ADOPT = 1, 36  # of prctl
_WATCHED = {signal.SIGTERM} | {getattr(signal, name) for name in ("SIGCHLD", "SIGHUP") if hasattr(signal, name)}
_LOOK = 5.0  # seconds between two looks at whether the parent lives, should its end not be told
_ENDING = 2.0  # seconds for ending what was left behind


def keep(parent: int, life: Callable[[], None], release: Callable[[], None]) -> int | None:
    """Lead a reader's life in a process of its own and wait for its end.

    Must be called early, while this process has one thread and nothing to lose.

    Args:
        parent: process whose end is the end of all. life: what the reader does.
        release: closes what only the reader may hold open.

    Returns:
        In the keeper how the reader ended: its exit code, or minus the signal that ended it. In the others None, when
        their lives are over. All then go back to where they came from, and end there.
    """
    if sys.platform != "linux":
        _lone(parent, life)
        return None
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    with suppress(OSError):
        os.setsid()
    _prctl(_PARENT_DEATH, signal.SIGHUP)
    _prctl(_ADOPT, 1)
    flags = _separate()
    held, leash = os.pipe()  # its far end closes with the keeper
    first = os.fork() if flags & NEW_PROCESSES else None
    if first == 0:
        release()
        _rest(held, leash)
        return None
    reader = os.fork()
    if reader == 0:
        if _hangs_on(held, leash):
            limits.note("session", *_names(flags))
            life()
        return None
    release()
    code = _wait(reader, parent)
    _end_all(first)
    return code


def end_strays() -> None:
    """End what helpers of this reader left running; does nothing where a reader has no processes of its own."""
    if "processes" in limits.in_force() and os.getpid() == 2:  # nobody else is second among their processes
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)  # all in here but the first and this one
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _names(flags: int) -> list[str]:
    return [name for flag, name in ((NEW_PROCESSES, "processes"), (NEW_NETWORK, "network")) if flags & flag]


def _separate() -> int:
    """Take the most separate place that the kernel gives; return its flags, 0 for none."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    flags = next((flags for flags in _ATTEMPTS if libc.unshare(flags) == 0), 0)
    if flags & NEW_USER:
        for name, words in {
            "setgroups": "deny",
            "uid_map": f"{user} {user} 1",
            "gid_map": f"{group} {group} 1",
        }.items():
            with suppress(OSError):  # then we are nobody in there, who reads as well
                Path("/proc/self", name).write_text(words, "ascii")
    return flags


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _hangs_on(held: int, leash: int) -> bool:
    """Make this process end with the keeper; False if that is gone already. Gives back the keeper's signals."""
    os.close(leash)
    _prctl(_PARENT_DEATH, signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
    return not select.select([held], [], [], 0)[0]


def _rest(held: int, leash: int) -> None:
    """The first process of a place of its own: it is there, and takes in and forgets who has lost his parent."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if _hangs_on(held, leash):
        select.select([held], [], [])


def _wait(reader: int, parent: int) -> int:
    while True:
        got = signal.sigtimedwait(_WATCHED, _LOOK)
        done, status = os.waitpid(reader, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if os.getppid() != parent or (got and got.si_signo == signal.SIGTERM):
            os.kill(reader, signal.SIGKILL)
            os.waitpid(reader, 0)
            return -signal.SIGTERM


def _end_all(first: int | None) -> None:
    """End all that is left of a reader; with the first process of its place everything ends at once."""
    if first is not None:
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, 0)
        return
    until = time.monotonic() + _ENDING
    while (found := _descendants(os.getpid())) and time.monotonic() < until:
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _descendants(ancestor: int) -> list[int]:
    """Processes that come from another, as the system lists them at this moment."""
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            parents[int(place.parent.name)] = int(place.read_text("latin-1").rpartition(")")[2].split()[1])
    found = [ancestor]
    for pid in found:  # grows while it is walked
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


def _lone(parent: int, life: Callable[[], None]) -> None:
    """Where no process can keep another: the reader itself looks now and then whether its parent lives."""
    import threading

    if hasattr(os, "setsid"):
        with suppress(OSError):
            os.setsid()
            limits.note("session")

        def watch() -> None:
            """End this process, and all that it started, soon after its parent."""
            while os.getppid() == parent:
                time.sleep(1.0)
            os.killpg(0, signal.SIGKILL)

        threading.Thread(target=watch, daemon=True).start()
    life()
