"""Prodigy: JSON Lines of choice tasks (format: Prodigy documentation, "Annotation interfaces: choice")."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from nlp.annotations.exchange.marks import Item, Marks, all_tags, around, json_lines
from nlp.program import Program


def write(found: Sequence[Item], program: Program) -> str:
    """Return a line an item: every tag is an option, those given are accepted."""
    options = [{"id": tag, "text": title} for tag, title in all_tags(program).items()]
    return "".join(json.dumps(_task(item, options), ensure_ascii=False) + "\n" for item in found)


def _task(item: Item, options: list[dict[str, str]]) -> dict[str, object]:
    meta = {**around(item), "reason": item.marks.reason}
    task: dict[str, object] = {"text": item.text, "meta": meta, "options": options}
    return {**task, "accept": item.marks.tags(), "answer": "accept"} if item.marks.role else task


def read(content: str) -> list[Item]:
    """Return the items of a `db-out` export; what was rejected or ignored comes without marks.

    Raises:
        ValueError, KeyError, TypeError: if it is no such export.
    """
    return [_item(task) for task in json_lines(content)]


def _item(task: dict[str, Any]) -> Item:
    tags = task.get("accept", []) if task.get("answer") == "accept" else []
    marks = Marks.from_tags(tags, task["meta"].get("reason", ""))
    return Item(task["meta"]["passage_id"], task["text"], marks, by=str(task.get("_annotator_id") or ""))
