"""A first look at a PDF page: whether it may hold tables, and which of its text nobody can see."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

_WHITE = 250  # of 255, in each colour
_FILLS = 0.5  # of the page's area
_INVISIBLE = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
_DEEPEST = 4
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a page is made of.

    Attributes:
        drawn: whether it holds anything but text and pictures, such as lines or forms.
        pictures: how many; pictured: whether one of them fills most of it.
        hidden: addresses of the text objects that nobody can see.
    """

    drawn: bool
    pictures: int
    pictured: bool
    hidden: frozenset[int]


def survey(page: Any) -> Survey:
    """Look at the objects of a page.

    Text is hidden where it is drawn invisibly, or white with nothing drawn beneath it. Invisible text over a picture
    of the page is what a scanning program recognised, and is not hidden.
    """
    raw, kind_of = page.raw, pdfium.FPDFPageObj_GetType
    drawn, doubtful, pictures = False, [], []
    shade = [ctypes.c_uint() for _ in range(4)]
    red, green, blue, alpha = shade
    pointers = [ctypes.byref(part) for part in shade]
    for index in range(pdfium.FPDFPage_CountObjects(raw)):
        item = pdfium.FPDFPage_GetObject(raw, index)
        kind = kind_of(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            pdfium.FPDFPageObj_GetFillColor(item, *pointers)
            white = min(red.value, green.value, blue.value) > _WHITE or not alpha.value
            if white or pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
                doubtful.append(item)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(_bounds(item))
        else:
            drawn = True
    pictured = bool(pictures) and any(_area(bounds) > _FILLS * _area((0, 0, *page.get_size())) for bounds in pictures)
    if not doubtful or pictured:
        return Survey(drawn, len(pictures), pictured, frozenset())
    ground = [*pictures, *_coloured(page)]
    return Survey(drawn, len(pictures), pictured, frozenset(_unseen(doubtful, ground)))


def address(item: Any) -> int:
    """Where an object lies in memory, by which the same object is known again."""
    return ctypes.cast(item, ctypes.c_void_p).value or 0


def _unseen(items: Iterable[Any], ground: list[Bounds]) -> Iterator[int]:
    for item in items:
        x0, y0, x1, y1 = _bounds(item)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        invisible = pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE
        if invisible or not any(left < x < right and low < y < high for left, low, right, high in ground):
            yield address(item)


def _coloured(page: Any) -> Iterator[Bounds]:
    """Bounds of the shapes that are filled with a colour other than white."""
    shade = [ctypes.c_uint() for _ in range(4)]
    for path in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING], max_depth=_DEEPEST):
        pdfium.FPDFPageObj_GetFillColor(path.raw, *(ctypes.byref(part) for part in shade))
        if min(part.value for part in shade[:3]) <= _WHITE:
            yield path.get_bounds()


def _bounds(item: Any) -> Bounds:
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item, *(ctypes.byref(side) for side in sides))
    x0, y0, x1, y1 = (side.value for side in sides)
    return x0, y0, x1, y1


def _area(bounds: Bounds) -> float:
    x0, y0, x1, y1 = bounds
    return (x1 - x0) * (y1 - y0)
