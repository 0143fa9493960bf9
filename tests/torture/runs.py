"""Rows 60 and 65: what is large, and good files with one bit turned."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import fixtures

from torture.base import PHRASE, READ, REFUSED, Case

EACH = 12
NOISE = 20
GOOD: dict[str, Callable[[], bytes]] = {
    "pdf": fixtures.pdf_file,
    "docx": fixtures.word_file,
    "html": fixtures.html_file,
    "txt": fixtures.text_file,
    "rtf": lambda: f"{{\\rtf1\\ansi {{\\b Notes}}\\par {PHRASE}.\\par\\trowd\\cell a\\cell\\row}}".encode(),
}


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2_000_000_000)  # tiny on disk


def turned(data: bytes, chance: random.Random) -> bytes:
    """The same bytes with one bit turned."""
    changed = bytearray(data)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _fuzzed() -> list[Case]:
    chance, cases = random.Random(65), []
    for suffix, make in GOOD.items():
        data = make()
        for number in range(EACH):
            cases.append(_given(f"fuzz/{number}.{suffix}", turned(data, chance)))
    for number in range(NOISE):
        opening = chance.choice(
            [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"{\\rtf1", b"\xff\xfe", b"\xd0\xcf\x11\xe0"]
        )
        cases.append(_given(f"fuzz/noise {number}", opening + chance.randbytes(chance.randrange(3_000))))
    return cases


def _given(name: str, data: bytes) -> Case:
    return Case(65, name, lambda: data, (*READ, *REFUSED))


CASES = (Case(60, "huge.txt", _huge, ("too_large",), "bytes", special=True), *_fuzzed())
