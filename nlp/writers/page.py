"""What every page that we write shares: its template room, its style and script, and the digests that allow them."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nlp.display import visible

FOLDER = Path(__file__).resolve().parent


def digest(text: str) -> str:
    """Return the source expression that a content policy needs to allow an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def joined(names: tuple[str, ...]) -> str:
    """Return the files of these names, which stand beside this module, one after another."""
    return "\n".join((FOLDER / name).read_text("utf-8") for name in names)


def template(name: str) -> Any:
    """Return a template that escapes whatever is put into it.

    Its filters: `plain` makes marks visible that turn the direction of text, `grouped` parts thousands.
    """
    rooms = Environment(autoescape=True, loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True)
    rooms.filters["plain"] = lambda text: visible(str(text))
    rooms.filters["grouped"] = lambda count: f"{count:,}"
    return rooms.get_template(name)
