"""evmap status tells how far a run is: while it goes on, after it, and after kill -9."""

import json
from pathlib import Path

import pytest
from storing import KEY, child, document, write_run
from typer.testing import CliRunner, Result

from nlp.cli import app
from nlp.errors import EvmapError
from nlp.store.rows import STORE, Finished
from nlp.store.store import Store


def status(*words: object) -> Result:
    return CliRunner().invoke(app, ["status", *map(str, words)])


def told(out: Path) -> dict[str, object]:
    return json.loads(status(out, "--json").stdout)


def test_of_a_run_that_goes_on(tmp_path: Path):
    with Store.open(tmp_path / STORE) as store:
        run_id = store.begin(KEY, 4, {})
        assert (told(tmp_path)["inputs"], told(tmp_path)["seconds_left"]) == (0, None)
        store.add(run_id, document(0))
        store.add(run_id, Finished(1, "b.pdf", "timeout", "not read in 300 seconds", "0" * 64))
        store.commit()
        report = told(tmp_path)
        assert (report["state"], report["inputs"], report["total"], report["killed"]) == ("running", 2, 4, False)
        assert (report["documents"], report["passages"], report["links"]) == (1, 3, 2)
        assert report["statuses"] == {"ok": 1, "timeout": 1}
        assert report["failures"] == [{"input": "b.pdf", "status": "timeout", "reason": "not read in 300 seconds"}]
        assert report["inputs_per_second"] > 0
        assert report["seconds_left"] is not None
        said = status(tmp_path).stdout
        assert "running: 2 of 4 inputs" in said
        assert "left" in said
        assert "not read in 300 seconds" in said


def test_of_a_finished_run(tmp_path: Path):
    write_run(str(tmp_path / STORE), 3, 2)
    before = sorted(path.name for path in tmp_path.iterdir())
    said = status(tmp_path)
    assert said.exit_code == 0
    assert "finished: 3 of 3 inputs" in said.stdout
    assert "To go on" not in said.stdout
    assert told(tmp_path)["seconds_left"] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_of_a_killed_run(tmp_path: Path):
    with child("write_run(sys.argv[1], 1000, 2, 0.01)", tmp_path / STORE) as writer:
        assert told(tmp_path)["state"] == "running"
        writer.kill()
        writer.wait()
    report = told(tmp_path)
    assert (report["state"], report["killed"], report["total"]) == ("stopped", True, 1000)
    said = status(tmp_path).stdout
    assert f"its process {writer.pid} is gone" in said
    assert "To go on: run the same evmap map command again" in said


@pytest.mark.parametrize(
    ("make", "reason"),
    [(None, "no such folder"), ("folder", "no such store"), ("store", "no run has begun"), ("other", "no store")],
)
def test_of_nothing(tmp_path: Path, make: str | None, reason: str):
    out = tmp_path / "out"
    if make:
        out.mkdir()
    if make == "store":
        Store.open(out / STORE).close()
    if make == "other":
        (out / STORE).touch()
    error = status(out).exception
    assert isinstance(error, EvmapError)  # main() makes it exit 2
    assert reason in error.reason
    assert "evmap map" in error.hint or make == "other"
