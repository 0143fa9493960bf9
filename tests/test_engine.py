"""The engine and the run: whatever is killed, stopped or done twice at once, the outputs are the same."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import write_reports

from nlp.contract import check_output, digest_of, load_output
from nlp.engines import ENGINES, Workshop, open_engine
from nlp.engines.local import LocalEngine
from nlp.engines.order import LONG, long_first
from nlp.engines.spool import LEAST, drop, spool
from nlp.errors import RunStopped, UsageError
from nlp.inputs import drawn, find_inputs
from nlp.jsonl import read_rows
from nlp.plan import plan
from nlp.program import load_program
from nlp.run import Order, run
from nlp.settings import Settings
from nlp.store.rows import Finished, LinkRow, PassageRow

FILES = 24


@pytest.fixture(scope="module")
def folder(annotated_texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small reports, two of them the same, two that cannot be read."""
    place = write_reports(tmp_path_factory.mktemp("reports"), annotated_texts, FILES - 1)
    (place / "empty.docx").touch()
    return place


@pytest.fixture(scope="module")
def paths(folder: Path) -> list[Path]:
    return find_inputs([str(folder)])


@pytest.fixture(scope="module")
def undisturbed(paths: list[Path], tiny_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    run(paths, out, Order(tiny_settings, workers=1))
    assert not any(check_output(load_output(out), load_program()).values())
    return out


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(1, 6))
def test_what_takes_long_is_begun_first(tmp_path_factory: pytest.TempPathFactory, lengths: list[int], processes: int):
    place = tmp_path_factory.mktemp("lengths")
    paths = [place / f"{number}.txt" for number in range(len(lengths))]
    for path, length in zip(paths, lengths, strict=True):
        path.write_bytes(bytes(length))
    paths.append(place / "gone.txt")
    lengths = [*lengths, 0]
    order = list(long_first(paths, processes))
    assert sorted(order) == list(enumerate(paths))
    found = [lengths[position] for position, _ in order]
    bar = LONG * sum(lengths) / processes if processes > 1 else sum(lengths)
    long = sum(length > bar for length in lengths)
    assert found[:long] == sorted(lengths, reverse=True)[:long]
    rest = [position for position, _ in order[long:]]
    assert rest == sorted(rest)


def children() -> list[int]:
    """Processes that this one started, whatever they are."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


def test_the_number_of_workers_changes_nothing(
    paths: list[Path], undisturbed: Path, tiny_settings: Settings, tmp_path: Path
):
    heard: list[Finished] = []
    run(paths, tmp_path, Order(tiny_settings, workers=3), heard.append)
    assert digest_of(tmp_path) == digest_of(undisturbed)
    assert sorted(found.position for found in heard) == list(range(FILES))


def test_what_is_finished_is_not_done_again(
    paths: list[Path], undisturbed: Path, tiny_settings: Settings, tmp_path: Path
):
    half: list[Finished] = []
    with pytest.raises(RunStopped, match="Run the same command again"):
        run(paths, tmp_path, Order(tiny_settings, workers=1), half.append, stopped=lambda: len(half) >= FILES // 2)
    assert FILES // 2 <= len(half) < FILES
    assert not (tmp_path / "ledger.jsonl").exists(), "a run that was stopped gives no outputs"
    rest: list[Finished] = []
    summary = run(paths, tmp_path, Order(tiny_settings, workers=1), rest.append)
    assert digest_of(tmp_path) == digest_of(undisturbed)
    done = {found.document_id for found in half}
    assert all(found.known for found in rest if found.document_id in done)
    assert summary["done_before"] == sum(found.document_id in done for found in rest) >= len(half) - 1
    again: list[Finished] = []
    run(paths, tmp_path, Order(tiny_settings, workers=1, anew=True), again.append)
    assert sum(found.known for found in again) == 1  # the twin
    assert digest_of(tmp_path) == digest_of(undisturbed)


def test_other_settings_do_not_take_what_is_finished(paths: list[Path], tiny_settings: Settings, tmp_path: Path):
    heard: list[Finished] = []
    run(paths[:3], tmp_path, Order(tiny_settings, workers=1))
    run(paths[:3], tmp_path, Order(replace(tiny_settings, read_seconds=30.0), workers=1), heard.append)
    assert all(found.known for found in heard), "a limit that was not reached changes nothing"
    heard.clear()
    run(
        paths[:3],
        tmp_path,
        Order(replace(tiny_settings, max_characters=100), workers=1),
        heard.append,
    )
    assert not any(found.known for found in heard)
    assert {found.status for found in heard} == {"partial"}


def told_of(out: Path) -> list[tuple[str, str, str | None]]:
    """What a run's ledger says of each input."""
    return [(row["input"], row["status"], row["reason"]) for row in read_rows(out / "ledger.jsonl")]


@pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc")
def test_killed_children_are_replaced(paths: list[Path], undisturbed: Path, tiny_settings: Settings, tmp_path: Path):
    killed: list[int] = []

    def kill_one(_: Finished) -> None:
        if len(killed) < 4 and (found := [pid for pid in children() if pid not in killed]):
            killed.append(found[len(killed) % len(found)])
            with suppress(ProcessLookupError):  # it was on its way out
                os.kill(killed[-1], signal.SIGKILL)

    run(paths, tmp_path, Order(tiny_settings, workers=2), kill_one)
    assert len(killed) >= 3
    assert told_of(tmp_path) == told_of(undisturbed)
    assert digest_of(tmp_path) == digest_of(undisturbed)


# --- as a command


Command = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def command(folder: Path, tiny_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    monkeypatch.setenv("EVMAP_READ_SECONDS", "20")  # as in tiny_settings: the page shows the settings
    started: list[subprocess.Popen[str]] = []

    def start(*more: str) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "nlp", "map", str(folder), "-o", str(tmp_path / "out"), "--workers", "1", *more]
        started.append(
            subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to it"
        time.sleep(0.02)


def test_kill_9_and_again(command: Command, undisturbed: Path, tmp_path: Path):
    out = tmp_path / "out"
    first = command()
    wait_until(lambda: (out / "evmap.sqlite").exists())
    time.sleep(1.0)
    os.killpg(first.pid, 0)
    first.kill()
    first.wait()
    again = command("-q")
    assert again.wait(120) == 3, again.stderr
    assert digest_of(out) == digest_of(undisturbed)
    assert not list((out / ".tmp").iterdir()), "temporary files are swept"
    assert not list(out.glob(".*.draft"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_wish_to_stop_is_kept_and_the_next_run_goes_on(
    number: int, code: int, command: Command, undisturbed: Path, tmp_path: Path
):
    first = command("-v")
    assert first.stderr is not None
    first.stderr.readline()  # the first input is done
    first.send_signal(number)
    _, told = first.communicate(timeout=60)
    assert first.returncode == code
    assert "Run the same command again" in told
    assert command("-q").wait(120) == 3
    assert digest_of(tmp_path / "out") == digest_of(undisturbed)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process cannot be held")
def test_a_second_run_on_one_output_names_the_first(command: Command, tmp_path: Path):
    first = command("-v")
    assert first.stderr is not None
    first.stderr.readline()
    first.send_signal(signal.SIGSTOP)  # it might end before the second begins
    _, told = command().communicate(timeout=60)
    first.send_signal(signal.SIGCONT)
    assert f"process {first.pid} on" in told
    threading.Thread(target=first.stderr.read, daemon=True).start()
    assert first.wait(120) == 3


# --- the rest


def test_an_engine_that_is_none(tmp_path: Path):
    with pytest.raises(UsageError, match=f"Choose one of: {', '.join(ENGINES)}"):
        open_engine("steam", Workshop(Settings(), 1, tmp_path, tmp_path))
    assert isinstance(open_engine("local", Workshop(Settings(), 1, tmp_path, tmp_path)), LocalEngine)


def test_a_draw_is_always_the_same():
    paths = [Path(str(number)) for number in range(100)]
    assert drawn(paths) == paths
    assert drawn(paths, limit=3) == paths[:3]
    chosen = drawn(paths, sample=10)
    assert chosen == drawn(paths, sample=10) == sorted(chosen, key=paths.index)
    assert len(set(chosen)) == 10
    assert drawn(paths, limit=2, sample=10) == chosen[:2]
    assert drawn(paths[:4], sample=10) == paths[:4]


def test_a_plan_says_what_there_is(paths: list[Path], tiny_settings: Settings, tmp_path: Path):
    kinds = {kind.suffix: kind for kind in plan(paths, Order(tiny_settings, workers=1))}
    assert {suffix: kind.inputs for suffix, kind in kinds.items()} == {".docx": 1, ".pdf": 1, ".txt": FILES - 2}
    assert kinds[".txt"].tried == 3
    assert kinds[".txt"].seconds and kinds[".txt"].passages >= 3
    assert kinds[".pdf"].seconds is None  # torn
    assert not list(tmp_path.iterdir())


def test_rows_of_a_long_document_go_by_a_file(tmp_path: Path):
    passages = tuple(PassageRow(f"p{number}", "{}") for number in range(LEAST))
    links = tuple(LinkRow(f"l{number}", "A1", "review", number / LEAST, "{}") for number in range(3))
    long = Finished(0, "long.pdf", "ok", passages=passages, links=links)
    sent = spool(long, tmp_path)
    assert (len(sent.passages), len(sent.links)) == (LEAST, 3) and len([*tmp_path.iterdir()]) == 1
    for _ in range(2):
        assert (tuple(sent.passages), tuple(sent.links)) == (passages, links)
    assert len(pickle.dumps(sent)) < 1000
    drop(sent)
    assert not [*tmp_path.iterdir()]
    assert spool(long, tmp_path / "none") is long  # no room: it travels as it is
    short = replace(long, passages=passages[:2])
    assert spool(short, tmp_path) is short and not [*tmp_path.iterdir()]
