"""Rich Text Format (RTF), as word processors have written it since the 1990s."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import replace

from nlp.errors import UnreadableDocument
from nlp.readers import symbols
from nlp.readers.building import Builder
from nlp.readers.numbering import format_word_number
from nlp.readers.rich import state as rich_state
from nlp.readers.rich.body import Body
from nlp.readers.rich.state import Font, Note, State
from nlp.readers.word.styles import STYLE_HEADING, TITLES
from nlp.records import BlockKind, Extract
from nlp.settings import Settings

_TYPED_MARK = re.compile(r"(\d{1,3}|\*{1,3}|[†‡§]|\(\w{1,3}\))[.)]?\s+")


def read(data: bytes, settings: Settings) -> Extract:
    """Read an RTF document: headers, body with lists, tables and text boxes, notes, footers.

    Deleted and hidden text is left out and counted. List markers are those that the writing program left beside
    their paragraphs (`\\listtext`, `\\pntext`). Notes come after the body, footnotes before endnotes.

    Raises:
        UnreadableDocument: "corrupt" if groups are nested beyond measure.
    """
    reader = _Reader(Builder(settings.max_characters), settings.rtf_depth)
    reader.read(data)
    return reader.builder.extract(title=reader.title or None)


class _Reader:
    """Follows the groups of one file."""

    def __init__(self, builder: Builder, deepest: int) -> None:
        self.builder = builder
        self._deepest = deepest
        self.title = ""
        self._state = State()
        self._stack: list[State] = []
        self._starred = False
        self._pending = 0  # letters still to skip after a Unicode character
        self._high = 0  # first half of a surrogate pair
        self._silent = False  # whether the last text was left out
        self._body = Body()
        self._margins: dict[str, list[str]] = {"header": [], "footer": []}
        self._margin: list[str] = []
        self._notes: list[Note] = []
        self._note_formats = {"footnote": "decimal", "endnote": "decimal"}
        self._encoding = "cp1252"
        self._default_font: int | None = None
        self._fonts: dict[int, Font] = {}
        self._styles: dict[int, int] = {}
        self._number = 0  # of the font or style that is being described

    def read(self, data: bytes) -> None:
        """Read the whole file and hand its pieces to the builder."""
        at = 0
        while match := rich_state.TOKEN.match(data, at):
            at = match.end()
            word, number, byte, symbol, brace, plain = match.groups()
            if word == b"bin":  # bytes that may look like anything
                at += max(0, int(number or 0))
            elif word:
                self._control(word.decode("ascii"), int(number) if number else None)
            elif brace:
                self._open() if brace == b"{" else self._close()
            elif symbol:
                self._symbol(symbol)
            elif byte:
                self._bytes(bytes.fromhex(byte.decode("ascii")))
            elif plain:
                self._bytes(plain)
        while self._stack:  # a file that was cut short
            self._close()
        self._body.end_paragraph()
        self._write()

    def _write(self) -> None:
        self._write_margins("header")
        self._body.write(self.builder)
        counts: Counter[str] = Counter()
        for note in sorted(self._notes, key=lambda note: note.kind == "endnote"):
            text = "".join(note.text).strip()
            typed = None if note.counted else _TYPED_MARK.match(text)
            if typed:
                self.builder.add(text[typed.end() :], "footnote", marker=typed.group().strip(" .)\t\n"))
                continue
            counts[note.kind] += 1
            marker = format_word_number(counts[note.kind], self._note_formats[note.kind])
            self.builder.add(text, "footnote", marker=marker)
        self._write_margins("footer")

    def _write_margins(self, kind: BlockKind) -> None:
        for text in dict.fromkeys(self._margins[kind]):
            self.builder.add(text, kind)

    def _open(self) -> None:
        if len(self._stack) >= self._deepest:
            hint = "open and save it anew, or raise EVMAP_RTF_DEPTH"
            raise UnreadableDocument("document", "corrupt", "nested too deeply", hint)
        self._stack.append(self._state)
        self._starred = False

    def _close(self) -> None:
        before = self._state
        self._state = self._stack.pop() if self._stack else self._state
        self._starred, self._pending = False, 0
        for _ in range(before.box - self._state.box):
            self._body.leave_box()
        if before.target != self._state.target and before.target in self._margins:
            self._end_margin(before.target)

    def _end_margin(self, kind: str) -> None:
        text = "".join(self._margin).strip()
        self._margin = []
        if text:
            self._margins[kind].append(text)

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = True
        elif symbol in rich_state.SYMBOLS:
            self._say(rich_state.SYMBOLS[symbol])
        elif symbol in (b"\r", b"\n"):
            self._control("par", None)

    def _bytes(self, data: bytes) -> None:
        skipped = min(self._pending, len(data))
        self._pending -= skipped
        if data := data[skipped:]:
            font = self._font()
            encoding = "latin-1" if symbols.is_symbol_font(font.name) else font.encoding or self._encoding
            self._say(data.decode(encoding, errors="replace"))

    def _font(self) -> Font:
        return self._fonts.get(-1 if self._state.font is None else self._state.font, Font())

    def _say(self, text: str) -> None:
        state = self._state
        if state.target == "fonts":
            self._fonts.setdefault(self._number, Font()).name += text.split(";")[0]
        elif state.target == "styles":
            self._describe_style(text)
        elif state.target == "title":
            self.title += text
        elif state.target in ("body", "marker", "note", *self._margins):
            self._say_aloud(symbols.shown(text, self._font().name))

    def _say_aloud(self, text: str) -> None:
        state = self._state
        if state.deleted or state.hidden:
            if text.strip() and not self._silent:
                self.builder.lose("deleted passages left out" if state.deleted else "hidden passages left out")
                self._silent = True
            return
        self._silent = False
        if strange := symbols.unknown(text):
            self.builder.lose("signs of unknown symbol fonts", strange)
        if state.target == "note":
            self._notes[-1].text.append(text)
        elif state.target == "marker":
            self._body.paragraph.marker.append(text)
        elif state.target in self._margins:
            self._margin.append(text)
        else:
            self._body.say(text, state)

    def _describe_style(self, text: str) -> None:
        name = text.strip(" ;").lower()
        if (match := STYLE_HEADING.match(name)) or name in TITLES:
            self._styles[self._number] = int(match[1]) if match else 1

    def _control(self, word: str, number: int | None) -> None:
        opens = word in rich_state.SKIPPED or word in rich_state.TARGETS or word == "title"
        if self._starred or opens or word in rich_state.BOXES:
            self._enter(word)
        elif word == "u" and number is not None:
            self._unicode(number)
        elif word in rich_state.CHARACTERS:
            self._say(rich_state.CHARACTERS[word])
        elif word in rich_state.BREAKS:
            self._break(word)
        elif word in rich_state.NOTE_FORMATS:
            kind, style = rich_state.NOTE_FORMATS[word]
            self._note_formats[kind] = style
        elif word in ("chftn", "ftnalt") and self._state.target == "note":
            self._notes[-1].counted |= word == "chftn"
            self._notes[-1].kind = "endnote" if word == "ftnalt" else self._notes[-1].kind
        else:
            self._property(word, number)

    def _enter(self, word: str) -> None:
        """Enter the group that a control word opens; one that is starred and unknown says nothing."""
        starred, self._starred = self._starred, False
        target = self._state.target
        if word in rich_state.LOST and target:
            self.builder.lose(rich_state.LOST[word])
        if word in rich_state.SHAPES and target:
            self._state = replace(self._state, target="shape", host=target)
        elif word in rich_state.BOXES:
            self._enter_box()
        elif word == "title":
            self._state = replace(self._state, target="title" if target == "info" else target)
        elif word in rich_state.TARGETS and target:
            self._margin = []
            if word == "footnote":
                self._notes.append(Note())
            self._state = replace(self._state, target=rich_state.TARGETS[word])
        elif starred or word in rich_state.SKIPPED:
            self._state = replace(self._state, target="")

    def _enter_box(self) -> None:
        """Begin a text box; in a margin or note it is part of that."""
        if self._state.target == "shape":
            in_body = self._state.host == "body"
            self._state = replace(self._state, target=self._state.host, box=self._state.box + in_body)
            if in_body:
                self._body.enter_box()

    def _unicode(self, number: int) -> None:
        code = number + 0x10000 if number < 0 else number
        if 0xD800 <= code < 0xDC00:
            self._high = code
        elif 0xDC00 <= code < 0xE000:
            if self._high:
                self._say(chr(0x10000 + ((self._high - 0xD800) << 10) + (code - 0xDC00)))
            self._high = 0
        elif 0 <= code < 0x110000:
            self._say(chr(code))
        self._pending = self._state.fallback

    def _property(self, word: str, number: int | None) -> None:
        on = number != 0
        if word == "v":
            self._state = replace(self._state, hidden=on)
        elif word == "deleted":
            self._state = replace(self._state, deleted=on)
        elif word == "b":
            self._state = replace(self._state, bold=on)
        elif word == "plain":
            usual = replace(self._state, hidden=False, deleted=False, bold=False, size=rich_state.USUAL_SIZE)
            self._state = replace(usual, font=self._default_font)
        elif word == "fs" and number:
            self._state = replace(self._state, size=number)
        elif word == "uc":
            self._state = replace(self._state, fallback=number or 0)
        elif word in ("listtext", "pntext"):
            self._state = replace(self._state, target="marker" if self._state.target == "body" else "")
        elif word == "intbl":
            self._body.paragraph.in_table = True
        elif word == "outlinelevel" and number is not None:
            self._body.paragraph.level = number + 1 if number < 9 else None
        elif word == "s" and number is not None:
            self._number = number
            if self._state.target == "body" and number in self._styles:
                self._body.paragraph.level = self._styles[number]
        else:
            self._font_property(word, number)

    def _font_property(self, word: str, number: int | None) -> None:
        if word == "ansicpg" and number and _is_code_page(f"cp{number}"):
            self._encoding = f"cp{number}"
        elif word in rich_state.CODE_PAGES:
            self._encoding = rich_state.CODE_PAGES[word]
        elif word == "deff":
            self._default_font = number
            self._state = replace(self._state, font=number)
        elif word == "f" and number is not None:
            if self._state.target == "fonts":
                self._number = number
                self._fonts[number] = Font()
            else:
                self._state = replace(self._state, font=number)
        elif word == "fcharset" and self._state.target == "fonts":
            own = None if number == 0 and self._encoding in rich_state.CODE_PAGES.values() else number
            self._fonts.setdefault(self._number, Font()).encoding = rich_state.CHARSETS.get(own)

    def _break(self, word: str) -> None:
        target = self._state.target
        if target == "note":
            self._notes[-1].text.append(" " if word == "par" else "")
        elif target in self._margins and word == "par":
            self._end_margin(target)
        elif target == "body" and not (word == "par" and (self._state.deleted or self._state.hidden)):
            self._body.lay_out(word)  # a mark that is deleted or hidden parts no paragraphs


def _is_code_page(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
