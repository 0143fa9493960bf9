"""Reading tasks that go wrong, for the child process that reads; each does what the file's name says."""

import os
import signal
import time
from pathlib import Path

from nlp.errors import UnreadableDocument
from nlp.readers.pulse import beat
from nlp.settings import Settings


def misbehave(path: Path, settings: Settings) -> str:
    name = path.stem
    if name == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif name == "abort":
        os.abort()
    elif name == "leave":
        os._exit(7)
    elif name == "sleep":
        time.sleep(600)
    elif name == "eat":
        return str(len(bytearray(4_000_000_000)))
    elif name == "nest":
        return misbehave(path, settings) + "!"
    elif name == "refuse":
        raise UnreadableDocument(path, "encrypted", "it has a password", "give one without")
    elif name == "plod":  # longer than it may take, but it says that it goes on
        for _ in range(4):
            time.sleep(0.3)
            beat()
    elif name == "stumble":
        raise KeyError("lamp")
    return f"read {name}"
