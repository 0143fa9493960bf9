"""The MUTATIONS table: ways to damage a file, each `(data, another good file of its format, rng) -> data`."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

Mutate = Callable[[bytes, bytes, random.Random], bytes]
LONGEST_RUN = 200_000
TORN = (zipfile.BadZipFile, zlib.error, struct.error)
_NIL_DATE = (1980, 1, 1, 0, 0, 0)  # the same damage, the same bytes
ODD = (b"\0", b"\xff", b"(", b"[", b"<<", b"{\\", b"<div>", b"9", b"-1", b" ", b"%", b"\xed\xa0\x80", b"\r")


def flip(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Flip one to fifty bits."""
    damaged = bytearray(data)
    for _flip in range(rng.choice((1, 1, 3, 10, 50))):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def truncate(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Keep the beginning, or the end."""
    cut = rng.randrange(len(data))
    return data[:cut] if rng.random() < 0.8 else data[cut:]


def splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def repeat(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Say a piece again, two to two hundred times."""
    start = rng.randrange(len(data))
    piece = data[start : start + rng.choice((8, 64, 512, 4096))]
    return data[:start] + piece * rng.choice((2, 10, 200)) + data[start:]


def insert(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Insert a run of something odd."""
    start, what = rng.randrange(len(data)), rng.choice(ODD)
    return data[:start] + what * (rng.choice((1, 100, LONGEST_RUN)) // len(what) + 1) + data[start:]


def drop(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Leave a piece out."""
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice((1, 16, 256, 4096)) :]


def number(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Put another number in the place of one."""
    places = [place for place, byte in enumerate(data) if 48 <= byte <= 57]
    if not places:
        return flip(data, data, rng)
    start = rng.choice(places)
    end = start + 1
    while data[end : end + 1].isdigit():
        end += 1
    return data[:start] + rng.choice((b"0", b"-1", b"99999999999", b"65536", b"1e309", b"")) + data[end:]


def swap_words(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Exchange two pieces."""
    first, second = sorted(rng.randrange(len(data)) for _ in range(2))
    size = min(rng.choice((4, 40, 400)), second - first)
    return (
        data[:first] + data[second : second + size] + data[first + size : second]
        + data[first : first + size] + data[second + size :]
    )  # fmt: skip


PLAIN: dict[str, Mutate] = {
    one.__name__: one for one in (flip, truncate, splice, repeat, insert, drop, number, swap_words)
}


def inside_zip(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Damage one part of a package and pack it again, so that what is in it is met."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = "word/document.xml" if rng.random() < 0.5 and "word/document.xml" in names else rng.choice(names)
        for name in names:
            part = old.read(name)
            if name == chosen and part:
                part = rng.choice(list(PLAIN.values()))(part, _part(other, name) or part, rng)
            if name != chosen or rng.random() > 0.1:
                new.writestr(zipfile.ZipInfo(name, _NIL_DATE), part, zipfile.ZIP_DEFLATED)
        if rng.random() < 0.1:
            new.writestr(zipfile.ZipInfo("word/more.xml", _NIL_DATE), b"x")
    return target.getvalue()


def _part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name) if name in archive.namelist() else b""


def inside_stream(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Damage what a compressed PDF stream holds and pack it again; its length stays as declared, so it is wrong."""
    starts = [place for place in _found(data, b"stream\n") if data[place - 3 : place] != b"end"]
    if not starts:
        return flip(data, other, rng)
    start = rng.choice(starts) + len(b"stream\n")
    end = data.find(b"endstream", start)
    try:
        inner = zlib.decompress(data[start:end])
        packed = True
    except zlib.error:
        inner, packed = data[start:end], False
    if not inner:
        return flip(data, other, rng)
    inner = rng.choice(list(PLAIN.values()))(inner, inner, rng)
    return data[:start] + (zlib.compress(inner) if packed else inner) + b"\n" + data[end:]


def _found(data: bytes, what: bytes) -> list[int]:
    places, place = [], data.find(what)
    while place >= 0:
        places.append(place)
        place = data.find(what, place + 1)
    return places


MUTATIONS: dict[str, dict[str, Mutate]] = {
    "pdf": {**PLAIN, "inside_stream": inside_stream, "inside_stream again": inside_stream},
    "docx": {**PLAIN, **dict.fromkeys(("inside_zip", *(f"inside_zip {n}" for n in range(2, 16))), inside_zip)},
    "rtf": PLAIN,
    "html": PLAIN,
    "text": PLAIN,
    "scan": PLAIN,
}


def mutate(kind: str, data: bytes, other: bytes, rng: random.Random) -> tuple[str, bytes]:
    """Return the names of one to three mutations and what they make of a file; never nothing at all."""
    names = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        name, change = rng.choice(list(MUTATIONS[kind].items()))
        try:
            data = change(data, other, rng) or b"\0"
        except (*TORN, OSError, ValueError, KeyError, EOFError, RuntimeError):  # a mutation before this one tore it
            data = flip(data, other, rng)
        names.append(name.split()[0])
    return "+".join(names), data
