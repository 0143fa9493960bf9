"""Taking in reports: a file of a form, or the bytes of a request."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from nlp.desk.blind import counted_for
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
    async with arrived(request, office.doors.upload_bytes) as (called, file), office.taking:
        report, known = await run_in_threadpool(_received, office, shown(called or name), file, user.name)
        (told,) = await run_in_threadpool(counted_for, office.desk, user, [report])
    return answer({**row_of(told), "known": known}, 200 if known else 201)


@asynccontextmanager
async def arrived(request: Request, most: int) -> AsyncIterator[tuple[str, IO[bytes]]]:
    """Give name and content of what was sent, on the disk, not in memory.

    Raises:
        DeskFault: if there is none, or more than `most` bytes.
    """
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=4) as form:
            part = form.get("file")
            if not isinstance(part, UploadFile):
                raise DeskFault("file", "the form holds no file", "Send it as the part named file")
            yield part.filename or "", _sized(part.file, most)
    else:
        with tempfile.TemporaryFile() as file:
            await _save(request, file)
            yield "", _sized(file, most)


async def _save(request: Request, file: IO[bytes]) -> None:
    try:
        async for piece in request.stream():
            await run_in_threadpool(file.write, piece)
    except ClientDisconnect:
        raise DeskFault("upload", "broken off", "Send it again") from None


def _sized(file: IO[bytes], most: int) -> IO[bytes]:
    size = file.seek(0, os.SEEK_END)
    if size > most:
        raise TooLarge(most)
    if not size:
        raise DeskFault("file", "empty", "Get a fresh copy")
    file.seek(0)
    return file


def _received(office: Office, name: str, file: IO[bytes], who: str) -> tuple[Report, bool]:
    data = file.read()
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
