"""Guards before an office package is opened: size, number of parts, compression ratio, XML declarations."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from nlp.errors import UnreadableDocument

MAX_ENTRIES = 10_000
MAX_UNPACKED = 500_000_000
MAX_RATIO = 200
RATIO_FROM = 10_000_000
_DOCTYPE = re.compile(rb"<!DOCTYPE|<\0!\0D\0O\0C\0T\0Y\0P\0E|\0<\0!\0D\0O\0C\0T\0Y\0P\0E")


def check(data: bytes) -> None:
    """Refuse a package that would unpack to too much, is damaged, or declares entities.

    Raises:
        UnreadableDocument: "too_large" beyond the limits above, "encrypted" for a zip password, "corrupt" otherwise.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist(), len(data))
            for entry in archive.infolist():
                _check_part(archive, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise corrupt(f"damaged zip archive: {error}") from error


def corrupt(reason: str) -> UnreadableDocument:
    """Return the error of a package that does not hold together."""
    return UnreadableDocument("document", "corrupt", reason, "open and save it anew, or get a fresh copy")


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise UnreadableDocument("document", "encrypted", "a zip archive under a password", "remove the password")
    if entry.filename.endswith((".xml", ".rels")) and _DOCTYPE.search(archive.read(entry)):
        raise corrupt(f"a DOCTYPE in {entry.filename}, which no Word file has")


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        reason = f"{len(entries)} parts"
    elif unpacked > MAX_UNPACKED:
        reason = f"unpacks to {unpacked} bytes"
    elif unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed:
        reason = f"unpacks to {unpacked // packed} times its size"
    else:
        return
    raise UnreadableDocument("document", "too_large", reason, "save it as text, if you trust it")
