"""What follows from what an officer asks: pure, on the items of one reading of one report.

An activity is evidence only where one of its objectives is, in the same passage. Two promises hold after every batch:
an activity that holds stands beside an objective of its own that holds; one that is open, beside one not rejected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import Connection

from nlp.errors import Conflict, UsageError
from nlp.program import Program
from nlp.records import TREATMENTS, Treatment
from nlp.review.lines import Change, Row, added_id, is_gone, item_row, placed, stands
from nlp.review.records import HOLDS, OPEN, Action, Ask, Item, State
from nlp.review.sheet import Sheet
from nlp.review.standing import Items

REASON, NAME = 2_000, 300  # characters at most
PLAIN: Mapping[Action, State] = {
    "confirm": "confirmed", "reject": "rejected", "unsure": "unsure", "postpone": "postponed",
}  # fmt: skip


@dataclass
class Batch:
    """Items of a reading while a batch of asks is applied to them.

    Attributes:
        before: items as they stood, by id; never changed. after: those that changed, with the action of each.
        made: ids whose change was asked for, in order.
    """

    sheet: Sheet
    reading: int
    program: Program
    before: Items
    after: dict[str, tuple[Item, Action]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    @cached_property
    def _by_home(self) -> Mapping[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for item in self.before.values():
            found.setdefault(self.sheet.home(item), []).append(item)
        return found

    def now(self, item_id: str) -> Item | None:
        """The item as the batch has it so far, None if there is none."""
        changed = self.after.get(item_id)
        return changed[0] if changed else self.before.get(item_id)

    def items(self, home: str) -> list[Item]:
        """Items of a passage as they are so far, without those taken back."""
        changed = (item for item, _ in self.after.values() if self.sheet.home(item) == home)
        rest = (item for item in self._by_home.get(home, ()) if item.item_id not in self.after)
        return [item for item in (*rest, *changed) if not is_gone(item)]

    def put(self, item: Item, action: Action) -> None:
        """Change an item, once a batch whatever happens to it; the first action stays its name."""
        old = self.before.get(item.item_id)
        known = self.after.get(item.item_id)
        version = (old.version if old else 0) + 1
        self.after[item.item_id] = replace(item, version=version, reading=self.reading), known[1] if known else action

    def make(self, item: Item, action: Action) -> None:
        """Change an item because somebody asked for it."""
        self.put(item, action)
        self.made.append(item.item_id)

    def changes(self) -> list[Change]:
        """What is to be written, in the order in which it came about."""
        return [Change(item, self.before.get(name), action) for name, (item, action) in self.after.items()]

    def also(self) -> tuple[str, ...]:
        """Ids of items that followed."""
        return tuple(name for name in self.after if name not in self.made)


def apply(batch: Batch, asks: Sequence[Ask]) -> None:
    """Do what is asked, and what follows from it.

    Raises:
        Conflict: if an item is no longer as the officer saw it. UsageError: if it cannot be done at all.
    """
    named = [ask.item_id for ask in asks if ask.item_id]
    if len(named) != len(set(named)):
        raise UsageError("asks", "an item is asked for twice", "Ask once for each item")
    _check_versions(batch, asks)
    _check_bulk(batch, asks)
    for ask in asks:
        _apply(batch, ask)
    settle(batch)


def settle(batch: Batch) -> None:
    """Let follow what has to follow in every passage that changed.

    Raises:
        UsageError: if an activity is to hold while all its objectives are rejected in the same breath.
    """
    changed = [item for name in batch.after for item in (batch.before.get(name), batch.now(name)) if item]
    for home in dict.fromkeys(map(batch.sheet.home, changed)):
        for item in [i for i in batch.items(home) if batch.program.parents(i.target) and i.state != "rejected"]:
            if home:
                _stand(batch, item, home)


def weigh(reader: Connection, batch: Batch) -> None:
    """Give items that somebody added the probability that the machine gave their passage."""
    for name, (item, action) in batch.after.items():
        if item.lane is None and item.probability is None:
            weights = batch.sheet.weights(reader, batch.sheet.home(item))
            batch.after[name] = replace(item, probability=weights.get(item.target)), action


def broken(batch: Batch) -> list[Item]:
    """Return activities of the passages that changed that have lost what they stand on."""
    found = []
    for home in {batch.sheet.home(item) for item, _ in batch.after.values()} - {""}:
        held = batch.items(home)
        found += [
            item for item in held
            if item.state != "rejected" and (parents := batch.program.parents(item.target))
            and not any(i.target in parents and _carries(i, item) for i in held)
        ]  # fmt: skip
    return found


def _carries(objective: Item, activity: Item) -> bool:
    return objective.state in HOLDS if activity.state in HOLDS else objective.state != "rejected"


def _stand(batch: Batch, activity: Item, home: str) -> None:
    """Find an activity its objective, or let it fall with the one that it lost."""
    targets = batch.program.parents(activity.target)
    parents = [item for item in batch.items(home) if item.target in targets]
    if any(_carries(parent, activity) for parent in parents):
        return
    if activity.item_id in batch.made:
        _lift(batch, activity, parents)
    elif any(parent.state in OPEN for parent in parents):
        batch.put(replace(activity, state="unsure"), "unsure")
    else:
        batch.put(replace(activity, state="rejected"), "reject")


def _lift(batch: Batch, activity: Item, parents: list[Item]) -> None:
    """Let an activity that was decided on take its objective along: the best open one, else the primary one."""
    free = [item for item in parents if not (item.item_id in batch.made and item.state == "rejected")]
    still = [item for item in free if item.state in OPEN]
    primary = batch.program.parents(activity.target)[0]
    holds = activity.state in HOLDS
    if still or (free and (not holds or primary in {item.target for item in parents})):
        best = max(still or free, key=lambda item: (item.probability or 0.0, item.item_id))
        batch.put(replace(best, state="confirmed" if holds else "unsure"), "confirm" if holds else "unsure")
    elif not parents or free:
        new = fresh(batch, primary, activity.start, activity.end)
        state: State = "confirmed" if holds else "unsure"
        batch.put(replace(new, state=state, implementer=activity.implementer, treatment=activity.treatment), "add")
    else:
        raise UsageError(
            activity.target, "all its objectives are rejected with it", "Confirm one of them, or reject it"
        )


def _apply(batch: Batch, ask: Ask) -> None:
    if ask.action == "add":
        _add(batch, ask)
        return
    item = batch.now(ask.item_id)
    if item is None:
        raise UsageError(ask.item_id, "no such item in this reading", "Load the report again")
    if not stands(item, batch.sheet.text) and item.place != "orphaned":
        reason = "was decided on another reading of this report, and is not attached to this one yet"
        raise UsageError(item.item_id, reason, "Run: evmap desk attach DESK")
    changed = _with_facts(replace(item, reason=_short(ask.reason, REASON)), ask)
    if ask.action in ("confirm", "correct"):
        _hold(batch, item, changed, ask)
    elif ask.action == "reopen":
        batch.make(replace(changed, state="suggested" if item.lane else "unsure"), "reopen")
    elif ask.action in PLAIN:
        batch.make(replace(changed, state=PLAIN[ask.action]), ask.action)
    else:
        raise UsageError(ask.action, "cannot be asked for", "Ask to confirm, reject, correct, add, unsure, postpone")


def _hold(batch: Batch, item: Item, changed: Item, ask: Ask) -> None:
    """Confirm an item as it is, or as it is to be; another target is another item."""
    changed = _moved(batch, changed, ask)
    if ask.target not in (None, item.target):
        batch.make(replace(item, state="rejected", reason=changed.reason), "reject")
        _add(batch, replace(ask, version=0, start=changed.start, end=changed.end), changed)
        return
    if changed.place == "orphaned":
        raise UsageError(item.item_id, "its quote no longer stands in the text", "Give it a span, or reject it")
    same = replace(changed, reason=item.reason) == item
    done: State = "corrected" if not same or item.state == "corrected" else "confirmed"
    batch.make(replace(changed, state=done, place="exact"), ask.action if same else "correct")


def _add(batch: Batch, ask: Ask, like: Item | None = None) -> None:
    """Add an item at a span of the text; `like`: the item whose facts it takes over."""
    if ask.target is None or ask.start is None or ask.end is None:
        raise UsageError("add", "needs target, start and end", "Select the text, then choose a label")
    _known(batch, ask.target)
    new = fresh(batch, ask.target, ask.start, ask.end)
    claim = (new.target, new.start, new.end)
    beside = batch.items(batch.sheet.home(new))
    twin = next((item for item in beside if (item.target, item.start, item.end) == claim), None)
    if twin and twin.state in HOLDS and like:
        return
    if twin and (twin.state in HOLDS or twin.version != ask.version):
        raise Conflict(ask.target, "this stands there already", None, [item_row(twin)])
    item = replace(twin or new, state="confirmed", place="exact", reason=_short(ask.reason, REASON))
    facts: Row = {"treatment": like.treatment, "implementer": like.implementer} if like else {}
    batch.make(_with_facts(replace(item, **facts), ask), "add")


def fresh(batch: Batch, target: str, start: int, end: int) -> Item:
    """An item that nobody suggested, with what its passage says of implementer and treatment."""
    sheet = batch.sheet
    touched = sheet.over(start, end)
    if not 0 <= start < end <= len(sheet.text) or not sheet.text[start:end].strip():
        raise UsageError(f"{start}-{end}", "is no span of the text", "Select some words")
    if not touched:
        raise UsageError(f"{start}-{end}", "lies in no passage", "Select words of a paragraph, list item or cell")
    passage = touched[0]
    inside = passage["start"] <= start and end <= passage["end"]
    known = batch.now(added_id(sheet.document_id, target, start, end))
    item = known or Item(
        item_id=added_id(sheet.document_id, target, start, end), document_id=sheet.document_id,
        reading=batch.reading, version=0, state="suggested", target=target,
        passage_id=passage["passage_id"] if inside else None, start=start, end=end, quote="", prefix="", suffix="",
        page=passage["page"], lane=None, probability=None, treatment=passage["treatment"],
        implementer=passage["implementer"] or passage["implementer_text"] or None, why={}, model="",
        program=batch.program.digest,
    )  # fmt: skip
    return placed(item, sheet.text, start, end)


def _moved(batch: Batch, item: Item, ask: Ask) -> Item:
    """The item at the span that is asked for."""
    start = item.start if ask.start is None else ask.start
    end = item.end if ask.end is None else ask.end
    if (start, end) == (item.start, item.end) and item.place != "orphaned":
        return item
    there = fresh(batch, item.target, start, end)
    around: Row = {"passage_id": there.passage_id, "page": there.page, "place": "exact"}
    return placed(replace(item, **around), batch.sheet.text, start, end)


def _with_facts(item: Item, ask: Ask) -> Item:
    """The item with treatment and implementer as asked."""
    if ask.treatment is not None:
        if ask.treatment not in ("", *TREATMENTS):
            raise UsageError(ask.treatment, "no such treatment", f"Choose one of: {', '.join(TREATMENTS)}, or none")
        treatment: Treatment | None = next((name for name in TREATMENTS if name == ask.treatment), None)
        item = replace(item, treatment=treatment)
    if ask.implementer is not None:
        item = replace(item, implementer=_short(" ".join(ask.implementer.split()), NAME) or None)
    return item


def _known(batch: Batch, target: str) -> None:
    if target not in batch.program.labels:
        raise UsageError(target, "no such label", f"Choose {batch.program.written}")


def _short(said: str, most: int) -> str:
    if len(said) > most:
        raise UsageError(said[:30], f"{len(said)} characters, {most} at most", "Say it shorter")
    return said.strip()


def _check_versions(batch: Batch, asks: Sequence[Ask]) -> None:
    stale = [
        ask for ask in asks
        if ask.item_id and ((item := batch.before.get(ask.item_id)) is None or item.version != ask.version)
    ]  # fmt: skip
    if stale:
        found = [batch.before.get(ask.item_id) for ask in stale]
        theirs = [item_row(item) for item in found if item]
        raise Conflict(", ".join(ask.item_id for ask in stale), "decided by somebody else meanwhile", None, theirs)


def _check_bulk(batch: Batch, asks: Sequence[Ask]) -> None:
    confirmed = [ask.item_id for ask in asks if ask.action == "confirm"]
    others = [name for name in confirmed if batch.before[name].lane != "suggested"]
    if len(confirmed) > 1 and others:
        reason = f"{len(others)} of {len(confirmed)} are not in the lane 'suggested': they are confirmed one by one"
        raise UsageError("confirm", reason, "Look at each of them")
