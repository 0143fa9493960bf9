"""The review sheet: items out as XLSX, and the decisions that come back in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import IO, Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from nlp.copies import sheet
from nlp.desk.api.reports import DocumentId, Reading, report_of
from nlp.desk.api.taking import arrived
from nlp.desk.blind import reader_for
from nlp.desk.gate import Decides, Looks
from nlp.desk.office import Office, office_of
from nlp.desk.plain import answer, attached, row_of
from nlp.errors import Conflict
from nlp.program import Language
from nlp.review.records import HOLDS, Ask, Item, Reader
from nlp.review.turns import in_turn

router = APIRouter()


@router.get("/reports/{document_id}/sheet.xlsx")
def sheet_out(
    request: Request, document_id: DocumentId, user: Looks, language: Language = "en", reading: Reading = None
) -> Response:
    """Items of a report as one reader has them, to be decided on in a spreadsheet."""
    office = office_of(request)
    report = report_of(office, document_id)
    items = office.desk.contents(document_id, reader_for(office.desk, document_id, user, reading)).items
    headers = {"content-disposition": attached(f"{PurePath(report.name).stem}-review.xlsx")}
    return Response(sheet.write(items, office.program, language), media_type=sheet.MEDIA_TYPE, headers=headers)


@router.post("/api/reports/{document_id}/sheet")
async def sheet_in(request: Request, document_id: DocumentId, user: Decides, reading: Reading = None) -> Response:
    """Decide what a filled sheet says; 409 if any of its items was decided on meanwhile: then nothing is."""
    office = office_of(request)
    office.uploads.take(user.name)
    async with arrived(request, office.doors.upload_bytes) as (_, file), office.taking:
        reader = await run_in_threadpool(reader_for, office.desk, document_id, user, reading)
        return answer(await run_in_threadpool(_decided, office, document_id, file, reader))


def _decided(office: Office, document_id: str, file: IO[bytes], reader: Reader) -> dict[str, Any]:
    items = {item.item_id: item for item in office.desk.contents(document_id, reader).items}
    asks = office.copier.asks(file.read(), [*items.values()])
    _check(asks, items)
    decided = 0
    for part in in_turn(asks, items, office.program):
        decided += _decide(office, document_id, part, reader)
    return {"asked": len(asks), "decided": decided}


def _check(asks: Sequence[Ask], items: dict[str, Item]) -> None:
    stale = [ask for ask in asks if ask.item_id not in items or items[ask.item_id].version != ask.version]
    if stale:
        theirs = [row_of(items[ask.item_id]) for ask in stale if ask.item_id in items]
        reason = f"{len(stale)} rows of the sheet were decided by somebody else meanwhile"
        raise Conflict("review sheet", reason, [row_of(ask) for ask in stale], theirs)


def _decide(office: Office, document_id: str, asks: list[Ask], reader: Reader) -> int:
    try:
        return len(office.desk.decide(document_id, asks, reader).items)
    except Conflict:
        now = {item.item_id: item for item in office.desk.contents(document_id, reader).items}
        left = [ask for ask in asks if ask.action != "confirm" or now[ask.item_id].state not in HOLDS]
        if len(left) == len(asks):
            raise
        return _decide(office, document_id, left, reader) if left else 0  # it held already, with its activity
