"""What reading in a child of its own costs: small files a second with and without, the same files, turn by turn."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nlp.pipeline import read_structured
from nlp.readers import read_unknown
from nlp.readers.worker import Task, Worker
from nlp.settings import Settings

TURNS = 3
TASKS: dict[str, Task] = {"read": read_unknown, "read and find the structure": read_structured}
WORDS = "The consulate of {0} assisted {0} migrants in detention and trained {0} officials in the rights of children."


def main(files: int = 50) -> None:
    """Print for each task the best of some turns of each kind, in files a second."""
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name, f"{number}.txt") for number in range(files)]
        for number, path in enumerate(paths):
            path.write_text("\n\n".join([WORDS.format(number)] * 5), "utf-8")
        for said, task in TASKS.items():
            print(said, _rates(task, paths))


def _rates(task: Task, paths: list[Path]) -> dict[str, float]:
    settings = Settings()
    worker = Worker(task, settings)
    ways: dict[str, Callable[[Path], Any]] = {
        "in a child": worker.call,
        "here": lambda path: task(path, settings, lambda _: False),
    }
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(TURNS + 1):  # the first warms up
        for way, read in ways.items():
            began = time.perf_counter()
            for path in paths:
                read(path)
            rates[way].append(len(paths) / (time.perf_counter() - began))
    worker.stop()
    return {way: round(max(found[1:]), 1) for way, found in rates.items()}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
