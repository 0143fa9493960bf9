"""Readers: from a file to a canonical text with blocks. One module a format, one row in `READERS`.

A format's module holds ``read(data: bytes, settings: Settings) -> Extract``. To add a format: its module, a row
here, and its signature in `sniffing`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from nlp.errors import UnreadableDocument
from nlp.readers.sniffing import DOCX, HTML, OPEN_DOCUMENT, PDF, RTF, TEXT, WORD_97, WORD_PERFECT, sniff
from nlp.records import Document, Extract, Known
from nlp.settings import Settings

__all__ = ["READERS", "Asks", "Reader", "load", "read", "read_bytes", "read_unknown", "sniff"]
Asks = Callable[[str], bool]
OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


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
    data = load(path, settings)
    return _read(data, path, settings, hashlib.sha256(data).hexdigest())


def read_unknown(path: Path, settings: Settings, known: Asks) -> Document | Known:
    """As `read`, but only if the document is not known: asked by the sha256 (hex) of the file's bytes.

    Raises:
        UnreadableDocument: as `read`; names the document once its bytes are there.
    """
    data = load(path, settings)
    if not data:
        raise _empty(str(path))
    document_id = hashlib.sha256(data).hexdigest()
    return Known(document_id) if known(document_id) else _read(data, path, settings, document_id)


def read_bytes(data: bytes, path: str, settings: Settings, document_id: str = "") -> Document:
    """Read a document from memory; `path` only names it. Without a `document_id` its bytes are hashed.

    Raises:
        UnreadableDocument: as `read`, without "io_error" and "too_large" for the file itself.
    """
    if not data:
        raise _empty(path)
    media_type = sniff(data)
    extract = READERS[media_type].read(data, settings)
    if not any(map(str.isalnum, extract.text)):
        raise _no_text(path, extract, settings)
    return Document(document_id or hashlib.sha256(data).hexdigest(), path, media_type, extract)


def load(path: Path, settings: Settings) -> bytes:
    """Return the bytes of a regular file, all of one moment.

    A link is followed to what it names: who walks folders decides which links count. Nothing but a regular file is
    opened: the path is looked at before, and what was opened once more after, without waiting for a pipe's other end.

    Raises:
        UnreadableDocument: "io_error" for what is no regular file, cannot be read, or changed while it was read;
            "too_large" for more than `settings.max_bytes`.
    """
    try:
        _check(path, path.stat(), settings)
        with open(os.open(path, OPENING), "rb") as file:  # noqa: PTH123 - Path.open takes no flags
            before = os.fstat(file.fileno())
            _check(path, before, settings)
            data = file.read(before.st_size + 1)  # not the most it may be: for that, memory is asked for at once
            after = os.fstat(file.fileno())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableDocument(path, "io_error", reason.lower(), "check the path and its permissions") from error
    if len(data) > settings.max_bytes:
        raise _too_large(path, settings)
    if not len(data) == before.st_size == after.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise UnreadableDocument(path, "io_error", "changed while it was read", "run again when it is written")
    return data


def _read(data: bytes, path: Path, settings: Settings, document_id: str) -> Document:
    try:
        return read_bytes(data, str(path), settings, document_id)
    except UnreadableDocument as error:
        raise UnreadableDocument(path, error.status, error.reason, error.hint, document_id) from error


def _check(path: Path, status: os.stat_result, settings: Settings) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableDocument(path, "io_error", "not a regular file", "name a file, not a folder or device")
    if status.st_size > settings.max_bytes:
        raise _too_large(path, settings)


def _empty(path: str) -> UnreadableDocument:
    """Any text may be empty, no PDF is: the name decides, so an empty file has no twins."""
    status = "no_text" if path.lower().endswith(_TEXT_SUFFIXES) else "corrupt"
    return UnreadableDocument(path, status, "empty file", "get a fresh copy")


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
