"""Records as JSON and CSV answers; text goes out as text, and no cell as a formula."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Response

from nlp.cells import write_rows


def answer(content: Any, status: int = 200) -> Response:
    """Return JSON of plain values and records of this package."""
    body = json.dumps(content, ensure_ascii=False, default=row_of, separators=(",", ":"))
    return Response(body.encode("utf-8", "backslashreplace"), status, media_type="application/json")


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], name: str, kind: str) -> Response:
    """Return rows as a file to keep: "csv", each cell inert, or "json", a list of objects with all columns."""
    picked = [{column: row.get(column) for column in columns} for row in rows]
    if kind == "json":
        sent = answer(picked)
    else:
        file = io.StringIO()
        write_rows(file, [columns, *([_cell(value) for value in row.values()] for row in picked)])
        sent = Response(file.getvalue().encode("utf-8", "backslashreplace"), media_type="text/csv; charset=utf-8")
    sent.headers["content-disposition"] = attached(f"{name}.{kind}")
    return sent


def attached(name: str) -> str:
    """Return a Content-Disposition that has a browser keep an answer, and not show it, under a name."""
    clean = "".join(mark for mark in name if mark.isprintable() and mark not in '/\\:*?"<>|')[-120:] or "file"
    plain = clean.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean)}"


def flat(records: Iterable[Any], *left_out: str) -> list[dict[str, Any]]:
    """Return records as rows, without some of their fields."""
    return [{name: value for name, value in row_of(one).items() if name not in left_out} for one in records]


def row_of(value: Any) -> Any:
    """Return a record as a plain dict, its fields as they are.

    Raises:
        TypeError: if it is none.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, default=row_of)
