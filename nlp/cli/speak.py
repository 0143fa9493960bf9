"""How the command line speaks: errors and notices to standard error, results to standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from nlp.errors import EvmapError


def plain(text: str) -> str:
    """Text on one line, without characters that would command the terminal or that it cannot show."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def complain(error: EvmapError) -> None:
    """Say what is wrong and what to do next."""
    print(f"evmap: {plain(error.subject)}: {plain(error.reason)}", file=sys.stderr)
    if error.hint:
        print(f"       {plain(error.hint)}", file=sys.stderr)


def notice(text: str) -> None:
    """Say something by the way."""
    print(text, file=sys.stderr)


def print_json(content: Any) -> None:
    """Print a result for other programs."""
    print(json.dumps(content, indent=1, ensure_ascii=False))


def per_cent(share: float | None) -> str:
    """A share of 1 as people read it, with one decimal; nothing for None."""
    return "" if share is None else f"{100 * share:.1f} %"


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Print a table for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console().print(table)
