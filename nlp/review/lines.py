"""Items and decisions as rows of plain JSON, and a link of the machine as the item it suggests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from nlp.mapping import CONTEXT
from nlp.review.records import Action, Decision, Item

Row = dict[str, Any]
_ITEM = tuple(field.name for field in fields(Item))


@dataclass(frozen=True, slots=True)
class Change:
    """A decision to be written: the item as it shall stand, as it stands (None: not there), and what was asked.

    `version` of `item` counts one up from the version before; the log fills in who, when and its number.
    """

    item: Item
    before: Item | None
    action: Action
    undoes: int | None = None


def now() -> str:
    """The time, ISO 8601 in UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def item_row(item: Item) -> Row:
    """An item as plain JSON."""
    return {name: getattr(item, name) for name in _ITEM}


def item_of(row: Mapping[str, Any]) -> Item:
    """The item of a row; fields that this evmap does not know are left out."""
    return Item(**{name: row[name] for name in _ITEM if name in row})


def decision_row(decision: Decision) -> Row:
    """A decision as plain JSON: a line of decisions.jsonl."""
    row: Row = {field.name: getattr(decision, field.name) for field in fields(Decision)}
    return row | {"item": item_row(decision.item), "before": decision.before and item_row(decision.before)}


def decision_of(row: Mapping[str, Any]) -> Decision:
    """The decision of a line of decisions.jsonl."""
    known = {field.name: row[field.name] for field in fields(Decision)}
    before = row["before"] and item_of(row["before"])
    return Decision(**{**known, "item": item_of(row["item"]), "before": before})


def packed(decision: Decision) -> str:
    """What the `row` column of a decision holds: what no other column says.

    The number of the decision is given by the database; why the machine suggested it stands once, with the item.
    """
    item, before = item_row(decision.item), decision.before and item_row(decision.before)
    if before and before["why"] == item["why"]:
        del before["why"]
    del item["decision_id"]
    rest = {"rank": decision.rank, "undoes": decision.undoes, "text_sha256": decision.text_sha256}
    return json.dumps({**rest, "item": item, "before": before}, ensure_ascii=False)


def unpacked(columns: RowMapping) -> Decision:
    """The decision of a row of the table."""
    row = json.loads(columns["row"])
    item = item_of({**row["item"], "decision_id": columns["decision_id"]})
    before = row["before"] and item_of({"why": item.why, **row["before"]})
    own = ("decision_id", "document_id", "item_id", "reading", "version", "who", "at", "action", "batch")
    rest = {name: row[name] for name in ("rank", "undoes", "text_sha256")}
    return Decision(**{name: columns[name] for name in own}, **rest, item=item, before=before)


def item_json(item: Item) -> str:
    """What the `row` column of an item holds."""
    return json.dumps(item_row(item), ensure_ascii=False)


def suggestion(link: Mapping[str, Any], passage: Mapping[str, Any]) -> Item:
    """The untouched item that a row of links.jsonl suggests; `passage`: the row of its passage."""
    same = ("document_id", "passage_id", "target", "start", "end", "quote", "prefix", "suffix", "page", "lane",
            "probability", "treatment", "why", "model", "program")  # fmt: skip
    return Item(
        item_id=link["link_id"], reading=1, version=0, state="suggested",
        implementer=link["implementer"] or passage.get("implementer_text") or None,
        **{name: link[name] for name in same},
    )  # fmt: skip


def placed(item: Item, text: str, start: int, end: int) -> Item:
    """The item at another span of the text, with its quote and what stands around it."""
    around: Row = {"prefix": text[max(0, start - CONTEXT) : start], "suffix": text[end : end + CONTEXT]}
    return replace(item, start=start, end=end, quote=text[start:end], **around)


def added_id(document_id: str, target: str, start: int, end: int) -> str:
    """Id of an item that a person added: 16 hex digits."""
    return short_id(f"{document_id}\x1f{start}\x1f{end}\x1f{target}")


def link_id(passage_id: str, target: str) -> str:
    """Id that the machine gives to a link: 16 hex digits."""
    return short_id(f"{passage_id}\x1f{target}")


def short_id(key: str) -> str:
    """16 hex digits that stand for a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def stands(item: Item, text: str) -> bool:
    """Whether an item's quote is where it says in a text."""
    return item.place != "orphaned" and text[item.start : item.end] == item.quote


def is_gone(item: Item) -> bool:
    """Whether it was added by hand and taken back: then nobody claims it any more."""
    return item.state == "suggested" and item.lane is None
