"""A real model on the encoder that needs no weights: heads, calibration, lanes and examples of a few passages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from nlp.learners import Recipe
from nlp.program import load_program
from nlp.train import train

TRAINING = Path(__file__).resolve().parent.parent / "annotations" / "training"
EVERY = 25
PASSAGES = 400


def write_annotations(folder: Path) -> None:
    """Write a small annotation folder in our format: about `PASSAGES` passages of every `EVERY`-th document."""
    documents = rows("documents")[::EVERY]
    names = {row["doc_id"] for row in documents}
    passages = [row for row in rows("passages") if row["document"] in names][:PASSAGES]
    kept = {row["passage_id"] for row in passages}
    labels = [row for row in rows("labels") if row["passage_id"] in kept]
    for name, chosen in {"documents": documents, "passages": passages, "labels": labels}.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in chosen), "utf-8")


def rows(name: str) -> list[dict]:
    """Rows of one of the training files."""
    return [json.loads(line) for line in (TRAINING / f"{name}.jsonl").read_text("utf-8").splitlines()]


def train_hash(annotations: Path, folder: Path) -> None:
    """Train the model on an annotation folder."""
    train(annotations, load_program(), folder, Recipe("hash", folds=2), lambda _: None, folder.parent / "v.sqlite")


def hash_model(folder: Path) -> Path:
    """Return the model's folder inside `folder`, trained there unless an earlier call did."""
    model = folder / "hash"
    if not (model / "manifest.json").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "annotations").mkdir(parents=True)
        write_annotations(folder / "annotations")
        train_hash(folder / "annotations", model)
    return model
