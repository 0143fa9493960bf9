"""SQLite as datasette opens it: typed tables with keys, full-text search, and metadata with titles and facets beside.

Run: ``datasette FILE.db --metadata FILE.metadata.json``
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from nlp.formats.fields import Table
from nlp.formats.making import making
from nlp.formats.source import Source
from nlp.formats.tables import VIEWS, View, batches, values
from nlp.writers.walk import Row

AT_ONCE = 5_000  # rows in a batch
_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
SEARCHED = {"passages": ("text",), "links": ("quote",), "documents": ("title", "symbol")}
FACETS = {
    "documents": ("kind", "language", "body"),
    "passages": ("language", "role", "treatment", "implementer"),
    "links": ("target", "lane", "treatment", "implementer", "state"),
    "mapping": ("target", "implementer", "treatment", "lane"),
    "coverage": ("state", "target"),
    "decisions": ("action", "who", "reading"),
    "codebook": ("kind", "implementer"),
    "concordance": ("objective", "strength"),
    "implementers": ("group",),
    "inputs": ("status", "media_type"),
}
LABELS = {"documents": "title", "codebook": "title_en", "passages": "text", "implementers": "name_en"}


def write(source: Source, path: Path) -> list[Path]:
    """Write the database, and its metadata beside it; rows stream.

    Raises:
        UsageError: if it cannot be written.
    """
    beside = path.with_suffix(".metadata.json")
    with making(path) as draft, making(beside) as told:
        draft.unlink(missing_ok=True)  # of an export that was killed
        with closing(sqlite3.connect(draft)) as base:
            base.execute("PRAGMA journal_mode = OFF")
            base.execute("PRAGMA synchronous = OFF")
            for view in VIEWS.values():
                _fill(base, view, source)
            _finish(base)
        told.write_text(json.dumps(metadata(source, path.stem), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return [path, beside]


def _fill(base: sqlite3.Connection, view: View, source: Source) -> None:
    base.execute(_create(view.table))
    rows = (values(view.table, row) for row in view.rows(source))
    slots = ", ".join("?" * len(view.table.fields))
    for batch in batches(rows, AT_ONCE):
        base.executemany(f"INSERT INTO {view.table.name} VALUES ({slots})", batch)  # noqa: S608
    base.commit()


def _create(table: Table) -> str:
    columns = []
    for field in table.fields:
        kind = _TYPES.get(field.kind, "TEXT")
        must = "" if field.empty or field.optional else " NOT NULL"
        columns.append(f'"{field.name}" {kind}{must}')
    keys = ", ".join(f'"{name}"' for name in table.key)
    columns += [f"PRIMARY KEY ({keys})"] if keys else []
    for field in table.fields:
        other, _, column = field.refers.partition(".")
        columns += [f'FOREIGN KEY ("{field.name}") REFERENCES {other} ("{column}")'] if other else []
    return f"CREATE TABLE {table.name} ({', '.join(columns)})"


def _finish(base: sqlite3.Connection) -> None:
    """Full-text search and the indexes that facets and joins use."""
    for table, columns in SEARCHED.items():
        named = ", ".join(columns)
        base.execute(
            f"CREATE VIRTUAL TABLE {table}_fts USING fts5({named}, content='{table}', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        base.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild')")  # noqa: S608
    for table in ("passages", "links", "mapping", "coverage", "decisions"):
        base.execute(f"CREATE INDEX ix_{table}_document ON {table} (document_id)")
    for table in ("links", "mapping", "coverage"):
        base.execute(f"CREATE INDEX ix_{table}_target ON {table} (target)")
    base.execute("CREATE INDEX ix_links_passage ON links (passage_id)")
    base.execute("ANALYZE")
    base.commit()


def metadata(source: Source, name: str) -> Row:
    """Return what datasette shows: titles, meanings of columns, facets, what names a row."""
    tables: Row = {}
    for view in VIEWS.values():
        table = view.table
        about = f"One row: {table.row}"
        columns = {field.name: _meaning(field.meaning, field.unit) for field in table.fields}
        tables[table.name] = {"title": table.name.replace("_", " ").capitalize(), "description": about}
        tables[table.name] |= {"columns": columns, "facets": list(FACETS.get(table.name, ()))}
        if table.name in LABELS:
            tables[table.name]["label_column"] = LABELS[table.name]
    run = source.manifest
    said = f"evmap {run.get('evmap')}, model {str(run.get('model'))[:12]}, codebook {str(run.get('program'))[:12]}"
    return {"title": "Evidence links", "description": said, "databases": {name: {"tables": tables}}}


def _meaning(meaning: str, unit: str) -> str:
    return f"{meaning} ({unit})" if unit else meaning
