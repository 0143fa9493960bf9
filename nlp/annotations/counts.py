"""What an annotation folder holds: passages by every side of them, positives per label, and the goals it was set."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from nlp.annotations.rows import Annotations, PassageRow, Row
from nlp.errors import AnnotationError

Table = dict[str, float]
Tables = dict[str, defaultdict[str, float]]
GOALS = "goals.json"
SENTENCE = 10  # words: less is a title, a place or a figure, and easy to tell from evidence
LENGTHS = (15, 30, 60, 100, 150)


def count_labels(read: Annotations) -> dict[str, Table]:
    """Return counts of passages by language, role, treatment, genre, author, readings, length and target.

    A passage counts towards a role, treatment or target by the share of the labels that hold (`Annotations.counted`).
    """
    names = ("language", "role", "treatment", "genre", "author", "blind readings", "adjudicated", "words", "targets")
    tables: Tables = {name: defaultdict(int) for name in names}
    for key, passage in read.passages.items():
        document = read.documents[passage.document]
        tables["language"][document.language] += 1
        tables["genre"][document.genre] += 1
        tables["author"][document.author] += 1
        tables["blind readings"][str(len(read.blind(key)))] += 1
        tables["adjudicated"]["yes" if read.given(key, "adjudicated") else "no"] += 1
        tables["words"][_length(passage.text)] += 1
        _add_shares(tables, read, key)
    return {name: dict(sorted(table.items(), key=_natural)) for name, table in tables.items()}


def _add_shares(tables: Tables, read: Annotations, key: str) -> None:
    labels = read.counted(key)
    for label in labels:
        share = 1 / len(labels)
        tables["role"][label.role] += share
        if label.treatment:
            tables["treatment"][label.treatment] += share
        for target in label.targets():
            tables["targets"][target] += share


def _length(text: str) -> str:
    words = len(text.split())
    return next((f"up to {bound}" for bound in LENGTHS if words <= bound), f"more than {LENGTHS[-1]}")


def _natural(item: tuple[str, float]) -> tuple[str, int]:
    name, _, number = item[0].partition(":")
    return ("" if name == "objective" else name, int(number) if number.isdigit() else 0)


def targets_by_language(read: Annotations) -> dict[str, Table]:
    """Return the positives of every target given, per language of the document."""
    tables: Tables = defaultdict(lambda: defaultdict(int))
    for key, passage in read.passages.items():
        labels, language = read.counted(key), read.documents[passage.document].language
        for label in labels:
            for target in label.targets():
                tables[target][language] += 1 / len(labels)
    return {target: dict(table) for target, table in sorted(tables.items(), key=lambda item: _natural((item[0], 0)))}


@dataclass(frozen=True, slots=True)
class Decided:
    """What an adjudicator did: passages decided, and how many of them got labels that nobody had given before."""

    annotator: str
    guidelines: int
    passages: int
    new: int


def adjudicators(read: Annotations) -> list[Decided]:
    """Return what each adjudicator did, by name; re-readings of the audit are among them."""
    passages: Counter[tuple[str, int]] = Counter()
    new: Counter[tuple[str, int]] = Counter()
    for rows in read.labels.values():
        for place, row in enumerate(rows):
            if row.round == "adjudicated":
                earlier = {_said(before) for before in rows[:place] if before.round in ("blind", "adjudicated")}
                passages[row.annotator, row.guidelines] += 1
                new[row.annotator, row.guidelines] += _said(row) not in earlier
    return [Decided(*key, count, new[key]) for key, count in sorted(passages.items())]


class Goals(Row):
    """What a folder has to hold: least passages, share of each language, families, positives a label, and so on."""

    passages: int
    languages: dict[str, float]
    families: int
    positives: dict[Literal["objective", "activity"], int]
    hard_negatives: int
    blind_readings: int


@dataclass(frozen=True, slots=True)
class Score:
    """A goal beside what was counted."""

    name: str
    counted: float
    goal: float

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.counted >= self.goal


def load_goals(path: Path) -> Goals | None:
    """Return the goals in `path` (JSON); None when there is no such file.

    Raises:
        AnnotationError: if it is malformed.
    """
    if not path.is_file():
        return None
    try:
        return Goals.model_validate_json(path.read_bytes())
    except (ValidationError, json.JSONDecodeError) as error:
        raise AnnotationError(path, str(error).splitlines()[0], "Mend this file") from None


def measure(read: Annotations, goals: Goals, targets: tuple[str, ...]) -> list[Score]:
    """Return how far the goals are met; of `targets` (all labels of the codebook) each kind's rarest counts."""
    counts = count_labels(read)
    total = max(len(read.passages), 1)
    labelled = sum(bool(read.counted(key)) for key in read.passages)
    readings = (sum(len(read.blind(key)) >= goals.blind_readings for key in read.passages)) / total
    rows = [Score("labelled passages", labelled, goals.passages)]
    rows += [
        Score(f"share of {name}", round(counts["language"].get(name, 0) / total, 4), share)
        for name, share in goals.languages.items()
    ]
    families = {document.family for document in read.documents.values() if document.family}
    rows.append(Score("parallel families", len(families), goals.families))
    for kind, least in goals.positives.items():
        own = {target: counts["targets"].get(target, 0) for target in targets if target.startswith(f"{kind}:")}
        rarest = min(own, key=lambda target: own[target])
        rows.append(Score(f"positives of the rarest {kind} ({rarest})", round(own[rarest], 1), least))
    rows.append(
        Score("hard negatives", sum(hard_negative(read, row) for row in read.passages.values()), goals.hard_negatives)
    )
    rows.append(Score(f"share read blind {goals.blind_readings} times", round(readings, 4), 1.0))
    rows.append(Score("share of disagreements adjudicated", round(_decided(read), 4), 1.0))
    return rows


def hard_negative(read: Annotations, row: PassageRow) -> bool:
    """Whether a passage of full sentences, not a heading, is evidence of nothing."""
    labels = read.counted(row.passage_id)
    if not labels or len(row.text.split()) < SENTENCE:
        return False
    return not any(label.targets() or label.role == "heading" for label in labels)


def disagree(read: Annotations, key: str) -> bool:
    """Whether the blind readings of a passage differ in role, treatment, labels or the first objective."""
    return len({_said(label) for label in read.blind(key)}) > 1


def _said(label: Any) -> tuple[Any, ...]:
    first = label.objectives[:1]
    return label.role, label.treatment, frozenset(label.objectives), frozenset(label.activities), first


def _decided(read: Annotations) -> float:
    open_ = [key for key in read.passages if disagree(read, key)]
    return sum(bool(read.given(key, "adjudicated")) for key in open_) / len(open_) if open_ else 1.0
