"""HTML: visible text only, walked as events with an explicit stack, so that no depth of nesting loses text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import islice

from nlp.readers.building import Builder, clean
from nlp.readers.decoding import decode
from nlp.readers.grid import Grid, Piece, data_tables
from nlp.readers.numbering import format_number
from nlp.readers.shapes import HEADING_LENGTH
from nlp.records import BlockKind, Cell, Extract
from nlp.settings import Settings

_CHARSET = re.compile(rb"charset\s{0,8}=\s{0,8}[\"']?([A-Za-z0-9_.:-]{1,40})")
_CONDITIONAL = re.compile(r"<!\[(?!CDATA\[)[^<>]{0,200}>")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "frameset", "header", "hr", "html", "legend", "li", "main",
    "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    *_HEADINGS,
))  # fmt: skip
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
))  # fmt: skip
_UNSEEN = frozenset(("template", "noscript", "select", "datalist", "iframe"))
_CODE = frozenset(("script", "style"))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_CELLS = frozenset(("td", "th"))
_TABLE_BOUND = frozenset(("table", "td", "th"))
_BOUNDS = {
    "table": frozenset[str](),
    **dict.fromkeys(("td", "th", "tr", "tbody", "thead", "tfoot", "caption"), frozenset(("table",))),
    "li": _LISTS | _TABLE_BOUND,
    "dt": frozenset(("dl",)) | _TABLE_BOUND,
    "dd": frozenset(("dl",)) | _TABLE_BOUND,
}
_CLOSED_BY = {
    "li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "tr": ("tr",), "td": ("td", "th"), "th": ("td", "th"),
}  # fmt: skip
_LOOK_BACK = 1_000
_BOLD_LEVEL = 6


def read(data: bytes, settings: Settings) -> Extract:
    """Read a page: block elements become blocks, ordered lists get their numbers back, tables their cells.

    A table with a single row or column, or with headings in it, is layout and leaves no cells; a table inside a
    table belongs to the outer one's cell. Hidden text is left out and counted.
    """
    declared = _CHARSET.search(data[:4096])
    decoded = decode(data, declared.group(1).decode("ascii") if declared else None)
    builder = Builder(settings.max_characters)
    builder.losses.update(decoded.losses)
    walker = _Walker(builder)
    walker.feed(_closed(_CONDITIONAL.sub("", clean(decoded.text, builder.losses))))
    walker.finish()
    _build(walker.pieces, builder)
    return builder.extract(title=" ".join("".join(walker.title).split()) or None)


def _closed(markup: str) -> str:
    """Return `markup` with comments and tags that never end turned to text: nothing hides, and nothing is slow."""
    comment_end = markup.rfind("-->") + 1
    markup = markup[:comment_end] + markup[comment_end:].replace("<!--", " ")
    tag_end = markup.rfind(">") + 1
    return markup[:tag_end] + markup[tag_end:].replace("<", "&lt;")


def _build(pieces: Sequence[Piece], builder: Builder) -> None:
    tables = data_tables(pieces)
    for piece in pieces:
        place = next((place for place in piece.path if place.table in tables), None)
        if place is None:
            builder.add(piece.text, piece.kind, level=piece.level, marker=piece.marker)
            continue
        cell = Cell(tables[place.table], place.row, place.column)
        builder.add(piece.text, "table_cell", marker=piece.marker, cell=cell)


class _Element:
    """An open element; `hidden` when it hides what is in it, `number` counts the items of a list."""

    __slots__ = ("grid", "hidden", "number", "style", "tag", "told")

    def __init__(self, tag: str, attributes: dict[str, str | None], hidden: bool) -> None:
        self.tag, self.hidden, self.told = tag, hidden, False
        self.style = (attributes.get("type") or "1") if tag == "ol" else ""
        self.number = _integer(attributes.get("start"), 1) - 1
        self.grid: Grid | None = None


class _Walker(HTMLParser):
    """Collects pieces of text with their kind and place; the stack holds block elements and hidden ones only."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.title: list[str] = []
        self._builder = builder
        self._stack: list[_Element] = []
        self._open: Counter[str] = Counter()
        self._grids: list[Grid] = []
        self._lists: list[_Element] = []
        self._hiding: list[_Element] = []
        self._tables = 0
        self._code = ""
        self._in_title = False
        self._buffer: list[str] = []
        self._marker: str | None = None
        self._bold = 0
        self._all_bold = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; blocks end the paragraph before them."""
        if tag in _CODE:
            self._code = tag
        elif tag == "title":
            self._in_title = not self.title
        elif tag == "br":
            self._line_end()
        elif tag in {"b", "strong"}:
            self._bold += 1
        if tag in _BLOCKS:
            self._in_title = False
            self._flush()
        hidden = tag in _UNSEEN or _is_hidden(dict(attrs))
        nested = bool(self._hiding) and self._open[tag] > 0  # its end must not be taken for the end of what hides
        if tag not in _VOID and (tag in _BLOCKS or hidden or nested):
            self._push(tag, dict(attrs), hidden)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those that were left open inside it."""
        if tag in _CODE:
            self._code = ""
        elif tag == "title":
            self._in_title = False
        elif tag in {"b", "strong"}:
            self._bold = max(0, self._bold - 1)
        if tag in _BLOCKS:
            self._flush()
        self._close((tag,))

    def handle_data(self, data: str) -> None:
        """Take text that can be seen; count what cannot."""
        if self._in_title:
            self.title.append(data)
        elif self._code:
            return
        elif self._hiding:
            if data.strip() and not self._hiding[0].told:
                self._hiding[0].told = True
                self._builder.lose("hidden elements left out")
        elif self._open["pre"]:
            first, *others = re.split(r"\n[ \t]*\n", data)
            self._take(first)
            for other in others:
                self._flush()
                self._take(other)
        else:
            self._take(re.sub(r"[ \t\n\f]+", " ", data))

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

    def _take(self, text: str) -> None:
        self._buffer.append(text)
        if not self._bold and text.strip():
            self._all_bold = False

    def _line_end(self) -> None:
        if "".join(self._buffer[-2:]).rstrip(" ").endswith("\n"):
            self._flush()
        else:
            self._buffer.append("\n")

    def _flush(self) -> None:
        text = "".join(self._buffer)
        self._buffer.clear()
        bold, self._all_bold = self._all_bold, True
        if not self._open["pre"]:
            text = re.sub(r" +", " ", text).replace(" \n", "\n").replace("\n ", "\n")
        text = text.strip()
        if not text:
            return
        places = tuple(grid.place for grid in self._grids)
        for part in _CELL_BREAK.split(text) if places else [text]:
            bullet = _BULLET.match(part) if places else None
            if bullet:
                part, self._marker = part[bullet.end() :], bullet[1]
            kind, level = self._kind(part, bold)
            self.pieces.append(Piece(part, kind, level, self._marker, places))
            self._marker = None

    def _kind(self, text: str, bold: bool) -> tuple[BlockKind, int | None]:
        for element in islice(reversed(self._stack), 3):
            if element.tag in _HEADINGS:
                return "heading", _HEADINGS[element.tag]
        if self._marker:
            return "list_item", None
        if bold and len(text) < HEADING_LENGTH and not text.endswith((".", ",", ";", ":")) and not self._grids:
            return "heading", _BOLD_LEVEL
        return "paragraph", None

    def _push(self, tag: str, attributes: dict[str, str | None], hidden: bool) -> None:
        if self._stack and self._stack[-1].tag in {"p", *_HEADINGS} and tag in _BLOCKS:
            self._pop()
        self._close(_CLOSED_BY.get(tag, ()))
        element = _Element(tag, attributes, hidden)
        if tag in _LISTS:
            self._lists.append(element)
        elif tag == "li":
            self._marker = self._next_marker(attributes)
        elif tag == "table":
            element.grid = Grid(self._tables, attributes.get("role") == "presentation")
            self._grids.append(element.grid)
            self._tables += 1
        elif tag == "tr" and self._grids:
            self._grids[-1].next_row()
        elif tag in _CELLS and self._grids:
            spans = (_integer(attributes.get(name), 1) for name in ("colspan", "rowspan"))
            self._grids[-1].next_cell(*spans)
        if hidden:
            self._hiding.append(element)
        self._stack.append(element)
        self._open[tag] += 1

    def _next_marker(self, attributes: dict[str, str | None]) -> str:
        numbered = self._lists[-1] if self._lists else None
        if numbered is None or numbered.tag != "ol":
            return "•"
        numbered.number = _integer(attributes.get("value"), numbered.number + 1)
        return format_number(numbered.number, numbered.style) + "."

    def _close(self, tags: tuple[str, ...]) -> None:
        """Close the nearest open element out of `tags` that no table or list stands before."""
        if not any(self._open[tag] for tag in tags):
            return
        bound = _BOUNDS.get(tags[0], _TABLE_BOUND)
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
        if element.hidden:
            self._hiding.pop()
        if element.tag in _LISTS:
            self._lists.pop()
        elif element.tag == "li":
            self._marker = None
        elif element.grid is not None:
            self._grids.pop()


# In a cell one <br> parts paragraphs where a sentence ends before it or a bullet follows; elsewhere it ends a line.
_CELL_BREAK = re.compile(r"(?<=[.;:!?])\n|\n(?=[•·▪–-] )")
_BULLET = re.compile(r"([•·▪–-]) +(?=\S)")


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    style = (attributes.get("style") or "")[:2_000].replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style or "visibility:hidden" in style


def _integer(text: str | None, default: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else default
