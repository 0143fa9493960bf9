"""What stands above a block: the headings over it, and the sentence that leads into its list."""

from __future__ import annotations

import re

from nlp.records import Block

_MARKER_CLASSES = (
    ("number", re.compile(r"^\(?\d{1,3}[.)]?$")),
    ("roman", re.compile(r"^\(?(?:[ivx]{2,6}|[IVX]{2,6}|[iI])[.)]?$")),
    ("letter", re.compile(r"^\(?[a-zA-Z][.)]?$")),
)
SUBHEADING_LENGTH = 110


def marker_class(marker: str | None) -> str | None:
    """Return "number", "roman", "letter" or "bullet" for a list marker, None for none."""
    if not marker:
        return None
    return next((name for name, pattern in _MARKER_CLASSES if pattern.match(marker.strip())), "bullet")


class HeadingTrail:
    """The headings above the current block, outermost first."""

    def __init__(self) -> None:
        self._trail: list[tuple[int, str]] = []

    def enter(self, level: int, text: str) -> None:
        """Step under a heading of this level: headings as deep or deeper no longer hold."""
        self._trail = [(depth, title) for depth, title in self._trail if depth < level]
        self._trail.append((level, " ".join(text.split())))

    @property
    def path(self) -> tuple[str, ...]:
        """The headings that hold now."""
        return tuple(title for _, title in self._trail)


class ListTrail:
    """The lead-ins above the current list item: of its list, and of the lists that one stands in."""

    def __init__(self) -> None:
        self._leads: list[tuple[str | None, str]] = []

    def above(self, block: Block) -> str:
        """Return the lead-ins that `block` stands under, joined; "" if none. Closes the lists it does not continue."""
        own = marker_class(block.marker)
        if own is None:
            self._leads = []
            return ""
        while self._leads and self._leads[-1][0] == own:  # "8." does not stand under "7. ...:"
            self._leads.pop()
        return " ".join(text for _, text in self._leads)

    def announce(self, block: Block, text: str) -> None:
        """Note that `block` leads into the list that follows."""
        self._leads.append((marker_class(block.marker), " ".join(text.split())))


def is_subheading(text: str) -> bool:
    """Whether a numbered line in a cell is a title ("2. Data base on gender") rather than a sentence."""
    return len(text) < SUBHEADING_LENGTH and not text.rstrip().endswith((".", ";", ":", ","))
