"""Numbers of lists as people see them: 3 as "3", "c", "C", "iii" or "III"."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def format_number(number: int, style: str) -> str:
    """Write `number` in a style of HTML ("1", "a", "A", "i", "I"); what a style cannot say is written in digits."""
    if style in {"a", "A"} and 1 <= number <= 26 * 27:
        letters = _letters(number)
    elif style in {"i", "I"} and 1 <= number < 4000:
        letters = _roman(number)
    else:
        return str(number)
    return letters.upper() if style.isupper() else letters


def _letters(number: int) -> str:
    before, last = divmod(number - 1, 26)
    return ("" if before == 0 else chr(96 + before)) + chr(97 + last)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written
