"""Pages of a PDF into one text: paragraphs and tables that go on over a page, headers and footers apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from nlp.readers.building import Builder
from nlp.readers.pdf.frames import Frame
from nlp.readers.pdf.glyphs import HYPHEN
from nlp.readers.pdf.grids import Ruled
from nlp.readers.pdf.hyphens import Compounds, joined
from nlp.readers.pdf.layout import Paragraph, goes_over, read_paragraphs
from nlp.readers.pdf.lines import Line
from nlp.readers.pdf.margins import find_margins
from nlp.readers.shapes import HEADING_LENGTH, is_footnote
from nlp.records import BlockKind, Box, Cell

_LARGER, _SMALLER = 1.15, 0.87
_ALIKE = 0.94  # accents make a line taller
_BOLD_LEVEL = 6
_NOTES_BEGIN = 0.6  # of the page's height: no footnote stands higher
_SAME_EDGE = 5.0  # points by which the edges of a table may differ from page to page
_Rows = list[tuple[int, int, list[Paragraph]]]


@dataclass(slots=True)
class Table:
    """A table as drawn, with what stands in its cells: (row, column, lines)."""

    drawn: Ruled
    cells: list[tuple[int, int, list[Line]]]


@dataclass(slots=True)
class Page:
    """What a page holds, in its `frame`; `shown` is the frame in which people see it.

    Attributes:
        number: from 1. characters, pictures: how many it has. drawn_only: whether there is something on it, but no text
            to read.
    """

    number: int
    frame: Frame
    shown: Frame
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    characters: int = 0
    pictures: int = 0
    drawn_only: bool = False


class _Piece(NamedTuple):
    """A block to be: what `Builder.add` is told, and the lines it was made of, by page."""

    text: str
    kind: BlockKind
    page: int
    box: Box
    level: int | None = None
    cell: Cell | None = None
    confidence: float | None = None
    lines: tuple[tuple[int, tuple[Line, ...]], ...] = ()

    def with_more(self, other: _Piece, compounds: Compounds) -> _Piece:
        """This piece with another that goes on with it."""
        return self._replace(text=joined(self.text, other.text, compounds), lines=(*self.lines, *other.lines))


class Assembly:
    """Puts the pages' lines and tables into the canonical text, once all pages are known."""

    def __init__(self, builder: Builder, pages: Sequence[Page]) -> None:
        self._builder, self._pages = builder, pages
        shown = [
            [line._replace(box=page.frame.moved(line.box, page.shown)) for line in page.lines]
            if page.frame.rotation != page.shown.rotation
            else page.lines
            for page in pages
        ]
        self._margins = find_margins(shown, [page.shown.height for page in pages])
        self._compounds = Compounds.of([page.lines for page in pages])
        self._written = _characters(pages)
        self._body = self._body_size()
        self._sizes = self._heading_sizes()
        self._tables = _Tables(self._compounds)

    def write(self) -> None:
        """Write headers, flow and footers of each page."""
        flows = [[*self._flow(page, margins)] for page, margins in zip(self._pages, self._margins, strict=True)]
        _go_over_pages(flows, self._compounds)
        for page, margins, flow in zip(self._pages, self._margins, flows, strict=True):
            self._write(self._margin(page, margins, "header"))
            self._write(flow)
            self._write(self._margin(page, margins, "footer"))

    def _write(self, pieces: Iterable[_Piece]) -> None:
        for piece in pieces:
            if self._builder.listens:
                self._tell(piece)
            self._builder.add(
                piece.text,
                piece.kind,
                page=piece.page,
                box=piece.box,
                level=piece.level,
                cell=piece.cell,
                confidence=piece.confidence,
            )

    def _tell(self, piece: _Piece) -> None:
        for number, lines in piece.lines:
            for part in (part for line in lines for part in line.pieces):
                self._builder.tell(part.text, (number, part))

    def _margin(self, page: Page, margins: dict[int, BlockKind], kind: BlockKind) -> Iterator[_Piece]:
        for index, side in margins.items():
            if side == kind:
                line = page.lines[index]
                text = line.text.replace(HYPHEN, "-")
                box = page.frame.moved(line.box, page.shown)
                yield _Piece(text, kind, page.number, box, lines=((page.number, (line,)),))

    def _flow(self, page: Page, margins: dict[int, BlockKind]) -> Iterator[_Piece]:
        lines = [line for index, line in enumerate(page.lines) if index not in margins]
        done = 0
        for table in page.tables:
            above = done
            while above < len(lines) and lines[above].box.top < table.drawn.box.top:
                above += 1
            yield from self._paragraphs(page, lines[done:above])
            yield from self._tables.read(page, table, first=above == 0, last=above == len(lines))
            done = above
        yield from self._paragraphs(page, lines[done:])

    def _paragraphs(self, page: Page, lines: Sequence[Line]) -> Iterator[_Piece]:
        for paragraph in read_paragraphs(lines, self._compounds):
            kind, level = self._kind(paragraph, page)
            yield _piece(paragraph, kind, page, level)

    def _kind(self, paragraph: Paragraph, page: Page) -> tuple[BlockKind, int | None]:
        below = paragraph.size < _SMALLER * self._body and paragraph.box.top > _NOTES_BEGIN * page.frame.height
        if below and is_footnote(paragraph.text):
            return "footnote", None
        titled = len(paragraph.text) < HEADING_LENGTH and not paragraph.text.endswith((".", ",", ";", ":"))
        level = self._level(paragraph.size) if titled or paragraph.size > 1.4 * self._body else None
        if level is None and titled and paragraph.bold:
            level = _BOLD_LEVEL
        return ("heading", level) if level and any(map(str.isalpha, paragraph.text)) else ("paragraph", None)

    def _body_size(self) -> float:
        """Return the size in which most characters stand."""
        sizes: dict[float, int] = defaultdict(int)
        for size, characters in self._written.items():
            sizes[round(size, 1)] += characters
        return max(sizes, key=sizes.__getitem__, default=0.0)

    def _heading_sizes(self) -> list[float]:
        """Return the sizes that are larger than the body's, the largest first: the smallest of those that are alike."""
        larger = sorted((size for size in self._written if size > _LARGER * self._body), reverse=True)
        sizes: list[float] = []
        first = 0.0
        for size in larger:
            if size < _ALIKE * first or not sizes:
                sizes.append(size)
                first = size
            sizes[-1] = size
        return sizes

    def _level(self, size: float) -> int | None:
        """The level of a title by its size, None for text of the body."""
        level = next((level for level, least in enumerate(self._sizes, 1) if size >= least), None)
        return level and min(level, _BOLD_LEVEL)


def _characters(pages: Iterable[Page]) -> dict[float, int]:
    """How many characters of the pages' lines stand in each size."""
    written: dict[float, int] = defaultdict(int)
    for page in pages:
        for line in page.lines:
            written[line.size] += len(line.text)
    return written


def _piece(
    paragraph: Paragraph, kind: BlockKind, page: Page, level: int | None = None, cell: Cell | None = None
) -> _Piece:
    box = page.frame.moved(paragraph.box, page.shown)
    lines = (page.number, paragraph.lines)
    return _Piece(paragraph.text, kind, page.number, box, level, cell, paragraph.confidence, (lines,))


def _go_over_pages(flows: Sequence[list[_Piece]], compounds: Compounds) -> None:
    """Join, in place, paragraphs and cells that a page's end cuts off in the middle of a sentence."""
    for one, other in pairwise(flows):
        _join_cells(one, other, compounds)
    cut: tuple[int, int] | None = None  # page and place of the paragraph that may go on
    for number, flow in enumerate(flows):
        first = flow[0] if flow else None
        if cut and first and first.kind == "paragraph":
            before = flows[cut[0]][cut[1]]
            if goes_over(before.text, first.text):
                flows[cut[0]][cut[1]] = before.with_more(first, compounds)
                del flow[0]
        body = [place for place, piece in enumerate(flow) if piece.kind != "footnote"]
        if body:
            cut = (number, body[-1]) if flow[body[-1]].kind == "paragraph" else None


def _join_cells(before: list[_Piece], after: list[_Piece], compounds: Compounds) -> None:
    last = {piece.cell: place for place, piece in enumerate(before) if piece.cell}
    for piece in list(after) if last else ():
        place = last.get(piece.cell) if piece.cell else None
        if place is not None and goes_over(before[place].text, piece.text):
            before[place] = before[place].with_more(piece, compounds)
            after.remove(piece)


class _Tables:
    """Gives cells their places; a table may go on from the page before."""

    def __init__(self, compounds: Compounds) -> None:
        self._compounds = compounds
        self._number, self._row = -1, 0
        self._open: tuple[int, Ruled] | None = None  # the page on whose end a table stands, and that table
        self._titles: list[str] = []
        self._said: dict[int, str] = {}  # the last row's texts by column

    def read(self, page: Page, table: Table, first: bool, last: bool) -> Iterator[_Piece]:
        """Yield the cells of a table; `first`, `last`: whether it is the first or last thing of its page."""
        cells = [(row, column, read_paragraphs(lines, self._compounds)) for row, column, lines in table.cells]
        goes_on = bool(self._open) and first and self._fits(page, table.drawn)
        if goes_on and self._titles and _texts(cells, 0) == self._titles:
            for paragraph in (paragraph for row, _, own in cells if row == 0 for paragraph in own):
                yield _piece(paragraph, "header", page)
            cells = [(row - 1, column, own) for row, column, own in cells if row]
        if not goes_on:
            self._number, self._row, self._titles = self._number + 1, 0, _texts(cells, 0)
        elif self._same_row(cells):
            self._row -= 1
        for row, column, paragraphs in cells:
            for paragraph in paragraphs:
                yield _piece(paragraph, "table_cell", page, cell=Cell(self._number, self._row + row, column))
        rows = [row for row, _, _ in cells]
        self._said = {column: own[-1].text for row, column, own in cells if row == max(rows)}
        self._row += max(rows, default=-1) + 1
        self._open = (page.number, table.drawn) if last else None

    def _fits(self, page: Page, drawn: Ruled) -> bool:
        """Whether a table has the columns of the one that the page before ends with."""
        number, before = self._open or (0, drawn)
        edges = abs(before.box.x0 - drawn.box.x0) < _SAME_EDGE and abs(before.box.x1 - drawn.box.x1) < _SAME_EDGE
        return number == page.number - 1 and edges and before.columns == drawn.columns

    def _same_row(self, cells: _Rows) -> bool:
        """Whether the first row says on what the last one of the page before was cut off in."""
        texts = {column: own[0].text for row, column, own in cells if row == 0}
        over = [goes_over(self._said[column], text) for column, text in texts.items() if column in self._said]
        return 0 not in texts and bool(over) and any(over)


def _texts(cells: _Rows, wanted: int) -> list[str]:
    return [paragraph.text for row, _, own in cells if row == wanted for paragraph in own]
