"""What a long run promises, measured: more processes, flat memory, nothing done twice after it was stopped."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from nlp.bench.command import Arm, Sample, Timed, mapping_seconds, run_ours, run_plain, work_of

EVERY = 0.5  # seconds between two looks at the memory
BARS = " ▁▂▃▄▅▆▇█"
WIDTH = 60
WARM = 2  # files that are mapped before anything is timed


@dataclass(frozen=True, slots=True)
class Scale:
    """One number of processes that map, on as many processors, beside the first number.

    Attributes:
        seconds: of the whole run, start and report too. ratio: how many times as fast as the first number.
        mapping: wall clock of reading and mapping alone (the processes load their model in it); mapping_ratio: by that.
        rate: documents a second of the whole run. others: share of the machine that others took meanwhile.
        spread: the least and the most of `mapping_ratio` over the rounds.
    """

    workers: int
    documents: int
    seconds: float
    mapping: float
    rate: float
    ratio: float
    mapping_ratio: float
    others: float
    spread: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of one system over a run, in megabytes.

    Attributes:
        peak: largest of the parent. all_peak: largest of it and all that it started.
        growth: largest of the parent's second half of the run less that of its first half.
        ratio: the peer's `all_peak` to ours; None without a peer.
    """

    system: str
    files: str
    documents: int
    seconds: float
    peak: float
    all_peak: float
    growth: float
    curve: tuple[Sample, ...]
    ratio: float | None = None

    @property
    def line(self) -> str:
        """The parent's curve in a line of text."""
        return sparkline([sample.parent for sample in self.curve])


@dataclass(frozen=True, slots=True)
class Resumed:
    """A run killed at `killed` seconds and run again, against one that nobody disturbed, and one with nothing to do.

    Attributes:
        seconds: of the undisturbed run; killed: of the one that was killed; rest: of the one that finished it;
            nothing: of another after that.
        ratio: killed and rest together to the undisturbed one.
    """

    documents: int
    seconds: float
    killed: float
    rest: float
    nothing: float
    ratio: float
    others: float


def bench_scaling(paths: Sequence[Path], arm: Arm, counts: Sequence[int], out: Path, rounds: int = 1) -> list[Scale]:
    """Map all files anew with each number of processes, each bound to as many processors, of one thread each.

    Unbound, the reader of a single process would have the second processor to itself, and one would pass for two.
    A run over the first files goes ahead, so that programs, weights and files are in the system's memory for all.
    A machine's pace may drift by more than what is asked here: with several `rounds`, the numbers take turns, each is
    held against the first of its own round, and all that is said is the median of the rounds.
    """
    run_ours(paths[:WARM], out / "warm", arm)
    for path in paths:
        path.read_bytes()
    found = [_scaling_round(paths, arm, counts, out / f"round-{number}") for number in range(1, rounds + 1)]
    return [_middle(scales) for scales in zip(*found, strict=True)]


def _scaling_round(paths: Sequence[Path], arm: Arm, counts: Sequence[int], out: Path) -> list[Scale]:
    scales: list[Scale] = []
    for count in counts:
        folder = out / f"workers-{count}"
        took = run_ours(paths, folder, Arm(arm.encoder, arm.precision, count), cores=count)
        mapping = mapping_seconds(folder)
        first = scales[0] if scales else None
        scales.append(
            Scale(
                count,
                len(paths),
                took.seconds,
                mapping,
                len(paths) / took.seconds,
                first.seconds / took.seconds if first else 1.0,
                first.mapping / mapping if first else 1.0,
                took.others,
            )
        )
    return scales


def _middle(scales: Sequence[Scale]) -> Scale:
    """The medians over the rounds of one number of processes, and the range of its ratio."""

    def of(name: str, digits: int = 2) -> float:
        return round(float(median(getattr(scale, name) for scale in scales)), digits)

    ratios = [scale.mapping_ratio for scale in scales]
    return Scale(
        scales[0].workers, scales[0].documents, of("seconds"), of("mapping"), of("rate"), of("ratio"),
        of("mapping_ratio"), of("others", 3), (round(min(ratios), 2), round(max(ratios), 2)),
    )  # fmt: skip


def bench_memory(
    name: str, paths: Sequence[Path], arm: Arm, peer: Sequence[Path], out: Path, curves: Path | None
) -> list[Memory]:
    """Watch the memory of ours over `paths`, and of the plain script over `peer` (none: not run).

    Args:
        name: of the set of files. curves: a folder for the curves as CSV.
    """
    ours = _memory(arm.name, name, run_ours(paths, out / f"memory-{name}", arm, EVERY), len(paths))
    found = [ours]
    if peer:
        theirs = _memory("plain script", name, run_plain(peer, out / f"{name}.jsonl", EVERY), len(peer))
        found = [_with_ratio(ours, theirs), theirs]
    if curves:
        curves.mkdir(parents=True, exist_ok=True)
        for memory in found:
            _save(memory, curves / f"{name}-{memory.system.replace(' ', '-')}.csv")
    return found


def _memory(system: str, name: str, took: Timed, documents: int) -> Memory:
    parent = [sample.parent for sample in took.curve] or [0.0]
    half = max(1, len(parent) // 2)
    return Memory(
        system,
        name,
        documents,
        round(took.seconds, 1),
        max(parent),
        max((sample.all for sample in took.curve), default=0.0),
        round(max(parent[half:] or [0.0]) - max(parent[:half]), 1),
        took.curve,
    )


def _with_ratio(ours: Memory, theirs: Memory) -> Memory:
    return replace(ours, ratio=round(theirs.all_peak / max(ours.all_peak, 1.0), 2))


def _save(memory: Memory, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("seconds", "parent_megabytes", "all_megabytes"))
        rows.writerows((sample.seconds, sample.parent, sample.all) for sample in memory.curve)


def sparkline(values: Sequence[float]) -> str:
    """Draw values from 0 to their largest in a line of at most `WIDTH` characters, each the largest of its stretch."""
    if not values or max(values) <= 0:
        return ""
    step = -(-len(values) // WIDTH)
    stretches = [max(values[start : start + step]) for start in range(0, len(values), step)]
    return "".join(BARS[round(value / max(values) * (len(BARS) - 1))] for value in stretches)


def bench_resume(paths: Sequence[Path], arm: Arm, out: Path, share: float) -> Resumed:
    """Map all files undisturbed; then again elsewhere, killed after `share` of that time, and to the end; and again."""
    whole = run_ours(paths, out / "undisturbed", arm)
    killed = run_ours(paths, out / "killed", arm, stop_after=share * whole.seconds)
    rest = run_ours(paths, out / "killed", arm)
    nothing = run_ours(paths, out / "killed", arm)
    return Resumed(
        work_of(out / "killed").documents,
        round(whole.seconds, 1),
        round(killed.seconds, 1),
        round(rest.seconds, 1),
        round(nothing.seconds, 1),
        round((killed.seconds + rest.seconds) / whole.seconds, 2),
        round(max(took.others for took in (whole, killed, rest)), 3),
    )
