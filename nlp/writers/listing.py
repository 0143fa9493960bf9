"""JSON of any length on its way into a page: long lists wait in a file, and nobody has all of a page in memory."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

DANGEROUS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


class Listing:
    """A list that is only added to, then gone through; a ``with`` block removes its file.

    Args:
        folder: where the file is made. Its name is that of a draft, which a later run sweeps away.

    Raises:
        OSError: if there is no room.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(prefix=".list-", suffix=".draft", dir=folder)  # noqa: SIM115 - see __exit__
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        """Number of items."""
        return self._count

    def add(self, value: Any) -> None:
        """Take an item, anything that JSON knows."""
        self._file.write(packed(value) + b"\n")
        self._count += 1

    def __iter__(self) -> Iterator[str]:
        """Yield the items in their order, as JSON."""
        self._file.seek(0)
        for line in self._file:
            yield line[:-1].decode("utf-8")


class Packed(list[bytes]):
    """A list whose items are JSON already."""


def packed(value: Any) -> bytes:
    """Return the shortest JSON of a value; a lone surrogate, which UTF-8 cannot have, stands as its escape."""
    return _json(value).encode("utf-8", "backslashreplace")


def as_json(value: object) -> str:
    """Return JSON that can stand inside a script element: no ``<``, ``>``, ``&`` and no line separators."""
    return _json(value).translate(DANGEROUS)


def pieces(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield `as_json` of a mapping in pieces, the items of lists one by one."""
    before = "{"
    for name, value in data.items():
        yield f"{before}{as_json(name)}:"
        if isinstance(value, Listing):
            yield from _items(value)
        elif isinstance(value, Packed):
            yield from _items(item.decode("utf-8") for item in value)
        elif isinstance(value, list):
            yield from _items(map(_json, value))
        else:
            yield as_json(value)
        before = ","
    yield "{}" if before == "{" else "}"


def _items(listed: Iterable[str]) -> Iterator[str]:
    before = "["
    for item in listed:
        yield before + item.translate(DANGEROUS)
        before = ","
    yield "[]" if before == "[" else "]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
