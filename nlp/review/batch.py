"""Items of one reading of one report while a batch of asks is applied to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from nlp.errors import UsageError
from nlp.program import Program
from nlp.review.lines import Change, added_id, is_gone, placed
from nlp.review.records import Action, Item
from nlp.review.sheet import Sheet
from nlp.review.standing import Items

REASON = 2_000  # characters at most


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


def short(said: str, most: int) -> str:
    """Return what somebody said, without white space around.

    Raises:
        UsageError: if it is longer than `most` characters.
    """
    if len(said) > most:
        raise UsageError(said[:30], f"{len(said)} characters, {most} at most", "Say it shorter")
    return said.strip()
