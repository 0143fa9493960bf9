"""Links in a paragraph: how much of it they are, and whether they only work the page."""

from __future__ import annotations

import re

_TOOL = re.compile(r"#(?:top|arriba|inicio|topo|haut)$|javascript:.{0,40}\b(?:print|history|scroll)", re.IGNORECASE)


class Links:
    """Counts the letters of a paragraph that stand in links.

    Attributes:
        target: where the link leads whose text is being read, None outside links.
        letters, linked: in the paragraph, and of them in links. count, tools: links with letters, and of them those
            that work the page (to the top, print, back) and lead nowhere.
    """

    def __init__(self) -> None:
        self.target: str | None = None
        self.clear()

    def clear(self) -> None:
        """Begin a paragraph."""
        self.letters = self.linked = self.count = self.tools = 0
        self._fresh = True

    def begin(self, target: str) -> None:
        """Begin a link."""
        self.target, self._fresh = target, True

    def take(self, text: str) -> None:
        """Count the letters of `text`."""
        letters = sum(map(str.isalnum, text))
        self.letters += letters
        if self.target is None or not letters:
            return
        self.linked += letters
        if self._fresh:
            self.count += 1
            self.tools += bool(_TOOL.match(self.target.strip()))
            self._fresh = False
