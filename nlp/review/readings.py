"""Who reads a report: the first reading is open to all officers, the second is blind, the last settles."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from nlp.errors import UsageError
from nlp.review.lines import now
from nlp.review.records import FINAL, FIRST, SECOND, Rank, Reader
from nlp.store.tables import decisions, readings, reports

OF_REPORT = select(readings).where(readings.c.document_id == bindparam("report")).order_by(readings.c.reading)
NAMES = {FIRST: "first", SECOND: "second", FINAL: "final"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A reading of a report: which, by whom, since when and until when (ISO 8601 in UTC; None while it is open)."""

    document_id: str
    reading: int
    who: str
    opened: str
    closed: str | None


def of_report(reader: Connection, document_id: str) -> list[Opened]:
    """Return the readings of a report that were begun."""
    return [Opened(**row) for row in reader.execute(OF_REPORT, {"report": document_id}).mappings()]


def read_blind_by(reader: Connection, name: str) -> frozenset[str]:
    """Return the reports whose second reading is a person's own and still open."""
    own = (readings.c.reading == SECOND) & (readings.c.who == name) & readings.c.closed.is_(None)
    return frozenset(reader.scalars(select(readings.c.document_id).where(own)))


def reader_of(reader: Connection, document_id: str, name: str, rank: Rank) -> Reader:
    """Return a person as the reader that she is of a report: the second one blind, an adjudicator settling."""
    opened = {one.reading: one for one in of_report(reader, document_id)}
    if SECOND in opened and opened[SECOND].who == name:
        return Reader(name, rank, SECOND)
    return Reader(name, rank, FINAL if rank == "adjudicator" and SECOND in opened else FIRST)


def begin(writer: Connection, document_id: str, reader: Reader) -> None:
    """Make sure that somebody may decide in a reading; begin it if it is the first or the last.

    Raises:
        UsageError: if she may only look, the reading is closed or somebody else's, or settling is not for her rank.
    """
    _may_decide(reader)
    opened = {one.reading: one for one in of_report(writer, document_id)}
    own = opened.get(reader.reading)
    if own and own.closed:
        reason = f"the {NAMES[reader.reading]} reading of this report is closed"
        raise UsageError(document_id, reason, "Open it again, or let an adjudicator settle what is left")
    if reader.reading == SECOND and (own is None or own.who != reader.name):
        raise UsageError(document_id, "the second reading is not yours", "Open it first")
    if reader.reading == FIRST and SECOND in opened and opened[SECOND].who == reader.name:
        raise UsageError(document_id, "you are its blind second reader", "Decide in the second reading")
    if own is None:
        _insert(writer, document_id, reader)


def open_second(writer: Connection, document_id: str, reader: Reader) -> None:
    """Begin the blind second reading; once open, only this reader decides in it.

    Raises:
        UsageError: if she may only look, decided in the first reading, or somebody else reads it.
    """
    _may_decide(Reader(reader.name, reader.rank))
    opened = {one.reading: one for one in of_report(writer, document_id)}
    if SECOND in opened:
        if opened[SECOND].who == reader.name:
            return
        raise UsageError(document_id, "somebody else is its second reader", "Choose another report")
    first = select(decisions.c.decision_id).where(
        decisions.c.document_id == document_id, decisions.c.reading == FIRST, decisions.c.who == reader.name
    )
    if writer.scalar(first.limit(1)) is not None:
        raise UsageError(document_id, "you decided in the first reading: the second is to be blind", "Let another read")
    _insert(writer, document_id, Reader(reader.name, reader.rank, SECOND))
    writer.execute(update(reports).where(reports.c.document_id == document_id).values(double=1))


def close(writer: Connection, document_id: str, reader: Reader) -> None:
    """Close a reading: nothing more is decided in it until it is opened again. Closing twice changes nothing.

    Raises:
        UsageError: as `begin`.
    """
    begin_or_closed = {one.reading: one for one in of_report(writer, document_id)}.get(reader.reading)
    if begin_or_closed and begin_or_closed.closed:
        return
    begin(writer, document_id, reader)
    _set_closed(writer, document_id, reader.reading, now())


def reopen(writer: Connection, document_id: str, reader: Reader) -> None:
    """Open a closed reading again.

    Raises:
        UsageError: if it was not begun, is somebody else's second reading, or is settled already.
    """
    _may_decide(reader)
    opened = {one.reading: one for one in of_report(writer, document_id)}
    own = opened.get(reader.reading)
    if own is None:
        raise UsageError(document_id, "that reading was not begun", "Begin it")
    if reader.reading == SECOND and own.who != reader.name:
        raise UsageError(document_id, "the second reading is not yours", "Let its reader open it")
    if reader.reading != FINAL and FINAL in opened:
        raise UsageError(document_id, "an adjudicator has begun to settle it", "Ask the adjudicator")
    _set_closed(writer, document_id, reader.reading, None)


def _may_decide(reader: Reader) -> None:
    if reader.rank == "reader":
        raise UsageError(reader.name, "may look, but not decide", "Ask for the rank of an officer")
    if reader.reading == FINAL and reader.rank != "adjudicator":
        raise UsageError(reader.name, "may not settle what two readers differ in", "Ask an adjudicator")
    if reader.reading not in NAMES:
        raise UsageError(reader.reading, "no such reading", "1 is the first, 2 the second, 3 the final one")


def _insert(writer: Connection, document_id: str, reader: Reader) -> None:
    values = {"document_id": document_id, "reading": reader.reading, "who": reader.name, "opened": now()}
    writer.execute(insert(readings), values)


def _set_closed(writer: Connection, document_id: str, reading: int, at: str | None) -> None:
    own = (readings.c.document_id == document_id) & (readings.c.reading == reading)
    writer.execute(update(readings).where(own).values(closed=at))
