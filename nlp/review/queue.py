"""In which order officers are asked: what the machine doubts, what is rare, where opinions differ, what is likely.

An order is a list of groups: items that say the same of passages that say the same are asked once, the first of them
for all. The same items give the same order, whatever order they come in.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nlp.review.folding import fold_mark
from nlp.review.records import HOLDS, OPEN, Item

Order = Literal["likely", "uncertain", "rare", "disagreement", "position"]
ORDERS: tuple[Order, ...] = ("likely", "uncertain", "rare", "disagreement", "position")
ENOUGH = 5  # confirmed of a label; from then on it is no longer rare
FAR = 0.5  # similarity of an annotated example from which it begins to speak for its label
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What is decided once: the item that is shown, and those that say the same, `Desk.decide` with spread covers."""

    first: Item
    alike: tuple[Item, ...] = ()


def order(
    items: Iterable[Item],
    settled: Iterable[Item],
    kind: Order,
    differ: Collection[str] = (),
    twins: Mapping[str, str] | None = None,
) -> list[Group]:
    """Return what is still open, in the order in which it is to be decided.

    Args:
        items: of any reports; those that are decided are left out, unless two readings differ in them. What somebody
            postponed comes last, whatever the order.
        settled: what was decided so far, to know which labels are rare.
        kind: "likely": highest probability first, which finds most evidence soonest. "uncertain": where the machine
            knows least (entropy of its calibrated probability). "rare": labels confirmed least often, up to `ENOUGH`,
            then as "likely". "disagreement": where two readings differ, then where codebook terms and annotated
            neighbours speak against the machine. "position": as they stand in the reports.
        differ: ids of items that two readings decided differently.
        twins: for passages that say the same as others, a name that they share; by default passages whose items quote
            the same words.
    """
    asked = [item for item in items if item.state in OPEN or item.item_id in differ]
    known = Counter(item.target for item in settled if item.state in HOLDS)
    keys: dict[Order, Callable[[Item], Key]] = {
        "likely": lambda item: (-chance(item),),
        "uncertain": lambda item: (-doubt(item),),
        "rare": lambda item: (min(known[item.target], ENOUGH), -chance(item)),
        "disagreement": lambda item: (item.item_id not in differ, -dispute(item), -doubt(item)),
        "position": lambda item: (),
    }
    groups = grouped(asked, twins or {})
    return sorted(
        groups, key=lambda group: (group.first.state == "postponed", *keys[kind](group.first), *place(group.first))
    )


def worklist(items: Iterable[Item], silent: Mapping[str, float], reading: float) -> list[Group | str]:
    """Return what is likely to find most for its effort next: items to decide on, and passages to read whole.

    Args:
        items: as for `order`; what somebody postponed comes last.
        silent: for each passage that nobody read whole yet, how many links are expected of which the machine is
            silent (`expected`). reading: decisions that reading a passage whole is worth, above 0.
    """
    groups = order(items, (), "likely")
    worth: list[tuple[bool, float, Group | str]] = [
        (group.first.state == "postponed", chance(group.first), group) for group in groups
    ]
    left = dict(silent)
    for group in groups:
        for item in (group.first, *group.alike):
            if item.passage_id in left:
                left[item.passage_id] += chance(item)
    worth += [(False, value / reading, name) for name, value in left.items()]
    return [one for *_, one in sorted(worth, key=lambda row: (row[0], -row[1]))]


def expected(probabilities: Mapping[str, float], said: Collection[str]) -> float:
    """Return how many links a passage is expected to hold beyond the targets `said` of it: the sum of the rest."""
    return sum(p for target, p in probabilities.items() if target not in said)


def grouped(items: Iterable[Item], twins: Mapping[str, str]) -> list[Group]:
    """Put items with one target together whose passages say the same, those of a document apart from one another.

    The one that stands first is shown; items of one passage, and of one name, are not the same to decide.
    """
    found: dict[Key, list[Item]] = defaultdict(list)
    for item in sorted(items, key=place):
        name = twins.get(item.passage_id or "") or "".join(map(fold_mark, item.quote))
        found[item.target, item.reading, name].append(item)
    return [Group(first, tuple(alike)) for first, *alike in found.values()]


def place(item: Item) -> Key:
    """Where an item stands: report, offset, target, id."""
    kind, _, number = item.target.partition(":")
    return item.document_id, item.start, item.end, kind != "objective", int(number), item.reading, item.item_id


def chance(item: Item) -> float:
    """Probability in [0, 1] that an item is right; 0.5 where the machine said none."""
    return 0.5 if item.probability is None else item.probability


def doubt(item: Item) -> float:
    """Entropy in bits, in [0, 1], of an item's calibrated probability (C. Shannon, 1948)."""
    p = chance(item)
    return 0.0 if p in (0.0, 1.0) else -(p * math.log2(p) + (1 - p) * math.log2(1 - p))


def dispute(item: Item) -> float:
    """How far words and neighbours speak against the machine, in [0, 1].

    Half of their vote is whether a codebook term of the target stands in the passage, half how near the nearest
    annotated example with the label is.
    """
    return abs(chance(item) - _others(item.why or {}))


def _others(why: Mapping[str, Any]) -> float:
    examples: Sequence[Mapping[str, Any]] = why.get("examples") or ()
    nearest = max((float(example["similarity"]) for example in examples), default=FAR)
    return 0.5 * bool(why.get("terms")) + 0.5 * min(1.0, max(0.0, (nearest - FAR) / (1 - FAR)))
