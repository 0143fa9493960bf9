"""What a line looks like: list markers, headings, ends of sentences. Shared by all readers.

Rules, deliberately few:

* A **marker** is a bullet followed by white space ("•", "·", "-", "–", "*", "+" before a word, "o" before a tab or
  two spaces), or a number, letter or roman numeral with its point or bracket ("1.", "1)", "(a)", "iv.", "2.1")
  followed by white space.
* A **heading** has no final punctuation and is mostly in capitals (level 1, under 200 characters, over several lines
  at need), or is one line under 120 characters that carries a roman numeral (2), a capital letter (3) or a number (4)
  before a capitalised title, or is in title case (5). Numbers that count on from a neighbour make a list instead.
  A document symbol ("AG/RES. 2141 (XXXV-O/05)") names the document and heads nothing.
* A **rule** is a line of nothing but dashes, stars or drawn lines.
"""

from __future__ import annotations

import re

HEADING_LENGTH = 120
_CAPITALS_LENGTH = 200
_NUMBERED_TITLE_LENGTH = 80
_SYMBOL_LENGTH = 60
_ROMAN = r"(?=[ivxIVX])(?:x{0,3}(?:ix|iv|v?i{0,3})|X{0,3}(?:IX|IV|V?I{0,3}))"
_ORDINAL = rf"(?:\d{{1,3}}|{_ROMAN}|[A-Za-z])"
_BULLETS = "·•‣◦▪■●○–—*§\uf0b7\uf0a7-"
_ENUMERATOR = rf"\({_ORDINAL}\)|{_ORDINAL}(?:\.-|[.)])|\d{{1,3}}[ºª°]\.?"
_MARKER = re.compile(
    rf"(?P<bullet>[{_BULLETS}]+(?=\s)|\+(?=[ \t]+[^\W\d_])|o(?=\t|[ \xa0]{{2}}))"
    rf"|(?P<enumerator>{_ENUMERATOR})(?=\s)"
    r"|(?P<decimal>\d{1,2}(?:\.\d{1,2}){1,3}\.?)(?=\s+[“\"«¿(A-ZÀ-Þ])"
)
_LONE = re.compile(_ENUMERATOR + rf"|[{_BULLETS}]")
_RULE = re.compile(r"(?:[-=_*~#+–—·•\u2500-\u257f][ \t\xa0]*){3,}")
_SYMBOL = re.compile(r"[A-ZÀ-Þ][\w.-]*(?:/[\w.()-]+)+(?: (?:rev|corr|add)\. ?\d+| [\d(][\w()./-]*)*", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:page|página|pagina|pág\.|pag\.|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})"
    r"(?:\s*(?:of|de|sur|/)\s*\d{1,4})?[-–—|.\s]*",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\[?\d{1,3}|\*|†")
_FIGURES = re.compile(r"\d+")
WITHIN_SENTENCE = frozenset("abcfghijklmnpqsvwxz0123456789,-")  # the other letters end "and", "or", "et", "ou", "y"
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)\]]*$|[;,] (?:and|or|y|o|e|u|ou|et)$")
_FINAL_PUNCTUATION = (".", ",", ";", ":", "!", "?", "…")
_LETTER_STYLES = (("roman", re.compile(_ROMAN + r"\Z")), ("number", re.compile(r"\d+\Z")))
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_MARKER_SIGNS = "().-º°ª"


def split_marker(text: str) -> tuple[str | None, int]:
    """Return the list marker that opens `text` and how many characters to skip, ``(None, 0)`` when there is none.

    A marker with nothing behind it is no marker.
    """
    match = _MARKER.match(text)
    if not match:
        return None, 0
    rest = text[match.end() :].lstrip()
    return (match.group(), len(text) - len(rest)) if rest else (None, 0)


def is_lone_marker(text: str) -> bool:
    """Whether `text` is nothing but a list marker, waiting for the text on the next line."""
    return len(text) <= 8 and _LONE.fullmatch(text) is not None


def marker_style(marker: str | None) -> str:
    """Return "bullet", "number", "roman", "upper" or "lower" with the marker's brackets, "" for no marker."""
    if not marker:
        return ""
    core = marker.strip(_MARKER_SIGNS)
    if not core.isalnum():
        return "decimal" if core[:1].isdigit() else "bullet"
    for style, pattern in _LETTER_STYLES:
        if pattern.match(core):
            return style + marker.replace(core, "", 1) + ("U" if core.isupper() else "")
    return ("upper" if core.isupper() else "lower") + marker.replace(core, "", 1)


def count_on(marker: str | None, following: str | None) -> bool:
    """Whether `following` is the next number, letter or numeral after `marker`, in the same style."""
    style = marker_style(marker)
    if not marker or not following or style in {"bullet", "decimal"} or style != marker_style(following):
        return False
    return _ordinal(style, following) - _ordinal(style, marker) == 1


def _ordinal(style: str, marker: str) -> int:
    core = marker.strip(_MARKER_SIGNS).lower()
    if style.startswith("number"):
        return int(core)
    if not style.startswith("roman"):
        return ord(core)
    values = [_ROMAN_VALUES[letter] for letter in core]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def is_rule(text: str) -> bool:
    """Whether `text` is a line that parts what stands above and below: three or more dashes, stars, drawn lines."""
    return _RULE.fullmatch(text) is not None


def is_symbol(text: str) -> bool:
    """Whether `text` is a document symbol and nothing else: capitals, strokes, and a number somewhere."""
    return len(text) < _SYMBOL_LENGTH and any(map(str.isdigit, text)) and _SYMBOL.fullmatch(text) is not None


def is_page_number(text: str) -> bool:
    """Whether `text` is a page number with nothing but its word, its total and dashes around it."""
    return len(text) < _SYMBOL_LENGTH and _PAGE_NUMBER.fullmatch(text) is not None


def running_key(text: str) -> str:
    """Return what two running headers share: their text without case, spacing and the figures."""
    return _FIGURES.sub("#", " ".join(text.casefold().split()))


def ends_sentence(text: str) -> bool:
    """Whether `text` ends like a sentence, a clause or an introduction of a list."""
    if text[-1:] in WITHIN_SENTENCE:
        return False
    return _SENTENCE_END.search(text[-8:].rstrip()) is not None


def heading_level(text: str, marker: str | None = None) -> int | None:
    """Return the level of a heading from 1, or None when `text` (without its `marker`) does not look like one."""
    if len(text) >= _CAPITALS_LENGTH or text.endswith(_FINAL_PUNCTUATION) or is_symbol(text):
        return None
    style = marker_style(marker)
    if style in {"bullet", "decimal"} or (marker and not marker.endswith((".", ".-"))):
        return None
    letters = [letter for letter in text if letter.isalpha()]
    capitals = len(letters) >= 4 and sum(map(str.isupper, letters)) >= 0.8 * len(letters)
    if not capitals and (len(text) >= HEADING_LENGTH or "\n" in text):
        return None
    if style:
        return _numbered_level(style, text, capitals)
    if capitals:
        return 1
    return 5 if _is_title_case(text) else None


def _numbered_level(style: str, text: str, capitals: bool) -> int | None:
    if not (capitals or (text[:1].isupper() and len(text) < _NUMBERED_TITLE_LENGTH)):
        return None
    if style.startswith("roman") and style.endswith("U"):
        return 2
    return {"upper": 3, "number": 4}.get(style.split(".")[0])


def _is_title_case(text: str) -> bool:
    """Whether nearly all longer words are capitalised, as in names of offices; digits speak against it."""
    words = [word.strip("()[]“”\"'’,") for word in text.split()]
    long = [word for word in words if len(word) > 3]
    if len(long) < 2 or not text[:1].isupper() or any(map(str.isdigit, text)):
        return False
    return sum(word[:1].isupper() for word in long) >= 0.8 * len(long)


def is_footnote(text: str) -> bool:
    """Whether `text` opens like a footnote: with a number, an asterisk or a bracketed number."""
    return _FOOTNOTE.match(text) is not None
