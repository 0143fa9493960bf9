"""What was read of a document beside its truth: the marks that can be earned, and how each is counted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from nlp.bench.extractors import Row
from nlp.bench.outlines import signs
from nlp.records import Block

_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")


@dataclass(slots=True)
class Marks:
    """What was counted, of one document or of many; every pair is (right, all).

    Attributes:
        characters: of the truth, found in the right order (longest common subsequence, white space aside).
        words: of the truth, found, wherever. margins: running lines and menus kept out of the body.
        absent: texts that must not be there, and are not. cells, implementers, markers, kinds: as the truth has them.
        status: whether the ledger would say the right thing; losses: whether what was lost was told.
        profile: facts of the document right. structure: number, clause, last heading, lead-in, year and language of
        its units right, where the truth tells them.
    """

    characters: tuple[int, int] = (0, 0)
    words: tuple[int, int] = (0, 0)
    margins: tuple[int, int] = (0, 0)
    absent: tuple[int, int] = (0, 0)
    cells: tuple[int, int] = (0, 0)
    implementers: tuple[int, int] = (0, 0)
    markers: tuple[int, int] = (0, 0)
    kinds: tuple[int, int] = (0, 0)
    pages: tuple[int, int] = (0, 0)
    status: tuple[int, int] = (0, 0)
    losses: tuple[int, int] = (0, 0)
    profile: tuple[int, int] = (0, 0)
    structure: tuple[int, int] = (0, 0)

    def __add__(self, other: Marks) -> Marks:
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Marks(*((a + c, b + d) for (a, b), (c, d) in pairs))

    def share(self, name: str) -> float | None:
        """Right of all, in [0, 1]; None where there was nothing to be right about."""
        right, whole = getattr(self, name)
        return right / whole if whole else None


def letters(text: str) -> str:
    """What is left of a text without white space and invisible characters, ligatures undone."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def in_order(truth: str, found: str) -> tuple[int, int]:
    """How many letters of `truth` stand in `found` in the same order, of how many."""
    from rapidfuzz.distance import LCSseq

    wanted = letters(truth)
    return LCSseq.similarity(wanted, letters(found)), len(wanted)


def words_kept(truth: str, found: str) -> tuple[int, int]:
    """How many words of `truth` stand in `found`, each as often, of how many."""
    wanted, have = (Counter(unicodedata.normalize("NFKC", text).split()) for text in (truth, found))
    return sum((wanted & have).values()), sum(wanted.values())


def cells_right(truth: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> tuple[int, int]:
    """How many cells stand in their column of a row that holds another cell of theirs too, of how many."""
    wanted: dict[tuple[int, int], dict[int, str]] = {}
    for unit in truth:
        table, row, column = unit["cell"]
        cells = wanted.setdefault((table, row), {})
        cells[column] = cells.get(column, "") + signs((unit["marker"] or "") + unit["text"])
    have = [[signs(cell) for cell in row] for row in rows]
    right = 0
    for cells in wanted.values():
        best = max((_matching(cells, row) for row in have), default=0)
        right += best if best > 1 or len(cells) == 1 else 0
    return right, sum(map(len, wanted.values()))


def _matching(cells: Mapping[int, str], row: Sequence[str]) -> int:
    return sum(column < len(row) and row[column] == text for column, text in cells.items())


def rows_of(blocks: Iterable[Block], text: str) -> list[Row]:
    """The rows of our tables, as text."""
    tables: dict[tuple[int, int], dict[int, str]] = {}
    for block in blocks:
        if block.cell:
            row = tables.setdefault((block.cell.table, block.cell.row), {})
            said = (block.marker or "") + text[block.span.start : block.span.end]
            row[block.cell.column] = row.get(block.cell.column, "") + said
    return [[row.get(column, "") for column in range(max(row) + 1)] for row in tables.values()]


def compare(truth: Mapping[str, Any], found: str) -> Marks:
    """The marks that any text can earn."""
    told = " ".join(f"{unit['marker'] or ''} {unit['text']}" for unit in truth["units"])
    plain, seen = letters(told), letters(found)
    margins = [letters(line) for line in truth["margins"]]
    kept_out = [line for line in margins if seen.count(line) <= plain.count(line)]
    absent = [text for text in truth["absent"] if (letters(text) not in seen if letters(text) else text not in found)]
    return Marks(
        characters=in_order(told, found),
        words=words_kept(told, found),
        margins=(len(kept_out), len(margins)),
        absent=(len(absent), len(truth["absent"])),
    )
