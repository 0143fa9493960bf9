"""Which model a desk uses: the one it adopted, else the shipped one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlp.classify.heads import MANIFEST
from nlp.errors import UsageError

MODELS, ADOPTED = "models", "adopted.json"


def adopted(folder: Path) -> Path | None:
    """Return the model that a desk adopted (`evmap learn --adopt`), None where it uses the shipped one.

    Raises:
        UsageError: if the model is gone, or the file that names it is damaged.
    """
    path = folder / MODELS / ADOPTED
    try:
        row: Any = json.loads(path.read_text("utf-8"))
        model = folder / MODELS / str(row["model"])
    except FileNotFoundError:
        return None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise UsageError(path, "damaged", "Remove it to go back to the shipped model") from None
    if not (model / MANIFEST).is_file():
        raise UsageError(path, f"names the model {model.name}, which is gone", "Remove it to go back") from None
    return model
