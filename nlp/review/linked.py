"""Items as they count, as rows of links.jsonl."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nlp.program import Program
from nlp.review.lines import Row, item_row, placed, short_id, stands
from nlp.review.records import Item
from nlp.review.sheet import Sheet

NO_REASONS: Row = {"sentences": [], "terms": [], "examples": []}
SAME = (
    "document_id", "target", "probability", "quote", "start", "end", "page", "prefix", "suffix", "treatment", "model",
    "program",
)  # fmt: skip


def link_rows(sheet: Sheet, items: Iterable[Item], program: Program) -> Iterator[Row]:
    """Yield links for items that are not rejected and stand in the text, in their order.

    They have the fields of links.jsonl, and ``state``, ``item_id``, ``implementer_text`` (a name the codebook does not
    know) and ``reason``. A selection over several passages gives a link in each where the rule of activities lets it;
    where the machine was silent, ``lane`` is "review" and there are no reasons why.
    """
    found = [item for item in items if item.state != "rejected" and stands(item, sheet.text)]
    targets: dict[str, set[str]] = {}
    for item in found:
        for passage in _homes(sheet, item):
            targets.setdefault(passage["passage_id"], set()).add(item.target)
    for item in found:
        parents = program.parents(item.target)
        for passage in _homes(sheet, item):
            if not parents or targets[passage["passage_id"]].intersection(parents):
                yield _row(sheet, item, passage, program)


def _homes(sheet: Sheet, item: Item) -> list[Row]:
    """Passages that hold an item: its own, or each that it touches."""
    if item.passage_id is not None and item.passage_id in sheet.places:
        return [sheet.passages[sheet.places[item.passage_id]]]
    return list(sheet.over(item.start, item.end))


def _row(sheet: Sheet, item: Item, passage: Row, program: Program) -> Row:
    whole = item.passage_id is not None
    start, end = max(item.start, passage["start"]), min(item.end, passage["end"])
    own = item if whole else placed(item, sheet.text, start, end)
    known = item.implementer in program.body_by_id
    values = item_row(own)
    return {
        "link_id": item.item_id if whole else short_id(f"{item.item_id}\x1f{passage['passage_id']}"),
        **{name: values[name] for name in SAME},
        "passage_id": passage["passage_id"],
        "lane": item.lane or "review",
        "bbox": passage["bbox"],
        "implementer": item.implementer if known else None,
        "why": item.why or NO_REASONS,
        "state": item.state,
        "item_id": item.item_id,
        "implementer_text": None if known else item.implementer,
        "reason": item.reason,
    }
