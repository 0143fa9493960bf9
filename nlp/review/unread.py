"""Passages that somebody may still have to read whole: where links are expected of which the machine says nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from nlp.review.queue import expected
from nlp.review.records import OPEN, Item
from nlp.review.sheet import Sheet
from nlp.store.tables import passages


def silent(reader: Connection, sheet: Sheet) -> dict[str, float]:
    """Return for each passage of a report how many links are expected beyond those suggested; headings are left out."""
    said: dict[str, set[str]] = defaultdict(set)
    for item in sheet.suggestions.values():
        said[item.passage_id or ""].add(item.target)
    rows = select(passages.c.row).where(passages.c.document == sheet.number).order_by(passages.c.number)
    found: dict[str, float] = {}
    for (raw,) in reader.execute(rows):
        row = json.loads(raw)
        if "heading" not in (row["kind"], row["role"]):
            found[row["passage_id"]] = expected(row.get("probabilities", {}), said[row["passage_id"]])
    return found


def unread(known: Mapping[str, float], items: Iterable[Item]) -> dict[str, float]:
    """Return what of `silent` is left in a reading: not where somebody decided and nothing is open any more.

    Who decides the last item of a passage, or passes it as holding nothing, has read all of it.

    Args:
        items: of the reading, with the marks of what was passed (`review.passed`).
    """
    decided: set[str | None] = set()
    still: set[str | None] = set()
    for item in items:
        (still if item.state in OPEN else decided).add(item.passage_id)
    return {name: links for name, links in known.items() if name in still or name not in decided}
