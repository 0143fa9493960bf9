"""Office packages: guards before one is opened, then its parts and what relates them.

Libraries that write Word documents refuse many that Word opens (macros, the ISO edition, a relation to a part that is
not there), so the few steps to the text are our own: relations lead from the package to the main part, and from there
to styles, notes and margins. Parts that say nothing, such as pictures and macros, are never unpacked.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from nlp.errors import UnreadableDocument
from nlp.settings import Settings

_DOCTYPE = re.compile(
    rb"\0{0,3}".join(re.escape(b"<!DOCTYPE"[at : at + 1]) for at in range(9))
)  # in UTF-16 and -32 too
# The ISO edition (strict) names the same things by other addresses; only names in attributes are looked at.
_STRICT = re.compile(rb"""(=\s*["'])http://purl\.oclc\.org/ooxml/(\w+)/""")
_USUAL = rb"\1http://schemas.openxmlformats.org/\2/2006/"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: `kind` is the last word of its type ("footnotes"), `target` the name of a part."""

    kind: str
    target: str


class Package:
    """An office package in memory.

    Args:
        data: the whole file. settings: its limits of archives.

    Raises:
        UnreadableDocument: as `check`.
    """

    def __init__(self, data: bytes, settings: Settings) -> None:
        check(data, settings)
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        # Names differ in case and slashes from what relations say, in files of careless programs.
        self._names = {_plain(name): name for name in self._archive.namelist()}

    def main(self) -> str:
        """Return the name of the main part, by the package's relations, or the usual one where they are silent."""
        named = (relation.target for relation in self.relations("") if relation.kind == "officeDocument")
        return next((name for name in named if name in self), "word/document.xml")

    def __contains__(self, part: str) -> bool:
        return _plain(part) in self._names

    def name_of(self, part: str) -> str:
        """Return a part's name as the archive writes it.

        Raises:
            KeyError: if there is no such part.
        """
        return self._names[_plain(part)]

    def relations(self, part: str) -> list[Relation]:
        """Return the relations of a part ("" is the package itself) to parts of this package, in their order."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self:
            return []
        return [
            Relation(element.get("Type", "").rsplit("/", 1)[-1], _within(folder, element.get("Target", "")))
            for element in self.xml(relations).iter(_RELATION)
            if element.get("TargetMode") != "External"
        ]

    def xml(self, part: str) -> Any:
        """Return the root of a part, with the names of the ISO edition turned into the usual ones.

        Raises:
            KeyError: if there is no such part.
            lxml.etree.XMLSyntaxError: if it is damaged.
            UnreadableDocument: "corrupt" if it declares entities.
        """
        from lxml import etree

        entry = self._archive.getinfo(self.name_of(part))
        data = usual(_unpacked(self._archive, entry))
        root: Any = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        if root.getroottree().docinfo.doctype:
            raise _declares(part)
        return root


def usual(data: bytes) -> bytes:
    """Return a part with the names of the ISO edition turned into the usual ones."""
    return _STRICT.sub(_USUAL, data)


def check(data: bytes, settings: Settings) -> None:
    """Refuse a package that would unpack to too much, is damaged, or declares entities.

    Raises:
        UnreadableDocument: "too_large" beyond the settings' limits, "encrypted" under a password, else "corrupt".
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist(), len(data), settings)
            for entry in archive.infolist():
                _check_part(archive, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise corrupt(f"damaged zip archive ({type(error).__name__})") from error


def corrupt(reason: str) -> UnreadableDocument:
    """Return the error of a package that does not hold together."""
    return UnreadableDocument("document", "corrupt", reason, "open and save it anew, or get a fresh copy")


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _within(folder: str, target: str) -> str:
    """Return the name of a part that a relation of a part in `folder` points to."""
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise UnreadableDocument("document", "encrypted", "a zip archive under a password", "remove the password")
    if entry.filename.endswith((".xml", ".rels")) and _DOCTYPE.search(_unpacked(archive, entry)):
        raise _declares(entry.filename)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack a part, and no more of it than it says it has."""
    with archive.open(entry) as part:
        return part.read(entry.file_size + 1)


def _declares(part: str) -> UnreadableDocument:
    return corrupt(f"a DOCTYPE in {part}, which no Word file has")


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int, settings: Settings) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > settings.zip_entries:
        reason, limit = f"{len(entries)} parts", "EVMAP_ZIP_ENTRIES"
    elif unpacked > settings.zip_bytes:
        reason, limit = f"unpacks to {unpacked} bytes", "EVMAP_ZIP_BYTES"
    elif unpacked > settings.zip_ratio_bytes and unpacked > settings.zip_ratio * packed:
        reason, limit = f"unpacks to {unpacked // packed} times its size", "EVMAP_ZIP_RATIO"
    else:
        return
    raise UnreadableDocument("document", "too_large", reason, f"save it as text, if you trust it, or raise {limit}")
