"""Tables whose cells go on over several lines of a text file: set anew, so that each cell is one piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from nlp.records import Block, Cell, Span


def set_cells_together(text: str, blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """Return the text and its blocks with the wrapped cells of tables joined by blanks.

    Only the stretch from the first to the last cell of a table that has such cells changes: drawn frames within it go,
    and cells follow one another, each on a line of its own. All else is copied.
    """
    pieces: list[str] = []
    kept: list[Block] = []
    copied = shift = 0
    for table, group in groupby(blocks, key=lambda block: block.cell.table if block.cell else None):
        own = list(group)
        runs = [cell for cell, _ in groupby(block.cell for block in own)]
        if table is None or len(set(runs)) == len(runs):  # no cell's pieces stand between another's
            kept += [replace(block, span=Span(block.span.start + shift, block.span.end + shift)) for block in own]
            continue
        begin, end = own[0].span.start, own[-1].span.end
        pieces.append(text[copied:begin])
        place = begin + shift
        said: list[str] = []
        by_cell: dict[Cell | None, list[Block]] = {}
        for block in own:
            by_cell.setdefault(block.cell, []).append(block)
        for parts in by_cell.values():
            joined = " ".join(text[part.span.start : part.span.end] for part in parts)
            kept.append(replace(parts[0], span=Span(place, place + len(joined))))
            place += len(joined) + 1
            said.append(joined)
        pieces.append("\n".join(said))
        shift, copied = place - 1 - end, end
    return "".join([*pieces, text[copied:]]), kept
