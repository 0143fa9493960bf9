"""What a store says: how far a run is, and what comes out of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Row, func, select

from nlp.store import export
from nlp.store.opening import look_engine
from nlp.store.rows import Counts, DocumentRow, LedgerRow, Run
from nlp.store.tables import inputs, runs

AT_ONCE = 500  # rows fetched together, where rows are short


class StoreReader:
    """Reads a store, also while a run writes into it; each answer is of one moment.

    Whatever yields, streams: memory stays flat. A ``with`` block closes it.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.name = name
        self._engine = engine

    @classmethod
    def look(cls, target: Path | str) -> StoreReader:
        """Open a store for reading, by path or URL; nothing is made, mended or set aside.

        Raises:
            StoreError: if there is none of this version. MissingExtra: if psycopg is missing.
            UsageError: if the URL is of no use.
        """
        return StoreReader(*look_engine(target))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def last_run(self) -> Run | None:
        """Return the run that began last, None if there is none."""
        with self._reading() as reader:
            row = reader.execute(select(runs).order_by(runs.c.run_id.desc()).limit(1)).mappings().first()
        if row is None:
            return None
        manifest = json.loads(row["manifest"]) if row["manifest"] else None
        return Run(**{**row, "settings": json.loads(row["settings"]), "manifest": manifest})

    def counts(self, run_id: int) -> Counts:
        """Return how far a run is; reads no passage and no link."""
        by_status = select(inputs.c.status, func.count()).where(inputs.c.run_id == run_id).group_by(inputs.c.status)
        with self._reading() as reader:
            statuses = {row[0]: row[1] for row in reader.execute(by_status.order_by(inputs.c.status))}
            read, held, linked = reader.execute(export.totals(run_id)).one()
        return Counts(sum(statuses.values()), read, int(held), int(linked), statuses)

    def failures(self, run_id: int, limit: int = 5) -> list[LedgerRow]:
        """Return the last inputs, in input order, that are not "ok"."""
        failed = export.ledger(run_id).where(inputs.c.status != "ok").order_by(None)
        with self._reading() as reader:
            found = reader.execute(failed.order_by(inputs.c.position.desc()).limit(limit)).all()
        return [LedgerRow(*row) for row in reversed(found)]

    def ledger(self, run_id: int) -> Iterator[LedgerRow]:
        """Yield every input of a run with its document's row, in input order."""
        return (LedgerRow(*row) for row in self._stream(export.ledger(run_id)))

    def documents(self, run_id: int) -> Iterator[DocumentRow]:
        """Yield the documents that were read, with all their inputs, by their first input."""
        rows = self._stream(export.documents_read(run_id))
        for (document_id, row), held in groupby(rows, key=lambda found: (found[0], found[1])):
            yield DocumentRow(document_id, row, tuple(found[2] for found in held))

    def texts(self, run_id: int) -> Iterator[tuple[str, str]]:
        """Yield document id and canonical text of the documents that were read, by their first input."""
        return ((document_id, text) for document_id, text in self._stream(export.texts_read(run_id), 1))

    def passages(self, run_id: int) -> Iterator[bytes]:
        """Yield the rows (JSON in UTF-8) of all passages, documents by their first input."""
        return (row for (row,) in self._stream(export.passage_rows(run_id)))

    def links(self, run_id: int) -> Iterator[bytes]:
        """Yield the rows (JSON in UTF-8) of all links, documents by their first input."""
        return (row for (row,) in self._stream(export.link_rows(run_id)))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection.execution_options(reads=True)

    def _stream(self, statement: export.Statement, at_once: int = AT_ONCE) -> Iterator[Row[*tuple[Any, ...]]]:
        with self._reading() as reader:
            yield from reader.execution_options(yield_per=at_once).execute(statement)
