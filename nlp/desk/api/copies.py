"""What people can mail: a report with its findings in it, and its cover."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from nlp.copies import KINDS
from nlp.copies.cover.making import COVERS, MEDIA
from nlp.copies.finding import Wanted, from_items
from nlp.desk.api.reports import DocumentId, report_of
from nlp.desk.blind import hidden_from
from nlp.desk.faults import Forbidden, Missing
from nlp.desk.gate import Looks
from nlp.desk.office import Office, office_of
from nlp.desk.plain import attached
from nlp.desk.users import User
from nlp.program import Language
from nlp.review.records import HOLDS, Report

Kind = Annotated[Literal["docx", "pdf", "html"], Path()]
Shown = Annotated[Literal["all", "suggested", "confirmed"], Query()]
router = APIRouter()


@dataclass(frozen=True)
class Sought:
    """What is asked for: of which report, in which format and language, with which findings.

    By default confirmed ones, and the suggested lane.
    """

    document_id: DocumentId
    kind: Kind
    language: Language = "en"
    show: Shown = "suggested"


@router.get("/reports/{document_id}/copy.{kind}")
def copy(request: Request, sought: Annotated[Sought, Depends()], user: Looks) -> Response:
    """The report as it came with the findings in it."""
    office = office_of(request)
    report, wanted = _wanted(office, sought, user)
    data = office.copier.make(sought.kind, office.desk.file(report.document_id), wanted)
    media = KINDS[sought.kind].media_type if sought.kind != "html" else MEDIA["html"]
    return _sent(data, media, f"{PurePath(report.name).stem}-evmap.{sought.kind}")


@router.get("/reports/{document_id}/cover.{kind}")
def cover(request: Request, sought: Annotated[Sought, Depends()], user: Looks) -> Response:
    """One page: what the report addresses, with quotes; what is planned and done; what was not found."""
    office = office_of(request)
    report, wanted = _wanted(office, sought, user)
    row: dict[str, Any] = {**report.row, "inputs": [report.name], "status": report.status, "reason": report.reason}
    data = COVERS[sought.kind](row, wanted.text, wanted.findings, office.program, wanted.language)
    return _sent(data, MEDIA[sought.kind], f"{PurePath(report.name).stem}-cover.{sought.kind}")


def _wanted(office: Office, sought: Sought, user: User) -> tuple[Report, Wanted]:
    """The report, and what is shown of it, without its bytes."""
    report = report_of(office, sought.document_id)
    if report.state != "ready":
        raise Missing("copy", "this report is not mapped yet", "Wait until it is ready")
    if report.document_id in hidden_from(office.desk, user):
        raise Forbidden(user.rank, "you read this report blind: close your reading first")
    chosen = [
        item for item in office.desk.settled(report.document_id)
        if sought.show == "all" or item.state in HOLDS or (sought.show == "suggested" and item.lane == "suggested")
    ]  # fmt: skip
    findings = from_items(chosen, office.program, sought.language)
    return report, Wanted(b"", report.name, office.desk.sheet(report.document_id).text, findings, sought.language)


def _sent(data: bytes, media_type: str, name: str) -> Response:
    headers = {
        "content-disposition": attached(name),
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(data, media_type=media_type, headers=headers)
