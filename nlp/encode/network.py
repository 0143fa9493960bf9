"""The forward pass of a BERT network on the CPU, for reading alone: many texts as one matrix, without padding.

The tokens of several texts stand below one another, so that the linear layers, where nearly all of the arithmetic is,
multiply large matrices and fetch their weights once for all; each text attends to itself alone. A row of such a product
does not depend on the others. `Network` sees to that on the machine it runs on before it packs texts, and reads one at
a time where it does not hold.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

from nlp.encode.base import Ids, Vectors, packs
from nlp.encode.integers import ByteLayer
from nlp.encode.layers import FloatLayer, Layer, pair
from nlp.encode.ranges import Ranges

TOKENS = 1024  # of a pack: larger ones are hardly faster
ROWS = 32  # a pack's rows are a multiple of it: each other number costs oneDNN a new program (milliseconds)
TRIALS = (70, 3, 41, 17, 64, 5)  # tokens of the texts that show whether neighbours matter


@dataclass(frozen=True, slots=True)
class Shape:
    """What a BERT network's tensors do not say: its layers, attention heads and the epsilon of its normalisation."""

    layers: int
    heads: int
    epsilon: float


class Network:
    """A BERT network with the weights that it is given.

    Args:
        tensors: float32 torch tensors, under the names that they have in a transformers `BertModel`.
        half: compute in bfloat16 (8 bits of precision, sums in float32); states come out as float32 all the same.
        ranges: compute in whole numbers of 8 bits, with these ranges.
    """

    def __init__(
        self, tensors: Mapping[str, Any], shape: Shape, half: bool = False, ranges: Ranges | None = None
    ) -> None:
        import torch

        self._dtype = torch.bfloat16 if half else torch.float32
        self._epsilon = shape.epsilon
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._places = tensors["embeddings.position_embeddings.weight"]
        self._places = self._places + tensors["embeddings.token_type_embeddings.weight"][0]
        self._norm = pair(tensors, "embeddings.LayerNorm")
        names = [f"encoder.layer.{number}." for number in range(shape.layers)]
        heads, epsilon = shape.heads, shape.epsilon
        self._floats: Sequence[FloatLayer] = ()
        self._layers: Sequence[Layer]
        if ranges:
            self._layers = [ByteLayer(tensors, name, heads, epsilon, ranges.of(n)) for n, name in enumerate(names)]
        else:
            self._floats = [FloatLayer(tensors, name, heads, epsilon, self._dtype) for name in names]
            self._layers = self._floats

    def read(self, texts: Sequence[Ids]) -> list[Vectors]:
        """Return for each text float32 (tokens, dim): the last states of its tokens, whatever its neighbours.

        Args:
            texts: numbers of tokens, the signs that frame a text among them; at most as many as there are positions.
        """
        most = TOKENS if self.together else 1
        return [states for pack in packs(texts, most) for states in self._read(pack)]

    def watch(self, text: Ids, watch: Callable[[int, str, Any], None]) -> None:
        """Read one text in floats; `watch` hears the number of each layer, the name of each input and its rows."""
        import torch

        with torch.inference_mode():
            states = self._enter([text], 0)
            for number, layer in enumerate(self._floats):
                states = layer(states, [0, len(text)], functools.partial(watch, number))

    @cached_property
    def together(self) -> bool:
        """Whether texts get the same bytes in a pack as alone: tried out, some tenths of a second."""
        size = len(self._places)
        texts = [[n % len(self._words) for n in range(min(count, size))] for count in TRIALS]
        alone = [self._read([text])[0].tobytes() for text in texts]
        orders = (texts, texts[::-1])
        return [[states.tobytes() for states in self._read(order)] for order in orders] == [alone, alone[::-1]]

    def _read(self, texts: Sequence[Ids]) -> list[Vectors]:
        import torch

        torch.set_num_threads(1)  # texts are spread over the cores instead: faster, and every sum stays in order
        bounds = [0, *accumulate(map(len, texts))]
        with torch.inference_mode():
            states = self._enter(texts, -bounds[-1] % ROWS)
            for layer in self._layers:
                states = layer(states, bounds)
            rows = states.float().numpy()
        return [rows[start:end] for start, end in pairwise(bounds)]

    def _enter(self, texts: Sequence[Ids], blank: int) -> Any:
        """Look up the texts' tokens and places; `blank` rows more, which nobody reads."""
        import torch
        from torch.nn import functional

        words = torch.tensor([number for text in texts for number in text] + [0] * blank)
        places = torch.tensor([place for text in texts for place in range(len(text))] + [0] * blank)
        states = functional.embedding(words, self._words) + functional.embedding(places, self._places)
        return functional.layer_norm(states, states.shape[-1:], *self._norm, self._epsilon).to(self._dtype)
