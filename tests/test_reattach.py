"""A report on the desk is read anew: decisions go along, in the log, or are listed as orphans."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from desks import JUDGE, ONE, PROGRAM, ask, broken_promises, fill, items_of

from nlp.bench.made import made_report
from nlp.errors import Conflict
from nlp.review.desk import Desk
from nlp.review.exporting import export_desk
from nlp.review.reattach import reattach
from nlp.store.rows import Finished, PassageRow

PASSAGES = 12


def reread(finished: Finished, without: str = "") -> Finished:
    """The same report with headers, other white space, and without one passage."""
    text, passages = "Cover\n", []
    for number, row in enumerate(finished.passages):
        old = json.loads(row.row)
        words = finished.text[old["start"] : old["end"]].replace(" ", "\n", 1)
        if old["passage_id"] == without:
            continue
        text += "" if number % 3 else "A header\n"
        new = old | {"start": len(text), "end": len(text) + len(words), "passage_id": f"n{old['passage_id'][1:]}"}
        passages.append(PassageRow(new["passage_id"], json.dumps(new)))
        text += words + "\n"
    return replace(finished, text=text, passages=tuple(passages), links=())


def test_decisions_go_along_and_come_back(desk: Desk):
    (document_id,) = fill(desk)
    finished = made_report(0, PASSAGES, PROGRAM)[1]
    suggested = list(items_of(desk, document_id).values())
    for one in suggested:
        if one.target.startswith("objective"):
            now = items_of(desk, document_id)[one.item_id]
            desk.decide(document_id, [ask(now, "confirm" if now.start % 2 else "reject")], ONE)
    decided = {i.item_id: i for i in items_of(desk, document_id).values() if i.version}
    log_before = desk.log()
    lost = next(i.passage_id for i in decided.values())
    desk.mapped(document_id, reread(finished, lost), "another reader")

    now = items_of(desk, document_id)
    assert set(now) == set(decided)
    text = desk.contents(document_id, ONE).text
    for name, item in now.items():
        assert item.state == decided[name].state and item.target == decided[name].target
        if decided[name].passage_id == lost:
            assert (item.place, item.quote, item.start) == ("orphaned", decided[name].quote, decided[name].start)
        else:
            assert item.place == "moved" and text[item.start : item.end] == item.quote
            assert item.passage_id == f"n{decided[name].passage_id[1:]}"
    rows = desk.log(after=log_before[-1].decision_id)
    assert {row.action for row in rows} == {"attach"} and len({row.batch for row in rows}) == 1
    assert len({row.text_sha256 for row in rows}) == 2  # orphans keep the text that they quote

    assert not [one for one in reattach(desk.vault, desk.sheets, document_id) if one.item != one.before]
    desk.mapped(document_id, finished, "the first reader again")
    back = items_of(desk, document_id)
    assert all((back[n].start, back[n].quote) == (decided[n].start, decided[n].quote) for n in decided)
    assert not broken_promises(desk, document_id)


def test_a_new_model_moves_nothing(desk: Desk):
    (document_id,) = fill(desk)
    one = next(i for i in items_of(desk, document_id).values() if i.target.startswith("objective"))
    desk.decide(document_id, [ask(one)], ONE)
    before = desk.log()
    desk.mapped(document_id, made_report(0, PASSAGES, PROGRAM)[1], "another model")
    assert desk.log() == before
    [attached] = reattach(desk.vault, desk.sheets, document_id, write=False)
    assert attached.place == "exact"


def test_who_decided_before_cannot_undo_over_a_new_reading(desk: Desk):
    (document_id,) = fill(desk)
    one = next(i for i in items_of(desk, document_id).values() if i.target.startswith("objective"))
    desk.decide(document_id, [ask(one)], ONE)
    desk.mapped(document_id, reread(made_report(0, PASSAGES, PROGRAM)[1]), "another reader")
    with pytest.raises(Conflict):
        desk.undo(ONE)
    batch = desk.log()[-1].batch
    desk.undo(JUDGE, batch)  # by mistake: the next reading finds the item all the same
    [attached] = reattach(desk.vault, desk.sheets, document_id)
    assert attached.place == "moved"


def test_a_run_that_is_brought_in_finds_decisions_again_too(desk: Desk, tmp_path: Path):
    (document_id,) = fill(desk)
    chosen = [i for i in items_of(desk, document_id).values() if i.target.startswith("objective")]
    for one in chosen:
        desk.decide(document_id, [ask(items_of(desk, document_id)[one.item_id])], ONE)
    lost = chosen[0].passage_id
    with Desk.open(tmp_path / "other", program=PROGRAM) as other:
        data, finished = made_report(0, PASSAGES, PROGRAM)
        assert other.receive("report-0.txt", data, "intake").document_id == document_id
        other.mapped(document_id, reread(finished, str(lost)), "another reader")
        export_desk(other, tmp_path / "out")

    desk.bring_in(tmp_path / "out")
    text, now = desk.contents(document_id, ONE).text, items_of(desk, document_id)
    assert {now[one.item_id].place for one in chosen} == {"moved", "orphaned"}
    for one in chosen:
        item = now[one.item_id]
        assert item.state == "confirmed" and (item.place == "orphaned") == (one.passage_id == lost)
        assert item.place == "orphaned" or text[item.start : item.end] == item.quote
    assert [row.action for row in desk.log() if row.who == "evmap"] == ["attach"] * len(
        [i for i in now.values() if i.version > 1]
    )
