"""What text recognition costs: the sample documents as scans against the same documents with their text.

Word error rate: insertions, deletions and substitutions for each word of the clean text (Levenshtein).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import yaml

from nlp.annotations import GoldUnit
from nlp.bench.outlines import signs
from nlp.errors import UsageError
from nlp.evaluate import answer
from nlp.pipeline import Mapper, surroundings
from nlp.readers import read_bytes
from nlp.readers.pdf.picture import draw
from nlp.readers.pdf.scans import languages
from nlp.records import FURNITURE
from nlp.scores import KINDS, Answer, f1
from nlp.settings import Settings, data_root
from nlp.structure.segment import Structured, structure

ALIKE = 75.0  # of 100: a scanned passage that says this much of a labelled one is the same


@dataclass(frozen=True, slots=True)
class Recognition:
    """One document, or all of a language.

    Attributes:
        words: of the clean text. errors: words wrong, missing or too many. clean, scanned: micro F1 by kind against
            the labels of `corpus/labels`, where the model decides alone. units: labelled passages.
    """

    name: str
    words: int
    errors: int
    units: int
    clean: dict[str, float]
    scanned: dict[str, float]

    @property
    def error_rate(self) -> float:
        """Errors for each word of the clean text."""
        return self.errors / max(self.words, 1)


@dataclass(frozen=True, slots=True)
class _Case:
    words: int
    errors: int
    units: list[GoldUnit]
    clean: list[Answer]
    scanned: list[Answer]


def scan_of(data: bytes, dots: int) -> bytes:
    """A PDF of grey pictures of another PDF's pages, at `dots` an inch, as JPEG of middling quality."""
    import pypdfium2

    with closing(pypdfium2.PdfDocument(data)) as document:
        pictures = [draw(page, dots) for page in document]
    target = io.BytesIO()
    pictures[0].save(target, "PDF", save_all=True, append_images=pictures[1:], resolution=dots, quality=75)
    return target.getvalue()


def bench_scans(dots: int, settings: Settings) -> list[Recognition]:
    """Measure the sample PDFs, then each language, then all.

    Raises:
        UsageError: without Tesseract. EncoderError, ModelError: as `Mapper`.
    """
    from rapidfuzz.distance import Levenshtein

    if not languages():
        raise UsageError("tesseract", "not installed", "Install it with its languages: see the README")
    mapper = Mapper(settings)
    rows: dict[str, list[_Case]] = {}
    for labels in sorted((data_root() / "corpus" / "labels").glob("*.yaml")):
        facts = yaml.safe_load(labels.read_text("utf-8"))
        path = data_root() / "corpus" / "samples" / f"{facts['document']}.pdf"
        if not path.is_file():
            continue
        data = path.read_bytes()
        clean = structure(read_bytes(data, str(path), settings))
        scanned = structure(read_bytes(scan_of(data, dots), str(path), settings))
        words = [_body(one).split() for one in (clean, scanned)]
        units = [_unit(row) for row in facts["passages"]]
        starts = [row["start"] for row in facts["passages"]]
        read, seen = (_answers(mapper, one, starts) for one in (clean, scanned))
        row = _Case(len(words[0]), Levenshtein.distance(*words), units, read, seen)
        for name in (facts["document"], clean.profile.language, "all"):
            rows.setdefault(name, []).append(row)
    single = [name for name in rows if len(name) > 3]
    return [_recognition(name, rows[name]) for name in (*single, *(n for n in rows if len(n) == 2), "all")]


def _recognition(name: str, cases: Sequence[_Case]) -> Recognition:
    units = [unit for case in cases for unit in case.units]
    read = [answer for case in cases for answer in case.clean]
    seen = [answer for case in cases for answer in case.scanned]
    clean, scanned = ({kind: round(f1(units, said, kind), 3) for kind in KINDS} for said in (read, seen))
    words, errors = sum(case.words for case in cases), sum(case.errors for case in cases)
    return Recognition(name, words, errors, len(units), clean, scanned)


def _unit(row: dict[str, Any]) -> GoldUnit:
    sets = {kind: {"required": row[kind], "permitted": []} for kind in KINDS}
    return GoldUnit.model_validate({"start": 0, "end": 1, "role": [row["role"]], "sure": True, **sets})


def _body(structured: Structured) -> str:
    document = structured.document
    return "\n".join(document.text[b.span.start : b.span.end] for b in document.blocks if b.kind not in FURNITURE)


def _answers(mapper: Mapper, structured: Structured, starts: Sequence[str]) -> list[Answer]:
    """What the model says of the passages that begin so; nothing of one that was not found."""
    from rapidfuzz import fuzz

    text = structured.document.text
    texts = [text[passage.span.start : passage.span.end] for passage in structured.passages]
    readings = mapper.read_texts(texts, surroundings(structured, mapper.program))
    begins = [signs(own) for own in texts]
    found = []
    for start in map(signs, starts):
        alike = [fuzz.ratio(start, own[: len(start)]) for own in begins]
        best = max(range(len(alike)), key=alike.__getitem__)
        known = alike[best] >= ALIKE
        found.append(answer(mapper.program, mapper.model.lanes, readings[best]) if known else Answer(frozenset(), ()))
    return found
