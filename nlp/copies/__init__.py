"""Copies that people can mail: the report as it came, with the findings in it.

`COPIES` has a function for each kind of copy; each names in the copy itself what it could not place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from nlp.copies.finding import Copied, Finding, from_items, from_links
from nlp.errors import UsageError
from nlp.program import Program
from nlp.readers.sniffing import DOCX, HTML, OPEN_DOCUMENT, PDF, RTF, WORD_97, WORD_PERFECT, sniff
from nlp.settings import Settings

__all__ = ["COPIES", "KINDS", "Copied", "Copy", "Finding", "Kind", "copied", "from_items", "from_links", "kind_for"]

Copy = Callable[[bytes, str, str, Sequence[Finding], Program, str], bytes]
"""(original bytes, file name, canonical text, findings, codebook, language of the notes) -> bytes of the copy."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table: module that writes this kind of copy, its media type, the formats that it can be made of."""

    module: str
    media_type: str
    formats: frozenset[str]

    def write(
        self,
        original: bytes,
        name: str,
        text: str,
        findings: Sequence[Finding],
        program: Program,
        language: str,
        settings: Settings,
    ) -> Copied:
        """Write a copy; the module is imported here, not before."""
        made: Copied = import_module(self.module).write(original, name, text, findings, program, language, settings)
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


def copied(
    kind: str,
    original: bytes,
    name: str,
    text: str,
    findings: Sequence[Finding],
    program: Program,
    language: str = "en",
    settings: Settings | None = None,
) -> Copied:
    """Return a copy of a report with findings in it, and where each of them went.

    Args:
        kind: "docx", "pdf" or "html". original: the report as it came. name: its file name. text: the canonical text
            that the findings' offsets refer to. language: of the notes ("en", "es", "pt" or "fr").

    Raises:
        UsageError: if there is no such kind, or it cannot be made of this format.
        UnreadableDocument: if the original cannot be read (again).
        MissingExtra: if the library that writes this kind is not installed.
    """
    if kind not in KINDS:
        raise UsageError(kind, "no such kind of copy", f"Choose one of: {', '.join(KINDS)}")
    wanted = KINDS[kind].formats
    if wanted and sniff(original) not in wanted:
        raise UsageError(name, f"no {kind} copy can be made of this format", f"Choose {kind_for(original)} or html")
    return KINDS[kind].write(original, name, text, findings, program, language, settings or Settings.load())


def _copy(kind: str) -> Copy:
    def write(
        original: bytes, name: str, text: str, findings: Sequence[Finding], program: Program, language: str
    ) -> bytes:
        return copied(kind, original, name, text, findings, program, language).data

    return write


COPIES: dict[str, Copy] = {kind: _copy(kind) for kind in KINDS}
