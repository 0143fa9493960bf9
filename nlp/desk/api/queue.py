"""What to decide next, across reports, and where the same is said elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from nlp.desk.api.reports import DocumentId, report_of
from nlp.desk.api.tables import Ending, item_columns
from nlp.desk.gate import Looks
from nlp.desk.office import office_of
from nlp.desk.plain import answer, flat, table
from nlp.review.queue import Order

Limit = Annotated[int, Query(ge=1, le=10_000)]
router = APIRouter()


@router.get("/api/queue")
def queue(request: Request, user: Looks, order: Order = "likely", limit: Limit = 200) -> Response:
    """Open items in an order, what says the same but once: ``alike`` says how often else."""
    groups = office_of(request).lines.queue(user, order)
    shown = groups[:limit]
    alike = {group.first.item_id: len(group.alike) for group in shown if group.alike}
    return answer({"items": [group.first for group in shown], "alike": alike, "left": len(groups)})


@router.get("/queue.{kind}")
def queue_file(request: Request, user: Looks, kind: Ending, order: Order = "likely", limit: Limit = 10_000) -> Response:
    """The queue as a file."""
    groups = office_of(request).lines.queue(user, order)[:limit]
    return table(flat(group.first for group in groups), item_columns(), f"queue-{order}", kind)


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
