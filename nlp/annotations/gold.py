"""Standoff gold: the hash of an official document, offsets in its text, labels; no text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from nlp.annotations.rows import LabelRow, Row
from nlp.errors import AnnotationError
from nlp.records import Role, Span, Treatment


class LabelSet(Row):
    """Labels two annotators left: required ones both gave (or adjudication kept), permitted ones that do no harm."""

    required: tuple[int, ...]
    permitted: tuple[int, ...]


class GoldUnit(Row):
    """A unit of a gold document; `role` and `treatment` list all that an annotator accepted (no treatment: unknown)."""

    start: int
    end: int
    role: tuple[Role, ...]
    treatment: tuple[Treatment, ...] = ()
    objectives: LabelSet
    activities: LabelSet
    sure: bool

    @property
    def span(self) -> Span:
        """Where it stands in the document's canonical text."""
        return Span(self.start, self.end)


def unit_of(start: int, end: int, labels: Sequence[LabelRow]) -> GoldUnit:
    """Return the unit at `start` to `end` as the labels that hold say; what only some of several gave is permitted."""
    return GoldUnit(
        start=start,
        end=end,
        role=tuple(dict.fromkeys(label.role for label in labels)),
        treatment=tuple(dict.fromkeys(label.treatment for label in labels if label.treatment)),
        objectives=_set([label.objectives for label in labels]),
        activities=_set([label.activities for label in labels]),
        sure=all(label.sure for label in labels),
    )


def _set(given: Sequence[tuple[int, ...]]) -> LabelSet:
    numbers = dict.fromkeys(number for numbers in given for number in numbers)
    required = tuple(number for number in numbers if all(number in own for own in given))
    return LabelSet(required=required, permitted=tuple(number for number in numbers if number not in required))


class Gold(Row):
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
