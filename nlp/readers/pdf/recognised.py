"""What Tesseract says of a page (hOCR) as lines and tables of ours.

Source of the format: T. Breuel, "The hOCR Embedded OCR Workflow and Output Format", version 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import NamedTuple

from nlp.readers.pdf.assembly import Table
from nlp.readers.pdf.glyphs import RECOGNISED, Segment
from nlp.readers.pdf.grids import Ruled
from nlp.readers.pdf.lines import Line, around
from nlp.readers.pdf.rulings import inner_lines
from nlp.records import Box

_UNSURE = 60.0  # of 100; words below are counted as read with little confidence
_LARGER = 1.12  # than the page's usual line, to be taken for larger type: sizes of single lines vary
_BULLET, _DOT = "•", 0.6  # a bullet's height is less than this of the words' in its line
_RULES = "|_[]—- "  # what a rule may be taken for
_NUMBER = r"(-?[\d.]+)"
_BOX = re.compile(rf"bbox {_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER}")
_SURE, _SIZE = re.compile(rf"x_wconf {_NUMBER}"), re.compile(rf"x_size {_NUMBER}")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was recognised on a page.

    Attributes:
        lines: in reading order, boxes in points of the page as shown. tables: those with rules, with their own lines.
        words, unsure: how many were read, and how many of them with little confidence. fault: why the page could not be
            read, None when it was.
    """

    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    words: int = 0
    unsure: int = 0
    fault: str | None = None


class Word(NamedTuple):
    """A word: its box in points, confidence of 100, block and line (counted through the page), size of its line."""

    text: str
    box: Box
    sure: float
    block: int
    line: int
    size: float


def read_hocr(page: bytes, scale: float, ruled: Sequence[Ruled] = ()) -> Scanned:
    """Return what stands on a page, by lines and, where there are rules, by cells.

    Args:
        page: hOCR. scale: points a dot. ruled: tables as drawn, in points.
    """
    words = [word for word in _words(page, scale) if not _is_speck(word)]
    tables, outside = [], words
    for drawn in ruled:
        cells, outside = _cells(drawn, outside)
        if len(cells) > 1:
            lines = [(*place, inner_lines(_lines(own), drawn.rows[place[0]][place[1]])) for place, own in cells.items()]
            tables.append(Table(drawn, sorted(lines)))
    return Scanned(tuple(_lines(outside)), tuple(tables), len(words), sum(word.sure < _UNSURE for word in words))


def _words(page: bytes, scale: float) -> Iterator[Word]:
    from lxml import html

    if not page.strip():
        return
    block = line = 0
    size = 0.0
    for element in html.document_fromstring(page).iter("div", "span"):
        kind, title = element.get("class", ""), element.get("title", "")
        if kind == "ocr_carea":
            block += 1
        elif kind == "ocrx_word":
            text, box = " ".join("".join(map(str, element.itertext())).split()), _BOX.search(title)
            sure = _SURE.search(title)
            if text and box:
                x0, top, x1, bottom = (float(side) * scale for side in box.groups())
                yield Word(text, Box(x0, top, x1, bottom), float(sure[1]) if sure else 0.0, block, line, size)
        elif kind.startswith("ocr_") and (found := _SIZE.search(title)):
            line, size = line + 1, float(found[1]) * scale


def _is_speck(word: Word) -> bool:
    """Whether a word is dirt on the glass: signs without a letter or digit that were read with little confidence."""
    return word.sure < _UNSURE and not any(map(str.isalnum, word.text))


def _cells(drawn: Ruled, words: Sequence[Word]) -> tuple[dict[tuple[int, int], list[Word]], list[Word]]:
    """Give each word to the cell its middle lies in; return the cells' words and the others."""
    cells: dict[tuple[int, int], list[Word]] = {}
    outside = []
    for word in words:
        place = drawn.cell_at((word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2)
        if place is None:
            outside.append(word)
        elif word.text.strip(_RULES):
            cells.setdefault(place, []).append(word)
    return cells, outside


def _lines(words: Sequence[Word]) -> list[Line]:
    lines = [_line(list(own)) for _, own in groupby(words, key=lambda word: word.line)]
    usual = median(line.size for line in lines) if lines else 0.0
    lefts: dict[int, float] = {}
    rights: dict[int, float] = {}
    for line in lines:
        lefts[line.column] = min(lefts.get(line.column, line.box.x0), line.box.x0)
        rights[line.column] = max(rights.get(line.column, 0.0), line.box.x1)
    return [
        line._replace(
            size=line.size if line.size > _LARGER * usual else usual, left=lefts[line.column], right=rights[line.column]
        )
        for line in lines
    ]


def _line(words: Sequence[Word]) -> Line:
    texts = [word.text for word in words]
    heights = [word.box.bottom - word.box.top for word in words]
    if len(words) > 1 and len(texts[0]) == 1 and heights[0] < _DOT * median(heights[1:]):
        texts[0] = _BULLET  # so low a first sign is one, though it was taken for an e, an o or a quotation mark
    sure = sum(word.sure * len(word.text) for word in words) / sum(len(word.text) for word in words)
    box = around(word.box for word in words)
    return Line(
        " ".join(texts),
        box,
        words[0].size,
        bold=False,
        column=words[0].block,
        confidence=round(sure / 100, 3),
        parts=tuple(Segment(text, word.box, False, RECOGNISED) for text, word in zip(texts, words, strict=True)),
    )
