"""What the report page is made of, gathered from the row files of a finished run in one streaming pass each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlp.official import Official
from nlp.program import Label, Program
from nlp.writers.report_quotes import BEST, Evidence, Names, Packer, name_of

Row = dict[str, Any]

READ = ("ok", "partial")
KINDS = ("report", "resolution", "declaration", "mandates", "program", "other")
NEXT_STEPS = {
    "partial": "Read the reason; the parts that were read are in the map, the rest is not.",
    "no_text": "Make a searchable copy with text recognition (OCR) and map that copy.",
    "encrypted": "Save a copy without the password and map that copy.",
    "unsupported": "Save it as PDF, DOCX, HTML or plain text and map that copy.",
    "corrupt": "Open it in its own program, save it again, or ask for a fresh copy.",
    "too_large": "Split it, or raise EVMAP_MAX_BYTES, and map again.",
    "timeout": "Split it, or raise EVMAP_READ_SECONDS, and map again.",
    "out_of_memory": "Split it, or raise EVMAP_READ_MEMORY, and map again.",
    "crashed": "Save it in another format and map that copy.",
    "io_error": "Check that the file is still there and may be read, then map again.",
}


def rows(path: Path) -> Iterator[Row]:
    """Yield the objects of a JSONL file one by one; nothing when the file is missing."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def gather(out: Path, program: Program, official: Official | None = None) -> Row:
    """Return everything the page shows, ready for JSON; the same rows always give the same value.

    Args:
        out: folder of a finished run.
        program: the codebook the run was made with.
        official: the imported official wording, None if there is none.
    """
    evidence = Evidence()
    for link in rows(out / "links.jsonl"):
        evidence.add(link)
    linked = {brief[1] for brief in evidence.brief}
    passages, named = _read_passages(out / "passages.jsonl", linked)
    documents, inputs, texts = _read_documents(out)
    who = Names(program)
    order = {document["id"]: number for number, document in enumerate(documents)}
    for document in documents:
        counted = {who.number(*name): count for name, count in sorted(named.get(document["id"], {}).items())}
        document["who"] = [[number, count] for number, count in counted.items() if number]
        document["passages"] = sum(counted.values())
    packed = Packer(out, texts, passages, who, order, {t: i for i, t in enumerate(program.targets)})
    links = packed.links(evidence)
    return {
        "labels": [_label(label, program, official) for label in program.labels.values()],
        "documents": documents,
        "who": who.table,
        "passages": packed.contexts,
        "examples": list(packed.examples),
        "links": links,
        "cut": evidence.cut,
        "best": BEST,
        "inputs": [row for row in inputs if row["status"] != "ok"],
        "counts": _counts(documents, inputs, evidence),
        "facts": _facts(out / "run.json"),
    }


def _read_passages(path: Path, linked: set[str]) -> tuple[dict[str, Row], dict[str, dict[tuple[str, str], int]]]:
    """Rows of the linked passages without their probabilities, and passages per document and implementer."""
    kept: dict[str, Row] = {}
    named: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for row in rows(path):
        named[row["document_id"]][name_of(row)] += 1
        if row["passage_id"] in linked:
            row.pop("probabilities", None)
            kept[row["passage_id"]] = row
    return kept, named


def _read_documents(out: Path) -> tuple[list[Row], list[Row], dict[str, str]]:
    """Documents in the order of the map (unread inputs last), all inputs, and the text file of each document."""
    known = {row["document_id"]: row for row in rows(out / "documents.jsonl")}
    inputs = [_input(row) for row in rows(out / "ledger.jsonl")]
    listed: dict[str, Row] = {}
    for row in inputs:
        key = row["document_id"] or f"input:{row['input']}"
        if key not in listed or row["status"] in READ:
            listed[key] = _document(key, known.get(key, {}), row)
    for key, row in known.items():
        listed.setdefault(key, _document(key, row, {"input": "", "status": "ok", "reason": ""}))
    documents = sorted(listed.values(), key=_document_order)
    return documents, inputs, {key: row.get("text_file") or "" for key, row in known.items()}


def _input(row: Row) -> Row:
    status = row.get("status") or "ok"
    step = NEXT_STEPS.get(status, "")
    wanted = ("input", "document_id", "reason", "pages")
    return {name: row.get(name) or "" for name in wanted} | {"status": status, "next": step}


def _document(key: str, row: Row, entry: Row) -> Row:
    inputs = [str(name) for name in row.get("inputs") or [entry["input"]] if name]
    file_name = inputs[0].replace("\\", "/").rsplit("/", 1)[-1] if inputs else ""
    state = {"ok": "whole", "partial": "partial"}.get(entry["status"], "unread")
    optional = {name: row.get(name) or "" for name in ("symbol", "language", "date")}
    title = row.get("title") or row.get("symbol") or file_name or key[:12]
    kind = row.get("kind") or ""
    return {
        "id": key,
        "title": title,
        "file": file_name,
        "inputs": len(inputs),
        "kind": kind,
        "state": state,
        "strange": bool(row.get("strange")),
    } | optional


def _document_order(document: Row) -> tuple[bool, int, str, str]:
    kind = KINDS.index(document["kind"]) if document["kind"] in KINDS else len(KINDS)
    return document["state"] == "unread", kind, document["title"].casefold(), document["id"]


def _label(label: Label, program: Program, official: Official | None) -> Row:
    number = {target: place for place, target in enumerate(program.targets)}
    wording = official.wording.get(label.target, "") if official else ""
    body, group = program.body_by_id.get(label.implementer or ""), {g.id: g for g in program.groups}
    names = body.names if body else group[label.implementer].title if label.implementer in group else {}
    return {
        "target": label.target,
        "article": label.article,
        "title": label.title,
        "counts": label.counts,
        "excludes": label.excludes,
        "confused": [[number[x.target], x.rule] for x in label.confused_with if x.target in number],
        "parents": [number[target] for target in program.parents(label.target)],
        "kids": [number[target] for target in program.children(label.target)],
        "given": names,
        "official": [official.language, wording] if official and wording else None,
    }


def _counts(documents: list[Row], inputs: list[Row], evidence: Evidence) -> Row:
    states = [document["state"] for document in documents]
    lanes = [brief[3] for brief in evidence.brief]
    read = {state: states.count(state) for state in ("whole", "partial", "unread")}
    links = {"suggested": lanes.count("suggested"), "review": lanes.count("review")}
    shown = sum(map(len, evidence.full.values()))
    passages = sum(document["passages"] for document in documents)
    return read | links | {"inputs": len(inputs), "passages": passages, "shown": shown}


def _facts(path: Path) -> list[tuple[str, str]]:
    """What run.json says about versions, model, codebook and settings, flat; never times, so pages stay the same."""
    if not path.is_file():
        return []
    run = json.loads(path.read_text("utf-8"))
    wanted = ("version", "versions", "encoder", "model", "program", "digests", "settings", "languages")
    return [pair for name in wanted if name in run for pair in _flat(name, run[name])]


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key in sorted(value) for pair in _flat(f"{name} · {key}", value[key])]
    if isinstance(value, list):
        return [(name, ", ".join(map(str, value)))]
    return [(name, str(value))] if value not in (None, "") else []
