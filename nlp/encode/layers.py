"""One layer of a BERT network on rows of tokens, in float32 or bfloat16: attention, the wide part, and what adds them.

The rows of several texts stand below one another; `bounds` says where each begins, and where the last ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

from nlp.encode.linear import Linear

Watch = Callable[[str, Any], None]
"""Hears, under the name of a linear layer, the rows that go into it."""
ASK, SEE, WIDEN, NARROW = INPUTS = ("ask", "see", "widen", "narrow")
"""The four linear layers: queries, keys and values at once; what attention gives; into the wide part, and out of it."""


class Layer(Protocol):
    """What a network asks of a layer."""

    def __call__(self, states: Any, bounds: Sequence[int]) -> Any:
        """Return the next states (tokens, dim) for these."""
        ...


class FloatLayer:
    """A layer in float32 or bfloat16.

    Args:
        tensors, name: of the network, and how this layer's names begin. heads: of attention. epsilon: of normalisation.
        dtype: torch type that it computes in.
    """

    def __init__(self, tensors: Mapping[str, Any], name: str, heads: int, epsilon: float, dtype: Any) -> None:
        self._heads, self._epsilon = heads, epsilon
        whole = weights_of(tensors, name)
        self._ask, self._see, self._widen, self._narrow = (Linear(*whole[part], dtype) for part in INPUTS)
        self._seen, self._narrowed = norms_of(tensors, name, dtype)

    def __call__(self, states: Any, bounds: Sequence[int], watch: Watch = lambda name, rows: None) -> Any:
        """Return the next states (tokens, dim) for these; `watch` hears what goes into each linear layer."""
        from torch.nn import functional

        rows, width = states.shape
        watch(ASK, states)
        asked = self._ask(states).view(rows, 3, self._heads, -1).permute(1, 2, 0, 3)
        seen = states.new_zeros(rows, self._heads, width // self._heads)
        for start, end in pairwise(bounds):
            seen[start:end] = _attend(*asked[:, :, start:end]).transpose(0, 1)
        watch(SEE, seen.view(rows, width))
        states = self._see(seen.view(rows, width), add=states)
        states = functional.layer_norm(states, (width,), *self._seen, self._epsilon)
        watch(WIDEN, states)
        wide = self._widen(states, gelu=True)
        watch(NARROW, wide)
        states = self._narrow(wide, add=states)
        return functional.layer_norm(states, (width,), *self._narrowed, self._epsilon)


def weights_of(tensors: Mapping[str, Any], name: str) -> dict[str, tuple[Any, Any]]:
    """Return the weights (out, in) and biases (out,) of a layer's four linear layers, float32."""
    import torch

    own = [pair(tensors, f"{name}attention.self.{part}") for part in ("query", "key", "value")]
    weights, biases = zip(*own, strict=True)
    return {
        ASK: (torch.cat(weights), torch.cat(biases)),
        SEE: pair(tensors, f"{name}attention.output.dense"),
        WIDEN: pair(tensors, f"{name}intermediate.dense"),
        NARROW: pair(tensors, f"{name}output.dense"),
    }


def norms_of(tensors: Mapping[str, Any], name: str, dtype: Any = None) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Return scale and shift of the two normalisations of a layer: after attention, and at its end."""
    parts = ("attention.output.LayerNorm", "output.LayerNorm")
    first, second = (pair(tensors, name + part, dtype) for part in parts)
    return first, second


def pair(tensors: Mapping[str, Any], name: str, dtype: Any = None) -> tuple[Any, Any]:
    """Return weight and bias of this name, by default float32."""
    import torch

    dtype = dtype or torch.float32
    return tensors[f"{name}.weight"].to(dtype), tensors[f"{name}.bias"].to(dtype)


def _attend(query: Any, key: Any, value: Any) -> Any:
    """Return (heads, tokens, width) from three such: what each token takes from the others of its text."""
    import torch
    from torch.nn import functional

    if query.dtype is torch.float32:
        return functional.scaled_dot_product_attention(query[None], key[None], value[None])[0]
    scores = torch.bmm(query, key.transpose(1, 2)).float() * query.shape[-1] ** -0.5
    return torch.bmm(scores.softmax(-1).to(value.dtype), value)  # faster than the above, whose exp is slow in bfloat16
