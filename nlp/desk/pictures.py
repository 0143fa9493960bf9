"""Pictures of a PDF's pages, drawn by a bounded child and kept in the desk's cache.

Drawing a hostile PDF may hang, eat memory or crash: that happens to the child. What is in the cache can be thrown away.
"""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlp.errors import UnreadableDocument
from nlp.readers import load
from nlp.readers.pdf.picture import draw_to_read
from nlp.readers.worker import Worker
from nlp.settings import Settings

SECONDS = 30.0  # for one page
MOST_PAGES = 2_000
SIZES = "sizes"
MOST_BYTES, LOOKED = 1_000_000_000, 50  # kept of all reports; pages drawn between two looks at how much it is


@dataclass(frozen=True, slots=True)
class Drawn:
    """Sizes of all pages in points (width, height), or one page as PNG."""

    sizes: tuple[tuple[float, float], ...] = ()
    png: bytes = b""


def draw_task(path: Path, settings: Settings, known: Callable[[str], bool]) -> Drawn:
    """Draw one page; the task of the drawing child.

    Args:
        path: the file, and in it the page: ``FILE/3``; ``FILE/sizes`` for the sizes of all. known: not asked.

    Raises:
        UnreadableDocument: if it is no PDF that can be opened, or there is no such page.
    """
    import pypdfium2

    file, wanted = path.parent, path.name
    try:
        with closing(pypdfium2.PdfDocument(load(file, settings))) as document:
            if wanted == SIZES:
                return Drawn(tuple(document.get_page_size(n) for n in range(min(len(document), MOST_PAGES))))
            if not 1 <= int(wanted) <= len(document):
                raise UnreadableDocument(file, "corrupt", "there is no such page")
            return Drawn(png=_png(document, int(wanted)))
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocument(
            file, "corrupt", "its pages cannot be drawn", "look at it in its own program"
        ) from error


def _png(document: Any, number: int) -> bytes:
    target = io.BytesIO()
    with closing(document[number - 1]) as page:
        draw_to_read(page).save(target, "png")
    return target.getvalue()


class Pictures:
    """Draws pages, one at a time; for several threads.

    Args:
        files: folder with the reports by document id. cache: folder for what was drawn. scratch: for the child.
    """

    def __init__(self, files: Path, cache: Path, scratch: Path, settings: Settings) -> None:
        bounds = replace(settings, read_seconds=min(SECONDS, settings.read_seconds), read_cpu_seconds=SECONDS)
        self._files, self._cache = files, cache
        self._worker = Worker(draw_task, bounds, scratch)
        self._turn, self._drawn = threading.Lock(), 0

    def sizes(self, document_id: str) -> list[tuple[float, float]]:
        """Return width and height of every page in points.

        Raises:
            UnreadableDocument: if they cannot be told.
        """
        kept = self._cache / document_id / "sizes.json"
        if not kept.is_file():
            _keep(kept, json.dumps(self._ask(document_id, SIZES).sizes).encode())
        return [(float(width), float(height)) for width, height in json.loads(kept.read_text("ascii"))]

    def page(self, document_id: str, number: int) -> bytes:
        """Return the picture (PNG, grey) of a page, from 1.

        Raises:
            UnreadableDocument: if it cannot be drawn.
        """
        kept = self._cache / document_id / f"{number}.png"
        with suppress(FileNotFoundError):  # not drawn yet, or cleared away
            return kept.read_bytes()
        png = self._ask(document_id, str(number)).png
        if self._drawn % LOOKED == 0:
            clear_away(self._cache, MOST_BYTES)
        self._drawn += 1
        _keep(kept, png)
        return png

    def close(self) -> None:
        """End the child."""
        with self._turn:
            self._worker.stop()

    def _ask(self, document_id: str, wanted: str) -> Drawn:
        with self._turn:
            drawn = self._worker.call(self._files / document_id / wanted)
        if not isinstance(drawn, Drawn):
            raise UnreadableDocument(document_id, "crashed", "its pages could not be drawn", "try again")
        return drawn


def clear_away(cache: Path, most: int) -> None:
    """Remove the pages drawn longest ago until those that are left have at most `most` bytes."""
    drawn = []
    for path in cache.glob("*/*.png"):
        with suppress(FileNotFoundError):
            told = path.stat()
            drawn.append((told.st_mtime_ns, told.st_size, path))
    left = sum(size for _, size, _ in drawn)
    for _, size, path in sorted(drawn):
        if left <= most:
            return
        path.unlink(missing_ok=True)
        left -= size


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{threading.get_ident()}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
