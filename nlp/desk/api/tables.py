"""Every list as a file to keep, CSV or JSON, and the evidence map and coverage for the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response

from nlp.desk.api.codebook import LABEL_FIELDS, labels
from nlp.desk.api.reports import DocumentId, Reading, report_of
from nlp.desk.blind import hidden_from, reader_for, seen_by
from nlp.desk.gate import Looks
from nlp.desk.office import Office, office_of
from nlp.desk.plain import answer, flat, table
from nlp.desk.users import User
from nlp.program import Language
from nlp.review.records import Decision, Item, Report

Kind = Literal["csv", "json"]
Ending = Annotated[Kind, Path()]
AT_ONCE = 10_000  # rows of the log
router = APIRouter()


def item_columns() -> list[str]:
    """Columns of a table of items."""
    return _names(Item)


def _names(record: type, *left_out: str) -> list[str]:
    return [item.name for item in fields(record) if item.name not in left_out]


@router.get("/api/coverage")
def coverage(request: Request, user: Looks) -> Response:
    """Every report and target with its state, as in coverage.csv."""
    return answer({"rows": _open_to(request, user, office_of(request).desk.coverage())})


@router.get("/api/map")
def evidence_map(request: Request, user: Looks) -> Response:
    """What has evidence, as in mapping.csv."""
    return answer({"rows": _open_to(request, user, office_of(request).desk.mapping())})


@router.get("/reports.{kind}")
def reports_file(request: Request, user: Looks, kind: Ending) -> Response:
    """The list of reports."""
    rows = []
    for report in office_of(request).desk.reports():
        about = {name: report.row.get(name) for name in ("title", "symbol", "kind", "language", "date", "pages")}
        rows.append(
            {**flat([report], "row", "counts")[0], **{f"document_{k}": v for k, v in about.items()}, **report.counts}
        )
    columns = list(dict.fromkeys([*_names(Report, "row", "counts"), *(name for row in rows for name in row)]))
    return table(rows, columns, "reports", kind)


@router.get("/reports/{document_id}/items.{kind}")
def items_file(
    request: Request, document_id: DocumentId, user: Looks, kind: Ending, reading: Reading = None
) -> Response:
    """Items of a report as one reader has them."""
    office = office_of(request)
    report_of(office, document_id)
    reader = reader_for(office.desk, document_id, user, reading)
    items = office.desk.contents(document_id, reader).items
    return table(flat(items), _names(Item), f"items-{document_id[:12]}", kind)


@router.get("/map.{kind}")
def map_file(request: Request, user: Looks, kind: Ending) -> Response:
    """The evidence map."""
    return _listed(_open_to(request, user, office_of(request).desk.mapping()), "map", kind)


@router.get("/coverage.{kind}")
def coverage_file(request: Request, user: Looks, kind: Ending) -> Response:
    """Every report and target with its state."""
    return _listed(_open_to(request, user, office_of(request).desk.coverage()), "coverage", kind)


@router.get("/log.{kind}")
def log_file(request: Request, user: Looks, kind: Ending) -> Response:
    """The whole log."""
    desk = office_of(request).desk
    rows = [_logged(row) for row in seen_by(desk, user, _whole_log(office_of(request)))]
    columns = [*_names(Decision, "item", "before"), "state", "target", "quote", "reason", "treatment", "implementer",
               "state_before", "target_before"]  # fmt: skip
    return table(rows, columns, "log", kind)


@router.get("/codebook.{kind}")
def codebook_file(request: Request, user: Looks, kind: Ending, language: Language = "en") -> Response:
    """The codebook in a language."""
    return table(labels(office_of(request).program, "", language), LABEL_FIELDS, f"codebook-{language}", kind)


def _open_to(request: Request, user: User, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without those of reports that she reads blind: their states say what the first reader decided."""
    hidden = hidden_from(office_of(request).desk, user)
    return [row for row in rows if row["document_id"] not in hidden]


def _listed(rows: Sequence[dict[str, Any]], name: str, kind: Kind) -> Response:
    return table(rows, list(dict.fromkeys(column for row in rows for column in row)), name, kind)


def _whole_log(office: Office) -> list[Decision]:
    found: list[Decision] = []
    while rows := office.desk.log(found[-1].decision_id if found else 0, None, AT_ONCE):
        found += rows
    return found


def _logged(row: Decision) -> dict[str, Any]:
    after = {
        name: getattr(row.item, name) for name in ("state", "target", "quote", "reason", "treatment", "implementer")
    }
    before = {f"{name}_before": getattr(row.before, name, None) for name in ("state", "target")}
    return {**flat([row], "item", "before")[0], **after, **before}
