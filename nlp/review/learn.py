"""A model taught by what was decided on a desk: trained again, examined on documents apart, and only then offered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from nlp.annotations.faults import digest
from nlp.annotations.rows import Annotations, load_annotations
from nlp.classify import heads as heads_
from nlp.classify.golden import write_golden
from nlp.encode import embed
from nlp.encode.cache import kept
from nlp.errors import UsageError
from nlp.evaluate import ask_model
from nlp.learners import Recipe, fit_heads
from nlp.pipeline import Mapper
from nlp.program import Program
from nlp.review.adopting import ADOPTED, MODELS
from nlp.review.teach import PREFIX, write_lesson
from nlp.scores import KINDS, Result, score
from nlp.settings import Settings
from nlp.sheets import Sheet
from nlp.train import load_class, train, word_heads

MARGIN = 0.005
LESSON = "annotations"
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of learning.

    Attributes:
        model: folder of the new model. passages, decisions: how many of the desk it learnt from; a decision is a target
            in a passage. held: documents it was examined on. before, after: scores there, of both models.
        margin: how much worse than before F1 may be, of either kind, for the model to be adopted.
    """

    model: Path
    passages: int
    decisions: int
    held: int
    before: Result
    after: Result
    margin: float

    @property
    def worse(self) -> list[str]:
        """Kinds of targets in which the new model is worse by more than the margin."""
        return [kind for kind in KINDS if _f1(self.after, kind) < _f1(self.before, kind) - self.margin]


def _f1(result: Result, kind: str) -> float:
    return result.scores[kind]["f1_micro"]


def examine(model: Path, sheets: Sequence[Sheet], system: str) -> Result:
    """Score a model on annotated documents.

    Raises:
        EncoderError, ModelError: as `Mapper`.
    """
    mapper = Mapper(Settings.load(model=str(model)))
    try:
        answers = [answer for sheet in sheets for answer in ask_model(mapper, sheet)]
    finally:
        mapper.close()
    units = [unit for sheet in sheets for unit in sheet.units]
    documents = [name for sheet in sheets for name in sheet.documents]
    return score(system, units, answers, documents, [code for sheet in sheets for code in sheet.languages])


def learn(
    own: Annotations,
    base: Path,
    current: Path,
    sheets: Sequence[Sheet],
    program: Program,
    folder: Path,
    report: Report,
    quick: bool = False,
    weight: float = 1.0,
    margin: float = MARGIN,
    cache: Path | None = None,
) -> Learnt:
    """Teach a model what was decided, and examine it before and after on documents apart.

    Args:
        own: what was decided (`teach`). base: annotation folder that the current model was trained on.
        current: its folder. sheets: documents to examine on. folder: the desk's; the model goes to ``models/`` there.
        quick: only the heads are fitted anew; calibration, lanes and examples stay. For encoders as they are packed.
        weight: times that a passage of the desk counts. cache: file for vectors.

    Raises:
        UsageError: if nothing was decided, a document was decided on and is to be examined on, or `quick` does not go.
        AnnotationError, EncoderError, ModelError: as `train`.
    """
    _apart(own, base, sheets)
    decided = sum(len(label.decided or ()) for rows in own.labels.values() for label in rows)
    report(f"{len(own.labels)} passages of the desk with {decided} decisions; examining the model as it is")
    before = examine(current, sheets, "model now")
    lesson, fresh = folder / LESSON, folder / MODELS / ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    write_lesson(base, own, lesson)
    manifest = heads_.read_manifest(current)
    recipe = replace(TypeAdapter(Recipe).validate_python(manifest["recipe"]), reviewed=weight)
    if quick:
        refit(lesson, current, program, recipe, fresh, report, cache)
    else:
        train(lesson, program, fresh, recipe, report, cache)
    after = examine(fresh, sheets, "model taught by the desk")
    held = len({name for sheet in sheets for name in sheet.documents})
    model = folder / MODELS / heads_.digest_of(fresh)[:16]
    shutil.rmtree(model, ignore_errors=True)
    fresh.rename(model)
    return Learnt(model, len(own.labels), decided, held, before, after, margin)


def _apart(own: Annotations, base: Path, sheets: Sequence[Sheet]) -> None:
    """Make sure that nobody is examined on what was taught.

    Raises:
        UsageError: if a document, or a passage's text, is on both sides.
    """
    taught = {" ".join(row.text.split()) for row in own.passages.values() if len(row.text) > 40}
    seen = {" ".join(row.text.split()) for row in load_annotations(base).passages.values() if len(row.text) > 40}
    learnt = taught | seen
    both = sorted(set(own.documents) & {name[:PREFIX] for sheet in sheets for name in sheet.documents})
    same = sum(" ".join(text.split()) in learnt for sheet in sheets for text in sheet.texts)
    if both or same:
        what = f"documents {', '.join(both[:5])}" if both else f"{same} passages"
        raise UsageError("learn", f"{what} would be examined on and were learnt from", "Hold other documents out")


def refit(
    lesson: Path, current: Path, program: Program, recipe: Recipe, out: Path, report: Report, cache: Path | None
) -> None:
    """Fit the heads of a model anew on an annotation folder, and leave its calibration, lanes and examples.

    Raises:
        UsageError: if its encoder was fine-tuned, for then the heads cannot be fitted alone.
    """
    if recipe.learner != "frozen":
        raise UsageError("--quick", "the encoder of this model was fine-tuned together with its heads", "Leave it out")
    with kept(recipe.encoder, cache) as encoder:
        own = load_class(load_annotations(lesson), program, encoder, recipe)
        identity = encoder.embedder.identity
    model = heads_.load(current, program, identity)
    report(f"heads of {len(own.learnt.rows)} passages")
    fitted = replace(fit_heads(own.learnt, own.labels, recipe), platt=model.heads.platt)
    joint = model.joint
    if joint and joint.words:
        report("words")
        joint = replace(joint, words=word_heads(own.learnt, np.arange(len(own.learnt.rows))))
    own_facts = ("files", "lanes", "format", "joined")
    facts = {name: value for name, value in model.manifest.items() if name not in own_facts}
    facts |= {"data": digest(lesson), "recipe": asdict(recipe), "passages": len(own.learnt.rows), "quick": True}
    held = heads_.load_held(current, len(program.targets))
    heads_.save(out, fitted, model.lanes, model.examples, held, model.known, facts, joint)
    write_golden(out, embed.load(recipe.encoder), identity)


def adopt(folder: Path, learnt: Learnt) -> Path:
    """Let a desk use a new model from now on; return the file that says so.

    Raises:
        UsageError: if it is worse than the one in use by more than the margin.
    """
    if learnt.worse:
        reason = f"is worse on {' and '.join(learnt.worse)} by more than {learnt.margin}"
        raise UsageError(learnt.model, reason, "Decide on more reports, or keep the model as it is")
    path = folder / MODELS / ADOPTED
    scores = {name: {kind: _f1(result, kind) for kind in KINDS}
              for name, result in (("before", learnt.before), ("after", learnt.after))}  # fmt: skip
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"model": learnt.model.name, **scores}, indent=1) + "\n", "utf-8")
    part.replace(path)
    return path


def part_of(sheet: Sheet, documents: Collection[str]) -> Sheet:
    """Return some of the documents of a sheet."""
    index = [number for number, name in enumerate(sheet.documents) if name in documents]
    gold = sheet.gold.model_copy(update={"units": tuple(sheet.units[i] for i in index)})
    texts, places, languages, names = (
        tuple(own[i] for i in index) for own in (sheet.texts, sheet.places, sheet.languages, sheet.documents)
    )
    return Sheet(gold, texts, places, languages, names)  # type: ignore[arg-type]
