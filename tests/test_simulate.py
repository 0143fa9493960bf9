"""Simulated officers: what they find, what it takes, and that a good order beats chance where the machine knows."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import UsageError
from nlp.pipeline import Mapper
from nlp.program import load_program
from nlp.review.officer import WAYS, Lot, Officer
from nlp.review.queue import worklist
from nlp.review.records import Item
from nlp.review.simulate import load_lot, simulate
from tests.hashed import write_annotations

PROGRAM = load_program()
ACTIVITY = PROGRAM.targets[20]
PARENT = PROGRAM.parents(ACTIVITY)[0]
BASE = Item("", "d", 1, 0, "suggested", PARENT, "p", 0, 1, "", "", "", None, "review", 0.5, None, None)


def item(number: int, target: str, passage: str = "p", probability: float = 0.5) -> Item:
    return replace(BASE, item_id=f"{number:016x}", target=target, passage_id=passage, start=number, end=number + 1,
                   quote=f"quote {number}", probability=probability)  # fmt: skip


def lot(items, gold, passages=("p",)) -> Lot:
    return Lot(tuple(items), tuple(passages), frozenset(gold), dict.fromkeys(passages, 0.1))


def test_an_officer_finds_what_is_right_and_reads_for_the_rest():
    items = [item(1, PARENT), item(2, "objective:20", "q")]
    officer = Officer(lot(items, {("p", PARENT), ("q", "objective:3")}, "pq"), PROGRAM, 5)
    curve = officer.work([(items[0],), (items[1],), "p", "q", "q"])
    assert (curve.effort, curve.found) == ((1, 2, 7, 12), (1, 1, 1, 2))
    assert (curve.needed(0.5), curve.needed(1), curve.at(1.5), curve.at(0)) == (1, 12, 0.5, 0)
    assert [one.state for one in officer.settled] == ["confirmed", "rejected"]


def test_an_activity_takes_its_objective_along_and_an_objective_its_activities():
    items = [item(1, PARENT), item(2, ACTIVITY)]
    officer = Officer(lot(items, {("p", PARENT), ("p", ACTIVITY)}), PROGRAM, 5)
    assert officer.work([(items[1],)]).found == (2,) and not officer.open
    officer = Officer(lot(items, {("p", "objective:20")}), PROGRAM, 5)
    assert officer.work([(items[0],)]).effort == (1,) and not officer.open


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_way_finds_every_link(data):
    passages = [f"p{number}" for number in range(data.draw(st.integers(1, 5)))]
    claims = st.tuples(st.sampled_from(passages), st.sampled_from(PROGRAM.targets[:40]))
    gold = data.draw(st.sets(claims, min_size=1, max_size=12))
    said = data.draw(st.lists(claims, unique=True, max_size=12))
    items = [item(number, target, passage, number / 12) for number, (passage, target) in enumerate(said)]
    for line in simulate(lot(items, gold, passages), PROGRAM, 3, 2):
        assert line.curve[-1][1] == 1 and line.needed[0.5] <= line.needed[0.95] <= len(items) + 3 * len(passages)


def test_an_order_by_likelihood_beats_chance_where_the_machine_knows():
    items = [item(n, f"objective:{n % 20 + 1}", f"p{n}", 0.9 if n % 4 == 0 else 0.1) for n in range(80)]
    gold = {(f"p{n}", f"objective:{n % 20 + 1}") for n in range(0, 80, 4)}
    lines = {line.way: line for line in simulate(lot(items, gold, [f"p{n}" for n in range(80)]), PROGRAM, 5, 5)}
    assert lines["likely"].needed[0.95] == 19
    assert lines["random"].least[0.95] > 40 and lines["random"].seeds == 5
    assert set(lines) == set(WAYS)


def test_a_worklist_mixes_items_and_passages_by_what_they_are_worth():
    items = [item(1, PARENT, "p", 0.9), item(2, PARENT, "q", 0.05)]
    work = worklist(items, {"p": 0.1, "q": 2.0}, 5)
    assert [one if isinstance(one, str) else one.first.item_id[-1] for one in work] == ["1", "q", "p", "2"]


def test_a_model_reads_documents_that_it_has_not_seen(tiny_settings, annotations: Path, tmp_path: Path):
    mapper = Mapper(tiny_settings)
    with pytest.raises(UsageError, match="learnt from"):
        load_lot(annotations, mapper)
    write_annotations(tmp_path)
    with (tmp_path / "labels.jsonl").open("a") as file:
        file.write("\n")
    found = load_lot(tmp_path, mapper)
    assert found.gold and 0 < found.suggested <= len(found.gold)
    assert {item.passage_id for item in found.items} <= set(found.passages)
