"""The only door for configuration: defaults, then environment variables, then what the caller passes."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

import platformdirs

from nlp.errors import UsageError

PACKAGE = Path(__file__).resolve().parent
ENCODER = "e5"
STRICT = {"extra": "forbid"}  # for pydantic: a name that means nothing is refused


def data_root() -> Path:
    """Folder that holds ``corpus/`` and ``models/``: inside the wheel, or the checkout's root."""
    packed = PACKAGE / "_data"
    return packed if packed.is_dir() else PACKAGE.parent


def cache_root() -> Path:
    """Folder for what is built once and can be rebuilt (converted weights); ``EVMAP_CACHE`` overrides it."""
    return Path(os.environ.get("EVMAP_CACHE") or platformdirs.user_cache_dir("evmap"))


def state_root() -> Path:
    """Folder for what the user imported (official wording); ``EVMAP_HOME`` overrides it."""
    return Path(os.environ.get("EVMAP_HOME") or platformdirs.user_data_dir("evmap"))


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run. Every field can be set by an environment variable ``EVMAP_<FIELD>`` in capitals.

    Attributes:
        encoder: row of the EMBEDDERS table; not asked where `model` is given.
        precision: what the encoder computes in: fp32, bf16 (faster on CPUs that have it, vectors a hair different), or
            auto for bf16 where the CPU has it.
        model: folder of a trained model, which names its own encoder; "" takes the shipped one for the encoder.
        max_bytes: largest file that is read, in bytes.
        max_pages: pages read of one document; more make it partial.
        max_characters: characters kept of one document; more make it partial.
        read_seconds: wall-clock limit for reading one document, in seconds; on scans, between two signs of life.
        ocr_seconds: time for recognising the text of one document's scanned pages; more make it partial.
        read_memory: address space that reading one document may take, in bytes; a reader that still holds half of it
            after a document makes way for a new one.
        read_cpu_seconds: computing time for reading one document, in seconds, like `read_seconds` on scans; programs
            that the reader calls have as much each.
        write_bytes: largest temporary file that reading may write, in bytes.
        open_files: files that a reader may have open at once.
        recycle_after: documents after which a reader makes way for a new one.
    """

    encoder: str = ENCODER
    precision: str = "fp32"
    model: str = ""
    max_bytes: int = 200_000_000
    max_pages: int = 2_000
    max_characters: int = 10_000_000
    read_seconds: float = 300.0
    ocr_seconds: float = 1_800.0
    read_memory: int = 4_000_000_000
    read_cpu_seconds: float = 240.0
    write_bytes: int = 1_000_000_000
    open_files: int = 512
    recycle_after: int = 500

    @classmethod
    def load(cls, **overrides: object) -> Settings:
        """Return settings from the environment, overridden by the given values that are not None.

        Raises:
            UsageError: if an environment variable does not hold a value of the field's type.
        """
        values: dict[str, object] = {}
        for item in fields(cls):
            raw = os.environ.get(f"EVMAP_{item.name.upper()}")
            if raw is not None:
                values[item.name] = _parse(item.name, raw, type(item.default))
        values.update({name: value for name, value in overrides.items() if value is not None})
        return cls(**values)  # type: ignore[arg-type]


def _parse(name: str, raw: str, kind: type) -> object:
    try:
        return kind(raw)
    except ValueError:
        raise UsageError(f"EVMAP_{name.upper()}", f"{raw!r} is not of type {kind.__name__}") from None
