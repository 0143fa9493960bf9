"""evmap race: every contender on the same questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.cli.options import LANGUAGES, TRAINING, AsJson, ScoresFolder
from nlp.cli.speak import notice, print_json, print_table
from nlp.cli.tables import KINDS, lane_rows, print_scores, save_scores

if TYPE_CHECKING:
    from nlp.race import Standing


def race_command(
    annotations: Annotated[Path, typer.Argument(help="Annotation folder to learn from.")] = TRAINING,
    gold: Annotated[list[Path] | None, typer.Option(help="Gold that lies outside; may be given again.")] = None,
    documents: Annotated[Path | None, typer.Option(help="Folder of the gold's documents.")] = None,
    settings: Annotated[
        Path | None, typer.Option(help="Recipe of the fine-tuned model; the shipped one by default.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Contender; may be given again; all by default.")] = None,
    out: ScoresFolder = None,
    as_json: AsJson = False,
) -> None:
    """Race our models, their parts and their peers: held-out authors and gold, one table, one run.

    Calibration and cuts come from the held-out authors alone. Hours from nothing, minutes when scores are kept.

    Example:

        evmap race --gold annotations/gold --gold annotations/foreign --documents ../shared/documents
    """
    from nlp.annotations import load_annotations
    from nlp.contenders import Course
    from nlp.learners import load_recipe
    from nlp.program import load_program
    from nlp.race import race
    from nlp.settings import Settings, data_root
    from nlp.sheets import load_sheets

    sheets = {}
    for path in gold or ():
        for sheet in load_sheets(path, documents, Settings.load()):
            sheets[f"{path.name}: {Path(sheet.gold.document).stem}"] = sheet
    recipe = load_recipe(settings or data_root() / "models" / "recipes" / "e5.yaml")
    course = Course(load_annotations(annotations), load_program(), sheets, recipe, notice)
    standings = race(course, annotations, only)
    if out:
        results = [(sheet, own.name, result) for own in standings for sheet, result in own.results.items()]
        curves = {own.name: own.reliability for own in standings}
        save_scores(out, [asdict(own) for own in standings], results, curves)
    if as_json:
        return print_json([asdict(standing) for standing in standings])
    _print(standings)
    return None


def _print(standings: Sequence[Standing]) -> None:
    for name in standings[0].results:
        for kind in KINDS:
            own = ((standing.name, standing.results[name]) for standing in standings)
            print_scores("contender", own, kind, f"\n{name}, {kind}")
    print_table(
        ("contender", "sheet", "kind", *LANGUAGES),
        (row for standing in standings for row in _languages(standing)),
        "\nF1 by language",
    )
    print_table(
        ("contender", "calibration error", "lane", "from", "precision", "recall"),
        (row for standing in standings for row in _lanes(standing)),
        "\nlanes, measured on authors that had no part in choosing them",
    )
    print_table(
        ("contender", "kind", *LANGUAGES, "same in all four"),
        (row for standing in standings for row in _parallel(standing)),
        f"\n{standings[0].parallel.texts} held-out texts in four languages "
        f"({standings[0].parallel.passages} passages each)",
    )


def _parallel(standing: Standing) -> Iterable[tuple[object, ...]]:
    for kind in KINDS:
        own = standing.parallel
        yield standing.name, kind, *(own.f1[code][kind] for code in LANGUAGES), own.identical[kind]


def _languages(standing: Standing) -> Iterable[tuple[object, ...]]:
    for name, result in standing.results.items():
        if len(result.languages) > 1:
            for kind in KINDS:
                spoken = (result.languages.get(code, {}).get(kind) for code in LANGUAGES)
                yield standing.name, name, kind, *spoken


def _lanes(standing: Standing) -> Iterable[tuple[object, ...]]:
    lanes = {kind: asdict(own) for kind, own in standing.lanes.items()}
    for kind, lane, *cut in lane_rows(lanes):
        yield standing.name, standing.calibration_error, f"{kind}: {lane}", *cut
