"""doccano: JSON Lines of a text classification project (format: doccano documentation, "Import and export")."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from nlp.annotations.exchange.marks import Item, Marks, around, json_lines
from nlp.program import Program


def write(found: Sequence[Item], program: Program) -> str:
    """Return a line an item; what is not text or label is metadata that doccano hands back."""
    return "".join(json.dumps(line(item), ensure_ascii=False) + "\n" for item in found)


def line(item: Item) -> dict[str, Any]:
    """Return a line of a project."""
    return {"text": item.text, "label": item.marks.tags(), **around(item), "reason": item.marks.reason}


def read(content: str) -> list[Item]:
    """Return the items of an export; comments of a reader, when there are any, are the reason.

    Raises:
        ValueError, KeyError, TypeError: if it is no such export.
    """
    return [_item(row) for row in json_lines(content)]


def _item(row: dict[str, Any]) -> Item:
    reason = " ".join(row.get("Comments") or []) or row.get("reason", "")
    return Item(row["passage_id"], row["text"], Marks.from_tags(row["label"], reason))
