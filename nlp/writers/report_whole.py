"""What a whole report page is made of: every link of a run, its quote with the text around it, each passage once.

Links and passages stay in the row files and are read where they stand; of each linked passage a line of facts is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nlp.official import Official
from nlp.program import Program
from nlp.store import rows as stored
from nlp.writers.listing import Listing
from nlp.writers.report_data import as_facts, as_input, as_labels, as_programme, listed
from nlp.writers.report_quotes import Names, context, name_of
from nlp.writers.stretch import Stretch
from nlp.writers.walk import Found, Row, Rows, is_confirmed

EXAMPLE = 320  # characters kept of an annotated example


@dataclass(frozen=True, slots=True)
class _Passage:
    """What links say of their passage: number and start of its context, number of its implementer."""

    number: int
    start: int
    who: int
    treatment: str
    language: str


@dataclass(frozen=True, slots=True)
class _Quoted:
    """Where a quote stands, and what it is where the text there is another."""

    start: int
    end: int
    other: str | None

    def row(self, text: str) -> Row:
        """What `context` wants of a link."""
        quote = text[self.start : self.end] if self.other is None else self.other
        return {"start": self.start, "end": self.end, "quote": quote}


class Whole:
    """Takes what was found in each document, and gives what the page shows."""

    def __init__(self, rows: Rows, program: Program) -> None:
        self.rows, self.program = rows, program
        self.places = {target: number for number, target in enumerate(program.targets)}
        self.lanes: Counter[str] = Counter()
        self._known: dict[str, Row] = {}
        self._named: dict[str, Counter[tuple[str, str]]] = {}
        self._parts: dict[str, tuple[stored.Rows[Row], stored.Rows[Row]]] = {}
        self._passages: dict[str, _Passage] = {}
        self._examples: dict[str, int] = {}
        self._columns = [number for target, number in self.places.items() if target.startswith("objective:")]
        self._cells: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)

    def add(self, found: Found) -> None:
        """Take a document in; where its rows are is kept, not the rows."""
        if found.document is None:
            return
        key = found.document["document_id"]
        self._known[key] = found.document
        self._named[key] = Counter(map(name_of, found.passages))
        self._parts[key] = let_go(found.passages), let_go(found.links)

    def data(self, official: Official | None, contexts: Listing, links: Listing) -> Row:
        """Return everything the page shows, ready for JSON; the same rows always give the same value.

        Args:
            official: the imported official wording, None if there is none. contexts, links: fresh; become part of it.
        """
        inputs = [as_input(row) for row in self.rows.read("ledger.jsonl")]
        documents, who = listed(self._known, inputs), Names(self.program)
        for document in documents:
            self._count(document, who)
        for key in sorted(self._parts):
            self._add_contexts(key, who, contexts)
        order = {document["id"]: number for number, document in enumerate(documents)}
        for key, (_, found) in self._parts.items():
            self._add_links(order[key], found, links)
        return {
            "programme": as_programme(self.program, self.rows.manifest),
            "labels": as_labels(self.program, official),
            "documents": documents,
            "who": who.table,
            "passages": contexts,
            "examples": list(self._examples),
            "links": links,
            "inputs": [row for row in inputs if row["status"] != "ok"],
            "counts": self._counts(documents, inputs),
            "facts": as_facts(self.rows.manifest),
        }

    def table(self, documents: Iterable[Row]) -> list[Row]:
        """Rows of the plain table: each document with (state, text, meaning) of its cell for every objective."""
        return [
            {"document": document, "cells": [_cell(self._cells.get((row, one)), document) for one in self._columns]}
            for row, document in enumerate(documents)
        ]

    def _count(self, document: Row, who: Names) -> None:
        """Say in a document's row whom its passages name, and how many they are."""
        named = self._named.get(document["id"], Counter())
        counted = {who.number(*name): count for name, count in sorted(named.items())}
        document["who"] = [[number, count] for number, count in counted.items() if number]
        document["passages"] = named.total()

    def _counts(self, documents: list[Row], inputs: list[Row]) -> Row:
        states = [document["state"] for document in documents]
        read = {state: states.count(state) for state in ("whole", "partial", "unread")}
        found = {lane: self.lanes[lane] for lane in ("suggested", "review")}
        passages = sum(document["passages"] for document in documents)
        troubled = sum(row["status"] != "ok" for row in inputs)
        shown = {"passages": passages, "shown": self.lanes.total()}
        return read | found | {"inputs": len(inputs), "troubled": troubled} | shown

    def _add_contexts(self, key: str, who: Names, contexts: Listing) -> None:
        """Add the linked passages of a document with the text around them."""
        passages, links = self._parts[key]
        text = self.rows.text(self._known[key]) if len(links) else ""
        quotes = _quotes(text, (link for link in links if link["target"] in self.places))
        rows = {row["passage_id"]: row for row in passages if row["passage_id"] in quotes}
        for passage, found in sorted(quotes.items(), key=lambda item: (item[1][0].start, item[0])):
            row = rows.get(passage, {})
            around = context(text, row, [quote.row(text) for quote in found])
            said = row.get("treatment") or "", row.get("language") or ""
            self._passages[passage] = _Passage(len(contexts), around["start"], who.number(*name_of(row)), *said)
            contexts.add(around)

    def _add_links(self, document: int, found: Iterable[Row], links: Listing) -> None:
        for link in found:
            self.lanes[link["lane"]] += 1
            target = self.places.get(link["target"])
            if target is None:
                continue
            passage, review = self._passages[link["passage_id"]], int(link["lane"] == "review")
            said = [link.get("treatment") or passage.treatment, passage.language, passage.number]
            sure = [review, round(float(link["probability"]), 4)]
            links.add([document, passage.who, target, *sure, *said, self._detail(link, passage.start)])
            if target in self._columns:
                cell = self._cells[document, target]
                cell[passage.number] = min(review, cell.get(passage.number, 1))

    def _detail(self, link: Row, start: int) -> Row:
        why = link.get("why") or {}
        sentences = [[s["start"] - start, s["end"] - start, round(s["drop"], 3)] for s in why.get("sentences") or []]
        examples = [[self._example(e), round(e["similarity"], 3), e["id"]] for e in why.get("examples") or []]
        own = {"id": link["link_id"], "at": [link["start"] - start, link["end"] - start], "page": link.get("page")}
        own |= {"confirmed": True} if is_confirmed(link) else {}
        return own | {"sentences": sentences, "terms": list(why.get("terms") or []), "examples": examples}

    def _example(self, example: Row) -> int:
        text = example.get("text") or ""
        short = text if len(text) <= EXAMPLE else text[:EXAMPLE].rstrip() + "…"
        return self._examples.setdefault(short, len(self._examples))


def let_go(rows: stored.Rows[Row]) -> stored.Rows[Row]:
    """Return rows of a file as those that nobody holds."""
    return rows.let_go() if isinstance(rows, Stretch) else rows


def _quotes(text: str, links: Iterator[Row]) -> dict[str, list[_Quoted]]:
    """Where the quotes of each passage stand, in the order of its links."""
    found: dict[str, list[_Quoted]] = defaultdict(list)
    for link in links:
        start, end, quote = link["start"], link["end"], link["quote"]
        found[link["passage_id"]].append(_Quoted(start, end, None if text[start:end] == quote else quote))
    return found


def _cell(lanes: dict[int, int] | None, document: Row) -> tuple[str, str, str]:
    """State, text and meaning of a cell; `lanes` gives 0 (suggested) or 1 (to review) for each passage with links."""
    if not lanes:
        unread = document["state"] == "unread"
        return ("unread", "–", "not searchable") if unread else ("none", "·", "searched, none found")
    suggested = sum(lane == 0 for lane in lanes.values())
    review = len(lanes) - suggested
    if not suggested:
        return "review", f"{review}?", f"{review} to review"
    return "suggested", str(suggested), f"{suggested} suggested, {review} to review"
