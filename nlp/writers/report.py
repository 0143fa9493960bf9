"""The report page: one HTML file that holds the whole evidence map, works without a network and from a folder.

Text from documents is data and nothing else: it goes into the page as JSON in which no markup can form, and the script
shows it as text only. A content policy with the digests of the page's own style and script forbids everything else.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from nlp.official import load_official
from nlp.program import Program
from nlp.writers.page import digest, joined, template
from nlp.writers.report_data import gather
from nlp.writers.report_large import Summary
from nlp.writers.walk import Found, Row, Rows, walk

STYLES = ("report.css",)
WHOLE = ("base", "links", "map", "list", "panel", "tools", "filters")  # top-level names are shared
LARGE = ("base", "counts", "map", "list", "panel", "tools", "search")  # counts and search take two of their places
DANGEROUS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}

INPUTS_UP_TO = 300  # above either, the page shows counts of everything and the strongest quotes
LINK_BYTES_UP_TO = 40_000_000  # of links.jsonl; a page with all their quotes has a third to a half of that


@contextmanager
def report_page(rows: Rows, draft: Path, program: Program) -> Iterator[Callable[[Found], None]]:
    """report.html: every link of a run that fits into one page, else counts and the strongest quotes.

    The same rows give the same bytes.

    Raises:
        CodebookError: if the imported official wording is damaged. OSError: if the draft cannot be written.
    """
    official = load_official(program.about.id)
    if is_large(rows):
        summary = Summary(rows, program)
        yield summary.add
        data, table = summary.data(official), []
    else:
        yield lambda found: None
        data = gather(rows, program, official)
        table = _table(data)
    draft.write_bytes(_page(data, table, "desk" in rows.manifest).encode("utf-8", "backslashreplace"))


def is_large(rows: Rows) -> bool:
    """Whether a run has more inputs or links than one page can hold whole."""
    more = islice(rows.read("ledger.jsonl"), INPUTS_UP_TO, None)
    return rows.size("links.jsonl") > LINK_BYTES_UP_TO or next(more, None) is not None


def write_report(out: Path, program: Program) -> Path:
    """Write ``report.html`` from the row files in the output folder `out`, and return its path.

    Raises:
        UsageError: if the rows are not in the order of the ledger. CodebookError, OSError: as `report_page`.
    """
    rows, draft = Rows.of(out), out / ".report.html.draft"
    with report_page(rows, draft, program) as take:
        for found in walk(rows):
            take(found)
    return draft.replace(out / "report.html")


def _page(data: Row, table: list[Row], confirmed: bool) -> str:
    large = data.get("large", False)
    parts = LARGE if large else WHOLE
    style, script = joined(STYLES), joined((*(f"report_{part}.js" for part in parts), "report.js"))
    labels = data["labels"]
    page: str = template("report.html.j2").render(
        style=Markup(style),
        script=Markup(script),
        style_digest=digest(style),
        script_digest=digest(script),
        data=Markup(as_json(data)),
        table=table,
        large=large,
        objectives=[label for label in labels if label["target"].startswith("objective:")],
        programme=data["programme"],
        levels=data["programme"]["called"],
        language=data["programme"]["language"],
        run=data,
        confirmed=confirmed,
    )
    return page


def as_json(value: object) -> str:
    """Return JSON that can stand inside a script element: no ``<``, ``>``, ``&`` and no line separators."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(DANGEROUS)


def _table(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of the plain table: each document with (state, text) of its cell for every objective."""
    found: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for document, _, target, review, *_rest in data["links"]:
        passage = _rest[3]
        cell = found[document, target]
        cell[passage] = min(review, cell.get(passage, 1))
    columns = [n for n, label in enumerate(data["labels"]) if label["target"].startswith("objective:")]
    return [
        {"document": document, "cells": [_cell(found.get((row, column)), document) for column in columns]}
        for row, document in enumerate(data["documents"])
    ]


def _cell(lanes: dict[int, int] | None, document: dict[str, Any]) -> tuple[str, str, str]:
    """State, text and meaning of a cell; `lanes` gives 0 (suggested) or 1 (to review) for each passage with links."""
    if not lanes:
        unread = document["state"] == "unread"
        return ("unread", "–", "not searchable") if unread else ("none", "·", "searched, none found")
    suggested = sum(lane == 0 for lane in lanes.values())
    review = len(lanes) - suggested
    if not suggested:
        return "review", f"{review}?", f"{review} to review"
    return "suggested", str(suggested), f"{suggested} suggested, {review} to review"
