"""Language of a text, limited to the four languages of the OAS.

Most texts tell it by their function words, as spaCy lists them. Where these are few or disagree, lingua decides by the
runs of letters: that takes twenty times as long, and foreign names mislead it.
"""

from __future__ import annotations

import functools
from collections import Counter
from importlib import import_module
from typing import Any

LEAST_LETTERS = 40
MOST_LETTERS = 10_000  # more tell no more, and one endless word would take minutes
CODES = ("en", "es", "pt", "fr")
LEAST_WORDS, OUTWEIGHED = 2, 3  # function words of a language that are enough, and more for each of another's


@functools.cache
def _detector() -> Any:
    from lingua import Language, LanguageDetectorBuilder

    four = (Language.ENGLISH, Language.SPANISH, Language.PORTUGUESE, Language.FRENCH)
    return LanguageDetectorBuilder.from_languages(*four).with_preloaded_language_models().build()


@functools.cache
def _language_of_word() -> dict[str, str]:
    """Function words that one of the languages has alone."""
    lists = {code: import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS for code in CODES}
    held = Counter(word for words in lists.values() for word in words)
    return {word: code for code, words in lists.items() for word in words if held[word] == 1}


def _by_function_words(text: str) -> str | None:
    """The language whose function words stand in a text, None where they are too few or another's stand there too."""
    known = _language_of_word()
    found = [known[word] for word in text.lower().split() if word in known]
    counts = {code: found.count(code) for code in set(found)}
    best = max(counts, key=lambda code: (counts[code], code), default=None)
    if best is None or counts[best] < LEAST_WORDS + OUTWEIGHED * (len(found) - counts[best]):
        return None
    return best


@functools.lru_cache(maxsize=4096)
def detect(text: str, default: str = "en") -> str:
    """Return "en", "es", "pt" or "fr", by how a text begins; `default` for one with fewer than 40 letters."""
    text = text[:MOST_LETTERS]
    if sum(map(str.isalpha, text)) < LEAST_LETTERS:
        return default
    if told := _by_function_words(text):
        return told
    found = _detector().detect_language_of(text)
    return found.iso_code_639_1.name.lower() if found else default
