"""One batch of decisions, from what is asked to the rows of the log; inside the log's turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from nlp.errors import Conflict, UsageError
from nlp.program import Program
from nlp.review import log, readings, rules
from nlp.review.batch import Batch
from nlp.review.lines import Change, Row, item_row
from nlp.review.records import Ask, Decided, Decision, Item, Reader
from nlp.review.sheet import Sheet, Sheets
from nlp.review.standing import held_items, standing

MOST = 1_000  # asks in a batch


def as_rows(asks: Sequence[Ask]) -> list[Row]:
    """Asks as plain JSON."""
    return [{name: getattr(ask, name) for name in Ask.__dataclass_fields__} for ask in asks]


def batch_for(writer: Connection, sheet: Sheet, reading: int, program: Program, written: bool = False) -> Batch:
    """Return a batch on the items of a reading as they stand now.

    Args:
        written: this transaction has written already: what it numbered must not be remembered, as it may yet fail.
    """
    known = dict(sheet.known) if written else sheet.known
    held = held_items(writer, sheet.document_id, known)
    return Batch(sheet, reading, program, standing(sheet, held, reading))


def decide(
    writer: Connection, sheet: Sheet, asks: Sequence[Ask], reader: Reader, program: Program
) -> tuple[Batch, log.Stamp, list[Decision]]:
    """Apply asks to one report and write what follows.

    Raises:
        Conflict, UsageError: as `Desk.decide`.
    """
    if not 0 < len(asks) <= MOST:
        raise UsageError("asks", f"{len(asks)} of them: 1 to {MOST} in a batch", "Ask in several batches")
    readings.begin(writer, sheet.document_id, reader)
    batch = batch_for(writer, sheet, reader.reading, program)
    try:
        rules.apply(batch, asks)
    except Conflict as error:
        raise Conflict(error.subject, error.reason, as_rows(asks), error.theirs) from None
    rules.weigh(writer, batch)
    by = log.stamp(reader, sheet.text_sha256)
    return batch, by, log.write(writer, batch.changes(), by)


def undo(writer: Connection, sheets: Sheets, reader: Reader, batch: str | None, program: Program) -> Decided:
    """Take a batch back as new rows.

    Raises:
        Conflict, UsageError: as `Desk.undo`.
    """
    if reader.rank == "reader":
        raise UsageError(reader.name, "may look, but not decide", "Ask for the rank of an officer")
    name = batch or log.last_batch(writer, reader.name)
    if name is None:
        raise UsageError("undo", "there is nothing of yours to take back", "Decide first")
    taken = log.batch_of(writer, name)
    if not taken:
        raise UsageError(name, "no such batch", "See the log")
    if taken[0].who != reader.name and reader.rank != "adjudicator":
        raise UsageError(name, "was decided by somebody else", "Decide anew, or ask an adjudicator")
    written: list[Decision] = []
    by: log.Stamp | None = None
    for document_id, reading in dict.fromkeys((one.document_id, one.reading) for one in taken):
        own = [one for one in taken if (one.document_id, one.reading) == (document_id, reading)]
        sheet = sheets.load(writer, document_id)
        readings.begin(writer, document_id, replace(reader, reading=reading))
        by = log.stamp(reader, sheet.text_sha256, by.batch if by else "")
        written += log.write(writer, _back(batch_for(writer, sheet, reading, program, written=True), own), by)
    return Decided(tuple(one.item for one in written), tuple(written))


def _back(batch: Batch, taken: Sequence[Decision]) -> list[Change]:
    """Changes that take decisions of one report back."""
    stale = [one for one in taken if (item := batch.before.get(one.item_id)) is None or item.version != one.version]
    if stale:
        found = (batch.before.get(one.item_id) for one in stale)
        theirs = [item_row(item) for item in found if item]
        raise Conflict(stale[0].item_id, "somebody went on from there", [item_row(one.item) for one in stale], theirs)
    for one in taken:
        batch.put(_as_before(one), "undo")
    if fallen := rules.broken(batch):
        reason = f"{fallen[0].target} was decided since and stands on it"
        raise Conflict(taken[0].item_id, reason, [item_row(one.item) for one in taken], [*map(item_row, fallen)])
    undone = {one.item_id: one.decision_id for one in taken}
    return [replace(change, undoes=undone[change.item.item_id]) for change in batch.changes()]


def _as_before(decision: Decision) -> Item:
    """The item as it was before a decision; one that did not exist is nobody's claim again."""
    if decision.before:
        return decision.before
    return replace(decision.item, state="suggested", lane=None, probability=None)
