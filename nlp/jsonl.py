"""Rows on disk: JSON Lines, one object a line, as every run writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson


def line(row: Mapping[str, Any]) -> str:
    """Return a row as one line of the shortest JSON, without its end; what is no number becomes null."""
    try:
        return orjson.dumps(row).decode("utf-8")
    except orjson.JSONEncodeError:  # what only Python's own takes, such as numbers of more than 64 bits
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSON Lines file one by one.

    Raises:
        OSError: if the file cannot be read. json.JSONDecodeError, UnicodeDecodeError: if a line is no JSON.
    """
    with path.open("rb") as file:
        yield from map(parse, file)


def parse(row: bytes) -> dict[str, Any]:
    """Return a row of a line, as `json.loads` does, in two fifths of its time.

    Raises:
        json.JSONDecodeError: if it is no JSON. UnicodeDecodeError: if it is no UTF-8.
    """
    try:
        found: dict[str, Any] = orjson.loads(row)
    except orjson.JSONDecodeError:  # also what Python reads as JSON and nobody else does, such as NaN
        found = json.loads(row.decode("utf-8"))
    return found
