"""Does a desk hold together: the log replays to the items, versions have no gap, quotes stand in their texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import zip_longest

from sqlalchemy import Connection, select

from nlp.caching import file_sha256
from nlp.jsonl import read_rows
from nlp.review import inbox, log
from nlp.review.desk import Desk
from nlp.review.journal import JOURNAL
from nlp.review.lines import decision_of, is_gone
from nlp.review.records import FIRST, HOLDS, Item
from nlp.review.standing import held_items
from nlp.review.vault import FILES
from nlp.store.tables import documents, items, reports, texts

Check = Callable[[Desk, Connection], Iterator[str]]


def check_desk(desk: Desk) -> dict[str, list[str]]:
    """Return every promise with its breaks, [] where it holds; all of one moment."""
    with desk.vault.reading() as reader:
        return {(check.__doc__ or "").strip(): list(check(desk, reader)) for check in CHECKS}


def _replays(desk: Desk, reader: Connection) -> Iterator[str]:
    """the log replays to the items"""
    made = log.replayed(log.all_of(reader))
    for name, reading, item in _standing(reader):
        if made.pop((name, reading), None) != item:
            yield f"item {name}, reading {reading}"
    yield from (f"item {name}, reading {reading}: missing" for name, reading in made)


def _standing(reader: Connection) -> Iterator[tuple[str, int, Item]]:
    """Every item of every reading as it stands, a document at a time."""
    for document_id in [name for (name,) in reader.execute(select(items.c.document_id).distinct())]:
        held = held_items(reader, document_id)
        yield from ((name, reading, item) for reading in (1, 2, 3) for name, item in held.of(reading).items())


def _chains(desk: Desk, reader: Connection) -> Iterator[str]:
    """versions of an item count up by one, each decision from where the one before left off"""
    last: dict[tuple[str, int], Item] = {}
    for one in log.all_of(reader):
        key = one.item_id, one.reading
        known = last.get(key)
        begun = known.version if known else 0
        if one.version != begun + 1 or one.item.version != one.version:
            yield f"decision {one.decision_id}: version {one.version} after {begun}"
        elif known and one.before != known:
            yield f"decision {one.decision_id}: begins from another item"
        last[key] = one.item


def _quotes(desk: Desk, reader: Connection) -> Iterator[str]:
    """every quote is a slice of the text it was decided on"""
    for (document_id,) in reader.execute(select(reports.c.document_id)).all():
        known = _texts(reader, document_id)
        for one in log.all_of(reader, document_id):
            text, item = known.get(one.text_sha256), one.item
            if text is not None and item.place != "orphaned" and text[item.start : item.end] != item.quote:
                yield f"decision {one.decision_id}"


def _texts(reader: Connection, document_id: str) -> dict[str, str]:
    """Texts of a document, of every reading of it that is kept, by digest."""
    found = select(texts.c.text).select_from(texts.join(documents)).where(documents.c.document_id == document_id)
    return {hashlib.sha256(text.encode()).hexdigest(): text for (text,) in reader.execute(found)}


def _parents(desk: Desk, reader: Connection) -> Iterator[str]:
    """no activity holds without one of its objectives in the same passage"""
    for (document_id,) in reader.execute(select(reports.c.document_id).where(reports.c.key.is_not(None))).all():
        sheet = desk.sheets.load(reader, document_id)
        held = [item for item in held_items(reader, document_id).of(FIRST).values() if item.state in HOLDS]
        homes: dict[str, set[str]] = {}
        for item in held:
            homes.setdefault(sheet.home(item), set()).add(item.target)
        for item in held:
            parents, home = desk.program.parents(item.target), sheet.home(item)
            if parents and home and not homes[home].intersection(parents):
                yield f"item {item.item_id}: {item.target}"


def _takes_back(desk: Desk, reader: Connection) -> Iterator[str]:
    """what was taken back is as it was before"""
    known: dict[int, tuple[Item | None, Item]] = {}
    for one in log.all_of(reader):
        known[one.decision_id] = one.before, one.item
        if one.undoes is None:
            continue
        before, _ = known.get(one.undoes, (None, one.item))
        same = before.state == one.item.state if before else is_gone(one.item)
        if one.undoes not in known or not same:
            yield f"decision {one.decision_id}"


def _journal(desk: Desk, reader: Connection) -> Iterator[str]:
    """the journal says what the log says"""
    path = desk.vault.folder / JOURNAL
    if desk.vault.shared or not path.is_file():
        return
    written = (decision_of(row) for row in read_rows(path))
    for number, (ours, theirs) in enumerate(zip_longest(log.all_of(reader), written), start=1):
        if ours is not None and ours != theirs:
            yield f"line {number}"


def _files(desk: Desk, reader: Connection) -> Iterator[str]:
    """every report lies there as it came"""
    for row in inbox.rows(reader):
        path = desk.vault.folder / FILES / row.document_id
        if path.is_file():
            if file_sha256(path) != row.document_id:
                yield row.document_id
        elif row.state in ("waiting", "mapping"):
            yield f"{row.document_id}: missing"


CHECKS: tuple[Check, ...] = (_replays, _chains, _quotes, _parents, _takes_back, _journal, _files)
