"""The report page: one HTML file that holds the whole evidence map, works without a network and from a folder.

Text from documents is data and nothing else: it goes into the page as JSON in which no markup can form, and the script
shows it as text only. A content policy with the digests of the page's own style and script forbids everything else.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from markupsafe import Markup

from nlp.official import load_official
from nlp.program import Program
from nlp.writers.page import digest, joined, template
from nlp.writers.report_data import gather

STYLES = ("report.css",)
PARTS = ("state", "map", "list", "panel", "tools")  # top-level names are shared, report.js comes last
SCRIPTS = (*(f"report_{part}.js" for part in PARTS), "report.js")
DANGEROUS = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def write_report(out: Path, program: Program) -> Path:
    """Write ``report.html`` from the row files in `out` and return its path; the same rows give the same bytes.

    Args:
        out: folder of a finished run, with documents, passages, links and ledger as JSONL, their texts and run.json.
        program: the codebook that the run was made with.

    Raises:
        CodebookError: if the imported official wording is damaged.
        OSError: if the folder cannot be read or written.
    """
    data = gather(out, program, load_official())
    style, script = joined(STYLES), joined(SCRIPTS)
    page = template("report.html.j2").render(
        style=Markup(style),
        script=Markup(script),
        style_digest=digest(style),
        script_digest=digest(script),
        data=Markup(as_json(data)),
        table=_table(data),
        objectives=[label for label in data["labels"] if label["target"].startswith("objective:")],
        activities=sum(label["target"].startswith("activity:") for label in data["labels"]),
        run=data,
    )
    path, draft = out / "report.html", out / ".report.html.draft"
    draft.write_bytes(page.encode("utf-8", "backslashreplace"))
    draft.replace(path)
    return path


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
