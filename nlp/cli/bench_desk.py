"""evmap bench desk: simulated officers at one desk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from nlp.cli.options import AsJson
from nlp.cli.speak import print_json, print_table


def desk_command(
    folder: Annotated[Path, typer.Argument(help="Folder of a desk of its own, made and filled with made-up reports.")],
    store: Annotated[str, typer.Option(help="URL of an empty PostgreSQL database; needed for more than one.")] = "",
    officers: Annotated[int, typer.Option(min=1, help="Officers at once, each a process.")] = 8,
    decisions: Annotated[int, typer.Option(min=1, help="Decisions to be accepted in all.")] = 10_000,
    reports: Annotated[int, typer.Option(min=2, help="Reports; the first has 200 pages.")] = 24,
    passages: Annotated[int, typer.Option(min=8, help="Passages of the other reports.")] = 250,
    kill: Annotated[int, typer.Option(min=0, help="Officers that are killed half-way.")] = 0,
    url: Annotated[str, typer.Option(help="Address of evmap serve on this desk: work over HTTP.")] = "",
    token: Annotated[list[str] | None, typer.Option(help="With --url: a user's token, one an officer.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let simulated officers decide at once, often on the same items, and look for what was lost.

    A desk that is there already is taken as it is, so that a server can hold it. Other work on the machine spoils the
    times. Exit code: 0 when nothing was lost and nothing is broken, 3 otherwise.

    Example:

        evmap bench desk bench-desk --store postgresql:///evmap_bench --officers 8 --decisions 10000
    """
    from nlp.bench.officers import bench_contents, bench_officers, prepare
    from nlp.errors import UsageError

    if not store and not url and officers > 1:
        raise UsageError("--officers", "one process holds a desk on SQLite", "Give --store, or --officers 1")
    if url and len(token or ()) < officers:
        raise UsageError("--token", "one is needed for each officer", "Run: evmap desk user add CODE")
    if not (folder / "files").is_dir():
        prepare(folder, store, reports, passages)
    outcome = bench_officers(folder, store, officers, decisions, kill, url, token or ())
    opened = [] if url else bench_contents(folder, store)
    bad = outcome.missing or outcome.strange or outcome.breaks
    if as_json:
        print_json(asdict(outcome) | {"opening": [asdict(one) for one in opened]})
    else:
        told = [(name, value) for name, value in asdict(outcome).items() if name != "latencies"]
        print_table(("", ""), told, "officers at one desk")
        rows = [(one.what, one.count, one.p50, one.p99, one.most) for one in (*outcome.latencies, *opened)]
        print_table(("milliseconds", "times", "p50", "p99", "most"), rows, "\nhow long an answer took")
    raise typer.Exit(3 if bad else 0)
