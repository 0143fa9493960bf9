"""Which encoder and which model the settings mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nlp.classify.heads import ADAPTER, read_manifest
from nlp.encode import embed
from nlp.errors import EncoderError
from nlp.settings import ENCODER, Settings, data_root

FALLBACK = "use"


def adapter_of(folder: Path) -> Path | None:
    """Return the folder of a model's update of its encoder, None if the encoder is used as it is."""
    adapter = folder / ADAPTER
    return adapter if adapter.is_dir() else None


def choose_model(settings: Settings, notice: Callable[[str], None]) -> tuple[str, Path]:
    """Return encoder name and model folder; falls back from the default encoder to a lighter one, saying so.

    Raises:
        EncoderError: if there is no such encoder. ModelError: if the model's manifest cannot be read.
    """
    if settings.model:
        folder = Path(settings.model)
        return str(read_manifest(folder)["encoder"]).split("-")[0], folder
    name = settings.encoder
    if name not in embed.EMBEDDERS:
        raise EncoderError(name, "no such encoder", f"Choose one of: {', '.join(embed.EMBEDDERS)}")
    if name == ENCODER and not embed.available(name) and embed.available(FALLBACK):
        notice(f"The encoder {name} is not installed; using {FALLBACK}, which is less accurate. "
               f"To install it: {embed.EMBEDDERS[name].install}")  # fmt: skip
        name = FALLBACK
    return name, data_root() / "models" / name
