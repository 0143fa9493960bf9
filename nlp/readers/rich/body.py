"""The body of an RTF document in the making: paragraphs, table cells and text boxes in order."""

from __future__ import annotations

from dataclasses import replace

from nlp.readers.building import Builder
from nlp.readers.emphasis import Look, Looks
from nlp.readers.rich.state import Paragraph, Piece, State
from nlp.records import BlockKind, Cell


class Body:
    """Takes up what the file says and where paragraphs, cells, rows and text boxes end."""

    def __init__(self) -> None:
        self.paragraph = Paragraph()
        self._pieces: list[Piece] = []
        self._place = (0, 0, 0)  # table, row, column
        self._was_table = False
        self._hosts: list[tuple[Paragraph, list[Piece], tuple[int, int, int], bool]] = []

    def say(self, text: str, state: State) -> None:
        """Add to the paragraph a text that looks as `state` says."""
        self.paragraph.text.append(text)
        if text.strip():
            self.paragraph.sizes.add(state.size)
            self.paragraph.bold = self.paragraph.bold and state.bold

    def enter_box(self) -> None:
        """Begin a text box: what it says follows the paragraph on which it hangs."""
        self._hosts.append((self.paragraph, self._pieces, self._place, self._was_table))
        self.paragraph, self._pieces = Paragraph(), []
        self._place, self._was_table = (self._place[0] + self._was_table, 0, 0), False

    def leave_box(self) -> None:
        """End a text box; its tables count as the document's, unless it hangs in a cell."""
        self.end_paragraph()
        said, table = self._pieces, self._place[0] + self._was_table
        self.paragraph, self._pieces, place, self._was_table = self._hosts.pop()
        self._place = place if self._was_table else (table, *place[1:])
        self.paragraph.boxes += said

    def lay_out(self, word: str) -> None:
        """Take notice of a control word that ends or begins something."""
        table, row, column = self._place
        if word == "pard":
            self.paragraph.in_table, self.paragraph.level = False, None
        elif word in ("cell", "nestcell"):
            self.paragraph.in_table = True
            self.end_paragraph()
            self._place = (table, row, column + (word == "cell"))
            self.paragraph.in_table = True
        elif word == "row":
            self._place = (table, row + 1, 0)
        elif word in ("par", "sect", "page"):
            kept = self.paragraph.in_table, self.paragraph.level
            self.end_paragraph()
            self.paragraph.in_table, self.paragraph.level = kept

    def end_paragraph(self) -> None:
        """Keep what the paragraph says; a table ends with the first paragraph that stands in none."""
        paragraph, self.paragraph = self.paragraph, Paragraph()
        text = "".join(paragraph.text).strip()
        if not paragraph.in_table and self._was_table:
            self._place, self._was_table = (self._place[0] + 1, 0, 0), False
        self._was_table = paragraph.in_table or self._was_table
        marker = "".join(paragraph.marker).strip() or None
        cell = Cell(*self._place) if paragraph.in_table else None
        look = Look(min(paragraph.sizes, default=0) / 2, paragraph.bold)
        if text:
            self._pieces.append(Piece(text, marker, paragraph.level, cell, look))
        self._pieces += [replace(box, cell=cell or box.cell) for box in paragraph.boxes]

    def write(self, builder: Builder) -> None:
        """Hand all pieces to the builder; only now is known which sizes are those of titles."""
        looks = Looks()
        for piece in self._pieces:
            looks.weigh(piece.look, len(piece.text))
        for piece in self._pieces:
            _write(piece, looks, builder)


def _write(piece: Piece, looks: Looks, builder: Builder) -> None:
    kind: BlockKind = "paragraph"
    level = None
    if piece.cell:
        kind = "table_cell"
    elif level := piece.level or looks.heading_level(piece.text, piece.look, counted=piece.marker is not None):
        kind = "heading"
    builder.add(piece.text, kind, level=level, marker=piece.marker, cell=piece.cell)
