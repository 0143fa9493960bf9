"""Files that are built once and kept: made beside their place, there whole or not at all, and told by their digest."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def caching(place: Path) -> Iterator[Path]:
    """Give a draft to write to, of the same suffix; it gets its name at the end of the block.

    Processes and threads that make the same file at once have drafts of their own, and the last one stands. A draft is
    removed when the block fails.

    Raises:
        OSError: if the folder cannot be made, or the file not be put there.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{os.getpid()}.{threading.get_ident()}.{place.name}")
    try:
        yield draft
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """Return the sha256 (hex) of a file.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
