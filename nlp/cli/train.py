"""evmap train: a model from annotations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlp.cli.options import TRAINING, VectorFile
from nlp.cli.speak import notice, print_table
from nlp.errors import UsageError


def train_command(
    annotations: Annotated[Path, typer.Argument(help="Folder with documents, passages and labels.jsonl.")] = TRAINING,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Model folder; models/ENCODER by default.")] = None,
    settings: Annotated[
        Path | None, typer.Option(help="Recipe, a YAML file; models/recipes/e5.yaml by default.")
    ] = None,
    program: Annotated[
        str | None, typer.Option(help="Programme that the annotations are labelled for: its folder or name.")
    ] = None,
    cache: VectorFile = None,
) -> None:
    """Train a model on annotated passages. What is done is kept, so a stopped training goes on where it was.

    Fine-tuning takes about an hour and a half on two cores (a GPU is used where there is one), frozen encoders minutes.

    Examples:

        evmap train annotations/training --settings models/recipes/use.yaml -o my-model

        evmap train my-labels --program gcm --settings models/recipes/use.yaml -o gcm-model
    """
    from nlp.learners import load_recipe
    from nlp.program import load_program, using
    from nlp.settings import data_root
    from nlp.train import train

    models = data_root() / "models"
    recipe = load_recipe(settings or models / "recipes" / "e5.yaml")
    codebook = load_program(program)
    if out is None and codebook.about.id != "iap":
        raise UsageError("--out", "a model of another programme needs a folder of its own", "Name it with -o")
    folder = out or models / recipe.encoder
    with using(codebook):
        facts = train(annotations, codebook, folder, recipe, notice, cache)
    print_table(("held-out authors", "value"), facts["held_out"].items(), f"{folder}: {facts['passages']} passages")
