"""Tables that were set with a typewriter in mind: columns of blanks or tabs, and frames drawn with signs.

A cell that goes on below itself gives several pieces with the same row and column, since the lines of its neighbours
stand between them in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from nlp.readers.shapes import is_lone_marker, is_rule
from nlp.readers.text.flow import Line
from nlp.readers.text.tabbed import TextCell, part_of

Row = dict[int, Line]
Gap = tuple[int, int]
Found = tuple[list[TextCell], int]
Reader = Callable[[str, Sequence[Line], int, int], Found | None]

_LINE = re.compile(r"[^\n\f]*")
_STRETCH = re.compile(r"\S+(?:[ \xa0]\S+)*")
_FRAME = re.compile(r"[+\u2500-\u257f][-=+ \u2500-\u257f]*[+\u2500-\u257f]")
_ACROSS = frozenset("-= ─━═┄┅┈┉╌╍")
_DOWN = frozenset("|│┃║¦┆┇┊┋╎╏")
_GUTTER = 2
_WIDEST = 200  # characters: a longer line was not set on a typewriter, and two blanks in it part sentences
_FOREVER = 1_000_000
_FEWEST_ROWS = 3
_ALIGNED = 0.7
_SHORT = 3
_WINDOW = 16
_TOP = 100


def read_tab_rows(text: str, lines: Sequence[Line], at: int) -> Found | None:
    """Read the table of one row a line whose cells are parted by tabs and whose first row is line `at`.

    Two rows or more have the same number of cells; rows may be parted by one empty line. Where typists needed several
    tabs to reach a column, the filled cells count. A marker, or a label with a colon, before a tab makes no table.

    Returns:
        The cells in order and the number of the first line after the table, None when there is no table.
    """
    return _widest(_read_tab_rows, text, lines, at)


def _widest(read: Reader, text: str, lines: Sequence[Line], at: int) -> Found | None:
    """Look at some lines first, so that what is no table costs little however long it is."""
    window = min(len(lines), at + _WINDOW)
    found = read(text, lines, at, window)
    return (read(text, lines, at, len(lines)) or found) if found and found[1] >= window - 1 else found


def _read_tab_rows(text: str, lines: Sequence[Line], at: int, stop: int) -> Found | None:
    rows: list[Row] = []
    last = at
    for number in range(at, stop):
        line = lines[number]
        if number - last > 1:
            break
        if line.text:
            row, tabs = _tab_row(text, line)
            alike = not rows or tabs == max(rows[0])
            if (len(row) < 2 and not (rows and alike and tabs > 1)) or (number > last and not alike):
                break
            rows.append(row)
            last = number + 1
    if len(rows) < 2 or _is_list(rows):
        return None
    if len({max(row) for row in rows}) > 1 and len({len(row) for row in rows}) == 1:
        rows = [dict(enumerate(row.values())) for row in rows]
    width, often = Counter(map(max, rows)).most_common(1)[0]
    if often < max(2, 0.6 * len(rows)) or width < 1:
        return None
    return _cells([[row] for row in rows]), last


def _tab_row(text: str, line: Line) -> tuple[Row, int]:
    """The filled cells of a line and the number of its tabs; quoted lines have none."""
    row: Row = {}
    match = _LINE.match(text, line.begin)
    cells = match[0].split("\t") if match and not line.quote else []
    begin = line.begin
    for column, raw in enumerate(cells):
        piece = part_of(text, line, begin, begin + len(raw))
        if piece:
            row[column] = piece
        begin += len(raw) + 1
    return row, len(cells) - 1


def read_aligned_table(text: str, lines: Sequence[Line], at: int) -> Found | None:
    """Read the table that begins at line `at` with columns that two or more blanks part at the same places.

    Returns:
        As `read_tab_rows`. None for what only looks so: lists with wide markers, labels with colons, the head of a
        letter, text in two columns as in newspapers, and gaps that do not come back on three lines.
    """
    if len(_stretches(text, lines[at])) < 2 or is_rule(lines[at].text):
        return None
    return _widest(_read_aligned, text, lines, at)


def _read_aligned(text: str, lines: Sequence[Line], at: int, stop: int) -> Found | None:
    gaps, number = _gather(text, lines, at, stop)
    groups: list[list[Row]] = [[]]
    for line in lines[at:number]:
        if line.text and not is_rule(line.text):
            groups[-1].append(_aligned_row(text, line, gaps))
        elif groups[-1]:
            groups.append([])
    groups = [group for group in groups if group]
    rows = [row for group in groups for row in group]
    at_top = len(gaps) == 1 and at < _TOP and not any(line.text for line in lines[:at])
    if at_top or not _is_table(rows, len(gaps) + 1):
        return None
    return _cells(_rows(groups)), number


def _stretches(text: str, line: Line) -> list[Gap]:
    """Where text stands on a line, in columns from its start; two blanks part stretches."""
    if line.quote or "\t" in text[line.begin : line.end] or line.end - line.begin > _WIDEST:
        return []
    return [match.span() for match in _STRETCH.finditer(text[line.begin : line.end])]


def _gather(text: str, lines: Sequence[Line], at: int, end: int) -> tuple[list[Gap], int]:
    """Add lines while blanks stay blank all the way down; return the gaps and the number of the line after the last."""
    free = [(0, _FOREVER)]
    taken, stop = 0, at
    for number in range(at, end):
        line = lines[number]
        if number - stop > 1:
            break
        if not line.text or is_rule(line.text):
            stop += is_rule(line.text) and number == stop
            continue
        stretches = _stretches(text, line)
        left = _still_free(free, stretches)
        lone = len(stretches) < 2 and number > 0 and not lines[number - 1].text
        if lone or _inner(left) < max(1, _inner(free) if taken > 1 else 1):
            break
        free, taken, stop = left, taken + 1, number + 1
    return [gap for gap in free if gap[0] > 0 and gap[1] < _FOREVER], stop


def _still_free(free: Sequence[Gap], stretches: Sequence[Gap]) -> list[Gap]:
    edges = [0, *(edge for stretch in stretches for edge in stretch), _FOREVER]
    blank = [*zip(edges[::2], edges[1::2], strict=True)]
    both = ((max(a, c), min(b, d)) for a, b in free for c, d in blank)
    return [(start, end) for start, end in both if end - start >= _GUTTER]


def _inner(free: Sequence[Gap]) -> int:
    """Number of gaps with text on both sides."""
    return sum(start > 0 and end < _FOREVER for start, end in free)


def _aligned_row(text: str, line: Line, gaps: Sequence[Gap]) -> Row:
    edges = [line.begin, *(min(line.begin + gap[1], line.end) for gap in gaps), line.end]
    parts = ((column, part_of(text, line, *edge)) for column, edge in enumerate(pairwise(edges)) if edge[0] < edge[1])
    return {column: piece for column, piece in parts if piece}


def _is_table(rows: Sequence[Row], columns: int) -> bool:
    full = sum(len(row) > 1 for row in rows)
    if columns < 2 or full < (_FEWEST_ROWS if columns == 2 else 2) or _is_list(rows):
        return False
    running = sum(all(piece.text[0].islower() for piece in row.values()) for row in rows)
    if columns == 2 and running > 0.4 * len(rows):
        return False
    return all(_is_aligned([row[column] for row in rows if column in row]) for column in range(1, columns))


def _is_aligned(pieces: Sequence[Line]) -> bool:
    """Whether most pieces of a column begin, or end, one below another."""
    places = ([piece.indent for piece in pieces], [piece.indent + len(piece.text) for piece in pieces])
    return any(Counter(place).most_common(1)[0][1] >= _ALIGNED * len(pieces) for place in places if place)


def _is_list(rows: Sequence[Row]) -> bool:
    """Whether two columns are markers or labels and what they open."""
    firsts = [row[0].text for row in rows if 0 in row]
    opening = sum(is_lone_marker(first) or len(first) <= _SHORT or first.endswith(":") for first in firsts)
    return max(map(len, rows)) <= 2 and opening >= 0.5 * len(firsts)  # whichever tab stop the text stands at


def read_framed_table(text: str, lines: Sequence[Line], at: int) -> Found | None:
    """Read the table within drawn lines whose upper edge is line `at`; returns as `read_tab_rows`.

    Where lines part all rows, what stands between two of them is a row; else each line begins one, unless it goes on.
    """
    if not _is_frame(lines[at]) or at + 1 >= len(lines) or lines[at + 1].text[:1] not in _DOWN:
        return None
    places: set[int] = set()
    number = at
    while number < len(lines) and (_is_frame(lines[number]) or lines[number].text[:1] in _DOWN):
        line = lines[number]
        if _is_frame(line):
            places.update(line.start - line.begin + i for i, sign in enumerate(line.text) if sign not in _ACROSS)
        number += 1
        if number - at > _WINDOW and len(places) < 3:
            return None
    crosses = sorted(places)
    groups: list[list[Row]] = [[]]
    for line in lines[at + 1 : number]:
        if _is_frame(line):
            groups.append([])
        else:
            groups[-1].append(_framed_row(text, line, crosses))
    groups = [filled for group in groups if (filled := [row for row in group if row])]
    if len(crosses) < 3 or not groups:
        return None
    return _cells(groups if len(groups) > 2 else _rows(groups)), number


def _is_frame(line: Line) -> bool:
    return is_rule(line.text) and _FRAME.fullmatch(line.text) is not None


def _framed_row(text: str, line: Line, crosses: Sequence[int]) -> Row:
    """Cut a line where a sign stands below a crossing: other strokes belong to what is said."""
    cuts = [place for place in crosses if text[line.begin + place : line.begin + place + 1] in _DOWN]
    cuts = [place for place in cuts if line.begin + place < line.end]
    row: Row = {}
    for left, right in pairwise([*cuts, line.end - line.begin]):
        piece = part_of(text, line, line.begin + left + 1, line.begin + right)
        if piece:
            row[bisect_right(crosses, left) - 1] = piece
    return row


def _rows(groups: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """Put lines together to rows of the table.

    A group between empty lines is a row when most of its later lines leave cells empty; else each line is a row,
    unless it goes on with the one above.
    """
    later = [len(row) >= len(group[0]) for group in groups for row in group[1:]]
    if len(groups) > 1 and later and sum(later) < 0.5 * len(later):
        return [list(group) for group in groups]
    widths: Counter[int] = Counter()
    for row in (row for group in groups for row in group):
        for column, piece in row.items():
            widths[column] = max(widths[column], len(piece.text))
    rows: list[list[Row]] = []
    for group in groups:
        for number, row in enumerate(group):
            if number and _goes_on(rows[-1], row, widths):
                rows[-1].append(row)
            else:
                rows.append([row])
    return rows


def _goes_on(above: Sequence[Row], row: Row, widths: Counter[int]) -> bool:
    """Whether a line leaves cells of the row above empty, and says that it goes on: a small letter, a full column."""
    if 0 not in row:
        return True
    if len(row) >= len(above[0]):
        return False
    return any(
        piece.text[0].islower() or _is_filled(above[-1].get(column), piece, widths[column])
        for column, piece in row.items()
    )


def _is_filled(above: Line | None, piece: Line, width: int) -> bool:
    return above is not None and len(above.text) + 1 + len(piece.text.split(maxsplit=1)[0]) > width


def _cells(rows: Sequence[Sequence[Row]]) -> list[TextCell]:
    return list(_pieces(rows))


def _pieces(rows: Sequence[Sequence[Row]]) -> Iterator[TextCell]:
    for number, row in enumerate(rows):
        for line in row:
            for column, piece in line.items():
                yield TextCell(number, column, [piece])
