"""Marks of foot- and endnotes in a Word document, counted as Word would show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlp.readers.numbering import format_word_number
from nlp.readers.word.styles import W, integer, value

_USUAL = {"footnote": "decimal", "endnote": "lowerRoman"}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark in the text: which note, what the writer chose for a mark (None if counted), its section from 0."""

    kind: str
    identifier: str
    chosen: str | None
    section: int


class Notes:
    """Collects the marks in the order of the text, then counts them: footnotes and endnotes apart.

    Args:
        settings: root of the settings part, None when the document has none.
    """

    def __init__(self, settings: Any) -> None:
        self._settings = settings
        self._marks: dict[tuple[str, str], _Mark] = {}
        self._sections: list[Any] = []

    def refer(self, kind: str, identifier: str, chosen: str | None) -> None:
        """Take notice of a mark; `kind` is "footnote" or "endnote"."""
        self._marks.setdefault((kind, identifier), _Mark(kind, identifier, chosen, len(self._sections)))

    def end_section(self, properties: Any) -> None:
        """Take notice of a section's end (``w:sectPr``), which says how its notes are counted."""
        self._sections.append(properties)

    def counted(self) -> Iterator[tuple[str, str, str]]:
        """Yield kind, id and mark of each note: footnotes, then endnotes, which stand behind the last page."""
        for kind in _USUAL:
            number, section = self._start(kind, 0) - 1, 0
            for mark in self._marks.values():
                if mark.kind != kind:
                    continue
                if mark.section != section and self._said(kind, "numRestart", mark.section) == "eachSect":
                    number = self._start(kind, mark.section) - 1
                section = mark.section
                if mark.chosen is None:
                    number += 1
                    style = self._said(kind, "numFmt", section) or _USUAL[kind]
                    yield kind, mark.identifier, format_word_number(number, style)
                else:
                    yield kind, mark.identifier, mark.chosen

    def _start(self, kind: str, section: int) -> int:
        return integer(self._said(kind, "numStart", section), 1)

    def _said(self, kind: str, name: str, section: int) -> str | None:
        """Return what the section says of its notes, or else the whole document."""
        own = self._sections[section] if section < len(self._sections) else None
        for about in (own, self._settings):
            properties = None if about is None else about.find(f"{W}{kind}Pr")
            if (said := value(properties, name)) is not None:
                return said
        return None
