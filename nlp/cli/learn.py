"""evmap learn: a model taught by what was decided on a desk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.cli.options import FOREIGN, TRAINING, AsJson, DeskStore, GoldDocuments, VectorFile
from nlp.cli.speak import notice, plain, print_json
from nlp.cli.tables import KINDS, print_scores

if TYPE_CHECKING:
    from nlp.annotations import Annotations
    from nlp.review.learn import Learnt

Folder = Annotated[Path, typer.Argument(help="Folder of the desk; the model goes to its models/.", metavar="DESK")]
Base = Annotated[Path, typer.Option("--annotations", help="Annotation folder that the model was trained on.")]
Held = Annotated[Path, typer.Option(help="Documents apart to examine on: an annotation folder, or standoff gold.")]
Encoder = Annotated[str | None, typer.Option(help="Row of the encoder table, for its shipped model.")]
Model = Annotated[str | None, typer.Option(help="Folder of the model to teach.")]
Quick = Annotated[bool, typer.Option("--quick", help="Fit only the heads anew; calibration and lanes stay.")]
Weight = Annotated[float, typer.Option(help="Times that a passage of the desk counts.", min=0.1)]
Margin = Annotated[float, typer.Option(help="How much worse F1 may be for --adopt.", min=0.0)]
Adopt = Annotated[bool, typer.Option("--adopt", help="Use the new model on the desk, if it is not worse.")]
Rehearse = Annotated[
    int, typer.Option(help="Instead of the desk's: so many decisions of a simulated officer on half of --held.", min=0)
]
Way = Annotated[str, typer.Option(help="With --rehearse: how she works, as evmap simulate names it.")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is learnt, from where and how, as the options name it; `current` is the folder of the model to teach."""

    desk: Path
    store: str
    annotations: Path
    held: Path
    documents: Path | None
    current: Path
    quick: bool
    weight: float
    margin: float
    cache: Path | None


def learn_command(
    desk: Folder,
    annotations: Base = TRAINING,
    held: Held = FOREIGN,
    documents: GoldDocuments = None,
    encoder: Encoder = None,
    model: Model = None,
    quick: Quick = False,
    weight: Weight = 1.0,
    margin: Margin = 0.005,
    adopt: Adopt = False,
    store: DeskStore = "",
    cache: VectorFile = None,
    rehearse: Rehearse = 0,
    way: Way = "uncertain",
    as_json: AsJson = False,
) -> None:
    """Teach the model what was decided on a desk, examine it before and after on documents apart, and offer it.

    Confirmed items are labels, rejected ones are none; what nobody decided says nothing. The new model lies in
    DESK/models and is used only with --adopt, which refuses a model that is worse by more than the margin. Frozen
    encoders take minutes, fine-tuned ones an hour and a half.

    Example:

        evmap learn desk --encoder use --adopt
    """
    from nlp.classify.choosing import choose_model
    from nlp.errors import UsageError
    from nlp.review.adopting import adopted
    from nlp.review.learn import adopt as take_up
    from nlp.settings import Settings

    if rehearse and adopt:
        raise UsageError("--adopt", "a rehearsal is no desk's own work", "Leave one of the two out")
    own = None if model or encoder else adopted(desk)
    current = own or choose_model(Settings.load(encoder=encoder, model=model), notice)[1]
    wanted = Wanted(desk, store, annotations, held, documents, current, quick, weight, margin, cache)
    learnt = _rehearsed(wanted, rehearse, way) if rehearse else _taught(wanted)
    _tell(learnt, desk, as_json, offered=not adopt)
    if adopt:
        notice(f"{take_up(desk, learnt)}: from now on the desk uses {learnt.model.name}")


def _taught(wanted: Wanted) -> Learnt:
    """Learn what was decided on the desk."""
    from nlp.review.codebook import own_program
    from nlp.review.learn import learn
    from nlp.settings import Settings
    from nlp.sheets import load_sheets

    program = own_program(wanted.desk)
    decided = _decided(wanted.desk, wanted.store, wanted.annotations)
    sheets = load_sheets(wanted.held, wanted.documents, Settings.load())
    return learn(
        decided, wanted.annotations, wanted.current, sheets, program, wanted.desk, notice,
        wanted.quick, wanted.weight, wanted.margin, wanted.cache,
    )  # fmt: skip


def _rehearsed(wanted: Wanted, decisions: int, way: str) -> Learnt:
    """Learn what a simulated officer decides on half of the documents apart."""
    from nlp.review.codebook import own_program
    from nlp.review.rehearse import Rehearsal, rehearse

    return rehearse(
        Rehearsal(decisions, way), wanted.held, wanted.annotations, wanted.current, own_program(wanted.desk),
        wanted.desk, notice, wanted.quick, wanted.weight, wanted.cache,
    )  # fmt: skip


def _decided(desk: Path, store: str, base: Path) -> Annotations:
    from nlp.annotations import load_annotations
    from nlp.review.desk import Desk
    from nlp.review.teach import desk_annotations

    version = max((row.guidelines for rows in load_annotations(base).labels.values() for row in rows), default=1)
    with Desk.look(desk, store) as opened:
        return desk_annotations(opened, version)


def _tell(learnt: Learnt, desk: Path, as_json: bool, offered: bool) -> None:
    if as_json:
        return print_json({**asdict(learnt), "model": str(learnt.model), "worse": learnt.worse})
    for kind in KINDS:
        both = ((result.system, result) for result in (learnt.before, learnt.after))
        print_scores("system", both, kind, f"\n{kind}, {learnt.held} documents")
    print(f"\nLearnt from {learnt.decisions} decided targets in {learnt.passages} passages: {plain(str(learnt.model))}")
    if learnt.worse:
        print(f"It is worse on {' and '.join(learnt.worse)} by more than {learnt.margin:g}")
    elif offered:
        print("To use it on the desk: the same command again, with --adopt")
    return None
