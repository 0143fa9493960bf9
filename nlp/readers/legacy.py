"""Word 97-2003, WordPerfect and OpenDocument: turned into DOCX by LibreOffice where it is installed, then read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from nlp.errors import UnreadableDocument
from nlp.readers.sniffing import CONVERT
from nlp.readers.word import reading as word
from nlp.records import Extract
from nlp.settings import Settings

PROGRAMS = ("soffice", "libreoffice")
INSTALL = f"install LibreOffice (apt-get install libreoffice-writer-nogui), or {CONVERT}"
SHARE = 0.8  # of the time for reading that the conversion may take


def read(data: bytes, settings: Settings) -> Extract:
    """Read an old document by way of DOCX.

    Raises:
        UnreadableDocument: as `converted`, and as `nlp.readers.word.reading.read`.
    """
    return word.read(converted(data, settings), settings)


def converted(data: bytes, settings: Settings) -> bytes:
    """Return an old document as DOCX.

    LibreOffice gets a folder and a profile of its own, runs no macros, and asks nothing of the network.

    Raises:
        UnreadableDocument: "unsupported" without LibreOffice, "timeout" or "corrupt" where it fails.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise UnreadableDocument("document", "unsupported", "a format that LibreOffice must convert", INSTALL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "document"
        source.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(folder / "out"),
            str(source),
        ]
        reason = _run(command, folder, SHARE * settings.read_seconds)
        made = folder / "out" / "document.docx"
        if not made.is_file():
            raise UnreadableDocument("document", "corrupt", f"LibreOffice could not convert it: {reason}", CONVERT)
        return made.read_bytes()


def _run(command: list[str], home: Path, seconds: float) -> str:
    """Run LibreOffice, at home in the given folder, and return the last it complained of.

    What the command starts is a script that starts the program: in time trouble both must end, so they get a session
    of their own.
    """
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "HOME": str(home)},
    ) as running:
        try:
            _, said = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                os.killpg(running.pid, signal.SIGKILL)
            running.kill()
            raise UnreadableDocument(
                "document", "timeout", "LibreOffice did not convert it in time", "raise EVMAP_READ_SECONDS"
            ) from None
    # It complains of a missing Java in every run.
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if "javaldx" not in line.lower()]
    return next((line for line in reversed(lines) if line), "no reason given")
