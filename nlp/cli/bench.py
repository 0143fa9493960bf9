"""evmap bench: our parts beside their peers, on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, astuple
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.cli import bench_batch, bench_desk, bench_search
from nlp.cli.options import AsJson, Documents
from nlp.cli.speak import print_json, print_table

if TYPE_CHECKING:
    from nlp.bench.marks import Marks

app = typer.Typer(no_args_is_help=True, help="Measure our parts beside their peers on this machine.")
MEASURES = (
    "characters", "words", "cells", "implementers", "markers", "kinds", "pages", "margins", "absent", "status",
    "profile", "structure",
)  # fmt: skip


@app.command("encode")
def encode_command(
    encoder: Annotated[list[str] | None, typer.Option(help="Row of the encoder table; may be given again.")] = None,
    passages: Annotated[int, typer.Option(min=8, help="Passages of 70 words to encode.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Time the encoders on this machine, in float32, against sentence-transformers' own batches.

    Other work on the machine spoils the figures.

    Example:

        evmap bench encode --encoder e5 --encoder use
    """
    from nlp.bench.encoders import bench

    paces = bench(encoder or ["e5", "use"], passages)
    if as_json:
        return print_json([asdict(pace) for pace in paces])
    print_table(("encoder", "passages", "a second", "a second a core", "ratio"), map(astuple, paces))
    return None


@app.command("precisions")
def precisions_command(
    gold: Annotated[list[Path], typer.Argument(help="Gold folders or files; the first is enough.")],
    documents: Documents = None,
    as_json: AsJson = False,
) -> None:
    """Compare the default encoder's precisions on gold: F1, links that change their lane, likeness of vectors.

    Only those are tried that are a gain on this CPU.

    Example:

        evmap bench precisions annotations/gold annotations/foreign --documents ../shared/documents
    """
    from nlp.bench.precisions import bench_precisions
    from nlp.settings import Settings

    rows = [*bench_precisions(gold, documents, Settings.load())]
    if as_json:
        return print_json([asdict(row) for row in rows])
    print_table(
        ("precision", "gold", "passages", "objectives", "activities"),
        ((row.precision, row.gold, row.passages, row.objectives, row.activities) for row in rows),
        "F1, where the model decides alone",
    )
    print_table(
        ("precision", "gold", "links", "moved of 1,000", "apart by", "cosine", "least"),
        ((row.precision, row.gold, row.links, row.moved, row.apart, row.cosine, row.least) for row in rows),
        "\nlinks and vectors beside those in fp32: in another lane, mean difference of probabilities",
    )
    return None


@app.command("extract")
def extract_command(
    folder: Annotated[Path, typer.Argument(help="Documents with their truth: python -m tests.traps FOLDER.")],
    trap: Annotated[list[str] | None, typer.Option(help="Trap, or how its name begins; may be given again.")] = None,
    faults: Annotated[bool, typer.Option("--faults", help="Print also what is wrong in each document.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare what we read of documents full of traps with what stands in them, and with what others read.

    Example:

        evmap bench extract traps --trap pdf-two-columns --faults
    """
    from nlp.bench.extraction import as_rows, beaten, bench_extraction, by_trap
    from nlp.bench.extractors import OURS
    from nlp.settings import Settings

    judged = bench_extraction(folder, Settings.load(keep_contacts=True), trap or ())
    if as_json:
        return print_json(as_rows(judged))
    table = by_trap(judged)
    print_table(
        ("trap", *MEASURES, "best other: characters", "words"),
        ((name, *_shares(row[OURS]), *_best(row)) for name, row in table.items()),
        f"{len(judged)} documents; per cent right",
    )
    _print_systems(table)
    print_table(
        ("trap", "measure", "peer", "ours", "its"),
        ((*row[:3], f"{100 * row[3]:.1f}", f"{100 * row[4]:.1f}") for row in beaten(table)),
        "\nwhere a peer is better",
    )
    if faults:
        print_table(
            ("document", "fault"), ((one.file, fault) for one in judged for fault in one.faults), "\nwhat is wrong"
        )
    return None


@app.command("pages")
def pages_command(
    inputs: Annotated[list[Path], typer.Argument(help="PDFs, or folders of PDFs.")],
    as_json: AsJson = False,
) -> None:
    """Time the reading of PDFs, without text recognition, beside pypdfium2, pypdf and pdfplumber alone.

    Other work on the machine spoils the figures.

    Example:

        evmap bench pages reports/
    """
    from nlp.bench.pages import bench_pages
    from nlp.settings import Settings

    speeds = bench_pages(inputs, Settings.load())
    if as_json:
        return print_json([asdict(speed) for speed in speeds])
    print_table(
        ("system", "pages", "CPU seconds", "pages a CPU second", "to ours", "MB at most"),
        ((s.name, s.pages, f"{s.seconds:.2f}", f"{s.rate:.1f}", f"{s.ratio:.2f}", s.megabytes) for s in speeds),
    )
    return None


@app.command("scans")
def scans_command(
    dots: Annotated[int, typer.Option(min=72, max=600, help="Dots an inch of the scans.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Scan the sample PDFs and compare: words read wrong, and what that costs the mapping.

    Example:

        evmap bench scans --dots 200
    """
    from nlp.bench.scanning import bench_scans
    from nlp.settings import Settings

    rows = bench_scans(dots, Settings.load())
    if as_json:
        return print_json([asdict(row) for row in rows])
    print_table(
        ("document", "words", "word error rate", "passages", "objectives: clean", "scan", "activities: clean", "scan"),
        (
            (row.name, row.words, f"{100 * row.error_rate:.2f} %", row.units,
             *(own[kind] for kind in ("objectives", "activities") for own in (row.clean, row.scanned)))
            for row in rows
        ),
    )  # fmt: skip
    return None


for _name, _command in (
    ("batch", bench_batch.batch_command),
    ("scaling", bench_batch.scaling_command),
    ("memory", bench_batch.memory_command),
    ("resume", bench_batch.resume_command),
    ("plain", bench_batch.plain_command),
    ("search", bench_search.search_command),
    ("corpus", bench_search.corpus_command),
    ("desk", bench_desk.desk_command),
):
    app.command(_name)(_command)


def _print_systems(table: Mapping[str, Mapping[str, Marks]]) -> None:
    """Print what each system read of all traps whose files it reads, and what we read of the same ones."""
    from nlp.bench.extractors import OURS
    from nlp.bench.marks import Marks

    systems = dict.fromkeys(name for row in table.values() for name in row)
    totals = {}
    for system in systems:
        own = [row for row in table.values() if system in row]
        ours = sum((row[OURS] for row in own), Marks())
        totals[system] = (len(own), sum((row[system] for row in own), Marks()), ours)
    print_table(
        ("system", "traps", *MEASURES[:3], "margins", "absent", "ours there: characters", "words", "cells"),
        (
            (name, count, *(_share(marks, key) for key in (*MEASURES[:3], "margins", "absent")),
             *(_share(ours, key) for key in MEASURES[:3]))
            for name, (count, marks, ours) in totals.items()
        ),
        "\nall",
    )  # fmt: skip


def _share(marks: Marks, name: str) -> str:
    share = marks.share(name)
    return "" if share is None else f"{100 * share:.2f}".rstrip("0").rstrip(".")


def _shares(marks: Marks) -> list[str]:
    return [_share(marks, name) for name in MEASURES]


def _best(row: dict[str, Marks]) -> tuple[str, str]:
    from nlp.bench.extractors import OURS

    others = [marks for name, marks in row.items() if name != OURS]
    best = [max((marks.share(name) or 0.0 for marks in others), default=None) for name in ("characters", "words")]
    first, second = ("" if share is None else f"{100 * share:.1f}" for share in best)
    return first, second
