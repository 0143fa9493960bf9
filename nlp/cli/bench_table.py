"""The table of evmap bench batch, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from nlp.bench.batch import Task
from nlp.bench.figures import ALL, SAMPLE, Table
from nlp.bench.parts import Part
from nlp.cli.speak import per_cent, print_table


def print_figures(table: Table, task: Task, given: int) -> None:
    """Print whole runs, what they say beside one another, and the encoders alone.

    Args:
        given: how many files there were to draw from.
    """
    runs = [part.row for part in table.lines]
    print_table(
        ("system", "files", "documents", "pages", "passages", "seconds", "others"),
        ((x.system, x.files, x.documents, x.pages, x.passages, x.seconds, per_cent(x.others)) for x in runs),
        f"all: {len(task.paths)} of {given} files, anew. again: the same, from the store. sample: {len(task.sample)} "
        f"of them, drawn with seed {task.seed}. others: of the machine, meanwhile.",
    )
    print_table(
        ("system", "files", "documents/s", "pages/s", "passages/s", "taken at"),
        ((x.system, x.files, x.rate(x.documents), x.rate(x.pages), x.rate(x.passages), part.taken)
         for part in table.lines for x in (part.row,)),
    )  # fmt: skip
    print_table(
        ("system", "files", "against", "by", "times as fast"),
        ((x.system, x.files, x.against, x.by, x.times) for x in table.times(task.arms)),
        "\npages and passages of the sample are counted by our reader on both sides",
    )
    print_table(
        ("encoder alone", "passages", "a second", "all reaches", "sample reaches", "others", "taken at"),
        ((one.system, one.passages, one.rate, per_cent(table.share(one, ALL)), per_cent(table.share(one, SAMPLE)),
          per_cent(one.others), part.taken) for part in table.bare for one in (part.row,)),
    )  # fmt: skip
    print_table(("encoder alone", "GFLOP/s", "of its peak", "of fp32 peak", "all, of its peak"),
                _speeds(table, task), _peaks(table))  # fmt: skip


def _speeds(table: Table, task: Task) -> Iterator[tuple[object, ...]]:
    for part in table.bare:
        speed = part.row.gflops()
        yield part.row.system, speed and round(speed, 1), *map(per_cent, _of_peaks(table, part, task))


def _of_peaks(table: Table, part: Part[Any], task: Task) -> tuple[float | None, float | None, float | None]:
    """Shares of the peak: the encoder alone of that of its precision and of float32's, whole runs of the former."""
    precision = next((arm.precision for arm in task.arms if arm.name == part.row.system), None)
    own, rate = part.row.gflops(), table.rate(part.row.system, ALL)
    whole = part.row.gflops(rate) if rate else None
    return table.of_peak(own, precision), table.of_peak(own, None), table.of_peak(whole, precision)


def _peaks(table: Table) -> str:
    peak = table.peak
    if peak is None:
        return "\nthe peak of matrix products was not measured"
    when = ", ".join(part.taken for part in table.peaks)
    return (
        f"\npeak of matrix products, {peak.processes} processes: fp32 {peak.fp32:.0f}, bf16 {peak.bf16:.0f}, "
        f"int8 {peak.int8:.0f} GFLOP/s (best of {when})"
    )


def as_json(table: Table, task: Task, failed: Mapping[str, str]) -> dict[str, Any]:
    """Return all figures, each with when it was taken, for other programs."""
    peak = table.peak
    return {
        "runs": _rows(table.lines),
        "times": [asdict(one) for one in table.times(task.arms)],
        "bare": [
            {**row, "share_all": table.share(part.row, ALL), "share_sample": table.share(part.row, SAMPLE)}
            | dict(zip(("of_peak", "of_fp32", "all_of_peak"), _of_peaks(table, part, task), strict=True))
            for row, part in zip(_rows(table.bare), table.bare, strict=True)
        ],
        "peak": asdict(peak) if peak else None,
        "peaks": _rows(table.peaks),
        "seed": task.seed,
        "sample": [str(path) for path in task.sample],
        "failed": dict(failed),
    }


def _rows(parts: Iterable[Part[Any]]) -> list[dict[str, Any]]:
    return [{**asdict(part.row), "at": part.at, "kept": part.kept} for part in parts]
