"""What style sheets say that matters to readers: what is not shown, and what stands at the head of list items.

Only selectors of one element are followed (``p``, ``.away``, ``#later``, ``div.note``), and only rules that hold
always: those of ``@media`` and its like are for other screens or for paper.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Attributes = Mapping[str, str | None]

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_DECLARATION = re.compile(
    r"(?:^|;)\s{0,99}(display|visibility|list-style-type|list-style)\s{0,99}:([^;]{1,200})", re.IGNORECASE
)
_SELECTOR = re.compile(r"([A-Za-z][A-Za-z0-9]*)?((?:[.#][\w-]+)*)")
_NAME = re.compile(r"([.#])([\w-]+)")
_LONGEST_ATTRIBUTE = 2_000
_MOST_RULES = 2_000
# Styles of lists as `format_number` names them, or the bullet itself; "" is no marker.
LIST_STYLES = {
    "decimal": "1", "decimal-leading-zero": "1", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A",
    "upper-latin": "A", "lower-roman": "i", "upper-roman": "I", "disc": "•", "circle": "◦", "square": "▪", "none": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How an element is shown: not at all, or as a list of some style (a value of `LIST_STYLES`), None if unsaid."""

    hidden: bool = False
    list_style: str | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    tag: str
    names: frozenset[str]  # ".class" and "#id"
    weight: tuple[bool, int, int, int]
    said: dict[str, str]


class Sheet:
    """The style sheets of a page."""

    def __init__(self) -> None:
        self._rules: defaultdict[str, list[_Rule]] = defaultdict(list)
        self._count = 0
        self._known: dict[tuple[str, str | None, str | None], dict[str, str]] = {}

    def add(self, text: str) -> None:
        """Take the rules of one style element; what is not understood is passed over."""
        self._known.clear()
        for selectors, body in _simple_rules(_COMMENT.sub(" ", text)):
            said = _declarations(body)
            for selector in selectors.split(",") if said else ():
                self._keep(selector.strip(), said, "!important" in body)

    def look(self, tag: str, attributes: Attributes) -> Look:
        """Say how an element is shown. Scripts show the body of a page that hides it while it loads, so it is seen."""
        key = (tag, attributes.get("class"), attributes.get("id"))
        if self._rules and key not in self._known:
            self._known[key] = self._ruled(*key)
        said = self._known.get(key, {}) | _declarations((attributes.get("style") or "")[:_LONGEST_ATTRIBUTE])
        hidden = "hidden" in attributes or said.get("display") == "none" or said.get("visibility") == "hidden"
        return Look(hidden and tag not in {"html", "body"}, said.get("list"))

    def _ruled(self, tag: str, classes: str | None, identifier: str | None) -> dict[str, str]:
        """What the sheets say of such an element; what is more precise or comes later holds."""
        names = {f".{name}" for name in (classes or "").split()} | {f"#{identifier or ''}"}
        rules = (rule for key in (tag, *names) for rule in self._rules.get(key, ()))
        fitting = [rule for rule in rules if rule.names <= names and rule.tag in {"", tag}]
        said: dict[str, str] = {}
        for rule in sorted(fitting, key=lambda rule: rule.weight):
            said |= rule.said
        return said

    def _keep(self, selector: str, said: dict[str, str], important: bool) -> None:
        match = _SELECTOR.fullmatch(selector)
        if not selector or not match or self._count == _MOST_RULES:
            return
        self._count += 1
        names = frozenset("".join(found) for found in _NAME.findall(match[2]))
        ids = sum(name[0] == "#" for name in names)
        weight = (important, ids, 2 * (len(names) - ids) + bool(match[1]), self._count)
        tag = (match[1] or "").lower()
        self._rules[min(names, default=tag)].append(_Rule(tag, names, weight, said))


def _simple_rules(text: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that stand in no other rule."""
    start, open_rules = 0, list[str]()
    for brace in re.finditer("[{}]", text):
        chunk, start = text[start : brace.start()], brace.end()
        if brace[0] == "{":
            open_rules.append(chunk.rpartition(";")[2].strip())
        elif open_rules:
            selectors = open_rules.pop()
            if not open_rules and not selectors.startswith("@"):
                yield selectors, chunk


def _declarations(text: str) -> dict[str, str]:
    """What `text` says of "display", "visibility" and "list", the style of a list."""
    said = {}
    for name, value in _DECLARATION.findall(text):
        words = value.lower().replace("!important", "").split()
        if name.lower().startswith("list"):
            styles = [LIST_STYLES[word] for word in words if word in LIST_STYLES]
            if styles:
                said["list"] = styles[0]
        elif words:
            said[name.lower()] = words[0]
    return said
