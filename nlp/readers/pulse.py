"""A sign of life while long reading goes on, so that who waits can tell slow from stuck."""

from __future__ import annotations

from collections.abc import Callable

_listener: Callable[[], None] = lambda: None  # noqa: E731 - a name for doing nothing


def beat() -> None:
    """Say that reading goes on; heard by the process that waits for this one, if there is one."""
    _listener()


def listen(listener: Callable[[], None]) -> None:
    """Have `listener` called at each beat, in place of the one before."""
    global _listener
    _listener = listener
