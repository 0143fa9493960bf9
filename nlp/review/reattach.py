"""A report was read anew: its decided items go along, as rows of the log that anybody may look at."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from nlp.review import log
from nlp.review.attach import Attached, attach
from nlp.review.lines import Change, is_gone
from nlp.review.records import FINAL, FIRST, SECOND, Item, Reader
from nlp.review.sheet import Sheet, Sheets
from nlp.review.standing import held_items
from nlp.review.vault import Vault
from nlp.store.tables import documents, texts

BY = Reader("evmap", "adjudicator")
"""Who attaches: nobody's own decision, so nobody's undo takes it back by the way."""


def reattach(vault: Vault, sheets: Sheets, document_id: str, write: bool = True) -> list[Attached]:
    """Find what was decided on a report in its text as it stands now; one batch of rows with action "attach".

    Items that stand where they stood get no row. Those that were orphans and are found again come back. A row of an
    orphan bears the digest of the text that its offsets refer to.

    Args:
        write: False only says what would come of it.

    Returns:
        What became of each decided item, by reading and in the order of the log; [] where nothing was decided.

    Raises:
        UsageError: if the report is not there, or not mapped.
    """
    if not write:
        with vault.reading() as reader:
            return _attached(reader, sheets.load(reader, document_id))
    with vault.deciding() as writer:
        sheet = sheets.load(writer, document_id)
        done = _attached(writer, sheet)
        _write(writer, sheet, done)
    return done


def _attached(reader: Connection, sheet: Sheet) -> list[Attached]:
    held = held_items(reader, sheet.document_id)
    items = [item for reading in (FIRST, SECOND, FINAL) for item in held.of(reading).values() if not is_gone(item)]
    if not items:
        return []
    stored = _texts(reader, sheet.document_id)
    digests = log.text_digests(reader, sheet.document_id)
    groups: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        groups[_origin(item, digests[item.item_id, item.reading], stored, sheet)].append(number)
    found: dict[int, Attached] = {}
    for digest, numbers in groups.items():
        done = attach([items[n] for n in numbers], stored.get(digest), sheet.text, sheet.passages)
        found.update(zip(numbers, done, strict=True))
    return [found[number] for number in range(len(items))]


def _origin(item: Item, digest: str, stored: Mapping[str, str], sheet: Sheet) -> str:
    """Digest of the text that an item's offsets refer to; "" where it is lost, or a batch that was undone hides it."""
    for name in dict.fromkeys((digest, sheet.text_sha256, *stored)):
        if name in stored and stored[name][item.start : item.end] == item.quote and _around(item, stored[name]):
            return name
    return ""


def _around(item: Item, text: str) -> bool:
    before = text[max(0, item.start - len(item.prefix)) : item.start]
    return before == item.prefix and text[item.end : item.end + len(item.suffix)] == item.suffix


def _texts(reader: Connection, document_id: str) -> dict[str, str]:
    """Every text that the report had on this desk, by its digest, the newest last."""
    own = select(texts.c.text).join(documents).where(documents.c.document_id == document_id)
    found = reader.execute(own.order_by(documents.c.document)).scalars()
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in found}


def _write(writer: Connection, sheet: Sheet, done: Sequence[Attached]) -> None:
    """Log what changed; orphans under the digest of their own text, in the same batch."""
    changed = [one for one in done if one.item != one.before]
    digests = log.text_digests(writer, sheet.document_id)
    by_text: dict[str, list[Attached]] = defaultdict(list)
    for one in changed:
        orphan = one.place == "orphaned"
        by_text[digests[one.before.item_id, one.before.reading] if orphan else sheet.text_sha256].append(one)
    batch = ""
    for digest, group in by_text.items():
        stamp = log.stamp(BY, digest, batch)
        batch = stamp.batch
        log.write(writer, [_change(one) for one in group], stamp)


def _change(one: Attached) -> Change:
    return Change(replace(one.item, version=one.before.version + 1), one.before, "attach")
