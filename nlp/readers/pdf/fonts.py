"""What the fonts of a page say of its characters."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from nlp.readers.pdf import calls

_FONT_NAME = 256
_BOLD = ("bold", "black", "heavy", "semibold", "demi")
_SURE_BOLD_WEIGHT = 600
_LOW = 0.8  # of the font's size: letters stand higher than a font says whose lines are lower
_value = ctypes.c_float()
_target = ctypes.byref(_value)


class Font(NamedTuple):
    """Whether a font is bold, by its weight, else by its name; `low`: it says its letters are lower than they are."""

    bold: bool
    low: bool


_NO_FONT = Font(bold=False, low=False)


class Fonts:
    """The fonts of the characters of one of PDFium's text pages; `low`: one of those asked for so far is."""

    low = False

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._known: dict[int | None, Font] = {None: _NO_FONT}

    def of(self, places: Sequence[int]) -> list[Font]:
        """The fonts of the characters at `places`; one that PDFium made up has none, and is neither bold nor low."""
        return self.of_objects(calls.each(calls.text_object, self._raw, places))

    def of_objects(self, items: Iterable[int | None]) -> list[Font]:
        """The fonts of text objects; None, for what PDFium made up, has none."""
        fonts = [*map(calls.font_of, items)]
        known = self._known
        try:
            return [known[font] for font in fonts]
        except KeyError:
            for font in set(fonts).difference(known):
                self._learn(font)
        return [known[font] for font in fonts]

    def _learn(self, address: int) -> None:
        font = calls.Handle(address)
        self._known[address] = known = Font(_is_bold(font), _is_low(font))
        self.low |= known.low


def _is_bold(font: calls.Handle) -> bool:
    if calls.weight_of(font) >= _SURE_BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(_FONT_NAME)
    calls.get_font_name(font, name, ctypes.c_ulong(_FONT_NAME))
    said = name.value.decode("utf-8", errors="replace").lower()
    return any(word in said for word in _BOLD)


def _is_low(font: calls.Handle) -> bool:
    one = ctypes.c_float(1.0)
    calls.get_ascent(font, one, _target)
    ascent = _value.value
    calls.get_descent(font, one, _target)
    return ascent - _value.value < _LOW
