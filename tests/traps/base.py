"""What a trap is, and the truth that stands beside a trap document."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Language = Literal["en", "es", "pt", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "es", "pt", "fr")
Kind = Literal["heading", "paragraph", "list_item", "table_cell", "footnote"]


@dataclass(frozen=True)
class Unit:
    """A piece of a document as a person would read it, in reading order.

    Attributes:
        text: what it says, on one line, hyphens of line ends undone, without a list marker.
        kind: what it is.
        marker: list marker as people see it ("1.", "a)", "•", "iv."), whether typed or made by the format; else None.
        cell: (table, row, column) of a table cell, all from 0, tables counted through the document; a table that runs
            over several pages is one table, and a header row repeated on a later page is not told again.
        implementer: id of the body that acts, where the document says so (row, section or document); else None.
        page: page it begins on, from 1, where the format has pages; else None.
        number, clause, lead_in: as `nlp.records.Passage` has them; section: the last heading above it. "" says that
            there is none, None that the truth does not tell.
        year: of the Summit that a mandate comes from. language: of this unit, in a document of several.
    """

    text: str
    kind: Kind = "paragraph"
    marker: str | None = None
    cell: tuple[int, int, int] | None = None
    implementer: str | None = None
    page: int | None = None
    number: str | None = None
    clause: str | None = None
    section: str | None = None
    lead_in: str | None = None
    year: int | None = None
    language: str | None = None


@dataclass(frozen=True)
class Truth:
    """All that is true about a document.

    Attributes:
        units: in reading order. Footnotes come where the page or the document puts them.
        margins: running headers, footers and page numbers, each once: they must not stand among the units.
        absent: what must not stand in the canonical text at all (deleted text, comments, scripts).
        status: what the ledger must say. pages: number of pages, None where the format has none.
        losses: words that must stand in what the reader says it lost, e.g. "hidden".
        mixed: whether the language changes within the document.
        profile: what `nlp.records.Profile` must say, by the names of its fields; those left out are not told.
    """

    units: Sequence[Unit]
    margins: Sequence[str] = ()
    absent: Sequence[str] = ()
    status: str = "ok"
    pages: int | None = None
    losses: Sequence[str] = ()
    mixed: bool = False
    profile: Mapping[str, str | None] = field(default_factory=dict)


Make = Callable[[Language], tuple[bytes, Truth]]


@dataclass(frozen=True)
class Trap:
    """One trap: `name` in words with hyphens, the file's `suffix`, and what makes a document of it in a language."""

    name: str
    suffix: str
    make: Make
    languages: Sequence[Language] = field(default=LANGUAGES)


def write(traps: Sequence[Trap], folder: Path) -> int:
    """Write the documents and their truth into `folder`; return how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for trap in traps:
        for language in trap.languages:
            data, truth = trap.make(language)
            name = f"{trap.name}-{language}"
            (folder / f"{name}{trap.suffix}").write_bytes(data)
            facts = {"file": f"{name}{trap.suffix}", "trap": trap.name, "language": language, **asdict(truth)}
            (folder / f"{name}.truth.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
            count += 1
    return count
