"""A first look at a PDF page: whether it may hold tables, and which of its text nobody can see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from nlp.readers.pdf import calls
from nlp.readers.pdf.calls import Handle, Sides, bounds

_WHITE = 250  # of 255, in each colour
_FILLS = 0.5  # of the page's area
_INVISIBLE = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
_NO_TEXT = pdfium.FPDF_TEXTRENDERMODE_UNKNOWN
_TEXT, _PICTURE = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_IMAGE
_PATH, _SHADING, _FORM = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING, pdfium.FPDF_PAGEOBJ_FORM
_DEEPEST = 4


class Drawn(NamedTuple):
    """An object of a page, what kind it is, and the forms that hold it, from the innermost."""

    item: Handle
    kind: int
    forms: tuple[Handle, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What a page is made of.

    Attributes:
        drawn: what it holds at first hand but text and pictures, such as lines or forms.
        pictures: how many; pictured: whether one of them fills most of it.
        hidden: addresses of the text objects that nobody can see.
    """

    drawn: tuple[Drawn, ...]
    pictures: int
    pictured: bool
    hidden: frozenset[int]

    def paths(self) -> Iterator[Drawn]:
        """The lines and boxes on the page and in its forms."""
        return (shape for shape in _within(self.drawn) if shape.kind == _PATH)

    def coloured(self) -> Iterator[Sides]:
        """Bounds of the shapes that are filled with a colour other than white."""
        for shape in _within(self.drawn):
            if shape.kind in {_PATH, _SHADING} and min(calls.fills([shape.item])[0][:3]) <= _WHITE:
                yield bounds(shape.item)


def survey(page: Any) -> Survey:
    """Look at the objects of a page.

    Text is hidden where it is drawn invisibly, or white with nothing drawn beneath it. Invisible text over a picture
    of the page is what a scanning program recognised, and is not hidden.
    """
    texts = items = [*map(calls.object_at, repeat(page), range(calls.count_objects(page)))]
    modes = [*map(calls.render_mode, items)]
    drawn: list[Drawn] = []
    pictures: list[Sides] = []
    if _NO_TEXT in modes:
        kinds = [*map(calls.kind_of, items)]
        texts = [item for item, kind in zip(items, kinds, strict=True) if kind == _TEXT]
        modes = [mode for mode, kind in zip(modes, kinds, strict=True) if kind == _TEXT]
        pictures = [bounds(item) for item, kind in zip(items, kinds, strict=True) if kind == _PICTURE]
        drawn = [Drawn(item, kind) for item, kind in zip(items, kinds, strict=True) if kind not in (_TEXT, _PICTURE)]
    doubtful = _doubtful(texts, modes)
    page_area = calls.width_of(page) * calls.height_of(page) if pictures else 0.0
    pictured = any(_area(sides) > _FILLS * page_area for sides in pictures)
    seen = Survey(tuple(drawn), len(pictures), pictured, frozenset())
    if not doubtful or pictured:
        return seen
    ground = [*pictures, *seen.coloured()]
    return Survey(seen.drawn, len(pictures), pictured, frozenset(_unseen(doubtful, ground)))


def _doubtful(texts: Sequence[Handle], modes: Sequence[int]) -> list[Handle]:
    """The text objects that are drawn in no colour, nearly in white or invisibly."""
    shades = calls.fills(texts)
    pale = {shade for shade in set(shades) if min(shade[:3]) > _WHITE or not shade[3]}
    if not pale and _INVISIBLE not in modes:
        return []
    told = zip(texts, shades, modes, strict=True)
    return [item for item, shade, mode in told if shade in pale or mode == _INVISIBLE]


def _within(shapes: Iterable[Drawn], deep: int = 1) -> Iterator[Drawn]:
    """The shapes and what the forms among them hold."""
    for shape in shapes:
        yield shape
        if shape.kind == _FORM and deep < _DEEPEST:
            count = calls.count_within(shape.item)
            items = (calls.object_within(shape.item, index) for index in range(count))
            own = (Drawn(item, calls.kind_of(item), (shape.item, *shape.forms)) for item in items)
            yield from _within(own, deep + 1)


def _unseen(items: Sequence[Handle], ground: list[Sides]) -> Iterator[int]:
    for item in items:
        x0, y0, x1, y1 = bounds(item)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        invisible = calls.render_mode(item) == _INVISIBLE
        if invisible or not any(left < x < right and low < y < high for left, low, right, high in ground):
            yield item.value or 0


def _area(sides: Sides) -> float:
    x0, y0, x1, y1 = sides
    return (x1 - x0) * (y1 - y0)
