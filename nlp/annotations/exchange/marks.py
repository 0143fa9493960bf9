"""What goes out to labelling tools and comes back: a passage with what stands around it, and marks on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from nlp.annotations.rows import Annotations, LabelRow, Round
from nlp.errors import AnnotationError
from nlp.program import Program
from nlp.records import ROLES, TREATMENTS

UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Marks:
    """Labels as a tool holds them; `role` is None where nobody has labelled yet."""

    role: str | None = None
    treatment: str | None = None
    objectives: tuple[int, ...] = ()
    activities: tuple[int, ...] = ()
    sure: bool = True
    reason: str = ""

    @classmethod
    def of(cls, row: LabelRow) -> Marks:
        """The marks of a row of labels."""
        return cls(row.role, row.treatment, row.objectives, row.activities, row.sure, row.reason)

    def tags(self) -> list[str]:
        """Return the marks as words, the most important first: role:activity, treatment:done, objective:16 ..."""
        tags = [f"role:{self.role}"] if self.role else []
        tags += [f"treatment:{self.treatment}"] if self.treatment else []
        tags += [f"objective:{number}" for number in self.objectives]
        tags += [f"activity:{number}" for number in self.activities]
        return tags if self.sure else [*tags, UNSURE]

    @classmethod
    def from_tags(cls, tags: Iterable[str], reason: str = "") -> Marks:
        """Read `tags` back.

        Raises:
            ValueError: if a tag is none of ours.
        """
        found: dict[str, list[str]] = {"role": [], "treatment": [], "objective": [], "activity": []}
        sure = True
        for tag in tags:
            kind, _, value = tag.partition(":")
            if tag == UNSURE:
                sure = False
            elif kind in found and value:
                found[kind].append(value)
            else:
                raise ValueError(f"{tag!r} is not a tag of ours")
        if len(found["role"]) > 1 or len(found["treatment"]) > 1:
            raise ValueError("two roles or two treatments")
        role, treatment = (next(iter(found[kind]), None) for kind in ("role", "treatment"))
        objectives, activities = (tuple(map(int, found[kind])) for kind in ("objective", "activity"))
        return cls(role, treatment, objectives, activities, sure, reason)


@dataclass(frozen=True, slots=True)
class Item:
    """A passage on its way to or from a tool.

    Attributes:
        text: as it stands in the folder; None when a file that comes back does not hold it.
        before: the passage before it in its document. readings: labels to show beside it, in words.
        by: who labelled it, as the tool knows her; "" where the tool does not say.
    """

    passage_id: str
    text: str | None
    marks: Marks = Marks()
    document: str = ""
    language: str = ""
    section: tuple[str, ...] = ()
    implementer: str = ""
    before: str = ""
    readings: tuple[str, ...] = ()
    by: str = ""


def around(item: Item) -> dict[str, str]:
    """What a tool shows or keeps beside the text, and hands back."""
    return {
        "passage_id": item.passage_id,
        "section": " > ".join(item.section),
        "implementer": item.implementer,
        "before": item.before,
    }


def json_lines(content: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON Lines, empty lines left out.

    Raises:
        json.JSONDecodeError: if a line is no JSON.
    """
    yield from (json.loads(line) for line in content.split("\n") if line.strip())


def items(read: Annotations, keys: Iterable[str], marks: Callable[[str], Marks], readings: bool = False) -> list[Item]:
    """Return the passages `keys` as items, with the marks that `marks` gives each."""
    order = list(read.passages)
    place = {key: number for number, key in enumerate(order)}
    found = []
    for key in keys:
        row = read.passages[key]
        document = read.documents[row.document]
        ahead = read.passages[order[place[key] - 1]] if place[key] else row
        found.append(
            Item(
                key,
                row.text,
                marks(key),
                row.document,
                document.language,
                row.section,
                row.implementer or "",
                ahead.text if ahead.document == row.document and ahead is not row else "",
                tuple(" ".join(Marks.of(label).tags()) for label in read.blind(key)) if readings else (),
            )
        )
    return found


def all_tags(program: Program) -> dict[str, str]:
    """Return every tag with its title for people, in the order of the codebook."""
    tags: dict[str, str] = {f"role:{role}": role for role in ROLES}
    tags |= {f"treatment:{treatment}": treatment for treatment in TREATMENTS}
    tags |= {target: f"{target.split(':')[1]} {label.title['en']}" for target, label in program.labels.items()}
    return {**tags, UNSURE: UNSURE}


def to_labels(
    found: Sequence[Item], read: Annotations, targets: Sequence[str], annotator: str, in_round: Round, guidelines: int
) -> list[LabelRow]:
    """Return rows to append to the labels, one for each item that has marks; remarks go with adjudicated ones only.

    Raises:
        AnnotationError: if a passage is unknown or its text has changed, or its marks are not in the codebook or not
            whole.
    """
    marked = [item for item in found if item.marks != Marks(sure=item.marks.sure)]
    return [_label(item, read, targets, annotator, in_round, guidelines) for item in marked]


def _label(
    item: Item, read: Annotations, targets: Sequence[str], annotator: str, in_round: Round, guidelines: int
) -> LabelRow:
    row = read.passages.get(item.passage_id)
    if row is None:
        raise AnnotationError(item.passage_id, "no such passage in the folder", "Import into the folder exported from")
    if item.text is not None and _plain(item.text) != _plain(row.text):
        raise AnnotationError(item.passage_id, "its text has changed since the export", "Export it again")
    marks = item.marks
    if not marks.role:
        raise AnnotationError(item.passage_id, "labels without a role", "Fill in its role, or clear the other fields")
    try:
        label = LabelRow.model_validate(
            {
                "passage_id": item.passage_id,
                "annotator": annotator,
                "round": in_round,
                "guidelines": guidelines,
                "role": marks.role,
                "treatment": marks.treatment,
                "objectives": marks.objectives,
                "activities": marks.activities,
                "sure": marks.sure,
                "reason": marks.reason if in_round == "adjudicated" else "",
            }
        )
    except ValidationError as error:
        raise AnnotationError(item.passage_id, error.errors()[0]["msg"], "Mend this passage") from None
    unknown = set(label.targets()) - set(targets)
    if unknown:
        raise AnnotationError(item.passage_id, f"not in the codebook: {', '.join(sorted(unknown))}")
    return label


def _plain(text: str) -> str:
    """The text without what table files cannot hold: control characters, differing blanks."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
