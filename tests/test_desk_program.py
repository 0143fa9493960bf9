"""A desk for another programme: it remembers which, refuses others, and its pages, sheets and covers are of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desks import ONE, PROGRAM, ask, fill, items_of
from fastapi.testclient import TestClient
from served import House

from nlp.bench.made import made_report
from nlp.cli.serve import settings_for
from nlp.desk.serving import Wanted, opened
from nlp.errors import CodebookError, UsageError
from nlp.program import Program, load_program
from nlp.review.codebook import own_program, place_of
from nlp.review.desk import Desk
from nlp.review.exporting import export_desk
from nlp.settings import Settings

GCM = load_program("gcm")
PAGES = ("/", "/queue", "/map", "/codebook", "/log", "/help")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Desk.open(tmp_path / "desk", program=GCM) as desk:
        house = House(desk, Settings(read_seconds=20.0, program=place_of(tmp_path / "desk", GCM)))
        yield house
        house.office.close()


def put(desk: Desk, program: Program) -> str:
    data, finished = made_report(0, 12, program)
    document_id = desk.receive("report.txt", data, "intake").document_id
    assert desk.next_waiting() is not None
    return desk.mapped(document_id, finished, "key").document_id


def test_a_desk_remembers_its_programme_and_refuses_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVMAP_PROGRAM", "gcm")
    with Desk.open(tmp_path) as desk:
        assert desk.program.digest == GCM.digest
        document_id = put(desk, desk.program)
    monkeypatch.delenv("EVMAP_PROGRAM")
    with Desk.open(tmp_path) as desk:
        assert desk.program.digest == GCM.digest and {row["target"] for row in desk.coverage()} == set(GCM.targets)
    with Desk.look(tmp_path) as desk:
        assert desk.program.digest == GCM.digest and items_of(desk, document_id)
    with pytest.raises(UsageError, match="for the programme gcm, not iap"):
        Desk.open(tmp_path, program=PROGRAM)
    monkeypatch.setenv("EVMAP_PROGRAM", "iap")
    with pytest.raises(UsageError, match="for the programme gcm, not iap"):
        Desk.open(tmp_path)
    with Desk.open(tmp_path, program=GCM) as desk:  # what was refused let go of the folder
        assert json.loads((tmp_path / "desk.json").read_text())["program"] == "gcm"


def test_a_programme_of_ones_own_travels_with_the_desk(tmp_path: Path):
    own = GCM.model_copy(update={"about": GCM.about.model_copy(update={"id": "ours"})})
    with Desk.open(tmp_path, program=own):
        pass
    assert own_program(tmp_path) == own
    assert load_program(place_of(tmp_path, own)) == own
    (tmp_path / "program.json").unlink()
    with pytest.raises(CodebookError, match="no such programme"):
        Desk.open(tmp_path)


def test_a_served_desk_hands_its_programme_on(tmp_path: Path):
    wanted = Wanted(tmp_path / "desk", Settings(program="gcm"), port=0, maps=False)
    with opened(wanted) as served:
        assert served.office.program.digest == GCM.digest
    with opened(replace(wanted, settings=Settings())) as served:
        assert (served.office.program.digest, served.office.settings.program) == (GCM.digest, "gcm")
    with pytest.raises(UsageError, match="not iap"), opened(replace(wanted, settings=Settings(program="iap"))):
        pass


def test_pages_and_copies_are_of_the_programme(house: House):
    document_id = put(house.desk, GCM)
    client = house.visit("officer-1")
    for page in (*PAGES, f"/reports/{document_id}", f"/adjudicate/{document_id}"):
        sent = client.get(page, headers={"accept": "text/html"})
        assert sent.status_code == 200 and 'value="activity"' not in sent.text, page
    for language in ("en", "es", "pt", "fr"):
        labels = client.get("/api/codebook", params={"language": language}).json()["labels"]
        assert [row["target"] for row in labels] == list(GCM.targets) and not any(row["children"] for row in labels)
        assert client.get("/codebook/bodies.json", params={"language": language}).status_code == 200
    assert {row["target"] for row in client.get("/api/coverage").json()["rows"]} == set(GCM.targets)
    _decide_and_copy(house, client, document_id)


def _decide_and_copy(house: House, client: TestClient, document_id: str) -> None:
    item = client.get("/api/queue").json()["items"][0]
    house.desk.decide(document_id, [ask(items_of(house.desk, document_id)[item["item_id"]])], ONE)
    title = GCM.labels[item["target"]].title["es"]
    cover = client.get(f"/reports/{document_id}/cover.html", params={"language": "es", "show": "confirmed"})
    copy = client.get(f"/reports/{document_id}/copy.html", params={"language": "es", "show": "confirmed"})
    assert title in cover.text and title in copy.text
    sheet = client.get(f"/reports/{document_id}/sheet.xlsx")
    again = client.post(f"/api/reports/{document_id}/sheet", content=sheet.content)
    assert again.status_code == 200 and again.json() == {"asked": 0, "decided": 0}


def test_the_shipped_programme_is_as_before(tmp_path: Path):
    with Desk.open(tmp_path, program=PROGRAM) as desk:
        assert fill(desk)
    assert own_program(tmp_path) == PROGRAM and not (tmp_path / "program.json").exists()


def test_a_desk_is_served_with_the_model_that_it_adopted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name in ("EVMAP_MODEL", "EVMAP_ENCODER"):
        monkeypatch.delenv(name, raising=False)
    assert settings_for(tmp_path, None, None, None, None).model == ""
    model = tmp_path / "models/0123456789abcdef"
    model.mkdir(parents=True)
    (model / "manifest.json").write_text("{}")
    (tmp_path / "models/adopted.json").write_text(json.dumps({"model": model.name}))
    assert settings_for(tmp_path, None, None, None, None).model == str(model)
    assert f"the model that it adopted, {model.name}" in capsys.readouterr().err
    assert settings_for(tmp_path, "use", None, None, None).model == ""
    assert settings_for(tmp_path, None, "mine", None, None).model == "mine"
    assert not capsys.readouterr().err


def test_a_run_of_another_programme_is_not_brought_in(tmp_path: Path):
    with Desk.open(tmp_path / "gcm", program=GCM) as desk:
        document_id = put(desk, GCM)
        export_desk(desk, tmp_path / "out")
    with Desk.open(tmp_path / "iap", program=PROGRAM) as desk:
        with pytest.raises(UsageError, match="mapped onto the programme gcm, and the desk is for iap"):
            desk.bring_in(tmp_path / "out")
        assert not desk.reports()
    with Desk.open(tmp_path / "other", program=GCM) as desk:
        assert [report.document_id for report in desk.bring_in(tmp_path / "out")] == [document_id]
    with opened(Wanted(tmp_path / "out", Settings(), port=0, maps=False)) as served:  # the run says which programme
        assert served.office.program.digest == GCM.digest
