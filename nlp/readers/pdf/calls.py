"""The calls of PDFium that are made for every line, letter or shape, at a third of what they cost through pypdfium2.

They convert and check nothing: pass handles as PDFium gave them, whole numbers, and targets by `ctypes.byref`. Like
PDFium itself they are for one thread at a time.
"""

from __future__ import annotations

import ctypes
import struct
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

_SLOTS, _CHARACTERS = 1024, 16_384
_LETTER = (0.0, 0.0, 612.0, 792.0)
_BLACK = (0, 0, 0, 255)
Sides = tuple[float, float, float, float]


class Handle(ctypes.c_void_p):
    """What PDFium calls a thing by; false for nothing."""


def _swift(function: Any, result: Any = ctypes.c_int, *taken: Any) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(result, *taken)(ctypes.cast(function, ctypes.c_void_p).value or 0)


count_characters = _swift(pdfium.FPDFText_CountChars)
text_object = _swift(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)  # an address, as all that is asked is whose
unicode = _swift(pdfium.FPDFText_GetUnicode, ctypes.c_uint)
angle = _swift(pdfium.FPDFText_GetCharAngle, ctypes.c_float)
is_generated = _swift(pdfium.FPDFText_IsGenerated)
has_no_letter = _swift(pdfium.FPDFText_HasUnicodeMapError)
count_objects = _swift(pdfium.FPDFPage_CountObjects)
object_at = _swift(pdfium.FPDFPage_GetObject, Handle)
count_within = _swift(pdfium.FPDFFormObj_CountObjects)
object_within = _swift(pdfium.FPDFFormObj_GetObject, Handle)
kind_of = _swift(pdfium.FPDFPageObj_GetType)
render_mode = _swift(pdfium.FPDFTextObj_GetTextRenderMode)
font_of = _swift(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p, ctypes.c_void_p)  # by address, 0 for none
count_rectangles = _swift(pdfium.FPDFText_CountRects)
count_segments = _swift(pdfium.FPDFPath_CountSegments)
segment_at = _swift(pdfium.FPDFPath_GetPathSegment, Handle)
segment_type = _swift(pdfium.FPDFPathSegment_GetType)
segment_closes = _swift(pdfium.FPDFPathSegment_GetClose)
get_point = _swift(pdfium.FPDFPathSegment_GetPoint)
get_draw_mode = _swift(pdfium.FPDFPath_GetDrawMode)
get_matrix = _swift(pdfium.FPDFPageObj_GetMatrix)
get_crop_box = _swift(pdfium.FPDFPage_GetCropBox)
get_media_box = _swift(pdfium.FPDFPage_GetMediaBox)
rotation_of = _swift(pdfium.FPDFPage_GetRotation)
width_of = _swift(pdfium.FPDF_GetPageWidthF, ctypes.c_float)
height_of = _swift(pdfium.FPDF_GetPageHeightF, ctypes.c_float)
weight_of = _swift(pdfium.FPDFFont_GetWeight)
get_ascent = _swift(pdfium.FPDFFont_GetAscent)
get_descent = _swift(pdfium.FPDFFont_GetDescent)
get_font_name = _swift(pdfium.FPDFFont_GetBaseFontName, ctypes.c_ulong)
_get_loose = _swift(pdfium.FPDFText_GetLooseCharBox)
_get_text = _swift(pdfium.FPDFText_GetText)
_get_rectangle = _swift(pdfium.FPDFText_GetRect)
_get_bounds = _swift(pdfium.FPDFPageObj_GetBounds)
_get_fill = _swift(pdfium.FPDFPageObj_GetFillColor)

_letters = (ctypes.c_ushort * _CHARACTERS)()
_floats = (ctypes.c_float * (4 * _SLOTS))()
_float_bytes = memoryview(_floats).cast("B")
_float_values = _float_bytes.cast("f")
_slots = [ctypes.byref(_floats, 16 * slot) for slot in range(_SLOTS)]
_each_sides = struct.Struct("=4f").iter_unpack
_first, _second, _third, _fourth = (ctypes.byref(_floats, 4 * side) for side in range(4))
_doubles = (ctypes.c_double * 4)()
_colours = (ctypes.c_uint * (4 * _SLOTS))()
_colour_bytes = memoryview(_colours).cast("B")
_colour_slots = [[ctypes.byref(_colours, 16 * slot + 4 * part) for slot in range(_SLOTS)] for part in range(4)]
_each_colour = struct.Struct("=4I").iter_unpack
_double_sides = tuple(ctypes.byref(_doubles, 8 * side) for side in range(4))


def loose_boxes(text_page: Any, places: Sequence[int]) -> list[Sides]:
    """Return left, top, right, bottom of characters in the page's own coordinates, as high as their font's lines."""
    found: list[Sides] = []
    for start in range(0, len(places), _SLOTS):
        wanted = places[start : start + _SLOTS]
        deque(map(_get_loose, repeat(text_page), wanted, _slots), 0)
        found += _each_sides(_float_bytes[: 16 * len(wanted)])
    return found


def loose_columns(text_page: Any, places: Sequence[int]) -> list[list[float]]:
    """As `loose_boxes`, by columns: all left sides, all tops, all right sides, all bottoms."""
    columns: list[list[float]] = [[], [], [], []]
    for start in range(0, len(places), _SLOTS):
        wanted = places[start : start + _SLOTS]
        deque(map(_get_loose, repeat(text_page), wanted, _slots), 0)
        for side, column in enumerate(columns):
            column += _float_values[side : 4 * len(wanted) : 4].tolist()
    return columns


def rectangles(text_page: Any, place: int, count: int) -> list[Sides]:
    """Return left, top, right, bottom of each stretch that one text object draws of `count` characters from `place`."""
    return [_rectangle(text_page, index) for index in range(count_rectangles(text_page, place, count))]


def _rectangle(text_page: Any, index: int) -> Sides:
    _get_rectangle(text_page, index, *_double_sides)
    x0, y1, x1, y0 = _doubles
    return x0, y1, x1, y0


def text_of(text_page: Any) -> str:
    """Return all text of a text page; characters without a letter may be missing."""
    count = count_characters(text_page)
    target = _letters if count < _CHARACTERS else (ctypes.c_ushort * (count + 1))()
    written = _get_text(text_page, 0, count, target)
    return ctypes.string_at(target, 2 * max(0, written - 1)).decode("utf-16-le", errors="ignore")


def bounds(item: Any) -> Sides:
    """Return left, bottom, right, top of an object, in the coordinates of what holds it."""
    _get_bounds(item, _first, _second, _third, _fourth)
    x0, y0, x1, y1 = _floats[:4]
    return x0, y0, x1, y1


def fills(items: Sequence[Any]) -> list[tuple[int, int, int, int]]:
    """Return the colours that objects are filled with: red, green, blue and how opaque, each in 0-255.

    Patterns and shades have no such colour; they count as black.
    """
    found: list[tuple[int, int, int, int]] = []
    for start in range(0, len(items), _SLOTS):
        wanted = items[start : start + _SLOTS]
        told = [*map(_get_fill, wanted, *_colour_slots)]
        said = _colour_bytes[: 16 * len(wanted)].tobytes()
        alike = said == said[:16] * len(wanted)  # most pages have one colour
        own = [*_each_colour(said[:16])] * len(wanted) if alike else [*_each_colour(said)]
        found += own if 0 not in told else [one if known else _BLACK for one, known in zip(own, told, strict=True)]
    return found


def page_box(page: Any) -> Sides:
    """Return left, bottom, right, top of the part of a page that is shown; Letter where it does not say."""
    sides = (_first, _second, _third, _fourth)
    if not (get_crop_box(page, *sides) or get_media_box(page, *sides)):
        return _LETTER
    x0, y0, x1, y1 = _floats[:4]
    return x0, y0, x1, y1


def each(call: Callable[..., Any], text_page: Any, places: Iterable[int]) -> list[Any]:
    """Return what a call tells of characters."""
    return [*map(call, repeat(text_page), places)]
