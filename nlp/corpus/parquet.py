"""From the row files of a run to Parquet, once: each file when it is first asked for, into the user's cache.

An output folder may be read-only, so nothing is written there. A Parquet file is named by the size, the time and the
sealed digest of what it was made from: a folder that changed is converted again, one that was moved is not.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nlp.classify.absence import settled
from nlp.corpus.sql import literal
from nlp.errors import UsageError
from nlp.extras import need
from nlp.seal import AGAIN, MANIFEST, SEALED, TEXT, text_path
from nlp.settings import cache_root

TEXTS = "texts"
QUIET = "SET enable_progress_bar = false"
LONGEST_ROW = 1 << 28  # bytes of one line of JSON
_SPAN = {"start": "INTEGER", "end": "INTEGER", "page": "INTEGER"}
COLUMNS: dict[str, dict[str, str]] = {
    "ledger": {
        "input": "VARCHAR", "document_id": "VARCHAR", "status": "VARCHAR", "reason": "VARCHAR", "media_type": "VARCHAR",
        "pages": "INTEGER", "characters": "BIGINT", "passages": "INTEGER", "links": "INTEGER", "seconds": "DOUBLE",
        "same_as": "VARCHAR",
    },
    "documents": {
        "document_id": "VARCHAR", "inputs": "VARCHAR[]", "title": "VARCHAR", "symbol": "VARCHAR", "kind": "VARCHAR",
        "language": "VARCHAR", "date": "VARCHAR", "body": "VARCHAR", "session": "VARCHAR",
        "original_language": "VARCHAR", "pages": "INTEGER", "characters": "BIGINT", "passages": "INTEGER",
        "links": "INTEGER", "strange": "BOOLEAN", "text_file": "VARCHAR",
    },
    "passages": {
        "passage_id": "VARCHAR", "document_id": "VARCHAR", **_SPAN, "section": "VARCHAR[]", "implementer": "VARCHAR",
        "implementer_text": "VARCHAR", "reference": "VARCHAR", "role": "VARCHAR", "treatment": "VARCHAR",
        "language": "VARCHAR", "kind": "VARCHAR", "lead_in": "VARCHAR", "number": "VARCHAR", "clause": "VARCHAR",
        "summit": "VARCHAR", "year": "INTEGER", "probabilities": "MAP(VARCHAR, DOUBLE)",
    },
    "links": {
        "link_id": "VARCHAR", "document_id": "VARCHAR", "passage_id": "VARCHAR", "target": "VARCHAR",
        "probability": "DOUBLE", "lane": "VARCHAR", "state": "VARCHAR", "treatment": "VARCHAR",
        "implementer": "VARCHAR", "quote": "VARCHAR", **_SPAN, "prefix": "VARCHAR", "suffix": "VARCHAR", "why": "JSON",
        "bbox": "DOUBLE[]",
    },
    "decisions": {
        "decision_id": "BIGINT", "document_id": "VARCHAR", "item_id": "VARCHAR", "reading": "INTEGER",
        "version": "INTEGER", "who": "VARCHAR", "rank": "VARCHAR", "at": "TIMESTAMP", "action": "VARCHAR",
        "batch": "VARCHAR", "item": "JSON", "undoes": "BIGINT",
    },
}  # fmt: skip
_YEAR = r"regexp_extract(coalesce(session, ''), '/(\d\d)$', 1)"  # "XXXIV-O/04": sessions are of 1950 to 2049
SELECTED = {
    "documents": f"""* EXCLUDE (date, passages, links),
        passages AS passage_count, links AS link_count, TRY_CAST(date AS DATE) AS date,
        coalesce(year(TRY_CAST(date AS DATE)),
            CASE WHEN {_YEAR} = '' THEN NULL ELSE (CAST({_YEAR} AS INTEGER) + 50) % 100 + 1950 END)::INTEGER AS year""",
    "passages": "* EXCLUDE (probabilities), map_values(probabilities) AS probabilities",
    "decisions": """* EXCLUDE (item), item->>'$.target' AS target, item->>'$.state' AS state,
        item->>'$.quote' AS quote, CAST(item->>'$.start' AS INTEGER) AS start, CAST(item->>'$.end' AS INTEGER) AS "end",
        item->>'$.treatment' AS treatment, item->>'$.implementer' AS implementer, item->>'$.reason' AS reason""",
}


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
            final.parent.mkdir(parents=True, exist_ok=True)
            draft = final.with_name(f".{final.name}.{os.getpid()}.{threading.get_ident()}")
            try:
                self._write_texts(draft) if table == TEXTS else self._convert(table, draft)
                draft.replace(final)  # two that convert at once make the same file
            finally:
                draft.unlink(missing_ok=True)
        return final

    def _rows(self, table: str) -> Path:
        return self.folder / f"{table}.jsonl"

    def _key(self, table: str) -> str:
        name = "passages" if table == TEXTS else table
        try:
            stat = self._rows(name).stat()
        except FileNotFoundError:
            raise UsageError(self.folder, f"not a finished run: {name}.jsonl missing", AGAIN) from None
        sealed = self.manifest.get(SEALED, {})
        told = [sealed.get(f"{name}.jsonl"), sealed.get(TEXT) if table == TEXTS else None]
        if told[0] and told[0].get("bytes", stat.st_size) != stat.st_size:
            raise UsageError(self.folder, f"{name}.jsonl is not as the run left it", AGAIN)
        parts = [str(COLUMNS.get(table)), SELECTED.get(table), table, stat.st_size, stat.st_mtime_ns, told]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]

    def _convert(self, table: str, draft: Path) -> None:
        duckdb = need("duckdb")
        columns = ", ".join(f"\"{name}\": '{kind}'" for name, kind in COLUMNS[table].items())
        rows = f"read_json({literal(self._rows(table))}, format='newline_delimited', columns={{{columns}}}, "
        rows += f"maximum_object_size={LONGEST_ROW})"
        if table == "passages" and self.targets:
            names = ", ".join(map(literal, self.targets))
            rows = f"(SELECT * FROM {rows} WHERE map_keys(probabilities) = [{names}] OR "
            rows += "error('the targets of a passage are not those of the first'))"
        query = f"SELECT {SELECTED.get(table, '*')} FROM {rows}"
        with duckdb.connect() as connection:
            connection.execute(QUIET)
            connection.execute("SET preserve_insertion_order = true")
            try:
                connection.execute(f"COPY ({query}) TO {literal(draft)} (FORMAT parquet, COMPRESSION zstd)")
            except duckdb.Error as error:
                raise UsageError(self._rows(table), f"cannot be read: {error}".split("\n")[0], AGAIN) from None

    def _write_texts(self, draft: Path) -> None:
        """Write id, text and treatment of every passage: slices of the canonical texts, and what these can bear."""
        arrow, parquet = need("pyarrow"), need("pyarrow.parquet")
        documents = parquet.read_table(self.path("documents"), columns=["document_id", "text_file"]).to_pylist()
        files = {row["document_id"]: text_path(self.folder / TEXT, row) for row in documents}
        source = parquet.ParquetFile(self.path("passages"))
        schema = arrow.schema([(name, arrow.string()) for name in ("passage_id", "text", "settled")])
        with parquet.ParquetWriter(draft, schema, compression="zstd") as writer:
            known, text = "", ""
            for batch in source.iter_batches(columns=["passage_id", "document_id", "start", "end", "treatment"]):
                slices, borne = [], []
                for row in batch.to_pylist():
                    if row["document_id"] != known:
                        known = row["document_id"]
                        text = read_text(files[known])
                    slices.append(text[row["start"] : row["end"]])
                    borne.append(settled(row["treatment"], slices[-1]))
                writer.write_table(arrow.table([batch.column("passage_id"), slices, borne], schema=schema))


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
