"""How often Python looks for garbage that holds itself: rows and records hold none, and the looking takes its time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (100_000, 50, 50)  # objects made and not given up before the youngest are looked through, and so on


@contextmanager
def seldom_collected() -> Iterator[None]:
    """A block in which hundreds of thousands of plain records come and go."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
