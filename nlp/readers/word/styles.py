"""Styles of a Word document: what a paragraph or run inherits, and how it looks in the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nlp.readers.emphasis import Look

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Word stores its own names in English, whatever its language; other programs write what they show.
STYLE_HEADING = re.compile(r"(?:heading|título|titulo|titre)\s?([1-9])\Z")
TITLES = frozenset(("title", "título", "titre", "toc heading"))
_CONTENTS = re.compile(r"(?:toc \d|table of )")
_DEEPEST = 40
_NO_HEADING = 9  # outline level of body text
_USUAL_SIZE = 20  # in half points, where nothing is said


def value(element: Any, path: str) -> str | None:
    """Return ``w:val`` of a child (or of a grandchild: "pPr/pStyle"), None if absent."""
    child = None if element is None else element.find("/".join(W + name for name in path.split("/")))
    return None if child is None else child.get(f"{W}val")


def integer(text: str | None, default: int) -> int:
    """Return a plain number of a few digits, or `default`."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else default


def switch(properties: Any, name: str) -> bool | None:
    """Return whether a property is switched on or off, None where nothing is said."""
    mark = None if properties is None else properties.find(W + name)
    return None if mark is None else mark.get(f"{W}val", "1") not in {"0", "false", "off"}


class Styles:
    """The styles of a document.

    Args:
        root: root of the styles part, None when the document has none.
    """

    def __init__(self, root: Any) -> None:
        found = [] if root is None else root.findall(f"{W}style")
        self._by_id = {style.get(f"{W}styleId"): style for style in found}
        self._chains: dict[str | None, tuple[Any, ...]] = {}
        self._default = next(
            (s.get(f"{W}styleId") for s in found if s.get(f"{W}type") == "paragraph" and _is_default(s)), None
        )
        self._common = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")

    def chain(self, identifier: str | None) -> tuple[Any, ...]:
        """Return a style and what it is based on, nearest first; styles that go in a circle end."""
        if identifier not in self._chains:
            found: list[Any] = []
            following = identifier
            while following is not None and len(found) < _DEEPEST and (style := self._by_id.get(following)) is not None:
                found.append(style)
                following = value(style, "basedOn")
            self._chains[identifier] = tuple(found)
        return self._chains[identifier]

    def of(self, properties: Any) -> tuple[Any, ...]:
        """Return the styles of a paragraph by its properties (``w:pPr`` or None)."""
        return self.chain(value(properties, "pStyle") or self._default)

    def heading_level(self, properties: Any) -> int | None:
        """Return the level of a heading: from its outline, or from its style and what that is based on."""
        outline = value(properties, "outlineLvl")
        styles = self.chain(value(properties, "pStyle"))
        for style in (None, *styles):
            if style is not None:
                name = (value(style, "name") or "").lower()
                match = STYLE_HEADING.match(name)
                if match or name in TITLES:
                    return int(match.group(1)) if match else 1
                outline = value(style, "pPr/outlineLvl")
            if outline is not None:
                level = integer(outline, _NO_HEADING)
                return level + 1 if level < _NO_HEADING else None
        return None

    def is_contents(self, properties: Any) -> bool:
        """Whether a paragraph is a line of a table of contents."""
        return any(_CONTENTS.match((value(style, "name") or "").lower()) for style in self.of(properties))

    def shows(self, run: Any, properties: Any) -> bool:
        """Whether a run (or the ``w:pPr`` of a paragraph, for its mark) is not hidden."""
        return not self._on("vanish", run.find(f"{W}rPr"), properties)

    def font(self, run: Any, properties: Any) -> str | None:
        """Return the name of a run's font, None where only the theme says it."""
        for about in self._abouts(run.find(f"{W}rPr"), properties):
            fonts = about.find(f"{W}rFonts")
            name = None if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi")
            if name:
                return str(name)
        return None

    def look(self, paragraph: Any) -> Look:
        """Return how a paragraph looks: a heading is bold or large as a whole."""
        properties = paragraph.find(f"{W}pPr")
        sizes, bold = [], True
        for run in paragraph.iter(f"{W}r"):
            if any((said.text or "").strip() for said in run.iterfind(f"{W}t")):
                about = run.find(f"{W}rPr")
                sizes.append(self._size(about, properties))
                bold = bold and self._on("b", about, properties)
        return Look(min(sizes, default=0) / 2, bold and bool(sizes))

    def _size(self, about: Any, properties: Any) -> int:
        sizes = (value(found, "sz") for found in self._abouts(about, properties))
        return next((integer(size, _USUAL_SIZE) for size in sizes if size), _USUAL_SIZE)

    def _on(self, name: str, about: Any, properties: Any) -> bool:
        """Whether a property is on that styles toggle: on in the paragraph's and the run's style, it is off."""
        own = switch(about, name)
        if own is not None:
            return own
        of_run = _first(self.chain(value(about, "rStyle")), name)
        of_paragraph = _first(self.of(properties), name)
        return (of_run is True) != (of_paragraph is True) or switch(self._common, name) is True

    def _abouts(self, about: Any, properties: Any) -> Iterator[Any]:
        """Yield run properties, nearest first: the run's own, those of its style, of the paragraph's, of all."""
        styles = (*self.chain(value(about, "rStyle")), *self.of(properties))
        found = (about, *(style.find(f"{W}rPr") for style in styles), self._common)
        return (properties for properties in found if properties is not None)


def _is_default(style: Any) -> bool:
    return style.get(f"{W}default", "0") in {"1", "true", "on"}


def _first(styles: tuple[Any, ...], name: str) -> bool | None:
    said = (switch(style.find(f"{W}rPr"), name) for style in styles)
    return next((on for on in said if on is not None), None)
