"""Standoff gold: the hash of an official document, offsets in its text, labels; no text."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from nlp.annotations.rows import Row
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
