"""Building a canonical text piece by piece, so that every block's offsets are right by construction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any
from unicodedata import is_normalized, normalize

from nlp.readers.shapes import count_on, heading_level, split_marker
from nlp.records import Block, BlockKind, Box, Cell, Extract, Loss, Span

_NUL_OR_SURROGATE = re.compile(r"[\x00\ud800-\udfff\ufffe\uffff]")  # nor what is no character: XML refuses it
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f]")
_LATE_CONTROL = re.compile(r"[\x80-\x9f]")
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+"
)  # hints to a line-breaking program
_NOTE_MARK = re.compile(r"(\[?\(?\d{1,3}[\])]?|[*†‡]{1,3})[.:]?\s+(?=\S)")
_ACCENTS_APART = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_NUMBERED: frozenset[str] = frozenset({"paragraph", "list_item", "table_cell", "heading"})


def clean(text: str, losses: Counter[str]) -> str:
    """Return `text` with ``\\n`` line ends and without characters that no output can hold.

    NUL, lone surrogates and what is no character become U+FFFD, other C0 controls except tab, line feed and form
    feed a space, C1 controls what cp1252 means by their number: nobody writes them, careless programs make them. All
    are added to `losses`. Apart from line ends, the length stays.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text, broken = _NUL_OR_SURROGATE.subn("\ufffd", text)
    text, controls = _CONTROL.subn(" ", text)
    text, late = _LATE_CONTROL.subn(_as_western, text)
    losses.update({"NULs and broken characters replaced": broken, "control characters replaced": controls + late})
    return text


def _as_western(match: re.Match[str]) -> str:
    return match.group().encode("latin-1").decode("cp1252", errors="replace")


def losses_of(counted: Counter[str]) -> tuple[Loss, ...]:
    """Return the counted losses as records, in the order they were first met."""
    return tuple(Loss(what, count) for what, count in counted.items() if count > 0)


def demote_siblings(blocks: Sequence[Block], guessed: Container[int]) -> list[Block]:
    """Turn guessed headings into list items where a neighbour's number is the one before or after: a list, no titles.

    Args:
        blocks: in reading order.
        guessed: indices of headings that were recognised by their looks alone.
    """
    markers = [None, *[block.marker for block in blocks], None]
    kept = list(blocks)
    for index, own in enumerate(markers[1:-1]):
        if own and index in guessed and blocks[index].kind == "heading":
            before, _, after = markers[index : index + 3]
            if count_on(before, own) or count_on(own, after):
                kept[index] = replace(blocks[index], kind="list_item", level=None)
    return kept


class Builder:
    """Appends pieces to a canonical text and keeps their blocks.

    Blocks are parted by an empty line, cells of one table by a line end.

    Args:
        limit: characters kept at most; what comes later is counted as lost.
    Attributes:
        listens: whether `tell` does anything.
    """

    listens = False

    def __init__(self, limit: int) -> None:
        self.blocks: list[Block] = []
        self._guessed: set[int] = set()
        self.losses: Counter[str] = Counter()
        self._limit = limit
        self._pieces: list[str] = []
        self._length = 0
        self._cut = 0

    def lose(self, what: str, count: int = 1) -> None:
        """Count something that could not be kept."""
        self.losses[what] += count

    def tell(self, text: str, source: Any) -> None:
        """Hear which part of the file the next block's text comes from, piece by piece; only `tracing` remembers."""

    def add(
        self,
        text: str,
        kind: BlockKind = "paragraph",
        *,
        page: int | None = None,
        box: Box | None = None,
        level: int | None = None,
        marker: str | None = None,
        cell: Cell | None = None,
        confidence: float | None = None,
    ) -> None:
        """Append one block; white space around `text` is dropped, blank text is ignored.

        Soft hyphens, joiners and other characters that nobody sees are left out and counted: they part words that
        readers see whole. Accents that stand apart join their letters: the two are the same to Unicode, but not to
        what reads words.

        A list marker typed in front of the text stays in the canonical text, outside the block's span; a paragraph
        with a marker becomes a list item, and one that looks like a heading a heading.
        """
        if not text.isprintable():  # most text is, and need not be searched for what cannot be seen
            text, unseen = _INVISIBLE.subn("", clean(text, self.losses))
            self.losses["invisible characters left out"] += unseen
        if not is_normalized("NFC", text):
            text = _ACCENTS_APART.sub(lambda letter: normalize("NFC", letter.group()), text)
        text = text.strip()
        if not text:
            return
        typed, skip = (None, 0)
        if not marker and kind in _NUMBERED:
            typed, skip = split_marker(text)
        elif not marker and kind == "footnote" and (mark := _NOTE_MARK.match(text)):
            typed, skip = mark[1], mark.end()
        if kind == "paragraph":
            guessed = heading_level(text[skip:], typed or marker)
            if guessed:
                kind, level = "heading", guessed
                self._guessed.add(len(self.blocks))
            elif typed or marker:
                kind = "list_item"
        start = self._append(text, cell)
        if start is None:
            return
        span = Span(start + skip, self._length) if start + skip < self._length else Span(start, self._length)
        self.blocks.append(Block(kind, span, page, box, level, marker or typed, cell, confidence))

    def extract(self, *, pages: int | None = None, title: str | None = None, partial: str | None = None) -> Extract:
        """Return what was built; reaching the limit makes it partial."""
        if self._cut:
            self.losses["characters beyond the limit"] += self._cut
            partial = "; ".join(filter(None, (partial, f"only the first {self._limit} characters were kept")))
        return Extract(
            text="".join(self._pieces),
            blocks=tuple(demote_siblings(self.blocks, self._guessed)),
            pages=pages,
            title=clean(title, Counter()).strip() or None if title else None,
            losses=losses_of(self.losses),
            partial=partial,
        )

    def _append(self, text: str, cell: Cell | None) -> int | None:
        """Add `text` after a separator; return where it starts, None when nothing of it fits."""
        separator = self._separator(cell)
        start = self._length + len(separator)
        kept = text
        if start + len(text) > self._limit:
            kept = text[: max(0, self._limit - start)].rstrip()
            self._cut += len(text) - len(kept)
            if not kept:
                return None
        self._pieces += [separator, kept]
        self._length = start + len(kept)
        return start

    def _separator(self, cell: Cell | None) -> str:
        if not self.blocks:
            return ""
        before = self.blocks[-1].cell
        return "\n" if before and cell and before.table == cell.table else "\n\n"
