"""What a run would be, without running it: what lies there, and how long it would take, by a few documents."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.engines import Workshop, open_engine
from nlp.run import CACHE, SCRATCH, Order
from nlp.store.rows import Finished

TRIED = (0.25, 0.5, 0.75)  # of each kind, by size: the documents that are tried


@dataclass(frozen=True, slots=True)
class Kind:
    """Inputs of one suffix.

    Attributes:
        inputs, bytes: how many, and their size together. tried: documents that were mapped to know more.
        passages: in those. seconds: computing that all inputs of the kind would take, None if none could be mapped.
    """

    suffix: str
    inputs: int
    bytes: int
    tried: int
    passages: int
    seconds: float | None


def plan(paths: Sequence[Path], order: Order) -> list[Kind]:
    """Return what there is, by suffix; maps up to three documents of each, into nothing.

    Raises:
        EncoderError, ModelError: as a run.
    """
    kinds: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    for path in paths:
        kinds[path.suffix.lower() or "none"].append((_size(path), path))
    chosen = [path for sized in kinds.values() for path in _quartiles(sorted(sized))]
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(order.settings, order.hands, Path(folder) / CACHE, Path(folder) / SCRATCH)
        engine = open_engine(order.engine, workshop)
        found = {chosen[done.position]: done for done in engine.work(chosen, lambda _: False, lambda: False)}
    return [_kind(suffix, sized, found) for suffix, sized in sorted(kinds.items())]


def _kind(suffix: str, sized: Sequence[tuple[int, Path]], found: dict[Path, Finished]) -> Kind:
    tried = [(size, found[path]) for size, path in sized if path in found and found[path].row]
    total, mapped = sum(size for size, _ in sized), sum(size for size, _ in tried)
    spent = sum(done.read_seconds + done.map_seconds for _, done in tried)
    passages = sum(len(done.passages) for _, done in tried)
    return Kind(suffix, len(sized), total, len(tried), passages, spent * total / mapped if mapped else None)


def _quartiles(sized: Sequence[tuple[int, Path]]) -> list[Path]:
    places = dict.fromkeys(int(share * (len(sized) - 1)) for share in TRIED)
    return [sized[place][1] for place in places]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
