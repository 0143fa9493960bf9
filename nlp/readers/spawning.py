"""Starting a child process that knows nothing of the script that started it, takes one processor, and ends with it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_ONE = threading.RLock()  # threads that start children at the same time


@contextmanager
def spawning() -> Iterator[None]:
    """Start a child that computes in one thread and does not run the caller's script again, of which it needs nothing.

    A spawned child imports the parent's main module by name or file; a script without a guard would start over.
    Libraries that compute in as many threads as there are processors have these wait for each other, once there are as
    many children; and how many there are decides the last digits of a sum.
    """
    main = sys.modules["__main__"]
    with _ONE:
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
