"""How much of what stands in a document do we read, against other libraries, on documents whose truth is known.

The documents come from `python -m tests.traps FOLDER`: each holds one trap, and beside each lies its truth.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nlp.bench.extractors import EXTRACTORS, OURS, Extractor
from nlp.bench.marks import Marks, cells_right, compare, rows_of
from nlp.bench.outlines import profile_faults, signs, structure_faults
from nlp.errors import EvmapError, UnreadableDocument, UsageError
from nlp.pipeline import read_structured
from nlp.records import FURNITURE, Block
from nlp.settings import Settings
from nlp.structure.segment import Structured

SUFFIX = ".truth.json"


@dataclass(frozen=True, slots=True)
class Judged:
    """The marks of one document: ours, and those of each peer that reads such files; `faults` in words."""

    file: str
    trap: str
    language: str
    marks: Mapping[str, Marks]
    faults: list[str] = field(default_factory=list)


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
    marks = compare(truth, "\n".join(_with_marker(block, text) for block, text in zip(body, said, strict=True)))
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


def _failed(truth: Mapping[str, Any], status: str) -> Marks:
    marks = compare(truth, "")
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
    marks = compare(truth, text)
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
