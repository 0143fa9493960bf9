"""Lines of a page into paragraphs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import eq
from statistics import mean, median
from typing import NamedTuple

from nlp.readers.pdf.glyphs import HYPHEN
from nlp.readers.pdf.hyphens import HYPHENS, NO_COMPOUNDS, has_hyphen, joined
from nlp.readers.pdf.lines import Line, around
from nlp.readers.shapes import WITHIN_SENTENCE, ends_sentence, is_lone_marker, marker_style, split_marker
from nlp.records import Box

_DASHES = ("–", "—", "-")
_LEADER = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]+$")  # dots that lead to a page number
_HARDLY, _CLEARLY = 0.12, 0.25  # more space than usual, in line heights
_TIGHT, _LOOSE = 1.2, 0.4  # line heights: so much more space than usual, of at most so much, parts paragraphs
_OTHER_SIZE = 0.12  # of a line's size: so much larger or smaller ones are set differently
_PROSE = 30  # characters of a line
_ENDS_AND, _AND = frozenset("dertouy"), 5  # letters that end "and", "or", "y", "e", "ou", "et"; characters of ", and"
_WITHIN = WITHIN_SENTENCE - frozenset("0123456789-")
_NUMERALS = frozenset("ivxo")  # small letters that may begin a marker of several letters
_AFTER_NUMERALS = "ivx \t\xa0"  # and what then follows them
_PAGE_NUMERALS = frozenset("ivxlc")  # that a line may end in which leads to a page
_LONG = 0.6  # of a column's width: shorter lines may be titles or addresses


class Paragraph(NamedTuple):
    """Joined lines with the box around them, their size, whether all are bold, and how surely they were recognised.

    `lines` are those that were joined.
    """

    text: str
    box: Box
    size: float
    bold: bool
    confidence: float | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Spacing:
    """How a page sets its paragraphs, in line heights.

    Attributes:
        usual: space between lines of one paragraph. apart: whether more space than that parts its paragraphs, so that
            lines at the usual distance belong together however they end. widest: more space parts paragraphs anywhere.
    """

    usual: float
    apart: bool
    widest: float

    @classmethod
    def of(cls, lines: Sequence[Line], gaps: Sequence[float]) -> Spacing:
        """Measure the lines of a page, a column or a cell, by the gaps between them."""
        alike = sorted(gap for gap in gaps if gap >= 0)
        usual = alike[len(alike) // 4] if alike else 0.0
        wide = len(alike) - bisect_right(alike, usual + _CLEARLY)
        widest = min(usual, _TIGHT) + _LOOSE
        if wide < 2:
            return cls(usual, False, widest)
        close = sum(
            0 <= gap <= usual + _HARDLY
            and before.box.x1 < before.right - 3 * before.size
            and ends_sentence(before.text)
            for before, gap in zip(lines, gaps, strict=False)
        )
        return cls(usual, wide > 3 * close, widest)


def read_paragraphs(lines: Sequence[Line], compounds: Container[str] = NO_COMPOUNDS) -> list[Paragraph]:
    """Join lines that go on from one another; hyphens at line ends are undone before a small letter.

    Args:
        compounds: words, in small letters, that keep their hyphen wherever a line ends in it.
    """
    if len(lines) < 2:
        return [_paragraph(lines, compounds)] if lines else []
    texts, boxes, sizes, bolds, columns, *_ = zip(*lines, strict=True)
    gaps = _gaps(boxes, columns)
    spacing = Spacing.of(lines, gaps)
    widest = spacing.widest
    group = [lines[0]]
    groups = [group]
    for text, more, size, other, same_weight, gap, line in zip(
        texts, texts[1:], sizes, sizes[1:], map(eq, bolds, bolds[1:]), gaps, lines[1:], strict=False
    ):
        near = 0 <= gap <= widest and same_weight and abs(size - other) <= _OTHER_SIZE * size
        if (near and _flows(text, more, size == other)) or _goes_on(group, line, gap, spacing):
            group.append(line)
        else:
            group = [line]
            groups.append(group)
    return [_paragraph(group, compounds) for group in groups]


def _gaps(boxes: Sequence[Box], columns: Sequence[int]) -> list[float]:
    """Space above each line but the first, in heights of that line; 0 where two touch, -1 in different columns."""
    _, tops, _, bottoms = zip(*boxes, strict=True)
    gaps = [
        (top - above) / (high if (high := bottom - top) > 1.0 else 1.0) if top > above else 0.0
        for above, top, bottom in zip(bottoms, tops[1:], bottoms[1:], strict=False)
    ]
    if columns.count(columns[0]) == len(columns):
        return gaps
    return [gap if one == other else -1.0 for gap, (one, other) in zip(gaps, pairwise(columns), strict=True)]


def _goes_on(group: Sequence[Line], line: Line, gap: float, spacing: Spacing) -> bool:
    """Whether `line` goes on with the paragraph of `group`."""
    before = group[-1]
    text, more = before.text, line.text
    if gap < 0:
        return goes_over(text, more) and before.bold == line.bold
    if gap > spacing.widest:
        return False
    if is_lone_marker(text) and len(group) == 1:
        return True
    if abs(before.size - line.size) > _OTHER_SIZE * before.size or (before.bold != line.bold and len(group) == 1):
        return False
    if _leads_to_page(text):
        return False
    ended = ends_sentence(text)
    marker = split_marker(more)[0] or (more if is_lone_marker(more) else None)
    if marker and (ended or (marker_style(marker) == "bullet" and marker not in _DASHES)):
        return False
    unfinished = text.endswith(HYPHENS) or (more[0].islower() and not ended)
    if not marker and (unfinished or (ended and _indented(group, line))):
        return unfinished
    full = _is_full(before, line, gap, spacing)
    return full if marker else full or (not ended and _centred(before, line))


def _flows(text: str, more: str, same_size: bool) -> bool:
    """Whether a long line surely goes on with one set alike: without an end or a beginning between them."""
    if len(text) <= _PROSE or not more[0].islower() or more[1:2] in ".)":
        return False
    last, marked = text[-1], more[0] in _NUMERALS and more[1] in _AFTER_NUMERALS
    if last in _ENDS_AND:
        return not marked and "," not in text[-_AND:] and ";" not in text[-_AND:]
    return last in _WITHIN and (same_size or not (marked or last in _PAGE_NUMERALS))


def _is_full(before: Line, line: Line, gap: float, spacing: Spacing) -> bool:
    """Whether a line is so long that the first word of the next had no room on it."""
    if before.box.x1 + line.first_word > before.right - max(2.0, 0.2 * line.size):
        return True
    if not spacing.apart or gap > spacing.usual + _HARDLY:
        return False
    return before.box.x1 - before.left > _LONG * (before.right - before.left)


def _leads_to_page(text: str) -> bool:
    """Whether a line ends in dots and a page number."""
    return ("...." in text or ". . ." in text) and _LEADER.search(text) is not None


def goes_over(text: str, more: str) -> bool:
    """Whether a sentence that a column or page cuts off goes on in `more`; a list item never does."""
    if split_marker(more)[0] or is_lone_marker(more) or ends_sentence(text):
        return False
    if text.endswith(HYPHENS):
        return more[:1].islower()
    return text[-1:] not in ".:;!?…" and not _leads_to_page(text) and (more[:1].islower() or text[-1:] == ",")


def _indented(group: Sequence[Line], line: Line) -> bool:
    """Whether `line` starts further in than a paragraph's later lines would."""
    step = line.box.x0 - group[-1].box.x0
    hanging = split_marker(group[0].text)[0] is not None
    return step > 0.8 * line.size and not (hanging and len(group) == 1)


def _centred(before: Line, line: Line) -> bool:
    middle = abs(before.box.x0 + before.box.x1 - line.box.x0 - line.box.x1) / 2
    return middle < 4 and abs(before.box.x0 - line.box.x0) > 4


def _paragraph(group: Sequence[Line], compounds: Container[str]) -> Paragraph:
    if len(group) == 1:
        (line,) = group
        confidence = line.confidence and round(line.confidence, 3)
        return Paragraph(_plain(line.text), line.box, line.size, line.bold, confidence, (line,))
    texts, boxes, sizes, bold, columns, _, confidences, *_ = zip(*group, strict=True)
    if columns.count(columns[0]) < len(columns):  # one box, one column
        boxes = tuple(box for box, column in zip(boxes, columns, strict=True) if column == columns[0])
    size = sizes[0] if sizes.count(sizes[0]) == len(sizes) else median(sizes)
    unsure = confidences.count(None) == len(confidences)
    confidence = None if unsure else round(mean(sure for sure in confidences if sure is not None), 3)
    return Paragraph(_plain(_text(texts, compounds)), around(boxes), size, all(bold), confidence, (*group,))


def _plain(text: str) -> str:
    """A text without PDFium's own hyphens and without blanks after blanks."""
    text = text.replace(HYPHEN, "-")
    return re.sub(r" {2,}", " ", text) if "  " in text else text


def _text(said: Sequence[str], compounds: Container[str]) -> str:
    """The text of a paragraph by its lines."""
    whole = " ".join(said)
    if not has_hyphen(whole) or not any(line.endswith(HYPHENS) for line in said[:-1]):
        return whole
    text = said[0]
    for more in said[1:]:
        text = joined(text, more, compounds)
    return text
