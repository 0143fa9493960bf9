"""HTML: visible text only, with the numbers of its lists, the cells of its tables, and its menus set apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nlp.readers.building import Builder, clean
from nlp.readers.decoding import decode
from nlp.readers.web.furniture import margins
from nlp.readers.web.grid import Grid, Piece, data_tables, join_markers
from nlp.readers.web.walking import Walker
from nlp.records import Cell, Extract
from nlp.settings import Settings

_CHARSET = re.compile(rb"charset\s{0,8}=\s{0,8}[\"']?([A-Za-z0-9_.:-]{1,40})")
_CONDITIONAL = re.compile(r"<!\[(?!CDATA\[)[^<>]{0,200}>")
_BOLD_LEVEL = 6


def read(data: bytes, settings: Settings) -> Extract:
    """Read a page: block elements become blocks, ordered lists get their numbers back, tables their cells.

    A table that only arranges the page leaves no cells (see `grid.data_tables`); a table inside a table of data
    belongs to the outer one's cell. Menus and the like become headers and footers (see `furniture`). Hidden and
    deleted text and the fields of forms are left out and counted.
    """
    return build(data, Builder(settings.max_characters))


def build(data: bytes, builder: Builder) -> Extract:
    """As `read`; `builder` is told the number of the text, among those of `markup`, that each piece stands in."""
    walker = Walker(builder)
    walker.feed(markup(data, builder.losses))
    walker.finish()
    _build(walker.pieces, walker.grids, builder)
    return builder.extract(title=" ".join("".join(walker.title).split()) or None)


def markup(data: bytes, losses: Counter[str]) -> str:
    """Return what is read: the page decoded, without conditional comments, nothing left open; counts the losses."""
    declared = _CHARSET.search(data[:4096])
    decoded = decode(data, declared.group(1).decode("ascii") if declared else None)
    losses.update(decoded.losses)
    return _closed(_CONDITIONAL.sub("", clean(decoded.text, losses)))


def _closed(markup: str) -> str:
    """Return `markup` with comments and tags that never end turned to text: nothing hides, and nothing is slow."""
    comment_end = markup.rfind("-->") + 1
    markup = markup[:comment_end] + markup[comment_end:].replace("<!--", " ")
    tag_end = markup.rfind(">") + 1
    return markup[:tag_end] + markup[tag_end:].replace("<", "&lt;")


def _build(pieces: Sequence[Piece], grids: Sequence[Grid], builder: Builder) -> None:
    tables = data_tables(pieces, grids)
    pieces = [_titled(piece, tables) for piece in join_markers(pieces, grids, tables)]
    furniture = margins(pieces, tables)
    for index, piece in enumerate(pieces):
        marker = piece.mark.text if piece.mark else None
        place = _place(piece, tables)
        for text, number, start in piece.source:
            builder.tell(text, (number, start))
        if index in furniture:
            builder.add(piece.text, furniture[index])
        elif place is None:
            builder.add(piece.text, piece.kind, level=piece.level, marker=marker)
        else:
            builder.add(
                piece.text, "table_cell", marker=marker, cell=Cell(tables[place.table], place.row, place.column)
            )


def _place(piece: Piece, tables: dict[int, int]) -> Cell | None:
    return next((place for place in piece.path if place.table in tables), None)


def _titled(piece: Piece, tables: dict[int, int]) -> Piece:
    """Make a heading of a paragraph that is bold from end to end; in a table of data it may be any cell."""
    if piece.kind != "paragraph" or not piece.bold or _place(piece, tables):
        return piece
    return replace(piece, kind="heading", level=_BOLD_LEVEL)
