"""Starting a child that knows nothing of the script that started it, takes one processor, and ends with its parent."""

from __future__ import annotations

import ctypes
import functools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar, cast

from nlp.errors import EvmapError

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Made = TypeVar("Made")
_ONE = threading.RLock()  # threads that start children at the same time


@contextmanager
def spawning(deaf: bool = False) -> Iterator[None]:
    """Start a child that computes in one thread and does not run the caller's script again, of which it needs nothing.

    Args:
        deaf: have it hear of no Ctrl-C from its first moment: it is for its parent to decide.

    A spawned child imports the parent's main module by name or file; a script without a guard would start over.
    Libraries that compute in as many threads as there are processors have these wait for each other, once there are as
    many children; and how many there are decides the last digits of a sum.
    """
    main = sys.modules["__main__"]
    with _ONE, _deaf() if deaf else nullcontext():
        kept = {name: getattr(main, name) for name in ("__spec__", "__file__") if hasattr(main, name)}
        threads = {name: os.environ.get(name) for name in THREADS}
        main.__spec__ = None
        if "__file__" in kept:
            del main.__file__
        os.environ.update(dict.fromkeys(THREADS, "1"))
        try:
            yield
        finally:
            for name, value in kept.items():
                setattr(main, name, value)
            for name, number in threads.items():
                os.environ.pop(name, None) if number is None else os.environ.update({name: number})


@contextmanager
def beside(worth_it: bool, work: Callable[..., Made], *words: Any) -> Iterator[Callable[[], Made]]:
    """Give a function that returns what ``work(*words)`` does, begun in a process of its own if that is worth it.

    The process ends with the block, finished or not. Without a second processor, where it might outlive this one and go
    on writing, or in a worker of a pool, which may have no children, the work is done here when it is asked for; so it
    is if no process can be had, if it fails, or if somebody ends it.

    Args:
        work: a function of a module, which may be called twice. words: what can be pickled, like what it returns.
    """
    if not worth_it or not _may_start_one():
        yield functools.partial(work, *words)
        return
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(far, os.getpid(), work, words), daemon=True)

    def made() -> Made:
        try:
            return cast("Made", near.recv())
        except EOFError:
            return work(*words)

    try:
        with far, suppress(OSError), spawning(deaf=True):  # no process to be had: nobody writes into the pipe
            process.start()
        yield made
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        near.close()


def _may_start_one() -> bool:
    if sys.platform != "linux" or multiprocessing.current_process().daemon:
        return False
    return len(os.sched_getaffinity(0)) > 1


@contextmanager
def _deaf() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, parent: int, work: Callable[..., Any], words: tuple[Any, ...]) -> None:
    belong_to(parent)
    with suppress(EvmapError, OSError, ValueError):  # who asks for it does it again, and meets the same
        pipe.send(work(*words))


def belong_to(parent: int) -> None:
    """Begin as a process of another: it decides when to stop, and this one ends with it."""
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    outlive_nobody(parent)


def outlive_nobody(parent: int) -> None:
    """Have the system end this process with the one that started it, where the system can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
