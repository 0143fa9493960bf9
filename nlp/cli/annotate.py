"""evmap annotations: check, count and compare the labels that people gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nlp.cli.curve import curve_command
from nlp.cli.label import (
    adjudicate_command,
    export_command,
    from_run_command,
    how_to_apply,
    import_command,
    known,
    split_command,
    to_standoff_command,
)
from nlp.cli.options import TRAINING, AnnotationFolder, AsJson, Authors, GivenEncoderRow
from nlp.cli.speak import print_json, print_table
from nlp.cli.tables import three_places

if TYPE_CHECKING:
    from nlp.agreement import Agreement

app = typer.Typer(no_args_is_help=True, help="Check, count and compare annotations.")
app.command("adjudicate")(adjudicate_command)
app.command("split")(split_command)
app.command("curve")(curve_command)
app.command("export")(export_command)
app.command("import")(import_command)
app.command("from-run")(from_run_command)
app.command("to-standoff")(to_standoff_command)


@app.command("check")
def check_command(
    folder: AnnotationFolder = TRAINING,
    against: Annotated[
        list[Path] | None, typer.Option(help="Also other texts: a folder of documents (*.txt) or of annotations.")
    ] = None,
) -> None:
    """Check the files: every field, every label, no words copied, no twins, no author on two sides of the split.

    Eight words in a row are copied when they stand in another passage, in the codebook, or in the texts of --against;
    names.txt beside the folder lists official names that count as one word.

    Example:

        evmap annotations check annotations/training --against ../shared/documents
    """
    from nlp.annotations import load_annotations
    from nlp.annotations.faults import find_faults
    from nlp.errors import AnnotationError
    from nlp.program import load_program

    read = load_annotations(folder)
    faults = find_faults(read, folder, load_program(), _texts(against or ()))
    count = sum(map(len, read.labels.values()))
    found = f"{len(read.documents)} documents, {len(read.passages)} passages, {count} labellings"
    if faults:
        print_table(("where", "what", "words"), [(f.place, f.reason, f.words) for f in faults], found)
        raise AnnotationError(folder, f"{len(faults)} faults", "Mend them, or add an official name to names.txt")
    print(f"{found}: no fault")


def _texts(places: Iterable[Path]) -> dict[str, str]:
    """Other texts by name: the *.txt of a folder, one file, or the passages of an annotation folder."""
    from nlp.annotations import load_annotations
    from nlp.errors import AnnotationError

    texts: dict[str, str] = {}
    for place in places:
        if (place / "passages.jsonl").is_file():
            texts |= {f"{place}: {key}": row.text for key, row in load_annotations(place).passages.items()}
            continue
        files = [place] if place.is_file() else sorted(place.glob("*.txt"))
        if not files:
            raise AnnotationError(place, "no annotations and no *.txt there", "Give a folder of texts or annotations")
        texts |= {str(file): file.read_text("utf-8", errors="replace") for file in files}
    return texts


@app.command("stats")
def stats_command(folder: AnnotationFolder = TRAINING, as_json: AsJson = False) -> None:
    """Count passages by language, role, genre, readings and length, positives per target and language, and the goals.

    Example:

        evmap annotations stats annotations/training
    """
    from nlp.annotations import load_annotations
    from nlp.annotations.counts import GOALS, adjudicators, count_labels, load_goals, measure, targets_by_language
    from nlp.program import load_program

    read = load_annotations(folder)
    counts, languages, goals = count_labels(read), targets_by_language(read), load_goals(folder / GOALS)
    scores = measure(read, goals, load_program().targets) if goals else []
    decided = adjudicators(read)
    if as_json:
        goals_ = [{**asdict(score), "met": score.met} for score in scores]
        rest = {"by_language": languages, "goals": goals_, "adjudicators": [asdict(row) for row in decided]}
        return print_json({**counts, **rest})
    for name, table in counts.items():
        if name != "targets":
            rows = sorted(table.items(), key=lambda item: -item[1])
            print_table((name, "passages"), [(key, round(value, 1)) for key, value in rows], f"\n{name}")
    _print_targets(languages)
    third = [(d.annotator, d.guidelines, d.passages, d.new) for d in decided]
    print_table(("adjudicator", "guidelines", "passages", "labels new"), third, "\nadjudication")
    if scores:
        rows_ = [(s.name, s.counted, s.goal, "met" if s.met else "NOT MET") for s in scores]
        print_table(("goal", "counted", "least", ""), rows_, "\ngoals")
    return None


def _print_targets(tables: dict[str, dict[str, float]]) -> None:
    languages = sorted({language for table in tables.values() for language in table})
    rows = [
        (target, round(sum(table.values()), 1), *(round(table.get(language, 0), 1) for language in languages))
        for target, table in tables.items()
    ]
    print_table(("target", "positives", *languages), rows, "\ntargets")


@app.command("agree")
def agree_command(
    folder: AnnotationFolder = TRAINING,
    annotators: Annotated[
        Literal["blind", "writer"], typer.Option(help="blind, or writer (against the first blind one).")
    ] = "blind",
    author: Authors = None,
    guidelines: Annotated[int | None, typer.Option(help="Only labels given under this version.", min=1)] = None,
    sample: Annotated[
        int | None, typer.Option(help="Only so many passages, drawn at random, the same each time.", min=1)
    ] = None,
    worst: Annotated[int, typer.Option(help="Targets shown, the least agreed first.")] = 10,
    least: Annotated[int, typer.Option(help="Targets given less often are not shown.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Agreement between annotators: Krippendorff's alpha and F1 with 95 % intervals, and the labels they confuse.

    Example:

        evmap annotations agree --guidelines 3 --sample 500
    """
    from nlp.agreement import agreement, by_label
    from nlp.annotations import load_annotations
    from nlp.annotations.select import select

    whole = load_annotations(folder)
    authors = known(author, {row.author for row in whole.documents.values()}, "the documents")
    read = select(whole, authors, guidelines, sample)
    results, labels = agreement(read, annotators), by_label(read, annotators)
    if as_json:
        return print_json({"agreement": [asdict(r) for r in results], "labels": [asdict(r) for r in labels]})
    rows = [_agreement_row(result) for result in results]
    print_table(("", "passages", "alpha", "95 %", "F1", "95 %"), rows, f"annotators: {annotators}")
    shown = [row for row in labels if row.given >= least][:worst]
    swaps = [", ".join(f"{target} ({count})" for target, count in row.swapped_with) for row in shown]
    print_table(
        ("least agreed", "given", "F1", "swapped with"),
        [(row.target, row.given, f"{row.f1:.3f}", text) for row, text in zip(shown, swaps, strict=True)],
        f"\ntargets given at least {least} times",
    )
    return None


@app.command("audit")
def audit_command(
    folder: AnnotationFolder = TRAINING,
    encoder: GivenEncoderRow = "e5",
    limit: Annotated[int, typer.Option("--limit", "-n", help="Doubts shown; with --out, passages.")] = 20,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Sheet to write: passages to read again.")] = None,
    as_json: AsJson = False,
) -> None:
    """List labels that are likely wrong: heads trained on the other authors are sure of the opposite.

    A queue to read again, not a correction. Minutes; vectors are kept between runs.

    Example:

        evmap annotations audit --out doubts.csv --limit 400
    """
    from nlp.annotations import load_annotations
    from nlp.annotations.exchange import write_items
    from nlp.audit import audit, queue
    from nlp.cli.speak import notice
    from nlp.encode.cache import kept
    from nlp.learners import Recipe
    from nlp.program import load_program

    program, read = load_program(), load_annotations(folder)
    with kept(encoder) as cached:
        doubts = audit(read, program, cached, Recipe(encoder), report=notice)
    if out:
        write_items(out, "csv", queue(read, doubts)[:limit], program)
        notice(f"{out}: the surest {limit} of {len({d.passage_id for d in doubts})} passages; fill it in, then:")
        notice(how_to_apply(folder, out))
    if as_json:
        return print_json([asdict(doubt) for doubt in doubts])
    rows = [(d.passage_id, d.target, d.kind, d.probability, ", ".join(d.given), d.text[:160]) for d in doubts[:limit]]
    print_table(("passage", "target", "kind", "held-out", "given", "text"), rows, f"{len(doubts)} labels in doubt")
    return None


def _agreement_row(result: Agreement) -> tuple[object, ...]:
    alpha, f1 = three_places(result.alpha), three_places(result.f1)
    return result.name, result.units, alpha, _interval(result.alpha_interval), f1, _interval(result.f1_interval)


def _interval(interval: tuple[float, float] | None) -> str:
    return f"{interval[0]:.3f} - {interval[1]:.3f}" if interval else ""
