"""What comes back from other programs: claims that a quote of a document is evidence for a target, or is not.

A claim is tied to the document's hash and to its quote; offsets are believed only where the quote stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from nlp.review.records import HOLDS, OPEN, Action, Ask, Item, Place, State

_ACTIONS: dict[str, Action] = {
    "confirmed": "confirm", "corrected": "correct", "rejected": "reject", "unsure": "unsure", "postponed": "postpone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a file that came back.

    Attributes:
        document_id: sha256 (hex) of the document. target: label of the codebook.
        state: what its maker decided; "suggested" where nobody did.
        start, end: offsets into the canonical text, None where the file tells none.
        quote: the words; "" where the file names only the place. prefix, suffix: what stands around them.
        item_id: id of the link or item that it speaks of, "" where it names none.
        treatment, implementer: None where the file does not say. reason: a remark. who, at: as the file tells them.
        part_of: id of an item that it is a part of, "" where it is whole.
        by_hand: whether a person added it where the machine was silent.
        row: the whole row of links.jsonl where the file carries it, {} otherwise.
    """

    document_id: str
    target: str
    state: State
    start: int | None = None
    end: int | None = None
    quote: str = ""
    prefix: str = ""
    suffix: str = ""
    item_id: str = ""
    treatment: str | None = None
    implementer: str | None = None
    reason: str = ""
    who: str = ""
    at: str = ""
    part_of: str = ""
    by_hand: bool = False
    row: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Matched:
    """What claims come to against what is known of a document.

    Attributes:
        asks: what is to be asked of the desk, by document. moved: claims whose quote stands elsewhere now.
        lost: claims with the reason why they were left out. same: how many say what holds already, or nothing.
    """

    asks: dict[str, list[Ask]]
    moved: tuple[Claim, ...]
    lost: tuple[tuple[Claim, str], ...]
    same: int


def place(claim: Claim, text: str) -> tuple[int, int, Place]:
    """Find where a claim stands in the canonical text.

    Its own place where the quote stands there; else the one place where the quote stands between its prefix and
    suffix; else the one place where it stands at all.

    Returns:
        start, end, and how surely: "exact", "moved", or "orphaned" with (-1, -1).
    """
    start, end, quote = claim.start, claim.end, claim.quote
    told = start is not None and end is not None and 0 <= start < end <= len(text)
    if told and (not quote or text[start:end] == quote):
        return start or 0, end or 0, "exact"
    for before, after in ((claim.prefix, claim.suffix), ("", "")):
        found = _places(text, f"{before}{quote}{after}") if quote else []
        if len(found) == 1:
            begin = found[0] + len(before)
            return begin, begin + len(quote), "moved"
    return -1, -1, "orphaned"


def _places(text: str, words: str) -> list[int]:
    """Where words stand in a text: the first two places."""
    first = text.find(words)
    second = text.find(words, first + 1) if first >= 0 else -1
    return [at for at in (first, second) if at >= 0]


def match(
    claims: Iterable[Claim],
    contents: Callable[[str], tuple[str, Sequence[Item]] | None],
    targets: Iterable[str],
) -> Matched:
    """Hold claims against the items of their documents and say what is to be asked of the desk.

    An item is found by its id, else by place and target. A claim that nobody decided asks for nothing; nor does one
    that says what holds already.

    Args:
        contents: canonical text and items of a document, None where it is not known.
    """
    found, known = _Found(), set(targets)
    books: dict[str, _Book | None] = {}
    for claim in claims:
        if claim.document_id not in books:
            books[claim.document_id] = _book(contents(claim.document_id))
        book = books[claim.document_id]
        if book is None or claim.target not in known:
            found.lost.append((claim, "no such document" if book is None else "no such target"))
        else:
            found.take(claim, book)
    asks = {document_id: list(own.values()) for document_id, own in found.asks.items()}
    return Matched(asks, tuple(found.moved), tuple(found.lost), found.same)


@dataclass
class _Found:
    """What claims come to, so far; asks by document and what they are for."""

    asks: dict[str, dict[tuple[Any, ...], Ask]] = field(default_factory=dict)
    moved: list[Claim] = field(default_factory=list)
    lost: list[tuple[Claim, str]] = field(default_factory=list)
    same: int = 0

    def take(self, claim: Claim, book: _Book) -> None:
        """Take a claim in whose document and target are known."""
        start, end, how = place(claim, book.text)
        if claim.state == "suggested":
            self.same += 1
            return
        if how == "orphaned":
            self.lost.append((claim, "its quote was not found" if claim.quote else "it names no words"))
            return
        self.moved += [claim] * (how == "moved")
        ask, fault = book.ask(claim, start, end)
        if ask is None:
            self.same += not fault
            self.lost += [(claim, fault)] if fault else []
            return
        key = (ask.item_id,) if ask.item_id else (ask.target, ask.start, ask.end)
        first = self.asks.setdefault(claim.document_id, {}).setdefault(key, ask)
        self.lost += [(claim, "said twice, differently")] if first != ask else []


@dataclass(frozen=True, slots=True)
class _Book:
    """Text and items of a document, found by id and by place."""

    text: str
    by_id: dict[str, Item]
    by_place: dict[tuple[int, int, str], Item]

    def ask(self, claim: Claim, start: int, end: int) -> tuple[Ask | None, str]:
        """What a claim asks for, None where it says what holds already or nothing; and why it is left out, or ""."""
        item = self.by_id.get(claim.item_id) or self.by_place.get((start, end, claim.target))
        whole = self.by_id.get(claim.part_of)
        if item is None and whole and whole.state in HOLDS and whole.start <= start and end <= whole.end:
            return None, ""
        if item is None:
            return _unknown(claim, start, end)
        holds = claim.state in HOLDS
        changes = _changes(claim, item, start, end)
        if item.state == claim.state and not (holds and changes):
            return None, ""
        if holds and item.state in HOLDS and not changes:
            return None, ""
        if item.version and item.state not in OPEN:
            return None, "decided otherwise since"
        action = "correct" if holds and changes else _ACTIONS[claim.state]
        return Ask(item.item_id, action, item.version, reason=claim.reason, **changes), ""


def _unknown(claim: Claim, start: int, end: int) -> tuple[Ask | None, str]:
    """A claim on what is no link: it is added where it holds; what was added by hand and taken back says nothing."""
    if claim.state in HOLDS:
        added = Ask("", "add", 0, claim.target, start, end, claim.treatment, claim.implementer, claim.reason)
        return added, ""
    if claim.by_hand and claim.state == "rejected":
        return None, ""
    return None, "added by hand, and nobody is sure" if claim.by_hand else "no such link"


def _book(found: tuple[str, Sequence[Item]] | None) -> _Book | None:
    if found is None:
        return None
    text, items = found
    by_place = {(item.start, item.end, item.target): item for item in items}
    return _Book(text, {item.item_id: item for item in items}, by_place)


def _changes(claim: Claim, item: Item, start: int, end: int) -> dict[str, Any]:
    """Fields in which a claim differs from the item; a field that the file does not tell stays.

    Where it does not hold, target and span are of no matter.
    """
    told: dict[str, Any] = {"target": claim.target, "start": start, "end": end} if claim.state in HOLDS else {}
    told |= {name: value for name in ("treatment", "implementer") if (value := getattr(claim, name)) is not None}
    return {name: value for name, value in told.items() if value != _now(item, name)}


def _now(item: Item, name: str) -> Any:
    """A field of an item as an `Ask` would name it: "" for none."""
    value = getattr(item, name)
    return "" if value is None else value


def items_of(links: Iterable[Mapping[str, Any]]) -> list[Item]:
    """Return rows of links.jsonl as items, in the state that they tell; version 0 where nobody decided."""
    names = (
        "document_id", "target", "passage_id", "start", "end", "quote", "prefix", "suffix", "page", "lane",
        "probability", "treatment", "implementer", "model", "program",
    )  # fmt: skip
    return [
        Item(item_id=row["link_id"], reading=1, version=0, state=row.get("state") or "suggested",
             **{name: row[name] for name in names})
        for row in links
    ]  # fmt: skip


def ask_rows(asks: Mapping[str, Sequence[Ask]]) -> Iterator[dict[str, Any]]:
    """Yield asks as plain rows with their document."""
    for document_id, found in asks.items():
        yield from ({"document_id": document_id, **asdict(ask)} for ask in found)
