"""Running headers and footers: lines at a page's edge that come back on other pages, and bare page numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from nlp.readers.pdf.lines import Line
from nlp.readers.shapes import is_page_number, running_key
from nlp.records import BlockKind

_EDGE = 0.12
_FEWEST_PAGES = 3
_SHORT = 100  # characters
_Key = tuple[BlockKind, object]


def find_margins(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[dict[int, BlockKind]]:
    """Return of each page which lines (by index) are headers or footers.

    A line within an eighth of the page from an edge counts

    * when the same text, digits aside, stands at that edge of three pages, or of every page that has text of two;
    * when it is nothing but a page number;
    * when it stands apart from the text where most pages have a line of that size, whatever it says: titles of
      chapters, and headers that differ from left to right pages.

    Line numbers beside the text count as footers.
    """
    sides, besides, keys, places = [], [], [], []
    for lines, height in zip(pages, heights, strict=True):  # a page at a time, as long documents do not fit the cache
        marked = _sides(lines, height)
        apart = {index: side for index, side in marked.items() if _stands_apart(lines, index)}
        sides.append(marked)
        besides.append([index for index, line in enumerate(lines) if line.beside])
        keys.append(_keys(_key, lines, marked))
        places.append(_keys(_place, lines, apart))
    filled = sum(map(bool, pages))
    often = _frequent(keys, 2 if filled == 2 else _FEWEST_PAGES)
    usual = _frequent(places, filled // 2 + 1) if filled > 2 else frozenset()
    found: list[dict[int, BlockKind]] = []
    for lines, marked, beside, key, place in zip(pages, sides, besides, keys, places, strict=True):
        kept: dict[int, BlockKind] = dict.fromkeys(beside, "footer")
        for index, side in marked.items():
            if key[index] in often or place.get(index) in usual or is_page_number(lines[index].text):
                kept[index] = side
        found.append(kept)
    return found


def _keys(key: Callable[[Line], object], lines: Sequence[Line], marked: Mapping[int, BlockKind]) -> dict[int, _Key]:
    """Of each line at an edge, by index, its side and key."""
    return {index: (side, key(lines[index])) for index, side in marked.items()}


def _frequent(keys: Iterable[Mapping[int, _Key]], enough: int) -> frozenset[_Key]:
    """The keys that are found on so many pages."""
    pages = Counter(chain.from_iterable(set(own.values()) for own in keys))
    return frozenset(key for key, count in pages.items() if count >= enough)


def _stands_apart(lines: Sequence[Line], index: int) -> bool:
    """Whether a short line has more than a line's height of space between it and the text."""
    line = lines[index]
    if len(line.text) > _SHORT or line.text.endswith((".", ":", ";", ",")):
        return False
    lowest, highest = line.box.bottom + line.size, line.box.top - line.size
    alone = True
    for other in chain(lines[max(0, index - 1) : index + 2], lines):  # neighbours first: one of them is often close
        if other is line or other.beside:
            continue
        _, top, _, bottom = other.box
        if top <= lowest and bottom >= highest:
            return False
        alone = False
    return not alone


def _place(line: Line) -> tuple[int, int]:
    return round(line.box.top / 3), round(line.size)


def _sides(lines: Sequence[Line], height: float) -> dict[int, BlockKind]:
    """Which lines of a page of this height lie at its upper or lower edge."""
    above, below = _EDGE * height, (1 - _EDGE) * height
    found: dict[int, BlockKind] = {}
    for index, line in enumerate(lines):
        _, top, _, bottom = line.box
        if bottom < above:
            found[index] = "header"
        elif top > below:
            found[index] = "footer"
    return found


def _key(line: Line) -> str:
    return running_key(line.text)
