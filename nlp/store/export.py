"""What a run exports, as statements: in input order, a document at the first input that holds it.

All of them stream: with the indexes of `tables`, SQLite needs no sorting (a test holds it to that).
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, exists, func, select

from nlp.store.tables import documents, inputs, links, passages, runs, texts

Statement: TypeAlias = "Select[*tuple[Any, ...]]"


def ledger(run_id: int) -> Statement:
    """Select position, input, document_id, status, reason, seconds, row, same_as of every input."""
    twin, other = inputs.alias("twin"), inputs.alias("other")
    first = (
        select(func.min(twin.c.position))
        .where(twin.c.run_id == run_id, twin.c.document_id == inputs.c.document_id)
        .scalar_subquery()
    )
    same = and_(other.c.run_id == run_id, other.c.position == first, other.c.position < inputs.c.position)
    source = inputs.outerjoin(documents, _holds(inputs, run_id)).outerjoin(other, same)
    own = [inputs.c[name] for name in ("position", "input", "document_id", "status", "reason")]
    seconds = [inputs.c.read_seconds, inputs.c.map_seconds]
    columns = [*own, *seconds, documents.c.row, other.c.input.label("same_as")]
    return select(*columns).select_from(source).where(inputs.c.run_id == run_id).order_by(inputs.c.position)


def documents_read(run_id: int) -> Statement:
    """Select document_id, row, input: a row for every input that holds a document that was read."""
    twin = inputs.alias("twin")
    source = _first(run_id).join(twin, and_(twin.c.run_id == run_id, twin.c.document_id == inputs.c.document_id))
    found = select(documents.c.document_id, documents.c.row, twin.c.input).select_from(source)
    return _firsts(found, run_id).where(documents.c.row.is_not(None)).order_by(inputs.c.position, twin.c.position)


def texts_read(run_id: int) -> Statement:
    """Select document_id and canonical text."""
    source = _first(run_id).join(texts, texts.c.document == documents.c.document)
    found = select(documents.c.document_id, texts.c.text).select_from(source)
    return _firsts(found, run_id).order_by(inputs.c.position)


def passage_rows(run_id: int) -> Statement:
    """Select the rows of all passages."""
    return _parts(passages, run_id)


def link_rows(run_id: int) -> Statement:
    """Select the rows of all links."""
    return _parts(links, run_id)


def totals(run_id: int) -> Statement:
    """Select how many distinct documents were read, and how many passages and links they hold."""
    held = select(inputs.c.document_id).where(inputs.c.run_id == run_id, inputs.c.document_id.is_not(None)).distinct()
    named = held.subquery("held")
    source = named.join(documents, _holds(named, run_id))
    counted = [func.count(), *(func.coalesce(func.sum(documents.c[name]), 0) for name in ("passages", "links"))]
    return select(*counted).select_from(source).where(documents.c.row.is_not(None))


def _parts(part: Table, run_id: int) -> Statement:
    source = _first(run_id).join(part, part.c.document == documents.c.document)
    return _firsts(select(part.c.row).select_from(source), run_id).order_by(inputs.c.position, part.c.number)


def _first(run_id: int) -> FromClause:
    return inputs.join(documents, _holds(inputs, run_id))


def _firsts(statement: Statement, run_id: int) -> Statement:
    """Keep the first input of every document."""
    twin = inputs.alias("earlier")
    earlier = exists().where(
        twin.c.run_id == run_id, twin.c.document_id == inputs.c.document_id, twin.c.position < inputs.c.position
    )
    return statement.where(inputs.c.run_id == run_id, ~earlier)


def _holds(held: FromClause, run_id: int) -> ColumnElement[bool]:
    """Say which document an input of the run holds: that with the key of the run."""
    key = select(runs.c.key).where(runs.c.run_id == run_id).scalar_subquery()
    return and_(documents.c.document_id == held.c.document_id, documents.c.key == key)
