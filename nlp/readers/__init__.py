"""Readers: from a file to a canonical text with blocks. One module a format, one row in `READERS`.

A format's module holds ``read(data: bytes, settings: Settings) -> Extract``. To add a format: its module, a row
here, and its signature in `sniffing`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO

from nlp.errors import UnreadableDocument
from nlp.readers.sniffing import DOCX, HTML, OPEN_DOCUMENT, PDF, RTF, TEXT, WORD_97, WORD_PERFECT, sniff
from nlp.records import Document, Extract
from nlp.settings import Settings

__all__ = ["READERS", "Reader", "read", "read_bytes", "sniff"]


@dataclass(frozen=True, slots=True)
class Reader:
    """A row of the table: what people call the format, the module that reads it, the suffixes it usually has."""

    name: str
    module: str
    suffixes: tuple[str, ...]

    def read(self, data: bytes, settings: Settings) -> Extract:
        """Read a whole file; the module is imported here, not before."""
        extract: Extract = import_module(self.module).read(data, settings)
        return extract


READERS: dict[str, Reader] = {
    PDF: Reader("PDF", "nlp.readers.pdf.reading", (".pdf",)),
    DOCX: Reader("Word", "nlp.readers.word.reading", (".docx",)),
    RTF: Reader("RTF", "nlp.readers.rich.reading", (".rtf",)),
    WORD_97: Reader("Word 97-2003, by LibreOffice", "nlp.readers.legacy", (".doc",)),
    WORD_PERFECT: Reader("WordPerfect, by LibreOffice", "nlp.readers.legacy", (".wpd",)),
    OPEN_DOCUMENT: Reader("OpenDocument, by LibreOffice", "nlp.readers.legacy", (".odt",)),
    HTML: Reader("HTML", "nlp.readers.web.reading", (".html", ".htm", ".xhtml")),
    TEXT: Reader("text or Markdown", "nlp.readers.text.reading", (".txt", ".md", ".markdown", ".text")),
}

_TEXT_SUFFIXES = READERS[HTML].suffixes + READERS[TEXT].suffixes


def read(path: Path, settings: Settings) -> Document:
    """Read one file; its format is told by its content.

    Raises:
        UnreadableDocument: subject is `path`; status is one of "io_error", "too_large", "corrupt", "unsupported",
            "encrypted" and "no_text".
    """
    try:
        return read_bytes(_load(path, settings), str(path), settings)
    except UnreadableDocument as error:
        raise UnreadableDocument(path, error.status, error.reason, error.hint) from error


def read_bytes(data: bytes, path: str, settings: Settings) -> Document:
    """Read a document from memory; `path` only names it.

    Raises:
        UnreadableDocument: as `read`, without "io_error" and "too_large" for the file itself.
    """
    if not data:
        status = "no_text" if path.lower().endswith(_TEXT_SUFFIXES) else "corrupt"  # any text may be empty, no PDF is
        raise UnreadableDocument(path, status, "empty file", "get a fresh copy")
    media_type = sniff(data)
    extract = READERS[media_type].read(data, settings)
    if not any(map(str.isalnum, extract.text)):
        raise _no_text(path, extract, settings)
    return Document(hashlib.sha256(data).hexdigest(), path, media_type, extract)


def _load(path: Path, settings: Settings) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableDocument(path, "io_error", "not a regular file", "name a file, not a folder or device")
        if status.st_size > settings.max_bytes:
            raise _too_large(path, settings)
        with path.open("rb") as file:
            before = _traces(file)
            data = file.read(settings.max_bytes + 1)
            if _traces(file) != before:
                raise UnreadableDocument(path, "io_error", "changed while it was read", "run again when it is finished")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableDocument(path, "io_error", reason.lower(), "check the path and its permissions") from error
    if len(data) > settings.max_bytes:
        raise _too_large(path, settings)
    return data


def _traces(file: IO[bytes]) -> tuple[int, int]:
    """Size and time of the last change of an open file."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _too_large(path: Path, settings: Settings) -> UnreadableDocument:
    return UnreadableDocument(path, "too_large", f"more than {settings.max_bytes} bytes", "raise EVMAP_MAX_BYTES")


def _no_text(path: str, extract: Extract, settings: Settings) -> UnreadableDocument:
    if extract.pages:
        from nlp.readers.pdf.scans import INSTALL, languages

        if languages() and settings.ocr_seconds <= 0:
            return UnreadableDocument(path, "no_text", "no text layer: a scan", "raise EVMAP_OCR_SECONDS")
        if languages():
            return UnreadableDocument(path, "no_text", "nothing could be recognised on its pages", "scan it anew")
        return UnreadableDocument(path, "no_text", "no text layer: a scan", INSTALL)
    return UnreadableDocument(path, "no_text", "no letter or digit in it", "check that it is the right file")
