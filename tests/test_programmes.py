"""Another programme by data alone: begun, checked, mapped zero-shot, trained, shown; the shipped one stays."""

import csv
import functools
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import Command, evmap  # noqa: F401 - a fixture

import nlp
from nlp.agreement import between
from nlp.annotations import load_annotations
from nlp.annotations.faults import find_faults
from nlp.classify.heads import ZERO_SHOT
from nlp.classify.lanes import Cut, Lanes, decide
from nlp.classify.unseen import kind_of
from nlp.classify.zero_shot import VIEWS, Estimate, LabelViews, fit_estimate
from nlp.encode.embed import HashEmbedder
from nlp.errors import CodebookError, ModelError
from nlp.learners import Recipe
from nlp.pipeline import Mapper
from nlp.program import Program, check_program, label_text, load_program, recorded_program, shipped_programs, using
from nlp.program.loading import examine
from nlp.settings import Settings
from nlp.structure.bodies import heading_body
from nlp.structure.official import parse
from nlp.structure.segment import structure
from nlp.train import train

ROOT = Path(__file__).resolve().parent.parent
GCM = ROOT / "annotations" / "gcm"
DIGEST = "75b868abd2e9b872e520fe5dbe0afefb8a43ca85a014ee4af1c28345f8bbfffb"
LABELS_DIGEST = "ab8cbb0b7dbcd5f5f1bd079537a8dc735ce66dcd475d46a422e1eaac887f8f97"
MATTERS = {
    1: ("Wells and clean water", "Pozos y agua limpia", ["clean water", "village well", "water pump"]),
    2: ("Bridges over the river", "Puentes sobre el río", ["wooden bridge", "river crossing", "bridge keeper"]),
    3: ("Bees and their keepers", "Abejas y apicultores", ["bee hive", "beekeeper", "honey harvest"]),
}
REPORT = """# Report of the valley

The council dug a village well in the upper valley and repaired the water pump, so that clean water reaches the school.

The river crossing was closed for three weeks while the bridge keeper renewed the planks of the wooden bridge.

Every beekeeper received a bee hive; the honey harvest was twice that of last year.
"""
TIED = re.compile(r"objective:20\b|activity:100\b|\b120 (?:targets|labels)|\(n, 120\)|\b20 objectives|\b100 activities")


def fill(folder: Path, languages: tuple[str, ...] = ("en", "es")) -> None:
    """Fill in a programme that was begun with three objectives."""
    path = folder / "objectives.yaml"
    rows = yaml.safe_load(path.read_text("utf-8"))
    for row in rows:
        english, spanish, terms = MATTERS[row["id"]]
        titles = {"en": english, "es": spanish}
        row |= {"title": {code: titles[code] for code in languages}}
        row |= {"counts": {code: f"{titles[code]}: {', '.join(terms)}." for code in languages}}
        row |= {"excludes": dict.fromkeys(languages, "-"), "terms": dict.fromkeys(languages, terms)}
    path.write_text(yaml.safe_dump(rows, allow_unicode=True), "utf-8")


@pytest.fixture
def valley(tmp_path: Path, evmap: Command) -> Path:  # noqa: F811
    """A programme of three objectives in two languages, without anything else."""
    folder = tmp_path / "valley"
    assert evmap("program", "new", folder, "--id", "valley", "--title", "Valley plan", "--objectives", 3,
                 "--languages", "en,es").code == 0  # fmt: skip
    fill(folder)
    return folder


def test_the_shipped_programme_is_what_models_know():
    program = load_program()
    assert (program.digest, program.labels_digest) == (DIGEST, LABELS_DIGEST)
    assert program.counted() == "20 objectives and 100 activities"
    assert [len(program.children(label.target)) > 0 for label in program.top] == [True] * 20
    assert list(program.levels) == ["objective", "activity"]


def test_no_number_of_labels_is_written_into_the_code():
    found = {}
    for path in sorted((ROOT / "nlp").rglob("*")):
        if path.suffix in {".py", ".js", ".j2"} and (hits := TIED.findall(path.read_text("utf-8"))):
            found[path.relative_to(ROOT).as_posix()] = hits
    allowed = {"nlp/program/records.py"}  # an example in a docstring
    assert set(found) <= allowed, found


def test_the_compact_holds_together_in_four_languages():
    program = load_program("gcm")
    assert check_program(program) == []
    assert list(program.targets) == [f"objective:{number}" for number in range(1, 24)]
    assert program.languages == ("en", "es", "pt", "fr")
    assert program.counted("pt") == "23 objetivos"
    texts = [text for label in program.labels.values() for text in label_text(label).values()]
    assert len(set(texts)) == 23 * 4
    assert all(label.confused_with for label in program.top)


def test_the_passages_of_the_compact_are_sound_and_their_own():
    read = load_annotations(GCM)
    assert len(read.passages) == 60
    foreign = load_annotations(ROOT / "annotations" / "foreign")
    others = {key: row.text for key, row in foreign.passages.items()}
    assert find_faults(read, GCM, load_program("gcm"), others) == []
    assert {row.language for row in read.documents.values()} == {"en", "es", "pt", "fr"}
    named = {number for rows in read.labels.values() for row in rows for number in row.objectives}
    assert named == set(range(1, 24))
    assert all(len(read.blind(key)) == 2 for key in read.passages)
    assert between(read)["objectives_f1"] > 0.9


def test_what_is_missing_is_said_step_by_step(tmp_path: Path, evmap: Command):  # noqa: F811
    folder = tmp_path / "plan"
    words = ("program", "new", folder, "--id", "plan", "--title", 'The "plan"', "--objectives", 3, "--activities", 2)
    assert evmap(*words).code == 0
    assert evmap(*words).code == 2  # it is there already
    said = evmap("program", "check", folder)
    assert said.code == 3 and "3. texts: " in said.out and "objective:1: title is missing in en" in said.out
    with pytest.raises(CodebookError, match="title is missing"):
        load_program(folder)
    (folder / "concordance.yaml").unlink()
    assert [step.name for step in examine(folder)] == ["files"]
    assert "concordance.yaml: missing" in evmap("program", "check", folder).out


@pytest.mark.parametrize(
    ("words", "reason"), [(("--id", "Big"), "no id"), (("--id", "x", "--languages", "en,de"), "not read by evmap")]
)
def test_a_programme_is_not_begun_wrongly(words: tuple[str, ...], reason: str, tmp_path: Path, evmap: Command):  # noqa: F811
    said = evmap("program", "new", tmp_path / "x", "--title", "X", "--objectives", 1, *words)
    assert said.code == 2 and reason in said.err
    assert not (tmp_path / "x").exists()


def test_faults_of_the_charter_are_named(valley: Path):
    charter = valley / "program.yaml"
    whole = charter.read_text("utf-8")
    charter.write_text(whole.replace("count: 3", "count: 4"), "utf-8")
    assert examine(valley)[-1].faults == ("objectives: expected ids 1 to 4 in order, found 3",)
    charter.write_text(whole.replace("[en, es]", "[en]"), "utf-8")
    assert "objective:1: title in es, no language of the programme" in examine(valley)[-1].faults
    charter.write_text(whole.replace("[en, es]", "[en, de]"), "utf-8")
    assert "languages.1" in examine(valley)[-1].faults[0]
    with pytest.raises(CodebookError, match="no such programme"):
        load_program("nowhere")


def test_a_scaffold_maps_documents_and_no_code_is_changed(
    valley: Path, tmp_path: Path, evmap: Command, tiny_environment: Path  # noqa: F811
):  # fmt: skip
    assert evmap("program", "check", valley).code == 0
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    (inputs / "a.txt").write_text(REPORT, "utf-8")
    (inputs / "b.txt").write_text(
        "# Minutes\n\nThe beekeeper asked for a bee hive beside the wooden bridge.\n", "utf-8"
    )
    said = evmap("map", inputs, "-o", out, "--program", valley, "--workers", 1)
    assert said.code == 0, said.err
    assert "No model is trained for Valley plan" in said.err
    run = json.loads((out / "run.json").read_text("utf-8"))
    assert run["probability_kind"] == "zero-shot" and run["programme"] == {"id": "valley", "title": "Valley plan"}
    links = [json.loads(line) for line in (out / "links.jsonl").read_text("utf-8").splitlines()]
    assert links and {link["lane"] for link in links} == {"review"}
    assert {link["probability_kind"] for link in links} == {"zero-shot"}
    best = {link["quote"].split()[0]: link["target"] for link in sorted(links, key=lambda link: link["probability"])}
    assert best["Every"] == "objective:3"
    with (out / "coverage.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 2 * 3
    page = (out / "report.html").read_text("utf-8")
    assert "the 3 objectives of the Valley plan" in page and "Estimates</b>, not probabilities" in page
    (valley / "objectives.yaml").unlink()  # the run carries its programme
    assert evmap("check", out).code == 0
    shown = evmap("show", out, "--target", "objective:3")
    assert "Bees and their keepers" in shown.out and "zero-shot estimates" in shown.out
    assert "objective:1 to objective:3" in evmap("show", out, "--target", "activity:1").err
    assert recorded_program(out).about.id == "valley"
    corpus = nlp.open(out)
    assert "of 3 objectives" in corpus.evidence_map().title and corpus.counts()["suggested"] == 0
    assert set(corpus.at(0.0).links["target"]) == {"objective:1", "objective:2", "objective:3"}


def test_the_library_maps_another_programme_too(valley: Path, tiny_settings: Settings, tmp_path: Path):
    from nlp import map_file

    path = tmp_path / "report.txt"
    path.write_text(REPORT, "utf-8")
    mapping = map_file(path, replace(tiny_settings, program=str(valley)))
    assert mapping.kind == "zero-shot" and set(mapping.readings[0].probabilities) == {
        f"objective:{n}" for n in (1, 2, 3)
    }
    assert "zero-shot estimate</th>" in mapping._repr_html_()
    assert all(link.why.examples == () for link in mapping.links)
    assert all(link.lane == "review" for link in mapping.at(0.01).links)
    assert load_program().about.id == "iap"  # nothing stays behind


def test_the_same_programme_with_other_labels_is_refused_and_no_stranger(tiny_settings: Settings, tmp_path: Path):
    import shutil

    copy = tmp_path / "program"
    shutil.copytree(shipped_programs()["iap"], copy)
    rows = yaml.safe_load((copy / "objectives.yaml").read_text("utf-8"))
    rows[0]["counts"] = dict.fromkeys(("en", "es", "pt", "fr"), "x")
    (copy / "objectives.yaml").write_text(yaml.safe_dump(rows, allow_unicode=True), "utf-8")
    with pytest.raises(ModelError, match="codebook labels"):
        Mapper(replace(tiny_settings, program=str(copy)))


def annotate(folder: Path) -> None:
    """Labels of two authors for the valley: each objective many times, and passages of nothing."""
    texts = {n: [f"{term} number {i} was looked after" for i in range(9) for term in MATTERS[n][2]] for n in MATTERS}
    texts[0] = [f"The minutes of session {i} were approved." for i in range(20)]
    rows: dict[str, list[dict[str, Any]]] = {"documents": [], "passages": [], "labels": []}
    for author in ("V1", "V2"):
        rows["documents"].append(
            {"doc_id": author, "title": None, "genre": "report", "body": None, "year": 2020, "language": "en",
             "author": author, "family": None, "original_language": None}
        )  # fmt: skip
        for number, text in ((n, text) for n, own in texts.items() for text in own):
            key = f"{author}.{len(rows['passages']):03}"
            rows["passages"].append(
                {"passage_id": key, "document": author, "kind": "paragraph", "section": [], "implementer": None,
                 "text": f"{text} by {author}"}
            )  # fmt: skip
            rows["labels"].append(
                {"passage_id": key, "annotator": "a", "round": "blind", "guidelines": 1, "activities": [],
                 "role": "activity" if number else "background", "treatment": "done" if number else None,
                 "objectives": [number] if number else [], "sure": True}
            )  # fmt: skip
    folder.mkdir()
    for name, own in rows.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in own), "utf-8")


@pytest.mark.parametrize("calibration", ["platt", "words"])
def test_labels_that_arrive_train_a_model_of_the_programme(calibration: Any, valley: Path, tmp_path: Path):
    annotate(tmp_path / "labels")
    program, model = load_program(valley), tmp_path / "model"
    recipe = Recipe("hash", strength=1.0, folds=2, calibration=calibration)
    with using(program):
        facts = train(tmp_path / "labels", program, model, recipe, lambda _: None, tmp_path / "v.sqlite")
    assert facts["programme"] == "valley" and facts["held_out"]["best_f1_objectives"] > 0.6
    assert (kind_of(model, program), kind_of(model, load_program())) == ("calibrated", "zero-shot")
    mapper = Mapper(Settings(encoder="hash", model=str(model), program=str(valley)))
    readings = mapper.read_texts(["water pump number 3 was looked after"], [mapper_place()])
    assert mapper.model.kind == "calibrated"
    assert max(readings[0].probabilities, key=lambda target: readings[0].probabilities[target]) == "objective:1"


def mapper_place() -> Any:
    from nlp.classify.features import Surroundings

    return Surroundings()


def test_activities_without_a_concordance_stand_by_themselves(
    tmp_path: Path, evmap: Command, tiny_environment: Path  # noqa: F811
):  # fmt: skip
    folder = tmp_path / "flat"
    evmap("program", "new", folder, "--id", "flat", "--title", "Flat", "--objectives", 3, "--activities", 3,
          "--languages", "en")  # fmt: skip
    fill(folder, ("en",))
    (folder / "activities.yaml").write_text((folder / "objectives.yaml").read_text("utf-8"), "utf-8")
    charter = folder / "program.yaml"
    charter.write_text(charter.read_text("utf-8").replace("[concordance]", "[]"), "utf-8")
    program = load_program(folder)
    lanes = Lanes(*(Cut(0.5, 1.0, 1.0) for _ in range(3)))
    chosen = list(decide(program, {"objective:1": 0.1, "activity:2": 0.9}, lanes, lanes))
    assert chosen == [("activity:2", 0.9, "suggested")]
    pairs = [{"activity": 2, "objective": 1, "strength": "primary", "reason": ""}]
    again = Program.model_validate({**program.model_dump(), "concordance": pairs})
    assert list(decide(again, {"objective:1": 0.1, "activity:2": 0.9}, lanes, lanes)) == []
    (tmp_path / "a.txt").write_text(REPORT, "utf-8")
    assert evmap("map", tmp_path / "a.txt", "-o", tmp_path / "out", "--program", folder, "--workers", 1).code == 0
    links = nlp.open(tmp_path / "out").at(0.0).links  # no objective stands in the way of an activity here either
    assert set(links["target"]) == set(program.targets)


def test_bodies_are_those_of_the_programme_in_use():
    assert heading_body("UN Network on Migration", "en").body is None
    with using(load_program("gcm")):
        assert heading_body("United Nations Network on Migration", "en").body == "un_network"
        assert heading_body("Inter-American Commission of Women", "en").body is None
    assert heading_body("Inter-American Commission of Women", "en").body == "cim"


def test_a_list_of_as_many_points_is_not_taken_for_the_programme(tmp_path: Path):
    from nlp.readers import read_bytes

    points = "\n\n".join(f"{number}. A point about lamps, the one with number {number}." for number in range(1, 24))
    document = read_bytes(f"Report on lamps\n\n{points}".encode(), "lamps.txt", Settings())
    program = load_program("gcm")
    assert len(parse(document, program)) == 23  # where it is asked for, it is read
    with using(program):
        assert structure(document).profile.kind != "program"


@functools.cache
def learnt() -> Estimate:
    rng = np.random.default_rng(0)
    likeness = {view: rng.normal(size=(80, 3)) for view in VIEWS}
    truth = (likeness["whole"] == likeness["whole"].max(axis=1, keepdims=True)).astype(float)
    return fit_estimate(likeness, np.zeros((80, 3)), truth, flat(3))


@given(order=st.permutations(range(5)), seed=st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_an_estimate_knows_no_label_and_no_other_passage(order: list[int], seed: int):
    rng = np.random.default_rng(seed)
    likeness, hits = {view: rng.normal(size=(4, 5)) for view in VIEWS}, rng.integers(0, 3, (4, 5)).astype(float)
    program = flat(5)
    found = learnt()(likeness, hits, program)
    turned = learnt()({view: table[:, order] for view, table in likeness.items()}, hits[:, order], program)
    assert np.allclose(turned, found[:, order])
    alone = learnt()({view: table[:1] for view, table in likeness.items()}, hits[:1], program)
    assert np.allclose(alone, found[:1])
    assert (found >= 0).all() and (found < 1).all()


def flat(count: int) -> Program:
    """A programme of so many objectives, without texts that matter."""
    gcm = load_program("gcm")
    about = gcm.about.model_copy(update={"objectives": gcm.about.objectives.model_copy(update={"count": count})})
    return gcm.model_copy(update={"objectives": gcm.objectives[:count], "about": about})


def test_an_estimate_survives_its_file_and_a_damaged_one_is_named(tmp_path: Path, tiny_model: Path):
    estimate = Estimate.load(tiny_model / ZERO_SHOT)
    estimate.save(tmp_path / ZERO_SHOT)
    again = Estimate.load(tmp_path / ZERO_SHOT)
    assert again.digest == estimate.digest and again.cuts == estimate.cuts
    assert all(lanes.suggested.threshold == 1.0 for lanes in again.lanes().values())
    (tmp_path / ZERO_SHOT).write_text("{}", "utf-8")
    with pytest.raises(ModelError, match="damaged"):
        Estimate.load(tmp_path / ZERO_SHOT)
    with pytest.raises(ModelError, match="no zero-shot estimate"):
        Estimate.load(tmp_path / "none" / ZERO_SHOT)


def test_views_of_labels_are_kept_and_found_again(tmp_path: Path):
    program, encoder = flat(3), HashEmbedder()
    views = LabelViews.kept(program, encoder, "hash", tmp_path)
    (file,) = tmp_path.iterdir()
    again = LabelViews.kept(program, encoder, "hash", tmp_path)
    vectors = encoder.encode([label.title["en"] for label in program.top])
    first, second = (own.likeness(vectors, np.zeros(encoder.dim, np.float32)) for own in (views, again))
    assert all((first[view] == second[view]).all() for view in VIEWS)
    assert first["title"].argmax(axis=1).tolist() == [0, 1, 2]  # each title is most like itself
    assert file.suffix == ".npz"


def test_a_model_of_another_programme_needs_a_folder_of_its_own(evmap: Command):  # noqa: F811
    said = evmap("train", GCM, "--program", "gcm")
    assert said.code == 2 and "needs a folder of its own" in said.err


def test_the_program_commands_speak_of_other_programmes(evmap: Command, tmp_path: Path):  # noqa: F811
    said = evmap("program", "show", "objective:8", "--program", "gcm", "--language", "fr")
    assert said.code == 0 and "recherche des disparus" in said.out
    assert "objective:1 to objective:23" in evmap("program", "show", "objective:24", "--program", "gcm").err
    assert evmap("program", "export", tmp_path / "gcm.json", "--program", "gcm").code == 0
    assert load_program(tmp_path / "gcm.json").digest == load_program("gcm").digest
    assert "23 objectives" in evmap("program", "check", "gcm").out
