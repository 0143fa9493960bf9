"""How fast the encoders are on this machine, against sentence-transformers' own batches on the same passages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nlp.encode import embed
from nlp.readers import read
from nlp.settings import Settings, data_root

WORDS = 70
PEER = "sentence-transformers, batches of 32"


@dataclass(frozen=True, slots=True)
class Pace:
    """Passages a second of one encoder: on all cores, and a core; `ratio` to the peer in the same run."""

    name: str
    passages: int
    rate: float
    rate_core: float
    ratio: float


def passages_of(count: int) -> list[str]:
    """Return `count` different passages of `WORDS` words, cut from the sample documents."""
    samples = sorted(path for path in (data_root() / "corpus" / "samples").iterdir() if path.suffix != ".json")
    words = [word for path in samples for word in read(path, Settings()).text.split()]
    step = max(1, (len(words) - WORDS) // count)
    return [" ".join(words[i * step : i * step + WORDS]) for i in range(count)]


def bench(names: Sequence[str], count: int) -> list[Pace]:
    """Time the encoders called `names`, rows of EMBEDDERS, and the peer on the weights of e5.

    Raises:
        EncoderError: if one cannot be loaded.
    """
    texts = passages_of(count)
    rates = {PEER: _rate(_peer(), texts)}
    for name in names:
        encoder = embed.load(name)
        rates[name] = _rate(encoder.encode, texts)
    cores = os.cpu_count() or 1
    return [Pace(name, count, round(r, 1), round(r / cores, 1), round(r / rates[PEER], 2)) for name, r in rates.items()]


def _peer() -> Callable[[list[str]], object]:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(os.cpu_count() or 1)
    model = SentenceTransformer(str(embed.tunable("e5")()), device="cpu")
    return lambda texts: model.encode(
        [embed.E5_PREFIX + text for text in texts], batch_size=32, show_progress_bar=False
    )


def _rate(encode: Callable[[list[str]], object], texts: list[str]) -> float:
    encode(texts[:4])
    clock = time.perf_counter()
    encode(texts)
    return len(texts) / (time.perf_counter() - clock)
