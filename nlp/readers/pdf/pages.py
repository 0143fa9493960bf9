"""One page of a PDF: its lines in reading order, its tables, and what it has besides text."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from nlp.readers.building import Builder
from nlp.readers.pdf import calls
from nlp.readers.pdf.aligned import find_aligned
from nlp.readers.pdf.assembly import Page, Table
from nlp.readers.pdf.fonts import Fonts
from nlp.readers.pdf.frames import Frame
from nlp.readers.pdf.glyphs import (
    Glyph,
    Segment,
    glyphs_at,
    letters,
    mended,
    read_glyphs,
    segments,
    text_rotation,
    turn,
    unmapped,
)
from nlp.readers.pdf.lines import Line, read_lines, read_stacked, stacked
from nlp.readers.pdf.rulings import TooManyRules, drawn_tables, fill, inner_lines
from nlp.readers.pdf.runs import letters_of, read_runs
from nlp.readers.pdf.survey import Survey, survey

_FEW_CHARACTERS = 60  # beside a picture that fills the page: a stamp on a scan
_UNREADABLE = 0.3  # of a page's characters without a known letter: the page is read as a picture


@dataclass(frozen=True, slots=True)
class _Told:
    """The text of a page, in `frame`: its pieces, what gives their characters, and what joins characters to pieces."""

    frame: Frame
    pieces: Sequence[Segment]
    letters: Callable[[Segment], Sequence[Glyph]]
    join: Callable[[Iterable[Glyph]], list[Segment]]


def read_page(document: Any, number: int, builder: Builder) -> Page:
    """Read page `number` (from 0) of a PDF; `builder` counts what is lost.

    Raises:
        pypdfium2.PdfiumError: if the page cannot be read.
    """
    page = pdfium.FPDF_LoadPage(document.raw, number)
    if not page:
        raise pypdfium2.PdfiumError("no such page")
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        if not text_page:
            raise pypdfium2.PdfiumError("no text page")
        return _read(page, text_page, number + 1, builder)
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _read(page: Any, raw: Any, number: int, builder: Builder) -> Page:
    shown = Frame.of(page)
    seen = survey(page)
    text = calls.text_of(raw)
    read = Page(number, shown, shown, characters=len(text), pictures=seen.pictures)
    told = _by_lines(raw, text, seen, shown) or _by_letters(raw, seen, read, builder)
    if not told:
        read.drawn_only = calls.count_objects(page) > 0
        return read
    read.frame = told.frame
    rest = _take_tables(read, told, seen, builder)
    upright: Sequence[Segment] = []
    if told.frame.rotation != shown.rotation:
        upright = _upright(raw, rest, shown)
        rest = [piece for piece in rest if piece not in upright]
    if len(rest) > 1 and stacked(rest):
        read.lines = read_stacked(rest)
    else:
        aligned, rest = find_aligned(rest)
        read.tables += aligned
        read.lines = read_lines(rest)
    read.tables.sort(key=lambda table: table.drawn.box.top)
    read.lines += _upright_lines(raw, upright, told, shown)
    return read


def _by_lines(raw: Any, text: str, seen: Survey, shown: Frame) -> _Told | None:
    """The text by the ends of lines and words, None where every character must be looked at."""
    if len(text) < _FEW_CHARACTERS or seen.hidden or len(text) != calls.count_characters(raw):
        return None
    if seen.pictured and len("".join(text.split())) < _FEW_CHARACTERS:
        return None
    letters = mended(raw, text)
    if letters is None:
        return None
    frame = shown.turned(text_rotation(raw)) if shown.rotation else shown
    fonts = Fonts(raw)
    runs = read_runs(raw, letters, frame, fonts)
    if runs is None and not shown.rotation:
        frame = shown.turned(text_rotation(raw))
        runs = read_runs(raw, letters, frame, fonts) if frame.rotation else None
    if not runs or not frame.shows_all([run.box for run in runs]):
        return None
    join = functools.partial(segments, raw=raw, rotation=frame.rotation, fonts=fonts)
    return _Told(frame, runs, functools.partial(letters_of, raw, frame), join)


def _by_letters(raw: Any, seen: Survey, read: Page, builder: Builder) -> _Told | None:
    """The text by every character, None where there is none; `read` is told whether that is little of the page."""
    frame = read.shown.turned(text_rotation(raw))
    everything = read_glyphs(raw, frame, letters(raw))
    glyphs = everything
    if not frame.shows_all([glyph[2:] for glyph in everything]):
        glyphs = [glyph for glyph in everything if frame.shows_all((glyph[2:],))]
    if seen.hidden:
        glyphs = [glyph for glyph in glyphs if calls.text_object(raw, glyph.place) not in seen.hidden]
    builder.lose("hidden characters left out", len(everything) - len(glyphs))
    read.characters = len(glyphs)
    written = len("".join("".join([glyph.character for glyph in glyphs]).split()))
    if not written:
        return None
    unknown = unmapped(raw, glyphs)
    builder.lose("characters without a known letter", unknown)
    read.drawn_only = (written < _FEW_CHARACTERS and seen.pictured) or unknown > _UNREADABLE * written
    own: dict[int, Sequence[Glyph]] = {}
    join = functools.partial(segments, raw=raw, rotation=frame.rotation, fonts=Fonts(raw), kept=own)
    return _Told(frame, join(glyphs), lambda piece: own[piece.place], join)


def _take_tables(read: Page, told: _Told, seen: Survey, builder: Builder) -> Sequence[Segment]:
    """Move what stands in ruled tables from the text to the page's tables; return the rest."""
    try:
        ruled = drawn_tables(seen, told.frame)
    except TooManyRules:
        builder.lose("pages whose tables could not be told apart")
        return told.pieces
    rest = told.pieces
    for drawn in ruled:
        filled, outside = fill(drawn, rest, told.letters, told.join)
        if len(filled) > 1:
            cells = [
                (row, column, inner_lines(read_lines(pieces), drawn.rows[row][column]))
                for (row, column), pieces in sorted(filled.items())
            ]
            read.tables.append(Table(drawn, cells))
            rest = outside
    return rest


def _upright(raw: Any, pieces: Iterable[Segment], shown: Frame) -> list[Segment]:
    """The pieces that stand upright on a page whose text is turned: running heads and page numbers."""
    return [piece for piece in pieces if turn(raw, piece.place) == shown.rotation]


def _upright_lines(raw: Any, pieces: Sequence[Segment], told: _Told, shown: Frame) -> list[Line]:
    """Lines of those pieces, with boxes in the page's own frame."""
    if not pieces:
        return []
    own = [glyph for piece in pieces for glyph in told.letters(piece)]
    glyphs = glyphs_at(raw, shown, "".join([glyph.character for glyph in own]), [glyph.place for glyph in own])
    lines = read_lines(segments(glyphs, raw, shown.rotation, Fonts(raw)))
    return [line._replace(box=shown.moved(line.box, told.frame), parts=line.pieces) for line in lines]
