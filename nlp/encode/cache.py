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
CHUNK = 256  # texts that are computed between two commits
ASKED = 500  # keys in one question


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
        known = self._stored(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        items = list(missing.items())
        for start in range(0, len(items), CHUNK):
            part = items[start : start + CHUNK]
            vectors = self.embedder.encode([text for _, text in part])
            known.update(self._put([key for key, _ in part], vectors))
            self.computed += len(part)
            if progress:
                progress(len(part))
        if not keys:
            return np.zeros((0, self.embedder.dim), np.float32)
        return np.stack([known[key] for key in keys])

    def leave_out(self, asked: Asked) -> Vectors:
        """Return float32 (gaps, dim) as `Embedder.leave_out`; a text is read if one of its gaps is not known."""
        keys = [[self._key(f"{text}\x1fwithout {start}-{end}") for start, end in gaps] for text, gaps in asked]
        known = self._stored([key for own in keys for key in own])
        missing = [number for number, own in enumerate(keys) if not known.keys() >= set(own)]
        if missing:
            vectors = self.embedder.leave_out([asked[number] for number in missing])
            known.update(self._put([key for number in missing for key in keys[number]], vectors))
        found = [known[key] for own in keys for key in own]
        return np.stack(found) if found else np.zeros((0, self.embedder.dim), np.float32)

    def close(self) -> None:
        """Write what is pending and let go of the file."""
        self._db.commit()
        self._db.close()

    def _key(self, text: str) -> bytes:
        return key_of(self.embedder.origin, text)

    def _stored(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors of these keys that are kept and sound."""
        unique = [*dict.fromkeys(keys)]
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(unique), ASKED):
            rows = self._find(unique[start : start + ASKED])
            vectors = ((key, self._sound(value, digest)) for key, value, digest in rows)
            found.update((key, vector) for key, vector in vectors if vector is not None)
        return found

    def _sound(self, value: bytes, digest: bytes) -> Vectors | None:
        if len(value) != self.embedder.dim * np.dtype(np.float32).itemsize or _digest(value) != digest:
            return None
        vector: Vectors = np.frombuffer(value, np.float32)
        return vector if np.isfinite(vector).all() else None

    def _find(self, keys: Sequence[bytes]) -> list[tuple[bytes, bytes, bytes]]:
        question = f"SELECT key, value, digest FROM vectors WHERE key IN ({','.join('?' * len(keys))})"  # noqa: S608
        try:
            rows: list[tuple[bytes, bytes, bytes]] = self._db.execute(question, keys).fetchall()
        except sqlite3.OperationalError as error:
            raise EncoderError(self._path, f"the cache cannot be read: {error}", "Is another run using it?") from None
        except sqlite3.DatabaseError:  # damaged further in than its header
            self._db.close()
            self._db = _renew(self._path)
            return []
        return rows

    def _put(self, keys: Sequence[bytes], vectors: Vectors) -> Iterator[tuple[bytes, Vectors]]:
        """Keep vectors, and return them by their keys."""
        values = [vector.tobytes() for vector in vectors.astype(np.float32)]
        rows = zip(keys, values, map(_digest, values), strict=True)
        self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
        self._db.commit()
        return zip(keys, vectors, strict=True)


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
