"""What this machine could do at best, and what the encoder asks of it."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.encode import embed
from nlp.encode.linear import Linear

SIDE = 2048  # of the square matrices in float32
SHAPE = (4096, 384, 1536)  # of bfloat16: the encoder's own
PEAK_SECONDS = 3.0
MOST_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Peak:
    """Best rates of matrix products by torch on so many processes, in GFLOP/s, a multiplication and an addition two."""

    processes: int
    fp32: float
    bf16: float

    def better(self, other: Peak) -> Peak:
        """The higher rate of two measures: what disturbs one only lowers it."""
        return Peak(self.processes, max(self.fp32, other.fp32), max(self.bf16, other.bf16))

    def of(self, precision: str | None) -> float:
        """The peak that a precision is held against."""
        return self.bf16 if precision == "bf16" else self.fp32


def measure_peak(processes: int, seconds: float = PEAK_SECONDS) -> Peak:
    """Multiply matrices for some seconds in so many processes of one thread each, and add up their best."""
    best = {}
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for name in ("float32", "bfloat16"):
            best[name] = sum(pool.starmap(_best, [(name, seconds)] * processes, chunksize=1))
    return Peak(processes, round(best["float32"], 1), round(best["bfloat16"], 1))


def _best(name: str, seconds: float) -> float:
    import torch

    torch.set_num_threads(1)
    rows, inner, columns = (SIDE, SIDE, SIDE) if name == "float32" else SHAPE
    left, right = (torch.randn(*shape).to(getattr(torch, name)) for shape in ((rows, inner), (inner, columns)))
    layer = Linear(right.T, torch.zeros(columns), left.dtype)  # by oneDNN where torch has it; the better counts
    ways: tuple[Callable[[], object], ...] = (lambda: torch.mm(left, right), lambda: layer(left))
    best, end = float("inf"), time.monotonic() + seconds
    with torch.inference_mode():
        while time.monotonic() < end:
            best = min(best, *map(_seconds, ways))
    return 2 * rows * inner * columns / best / 1e9


def _seconds(work: Callable[[], object]) -> float:
    clock = time.perf_counter()
    work()
    return time.perf_counter() - clock


def gigaflops(texts: Sequence[str], encoder: str) -> float | None:
    """Arithmetic that the network must do for the texts, each read once without padding; None without a network.

    A text of S tokens costs layers x (8 S H^2 + 4 S^2 H + 4 S H F), with hidden size H and feed-forward size F, a
    multiplication and an addition counted as two.
    """
    if embed.EMBEDDERS[encoder].base is None:
        return None
    folder = embed.tunable(encoder)()
    shape: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
    layers, hidden, wide = shape["num_hidden_layers"], shape["hidden_size"], shape["intermediate_size"]
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    total = 0.0
    for encoded in tokenizer.encode_batch([embed.E5_PREFIX + text for text in texts]):
        for size in _windows(len(encoded.ids)):
            total += layers * (8 * size * hidden**2 + 4 * size**2 * hidden + 4 * size * hidden * wide)
    return total / 1e9


def _windows(tokens: int) -> list[int]:
    count = -(-tokens // MOST_TOKENS)
    return [tokens // count] * count
