"""One linear layer for reading alone: weights laid out once, bias, GELU or a residual in the same pass.

oneDNN computes it where torch has it: with the widest registers of processors of any maker, while the library that
torch itself takes for float32 matrices does so on its own maker's only (on an AMD EPYC of 2024: 250 against 108
GFLOP/s a core). Its operations are those that torch's compiler calls; where a torch lacks them, torch's own layers do.
"""

from __future__ import annotations

from typing import Any


def one_dnn(dtype: Any) -> Any:
    """Return torch's oneDNN operations; None where it has none for this kind of number on this machine."""
    import torch

    found = torch.ops.mkldnn
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return None
    if not all(hasattr(found, name) for name in ("_linear_pointwise", "_reorder_linear_weight")):
        return None
    if dtype is torch.bfloat16 and not found._is_mkldnn_bf16_supported():
        return None
    return found


class Linear:
    """A linear layer.

    Args:
        weight: torch (out, in); bias: torch (out,); both float32. dtype: torch type that it computes in.
    """

    def __init__(self, weight: Any, bias: Any, dtype: Any) -> None:
        self._one_dnn = one_dnn(dtype)
        weight, self._bias = weight.to(dtype), bias.to(dtype)
        self._weight = self._one_dnn._reorder_linear_weight(weight) if self._one_dnn else weight

    def __call__(self, rows: Any, gelu: bool = False, add: Any = None) -> Any:
        """Return (n, out) for `rows` (n, in): after GELU if asked; with `add` (n, out) on top if given."""
        if self._one_dnn is None:
            return self._plainly(rows, gelu, add)
        if add is not None:
            return self._one_dnn._linear_pointwise.binary(rows, add, self._weight, self._bias, "add")
        activation = "gelu" if gelu else "none"
        return self._one_dnn._linear_pointwise(rows, self._weight, self._bias, activation, [], "none")

    def _plainly(self, rows: Any, gelu: bool, add: Any) -> Any:
        from torch.nn import functional

        found = functional.linear(rows, self._weight, self._bias)
        if gelu:
            found = functional.gelu(found)
        return found if add is None else found + add
