"""Language of a text, limited to the four languages of the OAS."""

from __future__ import annotations

import functools
from typing import Any

LEAST_LETTERS = 40
MOST_LETTERS = 10_000  # more tell no more, and one endless word would take minutes


@functools.cache
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    four = (Language.ENGLISH, Language.SPANISH, Language.PORTUGUESE, Language.FRENCH)
    return LanguageDetectorBuilder.from_languages(*four).with_preloaded_language_models().build()


@functools.lru_cache(maxsize=4096)
def detect(text: str, default: str = "en") -> str:
    """Return "en", "es", "pt" or "fr", by how a text begins; `default` for one with fewer than 40 letters."""
    text = text[:MOST_LETTERS]
    if sum(map(str.isalpha, text)) < LEAST_LETTERS:
        return default
    found = _detector().detect_language_of(text)
    return found.iso_code_639_1.name.lower() if found else default
