"""One run per output folder: a lock that falls with its holder, however that one ends.

The lock itself is the operating system's (flock), so nothing needs to be cleaned after ``kill -9``. A file beside it
says who holds it. A child of the holder that was forked, not spawned, holds it too, as long as it lives.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from nlp.errors import StoreError, UsageError

LOCK, HOLDER = ".evmap.lock", ".evmap.holder.json"


@contextmanager
def locked(out: Path, held: str = "another run writes there", advice: str = "") -> Iterator[None]:
    """Hold a folder, made if missing, for one run or desk; nothing waits.

    Args:
        held, advice: what is said where somebody else holds it; by default what fits the output folder of a run.

    Raises:
        StoreError: if another run holds it; says which, where, since when, and what to do.
        UsageError: if the folder cannot be written.
    """
    lock = FileLock(out / LOCK, timeout=0)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise StoreError(out, f"{held}: {_holder(out)}", advice or _advice(out)) from None
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(out, f"cannot write there: {reason}", "Name another folder with -o") from None
    try:
        (out / HOLDER).write_text(json.dumps(_self()), "utf-8")
        yield
    finally:
        (out / HOLDER).unlink(missing_ok=True)
        lock.release()


def is_alive(pid: int, host: str) -> bool:
    """Whether a process may still run: False only where it is known to be gone, on this host."""
    if host != platform.node() or os.name == "nt":  # Windows takes the question for an order to end it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, so it is there
        return True
    return True


def _self() -> dict[str, str | int]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": platform.node(), "since": since, "command": shlex.join(sys.argv)}


def _holder(out: Path) -> str:
    try:
        found = json.loads((out / HOLDER).read_text("utf-8"))
        return "process {pid} on {host} since {since} ({command})".format(**found)
    except (OSError, ValueError, KeyError):  # it has the lock, but not yet said so
        return "a process that has just begun"


def _advice(out: Path) -> str:
    return f"Wait for it (see: evmap status {shlex.quote(str(out))}), end it, or name another folder with -o"
