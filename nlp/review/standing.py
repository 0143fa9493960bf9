"""How items stand in a reading: the machine's suggestions, and over them what was decided there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from sqlalchemy import Connection, Row, bindparam, select

from nlp.program import Program
from nlp.review.lines import is_gone, item_of, link_id
from nlp.review.records import FINAL, FIRST, HOLDS, NOTHING, OPEN, SECOND, Item, State
from nlp.review.sheet import Sheet
from nlp.store.tables import documents, items, links

FEW, SPARE = 50, 200  # rows fetched one by one; items that nobody needs any more and that may stay
# Built once: composing a statement takes longer than running it.
OWN = items.c.document_id == bindparam("report")
STAND = select(items.c.decision_id, items.c.reading).where(OWN).order_by(items.c.decision_id, items.c.item_id)
ITEMS = select(items.c.decision_id, items.c.row).where(OWN)
SOME_ITEMS = select(items.c.decision_id, items.c.row).where(
    items.c.decision_id.in_(bindparam("numbers", expanding=True))
)
Items = dict[str, Item]
Pair = tuple[Item | None, Item | None]


@dataclass(frozen=True)
class Held:
    """What was decided on a report, by reading and item id; also what was added and taken back."""

    first: Items
    second: Items
    final: Items

    def of(self, reading: int) -> Items:
        """What was decided in one reading."""
        return {FIRST: self.first, SECOND: self.second, FINAL: self.final}[reading]


def held_items(reader: Connection, document_id: str, known: dict[int, Item] | None = None) -> Held:
    """Read what was decided on a report.

    Args:
        known: items by the number of their last decision, which never change; takes in what is read.
    """
    known = {} if known is None else known
    found = [(row.decision_id, row.reading) for row in reader.execute(STAND, {"report": document_id})]
    have = {number: item for number, _ in found if (item := known.get(number))}  # `known` may shrink meanwhile
    missing = [number for number, _ in found if number not in have]
    if missing:
        many = len(missing) > FEW
        asked = (ITEMS, {"report": document_id}) if many else (SOME_ITEMS, {"numbers": missing})
        have |= _parsed(reader.execute(*asked))
        known.update(have)
    held: dict[int, Items] = {FIRST: {}, SECOND: {}, FINAL: {}}
    for number, reading in found:
        held[reading][have[number].item_id] = have[number]
    if len(known) > 2 * len(found) + SPARE:
        for number in set(known) - set(have):
            known.pop(number, None)
    return Held(held[FIRST], held[SECOND], held[FINAL])


def _parsed(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, Item]:
    return {row.decision_id: item_of(json.loads(row.row)) for row in rows}


def standing(sheet: Sheet, held: Held, reading: int) -> Items:
    """Return every item as a reading sees it, those that were taken back too (`is_gone`), in no order.

    The first and the second reading see the suggestions and their own decisions. The final one begins with what the
    two agree on; what they differ in is "unsure" there, until an adjudicator settles it.
    """
    decided = held.of(reading) if reading != FINAL else {**_begun(held), **held.final}
    return {**_untouched(sheet, decided.values(), reading), **decided}


def settled(sheet: Sheet, held: Held) -> Items:
    """Return items as they count: as an adjudicator settled them, else as the first reading has them."""
    decided = settled_items(held)
    return {**_untouched(sheet, decided.values(), FIRST), **decided}


def settled_items(held: Held) -> Items:
    """Return what was decided as it counts, without untouched suggestions and what was taken back."""
    final = _final(held)
    found = {name: item for name, item in held.first.items() if not is_gone(item)}
    for one, other in pairs(held):
        if one and other and other.item_id in final:
            found.pop(one.item_id, None)  # the same claim at another span: settled with it
    return {**found, **final}


def differing(held: Held) -> list[Pair]:
    """Return the pairs of the two readings that do not say the same and that nobody settled, by position."""
    settled_ids = set(_final(held))
    found = [
        pair for pair in pairs(held)
        if verdict(pair[0]) != verdict(pair[1]) and not {item.item_id for item in pair if item} & settled_ids
    ]  # fmt: skip
    return sorted(found, key=lambda pair: next((item.start, item.target) for item in pair if item))


def pairs(held: Held) -> list[Pair]:
    """Pair what two readers decided: by item, else where both added the same target to spans that overlap."""
    first, second = ({k: i for k, i in side.items() if not is_gone(i)} for side in (held.first, held.second))
    found: list[Pair] = [(item, second.pop(name, None)) for name, item in first.items()]
    for number, (one, other) in enumerate(found):
        if one and other is None and one.state in HOLDS:
            match = next((i for i in second.values() if i.state in HOLDS and _overlap(one, i)), None)
            if match:
                found[number] = one, second.pop(match.item_id)
    return found + [(None, item) for item in second.values()]


def verdict(item: Item | None) -> tuple[object, ...]:
    """What a reading says of an item, to be compared: not whether it was touched, but what follows."""
    if item is None or item.state in ("suggested", "rejected"):
        return ("no",)
    if item.state in HOLDS:
        return ("yes", item.target, item.start, item.end, item.treatment, item.implementer)
    return ("open",)


def counted(reader: Connection, document_id: str, key: str) -> dict[str, int]:
    """Count a report's items by state, as they count, without reading what the machine says of each."""
    found = select(links.c.link_id).select_from(links.join(documents))
    own = found.where(documents.c.document_id == document_id, documents.c.key == key)
    decided = settled_items(held_items(reader, document_id))
    known = {*decided, *(link_id(i.passage_id, i.target) for i in decided.values() if i.passage_id)}
    counts = Counter(item.state for item in decided.values() if item.target != NOTHING)
    counts["suggested"] += sum(name not in known for (name,) in reader.execute(own))
    return {state: counts[state] for state in get_args(State)}


def in_order(found: Iterable[Item], sheet: Sheet, program: Program) -> list[Item]:
    """Items by passage, in it by codebook order: objectives before activities.

    Without those taken back, and without the marks of passages in which nothing is (`review.passed`).
    """
    places = {target: number for number, target in enumerate(program.targets)}
    last = len(sheet.passages)

    def place(item: Item) -> tuple[int, int, int, str]:
        return (sheet.places.get(sheet.home(item), last), places.get(item.target, last), item.start, item.item_id)

    return sorted((item for item in found if item.target != NOTHING and not is_gone(item)), key=place)


def _untouched(sheet: Sheet, decided: Iterable[Item], reading: int) -> Items:
    """The suggestions, without those whose claim was decided as another item of the same passage."""
    claims = {(item.passage_id, item.target) for item in decided if not is_gone(item)}
    found: Mapping[str, Item] = sheet.suggestions
    return {
        name: item if reading == FIRST else replace(item, reading=reading)
        for name, item in found.items() if (item.passage_id, item.target) not in claims
    }  # fmt: skip


def _final(held: Held) -> Items:
    """What an adjudicator settled; what she only put off is not."""
    return {name: item for name, item in held.final.items() if item.state not in OPEN}


def _begun(held: Held) -> Items:
    begun: Items = {}
    for one, other in pairs(held):
        differs = verdict(one) != verdict(other)
        for item in {item.item_id: item for item in (other, one) if item}.values():
            state: State = "unsure" if differs else item.state
            begun[item.item_id] = replace(item, reading=FINAL, version=0, state=state, decision_id=None)
    return begun


def _overlap(one: Item, other: Item) -> bool:
    return one.target == other.target and one.start < other.end and other.start < one.end
