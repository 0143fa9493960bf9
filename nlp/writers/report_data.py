"""What the report page is made of, gathered from the row files of a finished run in one streaming pass each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.program import LANGUAGES, Body, Label, Official, Program

Row = dict[str, Any]
Cell = tuple[str, str, str]

WHOLE_UP_TO = 3_000  # links; above this only the best quotes of each cell go into the page
BEST = 3  # quotes per report, implementer and target, then
CONTEXT = 700  # characters kept on either side of the quotes of a passage
EXAMPLE = 320  # characters kept of an annotated example
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


@dataclass(slots=True)
class Evidence:
    """All links in brief, and in full those whose quotes the page carries.

    Attributes:
        brief: (document_id, passage_id, target, lane, probability, treatment, link_id), in file order.
        full: whole rows by cell (document_id, implementer or "", target); the best `BEST` of a cell in a large run.
    """

    brief: list[tuple[str, str, str, str, float, str | None, str]] = field(default_factory=list)
    full: dict[Cell, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @property
    def cut(self) -> bool:
        """Whether the run is too large for all its quotes."""
        return len(self.brief) > WHOLE_UP_TO

    def add(self, link: Row) -> None:
        """Take in one row of links.jsonl."""
        passage, probability = link["passage_id"], round(float(link["probability"]), 4)
        head = (link["document_id"], passage, link["target"], link["lane"], probability)
        self.brief.append((*head, link.get("treatment"), link["link_id"]))
        cell = (link["document_id"], link.get("implementer") or "", link["target"])
        self.full[cell].append(link)
        if len(self.brief) == WHOLE_UP_TO + 1:
            for links in self.full.values():
                _keep_best(links)
        elif self.cut:
            _keep_best(self.full[cell])


def _keep_best(links: list[Row]) -> None:
    links.sort(key=lambda link: (-link["probability"], link["link_id"]))
    del links[BEST:]


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
    who = _Who(program)
    order = {document["id"]: number for number, document in enumerate(documents)}
    for document in documents:
        counted = {who.number(*name): count for name, count in sorted(named.get(document["id"], {}).items())}
        document["who"] = [[number, count] for number, count in counted.items() if number]
        document["passages"] = sum(counted.values())
    packed = _Packer(out, texts, passages, who, order, {t: i for i, t in enumerate(program.targets)})
    links = packed.links(evidence)
    return {
        "labels": [_label(label, program, official) for label in program.labels.values()],
        "documents": documents,
        "who": who.table,
        "passages": packed.contexts,
        "examples": packed.examples,
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
        named[row["document_id"]][_name(row)] += 1
        if row["passage_id"] in linked:
            row.pop("probabilities", None)
            kept[row["passage_id"]] = row
    return kept, named


def _name(row: Row) -> tuple[str, str]:
    implementer = row.get("implementer") or ""
    return implementer, "" if implementer else (row.get("implementer_text") or "").strip()


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
    return {"id": key, "title": title, "file": file_name, "inputs": len(inputs), "kind": kind, "state": state} | optional


def _document_order(document: Row) -> tuple[bool, int, str, str]:
    kind = KINDS.index(document["kind"]) if document["kind"] in KINDS else len(KINDS)
    return document["state"] == "unread", kind, document["title"].casefold(), document["id"]


class _Who:
    """Numbers the implementers that documents name; 0 stands for none named."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.table: list[Row] = [{"key": "", "name": "", "names": None}]
        self._numbers: dict[tuple[str, str], int] = {("", ""): 0}

    def number(self, implementer: str, text: str) -> int:
        key = (implementer, text)
        if key not in self._numbers:
            self._numbers[key] = len(self.table)
            body = self.program.body_by_id.get(implementer)
            entry = {"key": implementer or f"~{text}", "name": implementer or text, "names": _names(body)}
            self.table.append(entry)
        return self._numbers[key]


def _names(body: Body | None) -> Row | None:
    if body is None:
        return None
    acronyms = {code: (body.acronyms.get(code) or [""])[0] for code in LANGUAGES}  # type: ignore[call-overload]
    return {code: [acronyms[code], body.names.get(code, body.id)] for code in LANGUAGES}  # type: ignore[call-overload]


@dataclass
class _Packer:
    """Turns links into short rows and their passages into contexts, each passage once."""

    out: Path
    texts: dict[str, str]
    passages: dict[str, Row]
    who: _Who
    order: dict[str, int]
    targets: dict[str, int]
    contexts: list[Row] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def links(self, evidence: Evidence) -> list[list[Any]]:
        """One short row a link: document, implementer, target, lane, probability, treatment, language, passage, more."""
        shown = {link["link_id"]: link for links in evidence.full.values() for link in links}
        numbers = self._contexts(shown)
        details = {name: self._detail(link, numbers) for name, link in sorted(shown.items())}
        packed = []
        for document, passage, target, lane, probability, treatment, link_id in evidence.brief:
            if document not in self.order or target not in self.targets:
                continue
            row = self.passages.get(passage, {})
            number = numbers.setdefault(passage, len(numbers))
            place = [self.order[document], self.who.number(*_name(row)), self.targets[target]]
            packed.append([*place, int(lane == "review"), probability, treatment or row.get("treatment") or ""])
            packed[-1] += [row.get("language") or "", number]
            if link_id in details:
                packed[-1].append(details[link_id])
        return packed

    def _contexts(self, shown: dict[str, Row]) -> dict[str, int]:
        """Fill `contexts` with the passages of the shown links, and return their numbers."""
        grouped: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for link in shown.values():
            grouped[link["document_id"]][link["passage_id"]].append(link)
        numbers: dict[str, int] = {}
        for document in sorted(grouped):
            text = self._text(document)
            for passage, links in sorted(grouped[document].items(), key=lambda item: (item[1][0]["start"], item[0])):
                numbers[passage] = len(self.contexts)
                self.contexts.append(_context(text, self.passages.get(passage, {}), links))
        return numbers

    def _text(self, document: str) -> str:
        path = (self.out / self.texts.get(document, "")).resolve()
        inside = path.is_relative_to(self.out.resolve()) and path.is_file()
        return path.read_bytes().decode("utf-8") if inside else ""

    def _detail(self, link: Row, numbers: dict[str, int]) -> Row:
        why = link.get("why") or {}
        start = self.contexts[numbers[link["passage_id"]]]["start"]
        sentences = [[s["start"] - start, s["end"] - start, round(s["drop"], 3)] for s in why.get("sentences") or []]
        examples = [[self._example(e), round(e["similarity"], 3), e["id"]] for e in why.get("examples") or []]
        own = {"id": link["link_id"], "at": [link["start"] - start, link["end"] - start], "page": link.get("page")}
        return own | {"sentences": sentences, "terms": list(why.get("terms") or []), "examples": examples}

    def _example(self, example: Row) -> int:
        text = example.get("text") or ""
        short = text if len(text) <= EXAMPLE else text[:EXAMPLE].rstrip() + "…"
        if short not in self.__dict__.setdefault("_known", {}):
            self.__dict__["_known"][short] = len(self.examples)
            self.examples.append(short)
        return int(self.__dict__["_known"][short])


def _context(text: str, passage: Row, links: list[Row]) -> Row:
    """The text around the quotes of a passage, `CONTEXT` characters at most on either side, never beyond it."""
    first, last = min(link["start"] for link in links), max(link["end"] for link in links)
    if all(text[link["start"] : link["end"]] == link["quote"] for link in links):
        start = max(min(passage.get("start", first), first), first - CONTEXT)
        end = min(max(passage.get("end", last), last), last + CONTEXT)
        body = text[start:end]
    else:
        best = links[0]
        start, body = best["start"] - len(best.get("prefix") or ""), _window(best)
        end = start + len(body)
    place = {"start": start, "text": body, "section": passage.get("section") or [], "page": passage.get("page")}
    clipped = [start > passage.get("start", start), end < passage.get("end", end)]
    named = {"who": passage.get("implementer_text") or "", "reference": passage.get("reference") or ""}
    return place | named | {"clipped": clipped}


def _window(link: Row) -> str:
    return f"{link.get('prefix') or ''}{link['quote']}{link.get('suffix') or ''}"
