"""Reports: the list, one with all that is on it, its readings, and the pictures of its pages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from nlp.desk.blind import counted_for, hidden_from, reader_for
from nlp.desk.faults import Missing
from nlp.desk.gate import Decides, Looks
from nlp.desk.inbox import Preview
from nlp.desk.office import Office, office_of
from nlp.desk.plain import answer, attached, row_of
from nlp.desk.wording import language_of
from nlp.errors import UsageError
from nlp.readers.sniffing import PDF
from nlp.review.lines import suggestion
from nlp.review.records import Reader, Report
from nlp.sentences import spoken, told
from nlp.writers.walk import Row

DocumentId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Reading = Annotated[int | None, Query(ge=1, le=3)]
router = APIRouter()


class Doing(BaseModel):
    """What is to happen with a reading."""

    model_config = ConfigDict(extra="forbid")
    do: Literal["open_second", "close", "reopen"]


@router.get("/api/reports")
def list_reports(request: Request, user: Looks) -> Response:
    """All reports, and what the inbox does."""
    office = office_of(request)
    state = office.inbox.state() if office.inbox else None
    language = language_of(request)
    reports = [_with_words(one, language) for one in counted_for(office.desk, user, office.desk.reports())]
    if state and state["error"]:
        state["error"]["told"] = {key: spoken(state["error"][key], language) for key in ("reason", "hint")}
    return answer({"reports": reports, "inbox": state})


@router.get("/api/inbox")
def inbox(request: Request, user: Looks) -> Response:
    """What the inbox does now."""
    office = office_of(request)
    return answer({"inbox": office.inbox.state() if office.inbox else None})


@router.get("/api/reports/{document_id}")
def show_report(request: Request, document_id: DocumentId, user: Looks, reading: Reading = None) -> Response:
    """A report with its text, passages and items as one reader has them; while it is mapped, what there is so far."""
    office = office_of(request)
    report = report_of(office, document_id)
    reader = reader_for(office.desk, document_id, user, reading)
    (shown,) = counted_for(office.desk, user, [report])
    about = _with_words(shown, language_of(request))
    base: dict[str, Any] = {"report": about, "reader": reader, "readings": office.desk.readings(document_id)}
    if report.state == "ready":
        contents = office.desk.contents(document_id, reader)
        rest = {"passages": contents.passages, "items": contents.items, "passed": contents.passed}
        return answer({**base, "text": contents.text, **rest})
    return answer({**base, **_so_far(office, document_id)})


@router.post("/api/reports/{document_id}/reading")
def turn_reading(request: Request, document_id: DocumentId, doing: Doing, user: Decides) -> Response:
    """Open a second, blind reading, or close or reopen one's own."""
    office = office_of(request)
    report_of(office, document_id)
    if doing.do == "open_second":
        office.desk.open_second(document_id, Reader(user.name, user.rank, 2))
    else:
        turn = office.desk.close_reading if doing.do == "close" else office.desk.reopen_reading
        turn(document_id, office.desk.reader(document_id, user.name, user.rank))
    return answer({"readings": office.desk.readings(document_id)})


@router.post("/api/reports/{document_id}/again")
def map_again(request: Request, document_id: DocumentId, user: Decides) -> Response:
    """Let a report wait to be mapped again, such as one that failed."""
    office = office_of(request)
    report_of(office, document_id)
    report = office.desk.again(document_id)
    if office.inbox:
        office.inbox.wake()
    return answer(counted_for(office.desk, user, [report])[0])


@router.get("/api/reports/{document_id}/disagreements")
def list_disagreements(request: Request, document_id: DocumentId, user: Looks) -> Response:
    """Pairs of items in which two readings differ; nothing for whoever still reads blind."""
    office = office_of(request)
    report_of(office, document_id)
    blind = document_id in hidden_from(office.desk, user)
    return answer({"pairs": [] if blind else [list(pair) for pair in office.desk.disagreements(document_id)]})


@router.get("/api/reports/{document_id}/pages")
def list_pages(request: Request, document_id: DocumentId, user: Looks) -> Response:
    """Pages of a PDF with their sizes in points, none for other formats."""
    office = office_of(request)
    report = report_of(office, document_id)
    if report.row.get("media_type") != PDF:
        return answer({"pages": []})
    sizes = enumerate(office.pictures.sizes(document_id), 1)
    return answer({"pages": [{"page": number, "width": width, "height": high} for number, (width, high) in sizes]})


@router.get("/reports/{document_id}/pages/{number}.png")
def show_page(
    request: Request, document_id: DocumentId, number: Annotated[int, Path(ge=1, le=9999)], user: Looks
) -> Response:
    """The picture of a page."""
    office = office_of(request)
    report = report_of(office, document_id)
    if report.row.get("media_type") != PDF:
        raise Missing("page", "this report has no pages to draw")
    return Response(office.pictures.page(document_id, number), media_type="image/png")


@router.get("/reports/{document_id}/original")
def keep_original(request: Request, document_id: DocumentId, user: Looks) -> Response:
    """The report as it came, to be kept, not shown."""
    office = office_of(request)
    report = report_of(office, document_id)
    data = office.desk.file(document_id).read_bytes()
    headers = {"content-disposition": attached(report.name), "content-security-policy": "sandbox"}
    return Response(data, media_type="application/octet-stream", headers=headers)


def _with_words(report: Report, language: str) -> Row:
    """A report as plain JSON with ``told``: its reason in a language, None where we do not know the words."""
    return {**row_of(report), "told": told(report.reason or "", language)}


def report_of(office: Office, document_id: str) -> Report:
    """Return a report.

    Raises:
        Missing: if it is not on the desk.
    """
    try:
        report: Report = office.desk.report(document_id)
    except UsageError as error:
        raise Missing("report", error.reason, error.hint) from None
    return report


def _so_far(office: Office, document_id: str) -> dict[str, Any]:
    """What is known of a report that is not ready: its first tags, to be looked at, not yet decided on."""
    preview: Preview | None = office.inbox.preview if office.inbox else None
    if preview is None or preview.document_id != document_id:
        return {"text": "", "passages": [], "items": [], "passed": [], "progress": None}
    passages: dict[str, Row] = {row["passage_id"]: row for row in preview.passages}
    items = [suggestion(link, passages[link["passage_id"]]) for link in preview.links]
    progress = {"stage": preview.stage, "done": preview.done, "total": preview.total, "first": preview.first}
    lean = [{name: value for name, value in row.items() if name != "probabilities"} for row in preview.passages]
    return {"text": preview.text, "passages": lean, "items": list(map(row_of, items)), "progress": progress}
