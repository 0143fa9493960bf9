"""Starting a child process that knows nothing of the script that started it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ONE = threading.RLock()  # threads that start children at the same time


@contextmanager
def nameless_main() -> Iterator[None]:
    """Start a child that does not run the caller's script again: ours needs nothing from it.

    A spawned child imports the parent's main module by name or file; a script without a guard would start over.
    """
    main = sys.modules["__main__"]
    with _ONE:
        kept = {name: getattr(main, name) for name in ("__spec__", "__file__") if hasattr(main, name)}
        main.__spec__ = None
        if "__file__" in kept:
            del main.__file__
        try:
            yield
        finally:
            for name, value in kept.items():
                setattr(main, name, value)
