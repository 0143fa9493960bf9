"""Interface words: one data file a language, and which language somebody reads."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

from fastapi import Request

from nlp.program import LANGUAGES, Language

WORDS = Path(__file__).parent / "words"
COOKIE = "evmap-language"
NAMES: dict[Language, str] = {"en": "English", "es": "Español", "pt": "Português", "fr": "Français"}
_ASKED = re.compile(r"([a-z]{2})(?:-[A-Za-z0-9-]+)?(?:\s*;\s*q=([0-9.]+))?")


@functools.cache
def words_file(language: Language) -> dict[str, str]:
    """Return the words of a language by key.

    Keys with a count have the forms ".one" and ".other"; `{name}` stands for a value.
    """
    found: dict[str, str] = json.loads((WORDS / f"{language}.json").read_text("utf-8"))
    return found


def say(language: Language, key: str, **values: object) -> str:
    """Return the words of a key with values put in.

    Raises:
        KeyError: if there are no such words.
    """
    text = words_file(language)[key]
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def language_of(request: Request) -> Language:
    """Return the language that an address asks for, else that of the cookie, else of the browser, else English."""
    asked = [request.query_params.get("lang"), request.cookies.get(COOKIE)]
    asked += _accepted(request.headers.get("accept-language", ""))
    return next((code for name in asked for code in LANGUAGES if code == name), "en")


def _accepted(header: str) -> list[str]:
    """Languages that a browser accepts, the liked most first."""
    found = [(float(match[2] or 1), match[1]) for match in map(_ASKED.match, _parts(header)) if match]
    return [code for _, code in sorted(found, key=lambda pair: -pair[0])]


def _parts(header: str) -> list[str]:
    return [part.strip() for part in header[:300].split(",")]
