"""Plain text and Markdown: the canonical text is the decoded file, but for wrapped cells; blocks point into it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from nlp.readers.building import clean, demote_siblings, losses_of
from nlp.readers.decoding import decode
from nlp.readers.shapes import heading_level, is_rule
from nlp.readers.text.columns import read_aligned_table, read_framed_table, read_tab_rows
from nlp.readers.text.flow import Line, Piece, is_wrapped, paragraphs, split_lines, verbatim
from nlp.readers.text.looks import notes_below_lines, plain_titles
from nlp.readers.text.paging import page_margins
from nlp.readers.text.tabbed import TextCell, read_pipe_table, read_tab_table
from nlp.readers.text.wrapped import set_cells_together
from nlp.records import Block, BlockKind, Cell, Extract, Span
from nlp.settings import Settings

_END_OF_FILE = "\x1a"
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")  # by them a page can show another text than it holds
_FENCE = re.compile(r"(?P<sign>`{3,}|~{3,})[ \t]*[\w+.#-]*")
_FENCE_LINES = 500
_TABLES = (read_tab_table, read_pipe_table, read_framed_table, read_tab_rows, read_aligned_table)

Table = list[TextCell]


class _Draft(NamedTuple):
    """A block, whether it is a heading by its looks alone, and whether it is one line between empty lines."""

    block: Block
    guessed: bool = False
    alone: bool = False


def read(data: bytes, settings: Settings) -> Extract:
    """Read text or Markdown. Offsets are those of the decoded file with ``\\n`` line ends and no byte order mark.

    A table whose cells go on over several lines is set anew, cell by cell; what follows it has other offsets.

    Every character that is not white space is in a block, but for list markers, rules, drawn frames, signs of
    quotation, and Markdown's own signs. Form feeds part pages; DOS's sign for the end of a file is not kept.
    """
    decoded = decode(data)
    losses = Counter(decoded.losses)
    text = clean(decoded.text.rstrip(_END_OF_FILE), losses)
    text, losses["signs that turn the direction of writing, replaced"] = _DIRECTION.subn("\ufffd", text)
    cut = len(text) - settings.max_characters
    partial = None
    if cut > 0:
        text = text[: settings.max_characters]
        losses["characters beyond the limit"] = cut
        partial = f"only the first {settings.max_characters} characters were kept"
    lines = split_lines(text)
    pages = max((line.page for line in lines if line.text), default=1)
    paged = pages > 1 and any(map(str.isalnum, text))
    text, blocks = set_cells_together(text, _blocks(text, lines, paged))
    return Extract(text, tuple(blocks), pages if paged else None, losses=losses_of(losses), partial=partial)


def _blocks(text: str, lines: Sequence[Line], paged: bool) -> list[Block]:
    margins = page_margins(lines)
    body = [line._replace(end=line.start, text="") if line.number in margins else line for line in lines]
    drafts = [*_margin_drafts(lines, margins, paged), *_body_drafts(text, body, paged)]
    drafts.sort(key=lambda draft: draft.block.span)
    guessed = {index for index, draft in enumerate(drafts) if draft.guessed}
    alone = {index for index, draft in enumerate(drafts) if draft.alone}
    blocks = notes_below_lines(text, [draft.block for draft in drafts], lines)
    return demote_siblings(plain_titles(text, blocks, alone, guessed), guessed)


def _margin_drafts(lines: Sequence[Line], margins: Mapping[int, BlockKind], paged: bool) -> Iterator[_Draft]:
    for line in lines:
        if line.number in margins and not is_rule(line.text):
            yield _Draft(Block(margins[line.number], Span(line.start, line.end), line.page if paged else None))


def _body_drafts(text: str, lines: Sequence[Line], paged: bool) -> Iterator[_Draft]:
    table = 0
    for part in _parts(text, lines):
        cells = [cell for cell in part if isinstance(cell, TextCell)]
        for cell in cells:
            yield from _cell_drafts(cell, table, paged)
        table += bool(cells)
        for piece in part:
            if isinstance(piece, Piece):
                yield _draft(piece, text, paged)


def _parts(text: str, lines: Sequence[Line]) -> Iterator[Table | list[Piece]]:
    """Cut the lines into stretches of running text, tables, and what stands within fences."""
    wrapped = is_wrapped(lines)
    flowing, number = 0, 0
    while number < len(lines):
        part, after = _read_part(text, lines, number)
        if part is not None:
            yield list(paragraphs(lines[flowing:number], wrapped))
            yield part
            flowing = after
        number = after
    yield list(paragraphs(lines[flowing:], wrapped))


def _read_part(text: str, lines: Sequence[Line], at: int) -> tuple[Table | list[Piece] | None, int]:
    """Read the fence or table that begins at line `at`; returns it, None for neither, and the line after it."""
    if not lines[at].text:
        return None, at + 1
    closing = _fence_end(lines, at)
    if closing:
        return list(verbatim(lines[at + 1 : closing])), closing + 1
    for read_table in _TABLES:
        found = read_table(text, lines, at)
        if found:
            return found
    return None, at + 1


def _fence_end(lines: Sequence[Line], at: int) -> int | None:
    """Return the number of the line that closes the fence of Markdown opened at `at`, None when none is."""
    opening = _FENCE.fullmatch(lines[at].text)
    if not opening:
        return None
    ahead = range(at + 1, min(len(lines), at + _FENCE_LINES))
    return next((number for number in ahead if _closes(lines[number].text, opening["sign"])), None)


def _closes(text: str, sign: str) -> bool:
    return text.startswith(sign) and not text.strip(sign[0])


def _draft(piece: Piece, text: str, paged: bool) -> _Draft:
    span, page = Span(piece.start, piece.end), piece.page if paged else None
    if piece.kind:
        return _Draft(Block(piece.kind, span, page, marker=piece.marker))
    level = piece.level or heading_level(text[piece.start : piece.end], piece.marker)
    if level:
        heading = Block("heading", span, page, level=level, marker=piece.marker)
        return _Draft(heading, guessed=piece.level is None, alone=piece.alone)
    kind: BlockKind = "list_item" if piece.marker else "paragraph"
    return _Draft(Block(kind, span, page, marker=piece.marker), alone=piece.alone)


def _cell_drafts(cell: TextCell, table: int, paged: bool) -> Iterator[_Draft]:
    place = Cell(table, cell.row, cell.column)
    for piece in paragraphs(cell.lines):
        page = piece.page if paged else None
        yield _Draft(Block("table_cell", Span(piece.start, piece.end), page, marker=piece.marker, cell=place))
