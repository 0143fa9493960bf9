"""Runs of `evmap map` as processes of their own, killed by plan."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.kills.outputs import differences, fingerprint, leftovers, store_faults

MARK = "EVMAP_KILLS_RUN"  # in the environment of a run and of all that it starts, so that nothing escapes the count
GRACE = 10.0  # seconds that children have to follow their parent
MOST_RUNS = 12
KINDS = {"parent": 50, "child": 40, "several": 10}  # per cent


@dataclass
class Trial:
    """One plan of kills and what came of it.

    Attributes:
        kills: who was killed, and after how many seconds of a run. runs: of evmap map until it ended by itself.
        faults: what is not as it must be; empty if all is well.
    """

    number: int
    kind: str
    kills: list[tuple[str, float]] = field(default_factory=list)
    runs: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


class Killer:
    """Runs and kills.

    Args:
        folder: holds `documents`, `out`, `reference` and what the runs say. model: for the hash encoder.
        workers: processes that map; None does not ask for any number.
    """

    def __init__(self, folder: Path, model: Path, workers: int | None, seed: int) -> None:
        self.folder, self.workers, self.seed = folder, workers, seed
        self.out, self.reference, self.temporary = (folder / name for name in ("out", "reference", "tmp"))
        self.temporary.mkdir(parents=True, exist_ok=True)
        self._environment = {
            **os.environ, "EVMAP_ENCODER": "hash", "EVMAP_MODEL": str(model.resolve()),
            "TMPDIR": str(self.temporary.resolve()), "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        self.expected: dict[str, str] = {}
        self.seconds = 0.0

    def undisturbed(self) -> None:
        """Make the run to compare with.

        Raises:
            RuntimeError: if it does not end well by itself.
        """
        shutil.rmtree(self.out, ignore_errors=True)
        clock = time.monotonic()
        run = self._start("undisturbed")
        code = run.wait()
        self.seconds = time.monotonic() - clock
        faults = [*self._orphans("undisturbed"), *leftovers(self.out, self.temporary)]
        if code not in (0, 3) or faults:
            raise RuntimeError(f"the undisturbed run: exit code {code}, {faults}; see {self.folder / 'said.txt'}")
        shutil.rmtree(self.reference, ignore_errors=True)
        self.out.rename(self.reference)
        self.expected = fingerprint(self.reference)

    def trial(self, number: int) -> Trial:
        """Run once more into an empty folder, kill by the plan of this number, rerun until it ends, and compare."""
        rng = random.Random(f"{self.seed}/{number}")
        trial = Trial(number, rng.choices(list(KINDS), list(KINDS.values()))[0])
        clock = time.monotonic()
        while not trial.kills and trial.runs < MOST_RUNS:  # a run that ended before its kill proves nothing
            shutil.rmtree(self.out, ignore_errors=True)
            self._until_done(trial, rng)
        trial.seconds = round(time.monotonic() - clock, 1)
        trial.faults += differences(self.expected, fingerprint(self.out))
        trial.faults += [*leftovers(self.out, self.temporary), *store_faults(self.out)]
        return trial

    def _until_done(self, trial: Trial, rng: random.Random) -> None:
        """Run, and run again after each kill of the parent, until a run ends by itself."""
        kills = rng.randint(2, 4) if trial.kind == "several" else 1
        code = None
        while code not in (0, 3) and trial.runs < MOST_RUNS:
            trial.runs += 1
            mark = f"{trial.number}-{trial.runs}"
            run = self._start(mark)
            while kills and run.poll() is None:
                kills -= self._kill(run, trial, rng)
            code = run.wait()
            trial.faults += self._orphans(mark)
            killed = bool(trial.kills) and trial.kills[-1][0] == "parent"
            if code not in (0, 3) and not (code == -9 and killed):
                trial.faults.append(f"exit code {code} in run {trial.runs}")

    def _start(self, mark: str) -> subprocess.Popen[bytes]:
        asked = [] if self.workers is None else ["--workers", str(self.workers)]
        command = [sys.executable, "-m", "nlp", "map", "documents", "-o", "out", "--quiet", *asked]
        source = str(Path(__file__).resolve().parent.parent.parent)
        path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
        with (self.folder / "said.txt").open("ab") as said:
            return subprocess.Popen(
                command, cwd=self.folder, env={**self._environment, "PYTHONPATH": path, MARK: mark},
                stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            )  # fmt: skip

    def _kill(self, run: subprocess.Popen[bytes], trial: Trial, rng: random.Random) -> bool:
        """Wait for a random moment of the run and kill; whether someone was killed."""
        whom = rng.choice(("parent", "child")) if trial.kind == "several" else trial.kind
        moment = rng.uniform(0.0, self.seconds / (2 if trial.kind == "several" else 1))
        clock = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            run.wait(moment)
            return False
        if whom == "parent":
            run.kill()
        elif not self._kill_child(run, rng):
            return False
        trial.kills.append((whom, round(time.monotonic() - clock, 2)))
        return True

    def _kill_child(self, run: subprocess.Popen[bytes], rng: random.Random) -> bool:
        while run.poll() is None:
            with suppress(psutil.Error):
                children = sorted(psutil.Process(run.pid).children(recursive=True), key=lambda child: child.pid)
                if children:
                    rng.choice(children).kill()
                    return True
            time.sleep(0.02)
        return False

    def _orphans(self, mark: str) -> list[str]:
        """Wait for what a run has started to end, kill what does not, and name it."""
        limit = time.monotonic() + GRACE
        while (left := list(_marked(mark))) and time.monotonic() < limit:
            time.sleep(0.1)
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        return [f"orphan {process.pid}" for process in left]


def _marked(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                yield process
