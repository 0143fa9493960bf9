"""Rows and columns of HTML tables, and which tables hold data rather than layout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from nlp.readers.shapes import is_lone_marker
from nlp.records import BlockKind, Cell

Cells = Mapping[Cell, Sequence["Piece"]]
Taken = tuple[str, int, int]
_WIDEST = 1_000
LINKED = 0.8  # of the letters of a menu stand in links
_MENU_LINKS = 3
_MOST_DIGITS = 0.1
# A cell holds the text of the page when it has most of its table's letters, in so many pieces.
_MAIN_SHARE, _MAIN_PIECES = 0.6, 5


class Zone(NamedTuple):
    """A part of the page that its markup sets apart: "menu", "header", "footer" or "aside", and which of them."""

    kind: str
    number: int


@dataclass(slots=True)
class Mark:
    """A list marker; that of a list which counts down is known only when the list ends."""

    text: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text, what it is, and the cells it stands in, outermost first.

    Attributes:
        bold: whether all of it is bold and it looks like a title.
        linked: share of its letters that stand in links, in [0, 1]; links: how many there are.
        tool: whether its links only print the page, go back or lead to its top.
        source: the texts that it was made of: each with its number among all texts of the page, and where it starts.
    """

    text: str
    kind: BlockKind
    level: int | None = None
    mark: Mark | None = None
    path: tuple[Cell, ...] = ()
    bold: bool = False
    linked: float = 0.0
    links: int = 0
    tool: bool = False
    zone: Zone | None = None
    source: tuple[Taken, ...] = ()


class Grid:
    """Counts rows and columns of one table, with cells that span several.

    Attributes:
        layout: whether the page says that the table is only layout.
        marked: whether it says that the table holds data: by lines, a caption or titles of columns.
        captioning: whether the caption is being read, which stands in no cell.
    """

    def __init__(self, table: int, attributes: Mapping[str, str | None]) -> None:
        self.layout = attributes.get("role") in {"presentation", "none"}
        self.marked = "border" in attributes and (attributes["border"] or "1").strip() != "0"
        self.captioning = False
        self._table, self._row, self._column = table, -1, -1
        self._taken: dict[int, int] = {}
        self._wide = 1

    @property
    def place(self) -> Cell:
        """The current cell."""
        return Cell(self._table, max(0, self._row), max(0, self._column))

    def next_row(self) -> None:
        """Start a row; cells that span downwards keep their columns taken."""
        self._row, self._column, self._wide = self._row + 1, -1, 1
        self._taken = {column: left - 1 for column, left in self._taken.items() if left > 1}

    def next_cell(self, columns: int, rows: int) -> None:
        """Start a cell in the next free column that spans so many columns and rows (1 or more)."""
        if self._row < 0:
            self.next_row()
        self._column += self._wide if self._column >= 0 else 1
        while self._taken.get(self._column, 0) and self._column < _WIDEST:
            self._column += 1
        self._wide = min(max(columns, 1), _WIDEST)
        if rows > 1:
            self._taken.update(dict.fromkeys(range(self._column, self._column + self._wide), rows))


def cells_of(pieces: Iterable[Piece]) -> dict[int, dict[Cell, list[Piece]]]:
    """The pieces of each table by cell; those of an inner table stand in the outer one's cell too."""
    tables: defaultdict[int, dict[Cell, list[Piece]]] = defaultdict(dict)
    for piece in pieces:
        for place in piece.path:
            tables[place.table].setdefault(place, []).append(piece)
    return tables


def is_menu(pieces: Sequence[Piece]) -> bool:
    """Whether nearly all letters stand in links, and few are digits: names of documents carry numbers."""
    linked = sum(piece.linked * len(piece.text) for piece in pieces)
    digits = sum(sum(map(str.isdigit, piece.text)) for piece in pieces)
    letters = sum(len(piece.text) for piece in pieces)
    return linked >= LINKED * letters > 0 and digits < _MOST_DIGITS * letters


def main_cell(cells: Cells) -> Cell | None:
    """The cell that holds the text of the page, None in a table that has no such cell."""
    main = max(cells, key=lambda cell: _letters(cells[cell]))
    enough = len(cells[main]) >= _MAIN_PIECES and _letters(cells[main]) >= _MAIN_SHARE * sum(
        map(_letters, cells.values())
    )
    return main if enough else None


def menu_cells(cells: Cells, main: Cell) -> set[Cell]:
    """The cells beside the main one that hold the menu of the page; empty where there are only stray links."""
    menus = {cell for cell, held in cells.items() if cell != main and is_menu(held)}
    return menus if sum(piece.links for cell in menus for piece in cells[cell]) >= _MENU_LINKS else set()


def data_tables(pieces: Iterable[Piece], grids: Sequence[Grid]) -> dict[int, int]:
    """Return the tables that hold data, with their numbers in order of appearance.

    A table that fills a single row or column, or that has headings over text in it, only arranges the page. So does
    one without lines, titles of columns or a caption that frames the page's text, holds a table of data or nothing
    but links, or sets out a list.
    """
    tables = cells_of(pieces)
    data: set[int] = set()
    for table in sorted(tables, reverse=True):  # an inner table comes after the outer one
        cells, grid = tables[table], grids[table]
        if grid.layout or _is_plain(cells, grid.marked):
            continue
        if grid.marked or not (_holds(cells, data) or _frames(cells) or list_rows(cells)):
            data.add(table)
    return {table: number for number, table in enumerate(sorted(data))}


def join_markers(pieces: Sequence[Piece], grids: Sequence[Grid], data: Mapping[int, int]) -> list[Piece]:
    """Put each marker of a list that is set out by a table in front of its text, as one piece."""
    texts: dict[int, str] = {}  # markers by the piece that they stand before
    gone: set[int] = set()
    for table, cells in cells_of(pieces).items():
        if table not in data and not grids[table].marked:
            for mark, text in list_rows(cells):
                gone.add(id(mark))
                texts[id(text)] = mark.text
    return [
        replace(piece, text=f"{texts[id(piece)]} {piece.text}", kind="list_item") if id(piece) in texts else piece
        for piece in pieces
        if id(piece) not in gone
    ]


def list_rows(cells: Cells) -> list[tuple[Piece, Piece]]:
    """The markers and first texts of a table whose rows are all a lone marker and its text; empty for other tables."""
    rows: defaultdict[int, list[Sequence[Piece]]] = defaultdict(list)
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        rows[cell.row].append(cells[cell])
    found = []
    for held in rows.values():
        if len(held) != 2 or len(held[0]) != 1 or not is_lone_marker(held[0][0].text):
            return []
        if held[1][0].kind != "paragraph":
            return []
        found.append((held[0][0], held[1][0]))
    return found if len({cell.column for cell in cells}) == 2 else []


def _is_plain(cells: Cells, marked: bool) -> bool:
    """Whether cells fill one line only, or hold headings; where data is marked, one alone in its cell is its title."""
    one_line = len({cell.row for cell in cells}) == 1 or len({cell.column for cell in cells}) == 1
    alone = 1 if marked else 0
    return one_line or any(piece.kind == "heading" for held in cells.values() if len(held) > alone for piece in held)


def _holds(cells: Cells, data: set[int]) -> bool:
    return any(place.table in data for held in cells.values() for piece in held for place in piece.path)


def _frames(cells: Cells) -> bool:
    """Whether the table frames the page: a menu beside the text, or a text with titles in one cell; or only links."""
    main = main_cell(cells)
    if main is None:
        return all(map(is_menu, cells.values()))
    titled = sum(piece.bold for piece in cells[main]) > 1
    return titled or (bool(menu_cells(cells, main)) and not _has_titles(cells))


def _has_titles(cells: Cells) -> bool:
    """Whether the first row is bold in every column, as titles of columns are."""
    top = min(cell.row for cell in cells)
    titles = [cell for cell in cells if cell.row == top and all(piece.bold for piece in cells[cell])]
    return len(titles) == len({cell.column for cell in cells})


def _letters(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)
