"""Finding labels of the codebook by words, numbers, or what they look like."""

from __future__ import annotations

import re

from nlp.marks import unmarked
from nlp.program import Label, Language, Program

WORD = re.compile(r"\w+")
NUMBERED = re.compile(r"(objective|activity|o|a)?\W*(\d{1,3})", re.IGNORECASE)


def seek(program: Program, words: str, language: Language) -> list[Label]:
    """Return the labels that hold all words, in the language or in English; best first. All of them for no words.

    A number, "a12" or "objective:3" gives the labels of that number.
    """
    every = list(program.labels.values())
    if number := NUMBERED.fullmatch(words.strip()):
        return [label for label in every if _numbered(label, number)]
    wanted = _folded(words)
    if not wanted:
        return every
    scored = [(_score(label, wanted, language), place, label) for place, label in enumerate(every)]
    return [label for score, _, label in sorted(scored, key=lambda row: (-row[0], row[1])) if score > 0]


def _numbered(label: Label, number: re.Match[str]) -> bool:
    kind = (number[1] or "").lower()[:1]
    return label.id == int(number[2]) and (not kind or label.target.startswith(kind))


def _score(label: Label, wanted: list[str], language: Language) -> int:
    """4 for each word that begins one of the title, 2 of the terms, 1 of the scope note; 0 if one is nowhere."""
    codes: set[Language] = {language, "en"}
    codes = codes & set(label.title) or set(label.title)
    parts = [(4, [label.title[code] for code in codes]), (2, [t for code in codes for t in label.terms[code]]),
             (1, [label.counts[code] for code in codes])]  # fmt: skip
    held = [(weight, _folded(" ".join(texts))) for weight, texts in parts]
    scores = [max((w for w, there in held if any(t.startswith(word) for t in there)), default=0) for word in wanted]
    return sum(scores) if all(scores) else 0


def _folded(text: str) -> list[str]:
    """Words in small letters without accents."""
    return WORD.findall(unmarked(text.casefold()))
