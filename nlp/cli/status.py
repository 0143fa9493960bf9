"""evmap status: how far a run is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlp.cli.speak import print_json, print_table

if TYPE_CHECKING:
    from nlp.store.reader import StoreReader
    from nlp.store.rows import Run


def status_command(
    out: Annotated[str, typer.Argument(help="Output folder of evmap map, or the address of its database.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say how far a run is, also while it goes on in another terminal. Changes nothing.

    Example:

        evmap status out
    """
    from nlp.errors import UsageError
    from nlp.store.reader import StoreReader
    from nlp.store.rows import STORE

    if "://" not in out and not Path(out).is_dir():
        raise UsageError(out, "no such folder", "Run: evmap map INPUT -o OUT")
    with StoreReader.look(out if "://" in out else Path(out) / STORE) as store:
        run = store.last_run()
        if run is None:
            raise UsageError(out, "no run has begun there", "Run: evmap map INPUT -o OUT")
        report = _report(store, run)
    if as_json:
        print_json(report)
    else:
        _speak(report)


def _report(store: StoreReader, run: Run) -> dict[str, Any]:
    from nlp.store.lock import is_alive

    counts = store.counts(run.run_id)
    lost = run.state == "running" and not is_alive(run.pid, run.host)
    state = "stopped" if lost else run.state
    end = datetime.now(UTC) if state == "running" else datetime.fromisoformat(run.updated)
    seconds = max((end - datetime.fromisoformat(run.started)).total_seconds(), 1e-3)
    rate = counts.inputs / seconds
    left = (run.total - counts.inputs) / rate if rate and state == "running" else None
    failures = [{"input": row.input, "status": row.status, "reason": row.reason} for row in store.failures(run.run_id)]
    return {
        "state": state, "killed": lost, "total": run.total, **asdict(counts),
        "started": run.started, "updated": run.updated, "host": run.host, "pid": run.pid,
        "seconds": round(seconds, 1), "inputs_per_second": round(rate, 3),
        "seconds_left": None if left is None else round(left), "failures": failures,
    }  # fmt: skip


def _speak(report: dict[str, Any]) -> None:
    print(f"{report['state']}: {report['inputs']} of {report['total']} inputs, {_where(report)}")
    left = "" if report["seconds_left"] is None else f", about {_in_words(report['seconds_left'])} left"
    print(f"{report['inputs_per_second']:.3g} inputs a second over {_in_words(report['seconds'])}{left}")
    print(f"{report['documents']} documents, {report['passages']} passages, {report['links']} evidence links so far")
    if report["statuses"]:
        print("status: " + ", ".join(f"{count} {status}" for status, count in report["statuses"].items()))
    if report["failures"]:
        rows = [tuple(row.values()) for row in report["failures"]]
        print_table(("input", "status", "reason and next step"), rows, "last that were not read whole")
    if report["state"] == "stopped":
        print("To go on: run the same evmap map command again; what is done stays done.")


def _where(report: dict[str, Any]) -> str:
    if report["killed"]:
        return f"its process {report['pid']} is gone; last sign of life {report['updated']}"
    if report["state"] == "running":
        return f"process {report['pid']} on {report['host']}, last sign of life {report['updated']}"
    return f"ended {report['updated']}"


def _in_words(seconds: float) -> str:
    """Return a time in words that people use: "1 day, 2:03:04"."""
    return str(timedelta(seconds=round(seconds)))
