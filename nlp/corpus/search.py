"""Passages like a text or an example, by words and by meaning, in any of the languages of a corpus."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from nlp.corpus import show
from nlp.corpus.finding import CITATION
from nlp.corpus.parquet import Output
from nlp.corpus.parts import Link, Passage
from nlp.corpus.ranking import Scores, Words, best, cosines, fused
from nlp.corpus.sql import literal
from nlp.corpus.tables import Tables
from nlp.corpus.vectors import encoder_of, vectors_of
from nlp.display import shown, visible
from nlp.errors import UsageError
from nlp.extras import need
from nlp.program import Program

if TYPE_CHECKING:
    import pandas as pd

WAYS = ("both", "meaning", "words")
LETTERS = 600  # of a passage shown
TARGETS = 6  # of a passage shown, the likeliest


@dataclass(frozen=True, slots=True)
class Found:
    """Passages like what was asked, the likest first: `frame` with score, text, citation, language and targets."""

    frame: pd.DataFrame
    title: str

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        rows = zip(self.frame["score"], self.frame["citation"], self.frame["text"], strict=True)
        return visible(
            "\n\n".join([self.title, *(f"{s:.3f} {c}\n{' '.join(t.split())[:LETTERS]}" for s, c, t in rows)])
        )

    def _repr_html_(self) -> str:
        rows = (
            (f"{row['score']:.3f}", show.foreign(row["text"][:LETTERS]), show.foreign(row["citation"]),
             _targets(row["targets"]))
            for row in self.frame.to_dict("records")
        )  # fmt: skip
        return show.table(("score", "passage", "where", "linked to"), rows, f"<b>{shown(self.title)}</b>")


def _targets(targets: Sequence[str]) -> str:
    return escape(", ".join(targets[:TARGETS]) + (" …" if len(targets) > TARGETS else ""))


class Index:
    """What searching needs of runs: ids, words and vectors of all their passages, read when first needed."""

    def __init__(self, outputs: tuple[Output, ...], program: Program) -> None:
        parquet = need("pyarrow.parquet")
        self._outputs, self._program = outputs, program
        tables = [parquet.read_table(output.path("texts"), columns=["passage_id", "text"]) for output in outputs]
        self.ids = [f"{output.name}\x1f{key}" for output, table in zip(outputs, tables, strict=True)
                    for key in table.column("passage_id").to_pylist()]  # fmt: skip
        self._texts = [text for table in tables for text in table.column("text").to_pylist()]

    @functools.cached_property
    def words(self) -> Words:
        """BM25 over the passages."""
        return Words(self._texts)

    @functools.cached_property
    def encoder(self) -> Any:
        """The encoder of the runs, which must be one."""
        if len({output.manifest.get("encoder") for output in self._outputs}) > 1:
            raise UsageError("similar", "these runs have different encoders", "Search by words: by='words'")
        return encoder_of(self._outputs[0])

    @functools.cached_property
    def vectors(self) -> Any:
        """Float32 (passages, dim)."""
        parts = [vectors_of(output, self.encoder, self._program) for output in self._outputs]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def scores(self, text: str, way: str) -> Scores:
        """Return float32 (passages,): how like the text each is."""
        if way == "words":
            return self.words.scores(text)
        meaning = cosines(self.vectors, self.encoder.encode([text])[0])
        return meaning if way == "meaning" else fused(meaning, self.words.scores(text))


@functools.lru_cache(maxsize=2)
def _index(outputs: tuple[Output, ...], digest: str, program: str) -> Index:
    return Index(outputs, _PROGRAMS[program])


_PROGRAMS: dict[str, Program] = {}  # by digest: what cannot be hashed, beside what is remembered by its hash


def similar(corpus: Tables, what: object, k: int, way: str) -> Found:
    """Return the k passages of a corpus most like a text, link or passage; headings and the example itself left out.

    Raises:
        UsageError: if there is no such way, k is below 1, or the text is blank.
    """
    text = _text_of(what)
    if way not in WAYS:
        raise UsageError(way, "no such way to search", f"Choose of: {', '.join(WAYS)}")
    if k < 1 or not text.strip():
        raise UsageError("similar", "nothing to search for" if k >= 1 else "k is below 1", "Give some words and k >= 1")
    _PROGRAMS[corpus.program.digest] = corpus.program
    index = _index(corpus.views.outputs, corpus.digest, corpus.program.digest)
    own = what.passage_id if isinstance(what, Passage) else None
    allowed = corpus.arrow("SELECT run, passage_id FROM passages WHERE role <> 'heading' AND kind <> 'heading'")
    inside = {f"{row['run']}\x1f{row['passage_id']}" for row in allowed.to_pylist() if row["passage_id"] != own}
    scores = index.scores(text, way)
    mask = np.fromiter((key in inside for key in index.ids), bool, len(index.ids))
    places = [place for place in best(np.where(mask, scores, -np.inf), k) if mask[place] and scores[place] > 0]
    title = f"{len(places)} passages like: {' '.join(text.split())[:120]} ({corpus.said or 'everything'})"
    return Found(_frame(corpus, [index.ids[place] for place in places], scores[places]), title)


def _text_of(what: object) -> str:
    if isinstance(what, Passage):
        return what.text
    if isinstance(what, Link):
        return what.quote
    if isinstance(what, str):
        return what
    raise UsageError(type(what).__name__, "nothing to search by", "Give a text, a link or a passage")


def _frame(corpus: Tables, keys: list[str], scores: Scores) -> pd.DataFrame:
    pandas = need("pandas")
    pairs = [key.split("\x1f") for key in keys]
    asked = ", ".join(f"({place}, {literal(key)})" for place, (_, key) in enumerate(pairs)) or "(-1, '')"
    select = f"""WITH asked AS (SELECT * FROM (VALUES {asked}) v(place, passage_id)),
        tied AS (SELECT run, passage_id, list(target ORDER BY probability DESC) AS targets FROM links GROUP BY ALL)
        SELECT a.place, p.run, p.passage_id, p.document_id, p.language, p.page, x.text, {CITATION.format(d="d", p="p")},
            coalesce(t.targets, []) AS targets FROM asked a JOIN passages p ON p.passage_id = a.passage_id
        JOIN texts x ON p.run = x.run AND p.passage_id = x.passage_id
        JOIN documents d ON p.run = d.run AND p.document_id = d.document_id
        LEFT JOIN tied t ON p.run = t.run AND p.passage_id = t.passage_id ORDER BY a.place"""
    frame = corpus.typed(corpus.arrow(select))
    runs = {place: run for place, (run, _) in enumerate(pairs)}
    frame = frame[[runs.get(place) == run for place, run in zip(frame["place"], frame["run"], strict=True)]]
    frame.insert(0, "score", pandas.Series(scores, dtype="float64")[frame["place"].astype(int)].to_numpy())
    return frame.drop(columns="place").reset_index(drop=True)
