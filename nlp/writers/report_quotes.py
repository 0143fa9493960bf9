"""Evidence for the report page: all links in brief, the quotes that are shown with their text around them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.program import LANGUAGES, Body, Program

Row = dict[str, Any]
Cell = tuple[str, str, str]

WHOLE_UP_TO = 3_000  # links; above this only the best quotes of each cell go into the page
BEST = 3  # quotes per report, implementer and target, then
CONTEXT = 700  # characters kept on either side of the quotes of a passage
EXAMPLE = 320  # characters kept of an annotated example


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


def name_of(row: Row) -> tuple[str, str]:
    """Implementer of a passage row: (codebook id, ""), or ("", name as it stands), or ("", "") when none is named."""
    implementer = row.get("implementer") or ""
    return implementer, "" if implementer else (row.get("implementer_text") or "").strip()


class Names:
    """Numbers the implementers that passages name, in order of appearance; 0 stands for none named."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.table: list[Row] = [{"key": "", "name": "", "names": None}]
        self._numbers: dict[tuple[str, str], int] = {("", ""): 0}

    def number(self, implementer: str, text: str) -> int:
        """Number of the implementer with this codebook id, or of the name as it stands in the text."""
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
    acronyms = {code: (body.acronyms.get(code) or [""])[0] for code in LANGUAGES}
    return {code: [acronyms[code], body.names.get(code, body.id)] for code in LANGUAGES}


@dataclass
class Packer:
    """Turns links into short rows and their passages into contexts, each passage once."""

    out: Path
    texts: dict[str, str]
    passages: dict[str, Row]
    who: Names
    order: dict[str, int]
    targets: dict[str, int]
    contexts: list[Row] = field(default_factory=list)
    examples: dict[str, int] = field(default_factory=dict)

    def links(self, evidence: Evidence) -> list[list[Any]]:
        """Short rows: document, implementer, target, lane, probability, treatment, language, passage, detail."""
        shown = {link["link_id"]: link for links in evidence.full.values() for link in links}
        numbers = self._contexts(shown)
        details = {name: self._detail(link, numbers) for name, link in sorted(shown.items())}
        packed = []
        for document, passage, target, lane, probability, treatment, link_id in evidence.brief:
            if document not in self.order or target not in self.targets:
                continue
            row = self.passages.get(passage, {})
            number = numbers.setdefault(passage, len(numbers))
            place = [self.order[document], self.who.number(*name_of(row)), self.targets[target]]
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
        return self.examples.setdefault(short, len(self.examples))


def _context(text: str, passage: Row, links: list[Row]) -> Row:
    """The text around the quotes of a passage, `CONTEXT` characters at most on either side, never beyond it."""
    first, last = min(link["start"] for link in links), max(link["end"] for link in links)
    start = max(min(passage.get("start", first), first), first - CONTEXT)
    end = min(max(passage.get("end", last), last), last + CONTEXT)
    faithful = all(text[link["start"] : link["end"]] == link["quote"] for link in links)
    body = text[start:end] if faithful else _patchwork(start, end, links)
    place = {"start": start, "text": body, "section": passage.get("section") or [], "page": passage.get("page")}
    clipped = [start > passage.get("start", start), end < passage.get("end", end)]
    named = {name: passage.get(name) or "" for name in ("reference", "number", "lead_in")}
    return place | named | {"who": passage.get("implementer_text") or "", "clipped": clipped}


def _patchwork(start: int, end: int, links: list[Row]) -> str:
    """The quotes at their places and blanks between them: what is known when the text file is gone."""
    body = [" "] * (end - start)
    for link in links:
        place = slice(link["start"] - start, link["end"] - start)
        body[place] = link["quote"][: link["end"] - link["start"]].ljust(link["end"] - link["start"])
    return "".join(body)
