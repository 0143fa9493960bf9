"""Word documents (DOCX): paragraphs, lists and tables in order, with the text that hides beside the body."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml.etree import XMLSyntaxError

from nlp.readers.building import Builder
from nlp.readers.emphasis import Looks
from nlp.readers.word import package
from nlp.readers.word.lists import Lists
from nlp.readers.word.notes import Notes
from nlp.readers.word.package import Package
from nlp.readers.word.runs import BOX, FLOW, Runs, in_order
from nlp.readers.word.styles import Styles, W, integer, value
from nlp.records import BlockKind, Cell, Extract
from nlp.settings import Settings

_ROW, _CELL, _PARAGRAPH, _TABLE = (frozenset((W + name,)) for name in ("tr", "tc", "p", "tbl"))
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read(data: bytes, settings: Settings) -> Extract:
    """Read a Word document: headers, body with tables, text boxes after their paragraph, notes, footers.

    Inserted text counts, deleted text does not. List markers are counted anew and stand in `Block.marker` only.
    A table inside a table belongs to the outer one's cell.

    Raises:
        UnreadableDocument: "too_large", "encrypted" or "corrupt".
    """
    try:
        return build(Package(data, settings), Builder(settings.max_characters))
    except KeyError as error:
        raise package.corrupt("not a sound Word document: no main part") from error
    except RecursionError as error:
        raise package.corrupt("tables nested too deeply") from error
    except (XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, TypeError) as error:
        raise package.corrupt(f"not a sound Word document ({type(error).__name__})") from error


def build(document: Package, builder: Builder) -> Extract:
    """As `read`, from an open package; `builder` is told the element that each piece of text stands in.

    Raises:
        KeyError, ValueError, lxml.etree.XMLSyntaxError, RecursionError: if it is not sound.
    """
    main = document.main()
    _Reader(document, main, document.xml(main), builder).read_all()
    return builder.extract(title=_title(document))


def _title(document: Package) -> str | None:
    """Return the title from the document's properties; damaged properties are no reason to refuse the text."""
    try:
        parts = [r.target for r in document.relations("") if r.kind == "core-properties" and r.target in document]
        return next((document.xml(part).findtext(_TITLE) for part in parts), None)
    except XMLSyntaxError:
        return None


class _Reader:
    """Walks the XML of one document, whose depth the XML parser has bounded."""

    def __init__(self, document: Package, main: str, root: Any, builder: Builder) -> None:
        self.builder = builder
        self._package, self._root = document, root
        self._relations = document.relations(main)
        self._styles = Styles(self._part("styles"))
        self._lists = Lists(self._part("numbering"), self._styles)
        self._notes = Notes(self._part("settings"))
        self._runs = Runs(builder, self._styles, self._notes)
        self._looks = Looks()
        self._tables = 0
        self._margin_texts: set[str] = set()

    def read_all(self) -> None:
        """Read all parts in the order people meet them.

        Raises:
            ValueError: if there is no body.
        """
        body = self._root.find(f"{W}body")
        if body is None:
            raise ValueError("no body in it")
        self._read_margins("header")
        self._weigh(body)
        self._runs.prepare(body)
        self._read_flow(body, None, "paragraph")
        for section in body.iterfind(f"{W}sectPr"):
            self._notes.end_section(section)
        self._read_notes()
        self._read_margins("footer")

    def _parts(self, kind: str) -> Iterator[Any]:
        """Yield each related part of a kind once; what is missing or damaged is counted."""
        for name in dict.fromkeys(relation.target for relation in self._relations if relation.kind == kind):
            try:
                yield self._package.xml(name)
            except (KeyError, XMLSyntaxError):
                self.builder.lose("missing or damaged parts left out")

    def _part(self, kind: str) -> Any:
        return next(self._parts(kind), None)

    def _weigh(self, body: Any) -> None:
        for paragraph in body.iter(f"{W}p"):
            letters = sum(len(said.text or "") for said in paragraph.iter(f"{W}t"))
            if letters:
                self._looks.weigh(self._styles.look(paragraph), letters)

    def _read_margins(self, kind: BlockKind) -> None:
        for element in self._parts(kind):
            self._runs.prepare(element)
            for paragraph in _paragraphs(element):
                text = self._runs.text(paragraph).strip()
                if text not in self._margin_texts:
                    self._margin_texts.add(text)
                    self.builder.add(text, kind)

    def _read_flow(self, root: Any, cell: Cell | None, kind: BlockKind) -> None:
        """Read what stands directly in a body, cell, text box or note, in order."""
        waiting: list[Any] = []
        for element in in_order(root, FLOW):
            if element.tag == f"{W}p":
                waiting.append(element)
                if not _runs_on(element):
                    self._read_paragraph(waiting, cell, kind)
                    waiting = []
                continue
            self._read_paragraph(waiting, cell, kind)
            waiting = []
            if element.tag == f"{W}tbl":
                self._read_table(element, cell, kind)
            else:
                self.builder.lose("embedded documents left out")
        self._read_paragraph(waiting, cell, kind)

    def _read_table(self, table: Any, cell: Cell | None, kind: BlockKind) -> None:
        rows = 0
        for line in in_order(table, _ROW):
            if line.find(f"{W}trPr/{W}del") is not None:
                self.builder.lose("deleted passages left out")
                continue
            for column, element in _cells(line):
                self._read_flow(element, cell or Cell(self._tables, rows, column), kind)
            rows += 1
        self._tables += cell is None and rows > 0

    def _read_paragraph(self, paragraphs: list[Any], cell: Cell | None, kind: BlockKind) -> None:
        """Read one paragraph as the page shows it: several of the file where marks between them are deleted."""
        if not paragraphs:
            return
        last = paragraphs[-1]
        properties = last.find(f"{W}pPr")
        text = "".join(map(self._runs.text, paragraphs))
        # An item without text has its number all the same, unless its mark is hidden or gone too.
        mark = last if properties is None else properties
        empty = not text.strip() and not _runs_on(last) and self._styles.shows(mark, properties)
        marker = self._lists.marker(properties) if empty or text.strip() else None
        level = self._heading_level(paragraphs, text.strip(), marker) if kind == "paragraph" and cell is None else None
        if cell is not None:
            kind = "table_cell"
        elif level:
            kind = "heading"
        elif kind == "paragraph" and marker:
            kind = "list_item"
        self.builder.add(text, kind, level=level, marker=marker, cell=cell)
        for paragraph in paragraphs:
            for box in in_order(paragraph, BOX):
                self._read_flow(box, cell, "paragraph")
            for section in paragraph.iterfind(f"{W}pPr/{W}sectPr"):
                self._notes.end_section(section)

    def _heading_level(self, paragraphs: list[Any], text: str, marker: str | None) -> int | None:
        properties = paragraphs[-1].find(f"{W}pPr")
        level = self._styles.heading_level(properties)
        if level or len(paragraphs) > 1 or self._styles.is_contents(properties):
            return level
        return self._looks.heading_level(text, self._styles.look(paragraphs[0]), counted=marker is not None)

    def _read_notes(self) -> None:
        """Read the notes that are marked, the first paragraph of each with its mark."""
        found = {}
        for kind in ("footnote", "endnote"):
            for part in self._parts(f"{kind}s"):
                self._runs.prepare(part)
                found.update({(kind, note.get(f"{W}id")): note for note in part.iterfind(W + kind)})
        for kind, identifier, mark in self._notes.counted():
            marker: str | None = mark
            for paragraph in _paragraphs(found.get((kind, identifier), ())):
                text = self._runs.text(paragraph).strip()
                if marker and text.startswith(marker):  # a mark of the writer's own stands in the note again
                    text = text[len(marker) :]
                self.builder.add(text, "footnote", marker=marker)
                marker = None if text.strip() else marker


def _paragraphs(root: Any) -> Iterator[Any]:
    """Yield the paragraphs of a margin or note, those of tables and text boxes too."""
    for paragraph in in_order(root, _PARAGRAPH, through=_TABLE | BOX):
        yield paragraph
        for box in in_order(paragraph, BOX):
            yield from _paragraphs(box)


def _runs_on(paragraph: Any) -> bool:
    """Whether the next paragraph goes on with this one: its mark was deleted, or it is a large first letter."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        return False
    frame = properties.find(f"{W}framePr")
    if frame is not None and frame.get(f"{W}dropCap", "none") != "none":
        return True
    return any(properties.find(f"{W}rPr/{W}{change}") is not None for change in ("del", "moveFrom"))


def _cells(line: Any) -> Iterator[tuple[int, Any]]:
    """Yield column and element of each cell of a row; a cell over several columns takes them all."""
    column = integer(value(line, "trPr/gridBefore"), 0)
    for cell in in_order(line, _CELL):
        yield column, cell
        column += integer(value(cell, "tcPr/gridSpan"), 1)
