"""evmap map: files in, evidence out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from nlp.cli.files import spelled_out
from nlp.cli.options import Encoder, Inputs, KeepContacts, OutFolder, OwnModel, Workers
from nlp.cli.progress import Progress, Stopping, duration
from nlp.cli.speak import complain, notice, plain, print_json, print_table
from nlp.errors import RunStopped

if TYPE_CHECKING:
    from nlp.run import Order

NAMED = 20  # failures, or kinds of failure, that are printed
Programme = Annotated[
    str | None, typer.Option(help="Programme to map onto: its folder, or the name of a shipped one, such as gcm.")
]
Precision = Annotated[str | None, typer.Option(help="fp32, bf16 or int8 (twice as fast where the CPU has it), auto.")]
Sample = Annotated[int | None, typer.Option(min=1, help="Only so many inputs, drawn at random, always the same.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what there is and how long it would take.")]


@dataclass(frozen=True, slots=True)
class Voice:
    """How a run is told of.

    Attributes:
        hush: nothing but errors and results. verbose: a line for every input. as_json: results for other programs.
    """

    hush: bool
    verbose: bool
    as_json: bool

    def tell(self, text: str) -> None:
        """Say something by the way."""
        if not self.hush:
            notice(plain(text))


def map_command(
    inputs: Inputs,
    out: OutFolder = Path("out"),
    encoder: Encoder = None,
    model: OwnModel = None,
    program: Programme = None,
    precision: Precision = None,
    workers: Workers = 0,
    engine: Annotated[str, typer.Option(help="local, or ray for a cluster.")] = "local",
    store: Annotated[str, typer.Option(help="URL of a PostgreSQL database instead of OUT/evmap.sqlite.")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="Do everything again, also what is finished.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many inputs.")] = None,
    sample: Sample = None,
    dry_run: DryRun = False,
    keep_contacts: KeepContacts = False,
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
    from nlp.inputs import drawn
    from nlp.run import Order
    from nlp.settings import Settings

    settings = Settings.load(
        encoder=encoder, model=model, program=program, precision=precision, keep_contacts=keep_contacts or None
    )
    voice = Voice(quiet or as_json, verbose, as_json)
    found, remarks = _found(inputs, out, voice)
    paths, order = drawn(found, limit, sample), Order(settings, engine, workers, anew, store, remarks)
    return _plan(paths, order, voice) if dry_run else _run(paths, out, order, voice)


def _found(inputs: Sequence[str], out: Path, voice: Voice) -> tuple[list[Path], tuple[str, ...]]:
    """Files of the inputs, and what there is to remark on them, which is told, too."""
    from nlp.inputs import find_inputs

    remarks: list[str] = []
    paths = find_inputs(spelled_out(inputs), out, remarks.append)
    for remark in remarks:
        voice.tell(remark)
    return paths, tuple(map(plain, remarks))


def _plan(paths: Sequence[Path], order: Order, voice: Voice) -> None:
    from nlp.plan import plan

    voice.tell("Trying up to three documents of each kind; this loads the model and may take some minutes")
    kinds = plan(paths, order)
    if voice.as_json:
        return print_json([asdict(kind) for kind in kinds])
    rows = [
        (kind.suffix, kind.inputs, f"{kind.bytes / 1e6:.1f}", kind.tried, kind.passages,
         duration(kind.seconds) if kind.seconds is not None else "unknown")
        for kind in kinds
    ]  # fmt: skip
    print_table(("suffix", "inputs", "MB", "tried", "passages in these", "computing"), rows)
    seconds = sum(kind.seconds or 0.0 for kind in kinds) / order.hands
    print(f"{len(paths)} inputs, about {duration(seconds)} with {order.hands} processes; nothing was written")
    return None


def _run(paths: Sequence[Path], out: Path, order: Order, voice: Voice) -> NoReturn:
    """Map, say what came of it, and end with the exit code that this deserves."""
    from nlp.run import run

    with Stopping(voice.hush) as stopping, Progress(len(paths), voice.hush, voice.verbose) as progress:
        try:
            summary = run(paths, out, order, progress.step, voice.tell, stopping.asked)
        except RunStopped as error:
            complain(error)
            raise typer.Exit(128 + (stopping.signal or 2)) from None
    if voice.as_json:
        print_json(summary)
    if not voice.hush:
        _speak(summary, out)
    raise typer.Exit(0 if set(summary["counts"]["statuses"]) <= {"ok"} else 3)


def _speak(summary: dict[str, Any], out: Path) -> None:
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
