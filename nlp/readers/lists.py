"""List numbers of a Word document, counted as Word would show them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from nlp.readers.numbering import format_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STYLES = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_LEVELS = 9
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class _Level:
    style: str
    pattern: str
    start: int


class Lists:
    """Gives each paragraph of a list its marker; must be asked in document order.

    Args:
        numbering: root of the numbering part, None when the document has none.
        styles: style elements by id.
    """

    def __init__(self, numbering: Any, styles: dict[str, Any]) -> None:
        self._styles = styles
        self._abstract_of: dict[str, str] = {}
        self._levels: dict[tuple[str, int], _Level] = {}
        self._restarts: dict[str, dict[int, int]] = defaultdict(dict)
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        if numbering is not None:
            self._load(numbering)

    def marker(self, properties: Any) -> str | None:
        """Return the marker of a paragraph with these properties (``w:pPr`` or None), None outside lists."""
        number, level = self._number_of(properties)
        abstract = self._abstract_of.get(number or "0")
        if number is None or abstract is None or level >= _LEVELS:
            return None
        counts = self._counts[abstract]
        for restarted, start in self._restarts.pop(number, {}).items():
            counts[restarted] = start - 1
        counts[level] = counts.get(level, self._level(abstract, level).start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return self._write(abstract, level, counts)

    def _write(self, abstract: str, level: int, counts: dict[int, int]) -> str | None:
        own = self._level(abstract, level)
        if own.style == "bullet":
            return "•"
        if own.style == "none":
            return None

        def number(match: re.Match[str]) -> str:
            """One place of the pattern, in its level's own style."""
            shown = int(match.group(1)) - 1
            at = self._level(abstract, shown)
            return format_number(counts.get(shown, at.start), _STYLES.get(at.style, "1"))

        return re.sub(r"%([1-9])", number, own.pattern).strip() or None

    def _level(self, abstract: str, level: int) -> _Level:
        return self._levels.get((abstract, level), _Level("decimal", f"%{level + 1}.", 1))

    def _number_of(self, properties: Any) -> tuple[str | None, int]:
        """Return list id and level (from 0), from the paragraph itself or from its style and what that is based on."""
        number, level = _number_in(properties)
        style = _value(properties, "pStyle")
        for _ in range(_DEEPEST):
            if number is not None or style is None or style not in self._styles:
                break
            element = self._styles[style]
            number, inherited = _number_in(element.find(f"{W}pPr"))
            level = inherited if level is None else level
            style = _value(element, "basedOn")
        return (None if number == "0" else number), level or 0

    def _load(self, numbering: Any) -> None:
        for abstract in numbering.iterfind(f"{W}abstractNum"):
            for level in abstract.iterfind(f"{W}lvl"):
                found = _Level(
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText") or "",
                    _integer(_value(level, "start"), 1),
                )
                self._levels[abstract.get(f"{W}abstractNumId"), _integer(level.get(f"{W}ilvl"), 0)] = found
        for number in numbering.iterfind(f"{W}num"):
            identifier = number.get(f"{W}numId")
            self._abstract_of[identifier] = _value(number, "abstractNumId") or ""
            for override in number.iterfind(f"{W}lvlOverride"):
                start = _value(override, "startOverride")
                if start is not None:
                    self._restarts[identifier][_integer(override.get(f"{W}ilvl"), 0)] = _integer(start, 1)


def _number_in(properties: Any) -> tuple[str | None, int | None]:
    element = None if properties is None else properties.find(f"{W}numPr")
    if element is None:
        return None, None
    level = _value(element, "ilvl")
    return _value(element, "numId"), None if level is None else _integer(level, 0)


def _value(element: Any, name: str) -> str | None:
    child = None if element is None else element.find(W + name)
    return None if child is None else child.get(f"{W}val")


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else default
