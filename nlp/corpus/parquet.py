"""From the row files of a run to Parquet, once: each file when it is first asked for, into the user's cache.

An output folder may be read-only, so nothing is written there. A Parquet file is named by the size, the time and the
sealed digest of what it was made from: a folder that changed is converted again, one that was moved is not. Links are
kept twice, in the order of their file and by target, so that what asks for a target reads little more than its answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nlp.caching import caching
from nlp.classify.absence import settled
from nlp.corpus.columns import COLUMNS, FACTS, SELECTED
from nlp.corpus.sql import literal
from nlp.errors import UsageError
from nlp.extras import need
from nlp.seal import AGAIN, MANIFEST, SEALED, TEXT, text_path
from nlp.settings import cache_root

TEXTS, SORTED = "texts", "links_by_target"
QUIET = "SET enable_progress_bar = false"
LONGEST_ROW = 1 << 28  # bytes of one line of JSON
WRITTEN = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1"
ROWS = 16_384  # links in a group of the sorted ones: groups of other targets are not read


@dataclass(frozen=True)
class Output:
    """An output folder, and the Parquet files that stand for its rows.

    Attributes:
        folder: as `evmap map` or `evmap desk export` left it. name: what its rows are called where there are several.
        own: a temporary folder that goes when nobody needs it any more (of a desk); holds the Parquet files, too.
    """

    folder: Path
    name: str
    own: TemporaryDirectory[str] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """run.json.

        Raises:
            UsageError: if there is none, or it is damaged.
        """
        try:
            found: dict[str, Any] = json.loads((self.folder / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(self.folder, f"not a finished run: {MANIFEST}: {error}", AGAIN) from None
        return found

    @property
    def digest(self) -> str:
        """12 hex digits that name this run: model, codebook and the digests of its files."""
        parts = [self.manifest.get(name) for name in ("model", "program", "encoder", SEALED)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Targets in the order of the probabilities; () where there is no passage."""
        with self._rows("passages").open(encoding="utf-8") as file:
            first = file.readline()
        return tuple(json.loads(first)["probabilities"]) if first else ()

    def has(self, table: str) -> bool:
        """Whether the folder holds such rows (only a desk's export has decisions)."""
        return self._rows(table).is_file()

    def path(self, table: str) -> Path:
        """Return the Parquet file of a table, made now if need be.

        Raises:
            UsageError: if the folder lacks it or it does not hold what the contract says.
        """
        cache = Path(self.own.name, "parquet") if self.own else cache_root() / "corpora"
        final = cache / f"{table}-{self._key(table)}.parquet"
        if not final.exists():
            with caching(final) as draft:
                self._write(table, draft)
        return final

    def _rows(self, table: str) -> Path:
        return self.folder / f"{_FROM.get(table, table)}.jsonl"

    def _key(self, table: str) -> str:
        name = _FROM.get(table, table)
        try:
            stat = self._rows(name).stat()
        except FileNotFoundError:
            raise UsageError(self.folder, f"not a finished run: {name}.jsonl missing", AGAIN) from None
        sealed = self.manifest.get(SEALED, {})
        told = [sealed.get(f"{name}.jsonl"), sealed.get(TEXT) if table == TEXTS else None]
        if told[0] and told[0].get("bytes", stat.st_size) != stat.st_size:
            raise UsageError(self.folder, f"{name}.jsonl is not as the run left it", AGAIN)
        parts = [str(COLUMNS.get(name)), SELECTED.get(table), table, WRITTEN, stat.st_size, stat.st_mtime_ns, told]
        parts += [self._key("documents"), list(FACTS), ROWS] if table == SORTED else []
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]

    def _write(self, table: str, draft: Path) -> None:
        if table == TEXTS:
            self._write_texts(draft)
        elif table == SORTED:
            self._copy(table, self._by_target(), draft, f"{WRITTEN}, ROW_GROUP_SIZE {ROWS}")
        else:
            self._copy(table, self._converted(table), draft, WRITTEN)

    def _copy(self, table: str, query: str, draft: Path, how: str) -> None:
        duckdb = need("duckdb")
        with duckdb.connect() as connection:
            connection.execute(QUIET)
            connection.execute("SET preserve_insertion_order = true")
            try:
                connection.execute(f"COPY ({query}) TO {literal(draft)} ({how})")
            except duckdb.Error as error:
                raise UsageError(self._rows(table), f"cannot be read: {error}".split("\n")[0], AGAIN) from None

    def _converted(self, table: str) -> str:
        columns = ", ".join(f"\"{name}\": '{kind}'" for name, kind in COLUMNS[table].items())
        rows = f"read_json({literal(self._rows(table))}, format='newline_delimited', columns={{{columns}}}, "
        rows += f"maximum_object_size={LONGEST_ROW})"
        if table == "passages" and self.targets:
            names = ", ".join(map(literal, self.targets))
            rows = f"(SELECT * FROM {rows} WHERE map_keys(probabilities) = [{names}] OR "
            rows += "error('the targets of a passage are not those of the first'))"
        return f"SELECT {SELECTED.get(table, '*')} FROM {rows}"

    def _by_target(self) -> str:
        """Links with the facts of their documents; `file_row_number` tells their order in the file."""
        facts = ", ".join(f"d.{name}" for name in FACTS)
        return f"""SELECT l.*, {facts} FROM read_parquet({literal(self.path("links"))}, file_row_number=true) l
            JOIN read_parquet({literal(self.path("documents"))}) d USING (document_id)
            ORDER BY l.target, l.file_row_number"""

    def _write_texts(self, draft: Path) -> None:
        """Write id, text and treatment of every passage: slices of the canonical texts, and what these can bear."""
        arrow, parquet = need("pyarrow"), need("pyarrow.parquet")
        documents = parquet.read_table(self.path("documents"), columns=["document_id", "text_file"]).to_pylist()
        files = {row["document_id"]: text_path(self.folder / TEXT, row) for row in documents}
        source = parquet.ParquetFile(self.path("passages"))
        schema = arrow.schema([(name, arrow.string()) for name in ("passage_id", "text", "settled")])
        read = lru_cache(maxsize=1)(lambda document: read_text(files[document]))
        with parquet.ParquetWriter(draft, schema, compression="zstd") as writer:
            for batch in source.iter_batches(columns=["passage_id", "document_id", "start", "end", "treatment"]):
                rows = batch.to_pylist()
                texts = [read(row["document_id"])[row["start"] : row["end"]] for row in rows]
                borne = [settled(row["treatment"], text) for row, text in zip(rows, texts, strict=True)]
                writer.write_table(arrow.table([batch.column("passage_id"), texts, borne], schema=schema))


_FROM = {TEXTS: "passages", SORTED: "links"}  # tables that are made of other rows than those of their name


def read_text(path: Path) -> str:
    """Return a canonical text, its line ends untouched.

    Raises:
        UsageError: if it is not there.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or 'no UTF-8'}"
        raise UsageError(path, reason, "Keep the folder text/ beside the rows") from None
