"""Opening, filtering and pivoting a large run: ours beside plain pandas on its rows and on its links as CSV.

pandas reads what an analyst would have: the tables of ``evmap export --format csv`` (links with all that the contract
says of them, tied to their documents), and the links of `Corpus.save` (what our frame holds, in one table); each whole,
and with the columns named that it then keeps. Each system is a process of its own, so that its memory and its imports
are its own; all must find the same links.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from nlp.errors import UsageError
from nlp.program import recorded_program

SAVED, EXPORTED = "links.csv", Path("csv")  # beside the rows: links as `Corpus.save` writes them; a folder of tables
CHUNK, HEAVY = 50_000, ["why", "bbox", "prefix", "suffix"]  # read whole, a million links took more than 19 GB
MOST_MEMORY = 12_000_000_000  # bytes of address space for pandas
OBJECTIVE, LANGUAGE, TREATMENT = "objective:16", "es", "done"
FACTS = ["document_id", "title", "symbol", "kind", "language", "date", "body"]
SHOWN = ["target", "probability", "lane", "state", "treatment", "implementer", "quote", "page", "start", "end",
         "link_id", "passage_id", "document_id"]  # fmt: skip
LEAST = ["link_id", "target", "treatment", "quote", "language", "year"]  # what is asked, and the answer
AGAIN = "evmap, again"


@dataclass(frozen=True, slots=True)
class Opened:
    """What one system took, in seconds, the median of all rounds.

    Attributes:
        imports: loading its libraries; nothing else has it in. cpu: computing seconds of `filtered`, of all threads.
        filtered: from there until links of an objective, a language and a treatment were there; every: until all links
            were, as a frame; pivot: links by year and target, after that; draw: a gap map by year as PNG, after that,
            or None.
        peak: largest resident memory in megabytes. links, found: rows of all links, and of the filtered ones.
        columns: of the filtered links. times, cpu_times: `filtered` and `cpu` as multiples of those of `AGAIN`.
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
    columns: int
    times: float = 1.0
    cpu_times: float = 1.0


def bench_corpora(
    out: Path, rows: bool = True, rounds: int = 3, notice: Callable[[str], None] = lambda _: None
) -> list[Opened]:
    """Time ours (twice: the first time converts) and pandas over a finished run; CSV is made where it is not there.

    Args:
        rows: whether pandas reads the rows, too (once), which takes minutes. rounds: how often all others are timed,
            one after another.

    Raises:
        UsageError: if `out` holds no finished run, or systems find different links. MemoryError: if a system needs
            more than `MOST_MEMORY`.
    """
    _make_csv(out, notice)
    told = []
    for number in range(rounds):
        asked = {name: work for name, work in SYSTEMS.items() if work is not _rows or (rows and number == 0)}
        with tempfile.TemporaryDirectory() as cache:
            for name, work in asked.items():
                notice(f"round {number + 1}: {name}")
                told.append((name, _apart(work, out, str(Path(cache) / "ours"))))
    if len({found.pop("ids") for _, found in told}) > 1:
        raise UsageError(out, "the systems found different links", "Delete links.csv and csv/ there, and run it again")
    lines = [_median([Opened(name, **found) for other, found in told if other == name]) for name, _ in told]
    lines = list({line.system: line for line in lines}.values())
    own = next(line for line in lines if line.system == AGAIN)
    return [
        replace(line, times=round(line.filtered / own.filtered, 1), cpu_times=round(line.cpu / own.cpu, 1))
        for line in lines
    ]


def _median(lines: Sequence[Opened]) -> Opened:
    numbers = [field.name for field in fields(Opened) if isinstance(getattr(lines[0], field.name), float)]
    return replace(lines[0], **{name: round(median(getattr(x, name) for x in lines), 3) for name in numbers})


def _apart(work: Callable[[Path], Any], out: Path, cache: str) -> Any:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:  # it tells when a worker is killed
        return pool.submit(_measured, work, out, cache).result()


def _measured(work: Callable[[Path], Any], out: Path, cache: str) -> Any:
    os.environ["EVMAP_CACHE"] = cache
    if work not in (_ours, _save, _export) and find_spec("resource"):  # what draws reserves more than it takes
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
    watch.filtered(found)
    links = corpus.links
    every, clock = watch.seconds(), time.monotonic()
    corpus.sql("PIVOT (SELECT year, target FROM links) ON target USING count(*) GROUP BY year ORDER BY year")
    pivot, clock = time.monotonic() - clock, time.monotonic()
    corpus.gap_map("year").png()
    return watch.told(every, pivot, time.monotonic() - clock, len(links))


def _rows(out: Path) -> dict[str, Any]:
    watch = _Watch()
    import pandas

    watch.imported()
    with pandas.read_json(out / "links.jsonl", lines=True, chunksize=CHUNK) as parts:
        links = pandas.concat([part.drop(columns=HEAVY) for part in parts], ignore_index=True)
    documents = pandas.read_json(out / "documents.jsonl", lines=True)[["document_id", "language", "date"]]
    return _asked(_tied(links, documents), watch)


def _exported(links: list[str] | None, documents: list[str] | None, out: Path) -> dict[str, Any]:
    watch = _Watch()
    import pandas

    watch.imported()
    read = pandas.read_csv(out / EXPORTED / "links.csv", usecols=links)
    facts = pandas.read_csv(out / EXPORTED / "documents.csv", usecols=documents)
    return _asked(_tied(read, facts), watch)


def _saved(columns: list[str] | None, out: Path) -> dict[str, Any]:
    watch = _Watch()
    import pandas

    watch.imported()
    return _asked(pandas.read_csv(out / SAVED, usecols=columns), watch)


SYSTEMS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "evmap, first time": _ours,
    AGAIN: _ours,
    "pandas, JSON Lines": _rows,
    "pandas, exported CSV, whole": partial(_exported, None, None),
    "pandas, exported CSV, columns of our frame": partial(_exported, SHOWN, FACTS),
    "pandas, saved CSV, whole (our frame)": partial(_saved, None),
    f"pandas, saved CSV, {len(LEAST)} columns": partial(_saved, LEAST),
}


def _tied(links: Any, documents: Any) -> Any:
    import pandas

    links = links.merge(documents, on="document_id", suffixes=("", "_of_document"))
    links["year"] = pandas.to_datetime(links["date"]).dt.year
    return links


def _asked(links: Any, watch: _Watch) -> dict[str, Any]:
    import pandas

    every = watch.seconds()
    found = links[(links.target == OBJECTIVE) & (links.language == LANGUAGE) & (links.treatment == TREATMENT)]
    watch.filtered(found)
    clock = time.monotonic()
    pandas.crosstab(links["year"], links["target"])
    return watch.told(every, time.monotonic() - clock, None, len(links))


class _Watch:
    """Wall and computing seconds since its making, then since the imports were done."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._told: dict[str, Any] = {}

    def imported(self) -> None:
        self._told["imports"] = self.seconds()
        self._start, self._cpu = time.monotonic(), time.process_time()

    def filtered(self, found: Any) -> None:
        self._told |= {"filtered": self.seconds(), "cpu": time.process_time() - self._cpu}
        self._told |= {"found": len(found), "columns": len(found.columns), "ids": _digest(found)}

    def seconds(self) -> float:
        return time.monotonic() - self._start

    def told(self, every: float, pivot: float, draw: float | None, links: int) -> dict[str, Any]:
        return {**self._told, "every": every, "pivot": pivot, "draw": draw, "peak": float(_peak()), "links": links}


def _digest(found: Any) -> str:
    return hashlib.sha256("\n".join(sorted(found["link_id"])).encode()).hexdigest()


def _peak() -> float:
    """Largest resident memory of this process in megabytes (of this program alone where the system tells it)."""
    status = Path("/proc/self/status")
    if status.exists():
        told = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
        return round(int(told["VmHWM"].split()[0]) / 1000)
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def _make_csv(out: Path, notice: Callable[[str], None]) -> None:
    with tempfile.TemporaryDirectory() as cache:
        for made, write in ((out / SAVED, _save), (out / EXPORTED, _export)):
            if not made.exists():
                notice(f"writing {made.name}")
                _apart(write, out, cache)


def _save(out: Path) -> None:
    from nlp.corpus.opening import open_corpus
    from nlp.corpus.saving import save_frame

    save_frame(open_corpus(out).links, out / SAVED)


def _export(out: Path) -> None:
    from nlp.formats.making import making_folder
    from nlp.formats.package import write_table
    from nlp.formats.source import Source

    source = Source.open(out, recorded_program(out))
    with making_folder(out / EXPORTED) as draft:
        for name in ("documents", "links"):
            write_table(source, name, draft / f"{name}.csv")
