"""The words of copies, covers and sheets: `phrases.json` has each of them in four languages."""

from __future__ import annotations

import json
from pathlib import Path

from nlp.program import LANGUAGES

_ROWS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
PHRASES: dict[str, dict[str, str]] = {code: {key: row[code] for key, row in _ROWS.items()} for code in LANGUAGES}


def say(key: str, language: str, **values: object) -> str:
    """Return a phrase in a language (English where we do not speak it), with values put in.

    Raises:
        KeyError: if there is no such phrase.
    """
    return PHRASES.get(language, PHRASES["en"])[key].format(**values)
