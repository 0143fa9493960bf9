"""What follows from what an officer asks: pure, on the items of one reading of one report.

An activity is evidence only where one of its objectives is, in the same passage. Two promises hold after every batch:
an activity that holds stands beside an objective of its own that holds; one that is open, beside one not rejected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from nlp.errors import Conflict, UsageError
from nlp.records import TREATMENTS, Treatment
from nlp.review import passed
from nlp.review.batch import REASON, Batch, fresh, short
from nlp.review.lines import Row, item_row, placed, stands
from nlp.review.records import HOLDS, NOTHING, OPEN, Action, Ask, Item, State

NAME = 300  # characters at most
PLAIN: Mapping[Action, State] = {
    "confirm": "confirmed", "reject": "rejected", "unsure": "unsure", "postpone": "postponed",
}  # fmt: skip


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
        if mark := passed.outdated(batch.items(home)):
            batch.put(passed.taken_off(mark), "reopen")


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
    if ask.action == "nothing":
        passed.note(batch, ask)
        return
    item = batch.now(ask.item_id)
    if item is None:
        raise UsageError(ask.item_id, "no such item in this reading", "Load the report again")
    if not stands(item, batch.sheet.text) and item.place != "orphaned":
        reason = "was decided on another reading of this report, and is not attached to this one yet"
        raise UsageError(item.item_id, reason, "Run: evmap desk attach DESK")
    changed = _with_facts(replace(item, reason=short(ask.reason, REASON)), ask)
    if ask.action in ("confirm", "correct"):
        _hold(batch, item, changed, ask)
    elif ask.action == "reopen" and item.target == NOTHING:
        batch.make(passed.taken_off(item), "reopen")
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
    item = replace(twin or new, state="confirmed", place="exact", reason=short(ask.reason, REASON))
    facts: Row = {"treatment": like.treatment, "implementer": like.implementer} if like else {}
    batch.make(_with_facts(replace(item, **facts), ask), "add")


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
        item = replace(item, implementer=short(" ".join(ask.implementer.split()), NAME) or None)
    return item


def _known(batch: Batch, target: str) -> None:
    if target not in batch.program.labels:
        raise UsageError(target, "no such label", f"Choose {batch.program.written}")


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
