"""How much of what stands in a document do we read, against other libraries, on documents whose truth is known.

The documents come from `python -m tests.traps FOLDER`: each holds one trap, and beside each lies its truth.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from nlp.bench.extractors import EXTRACTORS, OURS, Extractor, Row
from nlp.bench.outlines import profile_faults, signs, structure_faults
from nlp.errors import EvmapError, UnreadableDocument, UsageError
from nlp.pipeline import read_structured
from nlp.records import FURNITURE, Block
from nlp.settings import Settings
from nlp.structure.segment import Structured

SUFFIX = ".truth.json"
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


@dataclass(frozen=True, slots=True)
class Judged:
    """The marks of one document: ours, and those of each peer that reads such files; `faults` in words."""

    file: str
    trap: str
    language: str
    marks: Mapping[str, Marks]
    faults: list[str] = field(default_factory=list)


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


def judge_ours(path: Path, truth: Mapping[str, Any], settings: Settings) -> tuple[Marks, list[str]]:
    """Read a file as `evmap map` would, and compare."""
    try:
        structured = read_structured(path, settings)
    except UnreadableDocument as error:
        return _failed(truth, error.status), [f"{error.status}: {error.reason}"]
    document, units = structured.document, truth["units"]
    body = [block for block in document.blocks if block.kind not in FURNITURE]
    said = [document.text[block.span.start : block.span.end] for block in body]
    status = "partial" if document.extract.partial else "ok"
    lost = " ".join([*(loss.what for loss in document.extract.losses), document.extract.partial or ""])
    marks = _compare(truth, "\n".join(_with_marker(block, text) for block, text in zip(body, said, strict=True)))
    marks.cells = cells_right([unit for unit in units if unit["cell"]], rows_of(body, document.text))
    marks.status = (int(status == truth["status"]), 1)
    marks.losses = (sum(word in lost for word in truth["losses"]), len(truth["losses"]))
    faults = [f"status {status}: {document.extract.partial}"] if status != truth["status"] else []
    faults += [f"loss not told: {word}" for word in truth["losses"] if word not in lost]
    found: dict[str, list[Block]] = {}
    for block, text in zip(body, said, strict=True):
        found.setdefault(signs(text), []).append(block)
    for name, right in (("markers", _marker_right), ("kinds", _kind_right), ("pages", _page_right)):
        asked = [unit for unit in units if _asked(name, unit)]
        wrong = [unit for unit in asked if not right(unit, found.get(signs(unit["text"]), []))]
        setattr(marks, name, (len(asked) - len(wrong), len(asked)))
        faults += [f"{name}: {_brief(unit, name)}" for unit in wrong]
    for name, (all_told, missed) in (("profile", profile_faults(structured, truth)),
                                     ("structure", structure_faults(structured, units))):  # fmt: skip
        setattr(marks, name, (all_told - len(missed), all_told))
        faults += [f"{name}: {fault}" for fault in missed]
    asked = [unit for unit in units if unit["implementer"]]
    wrong = [unit for unit in asked if not _acts(structured, unit)]
    marks.implementers = (len(asked) - len(wrong), len(asked))
    faults += [f"implementers: {_brief(unit, 'implementer')}" for unit in wrong]
    return marks, faults


def _with_marker(block: Block, text: str) -> str:
    return f"{block.marker} {text}" if block.marker else text


def _asked(name: str, unit: Mapping[str, Any]) -> bool:
    if name == "markers":
        return bool(unit["marker"])
    return unit["kind"] in ("heading", "list_item", "footnote") if name == "kinds" else bool(unit["page"])


def _marker_right(unit: Mapping[str, Any], blocks: Sequence[Block]) -> bool:
    return any(signs(block.marker or "") == signs(unit["marker"]) and block.marker for block in blocks)


def _kind_right(unit: Mapping[str, Any], blocks: Sequence[Block]) -> bool:
    return any(block.kind == unit["kind"] for block in blocks)


def _page_right(unit: Mapping[str, Any], blocks: Sequence[Block]) -> bool:
    return any(block.page == unit["page"] for block in blocks)


def _acts(structured: Structured, unit: Mapping[str, Any]) -> bool:
    """Whether a passage that says this text has this body for its implementer; a text in no passage makes no link."""
    wanted, text = signs(unit["text"]), structured.document.text
    holding = [p for p in structured.passages if wanted in signs(text[p.span.start : p.span.end])]
    return not holding or any(passage.implementer == unit["implementer"] for passage in holding)


def _brief(unit: Mapping[str, Any], name: str) -> str:
    return f"{unit.get(name) or unit['kind']} of {unit['text'][:50]!r}"


def _compare(truth: Mapping[str, Any], found: str) -> Marks:
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


def _failed(truth: Mapping[str, Any], status: str) -> Marks:
    marks = _compare(truth, "")
    marks.margins = marks.absent = (0, 0)
    marks.status = (int(status == truth["status"]), 1)
    marks.cells = (0, len({tuple(unit["cell"]) for unit in truth["units"] if unit["cell"]}))
    marks.implementers = (0, sum(bool(unit["implementer"]) for unit in truth["units"]))
    return marks


def judge_peer(peer: Extractor, path: Path, truth: Mapping[str, Any]) -> Marks:
    """What another library makes of the file; one that fails has found nothing."""
    try:
        text = peer.text(path)
        rows = peer.rows(path) if peer.rows else []
    except Exception:  # noqa: BLE001 - any failure of a peer is a result
        return _failed(truth, "crashed")
    marks = _compare(truth, text)
    marks.cells = cells_right([unit for unit in truth["units"] if unit["cell"]], rows)
    return marks


def bench_extraction(folder: Path, settings: Settings, only: Sequence[str] = (), peers: bool = True) -> list[Judged]:
    """Judge our readers and their peers on all documents of `folder`, in the order of their names.

    Args:
        only: names of traps, or their beginnings; all where empty. peers: whether to ask the others, too.

    Raises:
        UsageError: if no truth lies there.
    """
    judged = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        truth = json.loads(path.read_text("utf-8"))
        if only and not any(truth["trap"].startswith(name) for name in only):
            continue
        file = folder / truth["file"]
        try:
            ours, faults = judge_ours(file, truth, settings)
        except EvmapError as error:
            ours, faults = _failed(truth, "crashed"), [str(error)]
        marks = {OURS: ours}
        if truth["units"] and peers:
            readers = {n: p for n, p in EXTRACTORS.items() if file.suffix in p.suffixes and p.here}
            marks |= {name: judge_peer(peer, file, truth) for name, peer in readers.items()}
        judged.append(Judged(truth["file"], truth["trap"], truth["language"], marks, faults))
    if not judged:
        raise UsageError(folder, "no document with its truth there", f"Run: python -m tests.traps {folder}")
    return judged


def by_trap(judged: Iterable[Judged]) -> dict[str, dict[str, Marks]]:
    """The marks of each trap, by system, added up over languages."""
    table: dict[str, dict[str, Marks]] = {}
    for one in judged:
        row = table.setdefault(one.trap, {})
        for name, marks in one.marks.items():
            row[name] = row.get(name, Marks()) + marks
    return table


def beaten(table: Mapping[str, Mapping[str, Marks]]) -> list[tuple[str, str, str, float, float]]:
    """Where a peer is better than we are: (trap, measure, peer, ours, its), in the order of the table."""
    shares = (
        (trap, name, peer, row[OURS].share(name), marks.share(name))
        for trap, row in table.items()
        for name in ("characters", "words", "cells", "margins", "absent")
        for peer, marks in row.items()
    )
    return [
        (trap, name, peer, own, other)
        for trap, name, peer, own, other in shares
        if own is not None and other is not None and other > own
    ]


def as_rows(judged: Iterable[Judged]) -> list[dict[str, Any]]:
    """The marks of each document and system, for JSON."""
    return [
        {
            "file": one.file,
            "trap": one.trap,
            "language": one.language,
            "system": name,
            **asdict(marks),
            "faults": one.faults if name == OURS else [],
        }
        for one in judged
        for name, marks in one.marks.items()
    ]
