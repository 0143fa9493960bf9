"""What report pages say of documents, inputs, the programme and the run."""

from __future__ import annotations

from typing import Any

from nlp.official import Official
from nlp.program import Label, Program
from nlp.writers.walk import READ, Row

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


def listed(known: dict[str, Row], inputs: list[Row]) -> list[Row]:
    """Documents in the order of the map, unread inputs last; `known`: rows of those that were read, by id."""
    found: dict[str, Row] = {}
    for row in inputs:
        key = row["document_id"] or f"input:{row['input']}"
        if key not in found or row["status"] in READ:
            found[key] = as_document(key, known.get(key, {}), row)
    for key, row in known.items():
        found.setdefault(key, as_document(key, row, {"input": "", "status": "ok", "reason": ""}))
    return sorted(found.values(), key=document_order)


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
