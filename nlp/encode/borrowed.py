"""Any other network of sentence-transformers: loaded and run by that library, a text at a time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from nlp.encode.adapter import merge
from nlp.encode.base import Vectors
from nlp.errors import EncoderError


class BorrowedNetwork:
    """A network that `nlp.encode.network` does not compute; slower, and as many kinds as the library knows.

    Args:
        folder: of a SentenceTransformer with mean pooling. adapter: update of its weights, merged into them.
        half: compute in bfloat16.

    Raises:
        EncoderError: if its vectors are not means of its tokens' states.
    """

    def __init__(self, folder: Path, adapter: Path | None = None, half: bool = False) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch
        from sentence_transformers import SentenceTransformer

        model: Any = SentenceTransformer(str(folder), device="cpu")
        if getattr(model[1], "pooling_mode", None) != "mean":
            raise EncoderError(folder, "its vectors are not means of its tokens' states")
        network = merge(model[0].model, adapter) if adapter else model[0].model
        self._network = network.to(torch.bfloat16 if half else torch.float32).eval()
        self._model = model

    @property
    def max_tokens(self) -> int:
        """Most tokens of a text, the signs that frame it among them."""
        return int(self._model.max_seq_length or 512)

    @cached_property
    def tokenizer(self) -> Any:
        """A `tokenizers.Tokenizer` that never truncates nor pads.

        Raises:
            EncoderError: if the model's tokenizer tells no places in the text.
        """
        from tokenizers import Tokenizer

        backend = getattr(self._model.tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise EncoderError("tokenizer", "it does not tell where its tokens stand", "Choose a model with a fast one")
        tokenizer = Tokenizer.from_str(backend.to_str())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def read(self, texts: Sequence[Sequence[int]]) -> list[Vectors]:
        """Return for each text float32 (tokens, dim): the last states of its tokens.

        Args:
            texts: numbers of tokens, the signs that frame a text among them.
        """
        return [self._read(text) for text in texts]

    def _read(self, text: Sequence[int]) -> Vectors:
        import torch

        torch.set_num_threads(1)  # texts are spread over the cores instead
        with torch.inference_mode():
            states: Vectors = self._network(input_ids=torch.tensor([list(text)])).last_hidden_state[0].float().numpy()
        return states
