"""evmap train: a model from annotations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlp.cli.speak import notice, print_table


def train_command(
    annotations: Annotated[Path, typer.Argument(help="Folder with documents, passages and labels.jsonl.")] = Path(
        "annotations/training"
    ),
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Model folder; models/ENCODER by default.")] = None,
    encoder: Annotated[str, typer.Option(help="Row of the encoder table.")] = "e5",
    strength: Annotated[float, typer.Option(help="Inverse regularisation of the target heads.")] = 0.005,
    cache: Annotated[Path | None, typer.Option(help="File that keeps vectors between trainings.")] = None,
) -> None:
    """Train the heads on annotated passages; vectors are kept, so a stopped training goes on where it was.

    Example:

        evmap train annotations/training --encoder e5
    """
    from nlp.encode.cache import CachedEmbedder
    from nlp.encode.embed import load
    from nlp.program import load_program
    from nlp.settings import cache_root, data_root
    from nlp.train import Recipe, train

    embedder = load(encoder)
    cached = CachedEmbedder(embedder, cache or cache_root() / f"training-{encoder}.sqlite")
    folder = out or data_root() / "models" / encoder
    facts = train(annotations, load_program(), cached, embedder.identity, folder, Recipe(strength), notice)
    cached.close()
    print_table(("held-out authors", "value"), facts["held_out"].items(), f"{folder}: {facts['passages']} passages")
