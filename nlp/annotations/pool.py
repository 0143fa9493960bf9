"""The labels of a passage pooled into one opinion to learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nlp.annotations.rows import TREATMENT, Annotations, LabelRow, load_annotations
from nlp.records import is_lead_in

Weights = dict[str, float]
Opinion = Literal["counted", "every", "first", "second"]


@dataclass(frozen=True, slots=True)
class Annotated:
    """A training passage with its labels pooled: each weight is the share of annotators, in [0, 1].

    Attributes:
        implementer: who acts in it; body: who wrote the document, both as named, None if unnamed.
        author: who wrote it (groups for cross-validation); family: document or parallel family.
        lead_in: the passage that leads its list in, "" if none.
        versions: documents of that family, 1 or more.
        decided: targets that say something, of a passage reviewed on a desk; None where all do.
    """

    passage_id: str
    document: str
    text: str
    section: tuple[str, ...]
    lead_in: str
    implementer: str | None
    body: str | None
    language: str
    author: str
    family: str
    versions: int
    role: Weights
    treatment: Weights
    targets: Weights
    decided: frozenset[str] | None = None


def load_training(folder: Path, opinion: Opinion = "counted") -> list[Annotated]:
    """Return every labelled training passage in file order.

    Args:
        opinion: "counted" for the labels that hold (`Annotations.counted`); "every" for all blind readings and the
            adjudication, one vote each; "first" or "second" for one blind reading alone (where there is no second,
            the first), to measure what the others add.

    Raises:
        AnnotationError: as `load_annotations`.
    """
    return pool(load_annotations(folder), opinion)


def pool(read: Annotations, opinion: Opinion = "counted") -> list[Annotated]:
    """Return every labelled passage of annotations that were read, as `load_training` does."""
    versions = Counter(document.work for document in read.documents.values())
    leads = leads_in(read)
    keys = [key for key in read.passages if read.labels.get(key)]
    return [_pool(read, key, _opinion(read, key, opinion), versions, leads[key]) for key in keys]


def leads_in(read: Annotations) -> dict[str, str]:
    """Return for each passage the one that leads its list in, as in reports: it ends with a colon; "" if none does.

    Passages of a document stand together and in order.
    """
    found: dict[str, str] = {}
    document, lead = "", ""
    for key, row in read.passages.items():
        if row.document != document:
            document, lead = row.document, ""
        if row.kind != "list_item":
            lead = row.text if is_lead_in(row.text) else ""
        found[key] = lead if row.kind == "list_item" else ""
    return found


def _opinion(read: Annotations, key: str, opinion: Opinion) -> list[LabelRow]:
    blind = read.blind(key)
    if opinion == "counted" or not blind:
        return read.counted(key)
    if opinion == "every":
        return [*blind, *read.given(key, "adjudicated")[-1:]]
    return blind[:2][-1:] if opinion == "second" else blind[:1]


def _pool(
    read: Annotations, key: str, labels: Sequence[LabelRow], versions: Mapping[str, int], lead_in: str
) -> Annotated:
    """The passage `key` with the shares of `labels`, which are not empty."""
    row = read.passages[key]
    document = read.documents[row.document]
    return Annotated(
        row.passage_id,
        row.document,
        row.text,
        row.section,
        lead_in,
        row.implementer,
        document.body,
        document.language,
        document.author,
        document.work,
        versions[document.work],
        _shares(([label.role] for label in labels if _says_what(label)), len(labels)),
        _shares(([label.treatment] for label in labels if label.treatment and _says_what(label)), len(labels)),
        _shares((label.targets() for label in labels), len(labels)),
        None if labels[0].decided is None else frozenset(labels[0].decided) - {TREATMENT},
    )


def _says_what(label: LabelRow) -> bool:
    """Whether somebody decided on role and treatment."""
    return label.decided is None or TREATMENT in label.decided


def _shares(votes: Iterable[Iterable[str]], total: int) -> Weights:
    counts = Counter(item for vote in votes for item in set(vote))
    return {item: count / total for item, count in counts.items()}
