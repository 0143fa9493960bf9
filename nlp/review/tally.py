"""The evidence map of a desk: which report has evidence for what, confirmed, suggested, to be looked at, or none."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection

from nlp.program import Program
from nlp.review.lines import Row
from nlp.review.linked import link_rows
from nlp.review.records import SECOND, Report
from nlp.review.sheet import Sheets
from nlp.review.standing import held_items, in_order, settled, standing
from nlp.writers.tables import coverage_rows, mapping_rows
from nlp.writers.walk import Found


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of one report, as in coverage.csv (all targets) and in mapping.csv."""

    coverage: tuple[Row, ...]
    mapping: tuple[Row, ...]


class Tallies:
    """Tallies of reports, made anew only after something was decided or mapped; for several threads."""

    def __init__(self, program: Program) -> None:
        self._program, self._lock = program, Lock()
        self._kept: dict[tuple[str, bool], tuple[object, Tally]] = {}

    def of(self, reader: Connection, report: Report, stand: object, sheets: Sheets, blind: bool = False) -> Tally:
        """Return the tally of a report, or of its second reading alone; `stand` changes with what may change it."""
        name = report.document_id, blind
        with self._lock:
            kept = self._kept.get(name)
        if kept and kept[0] == stand:
            return kept[1]
        found = found_in(reader, report, sheets, self._program, blind)
        tally = Tally(tuple(coverage_rows(found, self._program)), tuple(mapping_rows(found, self._program)))
        with self._lock:
            self._kept[name] = stand, tally
        return tally


def found_in(reader: Connection, report: Report, sheets: Sheets, program: Program, blind: bool = False) -> Found:
    """Return what a report holds as it counts, or in its second reading alone; nothing for one that was not read."""
    entry = {"document_id": report.document_id, "input": report.name, "status": report.status or report.state}
    if report.key is None:
        return Found(entry, None, [], [])
    sheet = sheets.load(reader, report.document_id)
    held = held_items(reader, report.document_id, sheet.known)
    found = standing(sheet, held, SECOND) if blind else settled(sheet, held)
    items = in_order(found.values(), sheet, program)
    return Found(entry, sheet.row, list(sheet.passages), list(link_rows(sheet, items, program)))
