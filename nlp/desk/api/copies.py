"""What people can mail: a report with its findings in it, and its cover."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from nlp.copies import KINDS
from nlp.copies.cover.making import COVERS, MEDIA
from nlp.copies.finding import Finding, from_items
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


@router.get("/reports/{document_id}/copy.{kind}")
def copy(
    request: Request,
    document_id: DocumentId,
    user: Looks,
    kind: Kind,
    language: Language = "en",
    show: Shown = "suggested",
) -> Response:
    """The report as it came with the findings in it: confirmed ones, and by default the suggested lane."""
    office = office_of(request)
    report, findings = _found(office, document_id, user, language, show)
    text, original = office.desk.sheet(document_id).text, office.desk.file(document_id)
    data = office.copier.make(original, kind, report.name, text, findings, language)
    media = KINDS[kind].media_type if kind != "html" else MEDIA["html"]
    return _sent(data, media, f"{PurePath(report.name).stem}-evmap.{kind}")


@router.get("/reports/{document_id}/cover.{kind}")
def cover(
    request: Request,
    document_id: DocumentId,
    user: Looks,
    kind: Kind,
    language: Language = "en",
    show: Shown = "suggested",
) -> Response:
    """One page: what the report addresses, with quotes; what is planned and done; what was not found."""
    office = office_of(request)
    report, findings = _found(office, document_id, user, language, show)
    sheet = office.desk.sheet(document_id)
    row: dict[str, Any] = {**report.row, "inputs": [report.name], "status": report.status, "reason": report.reason}
    data = COVERS[kind](row, sheet.text, findings, office.program, language)
    return _sent(data, MEDIA[kind], f"{PurePath(report.name).stem}-cover.{kind}")


def _found(office: Office, document_id: str, user: User, language: str, show: str) -> tuple[Report, list[Finding]]:
    """The report and its findings as they count."""
    report = report_of(office, document_id)
    if report.state != "ready":
        raise Missing("copy", "this report is not mapped yet", "Wait until it is ready")
    if document_id in hidden_from(office.desk, user):
        raise Forbidden(user.rank, "you read this report blind: close your reading first")
    items = office.desk.settled(document_id)
    chosen = [
        item for item in items
        if show == "all" or item.state in HOLDS or (show == "suggested" and item.lane == "suggested")
    ]  # fmt: skip
    return report, from_items(chosen, office.program, language)


def _sent(data: bytes, media_type: str, name: str) -> Response:
    headers = {
        "content-disposition": attached(name),
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(data, media_type=media_type, headers=headers)
