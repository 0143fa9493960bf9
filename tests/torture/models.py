"""Rows 52 to 56: what befalls a cache, a model and its lanes, and what must be said of it."""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.encode.cache import _digest

WEIGHTS, MANIFEST = "heads.npz", "manifest.json"


@dataclass(frozen=True)
class Damage:
    """What is done to a model folder (or to a file of vectors), and words of the error that must follow."""

    row: int
    name: str
    do: Callable[[Path], None]
    says: str = ""


def _truncate(folder: Path) -> None:
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[: len(data) // 2])


def _flip(folder: Path) -> None:
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[len(data) // 2] ^= 4
    (folder / WEIGHTS).write_bytes(data)


class _Trap:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (Path.touch, (Path("pwned"),))  # type: ignore[return-value]


def _disguise(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(pickle.dumps(_Trap()))


def _rehash(folder: Path) -> None:
    """Make the manifest fit the files, as someone would who wants them to be loaded."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in manifest["files"]}
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")


def _disguise_well(folder: Path) -> None:
    _disguise(folder)
    _rehash(folder)


def _objects_inside(folder: Path) -> None:
    arrays = dict(np.load(folder / WEIGHTS))
    np.savez(folder / WEIGHTS, **{**arrays, "role": np.array([_Trap()], dtype=object)})
    _rehash(folder)


def _not_finite(folder: Path) -> None:
    arrays = dict(np.load(folder / WEIGHTS))
    arrays["targets"][3, 5] = np.nan
    np.savez(folder / WEIGHTS, **arrays)
    _rehash(folder)


def _stranger(folder: Path) -> None:
    (folder / "helper.py").write_text("print('loaded')")


def _say(*path: str, value: object) -> Callable[[Path], None]:
    """Write `value` at a place of the manifest; None takes the place away."""

    def do(folder: Path) -> None:
        """Change the manifest."""
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        place = manifest
        for key in path[:-1]:
            place = place[key]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value
        (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")

    return do


def _garbled(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(b"\x80\x04garbled")


def _other_vectors(folder: Path) -> None:
    """Golden vectors of another version of a library, and a first one that is turned a little."""
    kept = json.loads((folder / "golden.json").read_text("utf-8"))
    row = np.frombuffer(base64.b64decode(kept["vectors"][0]), "<f4").copy()
    row[:9] += 0.02
    kept["vectors"][0] = base64.b64encode((row / np.linalg.norm(row)).astype("<f4").tobytes()).decode()
    kept["versions"]["numpy"] = "1.0"
    (folder / "golden.json").write_text(json.dumps(kept), "utf-8")


LANES = "impossible lanes"
MODELS = (
    Damage(53, "truncated", _truncate, "sha256: expected"),
    Damage(53, "one bit", _flip, "sha256: expected"),
    Damage(53, "pickle", _disguise, "sha256: expected"),
    Damage(53, "pickle, hashed", _disguise_well, "no arrays of numbers"),
    Damage(53, "objects inside", _objects_inside, "no arrays of numbers"),
    Damage(53, "not finite", _not_finite, "not finite: targets"),
    Damage(53, "a file more", _stranger, "not named in the manifest"),
    Damage(53, "manifest garbled", _garbled, "damaged"),
    Damage(54, "another codebook", _say("codebook", value="0" * 64), "codebook labels: expected"),
    Damage(54, "another encoder", _say("encoder", value="hash-2"), "encoder: expected"),
    Damage(55, "lanes of one kind gone", _say("lanes", "activity", value=None), "damaged lanes"),
    Damage(55, "a lane gone", _say("lanes", "objective", "review", value=None), "damaged lanes"),
    Damage(55, "above one", _say("lanes", "objective", "suggested", "threshold", value=1.2), LANES),
    Damage(55, "not a number", _say("lanes", "activity", "review", "threshold", value=float("nan")), LANES),
    Damage(55, "a word", _say("lanes", "activity", "review", "threshold", value="high"), LANES),
    Damage(55, "upside down", _say("lanes", "activity", "suggested", "threshold", value=0.0), LANES),
    Damage(57, "other vectors", _other_vectors, "other vectors than in training"),
)


def _store(path: Path, value: bytes | None, digest: bytes | None = None) -> None:
    with sqlite3.connect(path) as connection:
        if value is None:
            connection.execute("UPDATE vectors SET value = zeroblob(length(value))")
        else:
            connection.execute("UPDATE vectors SET value = ?, digest = ?", (value, digest or _digest(value)))
    connection.close()


def _turn_bit(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        ((value,),) = connection.execute("SELECT value FROM vectors").fetchall()
        connection.execute("UPDATE vectors SET value = ?", (bytes([value[0] ^ 1]) + value[1:],))
    connection.close()


CACHES = (
    Damage(52, "one bit", _turn_bit),
    Damage(52, "zeros", lambda path: _store(path, None)),
    Damage(52, "not a number", lambda path: _store(path, np.full(256, np.nan, np.float32).tobytes())),
    Damage(52, "too short", lambda path: _store(path, np.zeros(8, np.float32).tobytes())),
    Damage(52, "no whole number of floats", lambda path: _store(path, b"abc")),
    Damage(52, "nothing", lambda path: _store(path, b"")),
)
