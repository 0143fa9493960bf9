"""Signs of symbol fonts: what the page shows where the file holds another letter.

Fonts such as Symbol and Wingdings draw signs in the places of letters. Word writes such a sign as a private character
U+F000 + place; older programs write the letter itself. The table of Symbol is whole; of the picture fonts it holds the
bullets, boxes, checks and arrows that documents use.

Sources: Adobe Symbol encoding; Unicode 7 "Wingdings and Webdings symbols".
"""

from __future__ import annotations

import re

_PRIVATE = re.compile("[\uf020-\uf0ff]")
_SYMBOL = {
    **dict(zip(range(0x20, 0x7F), (
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_\0αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
    ), strict=True)),
    **dict(zip(range(0xA1, 0xE6), (
        "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…\0\0↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑"
    ), strict=True)),
    0xF1: "⟩", 0xF2: "∫", 0xF3: "⌠", 0xF5: "⌡",
}  # fmt: skip
_WINGDINGS = {
    0x20: " ", 0x21: "✏", 0x22: "✂", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x36: "⌛", 0x37: "⌨", 0x3F: "✍", 0x41: "✌",
    0x45: "☜", 0x46: "☞", 0x47: "☝", 0x48: "☟", 0x4A: "☺", 0x4C: "☹", 0x4E: "☠", 0x4F: "⚐", 0x51: "✈", 0x52: "☼",
    0x54: "❄", 0x58: "✠", 0x59: "✡", 0x5B: "☯", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒",
    0x73: "⬧", 0x74: "⧫", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x78: "☒", 0x7B: "❀", 0x7C: "✿", 0x7D: "❝", 0x7E: "❞",
    0x80: "⓪", **{0x80 + n: chr(0x245F + n) for n in range(1, 11)}, **{0x8B + n: chr(0x2775 + n) for n in range(1, 11)},
    0x9E: "·", 0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA4: "◉", 0xA5: "◎", 0xA7: "▪", 0xA8: "◻", 0xAA: "✦", 0xAB: "★",
    0xAC: "✶", 0xAF: "✵", 0xD8: "➢", 0xDC: "➲", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE3: "↖", 0xE4: "↗",
    0xE5: "↙", 0xE6: "↘", 0xE7: "←", 0xE8: "➔", 0xE9: "↑", 0xEA: "↓", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩",
    0xF3: "⇔", 0xF4: "⇕", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_FONTS = {
    "symbol": _SYMBOL,
    "wingdings": _WINGDINGS,
    "wingdings 2": {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x96: "·", 0x97: "•", 0xA2: "■", 0xA3: "□"},
    "wingdings 3": {0x7C: "◀", 0x7D: "▶", 0x75: "▲", 0x76: "▼"},
    "webdings": {
        0x33: "◀", 0x34: "▶", 0x35: "▲", 0x36: "▼", 0x61: "✓", 0x63: "□", 0x67: "■", 0x6E: "●", 0x72: "✗", 0x73: "?",
    },
}  # fmt: skip


def is_symbol_font(font: str | None) -> bool:
    """Whether we know what the letters of this font look like."""
    return font is not None and font.strip().casefold() in _FONTS


def shown(text: str, font: str | None) -> str:
    """Return what `text` looks like in `font`, of the same length.

    Private characters become signs; so do letters beyond ASCII, and an ASCII letter that stands alone. Words in ASCII
    stay: a symbol font on them is a slip more often than a message in pictures. What we do not know stays as it is.
    """
    signs = _FONTS.get((font or "").strip().casefold())
    if not signs:
        return text
    alone = len(text.strip()) == 1
    return "".join(_sign(letter, signs, alone) for letter in text)


def unknown(text: str) -> int:
    """Return how many private characters of symbol fonts stand in `text`."""
    return len(_PRIVATE.findall(text))


def _sign(letter: str, signs: dict[int, str], alone: bool) -> str:
    code = ord(letter)
    if not (_PRIVATE.match(letter) or 0xA1 <= code <= 0xFF or (alone and 0x21 <= code <= 0x7E)):
        return letter
    sign = signs.get(code & 0xFF, "\0")
    return letter if sign == "\0" else sign
