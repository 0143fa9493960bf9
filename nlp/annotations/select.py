"""A part of an annotation folder: some authors, one version of the guidelines, a sample."""

from __future__ import annotations

from collections.abc import Collection

from nlp.annotations.rows import Annotations
from nlp.annotations.splits import rank_of


def only(read: Annotations, keys: Collection[str]) -> Annotations:
    """Return the passages `keys` with their labels."""
    wanted = set(keys)
    passages = {key: row for key, row in read.passages.items() if key in wanted}
    return Annotations(read.documents, passages, {key: read.labels[key] for key in passages if key in read.labels})


def select(
    read: Annotations, authors: Collection[str] = (), guidelines: int | None = None, sample: int | None = None
) -> Annotations:
    """Return the passages and labels asked for; without arguments, everything.

    Args:
        authors: codes of authors; all when empty.
        guidelines: keep only labels given under this version.
        sample: as many passages that were read blind twice, the first by the hash of their ids.
    """
    labels = {key: [row for row in rows if guidelines in (None, row.guidelines)] for key, rows in read.labels.items()}
    passages = {
        key: row for key, row in read.passages.items() if not authors or read.documents[row.document].author in authors
    }
    part = Annotations(read.documents, passages, {key: labels[key] for key in passages if labels.get(key)})
    if sample is None:
        return part
    twice = [key for key in passages if len(part.blind(key)) > 1]
    return only(part, sorted(twice, key=rank_of)[:sample])
