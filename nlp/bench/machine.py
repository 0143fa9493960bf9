"""What this machine could do at best, and what the encoder asks of it."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from nlp.encode import embed
from nlp.encode.device import has_int8
from nlp.encode.integers import ByteLinear
from nlp.encode.linear import Linear

SIDE = 2048  # of the square matrices in float32
SHAPE = (4096, 384, 1536)  # of the others: the encoder's own
PEAK_SECONDS = 3.0
MOST_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Peak:
    """Best rates of matrix products by torch on so many processes, in 10^9 operations/s, of which an addition is one.

    Attributes:
        int8: of bytes, what is made of them in float32; 0 where this CPU has none.
    """

    processes: int
    fp32: float
    bf16: float
    int8: float = 0.0

    def better(self, other: Peak) -> Peak:
        """The higher rate of two measures: what disturbs one only lowers it."""
        pairs = zip(astuple(self)[1:], astuple(other)[1:], strict=True)
        return Peak(self.processes, *(max(pair) for pair in pairs))

    def of(self, precision: str | None) -> float:
        """The peak that a precision is held against."""
        return {embed.BF16: self.bf16, embed.INT8: self.int8}.get(precision or "", self.fp32)


def measure_peak(processes: int, seconds: float = PEAK_SECONDS) -> Peak:
    """Multiply matrices for some seconds in so many processes of one thread each, and add up their best."""
    offered = [name for name in embed.PRECISIONS if name != embed.INT8 or has_int8()]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        found = {
            name: round(sum(pool.starmap(_best, [(name, seconds)] * processes, chunksize=1)), 1) for name in offered
        }
    return Peak(processes, **found)


def _best(name: str, seconds: float) -> float:
    import torch

    torch.set_num_threads(1)
    rows, inner, columns = (SIDE, SIDE, SIDE) if name == embed.FP32 else SHAPE
    ways = _ways(name, torch.randn(rows, inner), torch.randn(inner, columns))
    best, end = float("inf"), time.monotonic() + seconds
    with torch.inference_mode():
        while time.monotonic() < end:
            best = min(best, *map(_seconds, ways))
    return 2 * rows * inner * columns / best / 1e9


def _ways(name: str, left: Any, right: Any) -> tuple[Callable[[], object], ...]:
    """What multiplies the two: by torch itself and by oneDNN where torch has it, of which the better counts."""
    import torch

    nothing, inner = torch.zeros(right.shape[1]), right.shape[0]
    if name == embed.INT8:
        layer = ByteLinear(right.T, nothing, torch.full((inner,), -4.0), torch.full((inner,), 4.0))
        told = layer.bytes_of(left)
        return (lambda: layer(told),)
    left = left.to(torch.bfloat16 if name == embed.BF16 else torch.float32)
    right = right.to(left.dtype)
    linear = Linear(right.T, nothing, left.dtype)
    return (lambda: torch.mm(left, right)), (lambda: linear(left))


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
