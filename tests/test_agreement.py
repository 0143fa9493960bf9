"""Agreement between annotators: textbook values, and the tables of an annotation folder."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nlp.agreement import Alpha, agreement, by_label, masi, nominal
from nlp.annotations import load_annotations
from nlp.annotations.counts import count_labels
from nlp.annotations.select import only, select
from nlp.audit import audit
from nlp.cli import app
from nlp.encode.embed import HashEmbedder
from nlp.errors import AnnotationError, UsageError
from nlp.learners import Recipe
from nlp.program import load_program


def test_alpha_of_the_textbook():
    # K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), part C: nominal alpha 0.743.
    rows = ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."]
    units = [
        tuple(value for value in unit if value != ".") for unit in zip(*(row.split() for row in rows), strict=True)
    ]
    assert Alpha(units, nominal).value() == pytest.approx(0.743, abs=0.0005)


def test_alpha_of_perfect_and_reversed_answers():
    assert Alpha([("a", "a"), ("b", "b")], nominal).value() == 1
    assert Alpha([("a", "b"), ("b", "a")], nominal).value() < 0


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ({1, 2}, {1, 2}, 0),
        ({1, 2}, {1}, 2 / 3),
        ({1, 2}, {2, 3}, 8 / 9),
        ({1}, {2}, 1),
        (set(), set(), 0),
        (set(), {1}, 1),
    ],
)
def test_masi(a: set[int], b: set[int], distance: float):
    assert masi(frozenset(a), frozenset(b)) == pytest.approx(distance)


LABELS = [("p1", "w", "writer", [3], [5]), ("p1", "a", "blind", [4], [5]), ("p1", "b", "blind", [4], [6])]
LABELS += [("p2", "a", "blind", [4], []), ("p2", "b", "blind", [4, 6], []), ("p3", "a", "blind", [9], [])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    document = {"doc_id": "d", "title": None, "genre": "report", "body": None, "year": None, "language": "en"}
    rows = {"documents": [{**document, "author": "x", "family": None, "original_language": None}]}
    rows["passages"] = [
        {
            "passage_id": p,
            "document": "d",
            "kind": "paragraph",
            "section": [],
            "implementer": None,
            "text": f"Text {p}.",
        }
        for p in ("p1", "p2", "p3")
    ]
    keys = ("passage_id", "annotator", "round", "objectives", "activities")
    extra = {"role": "activity", "treatment": "done", "sure": True, "guidelines": 1}
    rows["labels"] = [{**dict(zip(keys, row, strict=True)), **extra} for row in LABELS]
    for name, content in rows.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content), "utf-8")
    return tmp_path


def test_agreement_of_blind_annotators(folder: Path):
    found = {row.name: row for row in agreement(load_annotations(folder))}
    assert found["role"].units == 2 and found["role"].alpha == 1
    assert found["objectives"].f1 == pytest.approx(2 * 2 / 5, abs=0.001)  # 4 and 4, then 4 and 4 6: two shared of five
    assert found["activities"].f1 == 0
    assert {row.name: row.units for row in agreement(load_annotations(folder), "writer")}["role"] == 1


def test_confused_labels(folder: Path):
    rows = {row.target: row for row in by_label(load_annotations(folder))}
    assert rows["objective:4"].f1 == 1 and rows["activity:5"].f1 == 0
    assert rows["activity:5"].swapped_with == (("activity:6", 1),)
    assert "objective:3" not in rows  # only the writer gave it
    writers = {row.target: row for row in by_label(load_annotations(folder), "writer")}
    assert writers["objective:3"].swapped_with == (("objective:4", 1),)


def test_one_document_has_no_interval(folder: Path):
    assert {row.alpha_interval for row in agreement(load_annotations(folder))} == {None}


def test_a_part_of_the_folder(folder: Path):
    read = load_annotations(folder)
    assert list(select(read, sample=1).passages) in (["p1"], ["p2"])
    assert select(read, guidelines=2).labels == {} and select(read, authors={"y"}).passages == {}
    assert set(only(read, ["p3"]).labels) == {"p3"}
    result = CliRunner().invoke(app, ["annotations", "agree", str(folder), "--author", "nobody"])
    assert isinstance(result.exception, UsageError)


def test_counts(folder: Path):
    counts = count_labels(load_annotations(folder))
    assert counts["blind readings"] == {"1": 1, "2": 2}
    assert counts["targets"] == {
        "objective:4": 2,
        "objective:6": 0.5,
        "objective:9": 1,
        "activity:5": 0.5,
        "activity:6": 0.5,
    }


def test_a_second_labelling_by_the_same_annotator_is_refused(folder: Path):
    path = folder / "labels.jsonl"
    path.write_text(path.read_text("utf-8") + path.read_text("utf-8").splitlines()[1] + "\n", "utf-8")
    with pytest.raises(AnnotationError, match="labelled twice"):
        load_annotations(folder)


@pytest.mark.parametrize("command", ["check", "stats", "agree"])
def test_commands(command: str, folder: Path):
    result = CliRunner().invoke(app, ["annotations", command, str(folder)])
    assert result.exit_code == 0, result.output
    assert result.output.strip()


def test_audit_finds_a_label_that_was_swapped(tmp_path: Path):
    documents, passages, labels = [], [], []
    texts = {"remittance fees fall at the counter": ([19], [54]), "the consul visits the detained": ([17], [49])}
    for author in ("x", "y", "z"):
        for number, text in enumerate(list(texts) * 12):
            key = f"{author}{number}"
            blank = dict.fromkeys(("title", "body", "year", "family", "original_language"))
            documents.append({**blank, "doc_id": key, "genre": "report", "language": "en", "author": author})
            place = {"kind": "paragraph", "section": [], "implementer": None}
            passages.append({"passage_id": key, "document": key, **place, "text": f"{text} {number}"})
            objectives, activities = texts[text if key != "y3" else next(iter(texts))]
            given = {
                "objectives": objectives,
                "activities": activities,
                "treatment": "done",
                "sure": True,
                "guidelines": 1,
            }
            labels.append({"passage_id": key, "annotator": "a", "round": "blind", "role": "activity", **given})
    for name, rows in (("documents", documents), ("passages", passages), ("labels", labels)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    doubts = audit(load_annotations(tmp_path), load_program(), HashEmbedder(), Recipe("hash", strength=1.0, folds=3))
    assert {doubt.passage_id for doubt in doubts} == {"y3"}
    assert {(doubt.target, doubt.kind) for doubt in doubts} >= {("objective:17", "missing")}
