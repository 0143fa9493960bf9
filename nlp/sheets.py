"""What a system is examined on: labelled units of documents, with their texts and the passages they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.agreement import between
from nlp.annotations import Annotations, Gold, GoldUnit, load_annotations, load_gold
from nlp.annotations.faults import digest
from nlp.annotations.gold import unit_of
from nlp.annotations.select import only
from nlp.errors import AnnotationError
from nlp.pipeline import read_structured
from nlp.records import Passage, Span
from nlp.settings import Settings
from nlp.structure.bodies import resolve
from nlp.structure.segment import Structured


@dataclass(frozen=True, slots=True)
class Sheet:
    """Gold units of one document with their texts and the passages they stand in, in document order."""

    gold: Gold
    texts: tuple[str, ...]
    passages: tuple[Passage, ...]

    @property
    def units(self) -> tuple[GoldUnit, ...]:
        """The gold units."""
        return self.gold.units


def load_sheet(path: Path, documents: Path | None, settings: Settings) -> Sheet:
    """Read a standoff gold file and the document it annotates.

    The document is looked for in `documents`, beside the gold file, and beside its folder.

    Raises:
        AnnotationError: if the document is not found, has another hash, or a unit leaves its text.
    """
    gold = load_gold(path)
    source = _find(path, gold, documents)
    structured = read_structured(source, settings)
    if structured.document.document_id != gold.sha256:
        raise AnnotationError(
            source,
            f"expected sha256 {gold.sha256}, found {structured.document.document_id}",
            "Get the annotated version",
        )
    text = structured.document.text
    if any(not 0 <= unit.start < unit.end <= len(text) for unit in gold.units):
        raise AnnotationError(path, "a unit leaves the document's text")
    return Sheet(
        gold,
        tuple(" ".join(text[unit.start : unit.end].split()) for unit in gold.units),
        tuple(_passage(structured, unit) for unit in gold.units),
    )


def _find(path: Path, gold: Gold, documents: Path | None) -> Path:
    name = Path(gold.document).name
    places = [p for p in (documents, path.parent, path.parent.parent, path.parent.parent / "documents") if p]
    for place in places:
        for candidate in (place / gold.document, place / name):
            if candidate.is_file():
                return candidate
    raise AnnotationError(gold.document, "the annotated document is not here", "Name its folder with --documents")


def _passage(structured: Structured, unit: GoldUnit) -> Passage:
    """The passage that shares most text with the unit."""
    return max(structured.passages, key=lambda passage: passage.span.overlap(unit.span))


def find_gold(path: Path) -> list[Path]:
    """Return the standoff files of a folder, or the file itself.

    Raises:
        AnnotationError: if there is none.
    """
    found = sorted(path.rglob("*.standoff.json")) if path.is_dir() else [path]
    if not found:
        raise AnnotationError(path, "no *.standoff.json there", "Give a gold file or a folder of them")
    return found


def load_sheets(path: Path, documents: Path | None, settings: Settings) -> list[Sheet]:
    """Return what is to be examined under `path`: an annotation folder whole, or the standoff files of a folder.

    Raises:
        AnnotationError: if there is nothing, or gold and documents do not fit.
    """
    if (path / "passages.jsonl").is_file():
        return [sheet_of(load_annotations(path), path)]
    return [load_sheet(file, documents, settings) for file in find_gold(path)]


def sheet_of(read: Annotations, folder: Path, keys: Sequence[str] | None = None) -> Sheet:
    """Return the passages `keys` (all by default) of an annotation folder as one sheet.

    A label that holds (`Annotations.counted`) is required; where nobody decided, those that not all gave are permitted.

    Raises:
        AnnotationError: if one of them has no labels.
    """
    chosen = list(read.passages) if keys is None else list(keys)
    bare = [key for key in chosen if not read.counted(key)]
    if bare:
        raise AnnotationError(folder, f"passages without labels: {', '.join(bare[:5])}")
    units = tuple(unit_of(0, len(read.passages[key].text), read.counted(key)) for key in chosen)
    annotators = min(len(read.blind(key)) for key in chosen) if chosen else 0
    gold = Gold(
        document=folder.name,
        sha256=digest(folder),
        offsets="passage",
        annotators=annotators,
        agreement=between(only(read, chosen)),
        units=units,
    )
    return Sheet(gold, tuple(read.passages[key].text for key in chosen), tuple(_row(read, key) for key in chosen))


def _row(read: Annotations, key: str) -> Passage:
    """The passage as the pipeline would see it: who acts is the implementer, else the body that wrote the document."""
    row = read.passages[key]
    document = read.documents[row.document]
    name = row.implementer or document.body
    return Passage(
        passage_id=key,
        document_id=row.document,
        span=Span(0, len(row.text)),
        kind="paragraph",
        language=document.language,
        section=row.section,
        implementer=resolve(name, document.language).body if name else None,
        implementer_text=row.implementer,
    )
