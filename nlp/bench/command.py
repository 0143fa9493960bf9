"""Whole runs as processes of their own, timed and watched from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from nlp.errors import UsageError
from nlp.jsonl import read_rows
from nlp.readers.spawning import outlive_nobody
from nlp.seal import manifest_of

CHARACTERS_A_PAGE = 2600  # of the formats that have no pages
GOOD = (0, 3)


@dataclass(frozen=True, slots=True)
class Arm:
    """A way to run ours: encoder, precision (None where the encoder has but one), processes that map (0: by itself)."""

    encoder: str
    precision: str | None = None
    workers: int = 0

    @property
    def name(self) -> str:
        """As people call it: "e5 bf16"."""
        return " ".join(filter(None, (self.encoder, self.precision)))

    def options(self) -> list[str]:
        """For `evmap map`."""
        asked = ["--encoder", self.encoder, *(["--precision", self.precision] if self.precision else [])]
        return [*asked, *(["--workers", str(self.workers)] if self.workers else [])]


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory at a moment: seconds since the start, resident megabytes of the parent and of all it started."""

    seconds: float
    parent: float
    all: float


@dataclass(frozen=True, slots=True)
class Timed:
    """A process that has ended.

    Attributes:
        seconds: wall clock, start and imports included. cpu: seconds of computing, of all that it started too.
        others: share of this machine's computing time in [0, 1] that others took meanwhile. code: exit code.
        curve: memory as time went by, if asked for.
    """

    seconds: float
    cpu: float
    others: float
    code: int
    curve: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What a run got through; pages of formats without any are counted as 2,600 characters each."""

    documents: int
    pages: int
    passages: int


class Stopwatch:
    """Measures from its making on: wall clock, our computing time, and the others'."""

    def __init__(self) -> None:
        self._clock, self._own, self._busy = time.monotonic(), own_cpu(), busy()

    def read(self, running: float = 0.0) -> tuple[float, float, float]:
        """Return seconds, our computing seconds, share of the machine that others took.

        Args:
            running: computing seconds of our processes that still run.
        """
        seconds, own = time.monotonic() - self._clock, own_cpu() - self._own + running
        taken = busy() - self._busy - own
        return seconds, own, min(1.0, max(0.0, taken / (seconds * (os.cpu_count() or 1))))


def own_cpu() -> float:
    """Computing seconds of this process and of those it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def busy() -> float:
    """Computing seconds of the whole machine since its start."""
    import psutil

    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def timed(
    command: Sequence[str], given: bytes = b"", every: float = 0.0, stop_after: float | None = None, cores: int = 0
) -> tuple[Timed, str]:
    """Run a command to its end; return the measure and what it said on standard error.

    Args:
        given: on standard input. every: seconds between two looks at its memory, 0 for none.
        stop_after: kill it and all that it started after so many seconds (as a power cut would).
        cores: bind it and all that it starts to so many processors, where the system can; 0: to none.
    """
    together = partial(_begin, os.getpid(), cores) if sys.platform == "linux" else None
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}  # as users have it
    watch, clock = Stopwatch(), time.monotonic()
    curve: list[Sample] = []
    with (
        _file_of(given) as words,  # through a pipe, what it has not taken at the first look would never be sent
        subprocess.Popen(
            command,
            stdin=words,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            preexec_fn=together,
        ) as running,
    ):
        while True:
            try:
                _, said = running.communicate(timeout=every or stop_after)
                break
            except subprocess.TimeoutExpired:
                seconds = time.monotonic() - clock
            if every:
                curve.append(_memory(running.pid, seconds))
            if stop_after is not None and seconds >= stop_after:
                _kill_all(running.pid)
    return Timed(*watch.read(), running.returncode, tuple(curve)), said.decode("utf-8", "replace")


@contextmanager
def _file_of(given: bytes) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.seek(0)
        yield file


def _begin(parent: int, cores: int) -> None:
    """In the process that is timed: end with the one that started it; stay on so many processors."""
    outlive_nobody(parent)
    if cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def _memory(pid: int, seconds: float) -> Sample:
    import psutil

    def resident(process: psutil.Process) -> float:
        """Megabytes of one process, 0 of one that is gone."""
        try:
            return float(process.memory_info().rss) / 1e6
        except psutil.Error:  # it has just ended
            return 0.0

    try:
        children = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return Sample(round(seconds, 1), 0.0, 0.0)
    parent = resident(psutil.Process(pid))
    return Sample(round(seconds, 1), round(parent, 1), round(parent + sum(map(resident, children)), 1))


def _kill_all(pid: int) -> None:
    import psutil

    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return
    for process in family:
        try:
            process.kill()
        except psutil.Error:  # it went with its parent
            continue


def evmap(*words: object) -> list[str]:
    """Return a command line of ours, run by this Python."""
    return [sys.executable, "-m", "nlp", *map(str, words)]


def run_ours(
    paths: Sequence[Path], out: Path, arm: Arm, every: float = 0.0, stop_after: float | None = None, cores: int = 0
) -> Timed:
    """Map files by `evmap map` into a folder; `every`, `stop_after`, `cores` as in `timed`.

    Raises:
        UsageError: if it ends with another exit code than 0 or 3, unless it was to be killed.
    """
    command = evmap("map", "-", "-o", out, "--quiet", *arm.options())
    took, said = timed(command, b"\n".join(map(os.fsencode, paths)), every, stop_after, cores)
    if took.code not in GOOD and stop_after is None:
        raise UsageError(" ".join(command[1:]), f"exit code {took.code}: {said.strip()[-500:]}", "Run it by itself")
    return took


def run_plain(paths: Sequence[Path], out: Path, every: float = 0.0) -> Timed:
    """Map files by the plain script (`nlp.bench.plain`); `out` is a file.

    Raises:
        UsageError: if it fails.
    """
    command = evmap("bench", "plain", "-", "-o", out)
    took, said = timed(command, b"\n".join(map(os.fsencode, paths)), every)
    if took.code:
        raise UsageError(" ".join(command[1:]), f"exit code {took.code}: {said.strip()[-500:]}", "Run it by itself")
    return took


def mapping_seconds(out: Path) -> float:
    """Wall clock of reading and mapping alone, until the row files stand: no start, no tables, no report page."""
    seconds = manifest_of(out)["seconds"]
    return float(seconds["total"] - seconds["load"])


def work_of(out: Path) -> Work:
    """What the ledger of an output folder says that was done."""
    rows = [*read_rows(out / "ledger.jsonl")]
    pages = sum(row["pages"] or round(row["characters"] / CHARACTERS_A_PAGE) for row in rows)
    return Work(len(rows), pages, sum(row["passages"] for row in rows))
