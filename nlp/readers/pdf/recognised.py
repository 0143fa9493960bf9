"""What Tesseract says of a page (hOCR) as lines and tables of ours.

Source of the format: T. Breuel, "The hOCR Embedded OCR Workflow and Output Format", version 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
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
_LOW, _LOW_SIGN = 0.5, 0.2  # of a line's size: words lower than this are no letters of it, or no signs
_BULLET, _DOT = "•", 0.6  # a bullet's height is less than this of the words' in its line
_DASHES, _MIDDLE = frozenset("-–—"), (0.1, 0.35)  # how far above their line's foot they lie, in its size
_WIDTHS = ("—", 0.75), ("–", 0.42), ("-", 0.0)  # least width of each, in the size of its line
_RULES = "|_[]—–- "  # what a rule may be taken for
_STRAIGHT, _CURLED, _CURLS = re.compile(r"(?<=[^\W\d])'(?=[^\W\d])"), re.compile(r"(?<=[^\W\d])’(?=[^\W\d])"), 2
_NUMBER = r"(-?[\d.]+)"
_BOX = re.compile(rf"bbox {_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER}")
_SURE = re.compile(rf"x_wconf {_NUMBER}")
_SIZE, _REACH = re.compile(rf"x_size {_NUMBER}"), re.compile(rf"x_descenders {_NUMBER}; x_ascenders {_NUMBER}")
_BASELINE = re.compile(rf"baseline {_NUMBER} {_NUMBER}")
_SAME_LINE = 0.4  # of a line's size: baselines nearer than this are of one line
_ABOVE, _BELOW = 0.72, 0.22  # of a line's size, from its baseline: where it would reach with all letters
_LETTERS = 1.7  # times the height of letters like x, which differs least between lines of one type, is a line's size
_CAPITALS = 1.15  # times a line's height it is at most: capitals alone may be taken for letters like x


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
    """A word: its box in points, confidence of 100, block and line (counted through the page).

    Attributes:
        size, base: of its line, in points: how large it is, and how far down its letters stand.
    """

    text: str
    box: Box
    sure: float
    block: int
    line: int
    size: float
    base: float


def read_hocr(page: bytes, scale: float, ruled: Sequence[Ruled] = ()) -> Scanned:
    """Return what stands on a page, by lines and, where there are rules, by cells.

    Args:
        page: hOCR. scale: points a dot. ruled: tables as drawn, in points.
    """
    return laid_out(words_of(page, scale), ruled)


def words_of(page: bytes, scale: float) -> list[Word]:
    """Return the words of a page (hOCR), in points, without what is plainly dirt; `scale`: points a dot."""
    return [word for word in _words(page, scale) if not _is_speck(word)]


def is_sure(word: Word) -> bool:
    """Whether a word was read with confidence."""
    return word.sure >= _UNSURE


def laid_out(words: Sequence[Word], ruled: Sequence[Ruled] = ()) -> Scanned:
    """Return a page's words by lines and, in the tables as drawn, by cells."""
    words = _curled(words)
    firsts = [True, *(one.line != other.line for one, other in pairwise(words))]
    outside = [_told_dash(word) for word, first in zip(words, firsts, strict=False) if not _is_dirt(word, first)]
    tables = []
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
    size = base = 0.0
    for element in html.document_fromstring(page).iter("div", "span"):
        kind, title = element.get("class", ""), element.get("title", "")
        if kind == "ocr_carea":
            block += 1
        elif kind == "ocrx_word":
            text, box = " ".join("".join(map(str, element.itertext())).split()), _BOX.search(title)
            sure = _SURE.search(title)
            if text and box:
                x0, top, x1, bottom = (float(side) * scale for side in box.groups())
                yield Word(text, Box(x0, top, x1, bottom), float(sure[1]) if sure else 0.0, block, line, size, base)
        elif kind.startswith("ocr_") and (found := _SIZE.search(title)):
            line, size, base = line + 1, _size(float(found[1]), title) * scale, _base(title) * scale


def _size(height: float, title: str) -> float:
    """The size of a line so high: letters that reach below it or above it, and accents, make it no larger."""
    reach = _REACH.search(title)
    return min(_LETTERS * (height - float(reach[1]) - float(reach[2])), _CAPITALS * height) if reach else height


def _base(title: str) -> float:
    """How far down the page, in dots, the letters of a line stand, at its middle."""
    box, found = _BOX.search(title), _BASELINE.search(title)
    if not box or not found:
        return 0.0
    (left, _, right, bottom), (slope, above) = map(float, box.groups()), map(float, found.groups())
    return bottom + above + slope * (right - left) / 2


def _is_speck(word: Word) -> bool:
    """Whether a word is dirt on the glass: signs without a letter or digit that were read with little confidence."""
    return word.sure < _UNSURE and not any(map(str.isalnum, word.text)) and not _is_dash(word)


def _is_dash(word: Word) -> bool:
    """Whether a word is a dash and looks like one: wide, low, above the letters' foot and below their head."""
    width, height = word.box.x1 - word.box.x0, word.box.bottom - word.box.top
    return _DASHES.issuperset(word.text) and width > 2 * height and (_in_middle(word) or word.sure >= _UNSURE)


def _in_middle(word: Word) -> bool:
    """Whether a sign lies as high in its line as a dash does: a rule does not."""
    least, most = _MIDDLE
    return least * word.size < word.base - word.box.bottom < most * word.size


def _told_dash(word: Word) -> Word:
    """A dash by its width: Tesseract takes most that stand alone for hyphens."""
    if not _is_dash(word):
        return word
    share = (word.box.x1 - word.box.x0) / word.size
    return word._replace(text=next(dash for dash, least in _WIDTHS if share >= least))


def _curled(words: Sequence[Word]) -> Sequence[Word]:
    """Words whose apostrophes are all ’ where a page shows that it has these.

    Tesseract takes many ’ for ', in some types most of them, and no ' for ’ (seen in seven types; `tests/test_scans.py`
    asks two): where `_CURLS` were read, the others are the same, for a page is set in one way.
    """
    if sum(len(_CURLED.findall(word.text)) for word in words) < _CURLS:
        return words
    return [word._replace(text=_STRAIGHT.sub("’", word.text)) for word in words]


def _is_dirt(word: Word, first: bool) -> bool:
    """Whether a word is dirt that was taken for letters: too low for any of its line, and read with little confidence.

    Numerals may be high signs of notes, and the first sign of a line a bullet. What is left out still counts as read
    with little confidence.
    """
    low = _LOW_SIGN if word.text.isdigit() or (first and len(word.text) == 1) else _LOW
    unsure = word.sure < _UNSURE and any(map(str.isalnum, word.text))
    return unsure and word.box.bottom - word.box.top < low * word.size


def _cells(drawn: Ruled, words: Sequence[Word]) -> tuple[dict[tuple[int, int], list[Word]], list[Word]]:
    """Give each word to the cell its middle lies in; return the cells' words and the others."""
    cells: dict[tuple[int, int], list[Word]] = {}
    outside = []
    for word in words:
        place = drawn.cell_at((word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2)
        if place is None:
            outside.append(word)
        elif word.text.strip(_RULES) or _in_middle(word):
            cells.setdefault(place, []).append(word)
    return {place: _downwards(own) for place, own in cells.items()}, outside


def _downwards(words: Sequence[Word]) -> list[Word]:
    """The words of a cell, line by line from above: Tesseract's own order follows the page, not the cell."""
    found: list[Word] = []
    # Lines set upright have no base.
    based = [word if word.base else word._replace(base=word.box.bottom) for word in words]
    for word in sorted(based, key=lambda word: word.base):
        first = found[-1] if found and word.base - found[-1].base < _SAME_LINE * word.size else word
        found.append(word._replace(block=0, line=first.line, base=first.base))
    return sorted(found, key=lambda word: (word.base, word.box.x0))


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
    low = len(words) > 1 and len(texts[0]) == 1 and heights[0] < _DOT * median(heights[1:])
    if low and not _is_dash(words[0]):
        texts[0] = _BULLET  # so low a first sign is one, though it was taken for an e, an o or a quotation mark
    sure = sum(word.sure * len(word.text) for word in words) / sum(len(word.text) for word in words)
    box, size, base = around(word.box for word in words), words[0].size, words[0].base
    if base:  # else the space between lines would depend on their letters
        box = box._replace(top=min(box.top, base - _ABOVE * size), bottom=max(box.bottom, base + _BELOW * size))
    return Line(
        " ".join(texts),
        box,
        words[0].size,
        bold=False,
        column=words[0].block,
        confidence=round(sure / 100, 3),
        parts=tuple(Segment(text, word.box, False, RECOGNISED) for text, word in zip(texts, words, strict=True)),
    )
