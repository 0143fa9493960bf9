"""From an old codebook to a new one: what becomes of decisions when labels are split, merged, renumbered, dropped.

A crosswalk is a YAML file::

    from: 5a0c...            # digest of the old codebook, as decisions and links name it
    to: 77d1...              # digest of the new one (evmap program check)
    targets:
      activity:13: {kind: split, to: [activity:13, activity:43]}
      activity:84: {kind: merged, to: [activity:66]}
      activity:66: {kind: merged, to: [activity:66]}
      activity:90: {kind: same, to: [activity:89]}       # renumbered
      objective:5: {kind: reworded, to: [objective:5]}
      activity:59: {kind: dropped}

A target that it does not name stays what it is. What a machine cannot know is asked again: a part of a split label, a
merged label of which only a part was rejected, a reworded one, an activity that lost its objective.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nlp.errors import UsageError
from nlp.program import Program
from nlp.review.lines import added_id, is_gone
from nlp.review.records import HOLDS, NOTHING, Item, State

Kind = Literal["same", "split", "merged", "dropped", "reworded"]
Claim = tuple[str, str]
COUNTS: dict[Kind, str] = {"same": "one", "split": "two or more", "merged": "one", "dropped": "no", "reworded": "one"}


class Step(BaseModel):
    """What becomes of one target."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    to: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Step:
        count = "no" if not self.to else "one" if len(set(self.to)) == 1 else "two or more"
        if count != COUNTS[self.kind] or len(set(self.to)) < len(self.to):
            raise ValueError(f"{self.kind} needs {COUNTS[self.kind]} target under `to`")
        return self


class Crosswalk(BaseModel):
    """A crosswalk: digests of both codebooks, and a step for every target that does not stay what it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    old: str = Field(alias="from", min_length=1)
    new: str = Field(alias="to", min_length=1)
    targets: dict[str, Step]

    def step(self, target: str) -> Step:
        """What becomes of a target."""
        return self.targets.get(target) or Step(kind="same", to=(target,))


@dataclass(frozen=True, slots=True)
class Migrated:
    """What became of one decided item.

    Attributes:
        before: the item under the old codebook. after: the same item under the new one; taken back ("nobody's claim
            any more", `lines.is_gone`) where its label was dropped, or another item stands for it.
        added: items for further parts of a split label. kind: the step of its target.
        reread: why a person has to look again; "" where nobody has to.
    """

    before: Item
    after: Item
    added: tuple[Item, ...]
    kind: Kind
    reread: str


def load_crosswalk(path: Path, program: Program) -> Crosswalk:
    """Read a crosswalk to the codebook `program`.

    Raises:
        UsageError: if it cannot be read, leads to another codebook, or names a target that the codebook lacks.
    """
    try:
        found = Crosswalk.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(path, f"cannot be read: {error}") from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(path, faults, "See: evmap desk migrate --help") from None
    if found.new != program.digest:
        raise UsageError(
            path,
            f"leads to codebook {found.new}, here is {program.digest}",
            "Name that codebook: --program FOLDER (evmap program check FOLDER prints its digest)",
        )
    unknown = sorted({t for step in found.targets.values() for t in step.to} - set(program.targets))
    if unknown:
        raise UsageError(path, f"not in the codebook: {', '.join(unknown)}", "Mend the crosswalk")
    return found


def migrate(items: Iterable[Item], crosswalk: Crosswalk, program: Program) -> list[Migrated]:
    """Return what becomes of the decided items of one reading of a report; those of the new codebook stay out.

    Raises:
        UsageError: if an item belongs to neither codebook, or its target is in none and the crosswalk leaves it out.
    """
    decided = [item for item in items if not is_gone(item)]
    stays = [item for item in decided if item.program == crosswalk.new]
    moves = [item for item in decided if item.program != crosswalk.new]
    _check(moves, crosswalk, program)
    done = _one_claim_each([_step(item, crosswalk) for item in moves], crosswalk)
    return _with_objectives(_new_parts(done, stays), stays, program)


def _check(moves: Sequence[Item], crosswalk: Crosswalk, program: Program) -> None:
    others = sorted({item.program for item in moves} - {crosswalk.old})
    if others:
        reason = f"decisions under codebook {', '.join(map(repr, others))}, which the crosswalk does not start from"
        raise UsageError(moves[0].document_id, reason, "Migrate from that one first")
    lost = sorted({item.target for item in moves} - {NOTHING, *crosswalk.targets, *program.targets})
    if lost:
        raise UsageError(
            "crosswalk", f"says nothing of {', '.join(lost)}, which the codebook lacks", "Add a step for each"
        )


def _step(item: Item, crosswalk: Crosswalk) -> Migrated:
    step = crosswalk.step(item.target)
    if step.kind == "dropped":
        return Migrated(item, _gone(item, crosswalk.new), (), "dropped", "")
    now = replace(item, target=step.to[0], program=crosswalk.new)
    if step.kind == "split":
        return _split(item, now, step)
    if step.kind == "reworded":
        return Migrated(item, now, (), "reworded", "the label was reworded")
    return Migrated(item, now, (), step.kind, "")


def _split(item: Item, now: Item, step: Step) -> Migrated:
    """Parts of a label: all rejected if the whole was, else open, for nobody said which of them it is."""
    state: State = "rejected" if item.state == "rejected" else "unsure"
    first = replace(now, state=state, probability=None)
    parts = [replace(first, target=target, version=0, item_id=_part_id(item, target)) for target in step.to[1:]]
    why = "" if state == "rejected" else "the label was split"
    return Migrated(item, first, tuple(parts), "split", why)


def _part_id(item: Item, target: str) -> str:
    return added_id(item.document_id, target, item.start, item.end)


def _gone(item: Item, program: str) -> Item:
    return replace(item, state="suggested", lane=None, probability=None, program=program)


def _one_claim_each(done: Sequence[Migrated], crosswalk: Crosswalk) -> list[Migrated]:
    """Let one item stand for a merged label in a passage: one that holds, else one that is open, else a rejected one.

    Others are taken back, but for those that hold at another quote: they are evidence of their own.
    """
    groups: dict[Claim, list[int]] = defaultdict(list)
    for number, one in enumerate(done):
        if crosswalk.step(one.before.target).kind == "merged":
            groups[_claim(one.after)].append(number)
    found = list(done)
    for (_, target), numbers in groups.items():
        best, *others = sorted(numbers, key=lambda n: (_rank(done[n].after), done[n].before.decision_id or 0))
        if done[best].after.state == "rejected" and not _all_rejected(target, numbers, done, crosswalk):
            after = replace(done[best].after, state="unsure")
            found[best] = replace(done[best], after=after, reread="only a part of the merged label was rejected")
        for number in others:
            after = done[number].after
            if after.state not in HOLDS or (after.start, after.end) == (done[best].after.start, done[best].after.end):
                found[number] = replace(done[number], after=_gone(after, after.program))
    return found


def _rank(item: Item) -> int:
    return 0 if item.state in HOLDS else 2 if item.state == "rejected" else 1


def _claim(item: Item) -> Claim:
    """What an item says of which passage; of which span, where it is in none."""
    return item.passage_id or f"{item.start}-{item.end}", item.target


def _all_rejected(target: str, numbers: Sequence[int], done: Sequence[Migrated], crosswalk: Crosswalk) -> bool:
    parts = {old for old, step in crosswalk.targets.items() if step.kind == "merged" and step.to == (target,)}
    return parts <= {done[number].before.target for number in numbers}


def _new_parts(done: Sequence[Migrated], stays: Sequence[Item]) -> list[Migrated]:
    """Leave out parts of a split label that another item of the passage claims already."""
    taken = {_claim(item) for item in (*stays, *(one.after for one in done)) if not is_gone(item)}
    found = []
    for one in done:
        added = tuple(part for part in one.added if _claim(part) not in taken)
        taken |= set(map(_claim, added))
        found.append(replace(one, added=added))
    return found


def _with_objectives(done: Sequence[Migrated], stays: Sequence[Item], program: Program) -> list[Migrated]:
    """Open activities again that hold, but under the new codebook stand without an objective of theirs."""
    now = [*stays, *(item for one in done for item in (one.after, *one.added))]
    holds = {_claim(item) for item in now if item.state in HOLDS}
    found = []
    for one in done:
        passage, target = _claim(one.after)
        parents = program.parents(target)
        if one.after.state in HOLDS and parents and not any((passage, parent) in holds for parent in parents):
            why = one.reread or "no objective of its own holds in the passage any more"
            one = replace(one, after=replace(one.after, state="unsure"), reread=why)
        found.append(one)
    return found
