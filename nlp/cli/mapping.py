"""evmap map: files in, evidence out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from nlp.cli.speak import notice, plain, print_json, print_table


def map_command(
    inputs: Annotated[list[str], typer.Argument(help="Files, folders, or - for paths on standard input.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Output folder.")] = Path("out"),
    encoder: Annotated[str | None, typer.Option(help="e5 (most accurate) or use (fast, no torch).")] = None,
    model: Annotated[str | None, typer.Option(help="Folder of a model of your own.")] = None,
    keep_contacts: Annotated[
        bool, typer.Option("--keep-contacts", help="Do not mask e-mail addresses, phone and account numbers.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for every input.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Map files, folders (with all their subfolders), or paths on standard input (`-`).

    Reads PDF, DOCX, HTML, text and Markdown, told by their content. Writes everything into OUT; open OUT/report.html.

    Examples:

        evmap map reports/ -o out

        evmap map annual-report.pdf minutes.docx -o out --quiet

        find . -name "*.pdf" | evmap map - -o out --json

    Exit code: 0 every input read whole; 3 some inputs partial or unread (see OUT/ledger.jsonl); 2 bad usage.
    """
    from nlp.inputs import find_inputs
    from nlp.run import run
    from nlp.settings import Settings

    settings = Settings.load(encoder=encoder, model=model, keep_contacts=keep_contacts or None)
    listed = [path for item in inputs for path in (_listed() if item == "-" else [item])]
    hush = quiet or as_json
    told = (lambda _: None) if hush else (lambda text: notice(plain(text)))
    paths = find_inputs(listed, out, told)
    with _Progress(len(paths), hush, verbose) as progress:
        summary = run(paths, out, settings, progress.step, told)
    _speak(summary, out, hush, as_json)
    raise typer.Exit(0 if set(summary["counts"]["statuses"]) <= {"ok"} else 3)


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
    if summary["problems"]:
        rows = [(p["status"], plain(p["input"]), plain(p["reason"])) for p in summary["problems"][:20]]
        print_table(("status", "input", "reason and next step"), rows, f"{len(summary['problems'])} not read whole")
    if strange := summary["strange"]:
        names = ", ".join(plain(row["input"]) for row in strange[:5]) + (", ..." if len(strange) > 5 else "")
        print(
            f"{len(strange)} of them unlike the annotated documents, by their words: {names}. Look twice at their "
            "links; what the lanes promise was measured on other documents."
        )
    print(f"Evidence map: {plain(str(out / 'report.html'))}")


class _Progress:
    """A bar with time left on standard error; one line a file when verbose."""

    def __init__(self, total: int, hush: bool, verbose: bool) -> None:
        self._verbose = verbose and not hush
        self._bar: Any = None
        if not hush and not verbose and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
                TimeRemainingColumn(), console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self._task = self._bar.add_task("loading the model", total=total)

    def __enter__(self) -> _Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, row: dict[str, Any]) -> None:
        """Show that one input is done."""
        if self._bar:
            self._bar.update(self._task, advance=1, description=plain(Path(row["input"]).name)[:40])
        if self._verbose:
            reason = f" ({plain(row['reason'])})" if row["reason"] else ""
            notice(
                f"{row['status']:<12} {row['links']:>5} links {row['seconds']:>7.1f} s  {plain(row['input'])}{reason}"
            )
