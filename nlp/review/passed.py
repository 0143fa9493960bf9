"""Passages that somebody read whole and in which nothing is: marks, stored and taken back like decisions.

A mark is an item of its own with the target `NOTHING`: the claim that any label fits, rejected. So it has versions, a
reading, rows in the log and an undo; lists of evidence never show it (`standing.in_order`). It falls as soon as
something in its passage is open again, or holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nlp.errors import Conflict, UsageError
from nlp.review.batch import REASON, Batch, fresh, short
from nlp.review.lines import is_gone, item_row
from nlp.review.records import NOTHING, Ask, Item


def marks(items: Iterable[Item]) -> list[Item]:
    """Return the marks among items, without those that were taken back, by position."""
    found = (item for item in items if item.target == NOTHING and not is_gone(item))
    return sorted(found, key=lambda item: (item.start, item.item_id))


def note(batch: Batch, ask: Ask) -> None:
    """Mark the passage at a span: read whole, nothing is in it.

    Raises:
        UsageError: if something is open there or holds, or the span is none. Conflict: if it is marked already.
    """
    mark = fresh(batch, NOTHING, ask.start or 0, ask.end or 0)
    passage = batch.sheet.passages[batch.sheet.places[batch.sheet.home(mark)]]
    mark = fresh(batch, NOTHING, passage["start"], passage["end"])
    beside = batch.items(passage["passage_id"])
    if any(item.target == NOTHING for item in beside):
        raise Conflict(passage["passage_id"], "this stands there already", None, [item_row(mark)])
    if any(item.state != "rejected" for item in beside):
        raise UsageError(passage["passage_id"], "something is open here, or holds", "Decide it first")
    batch.make(
        replace(mark, state="rejected", treatment=None, implementer=None, reason=short(ask.reason, REASON)), "nothing"
    )


def outdated(beside: Sequence[Item]) -> Item | None:
    """Return the mark of a passage that no longer holds, None where it does or there is none.

    Args:
        beside: items of the passage, without those taken back.
    """
    if all(item.state == "rejected" for item in beside):
        return None
    return next((item for item in beside if item.target == NOTHING), None)


def taken_off(mark: Item) -> Item:
    """Return a mark as nobody's claim any more."""
    return replace(mark, state="suggested", lane=None, probability=None)
