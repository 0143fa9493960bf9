"""Decisions taken along to a changed codebook, as one batch of rows that can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from nlp.errors import UsageError
from nlp.review import log
from nlp.review.crosswalk import Crosswalk, Migrated, migrate
from nlp.review.desk import Desk
from nlp.review.lines import Change
from nlp.review.records import FINAL, FIRST, SECOND, Reader
from nlp.review.standing import held_items
from nlp.store.tables import reports


@dataclass(frozen=True, slots=True)
class Reread:
    """A row of what a person has to look at again: the report by its name, the item before and after, and why."""

    document_id: str
    name: str
    reading: int
    item_id: str
    page: int | None
    quote: str
    old_target: str
    targets: str
    kind: str
    state_before: str
    state: str
    why: str


def migrate_desk(desk: Desk, crosswalk: Crosswalk, who: Reader, write: bool = True) -> tuple[str, list[Migrated]]:
    """Take all decisions of a desk along; return the batch ("" where nothing was written) and what became of them.

    All or nothing. Decisions that are under the new codebook already stay as they are, so it may be run again.

    Args:
        desk: opened with the new codebook. who: an adjudicator. write: False only says what would come of it.

    Raises:
        UsageError: as `crosswalk.migrate`, or if she is no adjudicator. Conflict: if somebody decided meanwhile.
    """
    if who.rank != "adjudicator":
        raise UsageError(who.name, "may not migrate a desk", "Ask an adjudicator")
    if not write:
        with desk.vault.reading() as reader:
            return "", [one for _, done in _all(reader, crosswalk, desk) for one in done]
    batch, found = "", []
    with desk.vault.deciding() as writer:
        for document_id, done in list(_all(writer, crosswalk, desk)):
            found += done
            digests = log.text_digests(writer, document_id)
            for digest, changes in _by_text(done, digests).items():
                stamp = log.stamp(who, digest, batch)
                batch = stamp.batch
                log.write(writer, changes, stamp)
    return batch, found


def _all(reader: Connection, crosswalk: Crosswalk, desk: Desk) -> Iterator[tuple[str, list[Migrated]]]:
    """What becomes of the items of each reading of each report."""
    for document_id in reader.execute(select(reports.c.document_id).order_by(reports.c.received)).scalars().all():
        held = held_items(reader, document_id)
        for reading in (FIRST, SECOND, FINAL):
            if done := migrate(held.of(reading).values(), crosswalk, desk.program):
                yield document_id, done


def _by_text(done: Sequence[Migrated], digests: dict[tuple[str, int], str]) -> dict[str, list[Change]]:
    """Changes to write, by the digest of the text that their offsets refer to."""
    found: dict[str, list[Change]] = {}
    for one in done:
        changes = found.setdefault(digests[one.before.item_id, one.before.reading], [])
        changes.append(Change(replace(one.after, version=one.before.version + 1), one.before, "migrate"))
        changes += [Change(replace(part, version=1), None, "migrate") for part in one.added]
    return found


def rereads(desk: Desk, done: Sequence[Migrated]) -> list[Reread]:
    """What a person has to look at again, as rows."""
    names = {report.document_id: report.name for report in desk.reports()}
    return [
        Reread(
            one.before.document_id, names[one.before.document_id], one.before.reading, one.before.item_id,
            one.before.page, one.before.quote, one.before.target,
            " ".join(item.target for item in (one.after, *one.added)), one.kind, one.before.state, one.after.state,
            one.reread,
        )
        for one in done
        if one.reread
    ]  # fmt: skip
