"""Where exports are made: drafts beside their place, renamed when they are whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlp.errors import UsageError
from nlp.writers.closing import draft_of


@contextmanager
def making(path: Path) -> Iterator[Path]:
    """Give a draft to write a file to; it gets its name at the end of the block and is removed when that fails.

    Raises:
        UsageError: if `path` is a folder, or cannot be written.
    """
    if path.is_dir():
        raise UsageError(path, "is a folder", "Name a file with -o")
    draft = draft_of(path.parent, path.name)
    with _placed(draft, path):
        yield draft


@contextmanager
def making_folder(path: Path) -> Iterator[Path]:
    """Give a draft folder to write into, as `making` does for a file. Nothing that is there is replaced.

    Raises:
        UsageError: if `path` holds anything, is a file, or cannot be written.
    """
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise UsageError(path, "is there already, and not an empty folder", "Name another folder, or remove it")
    draft = draft_of(path.parent, path.name)
    shutil.rmtree(draft, ignore_errors=True)  # of an export that was killed
    with _placed(draft, path):
        draft.mkdir(parents=True)
        yield draft


@contextmanager
def _placed(draft: Path, path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
        draft.replace(path)
    except OSError as error:
        raise UsageError(path, f"cannot write there: {error.strerror}", "Make room or name another place") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True) if draft.is_dir() else draft.unlink(missing_ok=True)
