"""What was decided, found again in a new reading of the same document: exact, moved, or orphaned; never a look-alike.

Resolutions repeat their formulas, so the same words are not the same place. A place in the new text is taken for the
old one only where the text around it agrees, and no other pair of an old and a new place with these words has a claim
that the context does not clearly rule out. Whatever cannot be told apart is an orphan, listed with the places where its
words stand, for a person to choose. (Looking past what stands between a quote and its neighbours was tried: in made-up
texts it found one decision in 190 more, and put one in 13,000 on a look-alike.)

Compared is folded text (`nlp.review.folding`): white space, hyphens, ligatures and masked contacts may differ; what an
item quotes afterwards is a slice of the new text, and a quote that reads differently says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nlp.contacts import MASK
from nlp.mapping import CONTEXT
from nlp.records import Span
from nlp.review.folding import Folded
from nlp.review.records import Item, Place

WINDOW = 2000  # folded characters of context that are compared on a side
HOLDS = 24  # that have to agree on both sides, about five words
ALONE = 64  # that have to agree on one side, where a header or a deletion stands on the other
AT_ONCE = 400  # places of one quote; more often than that no context is looked at
CROWDED = "its words stand in too many places to compare them"
GONE, TORN = "its words are not in the new text", "the text around it changed"
TWINS = "its words stand in several places that the text around them does not tell apart"
CONTACTS, SETTING = "contacts masked otherwise", "white space, hyphens or letter forms differ"
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Attached:
    """What became of a decided item in a new text.

    Attributes:
        before: the item as it stood. item: as it stands now: new offsets, quote, prefix and suffix with `place`
            "exact" or "moved"; with "orphaned" all of these as they were.
        note: how the quote reads differently, or why it is an orphan; "" where there is nothing to say.
        candidates: of an orphan, where the same words stand in the new text, for a person to choose from.
    """

    before: Item
    item: Item
    note: str
    candidates: tuple[Span, ...] = ()

    @property
    def place(self) -> Place:
        """Exact, moved or orphaned."""
        return self.item.place


def attach(items: Iterable[Item], old: str | None, new: str, passages: Sequence[Mapping[str, Any]]) -> list[Attached]:
    """Find decided items of one document in its new text.

    Args:
        old: the canonical text that their offsets refer to. Without it (None) only prefix and suffix speak for an
            item, and both have to agree.
        new: the canonical text of the new reading. passages: its rows of passages.jsonl.

    Returns:
        What became of each, in order.

    Raises:
        ValueError: if an item's quote is not what stands at its offsets in `old`.
    """
    if old == new:
        return [_settle(item, Span(item.start, item.end), new, passages) for item in items]
    there, here = (Folded.of(old) if old is not None else None), Folded.of(new)
    places: dict[str, list[Pair]] = {}
    return [_attach(item, there, here, passages, places) for item in items]


def _attach(
    item: Item,
    old: Folded | None,
    new: Folded,
    passages: Sequence[Mapping[str, Any]],
    places: dict[str, list[Pair]],
) -> Attached:
    source, span = _alone(item) if old is None else (old, (item.start, item.end))
    if source.text[slice(*span)] != item.quote:
        raise ValueError(f"item {item.item_id} does not quote the text at {span[0]} to {span[1]}")
    own = source.inner(*span)
    words = source.folded[slice(*own)]
    if words not in places:
        places[words] = list(new.find(words))
    found = places[words]
    chosen, note = _choose(source, own, new, found)
    if chosen is None:
        candidates = [Span(*place) for pair in found if (place := new.outer(*pair))]
        return Attached(item, replace(item, place="orphaned"), note, tuple(candidates))
    inner = source.outer(*own)
    lead = inner[0] - span[0] if inner else 0
    return _settle(item, _slice(item.quote, lead, new, chosen), new.text, passages)


def _alone(item: Item) -> tuple[Folded, Pair]:
    """What an item itself knows of its text, and where its quote stands in that."""
    before = len(item.prefix)
    return Folded.of(item.prefix + item.quote + item.suffix), (before, before + len(item.quote))


def _choose(old: Folded, own: Pair, new: Folded, found: Sequence[Pair]) -> tuple[Pair | None, str]:
    """The place in the new text, or None and why there is none."""
    if not found:
        return None, GONE
    others = [pair for pair in old.find(old.folded[slice(*own)]) if pair != own]
    if len(others) + len(found) > AT_ONCE:
        return None, CROWDED
    claims = [agreement(old, own, new, pair) for pair in found]
    best = max(range(len(found)), key=lambda number: (_sides(claims[number]), sum(claims[number])))
    if not _sides(claims[best]):
        return None, TWINS if len(found) > 1 or others else TORN
    rivals = [claim for number, claim in enumerate(claims) if number != best]
    rivals += [agreement(old, pair, new, found[best]) for pair in others]
    if all(_beats(claims[best], rival) for rival in rivals):
        return found[best], ""
    return None, TWINS


def agreement(old: Folded, own: Pair, new: Folded, pair: Pair) -> Pair:
    """Return how many folded characters before and after two places agree without a gap, 0 to `WINDOW` each.

    Where both texts end with the agreement, it counts in full: there is nothing more to compare.
    """
    before = _common(old.folded, own[0], new.folded, pair[0], -1)
    after = _common(old.folded, own[1], new.folded, pair[1], 1)
    return before, after


def _common(first: str, i: int, second: str, j: int, way: int) -> int:
    most = min(i, j, WINDOW) if way < 0 else min(len(first) - i, len(second) - j, WINDOW)
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        same = (
            first[i - middle : i] == second[j - middle : j]
            if way < 0
            else first[i : i + middle] == second[j : j + middle]
        )
        low, high = (middle, high) if same else (low, middle - 1)
    ends = (i == j == low) if way < 0 else (len(first) - i == len(second) - j == low)
    return WINDOW if ends else low


def _sides(claim: Pair) -> int:
    """How much a claim says: 2 where both sides hold, 1 where one side holds by itself, 0 where neither does."""
    if min(claim) >= HOLDS:
        return 2
    return int(max(claim) >= ALONE)


def _beats(claim: Pair, rival: Pair) -> bool:
    """Whether the context rules a rival out.

    It does where the rival holds on no side, or on one side while the claim holds on both and agrees no less in all;
    of two that hold on both sides the one that agrees clearly further, and nowhere less, is taken.
    """
    held = sum(side >= HOLDS for side in rival)
    if held == 0:
        return True
    if _sides(claim) < 2:
        return False
    if held == 1:
        return max(rival) <= sum(claim)
    return claim[0] >= rival[0] and claim[1] >= rival[1] and sum(claim) - sum(rival) >= ALONE


def _slice(quote: str, lead: int, new: Folded, chosen: Pair) -> Span:
    """The span of a place in the new text.

    Args:
        lead: signs at the quote's start that folding left out; they, and those at its end, are taken where they stand.
    """
    start, end = new.outer(*chosen) or chosen
    whole = max(0, start - lead)
    if new.text[whole : whole + len(quote)] == quote:
        return Span(whole, whole + len(quote))
    return Span(start, end)


def _settle(item: Item, span: Span, text: str, passages: Sequence[Mapping[str, Any]]) -> Attached:
    """The item at its place in a text."""
    quote = text[span.start : span.end]
    home = next((row for row in passages if row["start"] <= span.start and span.end <= row["end"]), None)
    page = next((row["page"] for row in passages if row["start"] <= span.start < row["end"]), item.page)
    same = (span.start, span.end, quote) == (item.start, item.end, item.quote)
    now = replace(
        item,
        start=span.start,
        end=span.end,
        quote=quote,
        prefix=text[max(0, span.start - CONTEXT) : span.start],
        suffix=text[span.end : span.end + CONTEXT],
        passage_id=home["passage_id"] if home else None,
        page=page,
        place="exact" if same and item.place != "moved" else "moved",
    )
    return Attached(item, now, _reads(item.quote, quote))


def _reads(before: str, now: str) -> str:
    """How a quote reads differently."""
    if before == now:
        return ""
    return CONTACTS if (MASK in before) != (MASK in now) else SETTING
