"""Language of a text, limited to the four languages of the OAS.

Most texts tell it by function words that one of the four has alone. Where these are too few for those of others beside
them, lingua decides by the runs of letters: that takes twenty times as long, and foreign names mislead it.
"""

from __future__ import annotations

import functools
from typing import Any

LEAST_LETTERS = 40
MOST_LETTERS = 10_000  # more tell no more, and one endless word would take minutes
# Words that the others hardly ever write so: not "sur", which is a point of the compass in Spanish, nor "as" or "no".
FUNCTION_WORDS = {
    "en": "the of and to with by from that this these those which is are was were been will their its they not at it",
    "es": "el los las y del con una unas este estos fue fueron han su sus pero muy hacia hasta sin según donde",
    "pt": "do dos das da na nas ao aos pelo pela pelos pelas com uma um são foi foram não também seu sua seus suas em",
    "fr": "du des et une dans aux au cette ces qui pas été avec pour sont ont leur leurs est il elle",
}
LEAST_WORDS, OUTWEIGHED = 2, 3  # different ones of a language that are enough, and more for each of another's
_LANGUAGE_OF = {word: code for code, words in FUNCTION_WORDS.items() for word in words.split()}


@functools.cache
def _detector() -> Any:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    four = [getattr(IsoCode639_1, code.upper()) for code in FUNCTION_WORDS]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*four).with_preloaded_language_models().build()


def _by_function_words(text: str) -> str | None:
    """The language whose function words stand in a text, None where they are too few for those of others beside them.

    Words with a capital do not count: they may be names.
    """
    found = [_LANGUAGE_OF[word] for word in set(text.split()) if word in _LANGUAGE_OF]
    for code in FUNCTION_WORDS:
        own = found.count(code)
        if own >= LEAST_WORDS + OUTWEIGHED * (len(found) - own):
            return code
    return None


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
