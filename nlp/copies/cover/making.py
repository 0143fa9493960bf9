"""Covers, profiles and briefs as papers, and papers as HTML, DOCX and PDF."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import PurePath
from typing import Any

from nlp.copies.cover.claims import Claim, claims_of
from nlp.copies.cover.paper import Paper, Part
from nlp.copies.cover.saying import listing, made_by, parts_of, shown, unsearched
from nlp.copies.finding import Finding
from nlp.copies.notes import visible
from nlp.copies.phrases import say
from nlp.errors import UsageError
from nlp.program import Program

Cover = Callable[[Mapping[str, Any], str, Sequence[Finding], Program, str], bytes]
"""(row of documents.jsonl, canonical text, findings, codebook, language) -> bytes of the cover.

The row may also have ``status`` and ``reason`` of its ledger row, and ``evmap``, ``model`` and ``program`` of run.json.
"""
BUDGETS = ((26, 110), (22, 150), (22, 110), (18, 150), (18, 110), (15, 110), (12, 90), (9, 70), (6, 60))
"""Rows and characters of a quote, from what a page may hold to what it must."""
ALL = (400, 300)
_MODULES = {
    kind: f"nlp.copies.cover.{module}" for kind, module in (("html", "web"), ("docx", "word"), ("pdf", "sheet"))
}
MEDIA = {
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def written(paper: Paper, kind: str) -> bytes:
    """Return a paper as "html", "docx" or "pdf".

    Raises:
        UsageError: if there is no such format. MissingExtra: if the library that writes it is not installed.
    """
    if kind not in _MODULES:
        raise UsageError(kind, "no such format", f"Choose one of: {', '.join(_MODULES)}")
    made: bytes = import_module(_MODULES[kind]).write(paper)
    return made


def cover(
    row: Mapping[str, Any], claims: Sequence[Claim], program: Program, language: str, everything: bool = False
) -> Paper:
    """Return the cover of one report, with as many rows as one page of PDF holds.

    Args:
        row: of documents.jsonl, maybe with what `Cover` tells. everything: whether to show claims, too, that are still
            to be reviewed.
    """
    papers = (_cover(row, claims, program, language, budget, everything) for budget in BUDGETS)
    return _fitting([*papers])


def _fitting(papers: Sequence[Paper]) -> Paper:
    """The fullest that one page holds, the last if none does."""
    from nlp.copies.cover.sheet import page_count

    return next((paper for paper in papers if page_count(paper) == 1), papers[-1])


def _cover(
    row: Mapping[str, Any],
    claims: Sequence[Claim],
    program: Program,
    language: str,
    budget: tuple[int, int],
    everything: bool,
) -> Paper:
    parts = parts_of(claims, program, language, budget, everything, unsearched(row, row, language))
    return Paper(
        say("cover", language), title_of_row(row), language, _facts(row, language), parts, made_by(row, language)
    )


def title_of_row(row: Mapping[str, Any]) -> str:
    """Return what a document is called: title, symbol or file name."""
    names = [PurePath(str(name).replace("\\", "/")).name for name in row.get("inputs") or [row.get("name") or ""]]
    return visible(" ".join(str(row.get("title") or row.get("symbol") or names[0]).split()))


def _facts(row: Mapping[str, Any], language: str) -> list[str]:
    names = [PurePath(str(name).replace("\\", "/")).name for name in row.get("inputs") or [row.get("name") or ""]]
    known = {name: row.get(name) for name in ("symbol", "date", "language", "pages")}
    known["file"] = names[0] and f"{names[0]} (sha256 {str(row.get('document_id') or '')[:12]})"
    return [visible(f"{say(key, language)}: {value}") for key, value in known.items() if value]


def profile(
    title: str, chosen: str, documents: Sequence[Mapping[str, Any]], claims: Sequence[Claim], run: Mapping[str, Any],
    program: Program, language: str, everything: bool = False,
) -> Paper:  # fmt: skip
    """Return the profile of an implementer or a country over several reports.

    Args:
        title: its name. chosen: how its reports or passages were chosen. documents: rows of documents.jsonl.
    """
    lost = [f"{title_of_row(row)}: {line}" for row in documents for line in unsearched(row, row, language)]
    table = _reports(documents, shown(claims, everything), language)
    parts = parts_of(claims, program, language, ALL, everything, lost, [table])
    facts = [chosen, f"{say('reports', language)}: {len(documents)}"]
    return Paper(say("profile", language), visible(title), language, facts, parts, made_by(run, language))


def brief(
    title: str, documents: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]], claims: Sequence[Claim],
    run: Mapping[str, Any], program: Program, language: str, everything: bool = False,
) -> Paper:  # fmt: skip
    """Return the brief of a whole corpus.

    Args:
        entries: rows of the ledger: what could not be read is told from them.
    """
    read = sum(entry["status"] in ("ok", "partial") for entry in entries)
    facts = [f"{say('reports', language)}: {len(documents)} ({read}/{len(entries)} {say('read', language)})"]
    lost = [
        visible(f"{PurePath(str(entry['input'])).name}: {line}")
        for entry in entries if entry["status"] != "ok" for line in unsearched({}, entry, language)
    ]  # fmt: skip
    table = _reports(documents, shown(claims, everything), language)
    parts = parts_of(claims, program, language, ALL, everything, lost, [table])
    return Paper(say("brief", language), title, language, facts, parts, made_by(run, language))


def _reports(documents: Sequence[Mapping[str, Any]], claims: Sequence[Claim], language: str) -> Part:
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for claim in claims:
        targets[claim.document_id].add(claim.finding.target)
    lines = [f"{title_of_row(row)}{_dated(row)}: {listing(targets[row['document_id']], language)}" for row in documents]
    return Part(say("per_report", language), "", (), lines)


def _dated(row: Mapping[str, Any]) -> str:
    known = [str(row[name]) for name in ("symbol", "date") if row.get(name) and row[name] != row.get("title")]
    return f" ({', '.join(known)})" if known else ""


def _made(kind: str) -> Cover:
    def make(row: Mapping[str, Any], text: str, findings: Sequence[Finding], program: Program, language: str) -> bytes:
        claims = claims_of(findings, text, str(row.get("document_id") or ""), title_of_row(row))
        return written(cover(row, claims, program, language), kind)

    return make


COVERS: dict[str, Cover] = {kind: _made(kind) for kind in _MODULES}
