"""Plain text and Markdown: the canonical text is the decoded file itself, blocks point into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from nlp.readers.building import clean, demote_siblings, losses_of
from nlp.readers.decoding import decode
from nlp.readers.flow import Line, Piece, is_wrapped, paragraphs, split_lines
from nlp.readers.shapes import heading_level
from nlp.readers.tabbed import TextCell, read_pipe_table, read_tab_table
from nlp.records import Block, Cell, Extract, Span
from nlp.settings import Settings


def read(data: bytes, settings: Settings) -> Extract:
    """Read text or Markdown. Offsets are those of the decoded file with ``\\n`` line ends and no byte order mark.

    Every character that is not white space is in a block, but for list markers and Markdown's own signs.
    """
    decoded = decode(data)
    losses = Counter(decoded.losses)
    text = clean(decoded.text, losses)
    cut = len(text) - settings.max_characters
    partial = None
    if cut > 0:
        text = text[: settings.max_characters]
        losses["characters beyond the limit"] = cut
        partial = f"only the first {settings.max_characters} characters were kept"
    return Extract(text, tuple(_blocks(text)), losses=losses_of(losses), partial=partial)


def _blocks(text: str) -> list[Block]:
    lines = split_lines(text)
    wrapped = is_wrapped(lines)
    blocks: list[Block] = []
    guessed: set[int] = set()
    table = 0
    for part in _parts(text, lines):
        if isinstance(part[0], TextCell):
            for cell in part:
                blocks += _cell_blocks(cell, table)
            table += 1
            continue
        for piece in paragraphs(part, wrapped):
            block = _block(piece, text)
            if block.kind == "heading" and piece.level is None:
                guessed.add(len(blocks))
            blocks.append(block)
    return demote_siblings(blocks, guessed)


def _parts(text: str, lines: Sequence[Line]) -> Iterator[list[Line] | list[TextCell]]:
    """Cut the lines into stretches of running text and tables."""
    flowing, number = 0, 0
    while number < len(lines):
        table = read_tab_table(text, lines, number) or read_pipe_table(text, lines, number)
        if table is None:
            number += 1
            continue
        if number > flowing:
            yield list(lines[flowing:number])
        cells, number = table
        yield cells
        flowing = number
    if flowing < len(lines):
        yield list(lines[flowing:])


def _block(piece: Piece, text: str) -> Block:
    span = Span(piece.start, piece.end)
    level = piece.level or heading_level(text[piece.start : piece.end], piece.marker)
    if level:
        return Block("heading", span, level=level, marker=piece.marker)
    return Block("list_item" if piece.marker else "paragraph", span, marker=piece.marker)


def _cell_blocks(cell: TextCell, table: int) -> Iterator[Block]:
    place = Cell(table, cell.row, cell.column)
    for piece in paragraphs(cell.lines):
        yield Block("table_cell", Span(piece.start, piece.end), marker=piece.marker, cell=place)
