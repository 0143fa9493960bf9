"""PDF: characters and rules from PDFium, the cells they make, scanned pages by Tesseract."""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from nlp.errors import UnreadableDocument
from nlp.language import detect
from nlp.readers.building import Builder
from nlp.readers.pdf import scans
from nlp.readers.pdf.assembly import Assembly, Page
from nlp.readers.pdf.pages import read_page
from nlp.readers.pdf.picture import draw
from nlp.records import Extract
from nlp.settings import Settings

_NO_TEXT_NAMED = 12
_TAIL = 2_048  # bytes at a file's end where its closing sign stands, maybe with something behind it
_KEPT = 16 << 20  # bytes
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
    _keep_memory()
    with uncollected():
        return build(data, settings, Builder(settings.max_characters))


def build(data: bytes, settings: Settings, builder: Builder) -> Extract:
    """As `read`; `builder` is told the page and piece of a line that each piece of text stands in."""
    troubles: list[str] = []
    with closing(_open(data)) as document:
        count = len(document)
        if not count:
            raise _corrupt("no page in it")
        pages = _read_pages(document, builder, settings, troubles)
        _recognise(document, pages, builder, settings, troubles)
        _weigh_damage(document, data, pages, builder, troubles)
        builder.lose("pictures left out", sum(page.pictures for page in pages))
        title = document.get_metadata_value("Title")
    Assembly(builder, pages).write()
    return builder.extract(
        pages=count, title=None if _NO_TITLE.fullmatch(title or "") else title, partial="; ".join(troubles) or None
    )


@functools.cache
def _keep_memory() -> None:
    """Have the C library keep the memory of one page for the next, instead of giving it back and asking for it anew.

    That took a fifth of the time of a process that reads one document. glibc learns how much to keep from the largest
    piece that was ever freed; elsewhere this does nothing.
    """
    bytes(_KEPT)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Put the search for unused objects off: pages give many small ones, and none in circles."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


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
            page = read_page(document, number, builder)
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
        wanted = [
            (page.number, functools.partial(_picture, document, page.number - 1, settings.ocr_side_dots))
            for page in drawn
        ]
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


def _picture(document: Any, index: int, most: int) -> tuple[bytes, float]:
    """A page as people see it, as a grey PNG of at most so many dots a side, with its dots an inch."""
    with closing(document[index]) as page:
        dots = min(scans.DOTS, 72 * most / max(page.get_size()))
        target = io.BytesIO()
        draw(page, dots).save(target, "PNG", compress_level=1)
        return target.getvalue(), dots


def _named(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_NO_TEXT_NAMED]))
    more = len(numbers) - _NO_TEXT_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
