"""Searching only around signs: most of a text has none, and a search of all of it would take longer than reading it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def within(
    pattern: re.Pattern[str], text: str, signs: Iterable[int], before: int, after: int
) -> Iterator[re.Match[str]]:
    """Yield the matches of `pattern` that lie at most `before` and `after` characters from a sign, in order.

    Args:
        signs: places of signs in `text`, in order; windows that touch are searched as one.
    """
    begin = end = 0
    for sign in signs:
        if sign - before > end:
            yield from pattern.finditer(text, begin, end)
            begin = sign - before
        begin, end = max(begin, 0), sign + after
    yield from pattern.finditer(text, begin, end)
