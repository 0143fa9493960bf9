"""evmap settings: what can be set, where each value comes from, and what it does."""

from __future__ import annotations

from dataclasses import asdict

from nlp.cli.options import AsJson
from nlp.cli.speak import notice, plain, print_json


def settings_command(as_json: AsJson = False) -> None:
    """Show every setting: its environment variable, its value, where that comes from, and what it does.

    Examples:

        evmap settings

        EVMAP_MAX_PAGES=50 evmap settings --json
    """
    from nlp.settings import describe, unknown_variables

    rows = describe()
    for name in unknown_variables():
        notice(f"{name} is set, but there is no such setting: it does nothing")
    if as_json:
        return print_json([asdict(row) for row in rows])
    for row in rows:
        unit = f" {row.unit}" if row.unit else ""
        print(f"{row.variable} = {plain(_said(row.value))}{unit} ({row.source})\n    {row.about}")
    return None


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:_}"
    return f"{value:g}" if isinstance(value, float) else str(value)
