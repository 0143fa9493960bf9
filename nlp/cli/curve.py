"""evmap annotations curve: what more documents and better labels are worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.cli.options import TRAINING, AnnotationFolder, AsJson, GivenEncoderRow, GoldDocuments
from nlp.cli.speak import notice, print_json, print_table
from nlp.cli.tables import three_places

if TYPE_CHECKING:
    from nlp.annotations import Gold
    from nlp.curve import Label, Point


def curve_command(
    folder: AnnotationFolder = TRAINING,
    gold: Annotated[
        list[Path] | None, typer.Option(help="Scored too: standoff gold, or an annotation folder; may be repeated.")
    ] = None,
    documents: GoldDocuments = None,
    encoder: GivenEncoderRow = "e5",
    share: Annotated[
        list[float] | None, typer.Option(help="Share of the documents, in (0, 1]; may be repeated.")
    ] = None,
    labels: Annotated[int, typer.Option(help="Targets shown, those that lag most first.")] = 20,
    least: Annotated[int, typer.Option(help="Targets tested on fewer positives are not shown.")] = 5,
    as_json: AsJson = False,
) -> None:
    """The learning curve: F1 on held-out authors and on gold, with more documents and with better labels.

    Minutes; vectors are kept between runs.

    Example:

        evmap annotations curve --gold annotations/gold --gold annotations/foreign --documents ../shared/documents
    """
    from nlp.curve import SHARES, curve
    from nlp.encode.cache import kept
    from nlp.learners import Recipe
    from nlp.program import load_program
    from nlp.settings import Settings
    from nlp.sheets import load_sheets

    loaded = [sheet for path in gold or () for sheet in load_sheets(path, documents, Settings.load())]
    stems = Counter(Path(sheet.gold.document).stem for sheet in loaded)
    sheets = {_name(sheet.gold, stems): sheet for sheet in loaded}
    with kept(encoder) as cached:
        points, rows = curve(folder, sheets, load_program(), cached, Recipe(encoder), notice, tuple(share or SHARES))
    if as_json:
        return print_json({"points": [asdict(p) for p in points], "labels": [asdict(r) for r in rows]})
    _print_points(points)
    _print_labels([row for row in rows if row.tested >= least][:labels], least)
    return None


def _name(gold: Gold, stems: Counter[str]) -> str:
    stem = Path(gold.document).stem
    return stem if stems[stem] == 1 else f"{stem} {gold.sha256[:8]}"


def _print_points(points: Sequence[Point]) -> None:
    names = list(points[0].results)
    table = [
        (p.opinion, f"{p.share:.0%}", p.passages, *(_cell(p, name) for name in names)) for p in points
    ]  # fmt: skip
    print_table(("labels", "documents", "passages", *names), table, "F1, objectives / activities")


def _cell(point: Point, name: str) -> str:
    scores = point.results[name].scores
    return " / ".join(f"{scores[kind]['f1_micro']:.3f}" for kind in ("objectives", "activities"))


def _print_labels(rows: Sequence[Label], least: int) -> None:
    table = [(row.target, row.learnt, row.tested, three_places(row.f1_half), three_places(row.f1_all)) for row in rows]
    title = f"\ntargets that lag, of those tested on {least} positives or more"
    print_table(("target", "learnt from", "tested on", "F1 with half", "F1 with all"), table, title)
