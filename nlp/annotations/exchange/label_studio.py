"""Label Studio: tasks with annotations as JSON, and the labelling interface as XML.

Format: Label Studio documentation, "Label Studio JSON format of annotated tasks" and the tags Choices and TextArea.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from nlp.annotations.exchange.marks import UNSURE, Item, Marks, all_tags
from nlp.program import Program

KINDS = ("role", "treatment", "objective", "activity")
SINGLE = {"role", "treatment"}


def write(found: Sequence[Item], program: Program) -> str:
    """Return the items as a JSON list of tasks; what is labelled already stands as an annotation."""
    return json.dumps([_task(item) for item in found], ensure_ascii=False, indent=1)


def _task(item: Item) -> dict[str, Any]:
    data = {
        "passage_id": item.passage_id,
        "text": item.text,
        "document": item.document,
        "language": item.language,
        "section": " > ".join(item.section),
        "implementer": item.implementer,
        "before": item.before,
    }
    done = [{"result": _result(item.marks)}] if item.marks.role else []
    return {"data": data, "annotations": done}


def _result(marks: Marks) -> list[dict[str, Any]]:
    chosen = {kind: [tag for tag in marks.tags() if tag.startswith(f"{kind}:")] for kind in KINDS}
    chosen["certainty"] = [] if marks.sure else [UNSURE]
    rows = [_row(kind, "choices", {"choices": tags}) for kind, tags in chosen.items() if tags]
    return [*rows, _row("reason", "textarea", {"text": [marks.reason]})] if marks.reason else rows


def _row(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}


def read(content: str) -> list[Item]:
    """Return the items of an export of Label Studio; of several annotations of a task the last that was not cancelled.

    Raises:
        ValueError, KeyError, TypeError: if it is no such export.
    """
    return [_item(task) for task in json.loads(content)]


def _item(task: dict[str, Any]) -> Item:
    data, done = task["data"], [row for row in task.get("annotations", []) if not row.get("was_cancelled")]
    tags: list[str] = []
    reason = ""
    for row in done[-1]["result"] if done else ():
        tags += row["value"].get("choices", [])
        reason = " ".join(row["value"].get("text", [])) or reason
    return Item(data["passage_id"], data["text"], Marks.from_tags(tags, reason))


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
