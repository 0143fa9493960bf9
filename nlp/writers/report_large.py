"""What the page of a large run is made of: counts of everything, and what fits of documents and quotes.

One document is in memory at a time; what is kept has budgets, so neither memory nor the page grow with the run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from nlp.official import Official
from nlp.program import Program
from nlp.writers.report_data import as_document, as_facts, as_input, as_labels, document_order
from nlp.writers.report_quotes import Names, context, name_of
from nlp.writers.shelf import Kept, Shelf
from nlp.writers.walk import Found, Row, Rows, is_confirmed

QUOTES = 8_000_000  # bytes of quotes on the page
DOCUMENTS = 16_000_000  # bytes of document rows on the page
FEW = 3  # quotes of a document for a target, at most
FIRST = 10  # quotes of each target that come before all others
TROUBLED = 200  # inputs that are listed with their reasons
AROUND = 240  # characters kept on either side of a quote
LONGEST = 1_500  # characters kept of a quote
TITLE = 300  # characters kept of a title, a file name, a heading


class Summary:
    """Takes what was found in each document, and gives what the page shows."""

    def __init__(self, rows: Rows, program: Program) -> None:
        self.rows, self.program = rows, program
        self.places = {target: number for number, target in enumerate(program.targets)}
        self.totals = [[0, 0, 0, 0] for _ in self.places]
        self.counts: Counter[str] = Counter()
        self._documents = Shelf(DOCUMENTS)
        self._quotes = Shelf(QUOTES)
        self._first = [Shelf(FIRST) for _ in self.places]

    def add(self, found: Found) -> None:
        """Count a document, and keep of it what ranks high enough."""
        key = found.entry["document_id"] or f"input:{found.entry['input']}"
        document = _short(as_document(key, found.document or {}, found.entry)) | {"passages": len(found.passages)}
        cells = self._cells(found.links)
        document["cells"] = [number for target in sorted(cells) for number in (target, *cells[target])]
        self._count(document, cells)
        reached = sum(suggested > 0 for suggested, _ in cells.values())
        rank = (document["state"] == "unread", -reached, -len(cells), key)
        self._documents.add(Kept(rank, _size(_line(document)), document))
        self._add_quotes(found, document)

    def _cells(self, links: list[Row]) -> dict[int, tuple[int, int]]:
        """Links of each target: (suggested, to review)."""
        lanes = Counter((self.places[link["target"]], link["lane"]) for link in links if link["target"] in self.places)
        return {target: (lanes[target, "suggested"], lanes[target, "review"]) for target, _ in lanes}

    def _count(self, document: Row, cells: dict[int, tuple[int, int]]) -> None:
        self.counts.update([document["state"]])
        self.counts["passages"] += document["passages"]
        for target, (suggested, review) in cells.items():
            added = (int(suggested > 0), int(not suggested), suggested, review)
            self.totals[target] = [old + new for old, new in zip(self.totals[target], added, strict=True)]

    def _add_quotes(self, found: Found, document: Row) -> None:
        maker = _Quotes(self.rows, found, document)
        ranks: Counter[str] = Counter()
        for link in sorted((link for link in found.links if link["target"] in self.places), key=strength):
            place = ranks[link["target"]]
            ranks[link["target"]] += 1
            rank = (link["lane"] == "review", place, *strength(link)[1:])
            first = self._first[self.places[link["target"]]]
            if place >= FEW or not (first.wants(strength(link)) or self._quotes.wants(rank)):
                continue
            value = (rank, maker.quote(link))
            for kept in first.add(Kept(strength(link), 1, value)):
                old_rank, quote = kept.value
                self._quotes.add(Kept(old_rank, _size(quote["link"]) + _size(quote["context"]), kept.value))

    def data(self, official: Official | None) -> Row:
        """Return everything the page shows, ready for JSON; the same rows always give the same value."""
        firsts = chain.from_iterable(shelf.best_first() for shelf in self._first)
        quotes = [quote for _, quote in sorted((*firsts, *self._quotes.best_first()), key=lambda pair: pair[0])]
        every = {row["id"]: row for row in (*self._documents.best_first(), *(quote["document"] for quote in quotes))}
        documents = sorted(every.values(), key=document_order)
        packed = _Packed({row["id"]: number for number, row in enumerate(documents)}, self.places, Names(self.program))
        links = [packed.row(quote) for quote in quotes]
        suggested, review = (sum(total[lane] for total in self.totals) for lane in (2, 3))
        listed = {"shown": len(links), "suggested": suggested, "review": review, "listed": len(documents)}
        read = {state: self.counts[state] for state in ("whole", "partial", "unread", "passages")}
        statuses, troubled = _troubled(self.rows)
        return {
            "large": True,
            "labels": as_labels(self.program, official),
            "totals": self.totals,
            "documents": [_line(row) for row in documents],
            "columns": COLUMNS,
            "who": packed.who.table,
            "passages": packed.contexts,
            "links": links,
            "few": FEW,
            "inputs": list(islice(troubled, TROUBLED)),
            "statuses": {name: count for name, count in sorted(statuses.items()) if name != "ok"},
            "counts": read | listed | {"inputs": statuses.total(), "troubled": statuses.total() - statuses["ok"]},
            "facts": as_facts(self.rows.manifest),
        }


COLUMNS = ("id", "title", "symbol", "kind", "language", "date", "file", "state", "strange", "passages", "cells")


def strength(link: Row) -> tuple[bool, float, str]:
    """Rank of a link among others: suggested ones first, then the more probable; ids keep it the same every time."""
    return link["lane"] == "review", -link["probability"], link["link_id"]


def _troubled(rows: Rows) -> tuple[Counter[str], Iterator[Row]]:
    """How many inputs have each status, and those that were not read whole."""
    statuses = Counter(row["status"] for row in rows.read("ledger.jsonl"))
    listed = (row for row in rows.read("ledger.jsonl") if row["status"] != "ok")
    return statuses, (_short(as_input(row)) for row in listed)


class _Quotes:
    """Makes the quotes of one document; its text is read when the first is wanted."""

    def __init__(self, rows: Rows, found: Found, document: Row) -> None:
        self.rows, self.found, self.document = rows, found, document
        self._text: str | None = None
        self._passages: dict[str, Row] = {}

    def quote(self, link: Row) -> Row:
        """The quote of a link in its context, with all that stands beside it."""
        if self._text is None:
            self._text = self.rows.text(self.found.document or {})
            self._passages = {row["passage_id"]: row for row in self.found.passages}
            self._also: dict[str, list[Row]] = {}
            for other in self.found.links:
                self._also.setdefault(other["passage_id"], []).append(other)
        passage = self._passages.get(link["passage_id"], {})
        shown = _clipped(link)
        around = context(self._text, passage, [shown], AROUND)
        around = _short(around) | {"text": around["text"], "section": [_cut(part) for part in around["section"]]}
        also = [[other["target"], int(other["lane"] == "review")] for other in self._also[link["passage_id"]]]
        around |= {"key": f"{link['passage_id']} {link['start']} {link['end']}", "also": also}
        around["clipped"][1] |= shown["end"] < link["end"]
        why = link.get("why") or {}
        places = [[s["start"], s["end"], round(s["drop"], 3)] for s in why.get("sentences") or []]
        kept = {name: shown.get(name) for name in ("link_id", "target", "start", "end", "page")}
        kept |= {"probability": round(link["probability"], 4), "review": int(link["lane"] == "review")}
        kept |= {"treatment": link.get("treatment") or passage.get("treatment") or "", "sentences": places[:FEW]}
        kept |= {"language": passage.get("language") or "", "who": name_of(passage), "terms": why.get("terms") or []}
        kept |= {"confirmed": True} if is_confirmed(link) else {}
        return {"link": kept, "context": around, "document": self.document}


class _Packed:
    """Gives numbers to what quotes share: documents, organisations, contexts."""

    def __init__(self, order: dict[str, int], places: dict[str, int], who: Names) -> None:
        self.order, self.places, self.who = order, places, who
        self.contexts: list[Row] = []
        self._numbers: dict[str, int] = {}

    def row(self, quote: Row) -> list[Any]:
        """A short row as a whole page has it: document, implementer, target, lane, ..., passage, detail."""
        link, around = quote["link"], dict(quote["context"])
        around["also"] = [[self.places[name], lane] for name, lane in around["also"] if name in self.places]
        number = self._numbers.setdefault(around.pop("key"), len(self.contexts))
        if number == len(self.contexts):
            self.contexts.append(around)
        start = self.contexts[number]["start"]
        detail = {
            "id": link["link_id"],
            "at": [link["start"] - start, link["end"] - start],
            "page": link["page"],
            "sentences": [[first - start, last - start, drop] for first, last, drop in link["sentences"]],
            "terms": link["terms"],
            "examples": [],
            **({"confirmed": True} if link.get("confirmed") else {}),
        }
        place = [self.order[quote["document"]["id"]], self.who.number(*link["who"]), self.places[link["target"]]]
        return [*place, link["review"], link["probability"], link["treatment"], link["language"], number, detail]


def _clipped(link: Row) -> Row:
    end = min(link["end"], link["start"] + LONGEST)
    return link if end == link["end"] else link | {"end": end, "quote": link["quote"][: end - link["start"]]}


def _line(document: Row) -> list[Any]:
    """A document as the page has it; of an id what addresses name."""
    identity = document["id"]
    return [identity if identity.startswith("input:") else identity[:16], *(document[name] for name in COLUMNS[1:])]


def _cut(text: str) -> str:
    return text if len(text) <= TITLE else text[:TITLE].rstrip() + "…"


def _short(row: Row) -> Row:
    return {name: _cut(value) if isinstance(value, str) else value for name, value in row.items()}


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace"))
