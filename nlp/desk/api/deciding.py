"""Decisions in, and the log of them out."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from nlp.desk.api.reports import DocumentId, Reading
from nlp.desk.blind import reader_for, seen_by
from nlp.desk.gate import Decides, Looks
from nlp.desk.office import office_of
from nlp.desk.plain import answer
from nlp.errors import Conflict
from nlp.review.records import FIRST, Ask, Reader

MOST_ASKS, MOST_WORDS, MOST_OFFSET = 2_000, 2_000, 1 << 31
Short = Annotated[str | None, Field(max_length=300)]
Offset = Annotated[int | None, Field(ge=0, le=MOST_OFFSET)]
router = APIRouter()


class Asked(BaseModel):
    """What is to be done with one item; see `review.records.Ask`."""

    model_config = ConfigDict(extra="forbid")
    item_id: Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")] = ""
    action: Literal["confirm", "reject", "correct", "add", "unsure", "postpone", "reopen", "nothing"]
    version: Annotated[int, Field(ge=0, le=MOST_OFFSET)] = 0
    target: Annotated[str | None, Field(pattern=r"^(objective|activity):[0-9]{1,3}$")] = None
    start: Offset = None
    end: Offset = None
    treatment: Short = None
    implementer: Short = None
    reason: Annotated[str, Field(max_length=MOST_WORDS)] = ""


class Decisions(BaseModel):
    """What is to be decided together, all or nothing."""

    model_config = ConfigDict(extra="forbid")
    asks: Annotated[list[Asked], Field(min_length=1, max_length=MOST_ASKS)]
    spread: bool = False


class Undo(BaseModel):
    """Which batch is to be taken back; None: one's last."""

    model_config = ConfigDict(extra="forbid")
    batch: Annotated[str | None, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")] = None


@router.post("/api/reports/{document_id}/decisions")
def decide(
    request: Request, document_id: DocumentId, asked: Decisions, user: Decides, reading: Reading = None
) -> Response:
    """Decide; 409 with both versions where somebody else was first."""
    office = office_of(request)
    asks = [Ask(**one.model_dump()) for one in asked.asks]
    reader = reader_for(office.desk, document_id, user, reading)
    try:
        return answer(office.desk.decide(document_id, asks, reader, asked.spread))
    except Conflict as error:
        raise Conflict(error.subject, error.reason, error.yours or asked.model_dump(), error.theirs) from None


@router.post("/api/undo")
def undo(request: Request, asked: Undo, user: Decides, reading: Reading = None) -> Response:
    """Take back one's last batch, or that one."""
    reader = Reader(user.name, user.rank, reading or FIRST)
    return answer(office_of(request).desk.undo(reader, asked.batch))


@router.get("/api/log")
def read_log(
    request: Request,
    user: Looks,
    after: Annotated[int, Query(ge=0)] = 0,
    document_id: Annotated[str | None, Query(pattern=r"^[0-9a-f]{64}$")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> Response:
    """The log from a number on; to be asked again and again for what others decide."""
    desk = office_of(request).desk
    log = desk.log(after, document_id, limit)
    last = log[-1].decision_id if log else after
    return answer({"decisions": seen_by(desk, user, log), "last": last})
