"""What stands around the text of a web page: menus, banners, lines of links, rights reserved.

It stays in the canonical text as header or footer, but is no part of the body. Rules:

* what the page's own header, footer and navigation hold, unless it is long or the page's only title;
* the cells beside the text in a table that frames the page, when one of them is a menu;
* lines of links and of rights before the first or after the last heading or sentence, unless a line introduces them;
* links that only print the page or lead to its top, and asides of links.

Names of documents are no entries of a menu: they carry numbers or are long.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from nlp.readers.shapes import HEADING_LENGTH, ends_sentence
from nlp.readers.web.grid import LINKED, Piece, Zone, cells_of, is_menu, main_cell, menu_cells
from nlp.records import BlockKind

_RIGHTS = re.compile(r"©|(?:copyright|\(c\)\s?\d{4})\b", re.IGNORECASE)
_LONGEST = 300
_LONGEST_LABEL = 40
_LINES_PASSED = 3


def margins(pieces: Sequence[Piece], data: Mapping[int, int]) -> dict[int, BlockKind]:
    """Return which pieces (by index) are furniture: headers before the first title or sentence, footers behind it.

    Args:
        pieces: of the whole page, in document order.
        data: the tables that hold data; their cells are text.
    """
    free = [i for i, piece in enumerate(pieces) if not _is_cell(piece, data) and piece.kind != "footnote"]
    found = {i for i in free if pieces[i].tool and pieces[i].linked >= LINKED} | _zoned(pieces, free)
    found |= _beside_text(pieces, data)
    found &= set(free)
    body = [i for i in range(len(pieces)) if i not in found]
    text = set(free)
    found |= _edge(pieces, body, text) | _edge(pieces, body[::-1], text)
    kept = [i for i in range(len(pieces)) if i not in found]
    if not kept:  # a page of links alone: they are its text
        return {}
    first = next((i for i in kept if not _is_line(pieces[i])), kept[0])
    return {i: "header" if i < first else "footer" for i in found}


def _zoned(pieces: Sequence[Piece], free: Iterable[int]) -> set[int]:
    zones: defaultdict[Zone, list[int]] = defaultdict(list)
    for i in free:
        zone = pieces[i].zone
        if zone:
            zones[zone].append(i)
    titles = [piece.zone for piece in pieces if piece.kind == "heading" and piece.level == 1]
    found: set[int] = set()
    for zone, held in zones.items():
        titled = zone.kind == "header" and zone in titles and len(titles) == 1
        if not titled and (zone.kind != "aside" or is_menu([pieces[i] for i in held])):
            found.update(i for i in held if len(pieces[i].text) <= _LONGEST)
    return found


def _beside_text(pieces: Sequence[Piece], data: Mapping[int, int]) -> set[int]:
    """What stands beside the text in tables that frame the page: menus, and short lines without a title."""
    margin: set[int] = set()
    for table, cells in cells_of(pieces).items():
        main = None if table in data else main_cell(cells)
        menus = menu_cells(cells, main) if main else set()
        for cell, held in cells.items() if menus else ():
            # A banner stands above the text and rights below; what stands beside it may belong to it.
            apart = main is not None and cell.row != main.row and all(map(_is_line, held))
            if cell in menus or apart:
                margin.update(map(id, held))
    return {i for i, piece in enumerate(pieces) if id(piece) in margin}


def _edge(pieces: Sequence[Piece], order: Sequence[int], free: set[int]) -> set[int]:
    """Menus and rights at one end of the page; `order` leads from there inwards, over a few short lines at most."""
    found: set[int] = set()
    run: list[int] = []
    passed = 0
    for i in order:
        piece = pieces[i]
        if i in free and _is_entry(piece):
            run.append(i)
            continue
        found |= _menu(pieces, run)
        run = []
        if i in free and _is_rights(piece):
            found.add(i)
        elif i not in free or passed == _LINES_PASSED or not _is_line(piece):
            return found
        else:
            passed += 1
    return found | _menu(pieces, run)


def _menu(pieces: Sequence[Piece], run: Sequence[int]) -> set[int]:
    """The run of links if it is a menu: its labels are short, and no line or title introduces it."""
    if not run:
        return set()
    before = pieces[min(run) - 1] if min(run) else None
    introduced = before and (before.kind == "heading" or before.text.endswith(":"))
    letters = sum(len(pieces[i].text) for i in run)
    short = letters <= _LONGEST_LABEL * sum(max(1, pieces[i].links) for i in run)
    return set(run) if short and not introduced else set()


def _is_cell(piece: Piece, data: Mapping[int, int]) -> bool:
    return any(place.table in data for place in piece.path)


def _is_entry(piece: Piece) -> bool:
    return piece.kind != "heading" and is_menu([piece])


def _is_rights(piece: Piece) -> bool:
    return len(piece.text) <= _LONGEST and bool(_RIGHTS.match(piece.text) or "©" in piece.text)


def _is_line(piece: Piece) -> bool:
    short = len(piece.text) <= HEADING_LENGTH and piece.kind != "heading" and not ends_sentence(piece.text)
    return short or _is_rights(piece)
