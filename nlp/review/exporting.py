"""A desk as an output folder of the contract: what counts now, with the whole log beside it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, select

from nlp.errors import UsageError
from nlp.jsonl import line
from nlp.official import load_official
from nlp.program import Language
from nlp.review import inbox, log
from nlp.review.desk import Desk
from nlp.review.lines import Row, decision_row
from nlp.review.linked import link_rows
from nlp.review.readings import of_report
from nlp.review.records import Report
from nlp.review.standing import held_items, in_order, settled
from nlp.review.vault import DATABASE
from nlp.seal import TEXT
from nlp.store.lock import locked
from nlp.store.rows import Counts, LedgerRow
from nlp.store.tables import passages
from nlp.writers.closing import close, draft_of
from nlp.writers.export import DOCUMENTS, LEDGER, LINKS, PASSAGES, ledger_row

DECISIONS = "decisions.jsonl"
AT_ONCE = 500


def export_desk(desk: Desk, out: Path, language: Language = "en") -> Row:
    """Write a desk into a folder of the contract, of one moment; return its manifest.

    Links say their ``state``; rejected ones are left out; what was decided stands whole in decisions.jsonl. Reports
    that wait to be mapped are left out; the manifest counts them.

    Args:
        language: in which the evidence map opens.

    Raises:
        UsageError: if `out` is a desk, or cannot be written. StoreError: if a run writes there.
    """
    if (out / DATABASE).exists() or out.resolve() == desk.vault.folder.resolve():
        raise UsageError(out, "is a desk", "Name another folder with -o")
    official = load_official()
    with locked(out), desk.vault.reading() as reader:
        try:
            drafts, manifest = _write(desk, reader, out)
        except OSError as error:
            raise UsageError(out, f"cannot write there: {error.strerror}", "Name another folder with -o") from error
        manifest["desk"]["language"] = language
        manifest["official_wording"] = official.document_id if official else None
        return close(out, drafts, manifest, desk.program)


def _write(desk: Desk, reader: Connection, out: Path) -> tuple[dict[str, Path], Row]:
    names = (LEDGER, DOCUMENTS, PASSAGES, LINKS, DECISIONS)
    drafts = {name: draft_of(out, name) for name in (*names, TEXT)}
    _empty(drafts[TEXT])
    shown = [report for report in desk.reports_at(reader) if report.key or report.state == "failed"]
    total, models = Counter[str](), Counter[str]()
    with ExitStack() as stack:
        files = {name: stack.enter_context(drafts[name].open("w", encoding="utf-8", newline="")) for name in names}
        for position, report in enumerate(shown):
            total.update(_report(desk, reader, report, position, files, drafts[TEXT], models))
        for decision in log.all_of(reader):
            _line(files[DECISIONS], decision_row(decision))
            total["decisions"] += 1
    return drafts, _manifest(desk, reader, shown, total, models)


def _report(
    desk: Desk,
    reader: Connection,
    report: Report,
    position: int,
    files: Mapping[str, IO[str]],
    texts: Path,
    models: Counter[str],
) -> Counter[str]:
    """Write one report; return how many rows it gave."""
    status, reason = report.status or "ok", report.reason
    entry = LedgerRow(position, report.name, report.document_id, status, reason, 0.0, 0.0, None, None)
    if report.key is None:
        _line(files[LEDGER], ledger_row(entry))
        return Counter({f"status {status}": 1})
    sheet = desk.sheets.load(reader, report.document_id)
    items = in_order(settled(sheet, held_items(reader, report.document_id, sheet.known)).values(), sheet, desk.program)
    found = list(link_rows(sheet, items, desk.program))
    weights = dict(_passages(reader, sheet.number, {row["passage_id"] for row in found}, files[PASSAGES]))
    for row in found:
        models[row["model"]] += 1
        _line(files[LINKS], row | {"probability": weights[row["passage_id"]][row["target"]]})
    document = sheet.row | {"links": len(found), "passages": len(sheet.passages)}
    _line(files[DOCUMENTS], {"document_id": report.document_id, "inputs": [report.name], **document})
    reason = None if status == "ok" else reason
    _line(files[LEDGER], ledger_row(LedgerRow(position, report.name, report.document_id, status, reason, 0.0, 0.0,
                                              line(document), None)))  # fmt: skip
    with (texts / f"{report.document_id}.txt").open("w", encoding="utf-8", newline="") as file:
        file.write(sheet.text)
    return Counter(
        {f"status {status}": 1, "documents": 1, "passages": len(sheet.passages), "links": len(found)}
    )  # fmt: skip


def _passages(reader: Connection, number: int, linked: set[str], file: IO[str]) -> Iterator[tuple[str, Row]]:
    """Write the rows of passages as the machine left them; yield the probabilities of those with links."""
    own = select(passages.c.passage_id, passages.c.row).where(passages.c.document == number).order_by(passages.c.number)
    for name, row in reader.execute(own, execution_options={"yield_per": AT_ONCE}):
        file.write(row + "\n")
        if name in linked:
            yield name, json.loads(row)["probabilities"]


def _manifest(desk: Desk, reader: Connection, shown: list[Report], total: Counter[str], models: Counter[str]) -> Row:
    from importlib.metadata import version

    statuses = {name.removeprefix("status "): count for name, count in sorted(total.items()) if name[:7] == "status "}
    counts = Counts(len(shown), total["documents"], total["passages"], total["links"], statuses)
    made = sorted(name for name in models if name)
    came = ("name", "received", "received_by", "double", "bytes", "key")
    return {
        "evmap": version("evmap"),
        "model": made[0] if len(made) == 1 else made,
        "program": desk.program.digest,
        "programme": {"id": desk.program.about.id, "title": desk.program.title()},
        "settings": {},
        "inputs": [{"input": report.name, "sha256": report.document_id} for report in shown],
        "counts": asdict(counts),
        "desk": {
            "decisions": total["decisions"],
            "left_out": len(inbox.rows(reader)) - len(shown),
            "reports": {report.document_id: {name: getattr(report, name) for name in came} for report in shown},
            "readings": [asdict(one) for report in shown for one in of_report(reader, report.document_id)],
        },
        "seconds": {},
    }  # fmt: skip


def _line(file: IO[str], row: Row) -> None:
    file.write(line(row) + "\n")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # of an export that was killed
    folder.mkdir()
