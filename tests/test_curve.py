"""The learning curve, on a folder where the first reader mistook one label for another."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nlp.annotations import load_annotations
from nlp.cli import app
from nlp.curve import curve
from nlp.encode.embed import HashEmbedder
from nlp.errors import AnnotationError
from nlp.learners import Recipe
from nlp.program import load_program
from nlp.settings import Settings
from nlp.sheets import load_sheets, sheet_of

FEES, CONSUL = ("remittance fees fall at the counter", 19, 54), ("the consul visits the detained", 17, 49)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows: dict[str, list[dict[str, object]]] = {"documents": [], "passages": [], "labels": []}
    blank = dict.fromkeys(("title", "body", "year", "original_language", "family"))
    for author in "abcdefgh":
        for number in range(6):
            key = f"{author}{number}"
            rows["documents"].append({**blank, "doc_id": key, "genre": "x", "language": "en", "author": author})
            for place, (text, objective, activity) in enumerate((FEES, CONSUL)):
                passage = {"passage_id": f"{key}.{place}", "document": key, "kind": "paragraph", "section": []}
                rows["passages"].append({**passage, "implementer": None, "text": f"{text} {number}"})
                row = {"passage_id": f"{key}.{place}", "guidelines": 1, "sure": True}
                row |= {"role": "activity", "treatment": "done", "objectives": [objective], "activities": [activity]}
                wrong = {"objectives": [CONSUL[1]], "activities": [CONSUL[2]]}
                rows["labels"] += [
                    {**row, **wrong, "annotator": "first", "round": "blind"},
                    {**row, "annotator": "second", "round": "blind"},
                    {**row, "annotator": "judge", "round": "adjudicated", "reason": "the text says so"},
                ]
    for name, content in rows.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content), "utf-8")
    assert CliRunner().invoke(app, ["annotations", "split", str(tmp_path)]).exit_code == 0
    return tmp_path


def test_better_labels_and_more_documents_show(folder: Path):
    outside = load_sheets(folder, None, Settings())[0]
    points, labels = curve(
        folder, {"outside": outside}, load_program(), HashEmbedder(), Recipe(strength=1.0), shares=(0.5, 1.0)
    )
    assert [(p.opinion, p.share) for p in points] == [(o, s) for o in ("first", "second", "counted") for s in (0.5, 1)]
    assert points[0].passages < points[1].passages == points[5].passages
    f1 = {(p.opinion, p.share): p.results["test part"].scores["activities"]["f1_micro"] for p in points}
    assert f1["first", 1.0] < 0.7 < f1["counted", 1.0]
    by_target = {label.target: label for label in labels}
    assert by_target["activity:54"].f1_all == 1 and by_target["activity:54"].learnt > 0
    assert by_target["activity:1"].tested == 0
    assert by_target["activity:54"].f1_half is not None
    outside_f1 = {p.opinion: p.results["outside"].scores["activities"]["f1_micro"] for p in points}
    assert outside_f1["first"] < outside_f1["counted"]


def test_a_share_lies_between_nothing_and_all(folder: Path):
    with pytest.raises(AnnotationError, match=r"\(0, 1\]"):
        curve(folder, {}, load_program(), HashEmbedder(), Recipe(), shares=(0.0,))


def test_no_curve_without_a_split(folder: Path):
    (folder / "splits.jsonl").unlink()
    with pytest.raises(AnnotationError, match="evmap annotations split"):
        curve(folder, {}, load_program(), HashEmbedder(), Recipe())


def test_a_folder_becomes_a_sheet(folder: Path):
    read = load_annotations(folder)
    sheet = sheet_of(read, folder, ["a0.0", "a0.1"])
    assert [unit.activities.required for unit in sheet.units] == [(54,), (49,)]
    assert sheet.gold.agreement["activities_f1"] == 0.5
    (folder / "labels.jsonl").write_text("")
    with pytest.raises(AnnotationError, match="without labels"):
        sheet_of(load_annotations(folder), folder)
