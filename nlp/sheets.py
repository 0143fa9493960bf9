"""What a system is examined on: labelled units of documents, with their texts and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.agreement import between
from nlp.annotations import Annotations, Gold, GoldUnit, load_annotations, load_gold
from nlp.annotations.faults import digest
from nlp.annotations.gold import unit_of
from nlp.annotations.pool import leads_in
from nlp.annotations.select import only
from nlp.classify.features import Surroundings
from nlp.errors import AnnotationError
from nlp.material import acting
from nlp.pipeline import read_structured, surroundings
from nlp.program import load_program
from nlp.settings import Settings
from nlp.structure.segment import Structured


@dataclass(frozen=True, slots=True)
class Sheet:
    """Gold units of one document with their texts and what stands around each, its language and its document."""

    gold: Gold
    texts: tuple[str, ...]
    places: tuple[Surroundings, ...]
    languages: tuple[str, ...]
    documents: tuple[str, ...]

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
        *_around(structured, gold),
    )


def _find(path: Path, gold: Gold, documents: Path | None) -> Path:
    name = Path(gold.document).name
    places = [p for p in (documents, path.parent, path.parent.parent, path.parent.parent / "documents") if p]
    for place in places:
        for candidate in (place / gold.document, place / name):
            if candidate.is_file():
                return candidate
    raise AnnotationError(gold.document, "the annotated document is not here", "Name its folder with --documents")


def _around(structured: Structured, gold: Gold) -> tuple[tuple[Surroundings, ...], tuple[str, ...], tuple[str, ...]]:
    """Surroundings and language of the passage that shares most text with each unit, and the document of each."""
    places = surroundings(structured, load_program())
    best = []
    for unit in gold.units:
        overlaps = [passage.span.overlap(unit.span) for passage in structured.passages]
        best.append(overlaps.index(max(overlaps)))
    languages = tuple(structured.passages[i].language for i in best)
    return tuple(places[i] for i in best), languages, (gold.sha256,) * len(best)


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
    leads = leads_in(read)
    places = tuple(_place(read, key, leads[key]) for key in chosen)
    documents = tuple(read.passages[key].document for key in chosen)
    return Sheet(
        gold,
        tuple(read.passages[key].text for key in chosen),
        places,
        tuple(read.documents[name].language for name in documents),
        documents,
    )


def _place(read: Annotations, key: str, lead_in: str) -> Surroundings:
    """What stands around a passage, as in training: who acts is who it names, else who wrote the document."""
    row = read.passages[key]
    document = read.documents[row.document]
    return acting(row.implementer or document.body, document.language, row.section, lead_in)
