"""Taking in reports: a file of a form, or the bytes of a request."""

from __future__ import annotations

import hashlib
import tempfile

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from nlp.desk.faults import DeskFault, TooLarge
from nlp.desk.gate import Decides
from nlp.desk.naming import shown
from nlp.desk.office import Office, office_of
from nlp.desk.plain import answer, row_of
from nlp.errors import UsageError
from nlp.review.records import Report

router = APIRouter()


@router.post("/api/reports")
async def take(request: Request, user: Decides, name: str = "") -> Response:
    """Take in a report: 201 if it is new, 200 with ``known`` if the same bytes are here already.

    A form with a part ``file``, or the bytes themselves with ``?name=``. What it is, its reader tells.
    """
    office = office_of(request)
    office.uploads.take(user.name)
    async with office.taking:
        called, data = await _taken(request, name, office.doors.upload_bytes)
        report, known = await run_in_threadpool(_received, office, shown(called), data, user.name)
    return answer({**row_of(report), "known": known}, 200 if known else 201)


async def _taken(request: Request, name: str, most: int) -> tuple[str, bytes]:
    """Name and bytes of what was sent; on the way they lie on the disk."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise DeskFault("file", "the form holds no file", "Send it as the part named file")
            data = await file.read(most + 1)
            name = file.filename or name
    else:
        data = await _body(request)
    if len(data) > most:
        raise TooLarge(most)
    if not data:
        raise DeskFault(shown(name), "empty file", "Get a fresh copy")
    return name, data


async def _body(request: Request) -> bytes:
    with tempfile.TemporaryFile() as file:
        try:
            async for piece in request.stream():
                file.write(piece)
        except ClientDisconnect:
            raise DeskFault("upload", "broken off", "Send it again") from None
        file.seek(0)
        return file.read()


def _received(office: Office, name: str, data: bytes, who: str) -> tuple[Report, bool]:
    known = _known(office, hashlib.sha256(data).hexdigest())
    report = office.desk.receive(name, data, who)
    if office.inbox:
        office.inbox.wake()
    return report, known


def _known(office: Office, document_id: str) -> bool:
    try:
        office.desk.report(document_id)
    except UsageError:
        return False
    return True
