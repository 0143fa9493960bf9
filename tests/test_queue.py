"""The order of the queue: what comes first, what is asked once, and that it is always the same."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nlp.review.queue import ORDERS, Group, dispute, doubt, order, worklist
from nlp.review.records import Item
from nlp.review.unread import unread

BASE = Item("", "d", 1, 0, "suggested", "objective:1", None, 0, 10, "", "", "", 1, "review", 0.5, None, None)


def item(number: int, probability: float | None = 0.5, target: str = "objective:1", **changes) -> Item:
    own = {"item_id": f"{number:016x}", "start": number * 10, "end": number * 10 + 9, "quote": f"quote {number}"}
    return replace(BASE, probability=probability, target=target, **{**own, **changes})


def ids(items, kind, **more) -> list[int]:
    return [int(group.first.item_id, 16) for group in order(items, more.pop("settled", ()), kind, **more)]


def test_each_order_puts_its_own_first():
    terms = {"terms": ["visa"], "examples": [{"similarity": 0.99}]}
    items = [item(1, 0.95), item(2, 0.5), item(3, 0.1, why=terms), item(4, 0.8, "objective:2", why=terms)]
    assert ids(items, "position") == [1, 2, 3, 4]
    assert ids(items, "likely") == [1, 4, 2, 3]
    assert ids(items, "uncertain") == [2, 4, 3, 1]
    assert ids(items, "disagreement") == [1, 3, 2, 4]
    confirmed = [
        item(9, state="confirmed"),
        item(8, state="corrected"),
        item(7, target="objective:2", state="rejected"),
    ]
    assert ids(items, "rare", settled=confirmed) == [4, 1, 2, 3]


def test_what_is_decided_is_not_asked_again_unless_readings_differ():
    items = [item(1), item(2, state="confirmed"), item(3, state="unsure"), item(4, 0.99, state="postponed")]
    assert ids(items, "likely") == [1, 3, 4]
    assert ids(items, "disagreement", differ={f"{2:016x}"})[0] == 2


def test_what_says_the_same_is_asked_once():
    items = [item(1, quote="Funds were  spent."), item(2, quote="Funds were spent."), item(3, quote="Funds were lost.")]
    items.append(item(4, target="objective:2", quote="Funds were spent."))
    groups = order(items, (), "position")
    assert [[int(i.item_id, 16) for i in (group.first, *group.alike)] for group in groups] == [[1, 2], [3], [4]]
    near = {"p": "alike", "q": "alike"}
    groups = order(
        [item(1, passage_id="p"), item(2, passage_id="q"), item(3, passage_id="r")], (), "position", twins=near
    )
    assert [len(group.alike) for group in groups] == [1, 0]


def test_scores_know_their_bounds():
    assert doubt(item(1, 0.0)) == doubt(item(1, 1.0)) == 0 and doubt(item(1, None)) == 1
    assert dispute(item(1, 1.0, why={"terms": [], "examples": []})) == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 20)), max_size=20), st.randoms(), st.sampled_from(ORDERS))
def test_the_order_does_not_depend_on_how_items_come(rows, rng, kind):
    items = [item(number, p, f"objective:{label}") for number, (p, label) in enumerate(rows)]
    mixed = rng.sample(items, len(items))
    groups = order(items, (), kind)
    assert order(mixed, (), kind) == groups
    assert sorted(i.item_id for g in groups for i in (g.first, *g.alike)) == sorted(i.item_id for i in items)


def test_the_worklist_weighs_passages_against_items_and_puts_off_what_was_put_off():
    last = item(3, 0.99, state="postponed", passage_id="p3")
    items = [item(1, 0.9, passage_id="p1"), item(2, 0.2, passage_id="p2"), last]

    def tasks(reading: float) -> list[str]:
        found = worklist(items, {"p2": 0.3, "p4": 0.1}, reading)
        return [task.first.item_id[-1] if isinstance(task, Group) else task for task in found]

    assert tasks(1.0) == ["1", "p2", "2", "p4", "3"]
    assert tasks(5.0) == ["1", "2", "p2", "p4", "3"]  # reading is dear: (0.3 + 0.2) / 5


def test_a_passage_is_read_when_all_in_it_is_decided():
    done, half = item(1, state="rejected", passage_id="p1"), item(3, state="confirmed", passage_id="p2")
    known = {"p1": 0.1, "p2": 0.2, "p3": 0.3}
    assert unread(known, [done, item(2, passage_id="p2"), half]) == {"p2": 0.2, "p3": 0.3}
