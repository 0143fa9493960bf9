"""What a model's files hold, looked at before anything relies on it: numbers that are numbers, lanes that can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from nlp.classify.lanes import NAMES, Cut, Lanes
from nlp.errors import ModelError
from nlp.program import KINDS

RETRAIN, RETUNE = "Run: evmap train", "Run: evmap tune"
ARRAYS = (
    "centre", "mean", "scale", "role", "treatment", "targets", "slope", "intercept", "labels", "examples",
)  # fmt: skip


def load_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a model's weights.

    Raises:
        ModelError: if it is no archive of arrays, holds objects that only pickle could read, lacks one of `ARRAYS`, or
            one of them holds what is no finite number.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
    except (ValueError, OSError, EOFError, AttributeError, TypeError, BadZipFile) as error:
        raise ModelError(path, f"no arrays of numbers in it: {error}", RETRAIN) from None
    if lacking := [name for name in ARRAYS if name not in arrays]:
        raise ModelError(path, f"damaged: {', '.join(lacking)} missing", RETRAIN)
    if broken := [name for name in ARRAYS if not np.isfinite(arrays[name]).all()]:
        raise ModelError(path, f"not finite: {', '.join(broken)}", RETRAIN)
    return arrays


def load_lanes(path: Path, table: Any) -> dict[str, Lanes]:
    """Return the cuts of both kinds of targets.

    Raises:
        ModelError: if one is missing or beyond [0, 1], or `review` begins above `suggested`.
    """
    try:
        lanes = {kind: Lanes(**{name: Cut(**cut) for name, cut in table[kind].items()}) for kind in KINDS}
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelError(path, f"damaged lanes: {error}", RETUNE) from None
    if wrong := [fault for kind, own in lanes.items() for fault in _faults(kind, own)]:
        raise ModelError(path, f"impossible lanes: {'; '.join(wrong)}", RETUNE)
    return lanes


def _faults(kind: str, lanes: Lanes) -> list[str]:
    cuts = {name: getattr(lanes, name).threshold for name in NAMES}
    odd = {name: cut for name, cut in cuts.items() if not isinstance(cut, int | float) or not 0 <= cut <= 1}
    if odd:
        return [f"{kind} {name} begins at {cut}" for name, cut in odd.items()]
    return [f"{kind}: review begins above suggested"] if cuts["review"] > cuts["suggested"] else []
