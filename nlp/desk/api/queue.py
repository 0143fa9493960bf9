"""What to decide next, across reports, and where the same is said elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from nlp.desk.api.reports import DocumentId, report_of
from nlp.desk.api.tables import Ending, item_columns
from nlp.desk.gate import Looks
from nlp.desk.lining import Whole
from nlp.desk.office import office_of
from nlp.desk.plain import answer, flat, table
from nlp.desk.users import User
from nlp.review.queue import Group, Order
from nlp.review.records import Item

READING = 5.0  # decisions that reading a passage whole is worth
Kind = Order | Literal["worklist"]
Worth = Annotated[float, Query(gt=0, le=100)]
Of = Annotated[str, Query(pattern=r"^([0-9a-f]{64})?$")]
Limit = Annotated[int, Query(ge=1, le=10_000)]
router = APIRouter()


@router.get("/api/queue")
def queue(
    request: Request, user: Looks, order: Kind = "likely", limit: Limit = 200, reading: Worth = READING,
    document_id: Of = "",
) -> Response:  # fmt: skip
    """Open items in an order, what says the same but once: ``alike`` says how often else.

    With ``worklist`` passages to read whole stand among them, without ``item_id``; then also of one report.
    """
    shown, left = _tasks(request, user, order, limit, reading, document_id)
    alike = {task.first.item_id: len(task.alike) for task in shown if isinstance(task, Group) and task.alike}
    return answer({"items": list(map(_first, shown)), "alike": alike, "left": left})


def _tasks(
    request: Request, user: User, kind: Kind, limit: int, reading: float = READING, document_id: str = ""
) -> tuple[Sequence[Group | Whole], int]:
    lines = office_of(request).lines
    if kind == "worklist":
        return lines.work(user, reading, limit, document_id)
    groups = lines.queue(user, kind)
    return groups[:limit], len(groups)


def _first(task: Group | Whole) -> Item | Whole:
    return task.first if isinstance(task, Group) else task


@router.get("/queue.{kind}")
def queue_file(request: Request, user: Looks, kind: Ending, order: Kind = "likely", limit: Limit = 10_000) -> Response:
    """The queue as a file."""
    shown, _ = _tasks(request, user, order, limit)
    columns = [*item_columns(), *(("expected", "open") if order == "worklist" else ())]
    return table(flat(map(_first, shown)), columns, f"queue-{order}", kind)


@router.get("/api/reports/{document_id}/duplicates")
def duplicates(
    request: Request,
    document_id: DocumentId,
    user: Looks,
    passage_id: Annotated[str, Query(min_length=1, max_length=100)],
) -> Response:
    """Passages of all reports that say the same as one."""
    office = office_of(request)
    report_of(office, document_id)
    places = office.desk.duplicates(document_id, passage_id)
    return answer({"passages": [place._asdict() for place in places]})
