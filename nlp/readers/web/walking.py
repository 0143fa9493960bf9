"""Walking through the markup of a page, event by event, with an explicit stack: no depth of nesting loses text."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import islice

from nlp.readers.building import Builder
from nlp.readers.shapes import HEADING_LENGTH
from nlp.readers.web.cascade import Look, Sheet
from nlp.readers.web.elements import (
    BLOCKS,
    BOUNDS,
    CELLS,
    CLOSED_BY,
    CODE,
    HEADINGS,
    LISTS,
    NOTES,
    SECTIONS,
    TABLE_BOUND,
    VOID,
    Attributes,
    Element,
    integer,
    left_out,
    zone_kind,
)
from nlp.readers.web.endnotes import Notes
from nlp.readers.web.grid import Grid, Mark, Piece, Taken, Zone
from nlp.readers.web.links import Links
from nlp.records import BlockKind

# In a cell one <br> parts paragraphs where a sentence ends before it or a bullet follows; elsewhere it ends a line.
_CELL_BREAK = re.compile(r"(?<=[.;:!?])\n|\n(?=[•·▪–-] )")
_BULLET = re.compile(r"([•·▪–-]) +(?=\S)")
_LOOK_BACK = 1_000


class Walker(HTMLParser):
    """Collects pieces of text with their kind and place; the stack holds block elements and hidden ones only.

    Attributes:
        pieces, grids: in document order. title: parts of the title that the page gives itself.
    """

    def __init__(self, builder: Builder) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.grids: list[Grid] = []
        self.title: list[str] = []
        self._builder = builder
        self._sheet = Sheet()
        self._notes = Notes()
        self._links = Links()
        self._stack: list[Element] = []
        self._open: Counter[str] = Counter()
        self._tables: list[Grid] = []
        self._lists: list[Element] = []
        self._hiding: list[Element] = []
        self._zones: list[Zone] = []
        self._zone_count = 0
        self._code = ""
        self._in_title = False
        self._buffer: list[str] = []
        self._taken: list[Taken] = []
        self._texts = 0
        self._broken = False  # whether nothing but white space stands behind the last <br>
        self._mark: Mark | None = None
        self._bold = 0
        self._all_bold = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; blocks end the paragraph before them."""
        attributes = dict(attrs)
        if tag in BLOCKS:
            self._in_title = False
            self._flush()
        if tag == "img" and attributes.get("alt") != "":  # a picture without alternative text is said to be ornament
            self._builder.lose("pictures left out")
        self._begin(tag, attributes)
        look = self._sheet.look(tag, attributes)
        loss = left_out(tag, attributes, look.hidden, any(self._open[heading] for heading in HEADINGS))
        nested = bool(self._hiding) and self._open[tag] > 0  # its end must not be taken for the end of what hides
        if tag not in VOID and (tag in BLOCKS or loss or nested):
            self._push(tag, attributes, loss, look)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those that were left open inside it."""
        if tag in CODE:
            self._code = ""
        elif tag == "title":
            self._in_title = False
        elif tag in {"b", "strong"}:
            self._bold = max(0, self._bold - 1)
        elif tag in {"sup", "a"}:
            self._notes.end()
            self._links.target = None if tag == "a" else self._links.target
        if tag in BLOCKS:
            self._flush()
        self._close((tag,))

    def handle_data(self, data: str) -> None:
        """Take text that can be seen; count what cannot."""
        self._texts += 1
        if self._in_title:
            self.title.append(data)
        elif self._code:
            if self._code == "style":
                self._sheet.add(data)
        elif self._hiding:
            hiding = self._hiding[0]
            if data.strip() and not hiding.told:
                hiding.told = True
                self._builder.lose(hiding.loss)
        elif self._open["pre"]:
            start = 0
            for empty in re.finditer(r"\n[ \t]*\n", data):
                self._take(data[start : empty.start()], start=start)
                self._flush()
                start = empty.end()
            self._take(data[start:], start=start)
        else:
            self._take(re.sub(r"[ \t\n\f]+", " ", data), data)

    def unknown_decl(self, data: str) -> None:
        """Count a CDATA section, which browsers do not show."""
        self._builder.lose("CDATA sections left out")

    def finish(self) -> None:
        """End the document; text swallowed by a script that never ends is counted."""
        code, unread = self._code, len(self.rawdata)
        self.close()
        if code and unread:
            self._builder.lose(f"characters after an unclosed {code}", unread)
        self._flush()
        while self._stack:
            self._pop()

    def _begin(self, tag: str, attributes: Attributes) -> None:
        """Note what an element means for the text in it, whether it is kept on the stack or not."""
        if tag in CODE:
            on_paper = "print" in (attributes.get("media") or "")
            self._code = "print" if on_paper and tag == "style" else tag
        elif tag == "title":
            self._in_title = not self.title
        elif tag == "br":
            self._line_end()
        elif tag in {"b", "strong"}:
            self._bold += 1
        elif tag == "sup":
            self._notes.begin("", True, not self._links.letters)
        elif tag == "a" and attributes.get("href") is not None:
            target = attributes["href"] or ""
            self._links.begin(target)
            self._notes.begin(target[1:] if target.startswith("#") else "", False, not self._links.letters)

    def _take(self, text: str, written: str = "", start: int = 0) -> None:
        """Take text, as the page has it `written` from `start` on of its own piece."""
        self._buffer.append(text)
        self._taken.append((written or text, self._texts, start))
        self._notes.take(text)
        if text.strip():
            self._links.take(text)
            self._broken = False
            self._all_bold = self._all_bold and self._bold > 0

    def _line_end(self) -> None:
        if self._broken:
            self._flush()
        else:
            self._buffer.append("\n")
            self._broken = True

    def _flush(self) -> None:
        """End a paragraph."""
        text, bold, links = "".join(self._buffer), self._all_bold, self._links
        taken, self._taken = tuple(self._taken), []
        self._buffer.clear()
        self._broken, self._all_bold = False, True
        if not self._open["pre"]:
            text = re.sub(r" +", " ", text).replace(" \n", "\n").replace("\n ", "\n")
        noted, text = self._notes.split(text.strip())
        if text:
            places = tuple(grid.place for grid in self._tables if not grid.captioning)
            share = links.linked / links.letters if links.letters else 0.0
            tool = 0 < links.count == links.tools
            zone = self._zones[-1] if self._zones else None
            parts = _CELL_BREAK.split(text) if places else [text]
            for number, part in enumerate(parts):
                source = _without(taken, parts[number + 1 :])
                bullet = None if noted or not places else _BULLET.match(part)
                if bullet:
                    part, self._mark = part[bullet.end() :], Mark(bullet[1])
                kind, level = ("footnote", None) if noted else self._kind()
                mark = Mark(noted) if noted else self._mark
                title = bold and not share and len(part) < HEADING_LENGTH and not part.endswith((".", ",", ";", ":"))
                tail = (title, share, links.count, tool, zone, source)
                self.pieces.append(Piece(part, kind, level, mark, places, *tail))
                self._mark = None
        links.clear()

    def _kind(self) -> tuple[BlockKind, int | None]:
        for element in islice(reversed(self._stack), 3):
            if element.note:
                return "footnote", None
            if element.tag in HEADINGS:
                return "heading", HEADINGS[element.tag]
        return ("list_item" if self._mark else "paragraph"), None

    def _push(self, tag: str, attributes: Attributes, loss: str, look: Look) -> None:
        if self._stack and self._stack[-1].tag in {"p", *HEADINGS} and tag in BLOCKS:
            self._pop()
        self._close(CLOSED_BY.get(tag, ()))
        element = Element(tag, loss)
        element.note = tag in NOTES and self._notes.is_target(attributes.get("id"))
        if tag in LISTS:
            self._lists.append(element)
            element.begin_list(attributes, look.list_style, len(self._lists))
        elif tag == "li" and not loss:
            self._mark = self._lists[-1].next_mark(attributes, look.list_style) if self._lists else Mark("•")
        else:
            self._enter_table(element, attributes)
        kind = zone_kind(tag, attributes, any(self._open[section] for section in SECTIONS))
        if kind:
            self._zone_count += 1
            element.zone = Zone(kind, self._zone_count)
            self._zones.append(element.zone)
        if loss:
            self._hiding.append(element)
        self._stack.append(element)
        self._open[tag] += 1

    def _enter_table(self, element: Element, attributes: Attributes) -> None:
        tag = element.tag
        if tag == "table":
            element.grid = Grid(len(self.grids), attributes)
            self.grids.append(element.grid)
            self._tables.append(element.grid)
        elif self._tables:
            grid = self._tables[-1]
            grid.marked = grid.marked or tag in {"th", "thead", "caption"}
            grid.captioning = grid.captioning or tag == "caption"
            if tag == "tr":
                grid.next_row()
            elif tag in CELLS:
                grid.next_cell(*(integer(attributes.get(name), 1) for name in ("colspan", "rowspan")))

    def _close(self, tags: tuple[str, ...]) -> None:
        """Close the nearest open element out of `tags` that no table or list stands before."""
        if not any(self._open[tag] for tag in tags):
            return
        bound = BOUNDS.get(tags[0], TABLE_BOUND)
        for depth, element in enumerate(islice(reversed(self._stack), _LOOK_BACK)):
            if element.tag in tags:
                for _ in range(depth + 1):
                    self._pop()
                return
            if element.tag in bound:
                return

    def _pop(self) -> None:
        element = self._stack.pop()
        self._open[element.tag] -= 1
        if element.loss:
            self._hiding.pop()
        if element.zone:
            self._zones.pop()
        if element.tag in LISTS:
            self._lists.pop().end_list()
        elif element.tag == "li":
            self._mark = None
        elif element.tag == "caption" and self._tables:
            self._tables[-1].captioning = False
        elif element.grid is not None:
            self._tables.pop()
        if element.tag in CELLS or element.tag == "li":
            self._links.target = None  # a link that was never closed does not reach over the page


def _without(taken: tuple[Taken, ...], parts: list[str]) -> tuple[Taken, ...]:
    """Texts without the letters at their end that belong to the parts that follow."""
    behind = sum(len("".join(part.split())) for part in parts)
    kept = list(taken) if behind else []
    while behind:
        text, *place = kept.pop()
        letters = [at for at, letter in enumerate(text) if not letter.isspace()]
        if len(letters) > behind:
            kept.append((text[: letters[-behind]], place[0], place[1]))
        behind = max(0, behind - len(letters))
    return tuple(kept) or taken
