"""What a whole report page is made of: everything that the row files of a run hold, for runs that fit into memory."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from nlp.official import Official
from nlp.program import Label, Program
from nlp.writers.report_quotes import Names, Packer, name_of
from nlp.writers.walk import READ, Row, Rows

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


def gather(rows: Rows, program: Program, official: Official | None = None) -> Row:
    """Return everything the page shows, ready for JSON; the same rows always give the same value.

    Args:
        rows: the row files of a run.
        program: the codebook the run was made with.
        official: the imported official wording, None if there is none.
    """
    links = list(rows.read("links.jsonl"))
    passages, named = _read_passages(rows, {link["passage_id"] for link in links})
    known = {row["document_id"]: row for row in rows.read("documents.jsonl")}
    inputs = [as_input(row) for row in rows.read("ledger.jsonl")]
    documents, who = _documents(known, inputs), Names(program)
    order = {document["id"]: number for number, document in enumerate(documents)}
    for document in documents:
        counted = {who.number(*name): count for name, count in sorted(named.get(document["id"], {}).items())}
        document["who"] = [[number, count] for number, count in counted.items() if number]
        document["passages"] = sum(counted.values())
    packed = Packer(rows, known, passages, who, order, {t: i for i, t in enumerate(program.targets)})
    packed_links = packed.links(links)
    return {
        "programme": as_programme(program, rows.manifest),
        "labels": as_labels(program, official),
        "documents": documents,
        "who": who.table,
        "passages": packed.contexts,
        "examples": list(packed.examples),
        "links": packed_links,
        "inputs": [row for row in inputs if row["status"] != "ok"],
        "counts": _counts(documents, inputs, links),
        "facts": as_facts(rows.manifest),
    }


def _read_passages(rows: Rows, linked: set[str]) -> tuple[dict[str, Row], dict[str, dict[tuple[str, str], int]]]:
    """Rows of the linked passages, and passages per document and implementer."""
    kept: dict[str, Row] = {}
    named: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for row in rows.read("passages.jsonl"):
        named[row["document_id"]][name_of(row)] += 1
        if row["passage_id"] in linked:
            kept[row["passage_id"]] = row
    return kept, named


def _documents(known: dict[str, Row], inputs: list[Row]) -> list[Row]:
    """Documents in the order of the map, unread inputs last."""
    listed: dict[str, Row] = {}
    for row in inputs:
        key = row["document_id"] or f"input:{row['input']}"
        if key not in listed or row["status"] in READ:
            listed[key] = as_document(key, known.get(key, {}), row)
    for key, row in known.items():
        listed.setdefault(key, as_document(key, row, {"input": "", "status": "ok", "reason": ""}))
    return sorted(listed.values(), key=document_order)


def as_input(row: Row) -> Row:
    """What the page says of a row of the ledger."""
    status = row.get("status") or "ok"
    step = NEXT_STEPS.get(status, "")
    wanted = ("input", "document_id", "reason", "pages")
    return {name: row.get(name) or "" for name in wanted} | {"status": status, "next": step}


def as_document(key: str, row: Row, entry: Row) -> Row:
    """What the page says of a document; `row` is {} for an input that could not be read, `entry` its ledger row."""
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


def document_order(document: Row) -> tuple[bool, int, str, str]:
    """Unread inputs last, then by kind and title."""
    kind = KINDS.index(document["kind"]) if document["kind"] in KINDS else len(KINDS)
    return document["state"] == "unread", kind, document["title"].casefold(), document["id"]


def as_programme(program: Program, manifest: Row) -> Row:
    """What the page says of the programme, and whether the numbers of its links are mere estimates."""
    called = {kind: list(level.called.get("en") or (level.name(1), level.name(2)))
              for kind, level in program.levels.items()}  # fmt: skip
    return {
        "title": program.title(),
        "counted": program.counted(),
        "languages": list(program.languages),
        "language": _shown_first(program, manifest),
        "called": called,
        "estimated": manifest.get("probability_kind") == "zero-shot",
    }


def as_labels(program: Program, official: Official | None) -> list[Row]:
    """What the page says of each target."""
    return [_label(label, program, official) for label in program.labels.values()]


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


def _counts(documents: list[Row], inputs: list[Row], links: list[Row]) -> Row:
    states = [document["state"] for document in documents]
    lanes = [link["lane"] for link in links]
    read = {state: states.count(state) for state in ("whole", "partial", "unread")}
    found = {"suggested": lanes.count("suggested"), "review": lanes.count("review")}
    passages = sum(document["passages"] for document in documents)
    troubled = sum(row["status"] != "ok" for row in inputs)
    return read | found | {"inputs": len(inputs), "troubled": troubled, "passages": passages, "shown": len(links)}


def _shown_first(program: Program, manifest: Row) -> str:
    """The language in which the codebook is shown first: the one that was asked for, else English, else its first."""
    wanted = (str(manifest.get("desk", {}).get("language", "")), "en")
    return next((code for code in wanted if code in program.languages), program.languages[0])


def as_facts(manifest: Row) -> list[tuple[str, str]]:
    """What run.json says about versions, model, codebook and settings, flat; never times, so pages stay the same."""
    wanted = ("version", "versions", "encoder", "model", "program", "digests", "settings", "languages")
    return [pair for name in wanted if name in manifest for pair in _flat(name, manifest[name])]


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key in sorted(value) for pair in _flat(f"{name} · {key}", value[key])]
    if isinstance(value, list):
        return [(name, ", ".join(map(str, value)))]
    return [(name, str(value))] if value not in (None, "") else []
