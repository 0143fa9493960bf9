"""Notes at the end of an HTML page, known by the raised or bracketed marks in the text that refer to them."""

from __future__ import annotations

import re

_MARK = re.compile(r"\[?\(?(\d{1,3}|[ivx]{1,5}|[a-z]|[*†‡§]{1,3})\)?\]?")


class Notes:
    """Follows raised text and links within the page, in document order.

    A mark within a paragraph refers to a note; a paragraph that opens with a mark that was met before is that note,
    as is an item or paragraph that such a mark leads to.
    """

    def __init__(self) -> None:
        self._met: set[str] = set()
        self._targets: set[str] = set()
        self._depth = 0
        self._raised = False
        self._target = ""
        self._first = False
        self._text: list[str] = []
        self._opening = ""

    def begin(self, target: str, raised: bool, first: bool) -> None:
        """Start raised text or a link to `target`; `first` if nothing of the paragraph stands before it."""
        if not self._depth:
            self._raised, self._target, self._first = False, "", first
            self._text.clear()
        self._depth += 1
        self._raised = self._raised or raised
        self._target = target or self._target

    def take(self, text: str) -> None:
        """Take text of the page, in marks or not."""
        if self._depth:
            self._text.append(text)

    def end(self) -> None:
        """End what was begun last; the outermost one may have been a mark."""
        self._depth = max(0, self._depth - 1)
        written = "".join(self._text).strip()
        mark = _MARK.fullmatch(written)
        if self._depth or not mark:
            return
        if self._first:
            self._opening = self._opening or written
        else:
            self._met.add(mark[1])
            if self._raised or not written[0].isalnum():  # a plain number may lead to a section
                self._targets.add(self._target)
        self._text.clear()

    def is_target(self, identifier: str | None) -> bool:
        """Whether a mark leads to the element with this id."""
        return bool(identifier) and identifier in self._targets

    def split(self, text: str) -> tuple[str | None, str]:
        """End a paragraph: return the mark that makes a note of it and what stands behind, (None, text) otherwise."""
        opening, self._opening, self._depth = self._opening, "", 0
        mark = _MARK.fullmatch(opening)
        rest = text.removeprefix(opening).lstrip()
        if mark and mark[1] in self._met and rest and text.startswith(opening):
            return opening, rest
        return None, text
