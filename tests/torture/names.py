"""Rows 1 to 10: what is no document, what is named badly, what is not what its name says."""

from __future__ import annotations

import io
import os
import socket
import zipfile
from pathlib import Path

import fixtures

from torture.base import PHRASE, READ, SECOND, UNSAID, Case

TEXT = f"# Notes\n\n{PHRASE}.\n".encode()
NAMES = (
    "line\nbreak.txt", "quote\"'.txt", "<script>alert(1)<∕script>.txt", "=cmd|' calc'!A1.txt", "🙂 é.txt",
    "caf\u00e9.txt", "cafe\u0301.txt", "n" * 251 + ".txt", "-o.txt", "up..%2f..%2fescaped.txt",
    os.fsdecode(b"not \xff utf-8.txt"),
)  # fmt: skip


def _nothing() -> bytes:
    return b""


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        folder = os.open(path.parent, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{folder}/{path.name}")  # a socket's own path may have 107 bytes only
        os.close(folder)


def _loop_of_folders(path: Path) -> None:
    path.mkdir()
    (path / "inner.txt").write_bytes(TEXT + path.name.encode())
    (path / "back").symlink_to(path)


def _outward(path: Path) -> None:
    outside = path.parent.parent / "outside.txt"
    outside.write_text(f"{UNSAID}.", "utf-8")
    path.symlink_to(outside)


def _closed(path: Path) -> None:
    path.write_bytes(TEXT)
    path.chmod(0)


def _polyglot() -> bytes:
    """A PDF that is a zip archive as well, by the directory at its end."""
    target = io.BytesIO()
    target.write(fixtures.paged_pdf([fixtures.say(f"{PHRASE}.")]))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("hidden.txt", UNSAID)
    return target.getvalue()


def _archive() -> bytes:
    return fixtures.zipped(notes_txt=UNSAID.encode())


def _named(name: str) -> Case:
    text = f"# A hostile name\n\n{PHRASE} as number {NAMES.index(name)} says.\n".encode()
    return Case(8, f"names/{name}", lambda: text, ("ok",), keeps=(PHRASE,))


CASES = (
    Case(1, "empty.pdf", _nothing, ("corrupt",), "empty"),
    Case(1, "empty.docx", _nothing, ("corrupt",), "empty"),
    Case(1, "empty.html", _nothing, ("no_text",), "empty"),
    Case(1, "empty.txt", _nothing, ("no_text",), "empty"),
    Case(2, "one sign.txt", lambda: b"-", ("no_text",)),
    Case(2, "one NUL.txt", lambda: b"\0", ("no_text", "unsupported")),
    Case(2, "only a mark.txt", lambda: b"\xef\xbb\xbf", ("no_text",)),
    Case(2, "only a wide mark.txt", lambda: b"\xff\xfe", ("no_text",)),
    Case(2, "blank.md", lambda: b" \n\t\r\n\f\n" * 99, ("no_text",)),
    Case(2, "one letter.txt", lambda: b"x", ("ok",), keeps=("x",)),  # little, but it is text
    Case(3, "folder.pdf", Path.mkdir, ("io_error",), "not a regular file", special=True),
    Case(4, "pipe.txt", os.mkfifo, ("io_error",), "not a regular file", special=True),
    Case(4, "socket.txt", _socket, ("io_error",), "not a regular file", special=True),
    Case(4, "zeros.pdf", lambda path: path.symlink_to("/dev/zero"), ("io_error",), "not a regular", special=True),
    Case(5, "loop.txt", lambda path: path.symlink_to(path.name), ("io_error",), special=True),
    Case(5, "walk", _loop_of_folders, (), special=True),
    Case(5, "outward.txt", _outward, (), special=True),  # left out with the one above, and told: `test_links_away`
    Case(6, "dangling.pdf", lambda path: path.symlink_to("nowhere"), ("io_error",), "no such file", special=True),
    Case(6, "closed.txt", _closed, ("io_error",) if os.geteuid() else ("ok",), special=True),
    *map(_named, NAMES),
    Case(9, "same/a.txt", lambda: f"{PHRASE}; three names.".encode(), ("ok",), keeps=(PHRASE,)),
    Case(9, "same/b.html", lambda: f"{PHRASE}; three names.".encode(), ("ok",)),
    Case(9, "same/c.pdf", lambda: f"{PHRASE}; three names.".encode(), ("ok",)),
    Case(10, "page.pdf", lambda: f"<html><body><p>{PHRASE}.</p></body></html>".encode(), ("ok",), keeps=(PHRASE,)),
    Case(10, "archive.docx", _archive, ("unsupported",), "zip"),
    Case(10, "document.txt", lambda: fixtures.paged_pdf([fixtures.say(f"{SECOND}.")]), ("ok",), keeps=(SECOND,)),
    Case(10, "both.zip", _polyglot, READ, keeps=(PHRASE,)),
    Case(10, "picture.html", lambda: b"\x89PNG\r\n\x1a\n" + TEXT, ("unsupported",), "PNG"),
)
