"""A sentence-transformers network on the CPU: one text at a time, no padding, its tokens' states at hand."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encode.adapter import adapter_digest, merge
from nlp.encode.base import Embedder, Gap, Vectors
from nlp.errors import EncoderError

Places = npt.NDArray[np.int64]
STATES_KEPT = 20_000  # tokens whose states are kept for `leave_out` (1,536 bytes each where a vector has 384 numbers)


@dataclass(frozen=True, slots=True)
class States:
    """What the network made of one window of a text.

    Attributes:
        vectors: float32 (tokens, dim), the signs that frame the window and its prompt among them.
        starts, ends: int (tokens,): where in the text a token stands; both 0 where it stands in none.
    """

    vectors: Vectors
    starts: Places
    ends: Places

    def kept(self, gap: Gap | None) -> Vectors:
        """Return the states without those of tokens in `gap`; all, if none of the text's own were left."""
        own = self.ends > 0
        left = own if gap is None else own & ~((self.starts < gap[1]) & (self.ends > gap[0]))
        return self.vectors[left | ~own] if gap and left.any() else self.vectors


def pooled(windows: Sequence[States], gap: Gap | None = None) -> Vectors:
    """Return float32 (dim,): the mean state of each window, of unit length, averaged by the windows' tokens."""
    kept = [window.kept(gap) for window in windows]
    means = np.stack([states.mean(axis=0) for states in kept])
    unit = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return np.asarray(np.average(unit, axis=0, weights=[len(states) for states in kept]), np.float32)


class TransformerEmbedder(Embedder):
    """A SentenceTransformer folder with mean pooling, on the CPU; loaded when the first text comes.

    Args:
        name: row in EMBEDDERS. folder: gives the model folder, checked. digest: sha256 (hex) of its weights.
        dim: width of its vectors. prefix: prompt that the model was trained with.
        adapter: folder of a low-rank update of its weights (`nlp.finetune`), merged into them when they are loaded.
        precision: "fp32", or "bf16" for CPUs that multiply bfloat16 themselves (twice as fast and more; cosine to
            fp32 above 0.9995). Vectors of one precision are never mixed with those of another: the identity differs.
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
        self._states: dict[str, list[States]] = {}
        if adapter:
            self.identity += f"+{adapter_digest(adapter)[:16]}"
        if precision != "fp32":
            self.identity += f"@{precision}"

    def leave_out(self, text: str, gaps: Sequence[Gap]) -> Vectors:
        """Return float32 (len(gaps), dim): the text's vector without the tokens of each gap.

        The tokens were read together with those of the gap; only the mean leaves these out. One pass at most,
        none where the text was just encoded.
        """
        if not gaps:
            return np.zeros((0, self.dim), np.float32)
        states = self._states.get(text) or self._read(text)
        return self.unit(np.stack([pooled(states, gap) for gap in gaps]))

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
        if getattr(model[1], "pooling_mode", None) != "mean":
            raise EncoderError(self.name, "its vectors are not means of its tokens' states")
        inner: Any = model[0]
        if self._adapter:
            inner.model = merge(inner.model, self._adapter)
        model.eval()
        return model

    @cached_property
    def _network(self) -> Any:
        import torch

        network = self._model[0].model
        return network.to(torch.bfloat16) if self._precision == "bf16" else network

    @cached_property
    def _tokenizer(self) -> Any:
        """A tokenizer that never truncates: what does not fit is cut into windows, not off."""
        tokenizer = copy.deepcopy(self._model.tokenizer)
        tokenizer("settles its state before threads share it", truncation=False, verbose=False)
        return tokenizer

    @property
    def _room(self) -> int:
        """Tokens of text that fit beside the two that frame it and the prompt."""
        return int(self._model.max_seq_length or 512) - 2 - self._prompt

    @cached_property
    def _prompt(self) -> int:
        return len(self._offsets(self._prefix)) if self._prefix else 0

    def _encode(self, texts: Sequence[str]) -> Vectors:
        _ = self._network, self._tokenizer, self._prompt  # loaded here once, not by every thread
        self._states = {}
        if self.threads == 1:
            return np.stack([self._encode_one(text) for text in texts])
        with ThreadPoolExecutor(self.threads) as pool:
            return np.stack(list(pool.map(self._encode_one, texts)))

    def _encode_one(self, text: str) -> Vectors:
        states = self._read(text)
        if sum(map(_size, tuple(self._states.values()))) + _size(states) <= STATES_KEPT:
            self._states[text] = states
        return pooled(states)

    def _read(self, text: str) -> list[States]:
        """Run the network over a text, in windows of equal size where it is longer than the network takes."""
        return [self._read_window(text[start:end], start) for start, end in self._windows(text)]

    def _read_window(self, text: str, start: int) -> States:
        import torch

        tokens = self._tokenizer(
            self._prefix + text, return_offsets_mapping=True, truncation=False, return_tensors="pt", verbose=False
        )
        offsets = tokens.pop("offset_mapping")[0].numpy() - len(self._prefix)
        with torch.inference_mode():
            states = self._network(**tokens).last_hidden_state[0].float().numpy()
        framing = (offsets[:, 1] <= 0) | (offsets[:, 0] == offsets[:, 1])
        starts, ends = (np.where(framing, 0, np.maximum(offsets[:, side], 0) + start) for side in (0, 1))
        return States(states, starts, ends)

    def _offsets(self, text: str) -> list[tuple[int, int]]:
        encoded = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        return list(encoded["offset_mapping"])

    def _windows(self, text: str) -> list[Gap]:
        """Cut a text that the network would truncate into equal windows; none of them is blank."""
        if len(text) < self._room:  # a token is at least one character
            return [(0, len(text))]
        offsets = self._offsets(text)
        room = self._room - 8  # cutting a text may part its tokens anew
        if len(offsets) <= room:
            return [(0, len(text))]
        count = -(-len(offsets) // room)
        bounds = [round(i * len(offsets) / count) for i in range(count + 1)]
        spans = [(offsets[a][0], offsets[b - 1][1]) for a, b in pairwise(bounds)]
        return [(start, end) for start, end in spans if text[start:end].strip()]


def _size(states: Sequence[States]) -> int:
    return sum(len(window.starts) for window in states)
