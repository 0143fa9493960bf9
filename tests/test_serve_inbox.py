"""The inbox maps what comes as a run would, shows tags as they come, and loses nothing when it is killed."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from served import BASE, OURS, House, bearer, running

from nlp.desk.inbox import Inbox
from nlp.desk.slices import Slice, map_slices
from nlp.desk.watching import Watch
from nlp.engines.finishing import filled
from nlp.errors import UsageError
from nlp.pipeline import Mapper, read_structured
from nlp.review.desk import Desk
from nlp.review.records import Report
from nlp.run import Order, run
from nlp.settings import Settings
from nlp.store.rows import Finished

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
PATIENCE = 90.0


def sample(start: str) -> Path:
    return next(SAMPLES.glob(f"{start}*"))


def until(true: Callable[[], object]) -> None:
    last = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < last, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def inbox(desk: Desk, tiny_settings: Settings) -> Iterator[Inbox]:
    inbox = Inbox(desk, tiny_settings, threads=1)
    inbox.start()
    yield inbox
    inbox.stop()


def done(desk: Desk) -> bool:
    return all(report.state in ("ready", "failed") for report in desk.reports())


@pytest.mark.parametrize("start", ["01", "04", "06"])
def test_slices_make_the_same_mapping(tiny_settings: Settings, start: str):
    mapper = Mapper(tiny_settings, threads=1)
    structured = read_structured(sample(start), tiny_settings)
    heard: list[Slice] = []
    sliced, whole = map_slices(mapper, structured, heard.append), mapper.map(structured)
    blank = Finished(0, "x", "ok")
    assert filled(blank, sliced) == filled(blank, whole)
    assert [row for part in heard for row in part.links] == [link.row for link in filled(blank, whole).links]
    assert (heard[0].done, heard[-1].done) == (8, len(structured.passages)) and heard[0].text == whole.text


def test_a_document_without_passages_is_mapped(tiny_settings: Settings, tmp_path: Path):
    (tmp_path / "a.txt").write_text("-")
    (tmp_path / "b.txt").write_text("Report")
    mapper = Mapper(tiny_settings, threads=1)
    structured = read_structured(tmp_path / "b.txt", tiny_settings)
    assert map_slices(mapper, structured, lambda _: None) == mapper.map(structured)


def test_the_inbox_makes_what_a_run_makes(desk: Desk, inbox: Inbox, tiny_settings: Settings, tmp_path: Path):
    path = sample("04")
    report = desk.receive(path.name, path.read_bytes(), "officer-1")
    inbox.wake()
    until(lambda: done(desk))
    run([path], tmp_path / "out", Order(tiny_settings, workers=1))
    links = [json.loads(line) for line in (tmp_path / "out/links.jsonl").read_text("utf-8").splitlines()]
    sheet = desk.sheet(report.document_id)
    assert list(sheet.links.values()) == links and links
    assert inbox.warm and desk.report(report.document_id).key == inbox.warm.key


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w>" + b" " * 60_000_000 + b"</w>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", "hint"),
        (bomb(), "hint"),
        (b"\x00\x01\x02\x03" * 100, "hint"),
        (b"....... \n ------", "letter"),
    ],
)
def test_a_failure_says_why_and_what_to_do(desk: Desk, inbox: Inbox, data: bytes, words: str):
    report = desk.receive("bad.docx", data, "officer-1")
    inbox.wake()
    until(lambda: done(desk) and inbox.preview is None)  # the row is written first, the preview goes after it
    found = desk.report(report.document_id)
    assert found.state == "failed" and found.status and found.reason and len(found.reason) > 10
    assert words == "hint" or words in found.reason
    assert inbox.fault is None


def test_first_tags_are_there_before_the_last(desk: Desk, tiny_settings: Settings):
    house = House(desk, tiny_settings)
    house.office.inbox = inbox = Inbox(desk, tiny_settings, threads=1)
    client = house.visit("officer-1")
    path = sample("01")
    report = client.post("/api/reports", params={"name": path.name}, content=path.read_bytes()).json()
    seen = []
    inbox.start()
    try:
        until(lambda: seen.append(client.get(f"/api/reports/{report['document_id']}").json()) or done(desk))
    finally:
        inbox.stop()
    early = [s for s in seen if s["report"]["state"] == "mapping" and s.get("progress") and s["items"]]
    last = client.get(f"/api/reports/{report['document_id']}").json()
    for state in early:
        by_id = {item["item_id"]: item for item in last["items"]}
        assert all(by_id[item["item_id"]]["quote"] == item["quote"] for item in state["items"])
        assert state["text"] == last["text"]
    assert last["report"]["state"] == "ready" and last["items"]


def test_what_was_begun_is_taken_up_again(tmp_path: Path, tiny_settings: Settings):
    with Desk.open(tmp_path / "desk") as desk:
        report = desk.receive("a.txt", sample("04").read_bytes(), "officer-1")
        assert desk.next_waiting() and desk.report(report.document_id).state == "mapping"
    with Desk.open(tmp_path / "desk") as desk:
        inbox = Inbox(desk, tiny_settings, threads=1)
        inbox.start()
        until(lambda: done(desk))
        inbox.stop()
        assert desk.report(report.document_id).state == "ready"


def test_a_model_that_is_not_there_is_said(desk: Desk, tmp_path: Path):
    said: list[str] = []
    inbox = Inbox(desk, Settings(model=str(tmp_path / "none")), said.append)
    inbox.start()
    until(lambda: inbox.fault)
    inbox.stop()
    assert said and inbox.state()["error"]["reason"]


# --- a watched folder


class Eye:
    """A watch that is looked through by hand."""

    def __init__(self, folder: Path, desk: Desk, still: float = 0.0) -> None:
        folder.mkdir(exist_ok=True)
        self.reports: list[Report] = []
        self.said: list[str] = []
        settings = Settings(max_bytes=100_000)
        self.watch = Watch(folder, desk, settings, self.reports.append, self.said.append, still)

    def names(self) -> list[str]:
        self.watch.look()
        self.watch.look()
        return [report.name for report in self.reports]


def test_files_are_taken_once_and_again_when_they_change(desk: Desk, tmp_path: Path):
    folder = tmp_path / "in"
    eye = Eye(folder, desk)
    (folder / "sub").mkdir()
    (folder / "sub/a.txt").write_text("one")
    assert eye.names() == ["a.txt"] == eye.names()
    (folder / "sub/a.txt").write_text("two, longer")
    assert eye.names() == ["a.txt", "a.txt"] and len(desk.reports()) == 2
    (folder / "sub/a.txt").unlink()
    assert len(eye.names()) == 2 and not eye.watch.look()


def test_a_file_that_grows_waits(desk: Desk, tmp_path: Path):
    eye = Eye(tmp_path / "in", desk, still=0.3)
    path = tmp_path / "in/a.txt"
    for n in range(5):
        path.write_text("x" * (n + 1))
        assert eye.names() == []
        time.sleep(0.1)
    time.sleep(0.3)
    assert eye.names() == ["a.txt"] and desk.reports()[0].bytes == 5


def test_what_a_run_leaves_out_is_left_out(desk: Desk, tmp_path: Path):
    folder = tmp_path / "in"
    eye = Eye(folder, desk)
    (tmp_path / "outside.txt").write_text("not here")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / ".hidden.txt").write_text("hidden")
    (folder / "large.txt").write_text("x" * 200_000)
    (folder / "good.txt").write_text("good")
    assert eye.names() == ["good.txt"]
    assert any("large.txt" in words for words in eye.said) and eye.names() == ["good.txt"]
    assert len([words for words in eye.said if "large.txt" in words]) == 1


def test_the_desk_is_not_taken_for_a_report(tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    with Desk.open(folder / "desk") as desk:
        eye = Eye(folder, desk)
        (folder / "a.txt").write_text("one")
        assert eye.names() == ["a.txt"]
    with pytest.raises(UsageError), Desk.open(tmp_path / "other") as desk:
        Watch(tmp_path / "missing", desk, Settings(), lambda _: None, lambda _: None)


def test_a_folder_is_mapped_at_once_by_the_command(tmp_path: Path, tiny_model: Path):
    import os
    import subprocess
    import sys

    (tmp_path / "in").mkdir()
    (tmp_path / "in/report.txt").write_bytes(sample("04").read_bytes())
    (tmp_path / "in/broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    command = [sys.executable, "-m", "nlp", "watch", str(tmp_path / "in"), "--desk", str(tmp_path / "desk"), "--once"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **cheap(tiny_model)}, timeout=200)
    assert done.returncode == 0, done.stderr
    assert "ready   report.txt" in done.stdout and "failed  broken.pdf: " in done.stdout


# --- a real server


def cheap(model: Path) -> dict[str, str]:
    return {"EVMAP_ENCODER": "hash", "EVMAP_MODEL": str(model)}


def test_a_killed_server_loses_nothing(tmp_path: Path, tiny_model: Path):
    folder, path = tmp_path / "desk", sample("01")
    decided: set[int] = set()
    with running(folder, **cheap(tiny_model)) as (process, base, token), httpx.Client(**bearer(base, token)) as client:
        first = client.post("/api/reports", params={"name": "a.pdf"}, content=path.read_bytes()).json()["document_id"]
        place = f"/api/reports/{first}"
        until(lambda: client.get(place).json()["report"]["state"] == "ready")
        items = [item for item in client.get(place).json()["items"] if item["target"].startswith("objective")][:40]
        for name in ("02", "05", "07"):
            client.post("/api/reports", params={"name": name}, content=sample(name).read_bytes())
        for number, item in enumerate(items):
            if number == len(items) // 2:
                process.kill()
            ask = {"item_id": item["item_id"], "action": "reject", "version": item["version"]}
            try:
                answer = client.post(f"{place}/decisions", json={"asks": [ask]})
            except httpx.TransportError:
                break
            decided |= {row["decision_id"] for row in answer.json().get("decisions", [])}
    assert decided
    with running(folder, **cheap(tiny_model)) as (process, base, token), httpx.Client(**bearer(base, token)) as client:
        log = client.get("/api/log", params={"limit": 10_000}).json()["decisions"]
        assert decided <= {row["decision_id"] for row in log}
        until(lambda: {r["state"] for r in client.get("/api/reports").json()["reports"]} == {"ready"})
        assert len(client.get("/api/reports").json()["reports"]) == 4
        process.terminate()
        assert process.wait(20) == 130


def test_a_session_outlives_a_restart(tmp_path: Path):
    with running(tmp_path / "desk", "--no-map") as (_, base, token), httpx.Client(base_url=base) as client:
        assert client.get("/", params={"token": token}, follow_redirects=True).status_code == 200
        assert client.get("/api/me").json() == {"name": "officer-1", "rank": "adjudicator"}
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
        assert "server" not in client.get("/").headers
        cookies, port = dict(client.cookies), base.rpartition(":")[2]
    words = ("--no-map", "--port", port)
    with running(tmp_path / "desk", *words) as (_, base, _), httpx.Client(base_url=base, cookies=cookies) as client:
        assert client.get("/api/me").status_code == 200
    (tmp_path / "desk/.key").unlink()
    with running(tmp_path / "desk", *words) as (_, base, _), httpx.Client(base_url=base, cookies=cookies) as client:
        assert client.get("/api/me").status_code == 401


def test_a_finished_run_becomes_a_desk(tmp_path: Path, tiny_settings: Settings):
    run([sample("04")], tmp_path / "out", Order(tiny_settings, workers=1))
    for _ in range(2):  # also when it is there already
        with running(tmp_path / "out", "--no-map") as (_, base, token), httpx.Client(**bearer(base, token)) as client:
            (report,) = client.get("/api/reports").json()["reports"]
            assert report["state"] == "ready" and report["received_by"] == "officer-1"
            contents = client.get(f"/api/reports/{report['document_id']}").json()
            assert contents["items"] and contents["passages"]
            assert client.get(f"/reports/{report['document_id']}/original").content == sample("04").read_bytes()
    assert (tmp_path / "out/desk/desk.sqlite").is_file()


def test_users_sign_in_and_removed_ones_are_out(tmp_path: Path):
    import subprocess
    import sys

    file = tmp_path / "users.json"

    def user(*words: str) -> str:
        command = [sys.executable, "-m", "nlp", "desk", "user", *words, "--users", str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    token = user("add", "officer-7", "--rank", "officer")
    user("add", "reader-1", "--rank", "reader")
    assert token not in file.read_text() and file.stat().st_mode & 0o77 == 0
    assert "officer-7" in user("list")
    with running(tmp_path / "desk", "--no-map", "--users", str(file)) as (_, base, none):
        assert none == ""
        with httpx.Client(**bearer(base, token)) as client:
            assert client.get("/api/me").json() == {"name": "officer-7", "rank": "officer"}
            user("remove", "officer-7")
            assert client.get("/api/me").status_code == 401


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--host", "0.0.0.0"), "has no users"),
        (("--host", "10.1.2.3"), "has no users"),
        (("--users", "nowhere.json"), "no such file"),
        (("--port", "1", "--host", "127.0.0.300"), ""),
        (("--as", "Jane Doe"), "no code"),
        (("--address", "desk.example.org"), "no address"),
    ],
)
def test_what_would_be_unsafe_is_refused(tmp_path: Path, words: tuple[str, ...], reason: str):
    import subprocess
    import sys

    command = [sys.executable, "-m", "nlp", "serve", str(tmp_path / "desk"), "--no-map", "--port", "0", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and reason in done.stderr and "Traceback" not in done.stderr


def test_our_base_is_what_the_page_sends():
    assert OURS["Origin"] == BASE
