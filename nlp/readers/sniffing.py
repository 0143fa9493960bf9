"""What kind of document a file is, by its content alone."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from nlp.errors import UnreadableDocument
from nlp.readers.decoding import decode

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
TEXT = "text/plain"
RTF = "application/rtf"
WORD_97 = "application/msword"
WORD_PERFECT = "application/vnd.wordperfect"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"

CONVERT = "convert it to PDF, DOCX, HTML or text"
_SAMPLE = 65_536
_WPC_HEADER = 512  # bytes that every WordPerfect document has
_SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%!PS", "a PostScript document"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x7fELF", "a program"),
)
_ZIP_KINDS = (
    ("word/document.xml", DOCX),
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("META-INF/container.xml", "an EPUB book"),
    ("content.xml", OPEN_DOCUMENT),
)
# What an office package calls its main part; by these words it is told where that part has an unusual name.
_OFFICE_KINDS = (
    (re.compile(rb"wordprocessingml\.(?:document|template)\.main|ms-word\.(?:document|template)\.macroEnabled"), DOCX),
    (re.compile(rb"spreadsheetml\.|ms-excel\."), "an Excel workbook"),
    (re.compile(rb"presentationml\.|ms-powerpoint\."), "a PowerPoint presentation"),
)
_TYPES = "[Content_Types].xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR, _WORD_97_HEAD = 512, b"\xec\xa5"
_HTML_OPENING = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|frameset|script|style|center|table|div|p|h[1-6]|ul|ol|font)"
    r"(?=[\s>/])"
)
_HTML_ANYWHERE = re.compile(r"<(?:html|body)(?=[\s>])")
_TEXT_BREAKING = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")


def sniff(data: bytes) -> str:
    """Return the media type of a whole file, one of the constants of this module.

    Raises:
        UnreadableDocument: with status "unsupported" for anything else, "encrypted" for a Word document under a
            password, "corrupt" for a damaged zip archive.
    """
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_zip(data)
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(_OLE):
        return _sniff_ole(data)
    if data.startswith(b"\xffWPC"):
        if len(data) < _WPC_HEADER:
            raise UnreadableDocument("document", "corrupt", "a WordPerfect document cut short", "get a fresh copy")
        return WORD_PERFECT
    if data.lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"{\\rtf"):
        return RTF
    for signature, name in _SIGNATURES:
        if data.startswith(signature) and not (signature == b"BM" and b"\0" not in data[:64]):
            raise _unsupported(name)
    return _sniff_text(data)


def _sniff_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            types = _read_head(archive, _TYPES)
            said = _read_head(archive, "mimetype").decode("ascii", "replace").strip()
            locked = b"encryption-data" in _read_head(archive, "META-INF/manifest.xml")
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, RuntimeError) as error:
        raise UnreadableDocument(
            "document", "corrupt", f"damaged zip archive ({type(error).__name__})", "get a fresh copy"
        ) from error
    by_name = (kind for start, kind in _ZIP_KINDS if any(name.startswith(start) for name in names))
    by_type = (kind for pattern, kind in _OFFICE_KINDS if pattern.search(types))
    kind = next(by_name, None) or next(by_type, None)
    if kind == OPEN_DOCUMENT and locked:
        raise _locked()
    if kind == OPEN_DOCUMENT and said and not said.startswith(OPEN_DOCUMENT):
        raise _unsupported("an OpenDocument file that is no text")
    if kind in (DOCX, OPEN_DOCUMENT):
        return kind
    if kind:
        raise _unsupported(kind)
    if _TYPES in names:
        raise UnreadableDocument("document", "corrupt", "an office file without a document part", "get a fresh copy")
    raise _unsupported("a zip archive")


def _read_head(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the beginning of a part, nothing where there is none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as file:
        return file.read(_SAMPLE)


def _sniff_ole(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _locked()
    if "WordDocument".encode("utf-16-le") in data:
        # Where the text begins, as nearly always, in the first sector, a bit of its head tells of a password.
        if data[_SECTOR : _SECTOR + 2] == _WORD_97_HEAD and data[_SECTOR + 11] & 1:
            raise _locked()
        return WORD_97
    raise _unsupported("an old Office file (.xls, .ppt, .msg)")


def _sniff_text(data: bytes) -> str:
    sample = decode(data[:_SAMPLE]).text
    if len(_TEXT_BREAKING.findall(sample)) > max(3, 0.06 * len(sample)):
        raise _unsupported("binary data of an unknown kind")
    head = sample.lstrip("\ufeff \t\r\n\f\0").lower()
    if head.startswith("<"):
        return _sniff_markup(head)
    if head.startswith("mime-version:") or "\ncontent-type: multipart/related" in head[:2048]:
        raise _unsupported("a web archive (MHTML)")
    return HTML if _HTML_ANYWHERE.search(head) and "</" in head and head[:200].count("\n\n") < 2 else TEXT


def _sniff_markup(head: str) -> str:
    if _HTML_OPENING.match(head) or _HTML_ANYWHERE.search(head):
        return HTML
    if head.startswith("<?xml"):
        raise _unsupported("an XML document that is not HTML")
    return HTML if head.startswith("<!--") and _HTML_OPENING.search(head) else TEXT


def _locked() -> UnreadableDocument:
    return UnreadableDocument("document", "encrypted", "an office document under a password", "remove the password")


def _unsupported(name: str) -> UnreadableDocument:
    return UnreadableDocument("document", "unsupported", name, CONVERT)
