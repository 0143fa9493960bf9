"""Opening, filtering and pivoting a large run: ours beside plain pandas on the rows, and on the same links as CSV.

pandas reads the rows in pieces and leaves out what is nested in them; whole they do not fit a common machine. Each
system is a process of its own, so that its memory and its imports are its own.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CSV = "links.csv"  # beside the rows: links with the facts of their documents, one line each
CHUNK, HEAVY = 50_000, ["why", "bbox", "prefix", "suffix"]  # read whole, a million links took more than 19 GB
MOST_MEMORY = 12_000_000_000  # bytes of address space for pandas
OBJECTIVE, LANGUAGE, TREATMENT = "objective:16", "es", "done"


@dataclass(frozen=True, slots=True)
class Opened:
    """What one system took, in seconds.

    Attributes:
        imports: loading its libraries; nothing else has it in. cpu: computing seconds of `filtered`, of all threads.
        filtered: from there until links of an objective, a language and a treatment were there; every: until all links
            were, as a frame; pivot: links by year and target, after that; draw: a gap map by year as PNG, after that,
            or None.
        peak: largest resident memory in megabytes. links, found: rows of all links, and of the filtered ones.
        ratio: the fastest pandas' `filtered` to this one.
    """

    system: str
    imports: float
    filtered: float
    cpu: float
    every: float
    pivot: float
    draw: float | None
    peak: float
    links: int
    found: int
    ratio: float | None = None


def bench_corpora(out: Path, rows: bool = True, notice: Callable[[str], None] = lambda _: None) -> list[Opened]:
    """Time ours (twice: the first time converts) and pandas over a finished run; the CSV is made if it is not there.

    Args:
        rows: whether pandas reads the rows, too, which takes minutes.

    Raises:
        UsageError: if `out` holds no finished run. MemoryError: if a system needs more than `MOST_MEMORY`.
    """
    with tempfile.TemporaryDirectory() as cache:
        if not (out / CSV).exists():
            notice("writing the CSV")
            _apart(_write_csv, out, cache)
        found = []
        for name, work in (("evmap, first time", _ours), ("evmap, again", _ours), ("pandas, JSON Lines", _rows),
                           ("pandas, CSV", _csv)):  # fmt: skip
            if work is _rows and not rows:
                continue
            notice(name)
            fresh = str(Path(cache) / "ours")
            found.append(Opened(name, **_apart(work, out, fresh)))
    fastest = min(line.filtered for line in found if line.system.startswith("pandas"))
    return [_with_ratio(line, fastest) for line in found]


def _with_ratio(line: Opened, fastest: float) -> Opened:
    return replace(line, ratio=round(fastest / line.filtered, 1))


def _apart(work: Callable[[Path], Any], out: Path, cache: str) -> Any:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:  # it tells when a worker is killed
        return pool.submit(_measured, work, out, cache).result()


def _measured(work: Callable[[Path], Any], out: Path, cache: str) -> Any:
    os.environ["EVMAP_CACHE"] = cache
    if work is not _ours and find_spec(
        "resource"
    ):  # ours draws, and the program that draws reserves more than it takes
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    return work(out)


def _ours(out: Path) -> dict[str, Any]:
    watch = _Watch()
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from nlp.corpus.opening import open_corpus

    watch.imported()
    corpus = open_corpus(out)
    found = corpus.filter(target=OBJECTIVE, language=LANGUAGE, treatment=TREATMENT).links
    watch.filtered()
    links = corpus.links
    every, clock = watch.seconds(), time.monotonic()
    corpus.sql("PIVOT (SELECT year, target FROM links) ON target USING count(*) GROUP BY year ORDER BY year")
    pivot, clock = time.monotonic() - clock, time.monotonic()
    corpus.gap_map("year").png()
    return watch.told(every, pivot, time.monotonic() - clock, len(links), len(found))


def _rows(out: Path) -> dict[str, Any]:
    watch = _Watch()
    import pandas

    watch.imported()
    with pandas.read_json(out / "links.jsonl", lines=True, chunksize=CHUNK) as parts:
        links = pandas.concat([part.drop(columns=HEAVY) for part in parts], ignore_index=True)
    documents = pandas.read_json(out / "documents.jsonl", lines=True)[["document_id", "language", "date"]]
    links = links.merge(documents, on="document_id")
    links["year"] = pandas.to_datetime(links["date"]).dt.year
    return _asked(links, watch)


def _csv(out: Path) -> dict[str, Any]:
    watch = _Watch()
    import pandas

    watch.imported()
    return _asked(pandas.read_csv(out / CSV), watch)


def _asked(links: Any, watch: _Watch) -> dict[str, Any]:
    import pandas

    every = watch.seconds()
    found = links[(links.target == OBJECTIVE) & (links.language == LANGUAGE) & (links.treatment == TREATMENT)]
    watch.filtered()
    clock = time.monotonic()
    pandas.crosstab(links["year"], links["target"])
    return watch.told(every, time.monotonic() - clock, None, len(links), len(found))


class _Watch:
    """Wall and computing seconds since its making, then since the imports were done."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._told: dict[str, float] = {}

    def imported(self) -> None:
        self._told["imports"] = round(time.monotonic() - self._start, 2)
        self._start, self._cpu = time.monotonic(), time.process_time()

    def filtered(self) -> None:
        self._told |= {"filtered": round(self.seconds(), 2), "cpu": round(time.process_time() - self._cpu, 2)}

    def seconds(self) -> float:
        return time.monotonic() - self._start

    def told(self, every: float, pivot: float, draw: float | None, links: int, found: int) -> dict[str, Any]:
        told = {**self._told, "every": round(every, 2), "pivot": round(pivot, 2)}
        drawn = None if draw is None else round(draw, 2)
        return {**told, "draw": drawn, "peak": _peak(), "links": links, "found": found}


def _peak() -> float:
    """Largest resident memory of this process in megabytes (of this program alone where the system tells it)."""
    status = Path("/proc/self/status")
    if status.exists():
        told = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
        return round(int(told["VmHWM"].split()[0]) / 1000)
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def _write_csv(out: Path) -> None:
    from nlp.corpus.opening import open_corpus
    from nlp.corpus.saving import save_frame

    save_frame(open_corpus(out).links, out / CSV)
