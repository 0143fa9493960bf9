"""Search: recall@10 of our ways on written queries in four languages, beside BM25 of another house, in one run.

No way was tuned on the queries: BM25 has its usual constants, fusion those of its paper, the encoders learned from
other texts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.classify.features import Surroundings, joined
from nlp.corpus.ranking import Words, best, cosines, fused
from nlp.encode import embed
from nlp.encode.cache import CachedEmbedder
from nlp.errors import UsageError
from nlp.extras import need
from nlp.jsonl import read_rows
from nlp.pipeline import adapter_of
from nlp.settings import cache_root, data_root

FIRST = 10
DRAWS, SEED = 2_000, 7
QUERIES, PASSAGES = Path("queries") / "queries.jsonl", Path("foreign") / "passages.jsonl"
Rank = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A written query: its language, and the ids of the passages that answer it."""

    query_id: str
    language: str
    query: str
    relevant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recall:
    """How much of what answers is among the first ten.

    Attributes:
        recall: mean over queries of the share found, in [0, 1]; low, high: 95 % of bootstrap samples of the queries.
        languages: the same for the queries of each language. own: only passages in the query's language count;
            other: only those in another, over the queries that have any.
        seconds: a query, indexing left out.
    """

    system: str
    recall: float
    low: float
    high: float
    languages: dict[str, float]
    own: float
    other: float
    seconds: float


def bench_search(folder: Path, encoders: Sequence[str], notice: Callable[[str], None] = lambda _: None) -> list[Recall]:
    """Rank the passages of `folder`/foreign for the queries of `folder`/queries with every system.

    Raises:
        UsageError: if a file is missing or a query names a passage that is not there. EncoderError: as `embed.load`.
    """
    queries, rows, languages = load_queries(folder)
    kept = [row for row in rows if row["kind"] != "heading"]
    texts, ids = [row["text"] for row in kept], [row["passage_id"] for row in kept]
    words = Words(texts)
    systems: dict[str, Rank] = {"bm25s": _peer(texts), "words": words.scores}
    for name in encoders:
        notice(f"vectors: {name}")
        meaning = _meaning(name, rows, {row["passage_id"] for row in kept})
        systems[name] = meaning
        systems[f"{name} + words"] = lambda query, meaning=meaning: fused(meaning(query), words.scores(query))  # type: ignore[misc]
    return [_measure(name, rank, queries, ids, languages) for name, rank in systems.items()]


def load_queries(folder: Path) -> tuple[list[Query], list[dict[str, Any]], dict[str, str]]:
    """Return the queries, the rows of the passages, and the language of each passage.

    Raises:
        UsageError: if a file is missing or a query names a passage that is not there.
    """
    try:
        rows = list(read_rows(folder / PASSAGES))
        asked = list(read_rows(folder / QUERIES))
        documents = {row["doc_id"]: row["language"] for row in read_rows(folder / "foreign" / "documents.jsonl")}
    except FileNotFoundError as error:
        raise UsageError(error.filename or folder, "missing", "Run it in a checkout, or name its annotations") from None
    languages = {row["passage_id"]: documents[row["document"]] for row in rows}
    queries = [Query(row["query_id"], row["language"], row["query"], tuple(row["relevant"])) for row in asked]
    unknown = {identity for query in queries for identity in query.relevant} - set(languages)
    if unknown:
        raise UsageError(", ".join(sorted(unknown)), "a query names a passage that is not there")
    return queries, rows, languages


def _peer(texts: Sequence[str]) -> Rank:
    bm25s = need("bm25s")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(texts), stopwords=None, show_progress=False), show_progress=False)

    def rank(query: str) -> Any:
        """Scores of the texts (n,)."""
        tokens = bm25s.tokenize([query], stopwords=None, show_progress=False, return_ids=False)[0]
        return index.get_scores(tokens)

    return rank


def _meaning(name: str, rows: Sequence[dict[str, Any]], kept: set[str]) -> Rank:
    """Likeness by an encoder; "NAME tuned" is the one of our model, which reads passages with their surroundings."""
    plain, _, tuned = name.partition(" ")
    encoder = embed.load(plain, adapter_of(data_root() / "models" / plain) if tuned else None)
    texts = [joined(row["text"], near) if tuned else row["text"] for row, near in zip(rows, _near(rows), strict=True)
             if row["passage_id"] in kept]  # fmt: skip
    cached = CachedEmbedder(encoder, cache_root() / f"search-{plain}.sqlite")
    try:
        vectors = cached.encode(texts)
    finally:
        cached.close()
    return lambda query: cosines(vectors, encoder.encode([query])[0])


def _near(rows: Sequence[dict[str, Any]]) -> list[Surroundings]:
    return [Surroundings(row["implementer"], None, tuple(row["section"])) for row in rows]


def recall(found: Sequence[str], relevant: Sequence[str]) -> float:
    """Return the share of what is relevant that was found, of at most as many as were asked for."""
    return len(set(found) & set(relevant)) / min(len(relevant), FIRST)


def _measure(name: str, rank: Rank, queries: Sequence[Query], ids: list[str], languages: dict[str, str]) -> Recall:
    clock, found = time.monotonic(), []
    for query in queries:
        found.append([ids[place] for place in best(np.asarray(rank(query.query)), FIRST)])
    seconds = (time.monotonic() - clock) / len(queries)
    each = np.array([recall(ten, query.relevant) for ten, query in zip(found, queries, strict=True)])
    draws = np.random.default_rng(SEED).choice(each, (DRAWS, len(each))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    codes = sorted({query.language for query in queries})
    of = {code: [n for n, query in enumerate(queries) if query.language == code] for code in codes}
    sides = []
    for same in (True, False):
        parts = [(ten, [i for i in query.relevant if (languages[i] == query.language) == same])
                 for ten, query in zip(found, queries, strict=True)]  # fmt: skip
        sides.append(float(np.mean([recall(ten, wanted) for ten, wanted in parts if wanted])))
    return Recall(
        name, float(each.mean()), float(low), float(high),
        {code: float(each[places].mean()) for code, places in of.items()}, sides[0], sides[1], seconds,
    )  # fmt: skip
