"""Which documents are learnt from, tuned on and tested on: whole authors, so that no hand and no translation is on two
sides, fixed in a committed file that new authors are added to and old ones never leave.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from nlp.annotations.rows import Annotations, Row, read_rows
from nlp.errors import AnnotationError

Part = Literal["train", "dev", "test"]
SHARES: dict[Part, float] = {"train": 0.76, "dev": 0.12, "test": 0.12}
FILE = "splits.jsonl"
RESTORE = f"Restore {FILE} from the repository"


class SplitRow(Row):
    """Where a document belongs.

    Attributes:
        rank: in [0, 1), the same for all versions of a text; documents below x are a nested share x of their part.
    """

    doc_id: str
    author: str
    family: str
    part: Part
    rank: float


def rank_of(name: str) -> float:
    """Return a place in [0, 1) from the sha256 of a name: an order at random that is the same everywhere."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:12], 16) / 16**12


def split(read: Annotations, kept: Sequence[SplitRow] = ()) -> list[SplitRow]:
    """Return a row for every document; authors in `kept` stay in their part.

    Authors who share a family go together, new ones, the largest first, where the part lacks most of their languages,
    measured in passages.

    Raises:
        AnnotationError: if an author of `kept`, or authors who share a family, are in two parts.
    """
    parts = _kept(kept)
    sizes = _sizes(read)
    filled: dict[Part, Counter[str]] = {part: Counter() for part in SHARES}
    total = sum(sizes.values(), Counter())
    groups = {tuple(sorted(group)): sum((sizes[name] for name in group), Counter()) for group in _groups(read)}
    known = sorted(groups, key=lambda group: (not any(name in parts for name in group), -groups[group].total(), group))
    for group in known:
        own = {parts[name] for name in group if name in parts}
        if len(own) > 1:
            raise AnnotationError(FILE, f"share a family, but are in two parts: {', '.join(group)}", RESTORE)
        part = own.pop() if own else max(SHARES, key=lambda name: _room(name, groups[group], filled[name], total))
        parts |= dict.fromkeys(group, part)
        filled[part].update(groups[group])
    return [
        SplitRow(
            doc_id=document.doc_id,
            author=document.author,
            family=document.work,
            part=parts[document.author],
            rank=round(rank_of(document.work), 6),
        )
        for document in read.documents.values()
    ]


def _kept(rows: Sequence[SplitRow]) -> dict[str, Part]:
    torn = sorted(_torn((row.author, row.part) for row in rows))
    if torn:
        raise AnnotationError(FILE, f"author in two parts: {', '.join(torn[:5])}", RESTORE)
    return {row.author: row.part for row in rows}


def _groups(read: Annotations) -> list[set[str]]:
    """Authors who share a family, at any remove, together."""
    sharing: dict[str, set[str]] = defaultdict(set)
    for document in read.documents.values():
        sharing[document.work].add(document.author)
    groups: list[set[str]] = []
    for authors in sharing.values():
        joined = authors.union(*(group for group in groups if group & authors))
        groups = [*(group for group in groups if not group & authors), joined]
    return groups


def _sizes(read: Annotations) -> dict[str, Counter[str]]:
    sizes: dict[str, Counter[str]] = defaultdict(Counter)
    for passage in read.passages.values():
        document = read.documents[passage.document]
        sizes[document.author][document.language] += 1
    return sizes


def _room(part: Part, size: Counter[str], filled: Counter[str], total: Counter[str]) -> float:
    """How much of what the part still lacks in these languages, per passage of its share; large is roomy."""
    lacking = sum(min(count, SHARES[part] * total[name] - filled[name]) for name, count in size.items())
    return lacking / max(size.total(), 1)


def load_splits(path: Path) -> list[SplitRow]:
    """Return the rows of a split file; none when there is no file.

    Raises:
        AnnotationError: if a line is malformed.
    """
    return list(read_rows(path, SplitRow)) if path.is_file() else []


def count_parts(read: Annotations, rows: Sequence[SplitRow]) -> dict[Part, Counter[str]]:
    """Return the passages of each part, per language."""
    part_of = {row.doc_id: row.part for row in rows}
    counts: dict[Part, Counter[str]] = {part: Counter() for part in SHARES}
    for passage in read.passages.values():
        counts[part_of[passage.document]][read.documents[passage.document].language] += 1
    return counts


def check_splits(read: Annotations, rows: Sequence[SplitRow], path: Path) -> None:
    """Hold the split against the documents.

    Raises:
        AnnotationError: if a document is missing, unknown or twice, or an author or family is in two parts.
    """
    again = "Run: evmap annotations split"
    listed = Counter(row.doc_id for row in rows)
    odd = sorted((set(read.documents) ^ set(listed)) | {name for name, count in listed.items() if count > 1})
    if odd:
        raise AnnotationError(path, f"documents missing, unknown or twice: {', '.join(odd[:5])}", again)
    for name, pairs in (("author", ((r.author, r.part) for r in rows)), ("family", ((r.family, r.part) for r in rows))):
        torn = sorted(_torn(pairs))
        if torn:
            raise AnnotationError(path, f"{name} in two parts: {', '.join(torn[:5])}", RESTORE)


def _torn(pairs: Iterable[tuple[str, Part]]) -> set[str]:
    seen: dict[str, set[Part]] = defaultdict(set)
    for name, part in pairs:
        seen[name].add(part)
    return {name for name, parts in seen.items() if len(parts) > 1}
