"""Pages of a plain text that form feeds part: which lines at their edges are running headers and footers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, product

from nlp.readers.shapes import is_lone_marker, is_page_number, is_rule, running_key
from nlp.readers.text.flow import Line
from nlp.records import FURNITURE, BlockKind

_EDGE_LINES = 4
_FEWEST_PAGES = 3


def page_margins(lines: Sequence[Line]) -> dict[int, BlockKind]:
    """Return which lines (by number) are headers or footers; none where the text has one page.

    From an edge of a page inwards, at most four lines count, as long as the same text, digits aside, stands at that
    edge of three pages, or of two where there are no more than three, or it is nothing but a page number.
    """
    pages = [[line for line in page if line.text] for _, page in groupby(lines, key=lambda line: line.page)]
    if len(pages) < 2:
        return {}
    edges = [[(side, line) for side in FURNITURE for line in _edge(page, side)] for page in pages]
    seen = Counter(key for edge in edges for key in {(side, running_key(line.text)) for side, line in edge})
    enough = 2 if len(pages) <= _FEWEST_PAGES else _FEWEST_PAGES
    margins: dict[int, BlockKind] = {}
    for page, side in product(pages, FURNITURE):
        for line in _edge(page, side):
            if not (is_rule(line.text) or _is_number(line) or seen[side, running_key(line.text)] >= enough):
                break
            margins.setdefault(line.number, side)
    return margins


def _edge(page: Sequence[Line], side: BlockKind) -> Iterator[Line]:
    """Lines of a page from one edge inwards; a page of few lines keeps some that are no edge."""
    few = min(_EDGE_LINES, len(page) // 2)
    yield from page[:few] if side == "header" else page[: -few - 1 : -1]


def _is_number(line: Line) -> bool:
    return is_page_number(line.text) and not is_lone_marker(line.text)
