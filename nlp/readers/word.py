"""Word documents (DOCX): paragraphs, lists and tables in order, with the text that hides beside the body."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from nlp.readers import package
from nlp.readers.building import Builder
from nlp.readers.lists import Lists, W
from nlp.records import BlockKind, Cell, Extract
from nlp.settings import Settings

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SAID = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_LOST = {
    f"{W}del": "deleted passages left out",
    f"{W}commentReference": "comments left out",
    f"{W}object": "embedded objects left out",
    f"{W}altChunk": "embedded documents left out",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": "diagrams left out",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": "charts left out",
}
_SKIPPED = frozenset((f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}instrText", _ALTERNATIVE))
_FLOW = frozenset((f"{W}p", f"{W}tbl"))
_BOX = frozenset((f"{W}txbxContent",))
_DEEP = _FLOW | _BOX
_HEADING = re.compile(r"heading ([1-9])\Z")
_DEEPEST_STYLE = 20
_NOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def read(data: bytes, settings: Settings) -> Extract:
    """Read a Word document: headers, body with tables, text boxes after their paragraph, notes, footers.

    Inserted text counts, deleted text does not. List markers are counted anew and stand in `Block.marker` only.
    A table inside a table belongs to the outer one's cell.

    Raises:
        UnreadableDocument: "too_large", "encrypted" or "corrupt".
    """
    from docx import Document
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError

    package.check(data)
    try:
        document = Document(io.BytesIO(data))
        reader = _Reader(document, Builder(settings.max_characters))
        reader.read_all()
    except (
        OpcError,
        PythonDocxError,
        XMLSyntaxError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise package.corrupt(f"not a sound Word document: {error}") from error
    return reader.builder.extract(title=_title(document))


def _title(document: Any) -> str | None:
    """Return the title from the document's properties; damaged properties are no reason to refuse the text."""
    from docx.opc.exceptions import OpcError

    try:
        return document.core_properties.title or None
    except (OpcError, KeyError, ValueError, AttributeError, TypeError):
        return None


class _Reader:
    """Walks the XML of one document, whose depth the XML parser has bounded."""

    def __init__(self, document: Any, builder: Builder) -> None:
        self.builder = builder
        self._document = document
        self._styles = {style.get(f"{W}styleId"): style for style in document.styles.element.iterfind(f"{W}style")}
        self._lists = Lists(self._part("numbering"), self._styles)
        self._tables = 0
        self._notes: dict[tuple[str, str], int] = {}
        self._margin_texts: set[str] = set()

    def read_all(self) -> None:
        """Read all parts in the order people meet them."""
        for element in self._margins("header"):
            self._read_margin(element, "header")
        self._read_flow(self._document.element.body, None, "paragraph")
        self._read_notes()
        for element in self._margins("footer"):
            self._read_margin(element, "footer")

    def _part(self, name: str) -> Any:
        from docx.oxml import parse_xml

        for relation in self._document.part.rels.values():
            if relation.reltype == _NOTES + name and not relation.is_external:
                return parse_xml(relation.target_part.blob)
        return None

    def _margins(self, name: str) -> Iterator[Any]:
        """Yield each header or footer part once."""
        from docx.oxml import parse_xml

        seen = set()
        for relation in self._document.part.rels.values():
            if relation.reltype == _NOTES + name and not relation.is_external:
                part = relation.target_part
                if part.partname not in seen:
                    seen.add(part.partname)
                    yield parse_xml(part.blob)

    def _read_margin(self, element: Any, kind: BlockKind) -> None:
        for paragraph in element.iter(f"{W}p"):
            text = self._text(paragraph).strip()
            if text not in self._margin_texts:
                self._margin_texts.add(text)
                self.builder.add(text, kind)

    def _read_flow(self, root: Any, cell: Cell | None, kind: BlockKind) -> None:
        """Read what stands directly in a body, cell, text box or note, in order."""
        for element in _in_order(root, _FLOW):
            if element.tag == f"{W}p":
                self._read_paragraph(element, cell, kind)
            elif element.tag == f"{W}tbl":
                self._read_table(element, cell, kind)

    def _read_table(self, table: Any, cell: Cell | None, kind: BlockKind) -> None:
        for inner in _cells(table):
            place = cell or Cell(self._tables, *inner[:2])
            self._read_flow(inner[2], place, kind)
        self._tables += cell is None

    def _read_paragraph(self, paragraph: Any, cell: Cell | None, kind: BlockKind) -> None:
        properties = paragraph.find(f"{W}pPr")
        text = self._text(paragraph)
        level = self._heading_level(properties)
        marker = self._lists.marker(properties) if text.strip() else None
        if cell is not None:
            kind, level = "table_cell", None
        elif kind == "paragraph" and level:
            kind = "heading"
        elif kind == "paragraph" and marker:
            kind = "list_item"
        self.builder.add(text, kind, level=level if kind == "heading" else None, marker=marker, cell=cell)
        for box in _in_order(paragraph, _BOX):
            self._read_flow(box, cell, "paragraph")

    def _text(self, paragraph: Any) -> str:
        """Return what a paragraph says, counting on the way what it leaves out."""
        said: list[str] = []
        stack = [paragraph]
        while stack:
            element = stack.pop()
            if element.tag in (f"{W}t", f"{_M}t"):
                said.append(element.text or "")
            elif element.tag in _SAID:
                said.append(_SAID[element.tag])
            elif element.tag == f"{W}sym":
                said.append(_symbol(element))
            elif element.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                self._notes[element.tag.removeprefix(W)[:-9], element.get(f"{W}id")] = len(self._notes) + 1
            if element.tag in _LOST:
                self.builder.lose(_LOST[element.tag])
            if element.tag == f"{W}r" and _vanishes(element):
                self.builder.lose("hidden passages left out")
            elif element is paragraph or element.tag not in _SKIPPED | _DEEP:
                stack += reversed(element)
        return "".join(said)

    def _heading_level(self, properties: Any) -> int | None:
        """Return the level of a heading: from its outline, or from its style and what that is based on."""
        if properties is None:
            return None
        outline, style = properties.find(f"{W}outlineLvl"), properties.find(f"{W}pStyle")
        for _ in range(_DEEPEST_STYLE):
            if outline is not None:
                level = int(outline.get(f"{W}val"))
                return level + 1 if level < 9 else None
            element = None if style is None else self._styles.get(style.get(f"{W}val"))
            if element is None:
                return None
            named = element.find(f"{W}name")
            name = "" if named is None else named.get(f"{W}val", "").lower()
            match = _HEADING.match(name)
            if match or name == "title":
                return int(match.group(1)) if match else 1
            outline, style = element.find(f"{W}pPr/{W}outlineLvl"), element.find(f"{W}basedOn")
        return None

    def _read_notes(self) -> None:
        """Read foot- and endnotes in the order of their references, with their numbers as markers."""
        found = {}
        for kind in ("footnote", "endnote"):
            part = self._part(kind + "s")
            for note in () if part is None else part.iterfind(W + kind):
                found[kind, note.get(f"{W}id")] = note
        for place, number in list(self._notes.items()):
            for paragraph in found[place].iter(f"{W}p") if place in found else ():
                self.builder.add(self._text(paragraph), "footnote", marker=str(number))


def _in_order(root: Any, wanted: frozenset[str]) -> Iterator[Any]:
    """Yield the wanted elements below `root` in order, looking into wrappers but not into one another."""
    stack = list(reversed(root))
    while stack:
        element = stack.pop()
        if element.tag in wanted:
            yield element
        elif element.tag not in _SKIPPED | _DEEP:
            stack += reversed(element)


def _cells(table: Any) -> Iterator[tuple[int, int, Any]]:
    """Yield row, column and element of each cell; a cell over several columns takes them all."""
    for row, line in enumerate(_in_order(table, frozenset((f"{W}tr",)))):
        before = line.find(f"{W}trPr/{W}gridBefore")
        column = 0 if before is None else int(before.get(f"{W}val"))
        for cell in _in_order(line, frozenset((f"{W}tc",))):
            yield row, column, cell
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            column += 1 if span is None else int(span.get(f"{W}val"))


def _vanishes(run: Any) -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(f"{W}val", "1") not in {"0", "false", "off"}


def _symbol(element: Any) -> str:
    """Return a character of a symbol font; those of private use are mostly bullets and boxes."""
    code = element.get(f"{W}char", "")
    value = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", code) else 0xFFFD
    return chr(value) if value < 0xE000 or 0xF900 <= value <= 0x10FFFF else "•"
