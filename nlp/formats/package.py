"""CSV or Parquet with a data package: datapackage.json names each table's fields, types, units, meanings, keys.

Format: Data Package and Table Schema, specs.frictionlessdata.io.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nlp.caching import file_sha256
from nlp.cells import write_rows
from nlp.extras import need
from nlp.formats.fields import Field, Table
from nlp.formats.making import making_folder
from nlp.formats.source import Source
from nlp.formats.tables import NESTED, VIEWS, batches, values
from nlp.writers.walk import Row

DESCRIPTOR = "datapackage.json"
AT_ONCE = 10_000  # rows in a batch of Parquet
NOTE = (
    "An apostrophe stands before text that a spreadsheet would run as a formula (it starts with =, +, -, @ or white "
    "space before one of them), and before text that starts with an apostrophe."
)
_ARROW = {"integer": "int64", "number": "float64", "boolean": "bool_"}
Writer = Callable[[Path, Table, Iterable[Row]], int]


def write_csv(source: Source, path: Path) -> list[Path]:
    """Write a folder of CSV files with its descriptor; texts and rows stream.

    Raises:
        UsageError: if `path` holds something already, or cannot be written.
    """
    return _write(source, path, "csv", _csv)


def write_parquet(source: Source, path: Path) -> list[Path]:
    """Write a folder of Parquet files with its descriptor, as `write_csv`.

    Raises:
        UsageError: as `write_csv`. MissingExtra: without pyarrow.
    """
    return _write(source, path, "parquet", _parquet)


def write_table(source: Source, name: str, file: Path) -> int:
    """Write one table of `VIEWS` as CSV; return how many rows it has."""
    return _csv(file, VIEWS[name].table, VIEWS[name].rows(source))


def _write(source: Source, path: Path, form: str, write: Writer) -> list[Path]:
    resources = []
    with making_folder(path) as draft:
        for view in VIEWS.values():
            file = draft / f"{view.table.name}.{form}"
            count = write(file, view.table, view.rows(source))
            resources.append(_resource(file, view.table, form, count))
        text = json.dumps(_descriptor(source, resources), ensure_ascii=False, indent=1)
        (draft / DESCRIPTOR).write_text(text + "\n", "utf-8")
    return [path / DESCRIPTOR, *(path / resource["path"] for resource in resources)]


def _csv(path: Path, table: Table, rows: Iterable[Row]) -> int:
    count = itertools.count()
    head = [field.name for field in table.fields]
    body = ([_cell(cell) for cell in values(table, row)] for row, _ in zip(rows, count, strict=False))
    with path.open("w", encoding="utf-8", newline="") as file:
        write_rows(file, itertools.chain([head], body))
    return next(count)


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _parquet(path: Path, table: Table, rows: Iterable[Row]) -> int:
    pa, pq = need("pyarrow", feature="Parquet"), need("pyarrow.parquet", feature="Parquet")
    schema = pa.schema([_arrow(pa, field) for field in table.fields], metadata={"description": table.row})
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches(rows, AT_ONCE):
            columns = zip(*(values(table, row) for row in batch), strict=True)
            arrays = [pa.array(cells, type=field.type) for cells, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(batch)
    return count


def _arrow(pa: Any, field: Field) -> Any:
    kind = getattr(pa, _ARROW.get(field.kind, "string"))()
    told = {"description": field.meaning, "unit": field.unit, "json": str(field.kind in NESTED).lower()}
    return pa.field(field.name, kind, nullable=field.empty or field.optional, metadata=told)


def _descriptor(source: Source, resources: list[dict[str, Any]]) -> dict[str, Any]:
    run = source.manifest
    return {
        "name": "evmap-run",
        "profile": "data-package",
        "title": "Evidence links from documents to the codebook",
        "description": "Which document addresses which label of the codebook, with the words that prove it.",
        "model": run.get("model"),
        "program": run.get("program"),
        "evmap": run.get("evmap"),
        "resources": resources,
    }


def _resource(file: Path, table: Table, form: str, count: int) -> dict[str, Any]:
    kind = {"format": form, "mediatype": "text/csv" if form == "csv" else "application/vnd.apache.parquet"}
    about = {"name": table.name.replace("_", "-"), "path": file.name, "title": table.row, **kind}
    told = {"encoding": "utf-8", "description": NOTE} if form == "csv" else {}
    size = {"bytes": file.stat().st_size, "hash": f"sha256:{file_sha256(file)}", "rows": count}
    return {**about, **told, "profile": "tabular-data-resource", **size, "schema": schema(table)}


def schema(table: Table) -> dict[str, Any]:
    """Return the Table Schema of a table: fields with constraints, its key, and what it refers to."""
    found: dict[str, Any] = {"fields": [_field(field) for field in table.fields], "missingValues": [""]}
    if table.key:
        found["primaryKey"] = list(table.key)
    refers = [(field.name, *field.refers.split(".")) for field in table.fields if field.refers]
    found["foreignKeys"] = [
        {"fields": [name], "reference": {"resource": other.replace("_", "-"), "fields": [column]}}
        for name, other, column in refers
    ]
    return found


def _field(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.name, "type": field.kind, "description": field.meaning}
    if field.unit:
        found["unit"] = field.unit
    constraints: dict[str, Any] = {"enum": list(field.values)} if field.values else {}
    if field.unit == "0 to 1" and field.kind == "number":
        constraints |= {"minimum": 0, "maximum": 1}
    if field.key:
        constraints["required"] = True
    return {**found, "constraints": constraints} if constraints else found
