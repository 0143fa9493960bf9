"""Does an output folder keep its promises: every invariant of the contract, checked from the files alone."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.errors import UsageError
from nlp.jsonl import read_rows
from nlp.program import Program
from nlp.records import ROLES, STATUSES, TREATMENTS
from nlp.seal import AGAIN, DECISIONS, MANIFEST, ROWS, TEXT, broken_seals, manifest_of, text_of

Row = dict[str, Any]
LANES = ("suggested", "review")  # of links
STATES = ("confirmed", *LANES, "searched_none", "not_searchable")  # of cells of coverage.csv
FILES = (*ROWS, MANIFEST, "mapping.csv", "coverage.csv", "report.html")


@dataclass(frozen=True, slots=True)
class Output:
    """An output folder, read: its rows and canonical texts."""

    folder: Path
    ledger: list[Row]
    documents: list[Row]
    passages: list[Row]
    links: list[Row]
    run: Row
    texts: dict[str, str]


def load_output(folder: Path) -> Output:
    """Read an output folder.

    Raises:
        UsageError: if a file of the contract is missing, or run.json is damaged.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UsageError(folder, f"not a finished run: {', '.join(missing)} missing", AGAIN)
    ledger, documents, passages, links = ([*read_rows(folder / name)] for name in ROWS)
    texts = {row["document_id"]: text_of(folder / TEXT, row) for row in documents}
    return Output(folder, ledger, documents, passages, links, manifest_of(folder), texts)


def _quotes(out: Output, program: Program) -> Iterator[str]:
    """every quote is a slice of the canonical text"""
    for link in out.links:
        text = out.texts.get(link["document_id"], "")
        if not link["quote"] or text[link["start"] : link["end"]] != link["quote"]:
            yield f"link {link['link_id']}"
        elif not text[: link["start"]].endswith(link["prefix"]) or not text[link["end"] :].startswith(link["suffix"]):
            yield f"link {link['link_id']}: prefix or suffix"


def _passages_stand(out: Output, program: Program) -> Iterator[str]:
    """passages lie inside their text, in order, without overlap"""
    ends: dict[str, int] = {}
    for row in out.passages:
        identity = row["document_id"]
        if not ends.get(identity, 0) <= row["start"] < row["end"] <= len(out.texts.get(identity, "")):
            yield f"passage {row['passage_id']}"
        ends[identity] = row["end"]


def _links_in_passages(out: Output, program: Program) -> Iterator[str]:
    """every link lies in its passage"""
    spans = {row["passage_id"]: (row["start"], row["end"]) for row in out.passages}
    for link in out.links:
        start, end = spans.get(link["passage_id"], (0, 0))
        if not start <= link["start"] < link["end"] <= end:
            yield f"link {link['link_id']}"


def _parents(out: Output, program: Program) -> Iterator[str]:
    """no activity without one of its objectives in the same passage"""
    targets: dict[str, set[str]] = {}
    for link in out.links:
        targets.setdefault(link["passage_id"], set()).add(link["target"])
    for identity, found in targets.items():
        for target in sorted(found):
            parents = set(program.parents(target))
            if parents and not found & parents:
                yield f"passage {identity}: {target}"


def _ledger(out: Output, program: Program) -> Iterator[str]:
    """one ledger row an input, each with a known status, and a reason when it is not ok"""
    if len(out.ledger) != out.run["counts"]["inputs"]:
        yield f"{len(out.ledger)} rows for {out.run['counts']['inputs']} inputs"
    for row in out.ledger:
        if row["status"] not in STATUSES or (row["status"] != "ok" and not row["reason"]):
            yield f"{row['input']}: {row['status']}"


def _documents(out: Output, program: Program) -> Iterator[str]:
    """documents, texts and ledger name the same things"""
    read = {row["document_id"] for row in out.ledger if row["status"] in ("ok", "partial")}
    if read != {row["document_id"] for row in out.documents}:
        yield "ledger and documents differ"
    for row in out.documents:
        if len(out.texts[row["document_id"]]) != row["characters"]:
            yield f"text of {row['document_id']}"


def _probabilities(out: Output, program: Program) -> Iterator[str]:
    """probabilities of all targets of the programme, between 0 and 1; roles and treatments are known ones"""
    wanted = set(program.targets)
    for row in out.passages:
        values = row["probabilities"]
        if set(values) != wanted or not all(0 <= value <= 1 for value in values.values()):
            yield f"passage {row['passage_id']}"
        if row["role"] not in ROLES or row["treatment"] not in (None, *TREATMENTS):
            yield f"passage {row['passage_id']}: role {row['role']}, treatment {row['treatment']}"


def _links_are_known(out: Output, program: Program) -> Iterator[str]:
    """links name known targets and lanes, with the probability that their passage has"""
    values = {row["passage_id"]: row["probabilities"] for row in out.passages}
    for link in out.links:
        expected = values.get(link["passage_id"], {}).get(link["target"])
        if link["target"] not in program.labels or link["lane"] not in LANES or link["probability"] != expected:
            yield f"link {link['link_id']}: {link['target']}, {link['lane']}, {link['probability']}"


def _counts(out: Output, program: Program) -> Iterator[str]:
    """the ledger and the manifest count the rows that are there"""
    passages, links = (Counter(row["document_id"] for row in rows) for rows in (out.passages, out.links))
    for row in out.documents:
        if (row["passages"], row["links"]) != (passages[row["document_id"]], links[row["document_id"]]):
            yield f"document {row['document_id']}"
    wanted = {"documents": len(out.documents), "passages": len(out.passages), "links": len(out.links)}
    yield from (name for name, count in wanted.items() if out.run["counts"].get(name) != count)


def _coverage(out: Output, program: Program) -> Iterator[str]:
    """coverage.csv holds all targets of every report, with a known state"""
    counts: Counter[str] = Counter()
    with (out.folder / "coverage.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts[row["document_id"] or row["input"]] += 1
            if row["state"] not in STATES:
                yield f"state {row['state']}"
    for name, count in counts.items():
        if count % len(program.targets):
            yield f"{name}: {count} rows"
    lacking = {row["document_id"] for row in out.documents} - set(counts)
    yield from (f"{name}: no rows" for name in sorted(lacking))


def _unique(out: Output, program: Program) -> Iterator[str]:
    """ids of passages and links are unique"""
    for rows, key in ((out.passages, "passage_id"), (out.links, "link_id"), (out.documents, "document_id")):
        counts = Counter(row[key] for row in rows)
        yield from (f"{key} {identity}" for identity, count in counts.items() if count > 1)


def _decided(out: Output, program: Program) -> Iterator[str]:
    """links of a desk are in the state of its last decisions"""
    if not (out.folder / DECISIONS).is_file():
        return
    last = {(row["item_id"], row["reading"]): row["item"]["state"] for row in read_rows(out.folder / DECISIONS)}
    states: dict[str, set[str]] = {}
    for (name, _), state in last.items():
        states.setdefault(name, set()).add(state)
    for link in out.links:
        if link["state"] not in states.get(link["item_id"], {"suggested"}) | {"suggested"}:
            yield f"link {link['link_id']}: {link['state']}"


def _sealed(out: Output, program: Program) -> Iterator[str]:
    """every file is as the run left it: run.json names its digest"""
    yield from broken_seals(out.folder)


Check = Callable[[Output, Program], Iterator[str]]
CHECKS: tuple[Check, ...] = (
    _quotes, _passages_stand, _links_in_passages, _parents, _links_are_known, _ledger, _documents, _counts,
    _probabilities, _coverage, _unique, _decided, _sealed,
)  # fmt: skip


def check_output(out: Output, program: Program) -> dict[str, list[str]]:
    """Return every invariant with its breaks, [] where it holds."""
    return {(check.__doc__ or "").strip(): list(check(out, program)) for check in CHECKS}


def digest_of(folder: Path) -> dict[str, str]:
    """sha256 (hex) of every file whose bytes depend on inputs, model, program and settings alone."""
    names = ("documents.jsonl", "passages.jsonl", "links.jsonl", "mapping.csv", "coverage.csv", "report.html")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
