"""What the machine can compute with: a GPU, or a CPU to which bfloat16 or whole numbers of 8 bits are no burden."""

from __future__ import annotations

from pathlib import Path

AMX, AVX = "amx_bf16", "avx512_bf16"
VNNI = frozenset(("avx512_vnni", "avx_vnni"))
AVX_PAYS = "AuthenticAMD"  # vendor whose AVX-512 is faster in bfloat16; Intel's, without AMX, took twice as long


def has_bf16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether this CPU multiplies matrices of bfloat16 faster than those of float32.

    Args:
        cpuinfo: what Linux says of the CPU; without it, the answer is no.
    """
    told = _told(cpuinfo)
    flags = told.get("flags", "").split()
    return AMX in flags or (AVX in flags and told.get("vendor_id") == AVX_PAYS)


def has_int8(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether this CPU multiplies bytes and adds them up in 32 bits: without it sums overflow, or are slow.

    Args:
        cpuinfo: what Linux says of the CPU; without it, the answer is no.
    """
    return not VNNI.isdisjoint(_told(cpuinfo).get("flags", "").split())


def _told(cpuinfo: Path) -> dict[str, str]:
    """What is said of the first of the CPU's cores, by name."""
    try:
        first = cpuinfo.read_text("utf-8").partition("\n\n")[0]
    except OSError:
        return {}
    return {name.strip(): said.strip() for name, _, said in (line.partition(":") for line in first.splitlines())}


def training_device() -> tuple[str, bool]:
    """Return the device to train on, "cuda" or "cpu", and whether to do so in bfloat16."""
    import torch

    if torch.cuda.is_available():
        return "cuda", True
    return "cpu", has_bf16()
