"""Claims that came back, decided on a desk: in batches, under the desk's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.errors import UsageError
from nlp.formats.claims import Claim, Matched, match
from nlp.review.desk import Desk
from nlp.review.records import Ask, Item
from nlp.review.turns import in_turn

MOST = 500  # asks in a batch


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of claims: what they came to before anything was decided, and how many decisions were written."""

    matched: Matched
    decisions: int
    batches: int


def apply(desk: Desk, claims: Sequence[Claim], who: str) -> Applied:
    """Decide on a desk what claims ask for, document by document, as the reader `who`.

    What somebody decided otherwise since is left as it is. Suggestions that the desk confirms only one by one are
    decided so; what followed from an earlier batch is not asked again.

    Raises:
        Conflict: if somebody decides at the same time. UsageError: if the desk refuses; batches before it stand.
    """
    first = match(claims, lambda name: _contents(desk, name, who), desk.program.targets)
    decisions = batches = 0
    for document_id in first.asks:
        own = [claim for claim in claims if claim.document_id == document_id]
        while asks := _next(own, desk, document_id, who):
            decided = desk.decide(document_id, asks, desk.reader(document_id, who))
            decisions += len(decided.decisions)
            batches += 1
    return Applied(first, decisions, batches)


def _next(claims: Sequence[Claim], desk: Desk, document_id: str, who: str) -> list[Ask]:
    """The next batch of a document."""
    contents = _contents(desk, document_id, who)
    known = {item.item_id: item for item in contents[1]} if contents else {}
    asks = match(claims, lambda _: contents, desk.program.targets).asks.get(document_id, [])
    return next((batch[:MOST] for batch in in_turn(asks, known, desk.program)), [])


def _contents(desk: Desk, document_id: str, who: str) -> tuple[str, list[Item]] | None:
    try:
        report = desk.report(document_id)
    except UsageError:
        return None
    if report.key is None:
        return None
    found = desk.contents(document_id, desk.reader(document_id, who))
    return found.text, found.items
