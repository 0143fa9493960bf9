"""Where a resolution stands: preamble, operative paragraphs with letters and items, annex; and numbers of mandates."""

from __future__ import annotations

import re

from nlp.records import Block, is_lead_in
from nlp.structure import kinds
from nlp.structure.facts import enacting_body
from nlp.structure.outline import marker_class


class ClauseTrail:
    """The clause and number that hold at the current block of a resolution or declaration.

    Attributes:
        clause: "preambular" or "operative", None above the preamble and in annexes. number: as `records.Passage` says.
        preamble: the line that leads into the grounds ("CONSIDERING:"), "" where each ground speaks for itself.
    """

    def __init__(self, language: str, symbol: str | None) -> None:
        self.clause: str | None = None
        self.number: str | None = None
        self.preamble = ""
        self._language, self._symbol = language, symbol
        self._led = False

    def enter(self, block: Block, text: str) -> None:
        """Step to the next block of the text, headings and notes aside."""
        if kinds.RESOLVES.match(text) or (kinds.DECLARES.match(text) and self.clause == "preambular"):
            self.clause, self.number, self.preamble = "operative", None, ""
        elif self.clause == "preambular" and kinds.RESOLVES_TO.match(text):
            self.clause, self.preamble = "operative", ""
        elif kinds.ANNEX.match(text) or (block.marker is None and self._begins_anew(text)):
            self.leave()
        elif self.clause == "operative":
            self.number = clause_number(self.number, block, self._led)
        elif kinds.PREAMBLE.match(text):
            self.clause, self.preamble = "preambular", text if is_lead_in(text) else ""
        self._led = is_lead_in(text)

    def enter_heading(self, text: str) -> None:
        """Step under a heading: an annex has no clauses."""
        if kinds.ANNEX.match(text) or self._begins_anew(text):
            self.leave()

    def leave(self) -> None:
        """Leave the clauses."""
        self.clause, self.number, self.preamble = None, None, ""

    def counts_on(self, block: Block) -> bool:
        """Whether a block looks like a title but carries the number that comes next among the operative paragraphs."""
        last = (self.number or "0").split(".")[0]
        mark = (block.marker or "").strip("(). ")
        return self.clause == "operative" and mark.isdecimal() and last.isdecimal() and int(mark) == int(last) + 1

    def _begins_anew(self, text: str) -> bool:
        """Whether another paper begins behind this one: its organ speaks, or its symbol stands alone."""
        if self.clause != "operative":
            return False
        symbol = kinds.symbol_alone(text)
        if symbol and symbol != self._symbol:  # its own symbol is a running header
            self._symbol = symbol
            return True
        return text.endswith(",") and enacting_body(text, self._language) is not None


def clause_number(current: str | None, block: Block, led: bool = True) -> str | None:
    """Number of an operative paragraph ("7"), of its letter ("7.a"), of its item ("7.a.ii"); unmarked text keeps it.

    Args:
        led: whether the block above leads into a list; else "i." after "h." is a letter.
    """
    kind = marker_class(block.marker)
    if kind is None or block.marker is None:
        return current
    mark = block.marker.strip("(). ")
    if kind == "number" or current is None:
        return mark
    parts = current.split(".")
    lettered = len(parts) > 1 and parts[1].isalpha()
    next_letter = len(parts) == 2 and len(mark) == 1 and not led and ord(mark) - 1 in map(ord, parts[1][-1:])
    depth = 2 if kind == "roman" and lettered and not next_letter else 1
    return ".".join([*parts[:depth], mark]) if kind in ("letter", "roman") else current


def mandate_number(block: Block, text: str) -> str | None:
    """The number printed with a mandate: "2.8" at its start, else its list number."""
    inline = re.match(r"\d{1,3}(?:\.\d{1,3})+(?=\s)", text)
    if inline:
        return inline[0]
    return (block.marker or "").strip("(). •·") or None
