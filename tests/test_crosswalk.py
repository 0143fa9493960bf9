"""Decisions under a changed codebook: what goes along, what is asked again, and that nothing is lost."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from desks import JUDGE, ONE, ask, fill, items_of

from nlp.errors import UsageError
from nlp.program import Program, load_program
from nlp.review.crosswalk import Crosswalk, load_crosswalk, migrate
from nlp.review.desk import Desk
from nlp.review.lines import is_gone
from nlp.review.migrate import migrate_desk, rereads
from nlp.review.records import Item

PROGRAM = load_program()
PAIR = next(
    pair
    for pair in PROGRAM.concordance
    if PROGRAM.parents(f"activity:{pair.activity}") == (f"objective:{pair.objective}",)
)
ACTIVITY, PARENT = f"activity:{PAIR.activity}", f"objective:{PAIR.objective}"
BASE = Item(
    "", "d" * 64, 1, 2, "confirmed", ACTIVITY, "p", 5, 9, "done", "", "", 1, "review", 0.4, None, None, program="old"
)


def item(number: int, target: str = ACTIVITY, **changes) -> Item:
    return replace(BASE, item_id=f"{number:016x}", target=target, decision_id=number, **changes)


def walk(targets, new=PROGRAM.digest) -> Crosswalk:
    return Crosswalk.model_validate({"from": "old", "to": new, "targets": targets})


def after(items, targets) -> list[Item]:
    return [now for one in migrate(items, walk(targets), PROGRAM) for now in (one.after, *one.added)]


def test_a_label_that_is_renumbered_or_left_out_keeps_its_state():
    items = [item(1, PARENT), item(2, "objective:old", state="rejected")]
    done = migrate(items, walk({"objective:old": {"kind": "same", "to": ["objective:20"]}}), PROGRAM)
    assert [(one.after.target, one.after.state, one.reread) for one in done] == [
        (PARENT, "confirmed", ""), ("objective:20", "rejected", "")
    ]  # fmt: skip
    assert {one.after.program for one in done} == {PROGRAM.digest}


def test_a_split_label_is_open_in_its_parts_unless_it_was_rejected():
    split = {PARENT: {"kind": "split", "to": ["objective:3", "objective:4"]}}
    [done] = migrate([item(1, PARENT)], walk(split), PROGRAM)
    assert [(i.target, i.state) for i in (done.after, *done.added)] == [
        ("objective:3", "unsure"),
        ("objective:4", "unsure"),
    ]
    assert done.reread and done.added[0].item_id != done.before.item_id
    assert {i.state for i in after([item(1, PARENT, state="rejected")], split)} == {"rejected"}
    [done] = [
        one
        for one in migrate([item(1, PARENT), item(2, "objective:4")], walk(split), PROGRAM)
        if one.added or one.kind == "split"
    ]
    assert not done.added  # that part is claimed in the passage already


def test_of_merged_labels_one_item_stands():
    merged = {name: {"kind": "merged", "to": ["objective:2"]} for name in ("objective:2", "objective:19")}
    both = [item(1, "objective:2", state="rejected"), item(2, "objective:19")]
    now = {i.item_id[-1]: i for i in after(both, merged)}
    assert now["2"].state == "confirmed" and is_gone(now["1"])
    [one] = migrate(both[:1], walk(merged), PROGRAM)
    assert one.after.state == "unsure" and "part" in one.reread
    none = [i for i in after([both[0], item(2, "objective:19", state="rejected")], merged) if not is_gone(i)]
    assert [i.state for i in none] == ["rejected"]
    apart = after([item(1, "objective:2"), item(2, "objective:19", start=20, end=24)], merged)
    assert [i.state for i in apart] == ["confirmed", "confirmed"]


def test_an_activity_that_lost_its_objective_is_asked_again():
    items = [item(1, PARENT), item(2, ACTIVITY)]
    assert [one.reread for one in migrate(items, walk({}), PROGRAM)] == ["", ""]
    gone, lost = migrate(items, walk({PARENT: {"kind": "dropped"}}), PROGRAM)
    assert is_gone(gone.after) and lost.after.state == "unsure" and "objective" in lost.reread


def test_reworded_labels_are_listed_and_migrated_items_left_alone():
    done = migrate(
        [item(1, PARENT), item(2, program=PROGRAM.digest)],
        walk({PARENT: {"kind": "reworded", "to": [PARENT]}}),
        PROGRAM,
    )
    assert [(one.after.state, one.reread) for one in done] == [("confirmed", "the label was reworded")]


def test_what_the_crosswalk_does_not_know_stops_it():
    with pytest.raises(UsageError, match="does not start from"):
        migrate([item(1, program="older")], walk({}), PROGRAM)
    with pytest.raises(UsageError, match="says nothing of objective:old"):
        migrate([item(1, "objective:old")], walk({}), PROGRAM)


@pytest.mark.parametrize(
    ("targets", "new", "match"),
    [
        ({"objective:1": {"kind": "split", "to": ["objective:1"]}}, PROGRAM.digest, "two or more"),
        ({"objective:1": {"kind": "dropped", "to": ["objective:1"]}}, PROGRAM.digest, "needs no"),
        ({"objective:1": {"kind": "same", "to": ["objective:99"]}}, PROGRAM.digest, "not in the codebook"),
        ({}, "other", "leads to codebook other"),
    ],
)
def test_a_crosswalk_is_checked(targets, new, match, tmp_path: Path):
    path = tmp_path / "walk.yaml"
    path.write_text(yaml.safe_dump({"from": "old", "to": new, "targets": targets}))
    with pytest.raises(UsageError, match=match):
        load_crosswalk(path, PROGRAM)


def changed(program: Program, activity: str) -> Program:
    """The codebook with other words for one activity."""
    rows = [
        row.model_copy(update={"counts": {**row.counts, "en": "Other words."}}) if row.target == activity else row
        for row in program.activities
    ]
    return program.model_copy(update={"activities": rows})


def test_a_desk_migrates_and_goes_back(tmp_path: Path):
    new = Program.model_validate(changed(PROGRAM, ACTIVITY).model_dump())
    assert new.digest != PROGRAM.digest
    with Desk.open(tmp_path / "desk", program=PROGRAM) as desk:
        (document_id,) = fill(desk)
        found = items_of(desk, document_id)
        chosen = [i for i in found.values() if i.target.startswith("objective")][:3]
        for one in chosen:
            desk.decide(document_id, [ask(one)], ONE)
        before = desk.log()
    targets = {chosen[0].target: {"kind": "split", "to": ["objective:1", "objective:20"]}}
    crosswalk = Crosswalk.model_validate({"from": chosen[0].program, "to": new.digest, "targets": targets})
    with Desk.open(tmp_path / "desk", program=new) as desk:
        with pytest.raises(UsageError, match="may not migrate"):
            migrate_desk(desk, crosswalk, ONE)
        planned = migrate_desk(desk, crosswalk, JUDGE, write=False)[1]
        assert desk.log() == before
        batch, done = migrate_desk(desk, crosswalk, JUDGE)
        assert done == planned and len(done) == 3
        again = rereads(desk, done)
        assert {(row.name, row.kind, row.state_before, row.state) for row in again} == {
            ("report-0.txt", "split", "confirmed", "unsure")
        }
        assert [row.action for row in desk.log(after=before[-1].decision_id)] == ["migrate"] * (3 + len(again))
        assert migrate_desk(desk, crosswalk, JUDGE) == ("", [])
        desk.undo(JUDGE, batch)
        now = items_of(desk, document_id)
        assert {now[i.item_id].state for i in chosen} == {"confirmed"} and {now[i.item_id].target for i in chosen} == {
            i.target for i in chosen
        }
