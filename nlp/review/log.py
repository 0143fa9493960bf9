"""The log of decisions: rows are added, never changed; items are what follows from them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from nlp.errors import Conflict
from nlp.review.lines import Change, Row, item_json, now, packed, unpacked
from nlp.review.records import Decision, Item, Reader
from nlp.store.tables import decisions, items

AT_ONCE = 500
# Built once: composing a statement takes longer than running it.
ADD = insert(decisions).returning(decisions.c.decision_id, sort_by_parameter_order=True)
ADD_ONE = insert(decisions).returning(decisions.c.decision_id)
ADD_ITEM = insert(items)
CHANGES = ("state", "target", "version", "decision_id", "row")
CHANGE_ITEM = (
    update(items)
    .where(items.c.item_id == bindparam("own"), items.c.reading == bindparam("in_reading"))
    .where(items.c.version == bindparam("seen"))
    .values({name: bindparam(f"new_{name}") for name in CHANGES})
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the decisions of a batch share: who, under which id, when, and the digest of the text they refer to."""

    reader: Reader
    batch: str
    at: str
    text_sha256: str


def stamp(reader: Reader, text_sha256: str, batch: str = "") -> Stamp:
    """Return the stamp of a new batch, or of more of one."""
    return Stamp(reader, batch or secrets.token_hex(8), now(), text_sha256)


def write(writer: Connection, changes: Sequence[Change], by: Stamp) -> list[Decision]:
    """Add a batch to the log and let the items follow; inside a transaction that has the log's turn.

    Raises:
        Conflict: if an item is no longer as it was before the change; then nothing may be committed.
    """
    drafts = [_draft(change, by) for change in changes]
    if not drafts:
        return []
    try:
        numbers = writer.execute(ADD, [_columns(draft) for draft in drafts]).scalars().all()
        written = [_numbered(draft, number) for draft, number in zip(drafts, numbers, strict=True)]
        _follow(writer, written)
    except IntegrityError:  # the version is there already
        raise Conflict(by.batch, "decided by somebody else meanwhile") from None
    return written


def read(
    reader: Connection, after: int = 0, document_id: str | None = None, limit: int = 1000, reading: int | None = None
) -> list[Decision]:
    """Return decisions numbered above `after`, in order."""
    found = select(decisions).where(decisions.c.decision_id > after).order_by(decisions.c.decision_id).limit(limit)
    if document_id is not None:
        found = found.where(decisions.c.document_id == document_id)
    if reading is not None:
        found = found.where(decisions.c.reading == reading)
    return [unpacked(row) for row in reader.execute(found).mappings()]


def text_digests(reader: Connection, document_id: str) -> dict[tuple[str, int], str]:
    """Return the digest of the text that the last decision on each item refers to, by item id and reading."""
    found = select(decisions).where(decisions.c.document_id == document_id).order_by(decisions.c.decision_id)
    rows = map(unpacked, reader.execute(found).mappings())
    return {(one.item_id, one.reading): one.text_sha256 for one in rows}


def all_of(reader: Connection, document_id: str | None = None) -> Iterator[Decision]:
    """Yield the whole log, or that of one report."""
    found = select(decisions).order_by(decisions.c.decision_id)
    if document_id is not None:
        found = found.where(decisions.c.document_id == document_id)
    rows = reader.execute(found, execution_options={"yield_per": AT_ONCE}).mappings()
    return (unpacked(row) for row in rows)


def batch_of(reader: Connection, batch: str) -> list[Decision]:
    """Return the decisions of a batch, [] if there is none."""
    found = select(decisions).where(decisions.c.batch == batch).order_by(decisions.c.decision_id)
    return [unpacked(row) for row in reader.execute(found).mappings()]


def last_batch(reader: Connection, who: str) -> str | None:
    """Return the last batch of a reader that is not taken back and takes nothing back, None if there is none."""
    found = select(decisions).where(decisions.c.who == who).order_by(decisions.c.decision_id.desc())
    back: set[int | None] = set()
    with reader.execute(found, execution_options={"yield_per": AT_ONCE}) as rows:
        for row in rows.mappings():
            if row["decision_id"] in back:
                continue
            if row["action"] != "undo":
                return str(row["batch"])
            back.add(unpacked(row).undoes)
    return None


def replayed(log: Iterable[Decision]) -> dict[tuple[str, int], Item]:
    """Return the items that a log makes, by id and reading."""
    return {(decision.item_id, decision.reading): decision.item for decision in log}


def copy(writer: Connection, given: Iterable[Decision], keep_numbers: bool = False) -> int:
    """Add decisions of another desk as they are, with numbers of this one, and the items they make; return how many.

    None of the items may be on this desk yet.

    Args:
        keep_numbers: keep the numbers too: for a desk that has none.

    Raises:
        Conflict: if an item was decided on here.
    """
    numbers: dict[int | None, int | None] = {None: None}
    last: dict[tuple[str, int], Decision] = {}
    try:
        for decision in given:
            before = decision.before and replace(decision.before, decision_id=numbers.get(decision.before.decision_id))
            draft = replace(decision, undoes=numbers.get(decision.undoes), before=before)
            own = {"decision_id": decision.decision_id} if keep_numbers else {}
            number = int(writer.execute(ADD_ONE, _columns(draft) | own).scalar_one())
            numbers[decision.decision_id] = number
            last[decision.item_id, decision.reading] = _numbered(draft, number)
        for decision in last.values():
            writer.execute(ADD_ITEM, _item_columns(decision))
    except IntegrityError:
        raise Conflict("decisions", "some of these items were decided on here already") from None
    return len(numbers) - 1


def _draft(change: Change, by: Stamp) -> Decision:
    at: Row = {"who": by.reader.name, "at": by.at, "decision_id": None}
    item = replace(change.item, **at)
    return Decision(
        0, item.document_id, item.item_id, item.reading, item.version, by.reader.name, by.reader.rank, by.at,
        change.action, by.batch, item, change.before, change.undoes, by.text_sha256,
    )  # fmt: skip


def _columns(draft: Decision) -> dict[str, Any]:
    own = ("document_id", "item_id", "reading", "version", "who", "at", "action", "batch")
    return {name: getattr(draft, name) for name in own} | {"row": packed(draft)}


def _numbered(draft: Decision, number: int) -> Decision:
    return replace(draft, decision_id=number, item=replace(draft.item, decision_id=number))


def _item_columns(decision: Decision) -> dict[str, Any]:
    item = decision.item
    own = ("item_id", "reading", "document_id", "state", "target", "version", "decision_id")
    return {name: getattr(item, name) for name in own} | {"row": item_json(item)}


def _follow(writer: Connection, written: Sequence[Decision]) -> None:
    for decision in written:
        item, values = decision.item, _item_columns(decision)
        if item.version == 1:
            writer.execute(ADD_ITEM, values)
            continue
        seen = {"own": item.item_id, "in_reading": item.reading, "seen": item.version - 1}
        if writer.execute(CHANGE_ITEM, seen | {f"new_{name}": values[name] for name in CHANGES}).rowcount != 1:
            raise Conflict(item.item_id, "decided by somebody else meanwhile")
