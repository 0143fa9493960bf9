"""Vectors of passages: those that the run computed, from its cache, read only; the others are computed once more.

A run keeps its vectors in OUT/cache. Where that was left out of a copy, the run's own encoder computes them again, into
the user's cache. A matrix of a run is kept beside its Parquet files.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlp.caching import caching
from nlp.classify.choosing import adapter_of, choose_model
from nlp.classify.features import Surroundings, joined, surroundings_in
from nlp.corpus.parquet import Output
from nlp.encode import embed
from nlp.encode.base import Embedder, Vectors
from nlp.encode.cache import CachedEmbedder, key_of
from nlp.errors import UsageError
from nlp.extras import need
from nlp.program import Program
from nlp.settings import Settings, cache_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RUN_CACHE = Path("cache") / "vectors.sqlite"
AT_ONCE = 500  # keys asked for at once


def encoder_of(output: Output) -> Embedder:
    """Return the encoder that a run was made with, its fine-tuning included.

    Raises:
        UsageError: if the model that is here has other weights. EncoderError: if it cannot be loaded.
    """
    told = output.manifest["settings"]
    if "encoder" not in told:
        raise UsageError(output.folder, "a desk has no encoder", "Search by words: similar(..., by='words')")
    name, folder = choose_model(Settings(encoder=told["encoder"], model=told.get("model", "")), lambda _: None)
    embedder = embed.load(name, adapter_of(folder), told.get("precision", "fp32"))
    if embedder.identity != output.manifest["encoder"]:
        reason = f"made with the encoder {output.manifest['encoder']}, here is {embedder.identity}"
        raise UsageError(output.folder, reason, "Search by words: similar(..., by='words'), or map again")
    return embedder


def vectors_of(output: Output, embedder: Embedder, program: Program) -> Vectors:
    """Return float32 (passages, dim) in the order of passages.jsonl, read as the classifier read them."""
    final = output.path("passages").with_suffix(f".{embedder.origin}.npy")
    if not final.exists():
        texts = read_as(output, program)
        matrix = _looked_up(output.folder / RUN_CACHE, texts, embedder)
        missing = np.flatnonzero(~matrix.any(axis=1))
        if len(missing):
            cached = CachedEmbedder(embedder, cache_root() / f"search-{embedder.name}.sqlite")
            try:
                matrix[missing] = cached.encode([texts[place] for place in missing])
            finally:
                cached.close()
        with caching(final) as draft:
            np.save(draft, matrix)
    found: Vectors = np.load(final, mmap_mode="r")
    return found


def read_as(output: Output, program: Program) -> list[str]:
    """Return what the encoder read of each passage: its text with its surroundings in brackets."""
    parquet = need("pyarrow.parquet")
    columns = ["document_id", "implementer", "implementer_text", "section", "lead_in"]
    rows = parquet.read_table(output.path("passages"), columns=columns).to_pylist()
    texts = parquet.read_table(output.path("texts"), columns=["text"]).column("text").to_pylist()
    documents = parquet.read_table(output.path("documents"), columns=["document_id", "language"]).to_pylist()
    languages = {row["document_id"]: row["language"] for row in documents}
    return [
        joined(text, _near(row, program, languages[row["document_id"]])) for row, text in zip(rows, texts, strict=True)
    ]


def _near(row: Mapping[str, Any], program: Program, language: str) -> Surroundings:
    body, named, section = row["implementer"], row["implementer_text"], tuple(row["section"] or ())
    return surroundings_in(program, language, body, named, section, row["lead_in"] or "")


def _looked_up(path: Path, texts: Sequence[str], embedder: Embedder) -> Vectors:
    """Return float32 (texts, dim) of what the run's cache knows, zeros for the others; the file is not touched."""
    matrix = np.zeros((len(texts), embedder.dim), np.float32)
    if not path.is_file():
        return matrix
    places: dict[bytes, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(key_of(embedder.origin, text), []).append(place)
    try:
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True) as connection:
            for key, vector in _held(connection, list(places), embedder.dim):
                matrix[places[key]] = vector
    except sqlite3.DatabaseError:  # damaged, or of an older kind: computed anew
        return matrix
    return matrix


def _held(connection: sqlite3.Connection, keys: Sequence[bytes], dim: int) -> Iterator[tuple[bytes, Vectors]]:
    """Yield key and vector, float32 (dim,), of the keys that are there; none that is damaged."""
    for start in range(0, len(keys), AT_ONCE):
        asked = keys[start : start + AT_ONCE]
        marks = ", ".join("?" * len(asked))
        for key, value in connection.execute(f"SELECT key, value FROM vectors WHERE key IN ({marks})", asked):
            vector = np.frombuffer(value, np.float32)
            if vector.shape == (dim,) and np.isfinite(vector).all():
                yield key, vector
