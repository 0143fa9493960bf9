"""What a paragraph of a Word document says: its runs, without what the page does not show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nlp.readers import symbols
from nlp.readers.building import Builder
from nlp.readers.word.notes import Notes
from nlp.readers.word.styles import Styles, W, integer, switch, value

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SAID = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_LOST = {
    f"{W}del": "deleted passages left out",
    f"{W}commentReference": "comments left out",
    f"{W}object": "embedded objects left out",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": "diagrams left out",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": "charts left out",
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip": "pictures left out",
    "{urn:schemas-microsoft-com:vml}imagedata": "pictures left out",
}
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_TEXT = frozenset((f"{W}t", f"{_M}t"))
FLOW = frozenset((f"{W}p", f"{W}tbl", f"{W}altChunk", f"{W}subDoc"))
BOX = frozenset((f"{W}txbxContent",))
SKIPPED = frozenset((f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}instrText", _FALLBACK))
_DEEP = FLOW | BOX


def in_order(root: Any, wanted: frozenset[str], through: frozenset[str] = frozenset()) -> Iterator[Any]:
    """Yield the wanted elements below `root` in order, looking into wrappers but not into one another.

    Args:
        through: tables or boxes to look into all the same.
    """
    stack = list(reversed(root))
    while stack:
        element = stack.pop()
        if element.tag in wanted:
            yield element
        elif element.tag not in SKIPPED | (_DEEP - through):
            stack += reversed(element)


class Runs:
    """Reads paragraphs and counts what it leaves out.

    Args:
        builder: is told the losses. styles, notes: of the document; `notes` is told of every mark of a note.
    """

    def __init__(self, builder: Builder, styles: Styles, notes: Notes) -> None:
        self._builder, self._styles, self._notes = builder, styles, notes
        self._silent: set[Any] = set()

    def prepare(self, root: Any) -> None:
        """Find out what stands in the questions of fields; must come before the text of this part is asked for."""
        self._silent |= _asked(root)

    def text(self, paragraph: Any) -> str:
        """Return what a paragraph says, counting on the way what it leaves out."""
        properties = paragraph.find(f"{W}pPr")
        said: list[str] = []
        stack = [paragraph]
        run: Any = None
        while stack:
            element = stack.pop()
            if element in self._silent:
                continue
            if element.tag == f"{W}r":
                run = element
                if not self._styles.shows(run, properties):
                    self._builder.lose("hidden passages left out")
                    continue
            if element.tag in _LOST:
                self._builder.lose(_LOST[element.tag])
            if element.tag in _NOTES:
                self._note(element)
            elif piece := self._said(element, run, properties):
                said.append(piece)
                self._builder.tell(piece, element)
            if element is paragraph or element.tag not in SKIPPED | _DEEP:
                stack += reversed(element)
        return "".join(said)

    def _said(self, element: Any, run: Any, properties: Any) -> str:
        if element.tag in _TEXT:
            text = element.text or ""
            if text.isascii() and len(text.strip()) != 1:
                return text
            return self._shown(text, None if run is None else self._styles.font(run, properties))
        if element.tag == f"{W}sym":
            return self._symbol(element)
        return _form_field(element) if element.tag == f"{W}fldChar" else _SAID.get(element.tag, "")

    def _shown(self, text: str, font: str | None) -> str:
        text = symbols.shown(text, font)
        if strange := symbols.unknown(text):
            self._builder.lose("signs of unknown symbol fonts", strange)
        return text

    def _symbol(self, element: Any) -> str:
        """Return a sign of a symbol font; fonts that are not known to be such hold ordinary letters."""
        code = element.get(f"{W}char", "")
        letter = chr(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else "\ufffd"
        return self._shown(letter, element.get(f"{W}font"))

    def _note(self, reference: Any) -> None:
        """Take up the mark of a note; one that the writer chose stands behind it in its run, and is no text."""
        mark = None
        if reference.get(f"{W}customMarkFollows", "0") in {"1", "true", "on"}:
            chosen = [e for e in reference.itersiblings() if e.tag in (f"{W}t", f"{W}sym")]
            self._silent.update(chosen)
            mark = "".join(self._symbol(e) if e.tag == f"{W}sym" else e.text or "" for e in chosen).strip()
        self._notes.refer(_NOTES[reference.tag], reference.get(f"{W}id"), mark)


def _asked(root: Any) -> set[Any]:
    """Return the elements that stand between a field's beginning and its result: questions, which no page shows.

    A question may hold fields of its own, with results. One that never ends swallows nothing.
    """
    asked: set[Any] = set()
    questions: list[list[Any] | None] = []  # of each open field: what was met so far, None when its result began
    for element in root.iter(f"{W}fldChar", f"{W}fldSimple", f"{W}tab", f"{W}br", f"{W}sym", *_TEXT, *_NOTES):
        step = element.get(f"{W}fldCharType") if element.tag == f"{W}fldChar" else None
        if step == "begin":
            questions.append([])
        elif step in ("separate", "end") and questions:
            asked.update(questions[-1] or ())
            questions[-1] = None
            if step == "end":
                questions.pop()
        elif step is None:
            for question in (met for met in questions if met is not None):
                question.append(element)
    return asked


def _form_field(mark: Any) -> str:
    """Return what a field of an old form shows that has no result in words: its tick, or the chosen entry."""
    box = mark.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        ticked = switch(box, "checked")
        return "☒" if (switch(box, "default") if ticked is None else ticked) else "☐"
    choices = mark.find(f"{W}ffData/{W}ddList")
    if choices is None:
        return ""
    entries = [entry.get(f"{W}val", "") for entry in choices.iterfind(f"{W}listEntry")]
    chosen = integer(value(choices, "result") or value(choices, "default"), 0)
    return entries[chosen] if chosen < len(entries) else ""
