"""Cases made by their seed, mapped in a batch, tallied; what deserves a look is kept."""

from __future__ import annotations

import gc
import json
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from nlp.pipeline import Outcome, map_many
from nlp.records import STATUSES
from nlp.settings import Settings
from tests.fuzz.mutations import mutate
from tests.fuzz.seeds import SUFFIXES, Good, good_files

LOOK = ("crashed", "timeout", "out_of_memory")
SLOWEST = 3  # kept of each format
SCAN_EVERY = 40  # cases; recognising text takes long
SAMPLE_EVERY = 25  # outcomes between two looks at the parent's memory
TAIL = 2000  # characters of what the child said before it died


@dataclass(frozen=True)
class Case:
    """One damaged file: `name` makes it again; which good file it was, and what was done to it."""

    name: str
    kind: str
    good: str
    mutations: str
    path: Path


@dataclass
class Tally:
    """What came out.

    Attributes:
        statuses: by format. causes: (format, status, reason without its numbers) of those that deserve a look.
        memory: resident megabytes of this process as cases went by. blocks: small objects then alive in it.
        unlisted: cases with a status nobody knows.
        slowest: seconds and name of the slowest cases of a format.
    """

    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    causes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    slowest: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def cases(self) -> int:
        """Outcomes so far."""
        return sum(counts.total() for counts in self.statuses.values())


class Fuzz:
    """Makes cases and maps them.

    Args:
        folder: kept cases go to `folder/kept`; the others are deleted once mapped.
        kinds: formats of `SUFFIXES`. seed: the same seed, the same cases in the same order.
    """

    def __init__(self, folder: Path, kinds: Sequence[str], seed: int) -> None:
        self.folder, self.kinds, self.seed = folder, kinds, seed
        self._goods: dict[str, list[Good]] = {kind: good_files(kind) for kind in kinds}
        for part in ("cases", "kept"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self._waiting: deque[Case] = deque()
        self.tally = Tally()

    def case(self, name: str) -> Case:
        """Make the case of a name ("7/pdf/123") again, on disk."""
        kind = name.split("/")[1]
        rng = random.Random(name)
        good, other = (rng.choice(self._goods[kind]) for _ in range(2))
        mutations, data = mutate(kind, good.data, other.data, rng)
        path = self.folder / "cases" / f"{name.replace('/', '-')}{SUFFIXES[kind]}"
        path.write_bytes(data)
        return Case(name, kind, good.name, mutations, path)

    def run(self, settings: Settings, seconds: float, most: int) -> Iterator[Tally]:
        """Map cases until the time is over or there were `most`; yields the tally after each.

        Raises:
            Exception: whatever escapes the batch; that is the worst a fuzzer can find.
        """
        own = psutil.Process()
        with _said(self.folder / "stderr.txt") as said:
            for outcome in map_many(self._cases(seconds, most), settings):
                case = self._waiting.popleft()
                assert str(case.path) == outcome.path
                self._count(case, outcome, said)
                if self.tally.cases % SAMPLE_EVERY == 0:
                    self.tally.memory.append(own.memory_info().rss // 1_000_000)
                    gc.collect()
                    self.tally.blocks.append(sys.getallocatedblocks())
                yield self.tally

    def _cases(self, seconds: float, most: int) -> Iterator[Path]:
        end = time.monotonic() + seconds
        quick = [kind for kind in self.kinds if kind != "scan"] or self.kinds
        for number in range(most):
            if time.monotonic() > end:
                return
            scan = number % SCAN_EVERY == SCAN_EVERY - 1 and "scan" in self.kinds
            kind = "scan" if scan else quick[number % len(quick)]
            case = self.case(f"{self.seed}/{kind}/{number}")
            self._waiting.append(case)
            yield case.path

    def _count(self, case: Case, outcome: Outcome, said: Path) -> None:
        tally = self.tally
        tally.statuses[case.kind][outcome.status] += 1
        if outcome.status not in STATUSES:
            tally.unlisted.append(case.name)
        taken = outcome.seconds.get("read", 0.0)
        slow = sorted([*tally.slowest[case.kind], (taken, case.name)], reverse=True)[:SLOWEST]
        look = outcome.status in LOOK
        tail = said.read_text("utf-8", "replace")[-TAIL:] if look else ""
        if look:
            last = next((line for line in reversed(tail.splitlines()) if line.strip()), "")
            tally.causes[case.kind, outcome.status, _plain(f"{outcome.reason} | {last}")] += 1
            os.truncate(said, 0)
        if look or (slow != tally.slowest[case.kind] and self.tally.cases > SAMPLE_EVERY):
            self._keep(case, outcome, tail)
        tally.slowest[case.kind] = slow
        case.path.unlink(missing_ok=True)

    def _keep(self, case: Case, outcome: Outcome, tail: str) -> None:
        stem = f"{outcome.status}-{case.path.stem}"
        case.path.replace(self.folder / "kept" / f"{stem}{case.path.suffix}")
        facts = {
            **asdict(case),
            "path": case.path.name,
            "status": outcome.status,
            "reason": outcome.reason,
            "seconds": outcome.seconds,
            "said": tail,
        }
        (self.folder / "kept" / f"{stem}.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False), "utf-8")


def _plain(reason: str) -> str:
    return re.sub(r"\d+", "N", reason)[:200]


@contextmanager
def _said(path: Path) -> Iterator[Path]:
    """Send what this process and its children say on standard error into a file, for as long as this lasts."""
    kept = os.dup(2)
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    os.dup2(target, 2)
    os.close(target)
    try:
        yield path
    finally:
        os.dup2(kept, 2)
        os.close(kept)
