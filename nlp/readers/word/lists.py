"""List numbers of a Word document, counted as Word would show them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from nlp.readers.numbering import format_word_number
from nlp.readers.symbols import shown, unknown
from nlp.readers.word.styles import Styles, W, integer, switch, value

_LEVELS = 9
_MOST_LINKS = 5


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list.

    Attributes:
        style: number format. pattern: marker with "%1" for a number. start: first number.
        restart: 0 if it never starts anew, else the level (from 1) whose items, or higher ones, make it; None: all.
        legal: whether all numbers in the marker stand in figures. styled: id of the paragraph style that means it.
    """

    style: str
    pattern: str
    start: int
    restart: int | None = None
    legal: bool = False
    styled: str | None = None


class Lists:
    """Gives each paragraph of a list its marker; must be asked in document order.

    Args:
        numbering: root of the numbering part, None when the document has none.
        styles: of the document.
    """

    def __init__(self, numbering: Any, styles: Styles) -> None:
        self._styles = styles
        self._abstract_of: dict[str, str] = {}
        self._levels: dict[tuple[str, int], _Level] = {}  # by list definition
        self._own_levels: dict[tuple[str, int], _Level] = {}  # by list, where it looks other than its definition
        self._restarts: dict[str, dict[int, int]] = defaultdict(dict)
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        if numbering is not None:
            self._load(numbering)

    def marker(self, properties: Any) -> str | None:
        """Return the marker of a paragraph with these properties (``w:pPr`` or None), None outside lists."""
        number, level = self._number_of(properties)
        if number is None or number not in self._abstract_of or level >= _LEVELS:
            return None
        counts = self._counts[self._abstract_of[number]]
        for restarted, start in self._restarts.pop(number, {}).items():
            counts[restarted] = start - 1
        counts[level] = counts.get(level, self._level(number, level).start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            restart = self._level(number, deeper).restart
            if restart is None or level < restart:
                del counts[deeper]
        return self._write(number, level, counts)

    def _write(self, number: str, level: int, counts: dict[int, int]) -> str | None:
        own = self._level(number, level)
        if own.style == "bullet":
            return own.pattern.strip() or None

        def place(match: re.Match[str]) -> str:
            """One place of the pattern, in its level's own style unless all are to be figures."""
            at = int(match.group(1)) - 1
            other = self._level(number, at)
            return format_word_number(counts.get(at, other.start), "decimal" if own.legal else other.style)

        return re.sub(r"%([1-9])", place, own.pattern).strip() or None

    def _level(self, number: str, level: int) -> _Level:
        usual = self._levels.get((self._abstract_of[number], level), _Level("decimal", f"%{level + 1}.", 1))
        return self._own_levels.get((number, level), usual)

    def _number_of(self, properties: Any) -> tuple[str | None, int]:
        """Return list id and level (from 0), from the paragraph itself or from its style and what that is based on.

        A style need not say which level it means: the list's levels name the styles that mean them.
        """
        number, level = _number_in(properties)
        styles: list[str] = []
        for style in () if number is not None else self._styles.of(properties):
            styles.append(style.get(f"{W}styleId"))
            number, inherited = _number_in(style.find(f"{W}pPr"))
            if number is not None:
                level = self._level_of(number, styles, inherited) if level is None else level
                break
            level = inherited if level is None else level
        return (None if number == "0" else number), level or 0

    def _level_of(self, number: str, styles: list[str], inherited: int | None) -> int | None:
        meant = {level.styled: at for (of, at), level in self._levels.items() if of == self._abstract_of.get(number)}
        return next((meant[style] for style in styles if style in meant), inherited)

    def _load(self, numbering: Any) -> None:
        definitions = {element.get(f"{W}abstractNumId"): element for element in numbering.iterfind(f"{W}abstractNum")}
        lists = {element.get(f"{W}numId"): element for element in numbering.iterfind(f"{W}num")}
        for identifier, definition in definitions.items():
            for level in definition.iterfind(f"{W}lvl"):
                self._levels[identifier, integer(level.get(f"{W}ilvl"), 0)] = _read_level(level)
        for identifier, element in lists.items():
            self._abstract_of[identifier] = self._resolve(value(element, "abstractNumId") or "", definitions, lists)
            for override in element.iterfind(f"{W}lvlOverride"):
                self._load_override(identifier, override)

    def _load_override(self, identifier: str, override: Any) -> None:
        at = integer(override.get(f"{W}ilvl"), 0)
        start, level = value(override, "startOverride"), override.find(f"{W}lvl")
        if start is not None:
            self._restarts[identifier][at] = integer(start, 1)
        if level is not None:
            self._own_levels[identifier, at] = _read_level(level)

    def _resolve(self, identifier: str, definitions: dict[str, Any], lists: dict[str, Any]) -> str:
        """Follow a definition that only names a list style to the one that says what the list looks like."""
        for _ in range(_MOST_LINKS):
            named = value(definitions.get(identifier), "numStyleLink")
            if named is None:
                break
            owner = next((other for other, d in definitions.items() if value(d, "styleLink") == named), None)
            by_style = next((value(style, "pPr/numPr/numId") for style in self._styles.chain(named)), None)
            identifier = owner or value(lists.get(by_style or ""), "abstractNumId") or identifier
        return identifier


def _read_level(element: Any) -> _Level:
    style, pattern = value(element, "numFmt") or "decimal", value(element, "lvlText") or ""
    if style == "bullet":
        fonts = element.find(f"{W}rPr/{W}rFonts")
        pattern = shown(pattern, None if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi"))
        if unknown(pattern) or element.find(f"{W}lvlPicBulletId") is not None:
            pattern = "•"  # a sign that we do not know, or a small picture
    restart = value(element, "lvlRestart")
    return _Level(
        style,
        pattern,
        integer(value(element, "start"), 1),
        None if restart is None else integer(restart, 0),
        switch(element, "isLgl") is True,
        value(element, "pStyle"),
    )


def _number_in(properties: Any) -> tuple[str | None, int | None]:
    element = None if properties is None else properties.find(f"{W}numPr")
    level = value(element, "ilvl")
    return value(element, "numId"), None if level is None else integer(level, 0)
