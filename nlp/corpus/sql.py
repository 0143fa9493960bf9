"""Values, names and conditions as they are written in SQL."""

from __future__ import annotations

from collections.abc import Sequence


def literal(value: object) -> str:
    """Return a value as it is written in SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value).upper()
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return the name of a column or table as it is written in SQL, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def all_of(tests: Sequence[str]) -> str:
    """Return the condition that all of these hold."""
    return " AND ".join(tests) or "TRUE"
