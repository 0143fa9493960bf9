"""Human labels: the training passages with every annotator's labels, and standoff gold for official documents.

``annotations/training/`` is relational JSONL: ``documents.jsonl`` (a row a document), ``passages.jsonl`` (a row a
passage, with its text, which is ours) and ``labels.jsonl`` (a row a passage and annotator; append-only). Standoff
gold (``*.standoff.json``) holds no text: a document's hash, offsets, labels.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlp.errors import AnnotationError
from nlp.records import Role, Span, Treatment

Weights = dict[str, float]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentRow(_Row):
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


class PassageRow(_Row):
    """A passage of the training set: its text and what stands around it."""

    passage_id: str
    document: str
    kind: str
    section: tuple[str, ...]
    implementer: str | None
    text: str = Field(min_length=1)


class LabelRow(_Row):
    """One annotator's labels of one passage; round "blind" when she did not see earlier labels."""

    passage_id: str
    annotator: str
    round: Literal["writer", "blind"]
    role: Role
    treatment: Treatment | None
    objectives: tuple[int, ...]
    activities: tuple[int, ...]
    sure: bool

    def targets(self) -> tuple[str, ...]:
        """Targets named, objectives first."""
        return (*(f"objective:{n}" for n in self.objectives), *(f"activity:{n}" for n in self.activities))


@dataclass(frozen=True, slots=True)
class Annotated:
    """A training passage with its labels pooled: each weight is the share of annotators, in [0, 1].

    Attributes:
        implementer: who acts in it; body: who wrote the document, both as named, None if unnamed.
        author: who wrote it (groups for cross-validation); family: document or parallel family.
    """

    passage_id: str
    text: str
    section: tuple[str, ...]
    implementer: str | None
    body: str | None
    language: str
    author: str
    family: str
    role: Weights
    treatment: Weights
    targets: Weights


def _rows(path: Path, model: type[BaseModel]) -> Iterator[Any]:
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

    def blind(self, passage_id: str) -> list[LabelRow]:
        """The labels of annotators who saw no earlier ones, one per annotator."""
        return [label for label in self.labels.get(passage_id, []) if label.round == "blind"]


def load_annotations(folder: Path) -> Annotations:
    """Read the three files of an annotation folder.

    Raises:
        AnnotationError: if a file is missing or malformed (file and line are named), a label has no passage, a
            passage no document, an id stands twice, or an annotator labelled a passage twice.
    """
    documents = _by_id(folder / "documents.jsonl", DocumentRow, "doc_id")
    passages = _by_id(folder / "passages.jsonl", PassageRow, "passage_id")
    labels: dict[str, list[LabelRow]] = defaultdict(list)
    for label in _rows(folder / "labels.jsonl", LabelRow):
        labels[label.passage_id].append(label)
    lost = [row.passage_id for row in passages.values() if row.document not in documents]
    if lost:
        raise AnnotationError(folder / "passages.jsonl", f"passages without a document: {', '.join(lost[:5])}")
    orphans = set(labels) - set(passages)
    if orphans:
        raise AnnotationError(folder / "labels.jsonl", f"labels without a passage: {', '.join(sorted(orphans)[:5])}")
    twice = [key for key, rows in labels.items() if len({row.annotator for row in rows}) < len(rows)]
    if twice:
        raise AnnotationError(folder / "labels.jsonl", f"labelled twice by one annotator: {', '.join(twice[:5])}")
    return Annotations(documents, passages, dict(labels))


def _by_id(path: Path, model: type[BaseModel], key: str) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for row in _rows(path, model):
        if getattr(row, key) in table:
            raise AnnotationError(path, f"{getattr(row, key)} stands twice")
        table[getattr(row, key)] = row
    return table


def load_training(folder: Path) -> list[Annotated]:
    """Return every labelled training passage in file order.

    Blind labels count where there are any; a writer's own labels only where nobody read blind.

    Raises:
        AnnotationError: as `load_annotations`.
    """
    read = load_annotations(folder)
    rows = [row for row in read.passages.values() if read.labels.get(row.passage_id)]
    return [_pool(row, read.documents[row.document], read.labels[row.passage_id]) for row in rows]


def count_labels(read: Annotations) -> dict[str, dict[str, float]]:
    """Return counts of passages by language, role, treatment, genre, author, blind annotators, length and target.

    A passage counts towards a role, treatment or target by the share of its annotators who gave it (blind ones where
    there are any).
    """
    names = ("language", "role", "treatment", "genre", "author", "blind annotators", "words", "targets")
    tables: dict[str, Counter[str]] = {name: Counter() for name in names}
    for key, passage in read.passages.items():
        document, labels = read.documents[passage.document], read.blind(key) or read.labels.get(key, [])
        tables["language"][document.language] += 1
        tables["genre"][document.genre] += 1
        tables["author"][document.author] += 1
        tables["blind annotators"][str(len(read.blind(key)))] += 1
        tables["words"][_length(passage.text)] += 1
        for label in labels:
            share = 1 / len(labels)
            tables["role"][label.role] += share  # type: ignore[assignment]
            if label.treatment:
                tables["treatment"][label.treatment] += share  # type: ignore[assignment]
            for target in label.targets():
                tables["targets"][target] += share  # type: ignore[assignment]
    return {name: dict(sorted(table.items(), key=_natural)) for name, table in tables.items()}


def _length(text: str) -> str:
    words = len(text.split())
    return next((f"up to {bound}" for bound in (15, 30, 60, 100, 150) if words <= bound), "more than 150")


def _natural(item: tuple[str, float]) -> tuple[str, int]:
    name, _, number = item[0].partition(":")
    return ("" if name == "objective" else name, int(number) if number.isdigit() else 0)


def _pool(row: PassageRow, document: DocumentRow, labels: list[LabelRow]) -> Annotated:
    counted = [label for label in labels if label.round == "blind"] or labels
    return Annotated(
        row.passage_id,
        row.text,
        row.section,
        row.implementer,
        document.body,
        document.language,
        document.author,
        document.family or document.doc_id,
        _shares(([label.role] for label in counted), len(counted)),
        _shares(([label.treatment] for label in counted if label.treatment), len(counted)),
        _shares((label.targets() for label in counted), len(counted)),
    )


def _shares(votes: Iterable[Iterable[str]], total: int) -> Weights:
    counts = Counter(item for vote in votes for item in set(vote))
    return {item: count / total for item, count in counts.items()}


class LabelSet(_Row):
    """Labels two annotators left: required ones both gave (or adjudication kept), permitted ones that do no harm."""

    required: tuple[int, ...]
    permitted: tuple[int, ...]


class GoldUnit(_Row):
    """A unit of a gold document; `role` lists every role that an annotator accepted."""

    start: int
    end: int
    role: tuple[Role, ...]
    objectives: LabelSet
    activities: LabelSet
    sure: bool

    @property
    def span(self) -> Span:
        """Where it stands in the document's canonical text."""
        return Span(self.start, self.end)


class Gold(_Row):
    """A doubly annotated official document, standoff: its hash, and labels by offset; no text."""

    document: str
    sha256: str
    offsets: str
    annotators: int
    agreement: dict[str, float]
    units: tuple[GoldUnit, ...]


def load_gold(path: Path) -> Gold:
    """Return a standoff gold file.

    Raises:
        AnnotationError: if it is missing or malformed.
    """
    try:
        return Gold.model_validate(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        raise AnnotationError(path, "missing") from None
    except (ValidationError, json.JSONDecodeError) as error:
        raise AnnotationError(path, f"not a standoff file: {str(error).splitlines()[0]}") from None
