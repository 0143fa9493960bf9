"""The peer of the whole batch: the script that a good colleague writes in an afternoon with well-known libraries.

A folder walked file by file; pdfplumber, python-docx and lxml for the text; paragraphs as passages;
`SentenceTransformer.encode` of a file's passages with the library's own batches and threads, on the same weights as
ours; the same heads and cuts. No cache, no second process, nothing kept if it is stopped. Nothing is slower in it than
it need be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.classify.heads import load
from nlp.encode import embed
from nlp.encode.adapter import merge
from nlp.errors import UsageError
from nlp.pipeline import adapter_of
from nlp.program import load_program
from nlp.settings import data_root

ENCODER = "e5"
SHORTEST = 3  # characters of a passage
# pdfplumber gives lines: one that ends a sentence ends a paragraph.
_PARAGRAPH = re.compile(r"\n\s*\n|(?<=[.:;])\n")


@dataclass(frozen=True, slots=True)
class PlainWork:
    """What the script got through: files read, files it could not read, passages, links."""

    documents: int = 0
    failed: int = 0
    passages: int = 0
    links: int = 0


def _pdf(path: Path) -> Iterator[str]:
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in document.pages:
            yield from _PARAGRAPH.split(page.extract_text() or "")
            page.close()


def _word(path: Path) -> Iterator[str]:
    from docx import Document

    document = Document(str(path))
    yield from (paragraph.text for paragraph in document.paragraphs)
    for table in document.tables:
        for row in table.rows:
            yield from (cell.text for cell in row.cells)


def _web(path: Path) -> Iterator[str]:
    from lxml import html

    for element in html.fromstring(path.read_bytes()).iter("h1", "h2", "h3", "h4", "p", "li", "td", "th"):
        yield "".join(map(str, element.itertext()))


def _text(path: Path) -> Iterator[str]:
    yield from re.split(r"\n\s*\n", path.read_text("utf-8"))


READ: dict[str, Callable[[Path], Iterator[str]]] = {
    ".pdf": _pdf, ".docx": _word, ".html": _web, ".htm": _web, ".txt": _text, ".md": _text,
}  # fmt: skip


def passages_of(path: Path) -> list[str]:
    """Return the paragraphs of a file, by its suffix."""
    found = (" ".join(passage.split()) for passage in READ[path.suffix.lower()](path))
    return [passage for passage in found if len(passage) >= SHORTEST]


def map_plainly(paths: Sequence[Path], out: Path) -> PlainWork:
    """Write the links of files as JSON lines to `out`.

    Raises:
        UsageError: if the encoder is not installed.
    """
    folder = data_root() / "models" / ENCODER
    if not embed.available(ENCODER):
        raise UsageError(ENCODER, "the peer needs this encoder", f"Run: {embed.EMBEDDERS[ENCODER].install}")
    program = load_program()
    model = load(folder, program, embed.load(ENCODER, adapter_of(folder)).identity)
    encoder = _encoder(folder)
    cuts = [model.lanes[target.split(":")[0]].review.threshold for target in program.targets]
    work = PlainWork()
    with out.open("w", encoding="utf-8") as file:
        for path in paths:
            try:
                texts = passages_of(path)
                readings = model.heads.read(encoder(texts), program.targets) if texts else []
            except Exception:  # noqa: BLE001 - what stops a peer on one file is a result
                work = PlainWork(work.documents, work.failed + 1, work.passages, work.links)
                continue
            rows = list(_rows(path, texts, readings, cuts))
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            work = PlainWork(work.documents + 1, work.failed, work.passages + len(texts), work.links + len(rows))
    return work


def _encoder(folder: Path) -> Callable[[list[str]], Any]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(embed.tunable(ENCODER)()), device="cpu")
    adapter = adapter_of(folder)
    if adapter:
        inner: Any = model[0]
        inner.model = merge(inner.model, adapter)
    return lambda texts: model.encode([embed.E5_PREFIX + text for text in texts], show_progress_bar=False)


def _rows(
    path: Path, texts: Sequence[str], readings: Sequence[Any], cuts: Sequence[float]
) -> Iterator[dict[str, object]]:
    for text, reading in zip(texts, readings, strict=True):
        for (target, probability), cut in zip(reading.probabilities.items(), cuts, strict=True):
            if probability >= cut:
                yield {"file": str(path), "target": target, "probability": probability, "quote": text}
