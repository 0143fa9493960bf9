"""Annotating documents of a run: a working copy with their text to label in, standoff labels without it to keep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nlp.annotations.gold import Gold, load_gold, unit_of
from nlp.annotations.rows import FILES, Annotations, DocumentRow, PassageRow
from nlp.annotations.select import only
from nlp.errors import AnnotationError
from nlp.jsonl import read_rows
from nlp.seal import TEXT, text_path

SUFFIX = ".standoff.json"


def working_copy(run: Path, folder: Path) -> int:
    """Write the passages of a run as an annotation folder to label in; return how many.

    The folder holds the documents' text: what may be kept and passed on is what `to_standoff` makes of it.

    Raises:
        AnnotationError: if `run` is not the output of a run, or `folder` has annotations already.
    """
    if any((folder / name).exists() for name in FILES):
        raise AnnotationError(folder, "holds annotations already", "Name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    documents = _run_rows(run, "documents.jsonl")
    texts = {row["document_id"]: text_path(run / TEXT, row).read_bytes().decode("utf-8") for row in documents}
    passages = [_passage(row, texts[row["document_id"]]) for row in _run_rows(run, "passages.jsonl")]
    for name, rows in zip(FILES, (map(_document, documents), passages, ()), strict=True):
        (folder / name).write_text("".join(row.model_dump_json() + "\n" for row in rows), "utf-8")
    return len(passages)


def _run_rows(run: Path, name: str) -> list[dict[str, Any]]:
    try:
        return list(read_rows(run / name))
    except OSError:
        raise AnnotationError(run / name, "missing", "Give the output folder of evmap map") from None


def _document(row: dict[str, Any]) -> DocumentRow:
    return DocumentRow(
        doc_id=row["document_id"],
        title=row["title"],
        genre=row["kind"],
        body=None,
        year=None,
        language=row["language"] or "en",
        author=row["document_id"],
        family=None,
        original_language=None,
    )


def _passage(row: dict[str, Any], text: str) -> PassageRow:
    return PassageRow(
        passage_id=row["passage_id"],
        document=row["document_id"],
        kind=row["kind"],
        section=tuple(row["section"]),
        implementer=row["implementer_text"] or row["implementer"],
        text=" ".join(text[row["start"] : row["end"]].split()),
    )


def to_standoff(read: Annotations, run: Path, between: Callable[[Annotations], dict[str, float]]) -> list[Gold]:
    """Return the labels of a working copy, a row a document, with offsets and without text.

    A label that holds is required. Where readings differ and nobody decided, those that all gave are required and the
    others permitted.

    Args:
        between: how far the annotators of a document agree, by name (objectives_f1, activities_f1).

    Raises:
        AnnotationError: if a passage of the run has no labels.
    """
    rows = _run_rows(run, "passages.jsonl")
    bare = [row["passage_id"] for row in rows if not read.counted(row["passage_id"])]
    if bare:
        raise AnnotationError(run, f"{len(bare)} passages without labels, the first {bare[0]}", "Label them first")
    found = []
    for document in _run_rows(run, "documents.jsonl"):
        own = [row for row in rows if row["document_id"] == document["document_id"]]
        part = only(read, [row["passage_id"] for row in own])
        gold = Gold(
            document=Path(document["inputs"][0]).name,
            sha256=document["document_id"],
            offsets="unicode code points of the canonical text",
            annotators=min((len(read.blind(row["passage_id"])) for row in own), default=0),
            agreement=between(part),
            units=tuple(unit_of(row["start"], row["end"], read.counted(row["passage_id"])) for row in own),
        )
        found.append(gold)
    return found


def write_standoff(folder: Path, gold: Gold) -> Path:
    """Write standoff gold as JSON, a unit a line; return the file.

    It is named after the document, with the head of its hash where another document of that name has its gold there.

    Raises:
        OSError: if it cannot be written.
    """
    path = folder / f"{Path(gold.document).stem}{SUFFIX}"
    if path.exists() and load_gold(path).sha256 != gold.sha256:
        path = folder / f"{Path(gold.document).stem}-{gold.sha256[:8]}{SUFFIX}"
    head = gold.model_dump_json(exclude={"units"})[:-1]
    units = ",\n".join(unit.model_dump_json() for unit in gold.units)
    path.write_text(f'{head},"units":[\n{units}\n]}}\n', "utf-8")
    return path
