"""evmap models and evmap tune: what models there are, whether they are whole, and where their lanes begin."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from nlp.cli.options import TRAINING, AsJson, ModelFolder, TrainedOn
from nlp.cli.speak import notice, print_json, print_table
from nlp.cli.tables import lane_rows

app = typer.Typer(help="The models there are.", no_args_is_help=True)


def _folder(model: Path) -> Path:
    from nlp.settings import data_root

    shipped = data_root() / "models" / model
    return shipped if not model.exists() and shipped.is_dir() else model


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the shipped models with what was measured on authors they did not see.

    Example:

        evmap models list
    """
    from nlp.classify.heads import MANIFEST, read_manifest
    from nlp.settings import data_root

    folders = sorted(path.parent for path in (data_root() / "models").glob(f"*/{MANIFEST}"))
    found = {folder.name: read_manifest(folder) for folder in folders}
    if as_json:
        return print_json(found)
    rows = [
        (name, m["encoder"].split("-")[0], m["recipe"]["learner"], m["passages"], _size(data_root() / "models" / name),
         m["held_out"]["best_f1_objectives"], m["held_out"]["best_f1_activities"])
        for name, m in found.items()
    ]  # fmt: skip
    print_table(("model", "encoder", "learner", "passages", "MB", "objectives F1", "activities F1"), rows)
    return None


@app.command("show")
def show_command(model: ModelFolder, as_json: AsJson = False) -> None:
    """Show a model's manifest: encoder, recipe, data, lanes and held-out figures.

    Example:

        evmap models show e5
    """
    from nlp.classify.heads import read_manifest

    manifest = read_manifest(_folder(model))
    if as_json:
        return print_json(manifest)
    print_table(
        ("what", "value"), [(k, str(v)) for k, v in manifest.items() if k not in ("lanes", "files")], str(model)
    )
    print_table(("kind", "lane", "from", "precision", "recall"), lane_rows(manifest["lanes"]), "\nlanes")
    return None


@app.command("verify")
def verify_command(
    model: ModelFolder,
    write: Annotated[bool, typer.Option("--write", help="Keep what the encoder makes of the texts now.")] = False,
) -> None:
    """Hold every file of a model against its hash, and its encoder against what it gave in training.

    Ten texts are encoded; each vector must have a cosine above 0.9999 with the one kept in the model's folder.

    Examples:

        evmap models verify e5

        evmap models verify my-model --write
    """
    from nlp.classify.golden import TEXTS, check_golden, write_golden
    from nlp.classify.heads import verify
    from nlp.encode import embed
    from nlp.pipeline import adapter_of

    folder = _folder(model)
    manifest = verify(folder)
    notice(f"{folder}: {len(manifest['files'])} files, each with its hash")
    encoder = embed.load(str(manifest["encoder"]).split("-")[0], adapter_of(folder))
    if write:
        notice(f"{write_golden(folder, encoder, encoder.identity)}: {len(TEXTS)} vectors")
    least = check_golden(folder, encoder, encoder.identity, always=True)
    notice("no vectors are kept there: run it with --write" if least is None else f"cosine at least {least:.6f}")


@app.command("zero-shot")
def zero_shot_command(
    model: ModelFolder,
    annotations: TrainedOn = TRAINING,
) -> None:
    """Learn what likeness to a codebook is worth, so that the model can serve programmes it was not trained for.

    Training does this, too. Nothing else of the model changes; its digest stays.

    Example:

        evmap models zero-shot e5
    """
    from nlp.annotations import load_training
    from nlp.classify.heads import WEIGHTS, ZERO_SHOT, verify
    from nlp.classify.sound import load_arrays
    from nlp.encode.cache import kept
    from nlp.program import load_program
    from nlp.zero_shot import learn_zero_shot

    folder = _folder(model)
    manifest = verify(folder)
    centre = load_arrays(folder / WEIGHTS)["centre"]
    with kept(str(manifest["encoder"]).split("-")[0]) as encoder:
        estimate = learn_zero_shot(load_training(annotations), load_program(), encoder, centre)
    estimate.save(folder / ZERO_SHOT)
    rows = [(kind, *facts.values()) for kind, facts in estimate.measured.items() if facts]
    print_table(
        ("labels left out", "best F1", "calibration error", "labels", "passages"), rows, f"{folder / ZERO_SHOT}"
    )
    cuts = [
        (kind, name, cut.threshold, cut.precision, cut.recall)
        for kind, own in estimate.cuts.items()
        for name, cut in own.items()
    ]
    print_table(("kind", "lane", "from", "precision", "recall"), cuts, "\nmeasured on labels left out")


@app.command("ranges")
def ranges_command(
    model: ModelFolder,
    annotations: TrainedOn = TRAINING,
) -> None:
    """Measure how far the numbers in a fine-tuned encoder go, so that it can compute in int8 (--precision int8).

    Training does this, too. Nothing else of the model changes; its digest stays.

    Example:

        evmap models ranges e5
    """
    from nlp.annotations import load_training
    from nlp.classify.heads import verify
    from nlp.errors import ModelError
    from nlp.learners import write_ranges
    from nlp.pipeline import adapter_of

    folder = _folder(model)
    manifest, adapter = verify(folder), adapter_of(folder)
    if adapter is None:
        raise ModelError(folder, "its encoder was not fine-tuned", "int8 is for models with an adapter")
    rows = list(load_training(annotations))
    notice(f"{write_ranges(rows, str(manifest['encoder']).split('-')[0], adapter)}: measured")


def tune_command(
    model: ModelFolder = Path("e5"),
    precision: Annotated[float, typer.Option(min=0.01, max=0.999, help="Promised for the suggested lane.")] = 0.9,
    recall: Annotated[float, typer.Option(min=0.01, max=0.999, help="Promised of objectives, both lanes.")] = 0.95,
    activity_recall: Annotated[float, typer.Option(min=0.01, max=0.999, help="The same of activities.")] = 0.8,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Copy of the model with these lanes; new folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Choose lanes for your own tolerance on the model's held-out passages; seconds, nothing is trained.

    The recall is kept on average over documents that are like the annotated ones (conformal risk control).

    Example:

        evmap tune e5 --precision 0.8 --recall 0.9 -o my-model
    """
    from dataclasses import asdict, astuple

    from nlp.classify.lanes import Promise
    from nlp.errors import UsageError
    from nlp.program import load_program
    from nlp.tune import settle, tune

    folder, promise = _folder(model), Promise(precision, recall, activity_recall)
    lanes, load = tune(folder, load_program(), promise)
    if out:
        if out.exists():
            raise UsageError(out, "it is there already", "Name a new folder with -o")
        shutil.copytree(folder, out, copy_function=shutil.copyfile)
        settle(out, lanes, promise)
        notice(f"{out}: use it with EVMAP_MODEL={out} or --model {out}")
    if as_json:
        return print_json({"lanes": {kind: asdict(own) for kind, own in lanes.items()}, "load": asdict(load)})
    print_table(
        ("kind", "lane", "from", "precision", "recall"), lane_rows({k: asdict(v) for k, v in lanes.items()}),
        f"promised: precision {precision} suggested; recall {recall} of objectives, {activity_recall} of activities; "
        "measured on authors left out",
    )  # fmt: skip
    print_table(
        ("pages", "passages", "suggested", "to review", "with a link", "minutes", "minutes alone"),
        [astuple(load)],
        "\nan officer's report of 20 pages (assumptions: nlp/tune.py, Work)",
    )
    return None


def _size(folder: Path) -> str:
    return f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:.1f}"
