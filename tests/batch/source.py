"""Where the words come from: our training documents, whole, with their passages varied so that few stand twice."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from nlp.annotations.rows import DocumentRow, PassageRow, read_rows

TRAINING = Path(__file__).resolve().parent.parent.parent / "annotations" / "training"
WHOLE = 10  # passages; fewer is no document of its own
LANGUAGES = {"en": 35, "es": 35, "pt": 15, "fr": 15}  # per cent
CITIES = (
    "Tapachula", "Tegucigalpa", "Cúcuta", "Belmopan", "Paramaribo", "Tacna", "Boa Vista", "Oaxtepec", "Guayaquil",
    "Castries", "Jacmel", "Choluteca", "Arica", "Foz do Iguaçu", "Nogales", "Ottawa", "Roseau", "Encarnación",
    "San Vicente", "Liberia", "Quetzaltenango", "Maturín", "Corumbá", "Gonaïves", "Bluefields", "Santa Ana",
)  # fmt: skip
BOILERPLATE = 0.06  # of the passages of a document of a series
SERIES = 12
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
Kind = Literal["title", "heading", "paragraph", "list_item", "table_cell", "footnote"]


@dataclass(frozen=True)
class Piece:
    """A passage to be laid out: its kind and text."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Text:
    """What a document says: language, title, the body that sends it, and its passages in order."""

    language: str
    title: str
    body: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Whole:
    """A training document with its passages."""

    row: DocumentRow
    passages: tuple[PassageRow, ...]


@cache
def wholes() -> dict[str, list[Whole]]:
    """The whole training documents by language."""
    passages: dict[str, list[PassageRow]] = defaultdict(list)
    for passage in read_rows(TRAINING / "passages.jsonl", PassageRow):
        passages[passage.document].append(passage)
    found: dict[str, list[Whole]] = defaultdict(list)
    for row in read_rows(TRAINING / "documents.jsonl", DocumentRow):
        if len(passages[row.doc_id]) >= WHOLE:
            found[row.language].append(Whole(row, tuple(passages[row.doc_id])))
    return dict(found)


@cache
def sentences(language: str) -> list[str]:
    """Every full sentence of a language's paragraphs."""
    texts = (p.text for whole in wholes()[language] for p in whole.passages if p.kind == "paragraph")
    return [sentence for text in texts for sentence in _SENTENCE.split(text) if len(sentence) > 40]


def varied(text: str, kind: Kind, language: str, rng: random.Random) -> str:
    """Return a passage with some sentences of others, other numbers, and often a place and a year of its own."""
    parts = _SENTENCE.split(text)
    if kind == "paragraph" and len(parts) > 1:
        parts = [rng.choice(sentences(language)) if rng.random() < 0.5 else part for part in parts]
    elif rng.random() < 0.8:
        end = parts[-1][-1:] if parts[-1][-1:] in ".;:" else ""
        place = f"({rng.choice(CITIES)}, {rng.randint(1998, 2024)})"
        parts[-1] = f"{parts[-1].removesuffix(end)} {place}{end}"
    return _NUMBER.sub(lambda found: _other(found[0], rng), " ".join(parts))


def _other(number: str, rng: random.Random) -> str:
    if _YEAR.fullmatch(number):
        return str(rng.randint(1998, 2024))
    return "".join(rng.choice("123456789") for _ in number) if len(number) < 5 else number


def compose(characters: float, rng: random.Random) -> Text:
    """Compose a document of about so many characters: training documents of one language, one after another."""
    language = rng.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
    first = rng.choice(wholes()[language])
    title = varied(first.row.title or "Report", "title", language, rng)
    pieces = [Piece("title", title), *_series(language, rng)]
    left = characters - sum(len(piece.text) for piece in pieces)
    for piece in _endless(first, language, rng):
        pieces.append(piece)
        left -= len(piece.text)
        if left <= 0:
            break
    return Text(language, title, first.row.body or "OAS", tuple(pieces))


def _endless(first: Whole, language: str, rng: random.Random) -> Iterator[Piece]:
    whole = first
    standing = _standing(language, rng.randrange(SERIES))
    while True:
        for passage in whole.passages:
            kind: Kind = passage.kind  # type: ignore[assignment]
            yield Piece(kind, varied(passage.text, kind, language, rng))
            if rng.random() < BOILERPLATE:
                yield Piece("paragraph", rng.choice(standing))
        whole = rng.choice(wholes()[language])


def _series(language: str, rng: random.Random) -> Sequence[Piece]:
    """The cover note that every document of a series bears; four of ten bear none."""
    if rng.random() < 0.4:
        return ()
    return [Piece("paragraph", text) for text in _standing(language, rng.randrange(SERIES))[:3]]


@cache
def _standing(language: str, series: int) -> tuple[str, ...]:
    """Passages that stand word for word in all documents of a series."""
    rng = random.Random(f"{language}/{series}")
    texts = [p.text for whole in wholes()[language] for p in whole.passages if p.kind == "paragraph"]
    return tuple(rng.sample(texts, 5))
