"""Rows on disk: JSON Lines, one object a line, as every run writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def line(row: Mapping[str, Any]) -> str:
    """Return a row as one line of JSON, without its end."""
    return json.dumps(row, ensure_ascii=False)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSON Lines file one by one.

    Raises:
        OSError: if the file cannot be read. json.JSONDecodeError: if a line is no JSON.
    """
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from map(json.loads, file)
