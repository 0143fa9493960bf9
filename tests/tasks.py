"""Reading tasks that go wrong, for the child process that reads; each does what the file's name says."""

import ctypes
import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from nlp.errors import UnreadableDocument
from nlp.readers.pulse import beat
from nlp.records import Known
from nlp.settings import Settings

Asks = Callable[[str], bool]
LEFT = [sys.executable, "-c", "import time; time.sleep(600)"]  # a helper that nobody waits for


def misbehave(path: Path, settings: Settings, known: Asks) -> str:
    name = path.stem
    if name in FAULTS:
        return str(FAULTS[name]() or f"read {name}")
    if name.split()[0] in DIALLERS:
        program, url = path.name.split()
        return {0: "reached", 28: "reached"}.get(subprocess.call(DIALLERS[program](url)), "failed")
    if name == "call helpers":
        subprocess.run([*LEFT], start_new_session=True, check=False)
    if name == "nest":
        return misbehave(path, settings, known) + "!"
    if name == "refuse":
        raise UnreadableDocument(path, "encrypted", "it has a password", "give one without")
    if name == "ask":
        return "known" if known(hashlib.sha256(b"ask").hexdigest()) else "new"
    if name == "asleep":
        known(hashlib.sha256(b"asleep").hexdigest())
        time.sleep(600)
    return f"read {name}"


def recall(path: Path, settings: Settings, known: Asks) -> str | Known:
    document_id = hashlib.sha256(path.read_bytes()).hexdigest()
    return Known(document_id) if known(document_id) else document_id


def swell(path: Path, settings: Settings, known: Asks) -> str:
    """Keep more than half of the memory for ever; say which process this is."""
    HOARD.append(b"x" * (settings.read_memory // 2 if path.stem == "swell" else 0))
    return _place()


HOARD: list[bytes] = []
DIALLERS: dict[str, Callable[[str], list[str]]] = {  # programs that reach HOST:PORT: 0 or 28 if they did
    "curl": lambda url: ["curl", "--silent", "--max-time", "1", f"http://{url}"],
    "python": lambda url: [sys.executable, "-c", f"import socket; socket.create_connection({tuple(url.split(':'))})"],
}


def _plod() -> None:  # longer than it may take, but it says that it goes on
    for _ in range(4):
        time.sleep(0.3)
        beat()


def _stumble() -> None:
    raise KeyError("lamp of the ministry")


def _spin() -> None:
    while True:
        pass


def _spin_below() -> int:
    """Compute where the interpreter has no say: a power of hundreds of millions of digits."""
    return 7**700_000_000


def _fork() -> None:
    """Fork and fork again, half of the forks in sessions of their own, and sleep."""
    for _ in range(5):
        if os.fork() == 0 and os.fork() == 0:
            os.setsid()
    time.sleep(600)


def _leave_forks() -> None:
    for detached in (False, True):
        subprocess.Popen(LEFT, start_new_session=detached)
    if os.fork() == 0:
        time.sleep(600)


def _write() -> None:
    piece = b"x" * 1_000_000
    with tempfile.TemporaryFile() as file:
        for _ in range(10_000):
            file.write(piece)


def _write_below() -> None:
    """A program that the reader calls is bound as well."""
    path = Path(tempfile.mkdtemp()) / "large"
    subprocess.run(["head", "-c", "10000000000", "/dev/zero"], stdout=path.open("wb"), check=False)
    raise UnreadableDocument("native write.pdf", "corrupt", f"{path.stat().st_size} bytes")


def _open() -> int:
    return len([Path(os.devnull).open() for _ in range(100_000)])


def _close_output() -> None:
    os.close(1)
    os.close(2)


def _babble() -> None:
    garbage = b"\x00\xff\x1b[2J{]" * 100_000
    os.write(1, garbage)
    os.write(2, garbage)
    subprocess.run(["printf", "garbage"], check=True)


def _pipes() -> list[int]:
    """Descriptors of sockets: of all that this process has, the pipe to its parent."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            if str(entry.readlink()).startswith("socket:"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _garble() -> None:
    for number in _pipes():
        os.write(number, b"\x00\x00\x00\x05hello" * 10)
    time.sleep(600)


def _promise() -> None:
    """Announce a long message and fall silent."""
    for number in _pipes():
        os.write(number, b"\x00\x10\x00\x00a")
    time.sleep(600)


def _crash() -> None:
    ctypes.string_at(0)


def _dial() -> str:
    """What came of every way out, native ones too."""
    said = []
    for reach in (
        lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: socket.socket().bind(("127.0.0.1", 0)),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
        lambda: urllib.request.urlopen("http://127.0.0.1:9", timeout=1),
    ):
        try:
            reach()
            said.append("reached")
        except OSError as error:
            said.append("refused" if "no network" in str(error) else str(error))
    return " ".join(said)


def _place() -> str:
    return str(Path("/proc/self/ns/pid").stat().st_ino) + tempfile.gettempdir()


def _litter() -> str:
    folder = Path(tempfile.mkdtemp())
    (folder / "profile").mkdir()
    (folder / "profile" / "words").write_text("lamps")
    Path(tempfile.gettempdir(), "link").symlink_to(Path.home())
    return " ".join(sorted(entry.name for entry in folder.parent.iterdir())) + "|" + str(folder.parent)


FAULTS: dict[str, Callable[[], object]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "abort": os.abort,
    "crash": _crash,
    "leave": lambda: os._exit(7),
    "vanish": lambda: os._exit(0),
    "sleep": lambda: time.sleep(600),
    "eat": lambda: str(len(bytearray(4_000_000_000))),
    "plod": _plod,
    "stumble": _stumble,
    "spin": _spin,
    "native spin": _spin_below,
    "fork": _fork,
    "forks": _leave_forks,
    "write": _write,
    "native write": _write_below,
    "open": _open,
    "close": _close_output,
    "babble": _babble,
    "garble": _garble,
    "promise": _promise,
    "flood": lambda: [beat() for _ in range(1_000_000)],
    "dial": _dial,
    "litter": _litter,
    "place": _place,
    "limit": lambda: resource.getrlimit(resource.RLIMIT_CPU)[0],
}
