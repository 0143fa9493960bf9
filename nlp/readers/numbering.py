"""Numbers of lists as people see them: 3 as "3", "c", "C", "iii" or "III"."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_WORD_STYLES = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_WORD_PATTERNS = {
    "decimalZero": "{:02d}", "numberInDash": "- {} -", "decimalEnclosedParen": "({})", "decimalEnclosedFullstop": "{}.",
}  # fmt: skip
_NOTE_SIGNS = "*†‡§"  # what Word calls the Chicago style
_MOST_LETTERS = 30  # Word writes no more of one letter in a row


def format_number(number: int, style: str) -> str:
    """Write `number` in a style of HTML ("1", "a", "A", "i", "I"); what a style cannot say is written in digits."""
    if style in {"a", "A"} and 1 <= number <= 26 * 27:
        letters = _letters(number)
    elif style in {"i", "I"} and 1 <= number < 4000:
        letters = _roman(number)
    else:
        return str(number)
    return letters.upper() if style.isupper() else letters


def format_word_number(number: int, style: str) -> str:
    """Write `number` in a number format of Word (``w:numFmt``); formats in words of a language become digits.

    After z Word doubles the letter (aa, bb, cc), where HTML counts on (aa, ab, ac).
    """
    if style == "none":
        return ""
    if style == "chicago" and 1 <= number <= 4 * _MOST_LETTERS:
        return _doubled(number, _NOTE_SIGNS)
    if style in {"lowerLetter", "upperLetter"} and 1 <= number <= 26 * _MOST_LETTERS:
        letters = _doubled(number, "abcdefghijklmnopqrstuvwxyz")
        return letters.upper() if style == "upperLetter" else letters
    if style in _WORD_PATTERNS:
        return _WORD_PATTERNS[style].format(number)
    return format_number(number, _WORD_STYLES.get(style, "1"))


def _doubled(number: int, signs: str) -> str:
    times, place = divmod(number - 1, len(signs))
    return signs[place] * (times + 1)


def _letters(number: int) -> str:
    before, last = divmod(number - 1, 26)
    return ("" if before == 0 else chr(96 + before)) + chr(97 + last)


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written
