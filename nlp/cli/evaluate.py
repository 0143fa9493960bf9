"""evmap evaluate: the model and two baselines on gold documents."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from nlp.cli.speak import print_json, print_table


def evaluate_command(
    gold: Annotated[Path, typer.Argument(help="Standoff gold file, or a folder of them.")],
    documents: Annotated[Path | None, typer.Option(help="Folder of the annotated documents.")] = None,
    encoder: Annotated[str | None, typer.Option(help="Row of the encoder table.")] = None,
    model: Annotated[str | None, typer.Option(help="Folder of a model of your own.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Score the model, zero-shot similarity and keyword rules on gold that nobody trained on, in one run.

    Precision counts required and permitted labels as right, recall asks for the required ones; intervals are 95 %
    over units drawn again.

    Example:

        evmap evaluate annotations/gold --documents ../shared/documents
    """
    from nlp.evaluate import agreement_of, evaluate
    from nlp.settings import Settings

    results, sheets = evaluate(gold, documents, Settings.load(encoder=encoder, model=model))
    if as_json:
        return print_json([asdict(result) for result in results])
    for kind in ("objectives", "activities"):
        print_table(
            ("system", "precision", "recall", "F1", "95 % interval", "top-3 hit"),
            [_row(result, kind) for result in results],
            f"\n{kind} ({sum(len(sheet.units) for sheet in sheets)} units; "
            f"two annotators agree at F1 {agreement_of(sheets, kind)})",
        )
    for result in results:
        if result.role_accuracy is not None:
            print(f"\nrole accuracy of the {result.system}: {result.role_accuracy:.3f}")
    return None


def _row(result: Any, kind: str) -> tuple[str, ...]:
    scores, (low, high) = result.scores[kind], result.interval[kind]
    values = [f"{scores[name]:.3f}" for name in ("precision_micro", "recall_micro", "f1_micro")]
    return (result.system, *values, f"{low:.3f} - {high:.3f}", f"{scores['top3_hit_units']:.3f}")
