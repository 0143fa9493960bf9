"""evmap annotations: check, count and compare the labels that people gave."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nlp.cli.speak import print_json, print_table

if TYPE_CHECKING:
    from nlp.agreement import Agreement

app = typer.Typer(no_args_is_help=True, help="Check, count and compare annotations.")
Folder = Annotated[Path, typer.Argument(help="Folder with documents.jsonl, passages.jsonl and labels.jsonl.")]
TRAINING = Path("annotations/training")
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command("check")
def check_command(folder: Folder = TRAINING) -> None:
    """Check the files: every field, every label against the codebook, no passage without document, nothing twice.

    Example:

        evmap annotations check annotations/training
    """
    from nlp.annotations import load_annotations
    from nlp.errors import AnnotationError
    from nlp.program import load_program

    read, targets = load_annotations(folder), set(load_program().targets)
    unknown = sorted({t for rows in read.labels.values() for row in rows for t in row.targets()} - targets)
    if unknown:
        raise AnnotationError(
            folder / "labels.jsonl", f"not in the codebook: {', '.join(unknown)}", "Mend these labels"
        )
    count = sum(map(len, read.labels.values()))
    print(f"{len(read.documents)} documents, {len(read.passages)} passages, {count} labellings: no fault")


@app.command("stats")
def stats_command(folder: Folder = TRAINING, as_json: Json = False) -> None:
    """Count passages by language, role, genre and annotators, and positives per target (share of blind annotators).

    Example:

        evmap annotations stats annotations/training
    """
    from nlp.annotations import count_labels, load_annotations

    counts = count_labels(load_annotations(folder))
    if as_json:
        return print_json(counts)
    for name, table in counts.items():
        rows = sorted(table.items(), key=lambda item: -item[1]) if name != "targets" else list(table.items())
        print_table((name, "passages"), [(key, round(value, 1)) for key, value in rows[:130]], f"\n{name}")
    return None


@app.command("agree")
def agree_command(
    folder: Folder = TRAINING,
    annotators: Annotated[
        Literal["blind", "writer"], typer.Option(help="blind, or writer (against the first blind one).")
    ] = "blind",
    worst: Annotated[int, typer.Option(help="Targets shown, the least agreed first.")] = 10,
    as_json: Json = False,
) -> None:
    """Agreement between annotators: Krippendorff's alpha and F1 with 95 % intervals, and the labels they confuse.

    Example:

        evmap annotations agree annotations/training --worst 20
    """
    from nlp.agreement import agreement, by_label
    from nlp.annotations import load_annotations

    read = load_annotations(folder)
    results, labels = agreement(read, annotators), by_label(read)
    if as_json:
        return print_json({"agreement": [asdict(r) for r in results], "labels": [asdict(r) for r in labels]})
    rows = [_agreement_row(result) for result in results]
    print_table(("", "passages", "alpha", "95 %", "F1", "95 %"), rows, f"annotators: {annotators}")
    shown = [row for row in labels if row.given >= 20][:worst]
    swaps = [", ".join(f"{target} ({count})" for target, count in row.swapped_with) for row in shown]
    print_table(
        ("least agreed", "given", "F1", "swapped with"),
        [(row.target, row.given, f"{row.f1:.3f}", text) for row, text in zip(shown, swaps, strict=True)],
        "\ntargets given at least 20 times",
    )
    return None


@app.command("audit")
def audit_command(
    folder: Folder = TRAINING,
    encoder: Annotated[str, typer.Option(help="Row of the encoder table.")] = "e5",
    limit: Annotated[int, typer.Option("--limit", "-n", help="Doubts shown.")] = 20,
    as_json: Json = False,
) -> None:
    """List labels that are likely wrong: heads trained on the other authors are sure of the opposite.

    A queue to read again, not a correction. Minutes; vectors are kept between runs.

    Example:

        evmap annotations audit annotations/training --limit 50
    """
    from nlp.audit import audit
    from nlp.cli.speak import notice
    from nlp.encode.cache import CachedEmbedder
    from nlp.encode.embed import load
    from nlp.program import load_program
    from nlp.settings import cache_root
    from nlp.train import Recipe

    cached = CachedEmbedder(load(encoder), cache_root() / f"training-{encoder}.sqlite")
    doubts = audit(folder, load_program(), cached, Recipe(), notice)
    cached.close()
    if as_json:
        return print_json([asdict(doubt) for doubt in doubts])
    rows = [(d.passage_id, d.target, d.kind, d.probability, ", ".join(d.given), d.text[:160]) for d in doubts[:limit]]
    print_table(("passage", "target", "kind", "held-out", "given", "text"), rows, f"{len(doubts)} labels in doubt")
    return None


def _agreement_row(result: Agreement) -> tuple[object, ...]:
    f1 = "" if result.f1 is None else f"{result.f1:.3f}"
    return result.name, result.units, f"{result.alpha:.3f}", _span(result.alpha_interval), f1, _span(result.f1_interval)


def _span(interval: tuple[float, float] | None) -> str:
    return f"{interval[0]:.3f} - {interval[1]:.3f}" if interval else ""
