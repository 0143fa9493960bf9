"""A run as tables, the same for CSV, Parquet, XLSX and SQLite: what each holds, and its rows one by one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nlp.formats import fields
from nlp.formats.fields import Field, Kind, Table
from nlp.formats.source import Source, flat
from nlp.jsonl import read_rows
from nlp.program import LANGUAGES
from nlp.writers.walk import Row

NESTED: tuple[Kind, ...] = ("array", "object")
_CASTS: dict[Kind, Callable[[str], Any]] = {
    "integer": int, "number": float, "boolean": lambda cell: cell == "True", "array": json.loads, "object": json.loads,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """A table as it is exported.

    Attributes:
        rows: gives its rows, each with every field of the table. large: whether people would not open it in a sheet.
    """

    table: Table
    rows: Callable[[Source], Iterable[Row]]
    large: bool = False


def _languages(name: str, meaning: str, kind: Kind = "string", empty: bool = False) -> tuple[Field, ...]:
    return tuple(Field(f"{name}_{code}", kind, f"{meaning}, {code}", empty=empty) for code in LANGUAGES)


def _without(table: Table, *names: str) -> Table:
    return replace(table, fields=tuple(field for field in table.fields if field.name not in names))


_PASSAGES = _without(fields.PASSAGES, "probabilities")
PASSAGES = replace(
    _PASSAGES, fields=(*_PASSAGES.fields, Field("text", "string", "the passage, exactly canonical_text[start:end]"))
)
_FOUND = Field("document_id", "string", "as in documents; null where the input could not be read", empty=True)
COVERAGE = replace(
    fields.COVERAGE, fields=(replace(_FOUND, refers="documents.document_id"), *fields.COVERAGE.fields[1:])
)
PROBABILITIES = Table(
    "probabilities", "", "passage x target whose probability is not 0",
    (
        Field("passage_id", "string", "passage", key=True, refers="passages.passage_id"),
        replace(fields.TARGET, key=True),
        Field("probability", "number", "calibrated probability", "0 to 1"),
    ),
)  # fmt: skip
CODEBOOK = Table(
    "codebook", "", "a label of the codebook",
    (
        Field("target", "string", "objective:N or activity:N", key=True),
        Field("kind", "string", "what sort of label it is: objective or activity"),
        Field("article", "string", "article of the Program"),
        Field("implementer", "string", "body or group that it is given to", empty=True),
        Field("conditions", "array", "conditions under which it is to be done"),
        *_languages("title", "short title"),
        *_languages("counts", "what is evidence for it"),
        *_languages("excludes", "what is not, and where it goes"),
        *_languages("terms", "what reports call it", "array"),
    ),
)  # fmt: skip
CONCORDANCE = Table(
    "concordance", "", "this activity serves that objective",
    (
        Field("activity", "string", "target of the activity", key=True, refers="codebook.target"),
        Field("objective", "string", "target of the objective", key=True, refers="codebook.target"),
        Field("strength", "string", "how closely", values=("primary", "secondary")),
        Field("reason", "string", "why"),
    ),
)  # fmt: skip
LOOK_ALIKES = Table(
    "look_alikes", "", "a label that readers confuse with another",
    (
        Field("target", "string", "the label", key=True, refers="codebook.target"),
        Field("other", "string", "the look-alike", key=True, refers="codebook.target"),
        Field("rule", "string", "what tells them apart"),
    ),
)  # fmt: skip
IMPLEMENTERS = Table(
    "implementers", "", "a body that the codebook knows",
    (
        Field("implementer", "string", "its id", key=True),
        Field("group", "string", "group that it counts with"),
        Field("article", "string", "article of the Program; null where the Program does not name it", empty=True),
        *_languages("name", "its name"),
        *_languages("acronyms", "its acronyms", "array"),
    ),
)  # fmt: skip


def _inputs(source: Source) -> Iterator[Row]:
    for row in source.rows.read("ledger.jsonl"):
        yield {**row, "input": flat(row["input"]), "same_as": flat(row["same_as"])}


def _documents(source: Source) -> Iterator[Row]:
    for row in source.rows.read("documents.jsonl"):
        yield {**row, "inputs": flat(row["inputs"])}


def _passages(source: Source) -> Iterator[Row]:
    for found in source.found():
        text = source.rows.text(found.document) if found.document else ""
        for row in found.passages:
            yield {**row, "text": text[row["start"] : row["end"]]}


def _links(source: Source) -> Iterator[Row]:
    return filter(source.wants, source.rows.read("links.jsonl"))


def _probabilities(source: Source) -> Iterator[Row]:
    for row in read_rows(source.rows.files["passages.jsonl"]):
        for target, value in row["probabilities"].items():
            if value:
                yield {"passage_id": row["passage_id"], "target": target, "probability": value}


def _mapping(source: Source) -> Iterator[Row]:
    return (_cast(row, fields.MAPPING) for row in source.sheet("mapping.csv"))


def _coverage(source: Source) -> Iterator[Row]:
    read = {row["document_id"] for row in source.rows.read("documents.jsonl")}
    for cells in source.sheet("coverage.csv"):
        row = _cast(cells, COVERAGE)
        known = row["document_id"] if row["document_id"] in read else None
        yield {**row, "document_id": known, "input": flat(row["input"])}


def _cast(cells: Mapping[str, str], table: Table) -> Row:
    """A row of a CSV file as values; a cell that is empty is null where the field may be."""
    row: Row = {}
    for field in table.fields:
        cell = cells.get(field.name, "")
        row[field.name] = None if cell == "" and field.empty else _CASTS.get(field.kind, str)(cell)
    return row


def _codebook(source: Source) -> Iterator[Row]:
    for target, label in source.program.labels.items():
        own = {"target": target, "kind": target.partition(":")[0], "article": label.article}
        texts = {name: getattr(label, name) for name in ("title", "counts", "excludes", "terms")}
        spread = {f"{name}_{code}": text[code] for name, text in texts.items() for code in LANGUAGES}
        yield {**own, "implementer": label.implementer, "conditions": list(label.conditions), **spread}


def _concordance(source: Source) -> Iterator[Row]:
    for pair in source.program.concordance:
        ends = {"activity": f"activity:{pair.activity}", "objective": f"objective:{pair.objective}"}
        yield {**ends, "strength": pair.strength, "reason": pair.reason}


def _look_alikes(source: Source) -> Iterator[Row]:
    for target, label in source.program.labels.items():
        yield from ({"target": target, "other": other.target, "rule": other.rule} for other in label.confused_with)


def _implementers(source: Source) -> Iterator[Row]:
    for body in source.program.body_by_id.values():
        names = {f"name_{code}": body.names.get(code, "") for code in LANGUAGES}
        acronyms = {f"acronyms_{code}": body.acronyms.get(code, []) for code in LANGUAGES}
        yield {"implementer": body.id, "group": body.group, "article": body.article, **names, **acronyms}


VIEWS: dict[str, View] = {
    view.table.name: view
    for view in (
        View(fields.DOCUMENTS, _documents),
        View(PASSAGES, _passages),
        View(fields.LINKS, _links),
        View(fields.MAPPING, _mapping),
        View(COVERAGE, _coverage),
        View(fields.DECISIONS, Source.decisions),
        View(CODEBOOK, _codebook),
        View(CONCORDANCE, _concordance),
        View(LOOK_ALIKES, _look_alikes),
        View(IMPLEMENTERS, _implementers),
        View(fields.LEDGER, _inputs),
        View(PROBABILITIES, _probabilities, large=True),
    )
}
"""Tables by name, a table after those that it refers to where that can be."""


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield rows in lists of `size`, the last one shorter."""
    left = iter(rows)
    while batch := list(itertools.islice(left, size)):
        yield batch


def values(table: Table, row: Mapping[str, Any]) -> list[Any]:
    """Return a row in the order of the fields; what holds more than one value as JSON text."""
    return [_value(row.get(field.name), field) for field in table.fields]


def _value(value: Any, field: Field) -> Any:
    nested = field.kind in NESTED and value is not None
    return json.dumps(value, ensure_ascii=False, sort_keys=field.kind == "object") if nested else value


def row_of(table: Table, cells: Mapping[str, Any]) -> Row:
    """Undo `values`, given each value by its field; what only some folders have is left out where it is all empty."""
    whole = any(cells[field.name] for field in table.fields if field.optional)
    return {
        field.name: json.loads(value) if field.kind in NESTED and (value := cells[field.name]) else cells[field.name]
        for field in table.fields
        if whole or not field.optional
    }
