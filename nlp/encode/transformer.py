"""A sentence-transformers network on the CPU: each text as if alone, no padding, its tokens' states at hand.

A BERT network is computed by `nlp.encode.network`, several times as fast; any other by sentence-transformers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from nlp.encode.adapter import adapter_digest, update
from nlp.encode.base import Asked, Embedder, Vectors, packs
from nlp.encode.borrowed import BorrowedNetwork
from nlp.encode.network import Network
from nlp.encode.parts import is_bert, parts_of
from nlp.encode.ranges import Ranges, measure
from nlp.encode.states import Memory, States, pooled, tokens
from nlp.errors import EncoderError

TOKENS_KEPT = 32_000  # whose states are kept for `leave_out` (1,536 bytes each where a vector has 384 numbers)
CHARACTERS = 3_600  # of texts that are read together: about as many tokens as the network packs
FRAME = 2  # tokens that frame a text


class TransformerEmbedder(Embedder):
    """A SentenceTransformer folder with mean pooling, on the CPU; loaded when the first text comes.

    Args:
        name: row in EMBEDDERS. folder: gives the model folder, checked. digest: sha256 (hex) of its weights.
        dim: width of its vectors. prefix: prompt that the model was trained with.
        adapter: folder of a low-rank update of its weights (`nlp.finetune`), merged into them when they are loaded.
        precision: "fp32"; "bf16" for CPUs that multiply bfloat16 themselves (nearly twice as fast; cosine to fp32 above
            0.9995); "int8" for those that add up products of bytes (more than twice as fast; cosine above 0.995), with
            the ranges in `adapter`. Vectors of one precision are never mixed with those of another: the identity
            differs.

    Raises:
        EncoderError: if the ranges for int8 are missing.
    """

    def __init__(
        self,
        name: str,
        folder: Callable[[], Path],
        digest: str,
        dim: int,
        prefix: str = "",
        adapter: Path | None = None,
        precision: str = "fp32",
    ) -> None:
        self.name, self.identity, self.dim = name, f"{name}-{digest[:16]}", dim
        self._folder, self._prefix, self._adapter, self._precision = folder, prefix, adapter, precision
        self._memory: Memory[Sequence[States]] = Memory(TOKENS_KEPT, tokens)
        if adapter:
            self.identity += f"+{adapter_digest(adapter)[:16]}"
        self._ranges = Ranges.load(adapter) if precision == "int8" else None
        if precision != "fp32":
            self.identity += f"@{precision}"
        if self._ranges:
            self.identity += f"-{self._ranges.digest[:16]}"

    def leave_out(self, asked: Asked) -> Vectors:
        """Return float32 (gaps, dim): a text's vector without the tokens of each of its gaps.

        The tokens were read together with those of the gap; only the mean leaves these out. One pass a text at most,
        none where it was lately encoded.
        """
        kept = [self._memory.get(text) for text, _ in asked]
        forgotten = [text for (text, _), own in zip(asked, kept, strict=True) if own is None]
        again = (states for group in packs(forgotten, CHARACTERS) for states in self._read(group))
        left = [
            pooled(states, gap)
            for (_, gaps), own in zip(asked, kept, strict=True)
            for states in [own or next(again)]
            for gap in gaps
        ]
        return self.unit(np.stack(left)) if left else np.zeros((0, self.dim), np.float32)

    @cached_property
    def _loaded(self) -> tuple[Network | BorrowedNetwork, Any, int]:
        """The network, its tokenizer, and the tokens of text that fit beside those that frame it and the prompt."""
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        network, tokenizer, most = self._own() if is_bert(self._folder()) else self._borrowed()
        prompt = tokenizer.encode(self._prefix, add_special_tokens=False)
        return network, tokenizer, most - FRAME - len(prompt.ids)

    def ranges(self, texts: Sequence[str]) -> Ranges:
        """Measure on texts how far the numbers go that an "int8" encoder with the same update has to hold.

        Raises:
            EncoderError: if this one is no BERT network in "fp32".
        """
        network, tokenizer, most = self._loaded
        if not isinstance(network, Network) or self._precision != "fp32":
            raise EncoderError(self.name, "ranges are measured on a BERT network in fp32")
        tokens = tokenizer.encode_batch([self._prefix + text for text in texts])
        return measure(network, [one.ids[: most + FRAME] for one in tokens])

    def _own(self) -> tuple[Network, Any, int]:
        parts = parts_of(self._folder())
        tensors = update(parts.tensors, self._adapter) if self._adapter else parts.tensors
        network = Network(tensors, parts.shape, self._precision == "bf16", self._ranges)
        _ = network.together  # tried out here once, not by every thread
        return network, parts.tokenizer, parts.max_tokens

    def _borrowed(self) -> tuple[BorrowedNetwork, Any, int]:
        if self._ranges:
            raise EncoderError("int8", "only for BERT networks", "Use fp32 or bf16")
        network = BorrowedNetwork(self._folder(), self._adapter, self._precision == "bf16")
        return network, network.tokenizer, network.max_tokens

    def _encode(self, texts: Sequence[str]) -> Vectors:
        groups = list(packs(texts, CHARACTERS))
        if self.threads == 1 or len(groups) == 1:
            return np.concatenate([self._encode_group(group) for group in groups])
        _ = self._loaded  # here once, not by every thread
        with ThreadPoolExecutor(self.threads) as pool:
            return np.concatenate(list(pool.map(self._encode_group, groups)))

    def _encode_group(self, texts: Sequence[str]) -> Vectors:
        read = self._read(texts)
        for text, states in zip(texts, read, strict=True):
            self._memory.put(text, states)
        return np.stack([pooled(states) for states in read])

    def _read(self, texts: Sequence[str]) -> list[list[States]]:
        """Run the network over texts, in windows of equal size where one is longer than the network takes."""
        network, tokenizer, _ = self._loaded
        whole = tokenizer.encode_batch([self._prefix + text for text in texts])
        windows = [self._windows(*both) for both in zip(texts, whole, strict=True)]
        vectors = iter(network.read([tokens.ids for own in windows for tokens, _ in own]))
        return [[self._placed(next(vectors), *window) for window in own] for own in windows]

    def _placed(self, vectors: Vectors, tokens: Any, start: int) -> States:
        """Say where in the text, of which a window begins at `start`, its tokens stand."""
        offsets = np.array(tokens.offsets, np.int64) - len(self._prefix)
        framing = (offsets[:, 1] <= 0) | (offsets[:, 0] == offsets[:, 1])
        starts, ends = (np.where(framing, 0, np.maximum(offsets[:, side], 0) + start) for side in (0, 1))
        return States(vectors, starts, ends)

    def _windows(self, text: str, whole: Any) -> list[tuple[Any, int]]:
        """Cut a text that the network would truncate into equal windows, none of them blank.

        Args:
            whole: the tokens of the whole.

        Returns:
            The tokens of each window, and where in the text it begins.
        """
        _, tokenizer, most = self._loaded
        room = most - 8  # cutting a text may part its tokens anew
        if sum(end > len(self._prefix) for _, end in whole.offsets) <= room:
            return [(whole, 0)]
        offsets = tokenizer.encode(text, add_special_tokens=False).offsets
        count = -(-len(offsets) // room)
        bounds = [round(i * len(offsets) / count) for i in range(count + 1)]
        spans = [(offsets[a][0], offsets[b - 1][1]) for a, b in pairwise(bounds)]
        spans = [(start, end) for start, end in spans if text[start:end].strip()]
        cut = tokenizer.encode_batch([self._prefix + text[start:end] for start, end in spans])
        return [(tokens, start) for tokens, (start, _) in zip(cut, spans, strict=True)]
