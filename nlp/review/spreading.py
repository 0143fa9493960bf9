"""The same decision for passages that say the same, in all reports, where nobody has decided yet."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, select

from nlp.errors import UsageError
from nlp.program import Program
from nlp.review import log, readings, rules
from nlp.review.alike import Index, Place
from nlp.review.batch import Batch, fresh
from nlp.review.deciding import batch_for
from nlp.review.lines import placed
from nlp.review.records import FIRST, Action, Decision, Item
from nlp.review.sheet import Sheet, Sheets
from nlp.store.tables import documents, links, passages, reports, texts
from nlp.writers.walk import lean_passage

SPREADS = frozenset(("confirm", "correct", "reject", "add"))
Wish = tuple[str, Item, Action]  # passage that says the same, what was decided, how


@dataclass(frozen=True, slots=True)
class Spreader:
    """What spreading needs: the reports, the index of their passages, the codebook."""

    sheets: Sheets
    index: Index
    program: Program

    def learn(self, reader: Connection) -> None:
        """Take in every report that the index does not know as it is shown now."""
        shown = and_(documents.c.document_id == reports.c.document_id, documents.c.key == reports.c.key)
        found = select(documents.c.document_id, documents.c.document).select_from(reports.join(documents, shown))
        for document_id, number in reader.execute(found).all():
            if not self.index.knows(document_id, number):
                self.index.learn(document_id, number, *_passages(reader, number))

    def like(self, sheet: Sheet, passage_id: str) -> list[Place]:
        """Passages that say the same as one of a report, without itself."""
        if passage_id not in sheet.places:
            return []
        row = sheet.passages[sheet.places[passage_id]]
        return self.index.like(sheet.document_id, passage_id, sheet.text[row["start"] : row["end"]])

    def spread(self, writer: Connection, batch: Batch, by: log.Stamp) -> list[Decision]:
        """Decide in all reports as in a batch that was written; return what was written, under its id.

        Reports whose first reading is closed are left as they are.

        Raises:
            UsageError: in another reading than the first: the others are for one report.
        """
        if batch.reading != FIRST:
            raise UsageError("spread", "only in the first reading", "Decide for this report alone")
        wishes: dict[str, list[Wish]] = defaultdict(list)
        for name in batch.made:
            item, action = batch.after[name]
            for place in self.like(batch.sheet, batch.sheet.home(item)) if action in SPREADS else ():
                wishes[place.document_id].append((place.passage_id, item, action))
        written: list[Decision] = []
        for document_id in sorted(wishes):
            written += self._decide(writer, document_id, wishes[document_id], by)
        return written

    def _decide(self, writer: Connection, document_id: str, wishes: list[Wish], by: log.Stamp) -> list[Decision]:
        sheet = self.sheets.load(writer, document_id)
        batch = batch_for(writer, sheet, FIRST, self.program, written=True)
        for passage_id, item, action in wishes:
            _wish(batch, passage_id, item, action)
        if not batch.after:
            return []
        try:
            readings.begin(writer, document_id, by.reader)
        except UsageError:  # closed, or she is its blind second reader
            return []
        rules.settle(batch)
        rules.weigh(writer, batch)
        return log.write(writer, batch.changes(), log.stamp(by.reader, sheet.text_sha256, by.batch))


def _wish(batch: Batch, passage_id: str, item: Item, action: Action) -> None:
    """Decide on the items of one passage that make the same claim; where there is none, add it at the same words."""
    same = [own for own in batch.items(passage_id) if own.target == item.target]
    for own in same:
        if own.version == 0 and own.state == "suggested":
            batch.make(_as(batch, own, item, action), action)
    passage = batch.sheet.passages[batch.sheet.places[passage_id]]
    text = batch.sheet.text[passage["start"] : passage["end"]]
    if same or action == "reject" or text.count(item.quote) != 1:
        return
    start = passage["start"] + text.index(item.quote)
    new = fresh(batch, item.target, start, start + len(item.quote))
    batch.make(replace(new, state="confirmed", treatment=item.treatment), "add")


def _as(batch: Batch, own: Item, item: Item, action: Action) -> Item:
    """An untouched item, decided as its like was; a new span goes along where the same words stand here once."""
    if action == "reject":
        return replace(own, state="rejected")
    passage = batch.sheet.passages[batch.sheet.places[str(own.passage_id)]]
    text = batch.sheet.text[passage["start"] : passage["end"]]
    if action != "correct" or text.count(item.quote) != 1:
        return replace(own, state="confirmed")
    start = passage["start"] + text.index(item.quote)
    moved = placed(own, batch.sheet.text, start, start + len(item.quote))
    return replace(moved, state="corrected", treatment=item.treatment)


def _passages(reader: Connection, number: int) -> tuple[dict[str, str], set[str]]:
    """Texts of the passages of a mapping by id, and the ids of those that have links."""
    text = reader.scalar(select(texts.c.text).where(texts.c.document == number)) or ""
    rows = reader.execute(select(passages.c.row).where(passages.c.document == number)).scalars()
    found = {row["passage_id"]: text[row["start"] : row["end"]] for row in map(lean_passage, rows)}
    linked = reader.execute(select(links.c.row).where(links.c.document == number)).scalars()
    return found, {json.loads(row)["passage_id"] for row in linked}
