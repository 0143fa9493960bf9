"""What a run exports, as statements: in input order, a document at the first input that holds it.

All of them stream: with the indexes of `tables`, SQLite needs no sorting (a test holds it to that).
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Dialect,
    FromClause,
    ScalarSelect,
    Select,
    Table,
    Text,
    TypeDecorator,
    and_,
    func,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from nlp.store.tables import documents, inputs, links, passages, runs, texts

Statement: TypeAlias = "Select[*tuple[Any, ...]]"


class _Encoded(TypeDecorator[bytes]):
    impl = Text
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """Return a text of a database that gives no bytes as bytes."""
        return value.encode() if isinstance(value, str) else value


class encoded(FunctionElement[bytes]):  # noqa: N801 - read as a function of SQL
    """A text as the bytes of its UTF-8, which SQLite gives as they are: to make a text and bytes again would cost."""

    type = _Encoded()
    inherit_cache = True


@compiles(encoded, "sqlite")
def _blob(element: encoded, compiler: SQLCompiler, **rest: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **rest)} AS BLOB)"


@compiles(encoded, "postgresql")
def _text(element: encoded, compiler: SQLCompiler, **rest: Any) -> str:
    return compiler.process(element.clauses, **rest)  # bytes would travel as hex


def ledger(run_id: int) -> Statement:
    """Select position, input, document_id, status, reason, seconds, row, same_as of every input."""
    other = inputs.alias("other")
    same = and_(
        other.c.run_id == run_id, other.c.position == _first_place(run_id), other.c.position < inputs.c.position
    )
    source = inputs.outerjoin(documents, _holds(inputs, run_id)).outerjoin(other, same)
    own = [inputs.c[name] for name in ("position", "input", "document_id", "status", "reason")]
    seconds = [inputs.c.read_seconds, inputs.c.map_seconds]
    columns = [*own, *seconds, documents.c.row, other.c.input.label("same_as")]
    return select(*columns).select_from(source).where(inputs.c.run_id == run_id).order_by(inputs.c.position)


def documents_read(run_id: int) -> Statement:
    """Select document_id, row, input: a row for every input that holds a document that was read."""
    twin, other = inputs.alias("twin"), inputs.alias("other")
    same = and_(twin.c.run_id == run_id, twin.c.document_id == inputs.c.document_id)  # from the index alone
    place = and_(other.c.run_id == run_id, other.c.position == twin.c.position)
    source = _held(run_id).join(twin, same).join(other, place)
    found = _firsts(select(documents.c.document_id, documents.c.row, other.c.input).select_from(source), run_id)
    return found.where(documents.c.row.is_not(None)).order_by(inputs.c.position, twin.c.position)


def texts_read(run_id: int) -> Statement:
    """Select document_id and canonical text."""
    source = _held(run_id).join(texts, texts.c.document == documents.c.document)
    found = select(documents.c.document_id, texts.c.text).select_from(source)
    return _firsts(found, run_id).order_by(inputs.c.position)


def passage_rows(run_id: int) -> Statement:
    """Select the rows of all passages, `encoded`."""
    return _parts(passages, run_id)


def link_rows(run_id: int) -> Statement:
    """Select the rows of all links, `encoded`."""
    return _parts(links, run_id)


def totals(run_id: int) -> Statement:
    """Select how many distinct documents were read, and how many passages and links they hold."""
    held = select(inputs.c.document_id).where(inputs.c.run_id == run_id, inputs.c.document_id.is_not(None)).distinct()
    named = held.subquery("held")
    source = named.join(documents, _holds(named, run_id))
    counted = [func.count(), *(func.coalesce(func.sum(documents.c[name]), 0) for name in ("passages", "links"))]
    return select(*counted).select_from(source).where(documents.c.row.is_not(None))


def _parts(part: Table, run_id: int) -> Statement:
    source = _held(run_id).join(part, part.c.document == documents.c.document)
    return _firsts(select(encoded(part.c.row)).select_from(source), run_id).order_by(inputs.c.position, part.c.number)


def _held(run_id: int) -> FromClause:
    return inputs.join(documents, _holds(inputs, run_id))


def _firsts(statement: Statement, run_id: int) -> Statement:
    """Keep the first input of every document."""
    return statement.where(inputs.c.run_id == run_id, inputs.c.position == _first_place(run_id))


def _first_place(run_id: int) -> ScalarSelect[int]:
    """Return the position of the first input of the run that holds the same document."""
    twin = inputs.alias("twin")
    same = and_(twin.c.run_id == run_id, twin.c.document_id == inputs.c.document_id)
    return select(func.min(twin.c.position)).where(same).scalar_subquery()


def _holds(held: FromClause, run_id: int) -> ColumnElement[bool]:
    """Say which document an input of the run holds: that with the key of the run."""
    key = select(runs.c.key).where(runs.c.run_id == run_id).scalar_subquery()
    return and_(documents.c.document_id == held.c.document_id, documents.c.key == key)
