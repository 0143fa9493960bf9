"""Who sees whose decisions: a second reader sees none of the first one's until she has closed her reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

from nlp.desk.faults import Forbidden
from nlp.desk.users import User
from nlp.review.desk import Desk
from nlp.review.readings import Opened
from nlp.review.records import FINAL, FIRST, SECOND, Decision, Reader, Report, State


def reader_for(desk: Desk, document_id: str, user: User, asked: int | None) -> Reader:
    """Return as which reader somebody reads a report: the second where that is hers, else the first.

    Raises:
        Forbidden: if she asks for a reading that is not for her: another than her own while she reads blind, the
            second of somebody else, or the final one without being an adjudicator.
    """
    second = _second(desk, document_id)
    own = SECOND if second and second.who == user.name else FIRST
    open_ = own == SECOND and second and not second.closed
    reading = asked or (own if open_ else FIRST)
    if open_ and reading != SECOND:
        raise Forbidden(user.rank, "you read this report blind: close your reading first")
    if reading == SECOND and own != SECOND and not user.may("adjudicator"):
        raise Forbidden("adjudicator", "the second reading is somebody else's")
    if reading == FINAL and not user.may("adjudicator"):
        raise Forbidden("adjudicator")
    return Reader(user.name, user.rank, reading)


def hidden_from(desk: Desk, user: User) -> frozenset[str]:
    """Ids of reports that a user reads blind at the moment."""
    return desk.read_blind_by(user.name)


def counted_for(desk: Desk, user: User, reports: Iterable[Report]) -> list[Report]:
    """Return reports with the counts that a user may see: of those that she reads blind, the counts of her reading."""
    hidden = hidden_from(desk, user)
    return [replace(report, counts=_own(desk, report, user)) if report.document_id in hidden else report
            for report in reports]  # fmt: skip


def _own(desk: Desk, report: Report, user: User) -> dict[str, int]:
    if report.state != "ready":
        return {}
    items = desk.contents(report.document_id, Reader(user.name, user.rank, SECOND)).items
    found = Counter(item.state for item in items)
    return {state: found[state] for state in get_args(State)}


def seen_by(desk: Desk, user: User, log: Iterable[Decision]) -> list[Decision]:
    """Return the rows of the log that a user may see."""
    rows = [*log]
    hidden = hidden_from(desk, user) if rows else frozenset()  # pages ask every few seconds, mostly in vain
    return [row for row in rows if row.document_id not in hidden or row.reading == SECOND]


def _second(desk: Desk, document_id: str) -> Opened | None:
    return next((row for row in desk.readings(document_id) if row.reading == SECOND), None)
