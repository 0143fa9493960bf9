"""The rows of an annotation folder: documents, passages and every annotator's labels of them.

Relational JSONL: ``documents.jsonl`` (a row a document), ``passages.jsonl`` (a row a passage, with its text, which is
ours) and ``labels.jsonl`` (a row a passage and annotator; append-only).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nlp.errors import AnnotationError
from nlp.records import Role, Treatment

FROZEN = "frozen.sha256"
MOST = 3  # objectives, and activities, of a passage that was labelled
TREATMENT = "treatment"  # as a thing that was decided
FILES = ("documents.jsonl", "passages.jsonl", "labels.jsonl")
Round = Literal["writer", "blind", "carried", "adjudicated", "reviewed"]


class Row(BaseModel):
    """A row that cannot be changed and has no field that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentRow(Row):
    """A document of the training set; `family` joins translations of one text."""

    doc_id: str
    title: str | None
    genre: str
    body: str | None
    year: int | None
    language: str
    author: str
    family: str | None
    original_language: str | None

    @property
    def work(self) -> str:
        """The text that it is a version of: its family, or itself."""
        return self.family or self.doc_id


class PassageRow(Row):
    """A passage of the training set: its text and what stands around it."""

    passage_id: str
    document: str
    kind: str
    section: tuple[str, ...]
    implementer: str | None
    text: str = Field(min_length=1)


class LabelRow(Row):
    """One annotator's labels of one passage.

    Attributes:
        round: "writer" (given while writing, some without treatment), "blind" (by one who saw no earlier labels),
            "carried" (of the text that this one translates), "adjudicated" (decided after the blind readings),
            "reviewed" (decided on a review desk, with the machine's suggestions in view).
        guidelines: version of the guidelines that she followed, 1 or more.
        reason: why, for adjudicated labels; empty otherwise.
        decided: of a reviewed passage, what was decided: targets, and "treatment" where that was; nothing else in the
            row says anything. None where the whole passage was labelled.
    """

    passage_id: str
    annotator: str
    round: Round
    guidelines: int = Field(ge=1)
    role: Role
    treatment: Treatment | None
    objectives: tuple[int, ...]
    activities: tuple[int, ...]
    sure: bool
    reason: str = ""
    decided: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _whole(self) -> LabelRow:
        if self.treatment and self.role != "activity":
            raise ValueError("only an activity has a treatment")
        if self.role == "activity" and not self.treatment and self.round != "writer":
            raise ValueError("an activity needs a treatment")
        for numbers in (self.objectives, self.activities):
            if len(set(numbers)) < len(numbers):
                raise ValueError("a number stands twice")
            if len(numbers) > MOST and self.round != "reviewed":
                raise ValueError(f"{MOST} of a kind at most")
        if (self.round == "reviewed") != (self.decided is not None):
            raise ValueError("reviewed labels say what was decided, others do not")
        if set(self.targets()) - set(self.targets() if self.decided is None else self.decided):
            raise ValueError("a label that was not decided")
        if (self.round == "adjudicated") != bool(self.reason.strip()):
            raise ValueError("adjudicated labels have a reason, others have none")
        return self

    def targets(self) -> tuple[str, ...]:
        """Targets named, objectives first."""
        return (*(f"objective:{n}" for n in self.objectives), *(f"activity:{n}" for n in self.activities))


def read_rows(path: Path, model: type[BaseModel]) -> Iterator[Any]:
    """Yield the lines of a JSON Lines file as `model`.

    Raises:
        AnnotationError: if the file is missing, or a line malformed (file and line are named).
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except FileNotFoundError:
        raise AnnotationError(path, "missing", "Restore it from the repository") from None
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            yield model.model_validate_json(line)
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(map(str, fault["loc"]))
            raise AnnotationError(f"{path}:{number}", f"{place}: {fault['msg']}", "Mend this line") from None


@dataclass(frozen=True, slots=True)
class Annotations:
    """An annotation folder, read and joined: rows by id, labels by passage in the order they were given."""

    documents: dict[str, DocumentRow]
    passages: dict[str, PassageRow]
    labels: dict[str, list[LabelRow]]

    def given(self, passage_id: str, in_round: Round) -> list[LabelRow]:
        """Return the labels that a passage got in one round, in the order they were given."""
        return [label for label in self.labels.get(passage_id, []) if label.round == in_round]

    def blind(self, passage_id: str) -> list[LabelRow]:
        """Return the labels of annotators who saw no earlier ones, one per annotator."""
        return self.given(passage_id, "blind")

    def counted(self, passage_id: str) -> list[LabelRow]:
        """Return the labels that hold: the last adjudication; else the blind ones, carried, the writer's, reviewed."""
        adjudicated = self.given(passage_id, "adjudicated")
        return (
            adjudicated[-1:]
            or self.blind(passage_id)
            or self.given(passage_id, "carried")
            or self.given(passage_id, "writer")
            or self.given(passage_id, "reviewed")
        )


def load_annotations(folder: Path) -> Annotations:
    """Read the three files of an annotation folder.

    Raises:
        AnnotationError: if a file is missing or malformed (file and line are named), a label has no passage, a
            passage no document, an id stands twice, or an annotator labelled a passage twice.
    """
    documents = _by_id(folder / "documents.jsonl", DocumentRow, "doc_id")
    passages = _by_id(folder / "passages.jsonl", PassageRow, "passage_id")
    labels: dict[str, list[LabelRow]] = defaultdict(list)
    for label in read_rows(folder / "labels.jsonl", LabelRow):
        labels[label.passage_id].append(label)
    lost = [row.passage_id for row in passages.values() if row.document not in documents]
    if lost:
        raise AnnotationError(folder / "passages.jsonl", f"passages without a document: {', '.join(lost[:5])}")
    orphans = set(labels) - set(passages)
    if orphans:
        raise AnnotationError(folder / "labels.jsonl", f"labels without a passage: {', '.join(sorted(orphans)[:5])}")
    twice = [key for key, rows in labels.items() if len({(row.annotator, row.round) for row in rows}) < len(rows)]
    if twice:
        raise AnnotationError(folder / "labels.jsonl", f"labelled twice by one annotator: {', '.join(twice[:5])}")
    return Annotations(documents, passages, dict(labels))


def _by_id(path: Path, model: type[BaseModel], key: str) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for row in read_rows(path, model):
        if getattr(row, key) in table:
            raise AnnotationError(path, f"{getattr(row, key)} stands twice")
        table[getattr(row, key)] = row
    return table


def append_labels(folder: Path, rows: Sequence[LabelRow]) -> int:
    """Append labels to an annotation folder; return how many were new. Nothing is written when one does not fit.

    Raises:
        AnnotationError: as `load_annotations`; if the folder is frozen, an annotator gave one of the passages other
            labels before in this round, or adjudicates one that nobody has read blind.
    """
    if (folder / FROZEN).exists():
        raise AnnotationError(folder, "is frozen", f"Remove {FROZEN} if it is to change, and tell why")
    read = load_annotations(folder)
    rows = [row for row in rows if row not in read.labels.get(row.passage_id, ())]
    for row in rows:
        _require_new(read, row)
    counts = Counter((row.passage_id, row.annotator) for row in rows)
    twice = next((key for (key, _), count in counts.items() if count > 1), None)
    if twice:
        raise AnnotationError(twice, "stands twice in these labels", "Leave one of the two")
    path = folder / "labels.jsonl"
    added = "".join(row.model_dump_json(exclude_defaults=True) + "\n" for row in rows)
    part = path.with_suffix(".part")
    old = path.read_bytes()
    part.write_bytes(old + (b"" if old.endswith(b"\n") or not old else b"\n") + added.encode())
    part.replace(path)
    return len(rows)


def _require_new(read: Annotations, row: LabelRow) -> None:
    if row.passage_id not in read.passages:
        raise AnnotationError(row.passage_id, "no such passage in the folder")
    if any(row.annotator == other.annotator for other in read.given(row.passage_id, row.round)):
        raise AnnotationError(row.passage_id, f"{row.annotator} has given it other labels", "Take another name")
    if row.round == "adjudicated" and not read.blind(row.passage_id):
        raise AnnotationError(row.passage_id, "adjudicated before anybody read it blind", "Import blind readings first")
