"""Rich Text Format (RTF), as word processors have written it since the 1990s.

Source: Microsoft, "Rich Text Format (RTF) Specification", version 1.9.1 (2008).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from nlp.errors import UnreadableDocument
from nlp.readers.building import Builder
from nlp.records import BlockKind, Cell, Extract
from nlp.settings import Settings

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?"  # a control word with its number
    rb"|\\'([0-9a-fA-F]{2})"  # a byte in the font's code page
    rb"|\\([^a-zA-Z])"  # a control symbol
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset(
    "fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator info pict object objdata fldinst "
    "themedata colorschememapping latentstyles datastore xmlnstbl filetbl revtbl pgdsctbl mmathPr template "
    "annotation atnid atnauthor atntime atnref atndate bkmkstart bkmkend userprops nonshppict shppict shpinst".split()
)
_KEPT_THOUGH_STARRED = frozenset(("shptxt",))
_LOST = {"pict": "pictures left out", "object": "embedded objects left out", "annotation": "comments left out"}
_CHARACTERS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "tab": "\t", "line": "\n", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_MARGINS: dict[str, BlockKind] = {
    **{f"header{side}": "header" for side in ("", "l", "r", "f")},
    **{f"footer{side}": "footer" for side in ("", "l", "r", "f")},
}
# Windows code pages by the number that a font's \fcharset gives.
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 134: "cp936", 161: "cp1253", 162: "cp1254", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 238: "cp1250", 255: "cp850",
}  # fmt: skip
_HEADING = re.compile(r"(?:heading|título|titulo|titre)\s?([1-9])", re.IGNORECASE)
_DEEPEST = 500


@dataclass(frozen=True, slots=True)
class _State:
    """What holds in a group of the file.

    Attributes:
        target: "body", "note", "marker", "header", "footer", "fonts", "styles" or "" for text that is no text.
        hidden, deleted: whether its text is. fallback: bytes that stand for a Unicode character. encoding: of bytes.
    """

    target: str = "body"
    hidden: bool = False
    deleted: bool = False
    fallback: int = 1
    encoding: str = "cp1252"


@dataclass(slots=True)
class _Paragraph:
    """The paragraph that is being read."""

    text: list[str] = field(default_factory=list)
    marker: list[str] = field(default_factory=list)
    level: int | None = None
    in_table: bool = False


def read(data: bytes, settings: Settings) -> Extract:
    """Read an RTF document: headers, body with lists and tables, notes, footers.

    Deleted and hidden text is left out and counted. List markers are those that the writing program left beside
    their paragraphs (`\\listtext`, `\\pntext`). Notes come after the body, in the order of their marks.

    Raises:
        UnreadableDocument: "corrupt" if groups are nested beyond measure.
    """
    reader = _Reader(Builder(settings.max_characters))
    reader.read(data)
    return reader.builder.extract(title=reader.title or None)


class _Reader:
    """Follows the groups of one file."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.title = ""
        self._state = _State()
        self._stack: list[_State] = []
        self._starred = False
        self._pending = 0  # bytes still to skip after a Unicode character
        self._high = 0  # first half of a surrogate pair
        self._paragraph = _Paragraph()
        self._place = (0, 0, 0)  # table, row, column
        self._was_table = False
        self._blocks: list[tuple[BlockKind, str, str | None, int | None, Cell | None]] = []
        self._margins: dict[BlockKind, list[str]] = {"header": [], "footer": []}
        self._margin: list[str] = []
        self._notes: list[tuple[str, str]] = []
        self._note: list[str] = []
        self._fonts: dict[int, str] = {}
        self._styles: dict[int, int] = {}
        self._names: list[str] = []
        self._number = 0  # of the font or style that is being described

    def read(self, data: bytes) -> None:
        """Read the whole file and hand its blocks to the builder."""
        for match in _TOKEN.finditer(data):
            word, number, byte, symbol, brace, plain = match.groups()
            if word:
                self._control(word.decode("ascii"), int(number) if number else None)
            elif brace:
                self._open() if brace == b"{" else self._close()
            elif symbol:
                self._symbol(symbol)
            elif byte:
                self._bytes(bytes.fromhex(byte.decode("ascii")))
            elif plain:
                self._bytes(plain)
        self._end_paragraph()
        self._write()

    def _write(self) -> None:
        self._write_margins("header")
        for kind, text, marker, level, cell in self._blocks:
            self.builder.add(text, kind, level=level, marker=marker, cell=cell)
        for number, (mark, text) in enumerate(self._notes, 1):
            self.builder.add(text, "footnote", marker=mark or str(number))
        self._write_margins("footer")

    def _write_margins(self, kind: BlockKind) -> None:
        for text in dict.fromkeys(self._margins[kind]):
            self.builder.add(text, kind)

    def _open(self) -> None:
        if len(self._stack) >= _DEEPEST:
            raise UnreadableDocument("document", "corrupt", "nested too deeply", "open and save it anew")
        self._stack.append(self._state)
        self._starred = False

    def _close(self) -> None:
        before = self._state
        self._state = self._stack.pop() if self._stack else self._state
        self._starred, self._pending = False, 0
        if before.target == self._state.target:
            return
        if before.target == "note":
            text = "".join(self._note).strip()
            mark = re.match(r"\d{1,3}\b[.)]?\s*", text)
            self._notes.append((mark.group().strip(" .)"), text[mark.end() :]) if mark else ("", text))
            self._note = []
        elif before.target in ("header", "footer"):
            self._end_margin("header" if before.target == "header" else "footer")

    def _end_margin(self, kind: BlockKind) -> None:
        text = "".join(self._margin).strip()
        self._margin = []
        if text:
            self._margins[kind].append(text)

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = True
        elif symbol in _SYMBOLS:
            self._say(_SYMBOLS[symbol])
        elif symbol in (b"\r", b"\n"):
            self._control("par", None)

    def _bytes(self, data: bytes) -> None:
        skipped = min(self._pending, len(data))
        self._pending -= skipped
        if data := data[skipped:]:
            self._say(data.decode(self._state.encoding, errors="replace"))

    def _say(self, text: str) -> None:
        state = self._state
        if not state.target:
            return
        if state.target in ("fonts", "styles"):
            self._describe(text)
        elif state.deleted or state.hidden:
            if text.strip():
                self.builder.lose("deleted passages left out" if state.deleted else "hidden passages left out")
        elif state.target == "title":
            self.title += text
        elif state.target == "note":
            self._note.append(text)
        elif state.target == "marker":
            self._paragraph.marker.append(text)
        elif state.target in ("header", "footer"):
            self._margin.append(text)
        else:
            self._paragraph.text.append(text)

    def _describe(self, text: str) -> None:
        """Take up the name of a style; a font's name does not matter."""
        if self._state.target == "styles" and (match := _HEADING.match(text.strip())):
            self._styles[self._number] = int(match[1])

    def _control(self, word: str, number: int | None) -> None:
        if self._starred or word in _SKIPPED or word in _MARGINS or word in ("footnote", "title"):
            self._enter(word)
        elif word == "u" and number is not None:
            self._unicode(number)
        elif word == "bin" and number:
            self._pending = number
        elif word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in ("par", "sect", "page", "cell", "nestcell", "row", "pard", "trowd"):
            self._layout(word)
        else:
            self._property(word, number)

    def _enter(self, word: str) -> None:
        """Enter the destination that a control word opens."""
        starred, self._starred = self._starred, False
        if word in _LOST and self._state.target:
            self.builder.lose(_LOST[word])
        target = self._state.target
        if word == "fonttbl":
            target = "fonts"
        elif word == "stylesheet":
            target = "styles"
        elif word == "info":
            target = "info"
        elif word == "title":
            target = "title" if target == "info" else target
        elif word == "footnote":
            target = "note"
        elif word in _MARGINS:
            self._margin = []
            target = _MARGINS[word]
        elif word in _SKIPPED or (starred and word not in _KEPT_THOUGH_STARRED):
            target = ""
        self._state = replace(self._state, target="" if target == "info" and word != "info" else target)

    def _unicode(self, number: int) -> None:
        code = number + 0x10000 if number < 0 else number
        self._pending = 0
        if 0xD800 <= code < 0xDC00:
            self._high = code
        elif 0xDC00 <= code < 0xE000:
            if self._high:
                self._say(chr(0x10000 + ((self._high - 0xD800) << 10) + (code - 0xDC00)))
            self._high = 0
        elif code < 0x110000:
            self._say(chr(code))
        self._pending = self._state.fallback

    def _property(self, word: str, number: int | None) -> None:
        on = number != 0
        if word == "v":
            self._state = replace(self._state, hidden=on)
        elif word == "deleted":
            self._state = replace(self._state, deleted=on)
        elif word == "plain":
            self._state = replace(self._state, hidden=False, deleted=False)
        elif word == "uc":
            self._state = replace(self._state, fallback=number or 0)
        elif word in ("listtext", "pntext"):
            self._state = replace(self._state, target="marker" if self._state.target == "body" else "")
        elif word == "intbl":
            self._paragraph.in_table = True
        elif word == "outlinelevel" and number is not None:
            self._paragraph.level = number + 1 if number < 9 else None
        elif word == "s" and number is not None:
            self._number = number
            if self._state.target == "body" and number in self._styles:
                self._paragraph.level = self._styles[number]
        elif word == "ansicpg" and number:
            self._encode(f"cp{number}")
        elif word == "f" and number is not None:
            self._number = number
            if self._state.target != "fonts" and number in self._fonts:
                self._encode(self._fonts[number])
        elif word == "fcharset" and number in _CHARSETS:
            self._fonts[self._number] = _CHARSETS[number]
        elif word in ("mac", "pc", "pca"):
            self._encode({"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word])

    def _encode(self, name: str) -> None:
        try:
            codecs.lookup(name)
        except LookupError:
            return
        self._state = replace(self._state, encoding=name)

    def _layout(self, word: str) -> None:
        target = self._state.target
        if target == "note":
            self._note.append(" " if word == "par" else "")
        elif target in ("header", "footer"):
            if word == "par":
                self._end_margin("header" if target == "header" else "footer")
        elif target == "body":
            self._lay_out(word)

    def _lay_out(self, word: str) -> None:
        if word == "pard":
            self._paragraph.in_table, self._paragraph.level = False, None
        elif word in ("cell", "nestcell"):
            self._paragraph.in_table = True
            self._end_paragraph()
            table, row, column = self._place
            self._place = (table, row, column + (word == "cell"))
            self._paragraph.in_table = True
        elif word == "row":
            table, row, _ = self._place
            self._place = (table, row + 1, 0)
        elif word in ("par", "sect", "page"):
            kept = self._paragraph.in_table, self._paragraph.level
            self._end_paragraph()
            self._paragraph.in_table, self._paragraph.level = kept

    def _end_paragraph(self) -> None:
        """Keep what the paragraph says; a table ends with the first paragraph that stands in none."""
        paragraph, self._paragraph = self._paragraph, _Paragraph()
        text = "".join(paragraph.text)
        if not text.strip():
            return
        if not paragraph.in_table and self._was_table:
            self._place = (self._place[0] + 1, 0, 0)
        self._was_table = paragraph.in_table
        marker = "".join(paragraph.marker).strip() or None
        cell = Cell(*self._place) if paragraph.in_table else None
        kind: BlockKind = "table_cell" if cell else "heading" if paragraph.level else "paragraph"
        level = paragraph.level if kind == "heading" else None
        self._blocks.append((kind, text, marker, level, cell))
