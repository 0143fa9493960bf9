"""The tools of the annotation folder: formats there and back, adjudication, splits, copied words, goals."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from nlp.annotations import Annotations, LabelRow, LabelSet, load_annotations, load_gold
from nlp.annotations.counts import Decided, Goals, adjudicators, hard_negative, measure
from nlp.annotations.exchange import FORMATS, Item, Marks, items, read_items, to_labels, write_items
from nlp.annotations.faults import digest, find_faults
from nlp.annotations.overlap import Names, near_duplicates, shared_runs
from nlp.annotations.pool import leads_in
from nlp.annotations.rows import append_labels
from nlp.annotations.splits import check_splits, split
from nlp.cli import app
from nlp.errors import AnnotationError, UsageError
from nlp.pipeline import read_structured, surroundings
from nlp.program import load_program
from nlp.records import TREATMENTS, Span
from nlp.settings import Settings

PROGRAM = load_program()
TEXTS = {
    "A-1.000": "The consulate in Lagoa Clara opened a window for nationals who lost their papers on the river.",
    "A-1.001": "=Zona 4; -12 casos, «sí»",
    "B-1.000": "O consulado em Lagoa Clara abriu um balcão para quem perdeu os documentos no rio.",
    "C-1.000": "No act was carried out in the district this year because the boat had no engine.",
}


def write_folder(folder: Path, labels: list[dict[str, Any]], texts: dict[str, str] = TEXTS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    documents = sorted({key.rsplit(".", 1)[0] for key in texts})
    blank = dict.fromkeys(("title", "body", "year", "original_language"))
    rows: dict[str, list[dict[str, Any]]] = {"labels": labels, "documents": [], "passages": []}
    for name in documents:
        family = "L" if name in ("A-1", "B-1") else None
        about = {
            "genre": "report",
            "language": "pt" if name[0] == "B" else "en",
            "author": "C" if name[0] == "C" else "A",
        }
        rows["documents"].append({**blank, "doc_id": name, "family": family, **about})
    for key, text in texts.items():
        place = {"kind": "paragraph", "section": ["Annual report", "Consulates"], "implementer": None}
        rows["passages"].append({"passage_id": key, "document": key.rsplit(".", 1)[0], "text": text, **place})
    for name, content in rows.items():
        path = folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content), "utf-8")
    return folder


def label(key: str, annotator: str, objectives: list[int], activities: list[int], **more: Any) -> dict[str, Any]:
    said = {"role": "activity", "treatment": "done", "objectives": objectives, "activities": activities, "sure": True}
    return {"passage_id": key, "annotator": annotator, "round": "blind", "guidelines": 1, **said, **more}


NOTHING = {"role": "background", "treatment": None}
LABELS = [
    label("A-1.000", "x", [17], [48]),
    label("A-1.000", "y", [17], [49]),
    label("A-1.001", "x", [], [], **NOTHING),
    label("A-1.001", "y", [], [], **NOTHING),
    label("B-1.000", "x", [17, 2], [48]),
    label("B-1.000", "y", [17, 2], [48]),
    label("C-1.000", "x", [], [], **NOTHING),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "set", LABELS)


numbers = lambda top: st.lists(st.integers(1, top), max_size=3, unique=True).map(tuple)  # noqa: E731
line = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(str.strip)
activity = st.builds(
    Marks, st.just("activity"), st.sampled_from(TREATMENTS), numbers(20), numbers(100), st.booleans(), st.just("why")
)
other = st.builds(Marks, st.sampled_from(["background", "heading"]), sure=st.booleans(), reason=st.just("why"))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None)
@given(marks=st.lists(activity | other, min_size=1, max_size=4), texts=st.lists(line, min_size=4, max_size=4))
def test_formats_there_and_back(
    name: str, marks: list[Marks], texts: list[str], tmp_path_factory: pytest.TempPathFactory
):
    out = tmp_path_factory.mktemp("there") / f"out.{name}"
    sent = [Item(f"X-{i}", text, mark) for i, (text, mark) in enumerate(zip(texts, marks, strict=False))]
    write_items(out, name, sent, PROGRAM)
    back = read_items(out, name)
    assert [(item.passage_id, item.marks) for item in back] == [(item.passage_id, item.marks) for item in sent]
    assert [" ".join(str(item.text).split()) for item in back] == [" ".join(str(item.text).split()) for item in sent]


@pytest.mark.parametrize("name", FORMATS)
def test_labels_survive_the_trip_and_fit_the_folder_again(name: str, folder: Path, tmp_path: Path):
    read = load_annotations(folder)
    given_ = {key: read.counted(key)[0] for key in read.passages}
    write_items(tmp_path / "out", name, items(read, given_, lambda key: Marks.of(given_[key])), PROGRAM)
    rows = to_labels(read_items(tmp_path / "out", name), read, PROGRAM.targets, "x", "blind", 1)
    assert rows == list(given_.values())


def test_what_label_studio_saves_is_read(folder: Path):
    # As its JSON export looks: more fields than we wrote, a cancelled annotation, choices in the order of clicks.
    result = [
        {"id": "q", "from_name": "objective", "type": "choices", "value": {"choices": ["objective:17", "objective:2"]}},
        {"id": "r", "from_name": "role", "type": "choices", "value": {"choices": ["role:activity"]}},
        {"id": "s", "from_name": "treatment", "type": "choices", "value": {"choices": ["treatment:planned"]}},
        {"id": "t", "from_name": "certainty", "type": "choices", "value": {"choices": ["unsure"]}},
    ]
    second = [{"from_name": "role", "type": "choices", "value": {"choices": ["role:background"]}}, {"type": "relation"}]
    task = {"id": 7, "data": {"passage_id": "A-1.000", "text": TEXTS["A-1.000"]}, "predictions": [], "annotations": [
        {"id": 1, "completed_by": 2, "result": result, "was_cancelled": False, "lead_time": 3.1},
        {"id": 2, "completed_by": {"id": 3, "email": "x"}, "result": second},
        {"id": 3, "completed_by": 3, "result": []},
        {"id": 4, "completed_by": 3, "result": result, "was_cancelled": True},
    ]}  # fmt: skip
    path = folder / "export.json"
    path.write_text(json.dumps([task]), "utf-8")
    found = read_items(path, "label-studio")
    assert [(item.by, item.marks.role) for item in found] == [("2", "activity"), ("3", "background")]
    row, _ = to_labels(found, load_annotations(folder), PROGRAM.targets, "z", "blind", 2)
    assert (row.objectives, row.treatment, row.sure, row.guidelines) == ((17, 2), "planned", False, 2)
    command = ["annotations", "import", str(path), "--annotator", "z", "--guidelines", "2", "-f", "label-studio"]
    command.insert(3, str(folder))
    with pytest.raises(AnnotationError, match="labelled by several: 2, 3"):
        CliRunner().invoke(app, command, catch_exceptions=False)
    assert CliRunner().invoke(app, [*command, "--by", "3"]).exit_code == 0
    assert [label.role for label in load_annotations(folder).blind("A-1.000") if label.annotator == "z"] == [
        "background"
    ]


def test_the_interface_offers_every_label(tmp_path: Path):
    from lxml import etree

    _, beside = write_items(tmp_path / "tasks.json", "label-studio", [], PROGRAM)
    values = set(etree.parse(beside).xpath("//Choice/@value"))
    assert values >= {*PROGRAM.targets, "role:heading", "treatment:mention", "unsure"}


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_no_cell_is_a_formula(name: str, tmp_path: Path):
    text = "=HYPERLINK(1)"
    out = tmp_path / f"out.{name}"
    write_items(out, name, [Item("A", text, section=("@SUM(1)", "x"))], PROGRAM)
    if name == "csv":
        assert ",=" not in out.read_text() and ",@" not in out.read_text()
    else:
        from openpyxl import load_workbook

        cells = [cell for row in load_workbook(out).active.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert read_items(out, name)[0].text == text


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"passage_id": "Z-9"}, "no such passage"),
        ({"text": "Another text."}, "changed"),
        ({"marks": Marks("activity", "done", (21,))}, "not in the codebook"),
        ({"marks": Marks("activity", None, (2,))}, "treatment"),
        ({"marks": Marks("activity", "done", (2, 2))}, "twice"),
    ],
)
def test_labels_that_do_not_fit_are_refused(change: dict[str, Any], complaint: str, folder: Path):
    item = Item(**{"passage_id": "A-1.000", "text": TEXTS["A-1.000"], "marks": Marks("heading"), **change})
    with pytest.raises(AnnotationError, match=complaint):
        to_labels([item], load_annotations(folder), PROGRAM.targets, "z", "blind", 1)


def test_disagreements_are_decided_through_a_sheet(folder: Path, tmp_path: Path):
    sheet, run = tmp_path / "open.csv", CliRunner().invoke
    assert run(app, ["annotations", "adjudicate", str(folder), "--out", str(sheet)]).exit_code == 0
    (open_,) = read_items(sheet, "csv")
    assert open_.passage_id == "A-1.000" and open_.marks.role is None
    assert "activity:48" in sheet.read_text() and "activity:49" in sheet.read_text()
    decided = Item(open_.passage_id, open_.text, Marks("activity", "standing", (17,), (48,), True, "4.11: papers"))
    write_items(sheet, "csv", [decided], PROGRAM)
    command = ["annotations", "adjudicate", str(folder), "--apply", str(sheet), "--guidelines", "2"]
    with pytest.raises(UsageError, match="--annotator"):
        run(app, command, catch_exceptions=False)
    command += ["--annotator", "adjudicator"]
    assert run(app, command).exit_code == run(app, command).exit_code == 0  # the second time adds nothing
    read = load_annotations(folder)
    (held,) = read.counted("A-1.000")
    assert (held.activities, held.reason, held.round, held.guidelines) == ((48,), "4.11: papers", "adjudicated", 2)
    assert len(read.blind("A-1.000")) == 2
    assert adjudicators(read) == [Decided("adjudicator", 2, 1, 1)]  # "standing" is new
    write_items(sheet, "csv", [replace(decided, marks=Marks("heading", reason="other"))], PROGRAM)
    with pytest.raises(AnnotationError, match="other labels"):
        run(app, command, catch_exceptions=False)
    with pytest.raises(UsageError, match="there already"):
        run(app, ["annotations", "adjudicate", str(folder), "--out", str(sheet)], catch_exceptions=False)


def test_a_passage_is_read_again_when_a_rule_changed(folder: Path, tmp_path: Path):
    command = ["annotations", "adjudicate", str(folder), "--reread", "activity:48", "--out", str(tmp_path / "q.csv")]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert [item.passage_id for item in read_items(tmp_path / "q.csv", "csv")] == ["A-1.000", "B-1.000"]


def test_nothing_is_appended_when_one_label_does_not_fit(folder: Path):
    before = (folder / "labels.jsonl").read_bytes()
    good = LabelRow.model_validate(label("C-1.000", "y", [], [], **NOTHING))
    for bad in (label("C-1.000", "x", [1], []), label("Q", "y", [], [], **NOTHING)):
        with pytest.raises(AnnotationError):
            append_labels(folder, [good, LabelRow.model_validate(bad)])
        assert (folder / "labels.jsonl").read_bytes() == before
    assert append_labels(folder, [good]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"round": "adjudicated"},
        {"reason": "because"},
        {"treatment": None},
        {"role": "heading"},
        {"objectives": [1, 2, 3, 4]},
        {"round": "second"},
    ],
)
def test_a_row_of_labels_is_whole(change: dict[str, Any]):
    with pytest.raises(ValueError, match=r"."):
        LabelRow.model_validate({**label("A", "x", [1], [1]), **change})


def many(authors: dict[str, dict[str, int]]) -> Annotations:
    from nlp.annotations.rows import DocumentRow, PassageRow

    documents, passages = {}, {}
    for author, languages in authors.items():
        for language, count in languages.items():
            key = f"{author}-{language}"
            documents[key] = DocumentRow(
                doc_id=key, title=None, genre="x", body=None, year=None, language=language, author=author,
                family=author, original_language=None,
            )  # fmt: skip
            for number in range(count):
                name = f"{key}.{number:03d}"
                passages[name] = PassageRow(
                    passage_id=name, document=key, kind="paragraph", section=(), implementer=None, text="x"
                )
    return Annotations(documents, passages, {})


@given(
    st.dictionaries(
        st.sampled_from([f"W{n}" for n in range(30)]),
        st.dictionaries(st.sampled_from(["en", "es", "pt", "fr"]), st.integers(1, 40), min_size=1),
        min_size=4,
    ),
    st.integers(1, 29),
)
def test_no_author_or_family_is_on_two_sides_and_old_ones_stay(authors: dict[str, dict[str, int]], later: int):
    first = many(dict(list(authors.items())[:-1]))
    rows = split(first)
    check_splits(first, rows, Path("splits.jsonl"))
    grown = many(authors)
    again = split(grown, rows)
    check_splits(grown, again, Path("splits.jsonl"))
    assert {row.doc_id: row.part for row in again}.items() >= {row.doc_id: row.part for row in rows}.items()


def test_a_torn_split_is_a_fault(folder: Path):
    assert CliRunner().invoke(app, ["annotations", "split", str(folder)]).exit_code == 0
    path = folder / "splits.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[0]["part"] = "test" if rows[0]["part"] != "test" else "dev"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [fault.reason for fault in find_faults(load_annotations(folder), folder, PROGRAM, {})] == [
        "author in two parts: A"
    ]


def test_eight_words_in_a_row_are_copied_and_names_count_as_one():
    texts = {"a": "one two three four five six seven eight nine", "b": "zero one two three four five six seven eight"}
    assert [row.run for row in shared_runs(texts, {}, Names(()))] == ["one two three four five six seven eight"]
    assert shared_runs(texts, {}, Names(["Two Three"])) == []
    (row,) = shared_runs({"a": texts["a"]}, {"law": texts["b"]}, Names(()))
    assert (row.places, row.other) == (("a",), "law")


@given(
    st.lists(st.sampled_from("abcd"), max_size=30),
    st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4), max_size=4),
)
def test_folding_names_loses_no_word(words: list[str], names: list[list[str]]):
    folded = Names(" ".join(name) for name in names).fold(words)
    assert "_".join(folded).split("_") == words if words else folded == []


def test_near_duplicates():
    text = "the hostel by the bus station gave beds to forty two women and their children in march"
    twins = {
        "a": text,
        "b": text.replace("march", "april"),
        "c": "a law on consular cards passed its second reading in the senate",
    }
    assert near_duplicates(twins) == [("a", "b")]


def test_a_frozen_set_that_changed_is_a_fault(folder: Path):
    (folder / "frozen.sha256").write_text(digest(folder) + "\n")
    read = load_annotations(folder)
    assert find_faults(read, folder, PROGRAM, {}) == []
    (folder / "labels.jsonl").write_bytes((folder / "labels.jsonl").read_bytes()[:-1])
    assert ["frozen" in fault.reason for fault in find_faults(read, folder, PROGRAM, {})] == [True]


def test_check_names_what_was_copied(folder: Path, tmp_path: Path):
    (tmp_path / "law.txt").write_text("He said: no act was carried out in the district this year.", "utf-8")
    result = CliRunner().invoke(app, ["annotations", "check", str(folder), "--against", str(tmp_path)])
    assert isinstance(result.exception, AnnotationError)
    assert "C-1.000" in result.output
    for place, complaint in ((tmp_path / "nowhere", "no annotations"), (tmp_path / "law.txt", "1 faults")):
        with pytest.raises(AnnotationError, match=complaint):
            CliRunner().invoke(
                app, ["annotations", "check", str(folder), "--against", str(place)], catch_exceptions=False
            )


def test_goals(folder: Path):
    read = load_annotations(folder)
    goals = Goals(
        passages=4, languages={"pt": 0.3}, families=1, positives={"objective": 1}, hard_negatives=1, blind_readings=2
    )
    scores = {score.name: score for score in measure(read, goals, ("objective:2", "objective:17"))}
    assert scores["labelled passages"].met and scores["parallel families"].met and not scores["share of pt"].met
    assert scores["positives of the rarest objective (objective:2)"].counted == 1
    assert scores["share read blind 2 times"].counted == 0.75
    assert scores["share of disagreements adjudicated"].counted == 0
    assert [key for key, row in read.passages.items() if hard_negative(read, row)] == ["C-1.000"]


def test_documents_of_a_run_are_labelled_and_kept_without_their_text(tmp_path: Path):
    text = "Annual report\n\nThe consulate issued nine hundred cards.\n"
    run, work, kept = tmp_path / "run", tmp_path / "work", tmp_path / "kept"
    (run / "text").mkdir(parents=True)
    (run / "text" / "d.txt").write_text(text, "utf-8")
    document = {"document_id": "d", "inputs": ["in/law.txt"], "title": None, "kind": "report", "language": "en"}
    rows = [
        {"passage_id": key, "document_id": "d", "start": start, "end": end, "section": [], "kind": "paragraph"}
        for key, start, end in (("p1", 0, 13), ("p2", 15, 55))
    ]
    nobody = {"implementer": None, "implementer_text": None}
    (run / "documents.jsonl").write_text(json.dumps({**document, "text_file": "text/d.txt"}) + "\n")
    (run / "passages.jsonl").write_text("".join(json.dumps({**row, **nobody}) + "\n" for row in rows))
    invoke = CliRunner().invoke
    assert invoke(app, ["annotations", "from-run", str(run), str(work)]).exit_code == 0
    assert load_annotations(work).passages["p2"].text == text[15:55]
    with pytest.raises(AnnotationError, match="annotations already"):
        invoke(app, ["annotations", "from-run", str(run), str(work)], catch_exceptions=False)
    command = ["annotations", "to-standoff", str(work), "--run", str(run), "--out", str(kept)]
    with pytest.raises(AnnotationError, match="2 passages without labels"):
        invoke(app, command, catch_exceptions=False)
    heading = {"role": "heading", "treatment": None}
    said = [label("p1", "x", [], [], **heading), label("p2", "x", [17], [48]), label("p2", "y", [17, 2], [48])]
    append_labels(work, [LabelRow.model_validate(row) for row in said])
    assert invoke(app, command).exit_code == 0
    gold = load_gold(kept / "law.standoff.json")
    assert (gold.sha256, [unit.span for unit in gold.units]) == ("d", [Span(0, 13), Span(15, 55)])
    assert gold.units[1].objectives == LabelSet(required=(17,), permitted=(2,))
    assert gold.units[1].treatment == ("done",)
    assert "consulate" not in (kept / "law.standoff.json").read_text()


@pytest.mark.parametrize("change", [{"treatment": "done"}, {"objectives": (17,)}, {"reason": "a word"}])
def test_marks_without_a_role_are_not_lost_silently(change: dict[str, Any], folder: Path):
    item = Item("A-1.000", TEXTS["A-1.000"], replace(Marks(), **change))
    with pytest.raises(AnnotationError, match="without a role"):
        to_labels([item], load_annotations(folder), PROGRAM.targets, "z", "blind", 1)


def test_labels_that_hold_do_not_come_back_as_a_blind_reading(tmp_path: Path):
    texts = {f"A-1.{n:03d}": f"The consulate handed out card number {n} of the year to its owner." for n in range(25)}
    folder = write_folder(tmp_path / "set", [label(key, "x", [17], [48]) for key in texts], texts)
    sheet = tmp_path / "all.csv"
    command = ["annotations", "export", str(folder), "--labels", "counted", "--out", str(sheet)]
    assert CliRunner().invoke(app, command).exit_code == 0
    back = ["annotations", "import", str(sheet), str(folder), "--annotator", "z", "--guidelines", "1"]
    with pytest.raises(AnnotationError, match="holds already"):
        CliRunner().invoke(app, back, catch_exceptions=False)
    changed = [replace(item, marks=replace(item.marks, activities=(49,))) for item in read_items(sheet, "csv")]
    write_items(sheet, "csv", changed, PROGRAM)
    assert CliRunner().invoke(app, back).exit_code == 0


def test_a_sheet_that_a_spreadsheet_saved_is_read(tmp_path: Path):
    rows = [
        "passage_id;text;role;treatment;objectives;activities;sure;reason",
        "A;=x;activity;done;17.0, 2;48;no;",
        ";;;;;;;",
        "",
    ]
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join(rows), "utf-8-sig")
    (item,) = read_items(path, "csv")
    assert item.marks == Marks("activity", "done", (17, 2), (48,), sure=False)
    path.write_text(path.read_text("utf-8-sig").replace(";no;", ";quizás;"), "cp1252")
    with pytest.raises(AnnotationError, match="UTF-8"):
        read_items(path, "csv")
    path.write_text("\n".join(rows).replace(";no;", ";maybe;"))
    with pytest.raises(AnnotationError, match="A: sure is 'maybe'"):
        read_items(path, "csv")
    path.write_text("passage_id,text\nA,x\n")
    with pytest.raises(AnnotationError, match="no column role"):
        read_items(path, "csv")


def test_a_frozen_folder_takes_no_labels_and_a_lost_line_end_glues_none(folder: Path):
    labels = folder / "labels.jsonl"
    labels.write_bytes(labels.read_bytes().rstrip(b"\n"))
    row = LabelRow.model_validate(label("C-1.000", "y", [], [], **NOTHING))
    assert append_labels(folder, [row]) == 1
    assert len(load_annotations(folder).blind("C-1.000")) == 2
    (folder / "frozen.sha256").write_text(digest(folder) + "\n")
    with pytest.raises(AnnotationError, match="frozen"):
        append_labels(folder, [LabelRow.model_validate(label("C-1.000", "z", [], [], **NOTHING))])


def test_authors_of_one_text_go_together():
    read = many({"A": {"en": 30}, "B": {"es": 20}, "C": {"pt": 10}, "D": {"fr": 9}})
    shared = {key: row.model_copy(update={"family": "one"}) for key, row in read.documents.items() if key[0] in "BD"}
    read = Annotations({**read.documents, **shared}, read.passages, {})
    rows = split(read)
    part = {row.author: row.part for row in rows}
    assert part["B"] == part["D"]
    check_splits(read, rows, Path("splits.jsonl"))
    other = next(name for name in ("train", "dev", "test") if name != part["B"])
    torn = [row.model_copy(update={"part": other}) if row.author == "D" else row for row in rows]
    with pytest.raises(AnnotationError, match="share a family"):
        split(read, torn)


def test_what_leads_a_list_in_is_the_same_in_training_as_in_a_report(folder: Path, tmp_path: Path):
    lines = ["The consulate did this:", "- It issued cards.", "- It visited camps.", "It closed.", "- It reopened."]
    read = load_annotations(folder)
    row = read.passages["A-1.000"]
    kinds = ("paragraph", "list_item", "list_item", "paragraph", "list_item")
    passages = {
        f"A-1.{n}": row.model_copy(update={"passage_id": f"A-1.{n}", "text": line.removeprefix("- "), "kind": kind})
        for n, (line, kind) in enumerate(zip(lines, kinds, strict=True))
    }
    taught = [*leads_in(replace(read, passages=passages)).values()]
    report = tmp_path / "report.txt"
    report.write_text("\n\n".join(lines), "utf-8")
    structured = read_structured(report, Settings.load())
    assert [passage.kind for passage in structured.passages] == [*kinds]
    assert [place.lead_in for place in surroundings(structured, PROGRAM)] == taught
    assert taught == ["", lines[0], lines[0], "", ""]
