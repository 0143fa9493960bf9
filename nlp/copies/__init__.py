"""Copies that people can mail: the report as it came, with the findings in it.

`KINDS` has a row for each kind of copy; each names in the copy itself what it could not place.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from nlp.copies.finding import Copied, Finding, Wanted, from_items, from_links
from nlp.errors import UsageError
from nlp.program import Program
from nlp.readers.sniffing import DOCX, HTML, OPEN_DOCUMENT, PDF, RTF, WORD_97, WORD_PERFECT, sniff
from nlp.settings import Settings

__all__ = ["KINDS", "Copied", "Finding", "Kind", "Wanted", "copied", "from_items", "from_links", "kind_for"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table: module that writes this kind of copy, its media type, the formats that it can be made of."""

    module: str
    media_type: str
    formats: frozenset[str]

    def write(self, wanted: Wanted, program: Program, settings: Settings) -> Copied:
        """Write a copy; the module is imported here, not before."""
        made: Copied = import_module(self.module).write(wanted, program, settings)
        return made


WORDS = frozenset((DOCX, RTF, WORD_97, WORD_PERFECT, OPEN_DOCUMENT))
"""Formats whose copy is a Word document."""
KINDS: dict[str, Kind] = {
    "docx": Kind("nlp.copies.word", DOCX, WORDS),
    "pdf": Kind("nlp.copies.pdf", PDF, frozenset((PDF,))),
    "html": Kind("nlp.copies.page", HTML, frozenset()),  # of any: where it is no page, its text is made one
}


def kind_for(original: bytes) -> str:
    """Return the kind of copy that is nearest to the report as it came."""
    media_type = sniff(original)
    return next((kind for kind, row in KINDS.items() if media_type in row.formats), "html")


def copied(kind: str, wanted: Wanted, program: Program, settings: Settings | None = None) -> Copied:
    """Return a copy of a report with findings in it, and where each of them went.

    Args:
        kind: "docx", "pdf" or "html".

    Raises:
        UsageError: if there is no such kind, or it cannot be made of this format.
        UnreadableDocument: if the original cannot be read (again).
        MissingExtra: if the library that writes this kind is not installed.
    """
    if kind not in KINDS:
        raise UsageError(kind, "no such kind of copy", f"Choose one of: {', '.join(KINDS)}")
    formats = KINDS[kind].formats
    if formats and sniff(wanted.original) not in formats:
        hint = f"Choose {kind_for(wanted.original)} or html"
        raise UsageError(wanted.name, f"no {kind} copy can be made of this format", hint)
    return KINDS[kind].write(wanted, program, settings or Settings.load())
