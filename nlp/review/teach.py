"""What was decided on a desk, as annotations to learn from.

Only what was decided says anything: a confirmed or corrected item is a label, a rejected one is none, and the rest of
the passage is unknown, unless its reading was closed, or it was passed as holding nothing: then the officer has read
it, and what nobody claimed is not there. What is unsure, postponed or untouched counts as nothing, and so does what
lost its place in the text. The text itself goes into the annotations, so they stay on the desk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from pydantic import BaseModel

from nlp.annotations.rows import FILES, TREATMENT, Annotations, DocumentRow, LabelRow, PassageRow, load_annotations
from nlp.errors import UsageError
from nlp.program import Program
from nlp.records import Treatment
from nlp.review.desk import Desk
from nlp.review.lines import Row
from nlp.review.officer import Officer
from nlp.review.records import HOLDS, Item
from nlp.review.sheet import Sheet

ANNOTATOR = "desk"
PREFIX = 16  # digits of a document's hash that name it in annotations


def desk_annotations(desk: Desk, guidelines: int) -> Annotations:
    """Return what was decided on a desk: reports that somebody decided on, all their passages, labels of some.

    Args:
        guidelines: version of the guidelines that officers follow.
    """
    documents: dict[str, DocumentRow] = {}
    passages: dict[str, PassageRow] = {}
    labels: dict[str, list[LabelRow]] = {}
    for report in desk.reports():
        if report.key is None:
            continue
        closed = any(one.closed for one in desk.readings(report.document_id))
        items = desk.settled(report.document_id)
        passed = frozenset(mark.passage_id for mark in desk.passed(report.document_id))
        if not closed and not passed and all(item.version == 0 for item in items):
            continue
        sheet = desk.sheet(report.document_id)
        name = report.document_id[:PREFIX]
        documents[name] = _document(name, sheet)
        passages.update((row["passage_id"], _passage(name, row, sheet, desk.program)) for row in sheet.passages)
        read = {row["passage_id"] for row in sheet.passages if row["kind"] != "heading"} if closed else passed
        labels.update(_labels(sheet, items, read, desk.program, guidelines))
    return Annotations(documents, passages, labels)


def _document(name: str, sheet: Sheet) -> DocumentRow:
    row = sheet.row
    year = int(row["date"][:4]) if row.get("date") else None
    return DocumentRow(
        doc_id=name, title=row.get("title"), genre=row.get("kind") or "report", body=None, year=year,
        language=row.get("language") or "en", author=name, family=None, original_language=None,
    )  # fmt: skip


def _passage(name: str, row: Row, sheet: Sheet, program: Program) -> PassageRow:
    known = program.body_by_id.get(row["implementer"] or "")
    acts = row["implementer_text"] or (known.name(row["language"]) if known else row["implementer"])
    return PassageRow(
        passage_id=row["passage_id"], document=name, kind=row["kind"], section=tuple(row["section"]),
        implementer=acts, text=" ".join(sheet.text[row["start"] : row["end"]].split()) or "-",
    )  # fmt: skip


def _labels(
    sheet: Sheet, items: Sequence[Item], read: Collection[str | None], program: Program, guidelines: int
) -> Iterator[tuple[str, list[LabelRow]]]:
    beside: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.place != "orphaned":
            beside[sheet.home(item)].append(item)
    for row in sheet.passages:
        own = beside[row["passage_id"]]
        verdicts = verdicts_of(own, program.targets if row["passage_id"] in read else ())
        if verdicts:
            treatments = [i.treatment for i in own if i.state in HOLDS and i.treatment]
            yield row["passage_id"], [label_of(row["passage_id"], verdicts, treatments, guidelines)]


def verdicts_of(items: Iterable[Item], read: Iterable[str] = ()) -> dict[str, bool]:
    """Return what was decided in a passage: True for targets that hold there, False for those that do not.

    Args:
        read: targets of which nothing was claimed, and that are not there for this reason.
    """
    verdicts = dict.fromkeys(read, False)
    still = []
    for item in items:
        if item.state in HOLDS:
            verdicts[item.target] = True
        elif item.state == "rejected":
            verdicts.setdefault(item.target, False)
        else:
            still.append(item.target)
    for target in still:
        if not verdicts.get(target, True):
            del verdicts[target]  # somebody still has to decide
    return verdicts


def label_of(
    passage_id: str, verdicts: Mapping[str, bool], treatments: Sequence[Treatment], guidelines: int
) -> LabelRow:
    """Return verdicts on a passage as a row of labels; of several treatments the first counts."""
    holds = [target for target, right in verdicts.items() if right]
    numbers = {
        kind: tuple(sorted(int(t.partition(":")[2]) for t in holds if t.startswith(kind)))
        for kind in ("objective", "activity")
    }  # fmt: skip
    treatment = treatments[0] if treatments else None
    return LabelRow(
        passage_id=passage_id, annotator=ANNOTATOR, round="reviewed", guidelines=guidelines,
        role="activity" if treatment else "background", treatment=treatment, objectives=numbers["objective"],
        activities=numbers["activity"], sure=True,
        decided=(*sorted(verdicts), *([TREATMENT] if treatment else [])),
    )  # fmt: skip


def officer_annotations(officer: Officer, read: Annotations, program: Program, guidelines: int) -> Annotations:
    """Return what a simulated officer decided on annotated documents; each is an author of its own, as on a desk."""
    beside: dict[str, list[Item]] = defaultdict(list)
    for item in officer.settled:
        beside[str(item.passage_id)].append(item)
    labels = {}
    for key in officer.lot.passages:
        whole = {target: (key, target) in officer.lot.gold for target in program.targets} if key in officer.read else {}
        if verdicts := {**verdicts_of(beside[key]), **whole}:
            labels[key] = [label_of(key, verdicts, (), guidelines)]
    names = {read.passages[key].document for key in labels}
    documents = {
        name: row.model_copy(update={"author": f"desk-{name}", "family": None})
        for name, row in read.documents.items() if name in names
    }  # fmt: skip
    passages = {key: row for key, row in read.passages.items() if row.document in names}
    return Annotations(documents, passages, labels)


def write_lesson(base: Path, own: Annotations, out: Path) -> int:
    """Write an annotation folder that holds the annotations in `base` and what was decided; return its passages.

    Raises:
        AnnotationError: if `base` is malformed. UsageError: if nothing was decided, or it is in `base` already.
    """
    if not own.labels:
        raise UsageError("learn", "nothing was decided yet", "Decide on some reports first")
    known = load_annotations(base)
    both = sorted(set(known.documents) & set(own.documents))
    if both:
        raise UsageError(base, f"has learnt from these documents: {', '.join(both[:5])}", "Decide on others")
    out.mkdir(parents=True, exist_ok=True)
    tables: tuple[Iterable[BaseModel], ...] = (
        own.documents.values(), own.passages.values(), chain.from_iterable(own.labels.values())
    )  # fmt: skip
    for name, rows in zip(FILES, tables, strict=True):
        text = (base / name).read_text("utf-8")
        added = "".join(f"{row.model_dump_json(exclude_defaults=True)}\n" for row in rows)
        (out / name).write_text(text + ("" if text.endswith("\n") else "\n") + added, "utf-8")
    return len(known.passages) + len(own.passages)
