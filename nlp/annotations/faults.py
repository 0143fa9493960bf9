"""What is wrong with an annotation folder: unknown labels, copied words, twins, a torn split, a thawed set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.annotations.overlap import Names, Shared, near_duplicates, shared_runs
from nlp.annotations.rows import FILES, FROZEN, Annotations
from nlp.annotations.splits import FILE, check_splits, load_splits
from nlp.errors import AnnotationError
from nlp.program import Program, label_text

NAMES = "names.txt"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend: where, what, and the words in question."""

    place: str
    reason: str
    words: str = ""


def find_faults(read: Annotations, folder: Path, program: Program, others: Mapping[str, str]) -> list[Fault]:
    """Return the faults of a folder that has been read.

    Args:
        others: further texts by name that ours must not share eight words with, official documents for instance.
    """
    return [*_unknown(read, program), *_copies(read, folder, program, others), *_torn(read, folder), *_thawed(folder)]


def _unknown(read: Annotations, program: Program) -> Iterator[Fault]:
    targets = set(program.targets)
    for key, rows in read.labels.items():
        for row in rows:
            for target in sorted(set(row.targets()) - targets):
                yield Fault(key, f"{target} of {row.annotator} is not in the codebook")


def _copies(read: Annotations, folder: Path, program: Program, others: Mapping[str, str]) -> Iterator[Fault]:
    texts = {key: row.text for key, row in read.passages.items()}
    names = Names.load(folder.parent / NAMES)
    for shared in _merged(shared_runs(texts, {**_codebook(program), **others}, names)):
        yield Fault(", ".join(shared.places), f"shares words with {shared.other or 'one another'}", shared.run)
    for first, second in near_duplicates(texts):
        yield Fault(f"{first}, {second}", "nearly the same text", texts[first])


def _codebook(program: Program) -> dict[str, str]:
    return {
        f"{target} ({language})": text
        for target, label in program.labels.items()
        for language, text in label_text(label).items()
    }


def _merged(rows: list[Shared]) -> Iterator[Shared]:
    """Runs of the same places that follow one another, as one."""
    last: Shared | None = None
    for row in rows:
        follows = last and (last.places, last.other) == (row.places, row.other)
        if last and follows and last.run.split()[1 - len(row.run.split()) :] == row.run.split()[:-1]:
            last = Shared(f"{last.run} {row.run.split()[-1]}", row.places, row.other)
            continue
        if last:
            yield last
        last = row
    if last:
        yield last


def _torn(read: Annotations, folder: Path) -> Iterator[Fault]:
    rows = load_splits(folder / FILE)
    try:
        if rows:
            check_splits(read, rows, folder / FILE)
    except AnnotationError as error:
        yield Fault(str(error.subject), error.reason)


def _thawed(folder: Path) -> Iterator[Fault]:
    path = folder / FROZEN
    if path.is_file() and path.read_text("utf-8").strip() != digest(folder):
        yield Fault(str(folder), f"is frozen, but its files no longer have the sha256 in {FROZEN}")


def digest(folder: Path) -> str:
    """sha256 (hex) of the three files of an annotation folder."""
    total = hashlib.sha256()
    for name in FILES:
        total.update((folder / name).read_bytes())
    return total.hexdigest()
