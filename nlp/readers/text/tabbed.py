"""Tables that a conversion to text left behind: cells that begin with a tab, and Markdown's pipe tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.readers.shapes import HEADING_LENGTH, ends_sentence
from nlp.readers.text.flow import Line

_HEADER_LENGTH = 60
_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\Z")
_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(slots=True)
class TextCell:
    """A cell and its lines, blank ones included; row and column from 0."""

    row: int
    column: int
    lines: list[Line] = field(default_factory=list)


def read_tab_table(text: str, lines: Sequence[Line], at: int) -> tuple[list[TextCell], int] | None:
    """Read the table whose header row starts at line `at`.

    The header is two or more one-line cells, each on a line of its own after a tab, before an empty line; it gives
    the number of columns. Each later line that begins with a tab starts the next cell, which goes on over the lines
    below it. A repeated header starts a new row. A line that begins with a blank and a tab marks a lost cell: a new
    row begins there, in the first column when the text looks like a name, else in the second. The table ends where
    text without a tab follows two empty lines.

    Returns:
        The cells in order and the number of the first line after the table, None when there is no header.
    """
    header = _header(text, lines, at)
    if not header:
        return None
    table = _TabTable(len(header))
    blank = 0
    for number in range(at, len(lines)):
        line = lines[number]
        if _opens_cell(text, line):
            table.open(text, line, repeated=header == _header(text, lines, number))
        elif line.text and blank >= 2:
            return table.cells, number
        else:
            table.cells[-1].lines.append(line)
        blank = 0 if line.text else blank + 1
    return table.cells, len(lines)


class _TabTable:
    """Cells put into rows in the order they come."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.cells: list[TextCell] = []
        self._row, self._column = 0, -1

    def open(self, text: str, line: Line, repeated: bool) -> None:
        """Start the next cell with `line`; `repeated`: it begins the header row again."""
        lost = text.startswith(" \t", line.begin)
        if lost or repeated or self._column + 1 >= self.columns:
            self._row += bool(self.cells)
            self._column = 0 if not lost or _is_name(line.text) else 1
        else:
            self._column += 1
        self.cells.append(TextCell(self._row, self._column, [line]))


def read_pipe_table(text: str, lines: Sequence[Line], at: int) -> tuple[list[TextCell], int] | None:
    """Read the Markdown table whose header row is line `at`; returns as `read_tab_table`."""
    if at + 1 >= len(lines) or "|" not in lines[at].text or "|" not in lines[at + 1].text:
        return None
    if not _DELIMITER.match(lines[at + 1].text):
        return None
    cells = _pipe_cells(text, lines[at], 0)
    row, number = 1, at + 2
    while number < len(lines) and "|" in lines[number].text:
        cells += _pipe_cells(text, lines[number], row)
        row, number = row + 1, number + 1
    return cells, number


def _pipe_cells(text: str, line: Line, row: int) -> list[TextCell]:
    edges = [line.start + match.start() for match in _PIPE.finditer(line.text)]
    starts = [line.start, *(edge + 1 for edge in edges)]
    stops = [*edges, line.end]
    if line.text.startswith("|"):
        starts, stops = starts[1:], stops[1:]
    pieces = ((column, part_of(text, line, *edge)) for column, edge in enumerate(zip(starts, stops, strict=True)))
    return [TextCell(row, column, [piece]) for column, piece in pieces if piece]


def part_of(text: str, line: Line, begin: int, stop: int) -> Line | None:
    """Return what stands between two places of `line` without white space around it, None when nothing does.

    Its `indent` is its place on the line.
    """
    raw = text[begin:stop]
    start = begin + len(raw) - len(raw.lstrip())
    said = raw.strip()
    place = start - line.begin
    return line._replace(begin=begin, start=start, end=start + len(said), text=said, indent=place) if said else None


def _header(text: str, lines: Sequence[Line], at: int) -> list[str]:
    """Return the texts of a header row that starts at line `at`, [] when there is none."""
    names: list[str] = []
    for line in lines[at : at + 12]:
        if not text.startswith("\t", line.begin) or not line.text:
            return names if len(names) > 1 and not line.text and line.begin == line.end else []
        if len(line.text) >= _HEADER_LENGTH or ends_sentence(line.text):
            return []
        names.append(line.text)
    return []


def _opens_cell(text: str, line: Line) -> bool:
    return text.startswith(("\t", " \t"), line.begin)


def _is_name(text: str) -> bool:
    return len(text) < HEADING_LENGTH and not text[:1].isdigit() and not ends_sentence(text)
