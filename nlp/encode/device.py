"""What the machine can compute with: a GPU, or a CPU whose bfloat16 is real and not imitated."""

from __future__ import annotations

from pathlib import Path

BF16_FLAGS = {"avx512_bf16", "amx_bf16"}


def has_bf16() -> bool:
    """Whether this CPU multiplies bfloat16 itself; where it only imitates it, it is slower than float32."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return False
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    return not BF16_FLAGS.isdisjoint(flags)


def training_device() -> tuple[str, bool]:
    """Return the device to train on, "cuda" or "cpu", and whether to do so in bfloat16."""
    import torch

    if torch.cuda.is_available():
        return "cuda", True
    return "cpu", has_bf16()
