"""How far the numbers go that a network's linear layers are given: what 8 bits have to hold, measured on some texts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np

from nlp.encode.adapter import adapter_digest
from nlp.encode.base import Vectors
from nlp.encode.layers import INPUTS
from nlp.errors import EncoderError

RANGES, ADAPTER = "ranges.npz", "adapter"
ENOUGH = 200  # texts to measure on: with a tenth of it single texts come out noticeably worse
MEASURE = "Measure them: evmap models ranges MODEL"


@dataclass(frozen=True, slots=True)
class Ranges:
    """The least and the largest number of each column that goes into a linear layer.

    Attributes:
        low, high: by layer's input (`nlp.encode.layers.INPUTS`), float32 (layers, width).
    """

    low: dict[str, Vectors]
    high: dict[str, Vectors]

    def of(self, layer: int) -> dict[str, tuple[Vectors, Vectors]]:
        """Return the ranges of a layer: for each input, least and largest (width,)."""
        return {name: (self.low[name][layer], self.high[name][layer]) for name in INPUTS}

    def save(self, folder: Path) -> Path:
        """Write them into the folder of the adapter that they were measured with."""
        tables = {f"{name}_{side}": table[name] for side, table in self._sides for name in INPUTS}
        tables[ADAPTER] = np.frombuffer(bytes.fromhex(adapter_digest(folder)), np.uint8)
        part = folder / f"{RANGES}.part"
        with part.open("wb") as file:
            np.savez_compressed(file, **tables)  # type: ignore[arg-type]
        return part.replace(folder / RANGES)

    @classmethod
    def load(cls, folder: Path | None) -> Ranges:
        """Read those of an adapter.

        Raises:
            EncoderError: if they are missing, damaged, or were measured with another adapter.
        """
        if folder is None:
            raise EncoderError("int8", "the encoder as packed has no ranges for it", "Use fp32 or bf16")
        try:
            with np.load(folder / RANGES, allow_pickle=False) as data:
                low, high = ({name: data[f"{name}_{side}"] for name in INPUTS} for side in ("low", "high"))
                measured = bytes(data[ADAPTER]).hex()
        except FileNotFoundError:
            raise EncoderError(folder / RANGES, "missing", MEASURE) from None
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
            raise EncoderError(folder / RANGES, f"damaged: {error}", MEASURE) from None
        if measured != adapter_digest(folder):
            raise EncoderError(folder / RANGES, "measured with another adapter", MEASURE)
        return cls(low, high)

    @property
    def digest(self) -> str:
        """sha256 (hex) of all numbers."""
        found = hashlib.sha256()
        for _, table in self._sides:
            for name in INPUTS:
                found.update(np.ascontiguousarray(table[name], "<f4").tobytes())
        return found.hexdigest()

    @property
    def _sides(self) -> tuple[tuple[str, dict[str, Vectors]], ...]:
        return ("low", self.low), ("high", self.high)


class Watched(Protocol):
    """A network that tells what goes into its linear layers."""

    def watch(self, text: Sequence[int], watch: Callable[[int, str, Any], None]) -> None:
        """Read one text, given by its tokens; `watch` hears layer, input and rows (tokens, in)."""
        ...


def measure(network: Watched, texts: Sequence[Sequence[int]]) -> Ranges:
    """Return the ranges that a float32 network has on some texts, given by their tokens."""
    low: dict[str, dict[int, Any]] = {name: {} for name in INPUTS}
    high: dict[str, dict[int, Any]] = {name: {} for name in INPUTS}

    def watch(layer: int, name: str, rows: Any) -> None:
        least, most = rows.amin(0), rows.amax(0)
        low[name][layer] = least.minimum(low[name].get(layer, least))
        high[name][layer] = most.maximum(high[name].get(layer, most))

    for text in texts:
        network.watch(text, watch)
    sides = ({name: np.stack([*own.values()]) for name, own in side.items()} for side in (low, high))
    return Ranges(*sides)
