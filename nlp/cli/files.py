"""What commands read from standard input, and the files that they are asked to write."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from nlp.errors import UsageError


def spelled_out(inputs: Iterable[str]) -> list[str]:
    """Inputs, with the paths on standard input, one a line, whatever bytes they are made of, where one is ``-``."""
    return [path for item in inputs for path in (_listed() if item == "-" else [item])]


def _listed() -> list[str]:
    return [os.fsdecode(line) for line in sys.stdin.buffer.read().splitlines() if line]


def kind_of(output: Path | None, default: str) -> str:
    """The kind of file that a name ends in ("docx"), or another where there is no name or it has no ending."""
    return output.suffix.lower().lstrip(".") if output and output.suffix else default


def put(target: Path, data: bytes) -> None:
    """Write the file that -o names.

    Raises:
        UsageError: if it cannot be written.
    """
    try:
        target.write_bytes(data)
    except OSError as error:
        raise UsageError(target, f"cannot be written: {error.strerror}", "Name another file with -o") from error
