"""How many PDF pages a second of CPU time, and how much memory, for us and for others, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlp.bench.extractors import EXTRACTORS, OURS
from nlp.errors import UsageError
from nlp.settings import Settings

PEERS = ("pypdfium2", "pypdf", "pdfplumber")


@dataclass(frozen=True, slots=True)
class Speed:
    """One system on the same files.

    Attributes:
        pages: read. seconds: of CPU time for a second reading, start and imports aside. megabytes: largest resident
            size of its process.
        ratio: its pages a second to ours.
    """

    name: str
    pages: int
    seconds: float
    megabytes: float
    ratio: float = 1.0

    @property
    def rate(self) -> float:
        """Pages a second of CPU time."""
        return self.pages / self.seconds if self.seconds else 0.0


def bench_pages(inputs: Sequence[Path], settings: Settings, peers: Sequence[str] = PEERS) -> list[Speed]:
    """Read the PDFs among `inputs` (folders: those within) with us and with `peers`, without text recognition.

    Raises:
        UsageError: if there is no PDF that can be read.
    """
    files = sorted({path for item in inputs for path in (item.rglob("*.pdf") if item.is_dir() else [item])})
    counted = {path: pages for path in files if (pages := _pages(path))}
    if not counted:
        raise UsageError(
            ", ".join(map(str, inputs)), "no PDF there that can be read", "Name a PDF, or a folder of PDFs"
        )
    quiet = replace(settings, ocr_seconds=0.0)
    speeds = []
    for name in (OURS, *(name for name in peers if EXTRACTORS[name].here)):
        seconds, kilobytes = _apart(_read, name, list(counted), quiet)
        speeds.append(Speed(name, sum(counted.values()), round(seconds, 3), round(kilobytes / 1024, 1)))
    return [replace(speed, ratio=round(speed.rate / speeds[0].rate, 3)) for speed in speeds]


def _pages(path: Path) -> int:
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(path)) as document:
            return len(document)
    except pypdfium2.PdfiumError:
        return 0


def _apart(task: Callable[..., Any], *arguments: Any) -> Any:
    """Run a task in a fresh process and return what it returns."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(task, arguments)


def _read(name: str, files: Sequence[Path], settings: Settings) -> tuple[float, float]:
    """CPU seconds and largest resident kilobytes of reading all files for the second time.

    The first time pays for what a system imports when a file first needs it, for ours and for others alike.
    """
    import resource

    work = _ours(settings) if name == OURS else EXTRACTORS[name].text
    for _ in _tried(work, files):
        pass
    clock = time.process_time()
    for _ in _tried(work, files):
        pass
    return time.process_time() - clock, float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _ours(settings: Settings) -> Callable[[Path], object]:
    from nlp.readers import read

    return lambda path: read(path, settings)


def _tried(work: Callable[[Path], object], files: Sequence[Path]) -> Iterator[None]:
    for path in files:
        try:
            work(path)
        except Exception:  # noqa: BLE001 - a file that one system refuses costs it the time it took
            continue
        yield
