"""HTML elements as the reader of web pages knows them: what they are for, what ends them, how lists are counted."""

from __future__ import annotations

from collections.abc import Mapping

from nlp.readers.numbering import format_number
from nlp.readers.web.cascade import LIST_STYLES
from nlp.readers.web.grid import Grid, Mark, Zone

Attributes = Mapping[str, str | None]

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "frameset", "header", "hr", "html", "legend", "li", "main",
    "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    *HEADINGS,
))  # fmt: skip
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
))  # fmt: skip
CODE = frozenset(("script", "style"))
LISTS = frozenset(("ul", "ol", "menu", "dir"))
CELLS = frozenset(("td", "th"))
TABLE_BOUND = frozenset(("table", "td", "th"))
# Ends of these elements do not reach beyond the nearest of those.
BOUNDS = {
    "table": frozenset[str](),
    **dict.fromkeys(("td", "th", "tr", "tbody", "thead", "tfoot", "caption"), frozenset(("table",))),
    "li": LISTS | TABLE_BOUND,
    "dt": frozenset(("dl",)) | TABLE_BOUND,
    "dd": frozenset(("dl",)) | TABLE_BOUND,
}
CLOSED_BY = {
    "li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "tr": ("tr", "caption"), "td": ("td", "th", "caption"),
    "th": ("td", "th", "caption"), "tbody": ("caption",), "thead": ("caption",), "tfoot": ("caption",),
}  # fmt: skip
# Elements that a mark in the text may lead to; a section that it leads to is no note.
NOTES = frozenset(("p", "li", "dd"))
_UNSEEN = frozenset(("template", "noscript", "iframe"))
_FIELDS = frozenset(("select", "datalist", "textarea"))
_ZONES = {"nav": "menu", "header": "header", "footer": "footer", "aside": "aside"}
_ROLES = {
    "navigation": "menu", "search": "menu", "banner": "header", "contentinfo": "footer", "complementary": "aside",
}  # fmt: skip
# A header or footer within these is theirs, not the page's.
SECTIONS = frozenset(("article", "main", "section"))
_BULLETS = "•◦▪"


def left_out(tag: str, attributes: Attributes, hidden: bool, titled: bool) -> str:
    """Return what is lost with an element that nobody sees or that is no text of the page, "" for one that is read.

    Args:
        hidden: whether the page hides it.
        titled: whether it stands in a heading; a button there opens the text below, and is its title.
    """
    if tag in _FIELDS or (tag == "button" and not titled):
        return "form fields left out"
    if tag == "del":
        return "deleted passages left out"
    return "hidden elements left out" if hidden or tag in _UNSEEN else ""


def zone_kind(tag: str, attributes: Attributes, in_section: bool) -> str:
    """Return what part of the page an element sets apart ("menu", "header", "footer" or "aside"), "" if none."""
    kind = _ROLES.get(attributes.get("role") or "") or _ZONES.get(tag, "")
    return kind if kind == "menu" or not in_section else ""


class Element:
    """An open element.

    Attributes:
        loss: what is lost with it, "" when it is read; told: whether that was counted.
        note: whether it is a note that a mark in the text leads to.
    """

    __slots__ = (
        "_items", "_number", "_step", "_style", "_waiting", "grid", "loss", "note", "tag", "told", "zone",
    )  # fmt: skip

    def __init__(self, tag: str, loss: str = "") -> None:
        self.tag, self.loss, self.told, self.note = tag, loss, False, False
        self.grid: Grid | None = None
        self.zone: Zone | None = None

    def begin_list(self, attributes: Attributes, style: str | None, depth: int) -> None:
        """Make it a list; unordered ones have the bullet of their depth, counted from 1, as browsers show it."""
        usual = "1" if self.tag == "ol" else _BULLETS[min(depth, len(_BULLETS)) - 1]
        self._style = _typed(attributes) if style is None else style
        if self._style is None:
            self._style = usual
        self._step = -1 if self.tag == "ol" and "reversed" in attributes else 1
        self._items = 0
        self._waiting: list[tuple[Mark, int, str]] | None = None
        start = attributes.get("start")
        if self._step < 0 and integer(start, -1) < 0:
            self._waiting = []  # the first number is that of all items
        self._number = integer(start, 0 if self._waiting is not None else 1) - self._step

    def next_mark(self, attributes: Attributes, style: str | None) -> Mark:
        """Count an item and return its marker."""
        self._items += 1
        value = integer(attributes.get("value"), -1)
        if value >= 0 and self._waiting is not None:
            self._settle()
        self._number = value if value >= 0 else self._number + self._step
        own = _typed(attributes) if style is None else style
        shown = (self._style if own is None else own) or ""
        mark = Mark(_written(self._number, shown))
        if self._waiting is not None:
            self._waiting.append((mark, self._number, shown))
        return mark

    def end_list(self) -> None:
        """Write the markers of a list that counts down to 1."""
        self._settle()

    def _settle(self) -> None:
        for mark, number, style in self._waiting or ():
            mark.text = _written(number + self._items, style)
        self._waiting = None


def _typed(attributes: Attributes) -> str | None:
    said = attributes.get("type") or ""
    return said if said in tuple("1aAiI") else LIST_STYLES.get(said.lower())


def _written(number: int, style: str) -> str | None:
    return f"{format_number(number, style)}." if style.isalnum() else style or None


def integer(text: str | None, default: int) -> int:
    """Read an attribute that counts something; what is no number is the default."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else default
