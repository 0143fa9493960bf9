"""Metrics by hand on made-up units, and gold that does not fit its document refused."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nlp.annotations import Gold, GoldUnit, LabelSet, load_gold, load_training
from nlp.errors import AnnotationError
from nlp.evaluate import ask_keywords, digest_of, evaluate
from nlp.program import load_program
from nlp.scores import (
    Answer,
    bootstrap,
    f1,
    label_scores,
    macro_f1,
    precision,
    recall,
    role_accuracy,
    score,
    top3_hit,
    treatment_accuracy,
    worst,
)
from nlp.settings import Settings
from nlp.sheets import find_gold, load_sheet


def unit(required: tuple[int, ...], permitted: tuple[int, ...] = (), role: str = "activity") -> GoldUnit:
    labels = LabelSet(required=required, permitted=permitted)
    none = LabelSet(required=(), permitted=())
    return GoldUnit(start=0, end=1, role=(role,), objectives=labels, activities=none, sure=True)


def answer(*claimed: int, ranked: tuple[int, ...] = (), role: str | None = "activity") -> Answer:
    names = [f"objective:{n}" for n in claimed]
    return Answer(frozenset(names), tuple(f"objective:{n}" for n in ranked or claimed), role)


UNITS = [unit((1, 2)), unit((3,), permitted=(4,)), unit((), permitted=(5,)), unit(())]
ANSWERS = [answer(1, 9), answer(4), answer(5), answer()]


def test_precision_takes_permitted_labels_for_right():
    assert precision(UNITS, ANSWERS, "objectives") == 3 / 4


def test_recall_asks_for_required_labels_alone():
    assert recall(UNITS, ANSWERS, "objectives") == 1 / 3


def test_f1_is_their_harmonic_mean():
    assert f1(UNITS, ANSWERS, "objectives") == pytest.approx(2 * 0.75 * (1 / 3) / (0.75 + 1 / 3))


def test_leaving_out_a_permitted_label_costs_nothing():
    assert f1([unit((1,), permitted=(2, 3))], [answer(1)], "objectives") == 1
    assert f1([unit((1,), permitted=(2, 3))], [answer(1, 2, 3)], "objectives") == 1


def test_saying_nothing_scores_nothing():
    silent = [answer() for _ in UNITS]
    assert [m(UNITS, silent, "objectives") for m in (precision, recall, f1, top3_hit)] == [0, 0, 0, 0]


def test_kinds_are_counted_apart():
    claims = [Answer(frozenset({"activity:1", "objective:1"}), (), None)]
    assert precision([unit((1,))], claims, "objectives") == 1
    assert precision([unit((1,))], claims, "activities") == 0


def test_top3_looks_at_units_with_required_labels():
    units = [unit((7,)), unit((8,)), unit((), permitted=(1,))]
    answers = [answer(ranked=(1, 2, 7, 3)), answer(ranked=(1, 2, 3, 8)), answer(ranked=(9, 10))]
    assert top3_hit(units, answers, "objectives") == 1 / 2


def test_role_accuracy():
    units = [unit(()), unit((), role="background")]
    assert role_accuracy(units, [answer(), answer()]) == 0.5
    assert role_accuracy(units, [answer(role=None), answer()]) is None


def test_macro_f1_counts_each_label_alone_and_permitted_ones_for_nothing():
    units = [unit((1,)), unit((1,)), unit((2,), permitted=(3,))]
    answers = [answer(1), answer(), answer(3, 9)]
    rows = {row.target: row for row in label_scores(units, answers, "objectives")}
    assert (rows["objective:1"].required, rows["objective:1"].recall, rows["objective:1"].f1) == (2, 0.5, 0.667)
    assert rows["objective:2"].f1 == 0
    assert (rows["objective:3"].precision, rows["objective:9"].precision) == (1, 0)
    assert macro_f1(units, answers, "objectives") == pytest.approx(0.667 / 2)


def test_the_worst_answers_come_first():
    units = [unit((1,)), unit((1, 2), permitted=(3,)), unit((4,))]
    answers = [answer(1), answer(3, 9, ranked=(3, 9, 1, 2)), answer(ranked=(1, 4))]
    found = worst(units, answers, 5)
    assert [fault.unit for fault in found] == [1, 2]
    assert (found[0].missed, found[0].wrong, found[0].depth) == (("objective:1", "objective:2"), ("objective:9",), 4)


def test_treatment_accuracy():
    units = [unit(()).model_copy(update={"treatment": ("done",)}), unit(())]
    said = [Answer(frozenset(), (), "activity", "done"), Answer(frozenset(), (), "activity", "planned")]
    assert treatment_accuracy(units, said) == 1
    assert treatment_accuracy([units[1]], said[:1]) is None


def test_documents_are_redrawn_whole():
    units, answers = UNITS * 10, ANSWERS * 10
    apart = bootstrap(units, answers, "objectives", [str(i) for i in range(len(units))])
    assert bootstrap(units, answers, "objectives", ["one"] * len(units)) == apart  # one document: its units are redrawn
    halves = bootstrap(units, answers, "objectives", ["a", "b"] * (len(units) // 2))
    assert halves[1] - halves[0] > apart[1] - apart[0]


def test_the_interval_holds_the_score_and_repeats():
    units, answers = UNITS * 10, ANSWERS * 10
    low, high = bootstrap(units, answers, "objectives")
    assert low < f1(units, answers, "objectives") < high
    assert bootstrap(units, answers, "objectives") == (low, high)
    result = score("made-up", units, answers)
    assert result.scores["objectives"]["precision_micro"] == 0.75
    assert result.interval["objectives"] == (low, high)


def test_keywords_claim_what_their_terms_name():
    program = load_program()
    terms = program.labels["objective:17"].terms
    (found,) = ask_keywords(program, [f"They spoke of {terms['en'][0]} and of {terms['es'][0]}."])
    assert "objective:17" in found.claimed
    assert found.ranked[0] == "objective:17" or found.ranked.index("objective:17") < 5
    assert ask_keywords(program, ["Lamps."])[0].claimed == frozenset()


# --- gold files


@pytest.fixture
def gold(tmp_path: Path, annotated_texts: list[str]) -> Path:
    text = "\n\n".join(annotated_texts[:6])
    document = tmp_path / "documents" / "made-up.txt"
    document.parent.mkdir()
    document.write_text(text, "utf-8")
    units: list[dict[str, Any]] = []
    for passage in annotated_texts[:6]:
        start = text.index(passage)
        row = {"start": start, "end": start + len(passage), "role": ["activity"], "sure": True}
        units.append(
            {**row, "objectives": {"required": [1], "permitted": []}, "activities": {"required": [], "permitted": []}}
        )
    content = {"document": "made-up.txt", "sha256": hashlib.sha256(text.encode()).hexdigest(), "offsets": "code points"}
    content |= {"annotators": 2, "agreement": {"objectives_f1": 0.8}, "units": units}
    path = tmp_path / "gold" / "made-up.standoff.json"
    path.parent.mkdir()
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_gold_finds_its_document(gold: Path):
    sheet = load_sheet(gold, None, Settings())
    assert len(sheet.units) == len(sheet.texts) == len(sheet.places) == 6
    assert sheet.texts[0].split()[0] in (gold.parent.parent / "documents" / "made-up.txt").read_text("utf-8")
    assert find_gold(gold.parent) == find_gold(gold) == [gold]


def test_gold_of_another_version_is_refused(gold: Path):
    document = gold.parent.parent / "documents" / "made-up.txt"
    document.write_text(document.read_text("utf-8") + " One word more.", "utf-8")
    with pytest.raises(AnnotationError, match=r"expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}"):
        load_sheet(gold, None, Settings())


def test_gold_without_its_document_says_what_to_do(gold: Path, tmp_path: Path):
    (gold.parent.parent / "documents" / "made-up.txt").unlink()
    with pytest.raises(AnnotationError, match="Name its folder with --documents"):
        load_sheet(gold, tmp_path, Settings())


def test_a_unit_outside_the_text_is_refused(gold: Path):
    content = json.loads(gold.read_text("utf-8"))
    content["units"][-1]["end"] = 10**6
    gold.write_text(json.dumps(content), "utf-8")
    with pytest.raises(AnnotationError, match="leaves the document's text"):
        load_sheet(gold, None, Settings())


@pytest.mark.parametrize("text", ["{", "[]", '{"document": "x"}'])
def test_what_is_no_gold_is_refused(text: str, tmp_path: Path):
    path = tmp_path / "bad.standoff.json"
    path.write_text(text)
    with pytest.raises(AnnotationError, match="not a standoff file"):
        load_gold(path)
    with pytest.raises(AnnotationError, match="missing"):
        load_gold(tmp_path / "none.standoff.json")


def test_three_systems_on_the_same_gold(gold: Path, tiny_settings: Settings):
    results, sheets = evaluate(gold, None, tiny_settings)
    assert [result.system for result in results] == [
        "model",
        "model, countries and figures masked",
        "zero-shot",
        "keywords",
    ]
    for result in results:
        assert all(0 <= value <= 1 for scores in result.scores.values() for value in scores.values())
    assert [result.role_accuracy is None for result in results] == [False, False, True, True]
    changed = replace(sheets[0], gold=Gold.model_validate({**sheets[0].gold.model_dump(), "annotators": 1}))
    assert digest_of(sheets) != digest_of([changed])


# --- training annotations


def test_blind_labels_count_before_the_writers_own(tmp_path: Path):
    document = {"doc_id": "D1", "title": None, "genre": "x", "body": None, "year": None, "language": "en"}
    document |= {"author": "A", "family": None, "original_language": None}
    passage = {
        "passage_id": "D1.0",
        "document": "D1",
        "kind": "paragraph",
        "section": [],
        "implementer": None,
        "text": "A.",
    }
    label = {"passage_id": "D1.0", "role": "activity", "treatment": "done", "activities": [], "sure": True}
    label["guidelines"] = 1
    labels = [
        {**label, "annotator": "w", "round": "writer", "objectives": [1]},
        {**label, "annotator": "b", "round": "blind", "objectives": [2, 3]},
        {**label, "annotator": "c", "round": "blind", "objectives": [2]},
    ]
    for name, rows in {"documents": [document], "passages": [passage], "labels": labels}.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (found,) = load_training(tmp_path)
    assert found.targets == {"objective:2": 1.0, "objective:3": 0.5}
    assert (found.role, found.family) == ({"activity": 1.0}, "D1")
    (tmp_path / "labels.jsonl").write_text(json.dumps({**labels[0], "passage_id": "D1.9"}) + "\n")
    with pytest.raises(AnnotationError, match=r"labels without a passage: D1\.9"):
        load_training(tmp_path)
    (tmp_path / "labels.jsonl").write_text(json.dumps({**labels[0], "role": "singer"}) + "\n")
    with pytest.raises(AnnotationError, match=r"labels\.jsonl:1: role"):
        load_training(tmp_path)


def test_a_passage_of_no_document_is_named(annotations: Path, tmp_path: Path):
    for name in ("passages", "labels"):
        (tmp_path / f"{name}.jsonl").write_text((annotations / f"{name}.jsonl").read_text("utf-8"), "utf-8")
    (tmp_path / "documents.jsonl").write_text("")
    with pytest.raises(AnnotationError, match="passages without a document: "):
        load_training(tmp_path)
