"""What this package says of a report or a request, in the languages of those who read it.

Errors are raised, and losses counted, in English. `sentences.json` has each such sentence once, in en, es, pt and fr;
``{a}`` stands for what differs from time to time. Pages and copies ask here; programs read the English.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path

PLACES = Path(__file__).with_name("sentences.json")
ENDS = ("; ", ". ")  # between sentences that are said together
HOLE = re.compile(r"\{(\w)\}")


def told(text: str, language: str) -> str | None:
    """Return what was said in English in another language, None where we do not know how.

    Args:
        text: a sentence of the table, or several with "; " or ". " between them.
    """
    text = text.strip()
    if language == "en" or not text:
        return text
    if (whole := _one(text, language)) is not None:
        return whole
    for end in ENDS:
        parts = [_one(part, language) for part in text.split(end)]
        if len(parts) > 1 and None not in parts:
            return end.join(_beginning(part or "", upper=end == ". ") for part in parts)
    return None


def spoken(text: str, language: str) -> str:
    """Return what was said in another language, in English where we do not know how."""
    found = told(text, language)
    return text if found is None else found


def _one(text: str, language: str) -> str | None:
    """One sentence: with a full stop or without, beginning with a capital letter or not."""
    if not text:
        return ""
    bare = text.removesuffix(".")
    row, values = _plain().get(_key(bare)), {}
    if row is None:
        for pattern, one in _patterns():
            if match := pattern.fullmatch(bare):
                row, values = one, match.groupdict()
                break
    if row is None or language not in row:
        return None
    known = {name: _one(value, language) or value for name, value in values.items()}
    said = HOLE.sub(lambda hole: known.get(hole[1], hole[0]), row[language])
    return _beginning(said, upper=text[:1].isupper()) + text[len(bare) :]


def _beginning(text: str, upper: bool) -> str:
    return text[:1].upper() + text[1:] if upper else text


def _key(text: str) -> str:
    return text[:1].lower() + text[1:]


@functools.cache
def rows() -> tuple[Mapping[str, str], ...]:
    """Return the table: for each sentence its words by language."""
    return tuple(json.loads(PLACES.read_text("utf-8")))


@functools.cache
def _plain() -> dict[str, Mapping[str, str]]:
    return {_key(row["en"]): row for row in rows() if not HOLE.search(row["en"])}


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], Mapping[str, str]], ...]:
    """Sentences with holes as patterns, those with most words of their own first."""
    holed = sorted((row for row in rows() if HOLE.search(row["en"])), key=lambda row: -len(HOLE.sub("", row["en"])))
    return tuple((re.compile(_pattern(row["en"]), re.DOTALL), row) for row in holed)


def _pattern(english: str) -> str:
    parts = HOLE.split(english)
    made = [re.escape(part) if at % 2 == 0 else f"(?P<{part}>(?:(?!; ).)+?)" for at, part in enumerate(parts)]
    if parts[0]:  # with a capital letter or without
        first = parts[0][0]
        made[0] = f"[{re.escape(first.lower())}{re.escape(first.upper())}]{re.escape(parts[0][1:])}"
    return "".join(made)
