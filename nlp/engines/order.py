"""In which order inputs are begun: one that takes long comes early, so that the others are not waited out beside it."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

LONG = 0.1  # of what one process has to do: an input of more bytes than that is begun first


def long_first(paths: Sequence[Path], processes: int) -> Iterator[tuple[int, Path]]:
    """Yield every path with its position in `paths`: the long ones, the longest first, and the others as they come.

    A document is mapped by one process, so a long one begun last keeps all others idle until it is done (Graham 1969,
    Bounds on multiprocessing timing anomalies). By bytes, since nothing is read yet; and only what can cost that much
    is moved: a user who watches wants the others in order. What cannot be looked at counts as empty.

    Args:
        processes: how many share the work; with one, nothing is moved.
    """
    sizes = array("q", map(_size, paths)) if processes > 1 else array("q")
    bar = LONG * sum(sizes) / processes
    for position in sorted((n for n, size in enumerate(sizes) if size > bar), key=lambda n: -sizes[n]):
        yield position, paths[position]
    for position, path in enumerate(paths):
        if not sizes or sizes[position] <= bar:
            yield position, path


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a million times
    except (OSError, ValueError):
        return 0
