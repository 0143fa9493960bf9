"""Words of the Rich Text Format, and what holds at a place of such a file.

Source: Microsoft, "Rich Text Format (RTF) Specification", version 1.9.1 (2008).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nlp.readers.emphasis import Look
from nlp.records import BlockKind, Cell

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?"  # a control word with its number
    rb"|\\'([0-9a-fA-F]{2})"  # a byte in the font's code page
    rb"|\\([^a-zA-Z])"  # a control symbol
    rb"|([{}])|[\r\n]+|([^\\{}\r\n]+)"
    rb"|\\",  # a backslash at the end of a file that was cut short
    re.DOTALL,
)
SKIPPED = frozenset(
    "colortbl listtable listoverridetable rsidtbl generator pict object objdata fldinst themedata colorschememapping "
    "latentstyles datastore xmlnstbl filetbl revtbl pgdsctbl mmathPr template annotation atnid atnauthor atntime "
    "atnref atndate atrfstart atrfend bkmkstart bkmkend userprops nonshppict shppict shprslt".split()
)
SHAPES = frozenset(("shpinst", "do"))  # of Word 97 and later, and of Word 6
BOXES = frozenset(("shptxt", "dptxbxtext"))
LOST = {
    "pict": "pictures left out",
    "shppict": "pictures left out",
    "object": "embedded objects left out",
    "annotation": "comments left out",
}
CHARACTERS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "tab": "\t", "line": "\n", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
SYMBOLS = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
MARGINS: dict[str, BlockKind] = {
    **{f"header{side}": "header" for side in ("", "l", "r", "f")},
    **{f"footer{side}": "footer" for side in ("", "l", "r", "f")},
}
# What opens a group of its own kind, and what its text is.
TARGETS = {"fonttbl": "fonts", "stylesheet": "styles", "info": "info", "footnote": "note", **MARGINS}
BREAKS = frozenset("par sect page cell nestcell row pard trowd".split())
# Code pages by the number that a font's \fcharset gives; 0 is the document's own where that is no Windows page.
CHARSETS: dict[int | None, str] = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 134: "cp936", 161: "cp1253", 162: "cp1254", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 238: "cp1250", 255: "cp850",
}  # fmt: skip
CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_FORMATS = {
    "ar": "decimal", "alc": "lowerLetter", "auc": "upperLetter", "rlc": "lowerRoman", "ruc": "upperRoman",
    "chi": "chicago",
}  # fmt: skip
NOTE_FORMATS = {
    **{f"ftnn{end}": ("footnote", style) for end, style in _FORMATS.items()},
    **{f"aftnn{end}": ("endnote", style) for end, style in _FORMATS.items()},
}
USUAL_SIZE = 24  # in half points


@dataclass(frozen=True, slots=True)
class State:
    """What holds in a group of the file.

    Attributes:
        target: what its text is: "body", "note", "marker", "header", "footer", "title" or "fonts", "styles", "shape",
            "info" and "" for text that is no text.
        host: where a shape stands: the target of a text box in it. box: how many text boxes this is in.
        hidden, deleted, bold: whether its text is. size: in half points.
        fallback: letters that stand for a Unicode character in old programs. font: number in the table of fonts.
    """

    target: str = "body"
    host: str = ""
    box: int = 0
    hidden: bool = False
    deleted: bool = False
    bold: bool = False
    size: int = USUAL_SIZE
    fallback: int = 1
    font: int | None = None


@dataclass(slots=True)
class Font:
    """A font of the table: its code page (None: the document's) and its name."""

    encoding: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph as read, before the builder gets it."""

    text: str
    marker: str | None
    level: int | None
    cell: Cell | None
    look: Look


@dataclass(slots=True)
class Paragraph:
    """The paragraph that is being read, with the text boxes that hang on it."""

    text: list[str] = field(default_factory=list)
    marker: list[str] = field(default_factory=list)
    level: int | None = None
    in_table: bool = False
    boxes: list[Piece] = field(default_factory=list)
    sizes: set[int] = field(default_factory=set)
    bold: bool = True


@dataclass(slots=True)
class Note:
    """The note that is being read; `counted` where its mark is a number that the program counts."""

    kind: str = "footnote"
    counted: bool = False
    text: list[str] = field(default_factory=list)
