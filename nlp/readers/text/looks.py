"""What only the whole text shows of its blocks: titles in small letters, and the notes below a line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby

from nlp.readers.shapes import ends_sentence
from nlp.readers.text.flow import Line
from nlp.records import FURNITURE, Block, Span

_TITLE_LENGTH = 80
_PROSE_LENGTH = 80
_FEWEST_TITLES = 3
_LONGEST_CHAIN, _LONGEST_OPENING = 2, 4
_TITLE_LEVEL = 5
_NO_TITLE = re.compile(r"\d.*,|,.*\d|[@|\t]|://|\s{3}|\d{4}\W*\Z")
_NOTE_LINE = re.compile(r"_{5,}")
_NOTE = re.compile(r"(?P<mark>\(\d{1,3}\)|\[\d{1,3}\]|\d{1,3}[./)]?|\*{1,3})[ \t]+(?=\S)")
_REFERENCE = re.compile(
    r"(?<=\S)[ \t\n]?[(\[](?P<bracketed>\d{1,3})[)\]]|(?<=\S)[ \t]?\b(?P<stroke>\d{1,3})/(?!\d)"
    r"|(?<=[^\W\d_])[.,;:”\"»)]?(?P<raised>\d{1,3})(?![\w/]|[.,]\d)|(?<=\w)[.,;:]?(?P<stars>\*{1,3})(?!\w)"
)


def plain_titles(text: str, blocks: Sequence[Block], alone: Collection[int], guessed: Collection[int]) -> list[Block]:
    """Make titles of short lines in small letters, where a text has several and no titles that are marked as such.

    A title stands alone between empty lines without final punctuation, after a finished paragraph and before one that
    goes on at length. More than two such lines in a row are a list or an address, but at the opening of the text.

    Args:
        alone: indices of blocks that are one line between empty lines.
        guessed: indices of headings that were recognised by their looks; the others are marked as such.
    """
    if any(block.kind == "heading" and index not in guessed for index, block in enumerate(blocks)):
        return list(blocks)
    body = [index for index, block in enumerate(blocks) if block.kind not in FURNITURE]
    runs = groupby(body, key=lambda i: i in guessed or (i in alone and _is_title(text, blocks[i])))
    chains = [(likely, list(run)) for likely, run in runs]
    titles: list[int] = []
    for (_, before), (likely, chain), (_, after) in zip([(False, []), *chains], chains, chains[1:]):  # noqa: B905
        longest = _LONGEST_CHAIN if before else _LONGEST_OPENING
        opens = not before or blocks[before[-1]].kind == "table_cell" or _is_finished(_said(text, blocks[before[-1]]))
        if likely and opens and len(chain) <= longest and _is_prose(text, blocks[after[0]]):
            titles += [index for index in chain if index not in guessed]
    if len(titles) < _FEWEST_TITLES:
        return list(blocks)
    kept = list(blocks)
    for index in titles:
        level = 1 if index == body[0] else _TITLE_LEVEL
        kept[index] = replace(blocks[index], kind="heading", level=level)
    return kept


def _said(text: str, block: Block) -> str:
    return text[block.span.start : block.span.end]


def _is_title(text: str, block: Block) -> bool:
    said = _said(text, block)
    if block.kind != "paragraph" or block.marker or block.cell or len(said) > _TITLE_LENGTH or "\n" in said:
        return False
    return said[:1].isupper() and (said[-1].isalnum() or said[-1] == ")") and not _NO_TITLE.search(said)


def _is_finished(said: str) -> bool:
    """Whether a text ends a sentence and opens no list."""
    return ends_sentence(said) and not said.endswith((":", ";"))


def _is_prose(text: str, block: Block) -> bool:
    said = _said(text, block)
    return block.kind == "paragraph" and len(said) >= _PROSE_LENGTH and ends_sentence(said)


def notes_below_lines(text: str, blocks: Sequence[Block], lines: Sequence[Line]) -> list[Block]:
    """Make footnotes of what follows a line of low dashes with a mark that the text above refers to.

    They go on to the end of the page, or to the first block without such a mark.
    """
    rules = [line for line in lines if _NOTE_LINE.fullmatch(line.text)]
    if not rules:
        return list(blocks)
    first_named: dict[str, int] = {}
    for match in _REFERENCE.finditer(text):
        first_named.setdefault(match[match.lastgroup or 0], match.start())
    kept = list(blocks)
    starts = [block.span.start for block in blocks]
    ends = [*(bisect_left(starts, line.begin) for line in rules[1:]), len(blocks)]
    for line, end in zip(rules, ends, strict=True):
        for index in range(bisect_left(starts, line.end), end):
            note = _as_note(text, blocks[index])
            named = note and first_named.get(_core(note.marker), line.end) < line.begin
            if note is None or not named or note.page not in (None, line.page):
                break
            kept[index] = note
    return kept


def _core(marker: str | None) -> str:
    return (marker or "").strip("()[]./")


def _as_note(text: str, block: Block) -> Block | None:
    if block.kind not in ("paragraph", "list_item", "heading"):
        return None
    if block.marker:
        return replace(block, kind="footnote", level=None) if _core(block.marker).isdigit() else None
    match = _NOTE.match(text, block.span.start, block.span.end)
    if not match:
        return None
    return replace(block, kind="footnote", span=Span(match.end(), block.span.end), level=None, marker=match["mark"])
