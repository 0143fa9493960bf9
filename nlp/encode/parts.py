"""What a SentenceTransformer folder holds, read without that library: a third of the time and the memory at a start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.encode.network import Shape
from nlp.errors import EncoderError

WHOLE = "Get the model folder whole"


@dataclass(frozen=True, slots=True)
class Parts:
    """A model, apart.

    Attributes:
        tensors: its weights by name, float32, mapped from the file: what is only looked up is shared by processes.
        tokenizer: a `tokenizers.Tokenizer` that never truncates nor pads. max_tokens: that the network takes.
    """

    tensors: dict[str, Any]
    shape: Shape
    tokenizer: Any
    max_tokens: int


def is_bert(folder: Path) -> bool:
    """Whether it holds a network that `nlp.encode.network` computes.

    Raises:
        EncoderError: if its configuration is missing or damaged.
    """
    config = _read(folder / "config.json")
    return (config.get("model_type"), config.get("hidden_act")) == ("bert", "gelu")


def parts_of(folder: Path) -> Parts:
    """Return the parts of a BERT network with mean pooling.

    Raises:
        EncoderError: if it is another kind of network, or a file is missing or damaged.
    """
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    if not is_bert(folder):
        raise EncoderError(folder, "its network is no BERT with GELU")
    config = _read(folder / "config.json")
    pooling = _read(folder / "1_Pooling" / "config.json")
    if pooling.get("pooling_mode") != "mean" and not pooling.get("pooling_mode_mean_tokens"):
        raise EncoderError(folder, "its vectors are not means of its tokens' states")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    most = _read(folder / "sentence_bert_config.json").get("max_seq_length") or config["max_position_embeddings"]
    shape = Shape(config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])
    return Parts(load_file(folder / "model.safetensors"), shape, tokenizer, int(most))


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(path, f"cannot be read: {error}", WHOLE) from None
    return content
