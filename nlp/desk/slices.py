"""Mapping a report slice by slice, so that its first tags are there while the rest is still being read.

Links and readings are those of a mapping at once, to the last bit: what is read of a passage hangs on itself and on the
passage before it, which each slice therefore reads along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from nlp.jsonl import line
from nlp.mapping import Mapping
from nlp.pipeline import Mapper
from nlp.structure.segment import Structured
from nlp.writers.rows import document_row, link_row, passage_row

FIRST, MOST = 8, 32  # passages of the first slice, and of the largest


@dataclass(frozen=True, slots=True)
class Slice:
    """What is known of some more passages of a report.

    Attributes:
        row: of the report, as in documents.jsonl; text: canonical text; both None but in the first slice.
        passages, links: rows (JSON) of these passages and their links. done, total: passages so far, and in all.
    """

    row: str | None
    text: str | None
    passages: tuple[str, ...]
    links: tuple[str, ...]
    done: int
    total: int


def map_slices(mapper: Mapper, structured: Structured, tell: Callable[[Slice], None]) -> Mapping:
    """Return what `Mapper.map` returns; `tell` hears of every slice as soon as it is read."""
    parts, done, total = [], 0, len(structured.passages)
    for start, end in _cuts(total):
        part = _part(mapper, structured, start, end)
        parts.append(part)
        done += len(part.passages)
        tell(_slice(part, done, total))
    whole = _joined(mapper, structured, parts) if parts else mapper.map(structured)
    return whole


def _cuts(total: int) -> Iterator[tuple[int, int]]:
    start, size = 0, FIRST
    while start < total:
        yield start, min(total, start + size)
        start, size = start + size, min(MOST, size * 2)


def _part(mapper: Mapper, structured: Structured, start: int, end: int) -> Mapping:
    """The mapping of some passages; the one before them is read along and forgotten."""
    before = min(start, 1)
    part = mapper.map(replace(structured, passages=structured.passages[start - before : end]))
    own = replace(structured, passages=structured.passages[start:end])
    ids = {passage.passage_id for passage in own.passages}
    links = tuple(link for link in part.links if link.passage_id in ids)
    return replace(part, structured=own, readings=part.readings[before:], links=links)


def _joined(mapper: Mapper, structured: Structured, parts: list[Mapping]) -> Mapping:
    text = structured.document.text
    words = ((text[p.span.start : p.span.end], p.language) for p in structured.passages)
    return replace(
        parts[0],
        structured=structured,
        readings=tuple(reading for part in parts for reading in part.readings),
        links=tuple(link for part in parts for link in part.links),
        familiarity=mapper.model.known.familiarity(words),
    )


def _slice(part: Mapping, done: int, total: int) -> Slice:
    first = done == len(part.passages)
    pairs = zip(part.passages, part.readings, strict=True)
    return Slice(
        line(document_row(part)) if first else None,
        part.text if first else None,
        tuple(line(passage_row(passage, reading)) for passage, reading in pairs),
        tuple(line(link_row(link, part.model, part.program.digest)) for link in part.links),
        done,
        total,
    )
