"""evmap map: files in, evidence out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlp.cli.progress import Progress, Stopping, duration
from nlp.cli.speak import complain, notice, plain, print_json, print_table
from nlp.errors import RunStopped

if TYPE_CHECKING:
    from nlp.run import Order

NAMED = 20  # failures, or kinds of failure, that are printed


def map_command(
    inputs: Annotated[list[str], typer.Argument(help="Files, folders, or - for paths on standard input.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Output folder.")] = Path("out"),
    encoder: Annotated[str | None, typer.Option(help="e5 (most accurate) or use (fast, no torch).")] = None,
    model: Annotated[str | None, typer.Option(help="Folder of a model of your own.")] = None,
    program: Annotated[
        str | None, typer.Option(help="Programme to map onto: its folder, or the name of a shipped one, such as gcm.")
    ] = None,
    precision: Annotated[
        str | None, typer.Option(help="fp32, bf16 (twice as fast where the CPU has it), auto.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that map; 0: one a core.")] = 0,
    engine: Annotated[str, typer.Option(help="local, or ray for a cluster.")] = "local",
    store: Annotated[str, typer.Option(help="URL of a PostgreSQL database instead of OUT/evmap.sqlite.")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="Do everything again, also what is finished.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many inputs.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Only so many inputs, drawn at random, always the same.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what there is and how long it would take.")
    ] = False,
    keep_contacts: Annotated[
        bool, typer.Option("--keep-contacts", help="Do not mask e-mail addresses, phone and account numbers.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for every input.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Map files, folders (with all their subfolders), or paths on standard input (`-`).

    Reads PDF, DOCX, HTML, text and Markdown, told by their content. Writes everything into OUT; open OUT/report.html.
    What an earlier run into OUT finished is not done again, so a run that was stopped goes on where it was.

    Examples:

        evmap map reports/ -o out

        evmap map annual-report.pdf minutes.docx -o out --quiet

        evmap map reports/ --program gcm -o out-gcm

        find . -name "*.pdf" | evmap map - -o out --json

    Exit code: 0 every input read whole; 3 some inputs partial or unread (see OUT/ledger.jsonl); 2 bad usage; 130 or 143
    stopped by Ctrl-C or SIGTERM.
    """
    from nlp.inputs import drawn, find_inputs
    from nlp.run import Order, run
    from nlp.settings import Settings

    settings = Settings.load(
        encoder=encoder, model=model, program=program, precision=precision, keep_contacts=keep_contacts or None
    )
    listed = [path for item in inputs for path in (_listed() if item == "-" else [item])]
    hush = quiet or as_json
    told = _silence if hush else _told
    remarks: list[str] = []
    paths = drawn(find_inputs(listed, out, remarks.append), limit, sample)
    for remark in remarks:
        told(remark)
    order = Order(settings, engine, workers, anew, store, tuple(map(plain, remarks)))
    if dry_run:
        told("Trying up to three documents of each kind; this loads the model and may take some minutes")
        _speak_plan(paths, order, as_json)
        return
    with Stopping(hush) as stopping, Progress(len(paths), hush, verbose) as progress:
        try:
            summary = run(paths, out, order, progress.step, told, stopping.asked)
        except RunStopped as error:
            complain(error)
            raise typer.Exit(128 + (stopping.signal or 2)) from None
    _speak(summary, out, hush, as_json)
    raise typer.Exit(0 if set(summary["counts"]["statuses"]) <= {"ok"} else 3)


def _told(text: str) -> None:
    notice(plain(text))


def _silence(_: str) -> None:
    """Say nothing."""


def _listed() -> list[str]:
    """Paths on standard input, one a line, whatever bytes their names are made of."""
    return [os.fsdecode(line) for line in sys.stdin.buffer.read().splitlines() if line]


def _speak(summary: dict[str, Any], out: Path, hush: bool, as_json: bool) -> None:
    if as_json:
        print_json(summary)
    if hush:
        return
    counts = summary["counts"]
    print(
        f"{counts['inputs']} inputs, {counts['documents']} documents, {counts['passages']} passages, "
        f"{counts['links']} evidence links in {summary['seconds']['total']:.0f} s"
    )
    if before := summary["done_before"]:
        print(f"{before} of the inputs were finished by an earlier run (--anew does them again)")
    if summary["unchanged"]:
        print("Nothing was left to do: the outputs stand, whole and as that run left them")
    if summary["problems"]:
        _speak_failures(summary)
    if strange := summary["strange"]:
        names = ", ".join(plain(row["input"]) for row in strange[:5]) + (", ..." if len(strange) > 5 else "")
        print(
            f"{len(strange)} of them unlike the annotated documents, by their words: {names}. Look twice at their "
            "links; what the lanes promise was measured on other documents."
        )
    print(f"Evidence map: {plain(str(out / 'report.html'))}")


def _speak_failures(summary: dict[str, Any]) -> None:
    """Say what could not be read whole: each input where they are few, else each kind of failure with an example."""
    failed = sum(row["inputs"] for row in summary["failures"])
    title = f"{failed} not read whole"
    if failed <= NAMED:
        rows = [(p["status"], plain(p["input"]), plain(p["reason"])) for p in summary["problems"]]
        print_table(("status", "input", "reason and next step"), rows, title)
        return
    example = {(p["status"], p["reason"]): p["input"] for p in reversed(summary["problems"])}
    kinds = [
        (row["status"], row["inputs"], plain(row["reason"]), plain(example.get((row["status"], row["reason"]), "")))
        for row in summary["failures"][:NAMED]
    ]
    print_table(("status", "inputs", "reason and next step", "for instance"), kinds, f"{title}; all in ledger.jsonl")


def _speak_plan(paths: Sequence[Path], order: Order, as_json: bool) -> None:
    from nlp.plan import plan

    kinds = plan(paths, order)
    if as_json:
        print_json([asdict(kind) for kind in kinds])
        return
    rows = [
        (kind.suffix, kind.inputs, f"{kind.bytes / 1e6:.1f}", kind.tried, kind.passages,
         duration(kind.seconds) if kind.seconds is not None else "unknown")
        for kind in kinds
    ]  # fmt: skip
    print_table(("suffix", "inputs", "MB", "tried", "passages in these", "computing"), rows)
    seconds = sum(kind.seconds or 0.0 for kind in kinds) / order.hands
    print(f"{len(paths)} inputs, about {duration(seconds)} with {order.hands} processes; nothing was written")
