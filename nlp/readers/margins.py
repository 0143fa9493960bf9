"""Running headers and footers: lines at a page's edge that come back on other pages, and bare page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from nlp.readers.layout import Line
from nlp.records import BlockKind

_EDGE = 0.12
_FEWEST_PAGES = 3
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page|página|pagina|pág\.|pag\.|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})"
    r"(?:\s*(?:of|de|sur|/)\s*\d{1,4})?[-–—|.\s]*",
    re.IGNORECASE,
)


def find_margins(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[dict[int, BlockKind]]:
    """Return of each page which lines (by index) are headers or footers.

    A line within an eighth of the page from an edge counts when the same text, digits aside, stands at that edge of
    three pages or of every page of two, or when it is nothing but a page number.
    """
    sides = [
        {index: side for index, line in enumerate(lines) if (side := _side(line, height))}
        for lines, height in zip(pages, heights, strict=True)
    ]
    seen = Counter(
        key
        for lines, marked in zip(pages, sides, strict=True)
        for key in {(side, _key(lines[index])) for index, side in marked.items()}
    )
    enough = 2 if len(pages) == 2 else _FEWEST_PAGES
    return [
        {
            index: side
            for index, side in marked.items()
            if _PAGE_NUMBER.fullmatch(lines[index].text) or seen[side, _key(lines[index])] >= enough
        }
        for lines, marked in zip(pages, sides, strict=True)
    ]


def _side(line: Line, height: float) -> BlockKind | None:
    if line.box.bottom < _EDGE * height:
        return "header"
    return "footer" if line.box.top > (1 - _EDGE) * height else None


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", " ".join(line.text.casefold().split()))
