"""PDF: characters and rules from PDFium, the cells they make by pdfplumber, scanned pages by Tesseract."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from nlp.errors import UnreadableDocument
from nlp.language import detect
from nlp.readers.building import Builder
from nlp.readers.pdf import scans
from nlp.readers.pdf.aligned import find_aligned
from nlp.readers.pdf.assembly import Assembly, Page, Table
from nlp.readers.pdf.glyphs import (
    Frame,
    Glyph,
    is_of,
    read_glyphs,
    segments,
    swift_segments,
    text_rotation,
    turn,
    unmapped,
)
from nlp.readers.pdf.grids import Ruled
from nlp.readers.pdf.lines import Line, read_lines
from nlp.readers.pdf.picture import draw
from nlp.readers.pdf.rulings import TooManyRules, drawn_tables, fill, has_rules, inner_lines
from nlp.readers.pdf.survey import survey
from nlp.records import Extract
from nlp.settings import Settings

_NO_TEXT_NAMED = 12
_FEW_CHARACTERS = 60  # beside a picture that fills the page: a stamp on a scan
_UNREADABLE = 0.3  # of a page's characters without a known letter: the page is read as a picture
_TOLD_BY = 2_000  # characters that tell the language of the pages that have text
# What programs put there by themselves: nothing, or the name of the file they printed.
_NO_TITLE = re.compile(
    r"(?:untitled|\(anonymous\)|microsoft word - .*|.*\.(?:docx?|pdf|rtf|wpd))?\s*", re.IGNORECASE | re.DOTALL
)


def read(data: bytes, settings: Settings) -> Extract:
    """Read a PDF page by page; a document that only scans hold gives an empty text with its number of pages.

    Lines of a paragraph are joined by one space and hyphens at line ends undone, so the canonical text is ours;
    `Block.page` and `Block.box` lead back to the page.

    Raises:
        UnreadableDocument: "encrypted" or "corrupt".
    """
    builder = Builder(settings.max_characters)
    troubles: list[str] = []
    with closing(_open(data)) as document:
        count = len(document)
        if not count:
            raise _corrupt("no page in it")
        pages = _read_pages(document, builder, settings, troubles)
        _recognise(document, pages, builder, settings, troubles)
        _weigh_damage(document, data, pages, builder, troubles)
        builder.lose("pictures left out", sum(page.pictures for page in pages))
        title = document.get_metadata_dict().get("Title")
    Assembly(builder, pages).write()
    return builder.extract(
        pages=count, title=None if _NO_TITLE.fullmatch(title or "") else title, partial="; ".join(troubles) or None
    )


def _open(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
            raise UnreadableDocument("document", "encrypted", "needs a password", "remove the password") from error
        raise _corrupt("damaged PDF") from error


def _corrupt(reason: str) -> UnreadableDocument:
    return UnreadableDocument("document", "corrupt", reason, "open and save it anew, or get a fresh copy")


def _read_pages(document: Any, builder: Builder, settings: Settings, troubles: list[str]) -> list[Page]:
    pages: list[Page] = []
    broken: list[int] = []
    wanted = min(len(document), settings.max_pages)
    characters = 0
    for number in range(wanted):
        try:
            page = _read_page(document, number, builder)
        except pypdfium2.PdfiumError:
            broken.append(number + 1)
            continue
        pages.append(page)
        characters += page.characters
        if characters > settings.max_characters:
            wanted = number + 1
            break
    if broken and not pages:
        raise _corrupt("no page can be read")
    if wanted < len(document):
        troubles.append(f"only the first {wanted} of {len(document)} pages were read")
    if broken:
        troubles.append(f"pages that cannot be read: {_named(broken)}")
    return pages


def _recognise(document: Any, pages: Sequence[Page], builder: Builder, settings: Settings, troubles: list[str]) -> None:
    """Give scanned pages their lines by text recognition, and say which pages have none."""
    drawn = [page for page in pages if page.drawn_only]
    if not drawn:
        return
    faults: dict[str, list[int]] = {}
    if settings.ocr_seconds > 0 and scans.languages():
        told = " ".join(line.text for page in pages if not page.drawn_only for line in page.lines)[:_TOLD_BY]
        language = detect(told) if len(told) > _TOLD_BY / 10 else None
        wanted = [(page.number, functools.partial(_picture, document, page.number - 1)) for page in drawn]
        found = scans.recognise(wanted, language, settings)
        for page in drawn:
            scanned = found.get(page.number)
            if scanned is None:
                reason = f"no time left to recognise text (raise EVMAP_OCR_SECONDS, now {settings.ocr_seconds:g})"
                faults.setdefault(reason, []).append(page.number)
            elif scanned.fault:
                faults.setdefault(scanned.fault, []).append(page.number)
            elif not scanned.words and not page.lines:
                builder.lose("pages on which no text was recognised")
            elif scanned.words:
                page.lines, page.tables, page.frame = list(scanned.lines), list(scanned.tables), page.shown
                page.pictures = 0
                builder.lose("pages read by text recognition")
                builder.lose("words recognised with little confidence", scanned.unsure)
    elif any(page.lines for page in pages):
        faults[f"pages without a text layer ({scans.INSTALL})"] = [page.number for page in drawn]
    troubles += [f"{reason}: {_named(numbers)}" for reason, numbers in faults.items()]


def _weigh_damage(document: Any, data: bytes, pages: Sequence[Page], builder: Builder, troubles: list[str]) -> None:
    """Say of a file that PDFium had to mend what may be lost with its broken parts; empty pages are counted anyway."""
    blank = [page.number for page in pages if not page.characters and not page.drawn_only]
    builder.lose("pages with nothing on them", len(blank))
    if pdfium.FPDF_DocumentHasValidCrossReferenceTable(document.raw):
        return
    if data.rfind(b" obj") > data.rfind(b"endobj"):
        troubles.append("the file is cut off within what a page is made of")
    if blank:
        troubles.append(f"pages of the damaged file with nothing on them: {_named(blank)}")


def _picture(document: Any, index: int) -> tuple[bytes, float]:
    """A page as people see it, as a grey PNG, with its dots an inch."""
    with closing(document[index]) as page:
        dots = min(scans.DOTS, 72 * scans.MOST_DOTS / max(page.get_size()))
        target = io.BytesIO()
        draw(page, dots).save(target, "PNG", compress_level=1)
        return target.getvalue(), dots


def _named(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_NO_TEXT_NAMED]))
    more = len(numbers) - _NO_TEXT_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _read_page(document: Any, number: int, builder: Builder) -> Page:
    with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
        shown = Frame(page, page.get_rotation())
        seen = survey(page)
        text = text_page.get_text_range()
        if text.strip() and not seen.drawn and not seen.hidden and len(text) >= _FEW_CHARACTERS:
            runs = swift_segments(text_page, text, shown)
            if runs is not None and all(shown.shows(run.box) for run in runs):
                tables, rest = find_aligned(runs)
                return Page(number + 1, shown, shown, read_lines(rest), tables, len(text), seen.pictures)
        frame = Frame(page, text_rotation(text_page))
        everything = read_glyphs(text_page, frame)
        glyphs = [glyph for glyph in everything if frame.shows(glyph)]
        if seen.hidden:
            glyphs = [glyph for glyph in glyphs if not is_of(text_page, glyph.place, seen.hidden)]
        builder.lose("hidden characters left out", len(everything) - len(glyphs))
        read = Page(number + 1, frame, shown, characters=len(glyphs), pictures=seen.pictures)
        written = sum(not glyph.character.isspace() for glyph in glyphs)
        if not written:
            read.drawn_only = next(iter(page.get_objects(max_depth=2)), None) is not None
            return read
        unknown = unmapped(text_page, glyphs)
        builder.lose("characters without a known letter", unknown)
        read.drawn_only = (written < _FEW_CHARACTERS and seen.pictured) or unknown > _UNREADABLE * written
        for drawn in _ruled(page, frame, builder):
            filled, outside = fill(drawn, glyphs)
            if len(filled) > 1:
                read.tables.append(Table(drawn, _cells(drawn, filled, text_page, frame.rotation)))
                glyphs = outside
        upright = _upright(text_page, glyphs, frame, shown)
        glyphs = [glyph for glyph in glyphs if glyph.place not in upright]
        aligned, rest = find_aligned(segments(glyphs, text_page, frame.rotation))
        read.tables = sorted([*read.tables, *aligned], key=lambda table: table.drawn.box.top)
        read.lines = [*read_lines(rest), *_upright_lines(text_page, upright, frame, shown)]
        return read


def _upright(text_page: Any, glyphs: Sequence[Glyph], frame: Frame, shown: Frame) -> set[int]:
    """Places of the characters that stand upright on a page whose text is turned: running heads and page numbers."""
    if frame.rotation == shown.rotation:
        return set()
    return {glyph.place for glyph in glyphs if turn(text_page, glyph.place) == shown.rotation}


def _upright_lines(text_page: Any, places: set[int], frame: Frame, shown: Frame) -> list[Line]:
    """Lines of those characters, with boxes in the page's own `frame`."""
    glyphs = [glyph for glyph in read_glyphs(text_page, shown) if glyph.place in places] if places else []
    lines = read_lines(segments(glyphs, text_page, shown.rotation))
    return [line._replace(box=shown.moved(line.box, frame)) for line in lines]


def _ruled(page: Any, frame: Frame, builder: Builder) -> list[Ruled]:
    try:
        return drawn_tables(page, frame) if has_rules(page) else []
    except TooManyRules:
        builder.lose("pages whose tables could not be told apart")
        return []


def _cells(
    drawn: Ruled, filled: dict[tuple[int, int], list[Glyph]], text_page: Any, rotation: int
) -> list[tuple[int, int, list[Line]]]:
    cells = []
    for (row, column), glyphs in sorted(filled.items()):
        lines = read_lines(segments(glyphs, text_page, rotation))
        if lines:
            cells.append((row, column, inner_lines(lines, drawn.rows[row][column])))
    return cells
