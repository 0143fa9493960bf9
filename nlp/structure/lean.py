"""spaCy's language data without what makes it slow to load.

Its French words with hyphens are one expression of some three hundred alternatives, nearly each with the same class of
a thousand letters, which takes Python two seconds to compile. Alternatives that end alike are brought together under
that end here: the same words match, and it takes a tenth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LONG = 20_000  # characters of an expression
_OPEN, _CLOSE = "(?:^", "$)"
_BETWEEN = f"{_CLOSE}|{_OPEN}"
_CLASS = re.compile(r"\[[^\]]{500,}\][+*]?")


@contextmanager
def lean_words() -> Iterator[None]:
    """Have long expressions of whole words compiled with like ends brought together, inside the block."""
    usual = re.compile

    def compile(pattern: Any, flags: Any = 0) -> Any:
        return usual(together(pattern) if isinstance(pattern, str) and len(pattern) > LONG else pattern, flags)

    re.compile = compile
    try:
        yield
    finally:
        re.compile = usual


def together(pattern: str) -> str:
    """Return an expression that matches what `pattern` does, shorter if that is "(?:^...$)|(?:^...$)|..."."""
    flags, opened, rest = pattern.partition(_OPEN)
    if not opened or not rest.endswith(_CLOSE):
        return pattern
    alike: dict[tuple[str, str], list[str]] = {}
    for one in rest.removesuffix(_CLOSE).split(_BETWEEN):
        first, middle, last = _parted(one)
        alike.setdefault((first, last), []).append(middle)
    return flags + "|".join(
        f"{_OPEN}{first}(?:{'|'.join(middles)}){last}{_CLOSE}" for (first, last), middles in alike.items()
    )


def _parted(one: str) -> tuple[str, str, str]:
    """A long class that an alternative begins with, what is between, and the rest from the next long class on."""
    first = _CLASS.match(one)
    start = first.end() if first else 0
    last = _CLASS.search(one, start)
    end = last.start() if last else len(one)
    return one[:start], one[start:end], one[end:]
