"""Hostile files cost themselves: every fault of a reader has a status, bounded time, and leaves nothing behind."""

import contextlib
import os
import pickle
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from pathlib import Path

import pytest
import tasks
from fixtures import growing

from nlp.errors import ReaderKilled, UnreadableDocument, UsageError
from nlp.pipeline import read_structured
from nlp.readers import limits, load, read
from nlp.readers.parcel import Answer, Asks, pack, unpack
from nlp.readers.worker import Worker
from nlp.records import Known
from nlp.settings import Settings

LINUX = sys.platform == "linux"
SETTINGS = Settings(
    read_seconds=1.0, read_cpu_seconds=1.0, read_memory=1_500_000_000, write_bytes=5_000_000, open_files=64
)
ROOT = Path(__file__).resolve().parent.parent
MARK = tasks.LEFT[-1]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="these limits need a Unix")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readers")


@pytest.fixture(scope="module")
def worker(folder: Path) -> Iterator[Worker]:
    child = Worker(tasks.misbehave, SETTINGS, folder)
    child.call(Path("first"))
    yield child
    child.stop()
    assert not list(folder.iterdir())


def processes() -> dict[int, tuple[int, str, str]]:
    """Parent, state and command line of every process."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (place / "stat").read_text("latin-1").rpartition(")")[2].split()[:2]
            found[int(place.name)] = (int(parent), state, (place / "cmdline").read_text("latin-1"))
    return found


def below(ancestor: int) -> set[int]:
    parents, found = processes(), [ancestor]
    for pid in found:
        found += [child for child, (parent, *_) in parents.items() if parent == pid]
    return set(found[1:])


def gone(pids: set[int], seconds: float = 5.0) -> bool:
    """Whether all have ended, zombies not counted as such, within the time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        left = processes()
        if not any(pid in left and left[pid][1] != "Z" for pid in pids):
            return True
        time.sleep(0.02)
    return False


def zombies() -> set[int]:
    return {pid for pid, (parent, state, _) in processes().items() if parent == os.getpid() and state == "Z"}


# --- every fault ends in its status, in time, and the slot goes on


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("sleep", "timeout", "not read in 1 seconds"),
        ("spin", "timeout", "not read in 1 seconds"),
        ("native spin", "timeout", "not read in 1 seconds"),
        ("fork", "timeout", "not read in 1 seconds"),
        ("eat", "out_of_memory", "1500000000 bytes"),
        ("write", "too_large", "more than 5000000 bytes"),
        ("native write", "corrupt", "5000000 bytes"),
        ("open", "crashed", "more than 64 files"),
        ("vanish", "crashed", "exit code 0"),
        ("leave", "crashed", "exit code 7"),
        ("kill", "crashed", "SIGKILL"),
        ("refuse", "encrypted", "it has a password"),
        ("abort", "crashed", "SIGABRT"),
        ("crash", "crashed", "SIGSEGV"),
        ("stumble", "crashed", "KeyError at tasks.py"),
        ("nest", "corrupt", "nested too deeply"),
        ("garble", "crashed", "nobody understands"),
        ("promise", "timeout", "not read in 1 seconds"),
        ("flood", "crashed", "nobody understands"),
    ],
)
def test_a_fault_costs_one_file(name: str, status: str, words: str, worker: Worker):
    if not worker.pipe:
        worker.call(Path("warm"))
    began = time.monotonic()
    with pytest.raises(UnreadableDocument) as caught:
        worker.call(Path(f"{name}.pdf"))
    assert time.monotonic() - began < 6
    assert (caught.value.status, caught.value.subject) == (status, f"{name}.pdf")
    assert words in caught.value.reason and "ministry" not in str(caught.value)
    assert worker.call(Path("next")) == "read next"
    assert not zombies()


@pytest.mark.parametrize("name", ["close", "babble", "plod"])
def test_what_harms_nobody_is_read(name: str, worker: Worker, capfd: pytest.CaptureFixture[str]):
    worker.call(Path("warm"))
    assert worker.call(Path(f"{name}.pdf")) == f"read {name}"
    assert worker.call(Path("next")) == "read next"
    assert capfd.readouterr() == ("", "")


def test_computing_has_a_limit_of_its_own(folder: Path):
    patient = Settings(read_seconds=60.0, read_cpu_seconds=1.0)
    worker = Worker(tasks.misbehave, patient, folder)
    worker.call(Path("first"))
    with pytest.raises(UnreadableDocument, match="1 seconds of computing") as caught:
        worker.call(Path("native spin"))
    assert caught.value.status == "timeout"
    worker.call(Path("next"))
    first, second = (int(worker.call(Path("limit"))) for _ in range(2))
    assert 1 <= first <= second <= first + 1
    worker.stop()


@pytest.mark.parametrize("whose", ["keeper", "reader"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_reader_that_someone_ended_is_told_apart(whose: str, number: int, worker: Worker):
    worker.call(Path("warm"))
    keeper = worker._process.pid
    reader = max(below(keeper)) if whose == "reader" and LINUX else keeper
    worker.send(Path("sleep"))
    os.kill(reader, number)
    with pytest.raises(ReaderKilled, match="ended by SIG") as caught:
        until_done(worker)
    assert caught.value.status == "crashed"
    assert worker.call(Path("next")) == "read next"


def until_done(worker: Worker, known: Callable[[str], bool] = lambda _: False) -> Answer:
    while True:
        assert worker.pipe and worker.deadline
        wait([worker.pipe], worker.deadline - time.monotonic())
        got = worker.receive()
        if isinstance(got, Answer):
            return got
        if isinstance(got, Asks):
            worker.answer(known(got.document_id))


# --- nothing stays behind


def test_what_a_file_leaves_running_ends_with_it(worker: Worker):
    worker.call(Path("warm"))
    before = below(worker._process.pid)
    assert worker.call(Path("forks")) == "read forks"
    if "processes" in worker.in_force:
        left = below(worker._process.pid) - before
        assert gone(left)
    everything = below(worker._process.pid)
    worker.stop()
    assert gone(everything, 1.0)
    assert not zombies()
    assert not [pid for pid, (_, _, command) in processes().items() if MARK in command and command.count("\0") < 4]


SCRIPT = """
import sys, time
from pathlib import Path
import tasks
from nlp.readers.worker import Worker
from nlp.settings import Settings

workers = [Worker(tasks.misbehave, Settings(), Path(sys.argv[1])) for _ in range(2)]
for worker in workers:
    worker.call(Path("first"))
for worker, name in zip(workers, ("fork", "call helpers")):
    worker.send(Path(name))
time.sleep(0.5)
print(",".join(sorted(worker.in_force | {"there"})), flush=True)
time.sleep(600)
"""
NO_SPACES = 'for what in user pid net; do echo 0 > /proc/sys/user/max_${what}_namespaces; done; exec "$@"'


PLACES = {
    "as we are": (),
    "as a user": ("unshare", "-U", "--map-user=1000", "--map-group=1000"),
    "no namespaces": ("unshare", "-U", "-r", "sh", "-c", NO_SPACES, "sh"),
}


def started(folder: Path, *before: str) -> tuple[subprocess.Popen[str], str]:
    """A process with two readers at work, and what it says of their limits."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    command = [*before, sys.executable, "-c", SCRIPT, str(folder)]
    parent = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    return parent, parent.stdout.readline()


@pytest.mark.skipif(not LINUX, reason="looks into /proc")
@pytest.mark.parametrize("place", PLACES)
def test_who_kills_the_parent_kills_all(place: str, tmp_path: Path):
    before = PLACES[place]
    if before and subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here")
    parent, said = started(tmp_path, *before)
    assert "there" in said and ("processes" in said) == (place != "no namespaces")
    everything = below(parent.pid)
    assert len(everything) > 8
    parent.kill()
    parent.communicate(timeout=10)
    assert gone(everything)
    assert len(limits.sweep(tmp_path)) == 2
    assert not list(tmp_path.iterdir())


def test_a_thread_that_ends_takes_no_reader_with_it(folder: Path):
    worker = Worker(tasks.misbehave, SETTINGS, folder)
    thread = threading.Thread(target=worker.call, args=(Path("first"),))
    thread.start()
    thread.join()
    time.sleep(0.2)
    pid = worker._process.pid
    assert worker.call(Path("next")) == "read next"
    assert worker._process.pid == pid
    worker.stop()


# --- temporary files


def test_temporary_files_have_a_folder_and_end_with_the_file(folder: Path):
    worker = Worker(tasks.misbehave, SETTINGS, folder)
    for _ in range(2):
        names, place = worker.call(Path("litter")).split("|")
        assert len(names.split()) == 2  # its own two, nothing of the file before
        assert Path(place).is_relative_to(folder) and not list(Path(place).iterdir())
    assert Path.home().is_dir()
    with pytest.raises(UnreadableDocument):
        worker.call(Path("leave"))
    assert not list(folder.glob(f"{limits.FOLDER}*/files/*")) and not Path(place).exists()
    worker.stop()


def test_the_folders_of_the_living_are_not_swept(tmp_path: Path):
    dead, young, other = (tmp_path / name for name in (f"{limits.FOLDER}dead", f"{limits.FOLDER}young", "mine"))
    for path in (dead, young, other):
        path.mkdir()
        (path / "words").write_text("lamps")
    (dead / limits.LOCK).touch()
    with limits.folder_in(tmp_path) as held:
        assert limits.sweep(tmp_path) == [dead]
        assert sorted(tmp_path.iterdir()) == sorted([held, young, other])
    os.utime(young, (0, 0))
    assert limits.sweep(tmp_path) == [young]
    assert list(tmp_path.iterdir()) == [other]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="no folder for temporary files"):
        Worker(tasks.misbehave, SETTINGS, tmp_path / "file" / "sub").start()


# --- no network


def test_nothing_is_reached(worker: Worker):
    assert worker.call(Path("dial")) == "refused refused refused refused refused"


@pytest.mark.parametrize("program", ["curl", "python"])
def test_programs_reach_nothing_either(program: str, worker: Worker, tmp_path: Path):
    worker.call(Path("warm"))
    if "network" not in worker.in_force:
        pytest.skip("this kernel gives no network of one's own")
    if program == "curl" and not shutil.which("curl"):
        pytest.skip("no curl")
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"127.0.0.1:{server.getsockname()[1]}"
        reached = subprocess.run(tasks.DIALLERS[program](url), capture_output=True, check=False, timeout=10)
        assert reached.returncode in (0, 28)  # from here it is there
        assert worker.call(Path(f"{program} {url}")) == "failed"


# --- the conversation


def test_a_document_is_asked_for_before_it_is_read(tmp_path: Path, folder: Path):
    path = tmp_path / "a.txt"
    path.write_text("lamps")
    worker = Worker(tasks.recall, SETTINGS, folder)
    asked: list[str] = []
    document_id = worker.call(path, lambda name: bool(asked.append(name)))
    assert asked == [document_id] and len(document_id) == 64
    assert worker.call(path, lambda name: name == document_id) == Known(document_id)
    worker.send(path)
    answer = until_done(worker, lambda _: True)
    assert answer.head.document_id == document_id
    assert unpack(answer.payload) == answer.value() == Known(document_id)
    worker.stop()


def test_who_waits_for_an_answer_is_not_late(worker: Worker):
    worker.call(Path("warm"))
    worker.send(Path("ask"))
    assert worker.pipe and wait([worker.pipe], 5)
    assert isinstance(worker.receive(), Asks) and worker.deadline is None
    assert worker.receive() is None
    time.sleep(1.2)
    worker.answer(True)
    assert until_done(worker).value() == "known"
    assert not worker.busy and worker.deadline is None


def test_a_fault_after_the_question_names_the_document(worker: Worker):
    with pytest.raises(UnreadableDocument) as caught:
        worker.call(Path("asleep"))
    assert caught.value.status == "timeout" and len(caught.value.document_id or "") == 64
    assert pickle.loads(pickle.dumps(caught.value)).document_id == caught.value.document_id


def test_sending_twice_is_a_mistake_and_stopping_forgets(worker: Worker):
    worker.send(Path("sleep"))
    with pytest.raises(RuntimeError, match="busy with sleep"):
        worker.send(Path("next"))
    worker.stop()
    assert not worker.busy and worker.pipe is None and worker.receive() is None
    assert worker.call(Path("next")) == "read next"


def test_a_reader_that_dies_idle_costs_nothing(worker: Worker):
    worker.call(Path("warm"))
    os.kill(worker._process.pid, signal.SIGKILL)
    assert worker.pipe and wait([worker.pipe], 5)
    assert worker.receive() is None and worker.pipe is None
    assert worker.call(Path("next")) == "read next"
    os.kill(worker._process.pid, signal.SIGKILL)
    time.sleep(0.3)
    assert worker.call(Path("another")) == "read another"


def test_a_reader_makes_way_after_so_many_files(folder: Path):
    worker = Worker(tasks.misbehave, Settings(recycle_after=2), folder)
    places = [worker.call(Path("place")) for _ in range(5)]
    assert [places.index(place) for place in places] == [0, 0, 2, 2, 4]
    worker.stop()


def test_files_that_are_known_do_not_count(folder: Path, tmp_path: Path):
    path, worker, processes = tmp_path / "a", Worker(tasks.recall, Settings(recycle_after=2), folder), []
    path.write_text("a")
    for known in (True, True, True, False, False, False):
        worker.call(path, {True: lambda _: True, False: lambda _: False}[known])
        processes.append(worker._process.pid)
    assert [processes.index(one) for one in processes] == [0, 0, 0, 0, 0, 5]
    worker.stop()


def test_a_reader_that_stays_large_makes_way(folder: Path):
    worker = Worker(tasks.swell, Settings(read_memory=1_000_000_000), folder)
    places = [worker.call(Path(name)) for name in ("a", "b", "swell", "c", "d")]
    assert [places.index(place) for place in places] == [0, 0, 0, 3, 3]
    worker.stop()


def test_limits_that_hold_are_told(worker: Worker):
    worker.call(Path("warm"))
    assert {"memory", "cpu", "writes", "files", "core", "folder", "python network", "session"} <= worker.in_force
    assert not limits.in_force()  # nothing of it binds this process


class Rogue:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 3",)


@pytest.mark.parametrize("value", [Rogue(), os.system, Worker, subprocess.Popen])
def test_unpacking_builds_records_only(value: object):
    with pytest.raises(pickle.UnpicklingError, match="no record"):
        unpack(pack(value))


@pytest.mark.parametrize("data", [b"", b"\x80\x05N", pack("lamps")[:-3], b"\x80\x05\x8c\x03nlp\x8c\x04lamp\x93."])
def test_what_is_no_parcel_is_told(data: bytes):
    with pytest.raises(pickle.UnpicklingError):
        unpack(data)


def test_all_that_readers_return_survives_the_journey():
    for path in sorted((ROOT / "corpus" / "samples").glob("0[1-4]*")):
        structured = read_structured(path, Settings())
        assert unpack(pack(structured)) == structured


# --- opening a file


def test_a_link_is_followed_but_not_for_ever(tmp_path: Path):
    real, link, loop = (tmp_path / name for name in ("real.txt", "link.txt", "loop.txt"))
    real.write_text("lamps")
    link.symlink_to(real)
    loop.symlink_to(loop)
    assert load(link, SETTINGS) == b"lamps"
    with pytest.raises(UnreadableDocument) as caught:
        load(loop, SETTINGS)
    assert caught.value.status == "io_error"


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "link to a device"])
def test_only_regular_files_are_opened(kind: str, tmp_path: Path):
    path = tmp_path / "a.txt"
    with contextlib.ExitStack() as stack:
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "socket":
            stack.enter_context(socket.socket(socket.AF_UNIX)).bind(str(path))
        else:
            path.symlink_to("/dev/zero")
        with pytest.raises(UnreadableDocument, match="not a regular file"):
            load(Path("/dev/zero") if kind == "device" else path, SETTINGS)


def test_a_pipe_put_in_a_files_place_does_not_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path, was = tmp_path / "a.txt", tmp_path / "was.txt"
    was.write_text("lamps")
    os.mkfifo(path)
    monkeypatch.setattr(
        Path,
        "stat",
        lambda _: os.stat(was),  # noqa: PTH116
    )
    with pytest.raises(UnreadableDocument, match="not a regular file"):
        load(path, SETTINGS)


def test_a_file_that_grows_while_it_is_read_is_for_the_next_run(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"lamps " * 4_000_000)
    with growing(path), pytest.raises(UnreadableDocument, match="changed while it was read") as caught:
        for _ in range(200):
            load(path, Settings())
    assert caught.value.status == "io_error" and "run again" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("lamps")
    path.chmod(stat.S_IWUSR)
    with pytest.raises(UnreadableDocument, match="permission denied"):
        load(path, SETTINGS)


def test_an_unreadable_document_has_its_hash(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(UnreadableDocument) as caught:
        read(path, SETTINGS)
    assert caught.value.document_id and caught.value.subject == str(path)
    path.unlink()
    with pytest.raises(UnreadableDocument) as missing:
        read(path, SETTINGS)
    assert missing.value.document_id is None
