"""PDF: PDFium gives characters with places, pdfplumber the ruled tables, Tesseract the text of scanned pages."""

from __future__ import annotations

import functools
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from nlp.errors import UnreadableDocument
from nlp.language import detect
from nlp.readers import scans
from nlp.readers.building import Builder
from nlp.readers.glyphs import Frame, Glyph, read_glyphs, segments, swift_segments, text_rotation
from nlp.readers.layout import Line, Paragraph, read_lines, read_paragraphs
from nlp.readers.margins import find_margins
from nlp.readers.rulings import Ruled, TableFinder, TooManyRules, fill, has_rules, may_have_rules
from nlp.readers.shapes import HEADING_LENGTH, is_footnote
from nlp.records import BlockKind, Cell, Extract
from nlp.settings import Settings

_LARGER, _SMALLER = 1.15, 0.87
_BOLD_LEVEL = 6
_NO_TEXT_NAMED = 12
_FEW_CHARACTERS = 60  # beside a picture that fills the page: a stamp on a scan
_FILLS = 0.5  # of the page's area
_TOLD_BY = 2_000  # characters that tell the language of the pages that have text
# What programs put there by themselves: nothing, or the name of the file they printed.
_NO_TITLE = re.compile(
    r"(?:untitled|\(anonymous\)|microsoft word - .*|.*\.(?:docx?|pdf|rtf|wpd))?\s*", re.IGNORECASE | re.DOTALL
)


@dataclass(slots=True)
class _Table:
    drawn: Ruled
    cells: list[tuple[int, int, list[Paragraph]]]


@dataclass(slots=True)
class _Page:
    """What a page holds, in its `frame`; `shown` is the frame in which people see it."""

    number: int
    frame: Frame
    shown: Frame
    lines: list[Line] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    characters: int = 0
    drawn_only: bool = False
    recognised: bool = False


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
        pages = _read_pages(document, TableFinder(data), builder, settings, troubles)
        _recognise(document, pages, builder, settings, troubles)
        title = document.get_metadata_dict().get("Title")
    _Writer(builder, pages).write()
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


def _read_pages(
    document: Any, finder: TableFinder, builder: Builder, settings: Settings, troubles: list[str]
) -> list[_Page]:
    pages: list[_Page] = []
    broken: list[int] = []
    wanted = min(len(document), settings.max_pages)
    characters = 0
    for number in range(wanted):
        try:
            page = _read_page(document, number, finder, builder)
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


def _recognise(
    document: Any, pages: Sequence[_Page], builder: Builder, settings: Settings, troubles: list[str]
) -> None:
    """Give scanned pages their lines by text recognition, and say which pages have none."""
    drawn = [page for page in pages if page.drawn_only]
    if not drawn:
        return
    faults: dict[str, list[int]] = {}
    if scans.languages():
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
            elif not scanned.lines:
                builder.lose("pages on which no text was recognised")
            else:
                page.lines, page.frame, page.recognised = list(scanned.lines), page.shown, True
                builder.lose("pages read by text recognition")
                builder.lose("words recognised with little confidence", scanned.unsure)
    elif any(page.lines for page in pages):
        faults[f"pages without a text layer ({scans.INSTALL})"] = [page.number for page in drawn]
    troubles += [f"{reason}: {_named(numbers)}" for reason, numbers in faults.items()]


def _picture(document: Any, index: int) -> tuple[bytes, float]:
    """A page as people see it, as a grey PNG, with its dots an inch."""
    with closing(document[index]) as page:
        dots = min(scans.DOTS, 72 * scans.MOST_DOTS / max(page.get_size()))
        target = io.BytesIO()
        page.render(scale=dots / 72, grayscale=True).to_pil().save(target, "PNG", compress_level=1)
        return target.getvalue(), dots


def _named(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_NO_TEXT_NAMED]))
    more = len(numbers) - _NO_TEXT_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _read_page(document: Any, number: int, finder: TableFinder, builder: Builder) -> _Page:
    with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
        shown = Frame(page, page.get_rotation())
        text = text_page.get_text_range()
        if text.strip() and not may_have_rules(page):
            runs = swift_segments(text_page, text, shown)
            if runs is not None and len(text) >= _FEW_CHARACTERS:
                return _Page(number + 1, shown, shown, read_lines(runs), characters=len(text))
        frame = Frame(page, text_rotation(text_page))
        glyphs = read_glyphs(text_page, frame)
        read = _Page(number + 1, frame, shown, characters=len(glyphs))
        written = sum(not glyph.character.isspace() for glyph in glyphs)
        if not written:
            read.drawn_only = next(iter(page.get_objects(max_depth=2)), None) is not None
            return read
        read.drawn_only = written < _FEW_CHARACTERS and _is_picture(page)
        unknown = sum(glyph.character == "\ufffd" or "\ue000" <= glyph.character <= "\uf8ff" for glyph in glyphs)
        builder.lose("characters without a known letter", unknown)
        for drawn in _ruled(page, number, finder, frame, builder) if frame.rotation == shown.rotation else ():
            filled, outside = fill(drawn, glyphs)
            if len(filled) > 1:
                read.tables.append(_Table(drawn, _cells(filled, text_page, frame.rotation)))
                glyphs = outside
        read.lines = read_lines(segments(glyphs, text_page, frame.rotation))
        return read


def _is_picture(page: Any) -> bool:
    """Whether one picture fills most of the page."""
    width, height = page.get_size()
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        x0, y0, x1, y1 = picture.get_bounds()
        if (x1 - x0) * (y1 - y0) > _FILLS * width * height:
            return True
    return False


def _ruled(page: Any, number: int, finder: TableFinder, frame: Frame, builder: Builder) -> list[Ruled]:
    try:
        found = finder.tables(number, frame) if has_rules(page) else []
    except TooManyRules:
        found = None
    if found is None:
        builder.lose("pages whose tables could not be told apart")
    return sorted(found or (), key=lambda table: table.box.top)


def _cells(
    filled: dict[tuple[int, int], list[Glyph]], text_page: Any, rotation: int
) -> list[tuple[int, int, list[Paragraph]]]:
    cells = []
    for (row, column), glyphs in sorted(filled.items()):
        paragraphs = read_paragraphs(read_lines(segments(glyphs, text_page, rotation)))
        if paragraphs:
            cells.append((row, column, paragraphs))
    return cells


class _Writer:
    """Puts the pages' lines and tables into the canonical text, once all pages are known."""

    def __init__(self, builder: Builder, pages: Sequence[_Page]) -> None:
        self._builder, self._pages = builder, pages
        self._margins = find_margins([page.lines for page in pages], [page.frame.height for page in pages])
        self._body = self._body_size()
        self._levels = self._heading_levels()
        self._table, self._row, self._columns = -1, 0, 0
        self._open_table = False

    def write(self) -> None:
        """Write headers, flow and footers of each page."""
        for page, margins in zip(self._pages, self._margins, strict=True):
            self._write_margin(page, margins, "header")
            flow = [line for index, line in enumerate(page.lines) if index not in margins]
            self._write_flow(page, flow)
            self._write_margin(page, margins, "footer")

    def _write_margin(self, page: _Page, margins: dict[int, BlockKind], kind: BlockKind) -> None:
        for index, side in margins.items():
            if side == kind:
                line = page.lines[index]
                self._builder.add(
                    line.text.replace("\x02", "-"), kind, page=page.number, box=page.frame.moved(line.box, page.shown)
                )

    def _write_flow(self, page: _Page, lines: Sequence[Line]) -> None:
        done = 0
        for table in page.tables:
            above = done
            while above < len(lines) and lines[above].box.top < table.drawn.box.top:
                above += 1
            self._write_paragraphs(page, lines[done:above])
            self._write_table(page, table)
            done = above
        self._write_paragraphs(page, lines[done:])

    def _write_paragraphs(self, page: _Page, lines: Sequence[Line]) -> None:
        for paragraph in read_paragraphs(lines):
            self._open_table = False
            kind, level = self._kind(paragraph, page)
            self._builder.add(
                paragraph.text,
                kind,
                page=page.number,
                box=page.frame.moved(paragraph.box, page.shown),
                level=level,
                confidence=paragraph.confidence,
            )

    def _write_table(self, page: _Page, table: _Table) -> None:
        """Write a table; one of as many columns that nothing parts from the one before goes on with it."""
        if not (self._open_table and table.drawn.columns == self._columns):
            self._table, self._row, self._columns = self._table + 1, 0, table.drawn.columns
        for row, column, paragraphs in table.cells:
            place = Cell(self._table, self._row + row, column)
            for paragraph in paragraphs:
                self._builder.add(
                    paragraph.text,
                    "table_cell",
                    page=page.number,
                    box=page.frame.moved(paragraph.box, page.shown),
                    cell=place,
                )
        self._row += len(table.drawn.rows)
        self._open_table = True

    def _kind(self, paragraph: Paragraph, page: _Page) -> tuple[BlockKind, int | None]:
        below = paragraph.size < _SMALLER * self._body and paragraph.box.top > 0.6 * page.frame.height
        if below and is_footnote(paragraph.text):
            return "footnote", None
        titled = len(paragraph.text) < HEADING_LENGTH and not paragraph.text.endswith((".", ",", ";", ":"))
        level = self._levels.get(round(paragraph.size)) if titled or paragraph.size > 1.4 * self._body else None
        if level is None and titled and paragraph.bold:
            level = _BOLD_LEVEL
        return ("heading", level) if level and any(map(str.isalpha, paragraph.text)) else ("paragraph", None)

    def _body_size(self) -> float:
        """Return the size in which most characters stand."""
        sizes: Counter[float] = Counter()
        for line in self._all_lines():
            sizes[round(line.size, 1)] += len(line.text)
        return sizes.most_common(1)[0][0] if sizes else 0.0

    def _heading_levels(self) -> dict[int, int]:
        """Return the level of each size that is larger than the body's, the largest being 1."""
        larger = {round(line.size) for line in self._all_lines() if line.size > _LARGER * self._body}
        return {size: min(level, _BOLD_LEVEL) for level, size in enumerate(sorted(larger, reverse=True), 1)}

    def _all_lines(self) -> Iterable[Line]:
        return (line for page in self._pages for line in page.lines)
