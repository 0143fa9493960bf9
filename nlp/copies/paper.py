"""Pages of our own as PDF: fonts that are embedded and text that can be selected, by reportlab."""

from __future__ import annotations

import functools
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from nlp.extras import need

MARGIN = 48.0  # points
_FACES = {"Evmap": "Vera", "Evmap-Bold": "VeraBd", "Evmap-Italic": "VeraIt", "Evmap-BoldItalic": "VeraBI"}
_UNKNOWN = "\u25a1"


@functools.cache
def fonts() -> frozenset[int]:
    """Make the fonts known that reportlab brings along; return the code points that they all can write.

    Raises:
        MissingExtra: if reportlab is not installed.
    """
    reportlab = need("reportlab", "desk", "PDF pages")
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(str(reportlab.__file__)).parent / "fonts"
    made = [TTFont(name, str(folder / f"{file}.ttf")) for name, file in _FACES.items()]
    for font in made:
        pdfmetrics.registerFont(font)
    for at, name in enumerate(_FACES):
        addMapping("Evmap", at % 2, at // 2, name)
    return frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in made))


def writable(text: str) -> str:
    """Return a text in letters that the fonts have: without rare accents where the letter alone is there."""
    known = fonts()
    if all(ord(letter) in known for letter in text):
        return text
    return "".join(letter if ord(letter) in known else _alike(letter, known) for letter in text)


def _alike(letter: str, known: frozenset[int]) -> str:
    if letter.isspace():
        return " "
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", letter) if ord(mark) in known)
    return plain or (_UNKNOWN if ord(_UNKNOWN) in known else "?")


def marked(text: str) -> str:
    """Return a text for a paragraph of reportlab: in letters that can be written, none of it markup."""
    return escape(writable(text))


def style(name: str, size: float, **values: Any) -> Any:
    """Return a paragraph style of our font; `size` in points."""
    from reportlab.lib.styles import ParagraphStyle

    fonts()
    return ParagraphStyle(name, **{"fontName": "Evmap", "fontSize": size, "leading": 1.3 * size} | values)


def pages(flow: Sequence[Any], title: str) -> bytes:
    """Return a PDF of A4 pages with what flows over them; the same flow gives the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    target = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    document = SimpleDocTemplate(target, pagesize=A4, title=title, author="evmap", invariant=1, **margins)
    document.build([*flow])
    return target.getvalue()


def list_pages(heading: str, lines: Sequence[str]) -> bytes:
    """Return pages with a heading and a list."""
    from reportlab.platypus import Paragraph

    head = style("head", 12, fontName="Evmap-Bold", spaceAfter=8)
    item = style("item", 8.5, spaceAfter=5)
    return pages([Paragraph(marked(heading), head), *(Paragraph(marked(line), item) for line in lines)], heading)
