"""One layer of a BERT network whose linear layers multiply whole numbers of 8 bits: what most processors are fast at.

What goes into a linear layer is brought to 0..255 by ranges measured beforehand (`nlp.encode.ranges`), the same for
every text, so that a text's states do not depend on its neighbours; weights by the largest of each row to -127..127;
sums are exact. Three things keep it near to float32:

- columns that reach far are made smaller and their weights larger, by the power `MIGRATED` of their reach (Xiao et al.
  2023, "SmoothQuant");
- the few columns of the wide part that reach farthest are computed in float32 (after Dettmers et al. 2022,
  "LLM.int8()");
- attention, normalisations and what layers add to one another stay in float32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from nlp.encode.base import Vectors
from nlp.encode.layers import ASK, NARROW, SEE, WIDEN, norms_of, weights_of

MIGRATED = 0.65  # share of a column's reach that its weights take over, as a power
APART = 16  # columns of the wide part in float32
LARGEST = 255
GELU_LEAST = -0.17  # no GELU is below
SMALL = 1e-5
LEAST, MOST = 1e-30, 1e30  # sums of exponentials that float32 holds well


class ByteLinear:
    """A linear layer on bytes.

    Args:
        weight: torch (out, in); bias: torch (out,); both float32.
        low, high: torch (in,), ranges of what goes in. migrated: see the module; 0 leaves the columns as they are.
    """

    def __init__(self, weight: Any, bias: Any, low: Any, high: Any, migrated: float = MIGRATED) -> None:
        import torch

        reach = low.abs().maximum(high.abs()).clamp(min=SMALL)
        own = weight.abs().amax(0).clamp(min=SMALL)
        smaller = reach**migrated / own ** (1 - migrated) if migrated else torch.ones_like(reach)
        least, most = min((low / smaller).min().item(), 0.0), max((high / smaller).max().item(), SMALL)
        self.scale = (most - least) / LARGEST
        self.zero = round(-least / self.scale)
        self._times = 1 / (smaller * self.scale)
        self._plus = torch.full_like(self._times, self.zero + 0.5)  # what is cut off then is rounded
        weight = weight * smaller
        self._step = weight.abs().amax(1).clamp(min=SMALL) / 127
        whole = torch.round(weight / self._step[:, None]).to(torch.int8)
        self._weight = torch.ops.onednn.qlinear_prepack(whole, None)
        self._middle, self._bias = torch.zeros(len(whole), dtype=torch.int32), bias

    def bytes_of(self, rows: Any) -> Any:
        """Return rows (n, in) as bytes; what is beyond the ranges becomes the nearest that is not."""
        import torch

        return torch.addcmul(self._plus, rows, self._times).clamp_(0, LARGEST).to(torch.uint8)

    def __call__(self, told: Any) -> Any:
        """Return float32 (n, out) for bytes (n, in)."""
        import torch

        return self._product(told, 1.0, 0, torch.float32, "none", "")

    def gelu(self, told: Any, taker: ByteLinear) -> Any:
        """Return bytes (n, out) after GELU for bytes (n, in), as `taker` takes them."""
        import torch

        return self._product(told, taker.scale, taker.zero, torch.uint8, "gelu", "none")

    def _product(self, told: Any, scale: float, zero: int, dtype: Any, after: str, how: str) -> Any:
        import torch

        own = (told, self.scale, self.zero, self._weight, self._step, self._middle, self._bias)
        return torch.ops.onednn.qlinear_pointwise(*own, scale, zero, dtype, after, [], how)


class ByteLayer:
    """A layer on bytes.

    Args:
        tensors, name: of the network, and how this layer's names begin. heads: of attention. epsilon: of normalisation.
        ranges: least and largest numbers (in,) that go into each linear layer, `Ranges.of`.
    """

    def __init__(
        self,
        tensors: Mapping[str, Any],
        name: str,
        heads: int,
        epsilon: float,
        ranges: Mapping[str, tuple[Vectors, Vectors]],
    ) -> None:
        import torch

        sides = {part: (torch.from_numpy(low), torch.from_numpy(high)) for part, (low, high) in ranges.items()}
        self._heads, self._epsilon = heads, epsilon
        whole = weights_of(tensors, name)
        weight, bias = (part.clone() for part in whole[ASK])
        width = weight.shape[1]
        for asking in (weight[:width], bias[:width]):  # of queries: attention need not divide them
            asking *= (width // heads) ** -0.5
        self._ask = ByteLinear(weight, bias, *sides[ASK])
        self._see, self._widen = (ByteLinear(*whole[part], *sides[part]) for part in (SEE, WIDEN))
        reach = sides[NARROW][1]
        far = reach.topk(min(APART, len(reach))).indices
        weight, bias = whole[NARROW]
        few_in, few_bias = (part[far] for part in whole[WIDEN])
        self._few = few_in.T.contiguous(), few_bias, weight[:, far].T.contiguous()
        near = torch.ones_like(reach).index_fill(0, far, 0)
        self._narrow = ByteLinear(weight * near, bias, torch.full_like(reach, GELU_LEAST), reach * near, migrated=0)
        self._seen, self._narrowed = norms_of(tensors, name)

    def __call__(self, states: Any, bounds: Sequence[int]) -> Any:
        """Return the next states (tokens, dim) for these, float32."""
        from torch.nn import functional

        width = states.shape[1:]
        seen = self._attend(self._ask(self._ask.bytes_of(states)), bounds)
        states = self._see(self._see.bytes_of(seen)).add_(states)
        states = functional.layer_norm(states, width, *self._seen, self._epsilon)
        wide = self._widen.gelu(self._widen.bytes_of(states), self._narrow)
        states = self._narrow(wide).add_(self._apart(states))
        return functional.layer_norm(states, width, *self._narrowed, self._epsilon)

    def _apart(self, states: Any) -> Any:
        """The states with what those columns of the wide part add that are computed in float32."""
        import torch
        from torch.nn import functional

        into, bias, out = self._few
        return torch.addmm(states, functional.gelu(torch.addmm(bias, states, into)), out)

    def _attend(self, asked: Any, bounds: Sequence[int]) -> Any:
        """Return (tokens, dim): what each token takes from the others of its text.

        With heads of few numbers, plain steps in memory that is kept are faster than torch's one.
        """

        rows = len(asked)
        query, key, value = asked.view(rows, 3, self._heads, -1).permute(1, 2, 0, 3)
        seen = asked.new_zeros(rows, self._heads, query.shape[-1])
        room = asked.new_empty(self._heads * max(end - start for start, end in pairwise(bounds)) ** 2)
        for start, end in pairwise(bounds):
            size = end - start
            scores = room[: self._heads * size * size].view(self._heads, size, size)
            own = _weighed(query[:, start:end], key[:, start:end], value[:, start:end], scores)
            seen[start:end] = own.transpose(0, 1)
        return seen.view(rows, -1)


def _weighed(query: Any, key: Any, value: Any, scores: Any) -> Any:
    """Return (heads, tokens, width) from three such; `scores` (heads, tokens, tokens) is room to write in.

    Exponentials are taken as they are, and what comes out is divided by their sums, which is less to divide; only where
    one is beyond float32 are the scores brought near to 0 first.
    """
    import torch

    torch.bmm(query, key.transpose(1, 2), out=scores)
    sums = scores.exp_().sum(-1, keepdim=True)
    least, most = sums.aminmax()
    if least > LEAST and most < MOST:
        return torch.bmm(scores, value).div_(sums)
    torch.bmm(query, key.transpose(1, 2), out=scores)
    return torch.bmm(torch.softmax(scores, -1, out=scores), value)
