"""A Word package that is written back: the parts that were touched anew, all others byte for byte."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from nlp.readers.word.package import Package, usual
from nlp.readers.word.styles import W, integer
from nlp.settings import Settings

_TYPES = "[Content_Types].xml"
_TYPE_SPACE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATION = f"{{{_RELATIONS}}}Relationship"
_COMMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_SPACE = {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}
_DATED = (1980, 1, 1, 0, 0, 0)


class Open(Package):
    """A package whose parts are kept once they were read, so that what is done to them is saved.

    Attributes:
        root: of the main part, once it was read.
    """

    def __init__(self, data: bytes, settings: Settings) -> None:
        super().__init__(data, settings)
        self._roots: dict[str, Any] = {}
        self._touched: set[str] = set()
        self._comments: Any = None
        self._next = 0
        self._now = datetime.now(UTC).isoformat()[:19]

    @property
    def root(self) -> Any:
        """Root of the main part."""
        return self.xml(self.main())

    def xml(self, part: str) -> Any:
        """As `Package.xml`, each part once."""
        name = self.name_of(part)
        if name not in self._roots:
            self._roots[name] = super().xml(part)
        return self._roots[name]

    def touch(self, element: Any) -> None:
        """Take notice that the part that holds an element was changed."""
        top = element.getroottree().getroot()
        self._touched.update(name for name, root in self._roots.items() if root is top)

    def comment(self, first: Any, last: Any, lines: Sequence[str], who: str, at: str = "") -> None:
        """Put a comment on what stands from `first` to `last`, elements between which comments may stand.

        Args:
            at: when it was written (ISO 8601 in UTC), by default now: LibreOffice makes a date up where there is none.
        """
        comments, number = self._comments_root(), str(self._next)
        self._next += 1
        first.addprevious(_made("commentRangeStart", id=number))
        end = _made("commentRangeEnd", id=number)
        last.addnext(end)
        mark = _made("r")
        mark.append(_made("commentReference", id=number))
        _behind(end).addnext(mark)
        dated = f"{at[:19] or self._now}Z"
        comment = _made("comment", id=number, author=who, date=dated, initials=who[:3])
        comment.extend(_paragraph(line, bold=at == 0, marked=at == 0) for at, line in enumerate(lines))
        comments.append(comment)
        self.touch(first)

    def append(self, heading: str, lines: Sequence[str]) -> None:
        """Add a page at the end with a heading and a paragraph for each line."""
        body = self.root.find(f"{W}body")
        broken = _paragraph(heading, bold=True)
        look = _made("pPr")
        look.append(_made("pageBreakBefore"))
        broken.insert(0, look)
        last = body.find(f"{W}sectPr")
        for paragraph in (broken, *map(_paragraph, lines)):
            if last is None:
                body.append(paragraph)
            else:
                last.addprevious(paragraph)
        self.touch(body)

    def saved(self) -> bytes:
        """Return the package; one of the ISO edition (strict) has all its names in the usual edition then."""
        changed = {name: _bytes(self._roots[name]) for name in self._touched}
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry in self._archive.infolist():
                data = changed.pop(entry.filename, None)
                if data is None:
                    data = self._archive.read(entry)
                    data = usual(data) if entry.filename.endswith((".xml", ".rels")) else data
                archive.writestr(_info(entry.filename, entry.date_time), data)
            for name in sorted(changed):
                archive.writestr(_info(name, _DATED), changed[name])
        return target.getvalue()

    def _comments_root(self) -> Any:
        if self._comments is not None:
            return self._comments
        main = self.main()
        known = next((r.target for r in self.relations(main) if r.kind == "comments" and r.target in self), None)
        part = known or self._new_comments(main)
        self._comments = self.xml(part)
        self._touched.add(self.name_of(part))
        numbers = [integer(one.get(f"{W}id"), 0) for one in self._comments.iter(f"{W}comment")]
        self._next = max(numbers, default=-1) + 1
        return self._comments

    def _new_comments(self, main: str) -> str:
        folder, name = posixpath.split(main)
        part = posixpath.join(folder, "comments.xml")
        while part in self:
            part = f"{part.removesuffix('.xml')}-evmap.xml"
        self._roots[part] = etree.Element(f"{W}comments", None, {"w": W[1:-1]})
        self._names[part.casefold()] = part
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self:
            self._roots[relations] = etree.fromstring(f'<Relationships xmlns="{_RELATIONS}"/>')
            self._names[relations.casefold()] = relations
        root = self.xml(relations)
        taken = {element.get("Id") for element in root.iter(_RELATION)}
        identifier = next(f"rIdEvmap{at}" for at in range(len(taken) + 1) if f"rIdEvmap{at}" not in taken)
        for old in [e for e in root.iter(_RELATION) if e.get("Type", "").endswith("/comments")]:
            root.remove(old)  # it led nowhere
        etree.SubElement(root, _RELATION, {"Id": identifier, "Type": _COMMENTS, "Target": posixpath.basename(part)})
        types = self.xml(_TYPES)
        etree.SubElement(types, f"{_TYPE_SPACE}Override", {"PartName": f"/{part}", "ContentType": _COMMENTS_TYPE})
        self._touched |= {self.name_of(relations), self.name_of(_TYPES)}
        return part


def _made(name: str, **values: str) -> Any:
    return etree.Element(W + name, {W + key: value for key, value in values.items()}, {"w": W[1:-1]})


def _paragraph(line: str, bold: bool = False, marked: bool = False) -> Any:
    """A paragraph of plain text; the first of a comment has the sign that leads to it."""
    paragraph = _made("p")
    if marked:
        sign = _made("r")
        sign.append(_made("annotationRef"))
        paragraph.append(sign)
    run = _made("r")
    if bold:
        look = _made("rPr")
        look.append(_made("b"))
        run.append(look)
    text = etree.SubElement(run, f"{W}t", _SPACE)
    text.text = line
    paragraph.append(run)
    return paragraph


def _behind(end: Any) -> Any:
    """What a comment's mark stands behind: links and fields that are open at the comment's end are closed there.

    LibreOffice drops a mark within them, and Word does when it counts a field anew.
    """
    paragraph = next(end.iterancestors(f"{W}p"))
    last, inner, met = end, 0, False
    for element in paragraph.iter(f"{W}commentRangeEnd", f"{W}fldChar"):
        step = element.get(f"{W}fldCharType")
        if element is end:
            met = True
        elif met and step == "begin":
            inner += 1
        elif met and step == "end":
            last, inner = (last, inner - 1) if inner else (element, 0)
    while last.getparent() is not paragraph:
        last = last.getparent()
    return last


def _bytes(root: Any) -> bytes:
    root.attrib.pop(f"{W}conformance", None)
    made: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _info(name: str, dated: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, max(dated, _DATED))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
