"""The desk keeps what is decided: rules, versions, undo, readings; on SQLite and on PostgreSQL."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest
from desks import JUDGE, ONE, PROGRAM, TWO, ask, broken_promises, fill, items_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storing import database

from nlp.bench.made import KEY, made_report
from nlp.contract import check_output, load_output
from nlp.errors import Conflict, EvmapError, StoreError, UsageError
from nlp.review import log
from nlp.review.alike import alike, folded
from nlp.review.checking import check_desk
from nlp.review.desk import Desk
from nlp.review.exporting import export_desk
from nlp.review.records import HOLDS, OPEN, Ask, Item, Reader
from nlp.store.rows import Finished


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """An empty desk."""
    if request.param == "sqlite":
        with Desk.open(tmp_path / "desk", program=PROGRAM) as opened:
            yield opened
        return
    with Desk.open(tmp_path / "desk", database(request.getfixturevalue("postgres")), PROGRAM) as opened:
        yield opened


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk on SQLite."""
    with Desk.open(tmp_path / "desk", program=PROGRAM) as opened:
        yield opened


def longer(finished: Finished) -> Finished:
    """The same mapping of a text that begins with a line more."""

    def moved(raw: str) -> str:
        row = json.loads(raw)
        return json.dumps(row | {"start": row["start"] + 5, "end": row["end"] + 5, "prefix": ""})

    return replace(
        finished, text=f"Page\n{finished.text}",
        passages=tuple(one._replace(row=moved(one.row)) for one in finished.passages),
        links=tuple(one._replace(row=moved(one.row)) for one in finished.links),
    )  # fmt: skip


def first(found: dict[str, Item], kind: str, **wanted: object) -> Item:
    """The first item of a kind that has these values, and for an activity stands beside one objective alone."""
    return next(
        i for i in found.values()
        if i.target.startswith(kind) and all(getattr(i, name) == value for name, value in wanted.items())
    )  # fmt: skip


def beside(found: dict[str, Item], activity: Item) -> list[Item]:
    parents = PROGRAM.parents(activity.target)
    return [i for i in found.values() if i.passage_id == activity.passage_id and i.target in parents]


def lonely(found: dict[str, Item]) -> tuple[Item, Item]:
    """An activity and the only objective that it stands on."""
    activity = next(i for i in found.values() if PROGRAM.parents(i.target) and len(beside(found, i)) == 1)
    return activity, beside(found, activity)[0]


def replays(desk: Desk) -> bool:
    with desk.vault.reading() as reader:
        made = log.replayed(log.all_of(reader))
    stored = {}
    for report in desk.reports():
        with desk.vault.reading() as reader:
            from nlp.review.standing import held_items

            held = held_items(reader, report.document_id)
        for reading in (1, 2, 3):
            stored |= {(name, reading): item for name, item in held.of(reading).items()}
    return made == stored


def test_a_report_comes_in_once_and_is_mapped(desk: Desk):
    report = desk.receive("../folder/A report\n.txt", b"some bytes", "intake")
    assert (report.name, report.state, report.bytes, report.counts) == (
        "A report .txt".replace(" .", " ."),
        "waiting",
        10,
        {},
    )
    assert desk.receive("other name.txt", b"some bytes", "officer-2") == report
    assert desk.file(report.document_id).read_bytes() == b"some bytes"
    claimed = desk.next_waiting()
    assert claimed is not None and (claimed.document_id, claimed.state) == (report.document_id, "mapping")
    assert desk.next_waiting() is None
    failed = desk.failed(report.document_id, "no_text", "Nothing to read")
    assert (failed.state, failed.status, failed.reason) == ("failed", "no_text", "Nothing to read")
    with pytest.raises(UsageError, match="could not be read"):
        desk.contents(report.document_id, ONE)
    assert desk.again(report.document_id).state == "waiting"
    with pytest.raises(UsageError, match="no such report"):
        desk.report("0" * 64)


def test_suggestions_are_items_that_nobody_touched(desk: Desk):
    (document_id,) = fill(desk)
    contents = desk.contents(document_id, ONE)
    assert contents.report.state == "ready" and contents.report.counts["suggested"] == len(contents.items) > 4
    assert len(contents.passages) == 12 and "probabilities" not in contents.passages[0]
    assert {(i.version, i.state, i.who, i.decision_id) for i in contents.items} == {(0, "suggested", None, None)}
    assert not broken_promises(desk, document_id)


def test_a_confirmed_activity_takes_its_objective_along_and_undo_takes_both_back(desk: Desk):
    (document_id,) = fill(desk)
    found = items_of(desk, document_id)
    activity, objective = lonely(found)
    done = desk.decide(document_id, [ask(activity, reason="page 3 says so")], ONE)
    assert [i.item_id for i in done.items] == [activity.item_id, objective.item_id]
    assert done.also == (objective.item_id,) and {i.state for i in done.items} == {"confirmed"}
    assert done.items[0].reason == "page 3 says so" and done.items[0].who == "officer-1"
    assert {one.batch for one in done.decisions} == {done.decisions[0].batch}
    assert done.decisions[0].before == activity
    now = items_of(desk, document_id)
    assert now[activity.item_id] == done.items[0]
    assert desk.report(document_id).counts["confirmed"] == 2
    back = desk.undo(ONE)
    assert {i.state for i in back.items} == {"suggested"} and {i.version for i in back.items} == {2}
    assert [one.undoes for one in back.decisions] == [one.decision_id for one in done.decisions]
    assert desk.report(document_id).counts["suggested"] == len(found)
    with pytest.raises(UsageError, match="nothing of yours"):
        desk.undo(ONE)
    again = desk.undo(ONE, back.decisions[0].batch)
    assert {i.state for i in again.items} == {"confirmed"}
    assert [one.version for one in desk.log()] == [1, 1, 2, 2, 3, 3]
    assert replays(desk)


def test_the_last_objective_takes_its_activity_along(desk: Desk):
    (document_id,) = fill(desk)
    activity, objective = lonely(items_of(desk, document_id))
    desk.decide(document_id, [ask(activity)], ONE)
    objective = items_of(desk, document_id)[objective.item_id]
    done = desk.decide(document_id, [ask(objective, "reject")], Reader("officer-3"))
    assert activity.item_id in done.also
    assert {i.state for i in done.items if i.item_id in (activity.item_id, objective.item_id)} == {"rejected"}
    with pytest.raises(Conflict, match="went on from there"):
        desk.undo(ONE)
    desk.undo(Reader("officer-3"))
    assert items_of(desk, document_id)[activity.item_id].state == "confirmed"
    assert not broken_promises(desk, document_id)


def test_a_stale_version_is_a_conflict_that_shows_both(desk: Desk):
    (document_id,) = fill(desk)
    item = first(items_of(desk, document_id), "objective")
    other = first(items_of(desk, document_id), "objective", passage_id=item.passage_id)
    desk.decide(document_id, [ask(item, "reject")], ONE)
    before = desk.log()
    with pytest.raises(Conflict) as caught:
        desk.decide(document_id, [ask(item, reason="mine")], Reader("officer-9"))
    assert caught.value.yours == [{**vars_of(ask(item, reason="mine"))}]
    assert [row["state"] for row in caught.value.theirs] == ["rejected"] and other
    assert desk.log() == before


def vars_of(asked: Ask) -> dict[str, object]:
    return {name: getattr(asked, name) for name in asked.__dataclass_fields__}


def test_several_are_confirmed_at_once_only_where_the_machine_is_sure(desk: Desk):
    (document_id,) = fill(desk, passages=60)
    found = items_of(desk, document_id)
    sure = [i for i in found.values() if i.lane == "suggested"]
    unsure = first(found, "objective", lane="review")
    assert len(sure) > 3
    with pytest.raises(UsageError, match="one by one"):
        desk.decide(document_id, [ask(i) for i in (sure[0], unsure)], ONE)
    assert desk.log() == []
    done = desk.decide(document_id, [ask(i) for i in sure], ONE)
    assert {i.item_id for i in done.items} >= {i.item_id for i in sure}
    assert not broken_promises(desk, document_id)


def test_another_target_is_another_item(desk: Desk):
    (document_id,) = fill(desk)
    item = first(items_of(desk, document_id), "objective")
    target = next(t for t in PROGRAM.targets[:20] if t != item.target)
    done = desk.decide(document_id, [ask(item, "correct", target=target, treatment="planned")], ONE)
    old, new = done.items[0], done.items[1]
    assert (old.item_id, old.state, new.target, new.state, new.treatment) == (
        item.item_id, "rejected", target, "confirmed", "planned",
    )  # fmt: skip
    assert new.quote == item.quote and new.lane is None and new.why == {}
    desk.undo(ONE)
    assert new.item_id not in items_of(desk, document_id)
    assert items_of(desk, document_id)[item.item_id].state == "suggested"


def test_a_correction_and_a_split(desk: Desk):
    (document_id,) = fill(desk)
    item = first(items_of(desk, document_id), "objective")
    middle = item.quote.index(" ", 20)
    one = ask(item, "correct", end=item.start + middle, implementer="  a new   agency ", treatment="")
    two = Ask("", "add", target=item.target, start=item.start + middle + 1, end=item.end)
    done = desk.decide(document_id, [one, two], ONE)
    left, right = done.items
    assert left.state == "corrected" and left.quote == item.quote[:middle]
    assert (left.implementer, left.treatment, left.place) == ("a new agency", None, "exact")
    assert right.quote == item.quote[middle + 1 :] and right.passage_id == item.passage_id
    for text, asked in (("no such treatment", {"treatment": "perhaps"}), ("at most", {"reason": "x" * 3000})):
        with pytest.raises(UsageError, match=text):
            desk.decide(document_id, [ask(left, "correct", **asked)], ONE)


def test_an_added_activity_brings_its_objective(desk: Desk):
    (document_id,) = fill(desk)
    contents = desk.contents(document_id, ONE)
    empty = next(p for p in contents.passages if p["passage_id"] not in {i.passage_id for i in contents.items})
    target = "activity:12"
    add = Ask("", "add", target=target, start=empty["start"] + 4, end=empty["end"] - 3, reason="the machine missed it")
    done = desk.decide(document_id, [add], ONE)
    assert [i.target for i in done.items] == [target, PROGRAM.parents(target)[0]]
    assert done.items[0].quote == contents.text[empty["start"] + 4 : empty["end"] - 3]
    assert done.items[0].passage_id == empty["passage_id"] and done.also == (done.items[1].item_id,)
    with pytest.raises(Conflict, match="stands there already"):
        desk.decide(document_id, [add], Reader("officer-7"))
    desk.undo(ONE)
    assert len(items_of(desk, document_id)) == len(contents.items)
    again = desk.decide(document_id, [add], ONE)
    assert [i.version for i in again.items] == [3, 3]
    for start, end in ((0, 0), (-1, 4), (5, 10**9), (7, 3)):
        with pytest.raises(UsageError):
            desk.decide(document_id, [replace(add, start=start, end=end)], ONE)


def test_who_may_decide(desk: Desk):
    (document_id,) = fill(desk)
    item = first(items_of(desk, document_id), "objective")
    for reader in (Reader("guest", "reader"), Reader("officer-1", "officer", 3), TWO):
        with pytest.raises(UsageError):
            desk.decide(document_id, [ask(item)], reader)
    with pytest.raises(UsageError, match="asked for twice"):
        desk.decide(document_id, [ask(item), ask(item, "reject")], ONE)


def test_a_second_reader_is_blind_and_an_adjudicator_settles(desk: Desk):
    (document_id,) = fill(desk)
    found = [i for i in items_of(desk, document_id).values() if i.target.startswith("objective")]
    agreed, differs, *_ = found
    desk.decide(document_id, [ask(agreed)], ONE)
    desk.decide(document_id, [ask(differs)], ONE)
    with pytest.raises(UsageError, match="blind"):
        desk.open_second(document_id, replace(TWO, name="officer-1"))
    assert desk.disagreements(document_id) == []
    desk.open_second(document_id, TWO)
    assert desk.report(document_id).double
    seen = items_of(desk, document_id, TWO)
    assert {(i.state, i.version) for i in seen.values()} == {("suggested", 0)}
    desk.decide(document_id, [ask(seen[agreed.item_id])], TWO)
    desk.decide(document_id, [ask(seen[differs.item_id], "reject")], TWO)
    desk.close_reading(document_id, TWO)
    with pytest.raises(UsageError, match="closed"):
        desk.decide(document_id, [ask(items_of(desk, document_id, TWO)[differs.item_id])], TWO)
    ((one, other),) = desk.disagreements(document_id)
    assert one is not None and other is not None and (one.state, other.state) == ("confirmed", "rejected")
    settled = {i.item_id: i for i in desk.settled(document_id)}
    assert settled[differs.item_id].state == "confirmed" == settled[agreed.item_id].state
    judged = items_of(desk, document_id, JUDGE)
    assert (judged[agreed.item_id].state, judged[differs.item_id].state) == ("confirmed", "unsure")
    desk.decide(document_id, [ask(judged[differs.item_id], "reject")], JUDGE)
    assert desk.disagreements(document_id) == []
    assert {i.item_id: i for i in desk.settled(document_id)}[differs.item_id].state == "rejected"
    assert desk.report(document_id).counts["rejected"] >= 1
    assert [one.reading for one in desk.readings(document_id)] == [1, 2, 3]
    desk.undo(JUDGE)
    assert len(desk.disagreements(document_id)) == 1
    assert replays(desk)


def test_threads_race_and_one_wins(desk: Desk):
    (document_id,) = fill(desk)
    items = [i for i in items_of(desk, document_id).values() if i.target.startswith("objective")]
    outcomes: list[str] = []
    barrier = Barrier(6)

    def officer(number: int) -> None:
        reader = Reader(f"officer-{number}")
        barrier.wait()
        for item in items:
            try:
                desk.decide(document_id, [ask(item, "unsure")], reader)
                outcomes.append(f"won {item.item_id}")
            except Conflict as error:
                assert [row["item_id"] for row in error.theirs] == [item.item_id]
                outcomes.append("lost")

    threads = [Thread(target=officer, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [outcome for outcome in outcomes if outcome != "lost"]
    assert len(outcomes) == 6 * len(items) and sorted(set(won)) == sorted(won) and len(won) == len(items)
    assert replays(desk)


def test_the_map_follows_the_decisions(desk: Desk):
    ids = fill(desk, reports=2)
    before = desk.coverage()
    assert len(before) == 240 and "confirmed" not in {row["state"] for row in before}
    item = first(items_of(desk, ids[1]), "objective")
    desk.decide(ids[1], [ask(item)], ONE)
    changed = [(old, new) for old, new in zip(before, desk.coverage(), strict=True) if old != new]
    assert [(new["document_id"], new["target"], new["state"]) for _, new in changed] == [
        (ids[1], item.target, "confirmed")
    ]
    assert [row["best_quote"] for row in desk.mapping() if row["lane"] == "confirmed"] == [item.quote]
    desk.undo(ONE)
    assert desk.coverage() == before
    desk.receive("later.txt", b"another", "intake")
    assert {row["state"] for row in desk.coverage() if row["input"] == "later.txt"} == {"not_searchable"}


def test_a_report_mapped_anew_keeps_what_was_decided(desk: Desk):
    (document_id,) = fill(desk)
    item = first(items_of(desk, document_id), "objective")
    done = desk.decide(document_id, [ask(item, "reject")], ONE).items[0]
    desk.again(document_id)
    claimed = desk.next_waiting()
    assert claimed is not None and claimed.state == "mapping" and claimed.key == KEY
    desk.mapped(document_id, made_report(0, 12, PROGRAM, "other")[1], "another key")
    kept = items_of(desk, document_id)[item.item_id]
    assert (kept.state, kept.quote, kept.start, kept.place) == ("rejected", done.quote, done.start, "exact")
    assert kept.passage_id in {row["passage_id"] for row in desk.contents(document_id, ONE).passages}
    assert desk.report(document_id).key == "another key"
    desk.mapped(document_id, longer(made_report(0, 12, PROGRAM, "third")[1]), "third key")
    moved, text = items_of(desk, document_id)[item.item_id], desk.contents(document_id, ONE).text
    assert moved.place == "moved" and text[moved.start : moved.end] == done.quote and moved.start != done.start
    with pytest.raises(Conflict):
        desk.decide(document_id, [ask(done)], ONE)
    export_desk(desk, desk.vault.folder.parent / "out")
    broken = check_output(load_output(desk.vault.folder.parent / "out"), PROGRAM)
    assert not broken["every quote is a slice of the canonical text"]
    assert desk.failed(document_id, "crashed", "no memory").state == "ready"


def test_one_of_several_processes_gets_a_report(postgres: str, tmp_path: Path):
    url = database(postgres)
    with Desk.open(tmp_path / "desk", url, PROGRAM) as one:
        other = Desk.open(tmp_path / "desk", url, PROGRAM)
        ids = {one.receive(f"{number}.txt", f"report {number}".encode(), "intake").document_id for number in range(3)}
        claimed = [one.next_waiting(), other.next_waiting(), one.next_waiting()]
        assert {report.document_id for report in claimed if report} == ids
        assert one.next_waiting() is None and other.next_waiting() is None
        other.close()  # as if its process had ended
        deadline = time.monotonic() + 20  # the server hears of it a moment later
        while (left := one.next_waiting()) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert left is not None and claimed[1] is not None and left.document_id == claimed[1].document_id
        with pytest.raises(StoreError, match="kept in postgresql"):
            Desk.open(tmp_path / "desk", program=PROGRAM)


def test_officers_on_several_connections_see_one_log(postgres: str, tmp_path: Path):
    url = database(postgres)
    with Desk.open(tmp_path / "desk", url, PROGRAM) as one:
        (document_id,) = fill(one, passages=60)
        with Desk.open(tmp_path / "desk", url, PROGRAM) as other:
            items = [item for item in items_of(one, document_id).values() if item.target.startswith("objective")]
            for number, item in enumerate(items):
                (one, other)[number % 2].decide(document_id, [ask(item, "unsure")], Reader(f"officer-{number % 2}"))
                with pytest.raises(Conflict):
                    (other, one)[number % 2].decide(document_id, [ask(item)], ONE)
            assert one.log() == other.log() and len(one.log()) == len(items)
            assert not any(check_desk(other).values())
        with Desk.look(tmp_path / "desk", url, PROGRAM) as looked:
            export_desk(looked, tmp_path / "out")
        assert not any(check_output(load_output(tmp_path / "out"), PROGRAM).values())


def test_what_is_alike_is_decided_once(desk: Desk):
    ids = fill(desk, reports=3, passages=24)  # passages 0 and 20 stand in all of them
    contents = desk.contents(ids[0], ONE)
    home = contents.passages[0]["passage_id"]
    assert [place.document_id for place in desk.duplicates(ids[0], home)] == sorted(ids[1:])
    assert desk.duplicates(ids[0], contents.passages[1]["passage_id"]) == []
    activity = next(i for i in contents.items if i.passage_id == home and i.target.startswith("activity"))
    touched = next(i for i in desk.contents(ids[2], ONE).items if i.target == activity.target)
    desk.decide(ids[2], [ask(touched, "unsure")], Reader("officer-5"))
    done = desk.decide(ids[0], [ask(activity, treatment="planned")], ONE, spread=True)
    assert {one.document_id for one in done.decisions} == {*ids[:2]} and len({one.batch for one in done.decisions}) == 1
    twin = next(i for i in desk.contents(ids[1], ONE).items if i.target == activity.target)
    assert (twin.state, twin.treatment, twin.item_id in done.also) == ("corrected", "planned", True)
    assert not any(broken_promises(desk, one) for one in ids)
    assert items_of(desk, ids[2])[touched.item_id].state == "unsure"
    assert len(desk.undo(ONE).decisions) == len(done.decisions)
    assert {i.state for i in desk.contents(ids[1], ONE).items} == {"suggested"}
    other = contents.passages[20]
    add = Ask("", "add", target="objective:20", start=other["start"], end=other["end"] - 9)
    added = desk.decide(ids[0], [add], ONE, spread=True)
    assert {i.document_id for i in added.items} == {*ids} and len({i.quote for i in added.items}) == 1
    assert replays(desk)


def test_texts_that_deny_are_not_alike():
    text = "In the year 2007 the office held twelve courses on rights of migrant workers and their families. " * 2
    for other, same in (
        (text.upper().replace("2007", "1998"), True),
        (text.replace("courses", "seminars", 1), False),
        (text + "It went well.", False),
        (text.replace("held", "never held", 1), False),
        (text.replace(" ", "  \n"), True),
    ):
        assert alike(folded(text), folded(other)) is same, other
    long = " ".join(f"word{number}" for number in "abcdefghijklmnopqrstuvwxyz" for _ in range(1)) + " " + text * 2
    assert alike(folded(long), folded(long.replace("worda", "other")))
    assert not alike(folded(long), folded(long.replace("worda", "not")))


ACTIONS = ("confirm", "reject", "correct", "unsure", "postpone", "reopen", "add", "undo", "target")
steps = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, 200), st.integers(0, 5), st.integers(1, 2)), max_size=14
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(steps)
def test_any_sequence_replays_and_keeps_the_rules(
    tmp_path_factory: pytest.TempPathFactory, sequence: list[tuple[str, int, int, int]]
):
    with Desk.open(tmp_path_factory.mktemp("any") / "desk", program=PROGRAM) as desk:
        (document_id,) = fill(desk, passages=8)
        for action, place, number, who in sequence:
            reader = Reader(f"officer-{who}")
            found = desk.contents(document_id, reader).items
            item = found[place % len(found)]
            try:
                if action == "undo":
                    desk.undo(reader)
                else:
                    desk.decide(document_id, [wish(action, item, number)], reader)
            except (UsageError, Conflict):
                continue
            assert not broken_promises(desk, document_id)
        assert replays(desk)
        counts = desk.report(document_id).counts
        settled = desk.settled(document_id)
        assert counts == {state: sum(i.state == state for i in settled) for state in counts}
        assert sum(counts.values()) == len(settled) and {i.state for i in settled} <= HOLDS | OPEN | {"rejected"}


def wish(action: str, item: Item, number: int) -> Ask:
    if action == "add":
        return Ask("", "add", target=PROGRAM.targets[17 + number], start=item.start + number, end=item.end)
    if action == "target":
        return ask(item, "correct", target=PROGRAM.targets[17 + number])
    return ask(item, action, start=item.start + number) if action == "correct" else ask(item, action)


def test_one_process_holds_a_desk_and_a_damaged_one_is_refused(tmp_path: Path):
    folder = tmp_path / "desk"
    with Desk.open(folder, program=PROGRAM) as desk:
        (document_id,) = fill(desk)
        desk.decide(document_id, [ask(lonely(items_of(desk, document_id))[0])], ONE)
        with pytest.raises(StoreError, match="another process holds"):
            Desk.open(folder, program=PROGRAM)
        with Desk.look(folder, program=PROGRAM) as other:
            assert other.log() == desk.log() != []
    path = folder / "desk.sqlite"
    whole = path.read_bytes()
    for data in (whole[:5000] + b"\xff" * 9000 + whole[14000:], b"no database at all", b""):
        path.write_bytes(data)
        with pytest.raises(EvmapError, match="restore"):
            Desk.open(folder, program=PROGRAM)
        assert path.read_bytes() == data and not list(folder.glob("*.damaged-*"))
    path.unlink()
    with pytest.raises(StoreError, match="restore"):
        Desk.open(folder, program=PROGRAM)
    path.write_bytes(whole)
    with Desk.open(folder, program=PROGRAM) as desk:
        assert len(desk.log()) == 2
