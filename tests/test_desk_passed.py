"""A passage that was read whole and holds nothing: a mark that is stored, counted, taken back and learnt from."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desks import JUDGE, ONE, PROGRAM, TWO, ask, broken_promises, fill, items_of

from nlp.contract import load_output
from nlp.desk.lining import Lines, Whole
from nlp.desk.users import User
from nlp.errors import Conflict, UsageError
from nlp.formats.source import last_decisions
from nlp.jsonl import read_rows
from nlp.review.checking import check_desk
from nlp.review.desk import Desk
from nlp.review.exporting import DECISIONS, export_desk
from nlp.review.lines import Row
from nlp.review.records import NOTHING, Ask, Decided
from nlp.review.teach import desk_annotations


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(tmp_path / "desk", program=PROGRAM) as opened:
        yield opened


@pytest.fixture
def report(desk: Desk) -> str:
    return fill(desk)[0]


def bare(desk: Desk, report: str) -> Row:
    """A passage of which nothing is suggested."""
    held = {item.passage_id for item in items_of(desk, report).values()}
    return next(row for row in desk.contents(report, ONE).passages if row["passage_id"] not in held)


def nothing(desk: Desk, report: str, row: Row, reader=ONE) -> Decided:
    return desk.decide(report, [Ask("", "nothing", 0, start=row["start"], end=row["start"] + 3)], reader)


def wholes(desk: Desk, report: str) -> set[str]:
    tasks, _ = Lines(desk).work(User(ONE.name, "officer", "", ""), 5.0, 1000, report)
    return {task.passage_id for task in tasks if isinstance(task, Whole)}


def test_a_mark_is_kept_counted_and_taken_back(desk: Desk, report: str, tmp_path: Path):
    row, before = bare(desk, report), items_of(desk, report)
    assert row["passage_id"] in wholes(desk, report)
    (mark,) = nothing(desk, report, row).items
    assert (mark.state, mark.target, mark.start, mark.end) == ("rejected", NOTHING, row["start"], row["end"])
    assert desk.contents(report, ONE).passed == [mark] == desk.passed(report)
    assert items_of(desk, report) == before  # no list of evidence shows it
    assert sum(desk.report(report).counts.values()) == len(before)
    assert row["passage_id"] not in wholes(desk, report)
    assert not any(found for found in check_desk(desk).values())
    with pytest.raises(Conflict):
        nothing(desk, report, row)
    desk.undo(ONE)
    assert desk.contents(report, ONE).passed == [] and row["passage_id"] in wholes(desk, report)
    nothing(desk, report, row)  # again, over what was taken back
    (mark,) = desk.contents(report, ONE).passed
    desk.decide(report, [ask(mark, "reopen")], ONE)
    assert desk.passed(report) == [] and not any(check_desk(desk).values())
    assert [one.action for one in desk.log()] == ["nothing", "undo", "nothing", "reopen"]


def test_a_mark_falls_with_the_first_label_and_stands_again_when_that_is_undone(desk: Desk, report: str):
    row = bare(desk, report)
    nothing(desk, report, row)
    desk.decide(report, [Ask("", "add", 0, "objective:3", row["start"], row["end"])], ONE)
    assert desk.passed(report) == []
    with pytest.raises(UsageError, match="open here, or holds"):
        nothing(desk, report, row)
    desk.undo(ONE)
    assert [mark.passage_id for mark in desk.passed(report)] == [row["passage_id"]]
    assert broken_promises(desk, report) == [] and not any(check_desk(desk).values())


def test_nothing_can_be_said_only_where_all_is_decided(desk: Desk, report: str):
    item = next(iter(items_of(desk, report).values()))
    row = next(one for one in desk.contents(report, ONE).passages if one["passage_id"] == item.passage_id)
    with pytest.raises(UsageError):
        nothing(desk, report, row)
    for own in [one for one in items_of(desk, report).values() if one.passage_id == item.passage_id]:
        desk.decide(report, [ask(items_of(desk, report)[own.item_id], "reject")], ONE)
    nothing(desk, report, row)
    desk.decide(report, [ask(items_of(desk, report)[item.item_id], "reopen")], ONE)
    assert desk.passed(report) == []
    with pytest.raises(UsageError):
        desk.decide(report, [Ask("", "nothing", 0)], ONE)  # no span


def test_each_reading_has_marks_of_its_own(desk: Desk, report: str):
    row = bare(desk, report)
    desk.open_second(report, TWO)
    nothing(desk, report, row)
    assert desk.contents(report, TWO).passed == []
    nothing(desk, report, row, TWO)
    assert desk.disagreements(report) == []
    desk.decide(report, [Ask("", "add", 0, "objective:3", row["start"], row["end"])], TWO)
    ((one, other),) = desk.disagreements(report)
    assert one is None and other and other.target == "objective:3"
    assert desk.contents(report, JUDGE).passed[0].passage_id == row["passage_id"]


def test_it_is_learnt_from_and_goes_out_with_the_log_alone(desk: Desk, report: str, tmp_path: Path):
    row = bare(desk, report)
    (mark,) = nothing(desk, report, row).items
    (label,) = desk_annotations(desk, 5).labels[row["passage_id"]]
    assert set(label.decided) == set(PROGRAM.targets) and not label.objectives and not label.activities
    out = tmp_path / "out"
    export_desk(desk, out)
    assert NOTHING not in (out / "links.jsonl").read_text("utf-8") and load_output(out)
    assert last_decisions(read_rows(out / DECISIONS)) == {}
    with Desk.open(tmp_path / "other", program=PROGRAM) as other:
        other.bring_in(out)
        assert [replace(one, decision_id=None) for one in other.passed(report)] == [replace(mark, decision_id=None)]


def test_the_evidence_map_opens_in_the_language_that_was_asked_for(desk: Desk, report: str, tmp_path: Path):
    export_desk(desk, tmp_path / "out", "es")
    page = (tmp_path / "out/report.html").read_text("utf-8")
    assert '"language":"es"' in page
    assert f'<span class="title">{PROGRAM.labels["objective:1"].title["es"]}</span>' in page
