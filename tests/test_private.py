"""Nothing leaves: no network at any stage, nothing outside OUT, nothing of a text in what is said of a failure."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import Command, evmap  # noqa: F401 - a fixture

from nlp.contract import check_output, load_output
from nlp.errors import UnreadableDocument, UsageError
from nlp.inputs import find_inputs, walk
from nlp.pipeline import map_many, safe_reason
from nlp.program import load_program
from nlp.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "corpus" / "samples"
PHRASE = "the heron told the lighthouse"
NO_SOCKETS = """
import os, sys

REFUSED = ("connect", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo")

def refuse(event, given):
    if event in (*(f"socket.{name}" for name in REFUSED), "urllib.Request"):
        os.write(2, f"the network was asked for: {event}".encode())
        os._exit(9)

sys.addaudithook(refuse)
"""


def can_unshare() -> bool:
    program = shutil.which("unshare")
    return bool(program) and not subprocess.run([program, "-rn", "true"], capture_output=True, check=False).returncode


@pytest.fixture
def cut_off(tmp_path: Path, tiny_model: Path) -> dict[str, str]:
    """The environment of processes, and of the children they start, that may reach nobody."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(NO_SOCKETS, "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    return {**kept, "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{ROOT}", "EVMAP_MODEL": str(tiny_model)}


def test_the_guard_guards(cut_off: dict[str, str]):
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], env=cut_off, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (9, "the network was asked for: socket.connect")


@pytest.mark.parametrize("ahead", [[], ["unshare", "-rn"]], ids=["sockets refused", "no network"])
def test_no_stage_asks_the_network(ahead: list[str], cut_off: dict[str, str], tmp_path: Path):
    if ahead and not can_unshare():
        pytest.skip("this kernel gives no network namespace")
    out = tmp_path / "out"
    inputs = [str(path) for path in sorted(SAMPLES.iterdir()) if path.name[:2] in ("01", "02", "03", "04")]
    for words in (["map", *inputs, "-o", str(out)], ["extract", inputs[0], "--json"], ["show", str(out)], ["settings"]):
        command = [*ahead, sys.executable, "-m", "nlp", *words]
        done = subprocess.run(command, env=cut_off, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words[0]}: {done.stderr[-500:]}"
    assert not any(check_output(load_output(out), load_program()).values())


def tree(*folders: Path) -> dict[bytes, int]:
    return {os.fsencode(p): p.lstat().st_mtime_ns for folder in folders for p in folder.rglob("*") if not p.is_dir()}


def test_nothing_is_written_outside_out(cut_off: dict[str, str], tmp_path: Path):
    places = {name: tmp_path / name.lower() for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "EVMAP_CACHE", "CWD")}
    for place in places.values():
        place.mkdir()
    shutil.copytree(SAMPLES, tmp_path / "in", ignore=shutil.ignore_patterns("[1-9]*", "0[5-9]*"))
    before = tree(*places.values(), tmp_path / "in")
    environment = {**cut_off, **{name: str(place) for name, place in places.items()}}
    command = [sys.executable, "-m", "nlp", "map", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-q"]
    subprocess.run(command, env=environment, cwd=places["CWD"], check=True)
    assert tree(*places.values(), tmp_path / "in") == before
    names = [path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()]
    documents = {row["document_id"] for row in load_output(tmp_path / "out").documents}
    assert {path.stem for path in names if path.parts[0] == "text"} == documents


# --- names

LONG = "é" * 125 + ".html"
NAMED = (
    "=cmd|' calc'!A1.txt", "-q", "line\nbreak.txt", "\x1b[2Jesc.txt", "quote\"'.txt", "<script>alert(1)<.txt", "🙂.txt",
    "e\u0301.txt", "\u00e9.txt", LONG, "..%2f..%2fx.txt", ".hidden.txt", "＝1+1.txt", "a\rb.txt", " =1.txt",
)  # fmt: skip


def test_hostile_names_are_escaped_in_every_output(tmp_path: Path, evmap: Command, tiny_environment: Path):  # noqa: F811
    (tmp_path / "in").mkdir()
    paths = [tmp_path / "in" / name for name in NAMED]
    paths.append(Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/\xff.txt")))
    for number, path in enumerate(paths):
        path.write_text(f"# Report {number}\n\nThe office trained {number} consuls of Peru.", "utf-8")
    listed = [path for path in paths if "\n" not in path.name and "\r" not in path.name]
    said = evmap("map", *listed, tmp_path / "in", "-o", tmp_path / "out", "-v")
    assert said.code == 0
    assert "\x1b" not in said.out + said.err
    rows = load_output(tmp_path / "out").ledger
    seen = [path for path in paths if not path.name.startswith(".")]
    assert len(rows) == len(listed) + len(seen), "all but the hidden ones stand in the folder, too"
    assert {row["status"] for row in rows} == {"ok"}
    assert {Path(row["input"]).name for row in rows} >= set(NAMED)
    for name in ("mapping.csv", "coverage.csv"):
        with (tmp_path / "out" / name).open(encoding="utf-8", newline="") as file:
            table = list(csv.reader(file))
        assert len({len(row) for row in table}) == 1, "no name begins a row of its own"
        assert not [cell for row in table for cell in row if cell.strip()[:1] in tuple("=+@＝") and cell.strip()]
    assert "<script>alert(1)<" not in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert all(path.stem.isascii() for path in (tmp_path / "out" / "text").iterdir())


# --- what is walked


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Lamps.", "utf-8")


def test_an_output_folder_among_the_inputs_is_left_out(in_tmp: Path, evmap: Command, tiny_environment: Path):  # noqa: F811
    touch(in_tmp / "a.txt", in_tmp / "b" / "c.txt")
    for _ in range(2):
        said = evmap("map", ".", "-o", "out")
        assert said.code == 0
        assert [row["input"] for row in load_output(in_tmp / "out").ledger] == ["a.txt", "b/c.txt"]
    assert "the output folder was left out" in said.err
    assert find_inputs([str(in_tmp)], in_tmp / "b" / ".." / "out") == [in_tmp / "a.txt", in_tmp / "b" / "c.txt"]
    for inputs, out in ([["."], "."], [["."], "b"], [["b"], "."], [["out/text"], "out"], [["a.txt"], "."]):
        with pytest.raises(UsageError, match="the output folder"):
            find_inputs(inputs, Path(out))


def test_what_is_left_out_is_told(in_tmp: Path):
    touch(in_tmp / "a.txt", in_tmp / ".x.txt", in_tmp / "b" / ".y.txt", in_tmp / ".h" / "z.txt")
    (in_tmp / "b" / "link").symlink_to(in_tmp)
    said: list[str] = []
    assert find_inputs(["."], None, said.append) == [Path("a.txt")]
    assert [line.split(" were")[0] for line in said] == [
        ".: 3 hidden files or folders",
        ".: 1 links to folders or out of the folder",
    ]
    assert find_inputs([".x.txt", ".h", "b/link"]) == [Path(".x.txt"), Path(".h/z.txt"), Path("b/link/a.txt")]


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may list everything")
def test_a_folder_that_cannot_be_listed_is_told(in_tmp: Path, tiny_settings: Settings):
    touch(in_tmp / "a.txt", in_tmp / "shut" / "b.txt")
    (in_tmp / "shut").chmod(0)
    try:
        found = find_inputs(["."])
        assert found == [Path("a.txt"), Path("shut")]
        assert [outcome.status for outcome in map_many(found[1:], tiny_settings)] == ["io_error"]
    finally:
        (in_tmp / "shut").chmod(0o700)


def test_folders_deeper_than_recursion_goes(in_tmp: Path):
    here = Path()
    for _ in range(1200):
        here /= "d"
        here.mkdir()
    (here / "a.txt").write_text("Lamps.", "utf-8")
    assert find_inputs(["."]) == [here / "a.txt"]
    (here / "a.txt").unlink()
    for folder in (here, *here.parents[:-1]):  # pytest clears its folders by recursion
        folder.rmdir()


def test_a_walk_goes_on_as_it_is_asked(tmp_path: Path):
    touch(*(tmp_path / f"{number % 7}" / f"{number}.txt" for number in range(200)))
    found = [*walk([str(tmp_path)])]
    assert found == sorted(found)
    assert len(found) == 200
    steps = walk([str(tmp_path)])
    next(steps)
    shutil.rmtree(tmp_path / "6")
    assert len([*steps]) == 200 - 1 - 28 + 1, "a folder that went away is told when it is met"


# --- what is said of a failure


def test_a_crash_says_its_place_and_nothing_of_the_text(tmp_path: Path, tiny_settings: Settings):
    path = tmp_path / "a.txt"
    path.write_text(PHRASE, "utf-8")

    class Broken:
        def map(self, structured: object) -> object:
            return int(PHRASE)

    (outcome,) = map_many([path], tiny_settings, Broken())  # type: ignore[arg-type]
    assert outcome.status == "crashed"
    assert outcome.reason.startswith("ValueError in pipeline.py, line ")
    assert PHRASE not in outcome.reason


def test_our_own_errors_say_what_they_say():
    assert safe_reason(UnreadableDocument("a", "corrupt", "torn", "mend it")) == "torn. mend it"
    assert safe_reason(KeyError(PHRASE)) == "KeyError. Report it, with the document if you may"


def test_a_damaged_word_document_is_not_quoted(tmp_path: Path, tiny_settings: Settings):
    import fixtures

    for number, body in enumerate((f"<w:p><{PHRASE}", f"<w:ind w:left='{PHRASE}'/></w:p>", f"&{PHRASE.split()[1]};")):
        path = tmp_path / f"{number}.docx"
        path.write_bytes(fixtures.zipped(word__document_xml=body.encode()))
        (outcome,) = map_many([path], tiny_settings)
        assert outcome.status == "corrupt"
        assert "heron" not in json.dumps(outcome.reason)
