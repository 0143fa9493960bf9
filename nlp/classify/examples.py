"""Annotated examples that a model keeps, to show them beside its links."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encode.base import Vectors
from nlp.jsonl import line, read_rows


@dataclass(frozen=True)
class Examples:
    """Annotated examples to show beside a link: ids, texts, targets, and unit vectors float32 (n, dim)."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    targets: tuple[frozenset[str], ...]
    vectors: Vectors

    @cached_property
    def rows(self) -> dict[str, list[int]]:
        """Numbers of the examples of each target, in order."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, targets in enumerate(self.targets):
            for target in targets:
                found[target].append(number)
        return found

    @cached_property
    def own(self) -> dict[str, Vectors]:
        """Vectors of the examples of each target: float32 (len(rows[target]), dim)."""
        return {target: self.vectors[rows] for target, rows in self.rows.items()}

    def save(self, path: Path) -> None:
        """Write ids, texts and targets; the vectors stand with the other arrays of a model."""
        rows = zip(self.ids, self.texts, self.targets, strict=True)
        lines = [line({"id": i, "text": text, "targets": sorted(targets)}) for i, text, targets in rows]
        path.write_text("".join(f"{one}\n" for one in lines), "utf-8")

    @classmethod
    def load(cls, path: Path, vectors: npt.NDArray[Any]) -> Examples:
        """Read what `save` wrote."""
        rows = list(read_rows(path))
        return cls(
            tuple(row["id"] for row in rows),
            tuple(row["text"] for row in rows),
            tuple(frozenset(row["targets"]) for row in rows),
            vectors.astype(np.float32),
        )
