"""Evidence for a whole report page: every link, its quote with the text around it, each passage once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from nlp.program import LANGUAGES, Body, Program
from nlp.writers.walk import Row, Rows, is_confirmed

CONTEXT = 700  # characters kept on either side of the quotes of a passage
EXAMPLE = 320  # characters kept of an annotated example


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
    """Turns links into short rows and their passages into contexts, each passage once.

    Attributes:
        rows: the row files. documents, passages: rows by id. order, targets: their numbers in the page.
    """

    rows: Rows
    documents: dict[str, Row]
    passages: dict[str, Row]
    who: Names
    order: dict[str, int]
    targets: dict[str, int]
    contexts: list[Row] = field(default_factory=list)
    examples: dict[str, int] = field(default_factory=dict)

    def links(self, links: list[Row]) -> list[list[Any]]:
        """Short rows: document, implementer, target, lane, probability, treatment, language, passage, detail."""
        known = [link for link in links if link["document_id"] in self.order and link["target"] in self.targets]
        numbers = self._contexts(known)
        packed = []
        for link in known:
            row = self.passages.get(link["passage_id"], {})
            place = [self.order[link["document_id"]], self.who.number(*name_of(row)), self.targets[link["target"]]]
            said = [link.get("treatment") or row.get("treatment") or "", row.get("language") or ""]
            sure = [int(link["lane"] == "review"), round(float(link["probability"]), 4)]
            packed.append([*place, *sure, *said, numbers[link["passage_id"]], self._detail(link, numbers)])
        return packed

    def _contexts(self, links: list[Row]) -> dict[str, int]:
        """Fill `contexts` with the passages of the links, and return their numbers."""
        grouped: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for link in links:
            grouped[link["document_id"]][link["passage_id"]].append(link)
        numbers: dict[str, int] = {}
        for document in sorted(grouped):
            text = self.rows.text(self.documents.get(document, {}))
            for passage, found in sorted(grouped[document].items(), key=lambda item: (item[1][0]["start"], item[0])):
                numbers[passage] = len(self.contexts)
                self.contexts.append(context(text, self.passages.get(passage, {}), found))
        return numbers

    def _detail(self, link: Row, numbers: dict[str, int]) -> Row:
        why = link.get("why") or {}
        start = self.contexts[numbers[link["passage_id"]]]["start"]
        sentences = [[s["start"] - start, s["end"] - start, round(s["drop"], 3)] for s in why.get("sentences") or []]
        examples = [[self._example(e), round(e["similarity"], 3), e["id"]] for e in why.get("examples") or []]
        own = {"id": link["link_id"], "at": [link["start"] - start, link["end"] - start], "page": link.get("page")}
        own |= {"confirmed": True} if is_confirmed(link) else {}
        return own | {"sentences": sentences, "terms": list(why.get("terms") or []), "examples": examples}

    def _example(self, example: Row) -> int:
        text = example.get("text") or ""
        short = text if len(text) <= EXAMPLE else text[:EXAMPLE].rstrip() + "…"
        return self.examples.setdefault(short, len(self.examples))


def context(text: str, passage: Row, links: list[Row], around: int = CONTEXT) -> Row:
    """The text around the quotes of a passage, at most `around` characters on either side, never beyond it."""
    first, last = min(link["start"] for link in links), max(link["end"] for link in links)
    start = max(min(passage.get("start", first), first), first - around)
    end = min(max(passage.get("end", last), last), last + around)
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
