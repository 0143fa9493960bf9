"""evmap learn: a model taught by what was decided on a desk."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.cli.speak import notice, plain, print_json
from nlp.cli.tables import KINDS, print_scores

if TYPE_CHECKING:
    from nlp.annotations import Annotations
    from nlp.review.learn import Learnt

TRAINING, HELD = Path("annotations/training"), Path("annotations/foreign")


def learn_command(
    desk: Annotated[Path, typer.Argument(help="Folder of the desk; the model goes to its models/.", metavar="DESK")],
    annotations: Annotated[
        Path, typer.Option(help="Annotation folder that the current model was trained on.")
    ] = TRAINING,
    held: Annotated[
        Path, typer.Option(help="Documents apart to examine on: an annotation folder, or standoff gold.")
    ] = HELD,
    documents: Annotated[
        Path | None, typer.Option(help="Folder of the documents that standoff gold annotates.")
    ] = None,
    encoder: Annotated[str | None, typer.Option(help="Row of the encoder table, for its shipped model.")] = None,
    model: Annotated[str | None, typer.Option(help="Folder of the model to teach.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Fit only the heads anew; calibration and lanes stay.")
    ] = False,
    weight: Annotated[float, typer.Option(help="Times that a passage of the desk counts.", min=0.1)] = 1.0,
    margin: Annotated[float, typer.Option(help="How much worse F1 may be for --adopt.", min=0.0)] = 0.005,
    adopt: Annotated[bool, typer.Option("--adopt", help="Use the new model on the desk, if it is not worse.")] = False,
    store: Annotated[
        str, typer.Option(help="URL of the PostgreSQL database that takes the place of DESK/desk.sqlite.")
    ] = "",
    cache: Annotated[Path | None, typer.Option(help="File that keeps vectors between trainings.")] = None,
    rehearse: Annotated[
        int,
        typer.Option(help="Instead of the desk's: so many decisions of a simulated officer on half of --held.", min=0),
    ] = 0,
    way: Annotated[str, typer.Option(help="With --rehearse: how she works, as evmap simulate names it.")] = "uncertain",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Teach the model what was decided on a desk, examine it before and after on documents apart, and offer it.

    Confirmed items are labels, rejected ones are none; what nobody decided says nothing. The new model lies in
    DESK/models and is used only with --adopt, which refuses a model that is worse by more than the margin. Frozen
    encoders take minutes, fine-tuned ones an hour and a half.

    Example:

        evmap learn desk --encoder use --adopt
    """
    from nlp.pipeline import choose_model
    from nlp.program import load_program
    from nlp.review.learn import adopt as take_up
    from nlp.review.learn import adopted, learn
    from nlp.settings import Settings
    from nlp.sheets import load_sheets

    own = None if model or encoder else adopted(desk)
    current = own or choose_model(Settings.load(encoder=encoder, model=model), notice)[1]
    program = load_program()
    if rehearse:
        from nlp.review.rehearse import Rehearsal
        from nlp.review.rehearse import rehearse as try_out

        plan = Rehearsal(rehearse, way)
        learnt = try_out(plan, held, annotations, current, program, desk, notice, quick, weight, cache)
    else:
        taught, sheets = _decided(desk, store, annotations), load_sheets(held, documents, Settings.load())
        learnt = learn(
            taught, annotations, current, sheets, program, desk, notice, quick, weight, margin, cache
        )  # fmt: skip
    if as_json:
        print_json({**asdict(learnt), "model": str(learnt.model), "worse": learnt.worse})
    else:
        _print(learnt)
    if adopt:
        notice(f"{take_up(desk, learnt)}: from now on the desk uses {learnt.model.name}")
    elif not as_json:
        print(f"\nTo use it on the desk: evmap learn {shlex.quote(plain(str(desk)))} --adopt")


def _decided(desk: Path, store: str, base: Path) -> Annotations:
    from nlp.annotations import load_annotations
    from nlp.review.desk import Desk
    from nlp.review.teach import desk_annotations

    version = max((row.guidelines for rows in load_annotations(base).labels.values() for row in rows), default=1)
    with Desk.look(desk, store) as opened:
        return desk_annotations(opened, version)


def _print(learnt: Learnt) -> None:
    both = (learnt.before, learnt.after)
    for kind in KINDS:
        print_scores("system", ((result.system, result) for result in both), kind, f"\n{kind}, {learnt.held} documents")
    print(f"\nLearnt from {learnt.decisions} decided targets in {learnt.passages} passages: {plain(str(learnt.model))}")
    if learnt.worse:
        print(f"It is worse on {' and '.join(learnt.worse)} by more than {learnt.margin:g}")
