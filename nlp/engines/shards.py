"""Finished documents as Parquet files in a folder or an object store: a run that lost all else goes on from there.

One row a document, many a file, `<folder>/<key>/<first letter of the hash>-<digest of the hashes>.parquet`. A file is
written under another name and renamed when it is whole; it carries the run's key and a checksum of every page.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from nlp.errors import StoreError, UsageError
from nlp.store.rows import TRIED_AGAIN, Finished, LinkRow, PassageRow

SUFFIX, DRAFT, TORN = ".parquet", ".draft", ".torn"
KEY = b"evmap.key"
MOST_DOCUMENTS, MOST_BYTES, MOST_SECONDS = 256, 16_000_000, 60.0  # a file is written when it has so many, or so old
GROUP = 16  # documents that are read together
_text = pa.large_string()
SCHEMA = pa.schema([
    pa.field("document_id", pa.string(), nullable=False),
    pa.field("status", pa.string(), nullable=False),
    ("reason", pa.string()),
    ("read_seconds", pa.float64()),
    ("map_seconds", pa.float64()),
    ("row", _text),
    ("text", _text),
    ("passages", pa.list_(pa.struct([("passage_id", pa.string()), ("row", _text)]))),
    ("links", pa.list_(pa.struct([
        ("link_id", pa.string()), ("target", pa.string()), ("lane", pa.string()), ("probability", pa.float64()),
        ("row", _text),
    ]))),
])  # fmt: skip
_Place = tuple[str, int, int]  # file, row group, row in it


class Shards:
    """What is finished under one key.

    Args:
        url: folder, or URL that fsspec understands; it is made. key: of the run.
        anew: take nothing that lies there. notice: hears of files that were set aside.

    Raises:
        UsageError: if there is no such kind of place, or its package is missing. StoreError: if it cannot be read.
    """

    def __init__(self, url: str, key: str, anew: bool, notice: Callable[[str], None]) -> None:
        self._url, self._key, self._notice = url, key, notice
        try:
            self._files, root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise UsageError(url, str(error), "Give a folder, or install what that kind of URL needs") from None
        self._folder = f"{root.rstrip('/')}/{key[:16]}"
        self._buckets: dict[str, list[Finished]] = defaultdict(list)
        self._sizes: dict[str, int] = defaultdict(int)
        self._written = time.monotonic()
        self._places: dict[str, _Place] = {}
        self._open: tuple[tuple[str, int], list[dict[str, Any]]] | None = None
        with self._spoken("read"):
            self._files.makedirs(self._folder, exist_ok=True)
            if not anew:
                self._look()

    def __len__(self) -> int:
        return len(self._places)

    def take(self, document_id: str) -> Finished | None:
        """Return a document that lies there whole, with position 0 and without a name; None if there is none.

        Raises:
            StoreError: if the place cannot be read.
        """
        with self._spoken("read"):
            while (place := self._places.get(document_id)) is not None:
                file, group, number = place
                try:
                    return _unpacked(self._group(file, group)[number])
                except (pa.ArrowException, OSError, KeyError, IndexError) as error:
                    self._set_aside(file, error)
        return None

    def add(self, finished: Finished) -> None:
        """Keep a document, unless it is one to be tried again; it stands once its file is full, or after `flush`.

        Raises:
            StoreError: if the place cannot be written.
        """
        if finished.document_id is None or finished.known or finished.status in TRIED_AGAIN:
            return
        if finished.document_id in self._places:
            return
        name = finished.document_id[0]
        self._buckets[name].append(finished)
        self._sizes[name] += _size(finished)
        if len(self._buckets[name]) >= MOST_DOCUMENTS or self._sizes[name] >= MOST_BYTES:
            self._write(name)
        if time.monotonic() - self._written > MOST_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write all that was added.

        Raises:
            StoreError: if the place cannot be written.
        """
        for name in list(self._buckets):
            self._write(name)
        self._written = time.monotonic()

    def _write(self, bucket: str) -> None:
        documents = sorted(self._buckets.pop(bucket), key=lambda finished: finished.document_id or "")
        self._sizes.pop(bucket)
        ids = "\n".join(finished.document_id or "" for finished in documents)
        path = f"{self._folder}/{bucket}-{hashlib.sha256(ids.encode()).hexdigest()[:16]}{SUFFIX}"
        schema = SCHEMA.with_metadata({KEY: self._key.encode()})
        table = pa.Table.from_pylist([_packed(finished) for finished in documents], schema)
        with self._spoken("written"):
            with self._files.open(path + DRAFT, "wb") as file:
                pq.write_table(table, file, row_group_size=GROUP, compression="zstd", write_page_checksum=True)
                file.flush()
                with suppress(AttributeError, OSError):  # what is no file of this machine
                    os.fsync(file.fileno())
            self._files.mv(path + DRAFT, path)

    def _look(self) -> None:
        """Learn what lies there; what is not whole, or not of this key, is set aside."""
        for file in sorted(self._files.ls(self._folder, detail=False)):
            if not file.endswith(SUFFIX):
                continue
            try:
                for place, document_id in self._ids(file):
                    self._places[document_id] = place
            except (pa.ArrowException, OSError, KeyError) as error:
                self._set_aside(file, error)

    def _ids(self, file: str) -> Iterator[tuple[_Place, str]]:
        with self._parquet(file) as parquet:
            if (parquet.schema_arrow.metadata or {}).get(KEY) != self._key.encode():
                raise KeyError("it is of another run: other code, encoder, model, program or settings")
            found = [parquet.read_row_group(number, ["document_id"]) for number in range(parquet.num_row_groups)]
        for group, table in enumerate(found):
            for number, document_id in enumerate(table.column("document_id").to_pylist()):
                yield (file, group, number), document_id

    def _group(self, file: str, group: int) -> Sequence[dict[str, Any]]:
        if self._open is None or self._open[0] != (file, group):
            with self._parquet(file) as parquet:
                self._open = (file, group), parquet.read_row_group(group).to_pylist()
        return self._open[1]

    @contextmanager
    def _parquet(self, file: str) -> Iterator[pq.ParquetFile]:
        with self._files.open(file, "rb") as opened, pq.ParquetFile(opened, page_checksum_verification=True) as parquet:
            yield parquet

    def _set_aside(self, file: str, error: Exception) -> None:
        if isinstance(error, OSError) and error.errno not in (None, errno.ENOENT):
            raise error  # the place fails, not the file
        self._places = {name: place for name, place in self._places.items() if place[0] != file}
        with suppress(FileNotFoundError):
            self._files.mv(file, file + TORN)
        said = str(error.args[0] if error.args else error).partition("\n")[0]
        self._notice(
            f"The shard {file} is of no use and was set aside as *{TORN} ({said}); its documents are done again"
        )

    @contextmanager
    def _spoken(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = f"cannot be {done}: {error.strerror or error}"
            raise StoreError(self._url, reason, "Check EVMAP_RAY_SHARDS, its permissions and its room") from error


def _packed(finished: Finished) -> dict[str, Any]:
    rows = {name: [row._asdict() for row in getattr(finished, name)] for name in ("passages", "links")}
    return {name: rows[name] if name in rows else getattr(finished, name) for name in SCHEMA.names}


def _unpacked(row: dict[str, Any]) -> Finished:
    passages = tuple(PassageRow(**passage) for passage in row["passages"])
    links = tuple(LinkRow(**link) for link in row["links"])
    return Finished(0, "", **{**row, "passages": passages, "links": links})


def _size(finished: Finished) -> int:
    rows = [passage.row for passage in finished.passages] + [link.row for link in finished.links]
    return sum(map(len, [finished.row or "", finished.text or "", *rows]))
