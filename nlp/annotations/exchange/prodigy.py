"""Prodigy: JSON Lines of choice tasks (format: Prodigy documentation, "Annotation interfaces: choice")."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from nlp.annotations.exchange.marks import Item, Marks, all_tags, around, json_lines
from nlp.program import Program


def write(found: Sequence[Item], program: Program) -> str:
    """Return a line an item: every tag is an option, those given are accepted."""
    choices = options(program)
    return "".join(json.dumps(task(item, choices), ensure_ascii=False) + "\n" for item in found)


def options(program: Program) -> list[dict[str, str]]:
    """Return what a reader chooses from."""
    return [{"id": tag, "text": title} for tag, title in all_tags(program).items()]


def task(item: Item, choices: list[dict[str, str]]) -> dict[str, Any]:
    """Return a task; what is labelled already is accepted."""
    meta = {**around(item), "reason": item.marks.reason}
    made: dict[str, Any] = {"text": item.text, "meta": meta, "options": choices}
    return {**made, "accept": item.marks.tags(), "answer": "accept"} if item.marks.role else made


def read(content: str) -> list[Item]:
    """Return the items of a `db-out` export; what was rejected or ignored comes without marks.

    Raises:
        ValueError, KeyError, TypeError: if it is no such export.
    """
    return [_item(row) for row in json_lines(content)]


def _item(row: dict[str, Any]) -> Item:
    tags = row.get("accept", []) if row.get("answer") == "accept" else []
    marks = Marks.from_tags(tags, row["meta"].get("reason", ""))
    return Item(row["meta"]["passage_id"], row["text"], marks, by=str(row.get("_annotator_id") or ""))
