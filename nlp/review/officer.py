"""A simulated officer, who knows the labels, and the ways in which she may go about her work.

She has two kinds of work. Items of the queue: one decision, and a link is found if the item is right; what says the
same (`queue.Group`) is decided with it. A passage: she reads it whole with the codebook at hand and finds every link in
it that was not found yet, also those of which the machine was silent. Effort is counted in decisions; how many of them
reading a passage whole is worth is an assumption, and given. As on the desk, confirming an activity confirms its best
objective (here only if that is right), and rejecting the last objective of a passage rejects its activities.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from nlp.program import Program
from nlp.review.queue import ORDERS, Group, Order, order, worklist
from nlp.review.records import Item

AGAIN = 25  # decisions, after which a queue that depends on what was decided is made anew
Claim = tuple[str, str]
Task = tuple[Item, ...] | str
"""Items that are decided together, or the id of a passage that is read whole."""


@dataclass(frozen=True)
class Lot:
    """Documents with known labels, as the machine sees them.

    Attributes:
        items: its suggestions in both lanes, untouched. passages: ids in order.
        gold: links that hold, by (passage, target). silent: for each passage, the expected number of links of which
            the machine is silent: the sum of their probabilities.
    """

    items: tuple[Item, ...]
    passages: tuple[str, ...]
    gold: frozenset[Claim]
    silent: Mapping[str, float]

    @property
    def suggested(self) -> int:
        """How many of the links are among the suggestions."""
        return len(self.gold & set(map(claim, self.items)))


@dataclass(frozen=True, slots=True)
class Curve:
    """How much is found with how much effort.

    Attributes:
        effort: in decisions, after each piece of work. found: links found by then. total: links that there are.
    """

    effort: tuple[float, ...]
    found: tuple[int, ...]
    total: int

    def needed(self, share: float) -> float:
        """Return the effort after which `share` of the links, in (0, 1], is found."""
        enough = share * self.total - 1e-9
        return next(effort for effort, found in zip(self.effort, self.found, strict=True) if found >= enough)

    def at(self, effort: float) -> float:
        """Return the share of the links, in [0, 1], that is found with an effort."""
        place = bisect_right(self.effort, effort)
        return self.found[place - 1] / self.total if place else 0.0


def claim(item: Item) -> Claim:
    """What an item says: this passage is evidence for this target."""
    return str(item.passage_id), item.target


class Officer:
    """Who works through a lot.

    Args:
        reading: decisions that reading a passage whole is worth, above 0.
    """

    def __init__(self, lot: Lot, program: Program, reading: float) -> None:
        self.lot, self.reading = lot, reading
        self.open = {item.item_id: item for item in lot.items}
        self.settled: list[Item] = []
        self._parents = {target: frozenset(program.parents(target)) for target in program.targets}
        self._beside: dict[str, list[Item]] = defaultdict(list)
        for item in lot.items:
            self._beside[str(item.passage_id)].append(item)
        self._read: set[str] = set()
        self._known: set[Claim] = set()
        self._spent = 0.0
        self._curve: list[tuple[float, int]] = []

    def work(self, tasks: Iterable[Task], most: float = float("inf")) -> Curve:
        """Do tasks in order, leaving out what is done already, until `most` effort is spent; return how it went."""
        for task in tasks:
            if self._spent >= most:
                break
            if isinstance(task, str):
                self._whole(task)
            else:
                self._decide(task)
        efforts, found = zip(*self._curve, strict=True) if self._curve else ((), ())
        return Curve(efforts, found, len(self.lot.gold))

    def _decide(self, items: tuple[Item, ...]) -> None:
        still = [item for item in items if item.item_id in self.open]
        for item in still:
            if item.item_id in self.open:
                self._settle(item)
                self._follow(item)
        if still:
            self._spend(1.0)

    def _whole(self, passage_id: str) -> None:
        if passage_id in self._read:
            return
        self._read.add(passage_id)
        for item in self._beside[passage_id]:
            if item.item_id in self.open:
                self._settle(item)
        self._known |= {pair for pair in self.lot.gold if pair[0] == passage_id}
        self._spend(self.reading)

    def _settle(self, item: Item) -> None:
        right = claim(item) in self.lot.gold
        del self.open[item.item_id]
        self.settled.append(replace(item, state="confirmed" if right else "rejected", version=1))
        if right:
            self._known.add(claim(item))

    def _follow(self, item: Item) -> None:
        """Settle what follows from a decision in its passage."""
        beside = self._beside[str(item.passage_id)]
        still = [one for one in beside if one.item_id in self.open]
        parents = self._parents[item.target]
        if parents and claim(item) in self._known:
            own = [one for one in beside if one.target in parents]
            best = max((one for one in own if one in still), key=lambda one: one.probability or 0.0, default=None)
            if best and claim(best) in self.lot.gold and not any(claim(one) in self._known for one in own):
                self._settle(best)
        elif not parents and claim(item) not in self._known:
            stands = {one.target for one in beside if one in still or claim(one) in self._known}
            for one in still:
                if self._parents[one.target] and not stands & self._parents[one.target]:
                    self._settle(one)

    def _spend(self, cost: float) -> None:
        self._spent += cost
        self._curve.append((self._spent, len(self._known)))


Way = Callable[[Officer, int], Iterator[Task]]
"""Says what an officer does next; the number is a seed."""


def _queue(kind: Order) -> Way:
    def way(officer: Officer, _: int) -> Iterator[Task]:
        while officer.open:
            groups = order(officer.open.values(), officer.settled, kind)
            yield from map(_all, islice(groups, AGAIN if kind == "rare" else None))
        yield from sorted(officer.lot.passages, key=lambda name: -officer.lot.silent[name])

    return way


def _merged(officer: Officer, _: int) -> Iterator[Task]:
    for one in worklist(officer.lot.items, officer.lot.silent, officer.reading):
        yield one if isinstance(one, str) else _all(one)


def _by_chance(officer: Officer, seed: int) -> Iterator[Task]:
    rng = random.Random(seed)  # noqa: S311 - a draw, no secret
    groups = order(officer.lot.items, (), "position")
    yield from map(_all, rng.sample(groups, len(groups)))
    yield from rng.sample(officer.lot.passages, len(officer.lot.passages))


def _as_read(officer: Officer, _: int) -> Iterator[Task]:
    beside: dict[str, list[Task]] = defaultdict(list)
    for group in order(officer.lot.items, (), "position"):
        beside[str(group.first.passage_id)].append(_all(group))
    for name in officer.lot.passages:
        yield from (*beside[name], name)


def _unaided(officer: Officer, seed: int) -> Iterator[Task]:
    rng = random.Random(seed)  # noqa: S311 - a draw, no secret
    yield from rng.sample(officer.lot.passages, len(officer.lot.passages))


def _all(group: Group) -> tuple[Item, ...]:
    return group.first, *group.alike


WAYS: dict[str, Way] = {
    **{kind: _queue(kind) for kind in ORDERS},
    "likely with passages among the items": _merged,
    "random": _by_chance,
    "document after document": _as_read,
    "no suggestions: random passages": _unaided,
}
BY_CHANCE = ("random", "no suggestions: random passages")
"""Ways that depend on a seed."""
