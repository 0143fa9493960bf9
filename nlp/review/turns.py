"""In which turn much that is asked at once is decided, under the desk's own rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlp.program import Program
from nlp.review.records import Ask, Item


def in_turn(asks: Sequence[Ask], known: Mapping[str, Item], program: Program) -> list[list[Ask]]:
    """Return batches: objectives that go one by one, all that goes together, activities that go one by one.

    What the machine is not sure of is confirmed one by one. Objectives come before activities, also within a batch: an
    activity that holds before its objective takes another one along, which nobody confirmed.

    Args:
        known: the items that are asked for, by id.
    """
    order = sorted(asks, key=lambda ask: _is_lower(ask, known, program))
    alone = [ask for ask in order if ask.action == "confirm" and known[ask.item_id].lane != "suggested"]
    together = [ask for ask in order if ask not in alone]
    objectives = [[ask] for ask in alone if not _is_lower(ask, known, program)]
    activities = [[ask] for ask in alone if _is_lower(ask, known, program)]
    return [*objectives, *([together] if together else []), *activities]


def _is_lower(ask: Ask, known: Mapping[str, Item], program: Program) -> bool:
    return bool(program.parents(ask.target or known[ask.item_id].target))
