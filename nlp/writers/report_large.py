"""What the page of a large run is made of: counts of everything, and what fits of documents and quotes.

One document is in memory at a time; what is kept has budgets, so neither memory nor the page grow with the run.
"""

from __future__ import annotations

import json
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from operator import attrgetter, itemgetter
from typing import Any

from nlp.official import Official
from nlp.program import Program
from nlp.writers.listing import Listing, Packed, packed
from nlp.writers.report_data import as_document, as_facts, as_input, as_labels, as_programme, document_order
from nlp.writers.report_quotes import Names, context, name_of
from nlp.writers.shelf import Kept, Rank, Shelf
from nlp.writers.walk import Found, Row, Rows, is_confirmed

QUOTES = 8_000_000  # bytes of quotes on the page
DOCUMENTS = 16_000_000  # bytes of document rows on the page
FEW = 3  # quotes of a document for a target, at most
FIRST = 10  # quotes of each target that come before all others
TROUBLED = 200  # inputs that are listed with their reasons
AROUND = 240  # characters kept on either side of a quote
LONGEST = 1_500  # characters kept of a quote
TITLE = 300  # characters kept of a title, a file name, a heading
_Ranked = tuple[tuple[bool, float, str], Row]  # strength of a link, and the link


@dataclass(frozen=True, slots=True)
class _Listed:
    """A document as the page has it: its id, and its line as JSON."""

    key: str
    line: bytes

    @property
    def order(self) -> tuple[Any, ...]:
        """Where it stands among others."""
        return document_order(dict(zip(COLUMNS, json.loads(self.line), strict=True)) | {"id": self.key})


@dataclass(frozen=True, slots=True)
class _Quote:
    """A quote as it waits: its rank among all, link and context as JSON, its document."""

    rank: Rank
    link: bytes
    context: bytes
    document: _Listed

    @property
    def size(self) -> int:
        """Bytes on the page."""
        return len(self.link) + len(self.context)


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
        cells, strongest = self._look(found.links)
        document["cells"] = [number for target in sorted(cells) for number in (target, *cells[target])]
        self._count(document, cells)
        reached = sum(suggested > 0 for suggested, _ in cells.values())
        kept = _Listed(key, packed(_line(document)))
        self._documents.add(Kept((document["state"] == "unread", -reached, -len(cells), key), len(kept.line), kept))
        self._add_quotes(found, strongest, kept)

    def _look(self, links: Iterable[Row]) -> tuple[dict[int, tuple[int, int]], list[_Ranked]]:
        """Links of each target, (suggested, to review), and the `FEW` strongest of each, the strongest of all first."""
        lanes: Counter[tuple[int, str]] = Counter()
        strongest: dict[int, list[_Ranked]] = {}
        for link in links:
            target = self.places.get(link["target"])
            if target is None:
                continue
            lanes[target, link["lane"]] += 1
            own = strongest.setdefault(target, [])
            if len(own) < FEW or strength(link) < own[-1][0]:
                insort(own, (strength(link), link), key=itemgetter(0))
                del own[FEW:]
        cells = {target: (lanes[target, "suggested"], lanes[target, "review"]) for target in strongest}
        return cells, sorted(chain.from_iterable(strongest.values()), key=itemgetter(0))

    def _count(self, document: Row, cells: dict[int, tuple[int, int]]) -> None:
        self.counts.update([document["state"]])
        self.counts["passages"] += document["passages"]
        for target, (suggested, review) in cells.items():
            added = (int(suggested > 0), int(not suggested), suggested, review)
            self.totals[target] = [old + new for old, new in zip(self.totals[target], added, strict=True)]

    def _add_quotes(self, found: Found, strongest: list[_Ranked], document: _Listed) -> None:
        maker = _Quotes(self.rows, found, {link["passage_id"] for _, link in strongest})
        ranks: Counter[str] = Counter()
        for strong, link in strongest:
            rank = (link["lane"] == "review", ranks[link["target"]], *strong[1:])
            ranks[link["target"]] += 1
            first = self._first[self.places[link["target"]]]
            if not (first.wants(strong) or self._quotes.wants(rank)):
                continue
            shown, around = maker.quote(link)
            quote = _Quote(rank, packed(shown), packed(around), document)
            for kept in first.add(Kept(strong, 1, quote)):
                self._quotes.add(Kept(kept.value.rank, kept.value.size, kept.value))

    def data(self, official: Official | None, contexts: Listing, links: Listing) -> Row:
        """Return everything the page shows, ready for JSON; the same rows always give the same value.

        Args:
            official: the imported official wording, None if there is none. contexts, links: fresh; become part of it.
        """
        firsts = chain.from_iterable(shelf.best_first() for shelf in self._first)
        quotes: list[_Quote] = sorted((*firsts, *self._quotes.best_first()), key=attrgetter("rank"))
        every = {one.key: one for one in (*self._documents.best_first(), *(quote.document for quote in quotes))}
        documents = sorted(every.values(), key=attrgetter("order"))
        order = {one.key: number for number, one in enumerate(documents)}
        putting = _Putting(order, self.places, Names(self.program), contexts, links)
        for quote in quotes:
            putting.put(quote)
        suggested, review = (sum(total[lane] for total in self.totals) for lane in (2, 3))
        shown = {"shown": len(links), "suggested": suggested, "review": review, "listed": len(documents)}
        read = {state: self.counts[state] for state in ("whole", "partial", "unread", "passages")}
        statuses, troubled = _troubled(self.rows)
        return {
            "large": True,
            "programme": as_programme(self.program, self.rows.manifest),
            "labels": as_labels(self.program, official),
            "totals": self.totals,
            "documents": Packed([one.line for one in documents]),
            "columns": COLUMNS,
            "who": putting.who.table,
            "passages": contexts,
            "links": links,
            "few": FEW,
            "inputs": list(islice(troubled, TROUBLED)),
            "statuses": {name: count for name, count in sorted(statuses.items()) if name != "ok"},
            "counts": read | shown | {"inputs": statuses.total(), "troubled": statuses.total() - statuses["ok"]},
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
    """Makes the quotes of some passages of a document; rows and text are read when the first is wanted."""

    def __init__(self, rows: Rows, found: Found, wanted: set[str]) -> None:
        self.rows, self.found, self.wanted = rows, found, wanted

    @cached_property
    def _text(self) -> str:
        return self.rows.text(self.found.document or {})

    @cached_property
    def _passages(self) -> dict[str, Row]:
        return {row["passage_id"]: row for row in self.found.passages if row["passage_id"] in self.wanted}

    @cached_property
    def _also(self) -> dict[str, list[tuple[str, int]]]:
        also: dict[str, list[tuple[str, int]]] = {name: [] for name in self.wanted}
        for link in self.found.links:
            if link["passage_id"] in also:
                also[link["passage_id"]].append((link["target"], int(link["lane"] == "review")))
        return also

    def quote(self, link: Row) -> tuple[Row, Row]:
        """The quote of a link, and its context with all that stands beside it."""
        passage = self._passages.get(link["passage_id"], {})
        shown = _clipped(link)
        around = context(self._text, passage, [shown], AROUND)
        around = _short(around) | {"text": around["text"], "section": [_cut(part) for part in around["section"]]}
        around |= {"key": f"{link['passage_id']} {link['start']} {link['end']}", "also": self._also[link["passage_id"]]}
        around["clipped"][1] |= shown["end"] < link["end"]
        why = link.get("why") or {}
        places = [[s["start"], s["end"], round(s["drop"], 3)] for s in why.get("sentences") or []]
        kept = {name: shown.get(name) for name in ("link_id", "target", "start", "end", "page")}
        kept |= {"probability": round(link["probability"], 4), "review": int(link["lane"] == "review")}
        kept |= {"treatment": link.get("treatment") or passage.get("treatment") or "", "sentences": places[:FEW]}
        kept |= {"language": passage.get("language") or "", "who": name_of(passage), "terms": why.get("terms") or []}
        kept |= {"confirmed": True} if is_confirmed(link) else {}
        return kept, around


@dataclass
class _Putting:
    """Puts quotes on the page, and gives numbers to what they share: documents, organisations, contexts."""

    order: dict[str, int]
    places: dict[str, int]
    who: Names
    contexts: Listing
    links: Listing
    _known: dict[str, tuple[int, int]] = field(default_factory=dict)

    def put(self, quote: _Quote) -> None:
        """Add a short row as a whole page has it: document, implementer, target, lane, ..., passage, detail."""
        link = json.loads(quote.link)
        number, start = self._place(json.loads(quote.context))
        detail = {
            "id": link["link_id"],
            "at": [link["start"] - start, link["end"] - start],
            "page": link["page"],
            "sentences": [[first - start, last - start, drop] for first, last, drop in link["sentences"]],
            "terms": link["terms"],
            "examples": [],
            **({"confirmed": True} if link.get("confirmed") else {}),
        }
        place = [self.order[quote.document.key], self.who.number(*link["who"]), self.places[link["target"]]]
        said = [link["review"], link["probability"], link["treatment"], link["language"]]
        self.links.add([*place, *said, number, detail])

    def _place(self, around: Row) -> tuple[int, int]:
        """Number and start of a context, which is added if it is new."""
        key = around.pop("key")
        if key not in self._known:
            self._known[key] = len(self.contexts), around["start"]
            around["also"] = [[self.places[name], lane] for name, lane in around["also"] if name in self.places]
            self.contexts.add(around)
        return self._known[key]


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
