"""Vectors on disk by content: key = origin of the encoder and text, value checked by its own hash."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from nlp.encode.base import Asked
from nlp.encode.embed import Embedder, Vectors, load
from nlp.errors import EncoderError
from nlp.settings import cache_root

Progress = Callable[[int], None]
SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, value BLOB NOT NULL, digest BLOB NOT NULL)"
CHUNK = 64


class CachedEmbedder:
    """An encoder that looks up before it computes. One file may serve several encoders.

    Args:
        embedder: the encoder behind it.
        path: SQLite file; its folder is made. A file that SQLite cannot read is set aside as ``*.damaged``.
    """

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self.embedder = embedder
        self.computed = 0
        self._path = path
        self._db = _open(path)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return float32 (len(texts), dim) as `Embedder.encode`; `progress` hears how many texts were just computed."""
        keys = [self._key(text) for text in texts]
        known = {key: vector for key in dict.fromkeys(keys) if (vector := self._get(key)) is not None}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        items = list(missing.items())
        for start in range(0, len(items), CHUNK):
            part = items[start : start + CHUNK]
            vectors = self.embedder.encode([text for _, text in part])
            for (key, _), vector in zip(part, vectors, strict=True):
                known[key] = vector
                self._put(key, vector)
            self._db.commit()
            self.computed += len(part)
            if progress:
                progress(len(part))
        if not keys:
            return np.zeros((0, self.embedder.dim), np.float32)
        return np.stack([known[key] for key in keys])

    def leave_out(self, asked: Asked) -> Vectors:
        """Return float32 (gaps, dim) as `Embedder.leave_out`; a text is read if one of its gaps is not known."""
        keys = [[self._key(f"{text}\x1fwithout {start}-{end}") for start, end in gaps] for text, gaps in asked]
        known = {key: vector for own in keys for key in own if (vector := self._get(key)) is not None}
        missing = [number for number, own in enumerate(keys) if not known.keys() >= set(own)]
        if missing:
            vectors = self.embedder.leave_out([asked[number] for number in missing])
            for key, vector in zip((key for number in missing for key in keys[number]), vectors, strict=True):
                known[key] = vector
                self._put(key, vector)
            self._db.commit()
        found = [known[key] for own in keys for key in own]
        return np.stack(found) if found else np.zeros((0, self.embedder.dim), np.float32)

    def close(self) -> None:
        """Write what is pending and let go of the file."""
        self._db.commit()
        self._db.close()

    def _key(self, text: str) -> bytes:
        return key_of(self.embedder.origin, text)

    def _get(self, key: bytes) -> Vectors | None:
        row = self._find(key)
        if row is None or _digest(row[0]) != row[1]:
            return None
        if len(row[0]) != self.embedder.dim * np.dtype(np.float32).itemsize:
            return None
        vector: Vectors = np.frombuffer(row[0], np.float32)
        return vector if np.isfinite(vector).all() else None

    def _find(self, key: bytes) -> tuple[bytes, bytes] | None:
        try:
            row: tuple[bytes, bytes] | None = self._db.execute(
                "SELECT value, digest FROM vectors WHERE key = ?", (key,)
            ).fetchone()
        except sqlite3.OperationalError as error:
            raise EncoderError(self._path, f"the cache cannot be read: {error}", "Is another run using it?") from None
        except sqlite3.DatabaseError:  # damaged further in than its header
            self._db.close()
            self._db = _renew(self._path)
            return None
        return row

    def _put(self, key: bytes, vector: Vectors) -> None:
        value = vector.astype(np.float32).tobytes()
        self._db.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", (key, value, _digest(value)))


@contextmanager
def kept(name: str, path: Path | None = None, adapter: Path | None = None) -> Iterator[CachedEmbedder]:
    """Give the encoder called `name` behind a file that keeps vectors between trainings, in the user's cache.

    Args:
        path: the file; one in the user's cache by default. adapter: folder of an update of the encoder's weights.

    Raises:
        EncoderError: if the encoder cannot be loaded, or another process holds the file.
    """
    cached = CachedEmbedder(load(name, adapter), path or cache_root() / f"training-{name}.sqlite")
    try:
        yield cached
    finally:
        cached.close()


def key_of(origin: str, text: str) -> bytes:
    """Return the key of a text's vector by the encoder of this origin (`Embedder.origin`)."""
    return hashlib.sha256(f"{origin}\x1f{text}".encode("utf-8", "surrogatepass")).digest()


def _digest(value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=8).digest()


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(path)
    except sqlite3.OperationalError as error:  # locked or not writable: not ours to set aside
        raise EncoderError(path, f"the cache cannot be opened: {error}", "Is another run using it?") from None
    except sqlite3.DatabaseError:
        return _renew(path)


def _renew(path: Path) -> sqlite3.Connection:
    path.replace(path.with_suffix(".damaged"))
    for rest in ("-wal", "-shm"):  # of the damaged file; they must not be taken for the new one's
        path.with_name(path.name + rest).unlink(missing_ok=True)
    return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(SCHEMA)
    return connection
