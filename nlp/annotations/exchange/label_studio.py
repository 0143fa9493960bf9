"""Label Studio: tasks with annotations as JSON, and the labelling interface as XML.

Format: Label Studio documentation, "Label Studio JSON format of annotated tasks" and the tags Choices and TextArea.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from nlp.annotations.exchange.marks import UNSURE, Item, Marks, all_tags, around
from nlp.program import Program

KINDS = ("role", "treatment", "objective", "activity")
SINGLE = {"role", "treatment"}


def write(found: Sequence[Item], program: Program) -> str:
    """Return the items as a JSON list of tasks; what is labelled already stands as an annotation."""
    return json.dumps([task(item) for item in found], ensure_ascii=False, indent=1)


def task(item: Item) -> dict[str, Any]:
    """Return a task; what is labelled already stands as an annotation."""
    data = {"text": item.text, "document": item.document, "language": item.language, **around(item)}
    done = [{"result": result(item.marks)}] if item.marks.role else []
    return {"data": data, "annotations": done}


def result(marks: Marks) -> list[dict[str, Any]]:
    """Return marks as an annotation or a prediction holds them."""
    chosen = {kind: [tag for tag in marks.tags() if tag.startswith(f"{kind}:")] for kind in KINDS}
    chosen["certainty"] = [] if marks.sure else [UNSURE]
    rows = [_row(kind, "choices", {"choices": tags}) for kind, tags in chosen.items() if tags]
    return [*rows, _row("reason", "textarea", {"text": [marks.reason]})] if marks.reason else rows


def _row(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}


def read(content: str) -> list[Item]:
    """Return the items of an export of Label Studio, one for each annotation that is not cancelled or empty.

    Raises:
        ValueError, KeyError, TypeError: if it is no such export.
    """
    return [item for row in json.loads(content) for item in _items(row)]


def _items(found: dict[str, Any]) -> list[Item]:
    key, text = found["data"]["passage_id"], found["data"]["text"]
    done = [row for row in found.get("annotations", []) if row.get("result") and not row.get("was_cancelled")]
    return [Item(key, text, _marks(row["result"]), by=_who(row.get("completed_by"))) for row in done] or [
        Item(key, text)
    ]


def _marks(rows: list[dict[str, Any]]) -> Marks:
    values = [row.get("value", {}) for row in rows]
    tags = [tag for value in values for tag in value.get("choices", [])]
    return Marks.from_tags(tags, " ".join(line for value in values for line in value.get("text", [])))


def _who(user: Any) -> str:
    """A user as exports name her: a number, or an object with one."""
    known = user.get("id") if isinstance(user, dict) else user
    return "" if known is None else str(known)


def interface(program: Program) -> str:
    """Return the labelling interface: XML to paste under Settings, Labeling Interface."""
    tags = all_tags(program)
    lines = ["<View>", '  <Header value="$section"/>', '  <Text name="before" value="$before"/>']
    lines.append('  <Text name="text" value="$text"/>')
    for kind in KINDS:
        choice = "single-radio" if kind in SINGLE else "multiple"
        lines.append(f'  <Choices name="{kind}" toName="text" choice="{choice}" showInline="true">')
        for tag, title in tags.items():
            if tag.startswith(f"{kind}:"):
                lines.append(f"    <Choice value={quoteattr(tag)} hint={quoteattr(title)}/>")
        lines.append("  </Choices>")
    lines.append('  <Choices name="certainty" toName="text" choice="multiple">')
    lines += [f'    <Choice value="{UNSURE}"/>', "  </Choices>"]
    lines += ['  <TextArea name="reason" toName="text" maxSubmissions="1"/>', "</View>"]
    return "\n".join(lines) + "\n"
