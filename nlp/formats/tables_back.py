"""Tables that come back: links and decisions of a data package (CSV or Parquet) or of a database, as they went out."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from nlp.cells import bare
from nlp.errors import UsageError
from nlp.extras import need
from nlp.formats import fields
from nlp.formats.claims import Claim
from nlp.formats.fields import Table
from nlp.formats.package import AT_ONCE
from nlp.formats.source import last_decisions, link_of
from nlp.formats.tables import row_of
from nlp.program import load_program
from nlp.writers.walk import Row

_CASTS: dict[str, Callable[[str], Any]] = {"integer": int, "number": float, "boolean": lambda cell: cell == "true"}


def read(path: Path, name: str) -> Iterator[Claim]:
    """Yield a claim for every link of an export in the format `name` (csv, parquet, sqlite), in the state it tells.

    Raises:
        UsageError: if it cannot be read, or is no export of ours. MissingExtra: without what reads it.
    """
    last = last_decisions(rows(path, name, fields.DECISIONS))
    for row in rows(path, name, fields.LINKS):
        yield claim_of(row, last.get(row["link_id"], {}))
    program = load_program()
    for decision in last.values():
        if decision["item"]["state"] == "rejected":
            yield claim_of(link_of(decision["item"], program), decision)


def claim_of(row: Row, decision: Row) -> Claim:
    """A row of links.jsonl as a claim, with its last decision, {} for none."""
    who = row["implementer"] or row.get("implementer_text")
    told = {name: row[name] for name in ("start", "end", "quote", "prefix", "suffix")}
    return Claim(
        row["document_id"],
        row["target"],
        row.get("state") or "suggested",
        **told,
        item_id=row["link_id"],
        treatment=row["treatment"] or "",
        implementer=who or ("" if row.get("state") == "corrected" else None),
        reason=row.get("reason") or "",
        who=decision.get("who", ""),
        at=decision.get("at", ""),
        part_of=row["item_id"] if row.get("item_id", row["link_id"]) != row["link_id"] else "",
        by_hand=not row["model"],
        row=row,
    )


def rows(path: Path, name: str, table: Table) -> Iterator[Row]:
    """Yield the rows of a table of an export, as they stood in the run's files.

    Raises:
        UsageError: as `read`. MissingExtra: as `read`.
    """
    try:
        yield from (row_of(table, cells) for cells in _READERS[name](path, table))
    except OSError as error:
        raise UsageError(path, (error.strerror or "cannot be read").lower()) from None
    except (ValueError, LookupError, TypeError, sqlite3.Error) as error:
        said = " ".join(str(error).split())[:200]
        raise UsageError(path, f"no {name} export of ours: {said}", "Check --format") from None


def _csv(path: Path, table: Table) -> Iterator[Row]:
    with (path / f"{table.name}.csv").open(encoding="utf-8-sig", newline="") as file:
        for cells in csv.DictReader(file):
            yield {field.name: _value(bare(cells[field.name]), field) for field in table.fields}


def _value(cell: str, field: fields.Field) -> Any:
    if cell == "" and field.empty:
        return None
    return _CASTS.get(field.kind, str)(cell)


def _parquet(path: Path, table: Table) -> Iterator[Row]:
    parquet = need("pyarrow.parquet", feature="Parquet")
    for batch in parquet.ParquetFile(path / f"{table.name}.parquet").iter_batches(AT_ONCE):
        yield from batch.to_pylist()


def _sqlite(path: Path, table: Table) -> Iterator[Row]:
    if not path.is_file():
        raise UsageError(path, "no such file")
    flags = [field.name for field in table.fields if field.kind == "boolean"]
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
        base.row_factory = sqlite3.Row
        for row in base.execute(f"SELECT * FROM {table.name} ORDER BY rowid"):  # noqa: S608
            cells = dict(row)
            yield {**cells, **{name: bool(cells[name]) for name in flags if cells[name] is not None}}


_READERS = {"csv": _csv, "parquet": _parquet, "sqlite": _sqlite}
