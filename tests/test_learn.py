"""From decisions to annotations to a model: only what was decided says anything, and nobody is examined on it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desks import ONE, PROGRAM, ask, fill, items_of
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from nlp.annotations import LabelRow, load_annotations
from nlp.annotations.pool import pool
from nlp.classify.wording import fit_words
from nlp.cli import app
from nlp.errors import UsageError
from nlp.learners import _binary
from nlp.review.adopting import MODELS, adopted
from nlp.review.desk import Desk
from nlp.review.learn import adopt, learn, part_of
from nlp.review.records import Item
from nlp.review.rehearse import Rehearsal, halves, rehearse
from nlp.review.teach import desk_annotations, label_of, verdicts_of, write_lesson
from nlp.sheets import load_sheets, sheet_of
from tests.hashed import EVERY, rows

BASE = Item("", "d", 1, 1, "confirmed", "objective:1", "p", 0, 1, "", "", "", None, "review", 0.5, "done", None)


def item(target: str, state: str = "confirmed") -> Item:
    return replace(BASE, target=target, state=state)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from(PROGRAM.targets[:8]), st.sampled_from(("confirmed", "rejected", "unsure")))))
def test_verdicts_say_what_was_decided(pairs):
    verdicts = verdicts_of([item(*pair) for pair in pairs], PROGRAM.targets[:4])
    for target in PROGRAM.targets[:8]:
        states = {state for name, state in pairs if name == target}
        if "confirmed" in states:
            assert verdicts[target] is True
        elif "unsure" in states:
            assert target not in verdicts
        else:
            assert verdicts.get(target) is (False if states or target in PROGRAM.targets[:4] else None)


def test_a_reviewed_row_says_what_was_decided_and_others_do_not():
    row = label_of(
        "p", dict.fromkeys((f"activity:{n}" for n in range(1, 6)), True) | {"objective:2": False}, ["done"], 5
    )
    assert (row.activities, row.objectives, row.role, row.treatment) == ((1, 2, 3, 4, 5), (), "activity", "done")
    assert "treatment" in row.decided and "objective:2" in row.decided
    for wrong in ({"round": "blind"}, {"decided": None}, {"objectives": (9,)}):
        with pytest.raises(ValidationError):
            LabelRow.model_validate(row.model_dump() | wrong)


def test_what_is_unknown_teaches_nothing():
    rng = np.random.default_rng(0)
    features, shares = rng.normal(size=(60, 4)).astype(np.float32), (rng.random(60) > 0.5).astype(float)
    known = rng.random(60) > 0.3
    own = _binary(features[known], np.ones(known.sum()), (shares[known], np.ones(known.sum(), bool)), 1.0)
    turned = np.where(known, shares, 1 - shares)
    assert np.array_equal(_binary(features, np.ones(60), (turned, known), 1.0), own)
    texts, around = [f"visa number{n % 7} consulate{n % 3}" for n in range(60)], ["IOM"] * 60
    table, mask = np.stack([shares, turned], axis=1), np.stack([known, known], axis=1)
    words = fit_words(texts, around, table, np.ones(60), mask)
    assert np.array_equal(words.weights[:, 0], words.weights[:, 1])


def test_a_desk_becomes_annotations(tmp_path: Path, annotations: Path):
    with Desk.open(tmp_path / "desk", program=PROGRAM) as desk:
        first, second, _ = fill(desk, 3)
        chosen = [i for i in items_of(desk, first).values() if i.target.startswith("objective")]
        desk.decide(first, [ask(chosen[0])], ONE)
        other = next(i for i in chosen if i.passage_id != chosen[0].passage_id)
        desk.decide(first, [ask(other, "unsure")], ONE)
        alone = next(i for i in items_of(desk, second).values() if i.target.startswith("objective"))
        desk.decide(second, [ask(alone, "reject")], ONE)
        desk.close_reading(second, ONE)
        own = desk_annotations(desk, 5)
    assert set(own.documents) == {first[:16], second[:16]} and len(own.passages) == 24
    [row] = own.labels[chosen[0].passage_id]
    assert row.decided == (chosen[0].target, "treatment") and row.targets() == (chosen[0].target,)
    assert other.passage_id not in own.labels or other.target not in own.labels[other.passage_id][0].decided
    closed = [rows[0] for key, rows in own.labels.items() if own.passages[key].document == second[:16]]
    assert len(closed) == 12 and alone.target in next(r for r in closed if r.passage_id == alone.passage_id).decided
    assert any(len(r.decided) == 120 and not r.targets() for r in closed)

    count = write_lesson(annotations, own, tmp_path / "lesson")
    read = load_annotations(tmp_path / "lesson")
    assert len(read.passages) == count == len(load_annotations(annotations).passages) + 24
    taught = {row.passage_id: row for row in pool(read, "every")}[chosen[0].passage_id]
    assert (taught.decided, taught.role, taught.treatment) == (
        frozenset({chosen[0].target}),
        {"activity": 1},
        {"done": 1},
    )
    with pytest.raises(UsageError, match="has learnt from"):
        write_lesson(tmp_path / "lesson", own, tmp_path / "again")
    with pytest.raises(UsageError, match="nothing was decided"):
        write_lesson(annotations, replace(own, labels={}), tmp_path / "again")


@pytest.fixture(scope="session")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Annotated documents that the tiny model has not seen."""
    folder = tmp_path_factory.mktemp("unseen")
    documents = rows("documents")[EVERY // 2 :: EVERY][:12]
    names = {row["doc_id"] for row in documents}
    passages = [row for row in rows("passages") if row["document"] in names]
    kept = {row["passage_id"] for row in passages}
    labels = [row for row in rows("labels") if row["passage_id"] in kept]
    for name, chosen in {"documents": documents, "passages": passages, "labels": labels}.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in chosen), "utf-8")
    return folder


@pytest.mark.parametrize("quick", [True, False])
def test_a_model_learns_from_an_officer(quick: bool, tiny_model, tiny_environment, annotations, unseen, tmp_path):
    plan = Rehearsal(60, "likely")
    learnt = rehearse(plan, unseen, annotations, tiny_model, PROGRAM, tmp_path, lambda _: None, quick,
                      cache=tmp_path / "v.sqlite")  # fmt: skip
    assert learnt.decisions >= 60 and learnt.passages > 10 and learnt.held == len(halves(sheet_names(unseen))[1])
    assert learnt.model.parent == tmp_path / MODELS and (learnt.model / "manifest.json").is_file()
    assert learnt.before.scores != learnt.after.scores
    assert adopted(tmp_path) is None
    worse = replace(learnt, before=replace(learnt.before, scores={k: {"f1_micro": 1.0} for k in learnt.before.scores}))
    with pytest.raises(UsageError, match="is worse on objectives and activities"):
        adopt(tmp_path, worse)
    adopt(tmp_path, replace(learnt, margin=1.0))
    assert adopted(tmp_path) == learnt.model
    (tmp_path / MODELS / "adopted.json").write_text('{"model": "gone"}')
    with pytest.raises(UsageError, match="which is gone"):
        adopted(tmp_path)


def sheet_names(folder: Path) -> tuple[str, ...]:
    return sheet_of(load_annotations(folder), folder).documents


def test_nobody_is_examined_on_what_was_taught(tiny_model, annotations, unseen, tmp_path):
    read = load_annotations(unseen)
    sheet = sheet_of(read, unseen)
    some = set(sheet.documents[:1])
    verdicts = {key: [label_of(key, {"objective:1": False}, (), 5)] for key in read.passages}
    own = replace(read, labels=verdicts)
    for sheets in ([part_of(sheet, some)], load_sheets(annotations, None, None)):
        with pytest.raises(UsageError, match="learnt from"):
            learn(own, annotations, tiny_model, sheets, PROGRAM, tmp_path, lambda _: None)


def test_the_command_teaches_a_desk(tiny_model, tiny_environment, annotations, unseen, tmp_path):
    with Desk.open(tmp_path / "desk", program=PROGRAM) as desk:
        (document_id,) = fill(desk)
        for one in list(items_of(desk, document_id).values()):
            now = items_of(desk, document_id).get(one.item_id)
            if now and now.state == "suggested":
                desk.decide(document_id, [ask(now)], ONE)
    asked = ["learn", str(tmp_path / "desk"), "--annotations", str(annotations), "--held", str(unseen), "--quick",
             "--cache", str(tmp_path / "v.sqlite"), "--margin", "1", "--adopt", "--json"]  # fmt: skip
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["decisions"] > 3 and told["worse"] == [] and adopted(tmp_path / "desk") == Path(told["model"])
