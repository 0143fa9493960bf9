"""evmap evaluate: the model and two baselines on gold documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.cli.options import Documents, EncoderRow, OwnModel, ScoresFolder
from nlp.cli.speak import print_json, print_table
from nlp.cli.tables import KINDS, print_scores, save_scores

if TYPE_CHECKING:
    from nlp.scores import Result

SHOWN = 200  # characters of a text beside what was answered on it


def evaluate_command(
    gold: Annotated[Path, typer.Argument(help="Standoff gold file, or a folder of them.")],
    documents: Documents = None,
    encoder: EncoderRow = None,
    model: OwnModel = None,
    program: Annotated[
        str | None, typer.Option(help="Programme that the gold is labelled for: its folder or name.")
    ] = None,
    out: ScoresFolder = None,
    errors: Annotated[bool, typer.Option("--errors", help="Also print the model's twenty worst answers.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Score the model, zero-shot similarity and keyword rules on gold that nobody trained on, in one run.

    Precision counts required and permitted labels as right, recall asks for the required ones; intervals are 95 %
    over units drawn again.

    Examples:

        evmap evaluate annotations/gold --documents ../shared/documents

        evmap evaluate annotations/gcm --program gcm
    """
    from nlp.evaluate import agreement_of, evaluate
    from nlp.pipeline import program_of
    from nlp.settings import Settings

    settings = Settings.load(encoder=encoder, model=model, program=program)
    results, sheets = evaluate(gold, documents, settings)
    if out:
        save_scores(out, [asdict(result) for result in results], [(gold.name, r.system, r) for r in results], {})
    if as_json:
        return print_json([asdict(result) for result in results])
    kinds = KINDS[: len(program_of(settings).levels)]  # objectives come first
    units = sum(len(sheet.units) for sheet in sheets)
    for kind in kinds:
        title = f"\n{kind} ({units} units; two readings agree at F1 {agreement_of(sheets, kind)})"
        print_scores("system", ((result.system, result) for result in results), kind, title)
    first, *others = results
    _print_accuracies(first)
    _print_languages(first, kinds)
    for other in others:
        _print_accuracies(other)
    if errors:
        _print_faults(first, [text for sheet in sheets for text in sheet.texts])
    return None


def _print_accuracies(result: Result) -> None:
    for what, value in (("role", result.role_accuracy), ("treatment", result.treatment_accuracy)):
        if value is not None:
            print(f"\n{what} accuracy of the {result.system}: {value:.3f}")


def _print_languages(result: Result, kinds: Sequence[str]) -> None:
    if len(result.languages) > 1:
        rows = [(code, *(values[kind] for kind in kinds)) for code, values in result.languages.items()]
        print_table(("language", *kinds), rows, f"\nF1 of the {result.system} by language")


def _print_faults(result: Result, texts: Sequence[str]) -> None:
    rows = [(f.unit, " ".join(f.missed), " ".join(f.wrong), f.depth, texts[f.unit][:SHOWN]) for f in result.faults]
    print_table(("unit", "missed", "wrongly claimed", "deepest", "text"), rows, "\nthe worst answers of the model")
