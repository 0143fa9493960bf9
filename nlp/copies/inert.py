"""A page made inert: the elements and attributes that only say how text is set, and the text itself, escaped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from typing import NamedTuple

from nlp.display import shown
from nlp.readers.web.elements import VOID

_KEPT = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn "
    "dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd label legend li main "
    "menu nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th "
    "thead time tr tt u ul var wbr fieldset".split()
)
_GONE = frozenset("script style template iframe noscript select datalist textarea audio video noframes noembed".split())
_SAFE = frozenset(
    "class id title lang dir alt colspan rowspan span start type value reversed align valign width height border "
    "cellpadding cellspacing bgcolor color face size headers scope summary hidden open datetime name".split()
)
_LINK = re.compile(r"\s*(?:#|https?://|mailto:)", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z")
_LOADS = re.compile(r"url\s*\(|expression|import|image-set|behavior|-moz-binding|position\s*:|\\|<|@", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^;{]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_IMPORTANT = re.compile(r"!\s*important", re.IGNORECASE)
_RULE = re.compile(r"([^{}@<\\]*)\{([^{}<\\]*)\}")


class Mark(NamedTuple):
    """Characters [start, end) of a text that a finding's words are; `number` of the note, and how it looks.

    `first`, `last`: whether it is the first or last of its finding's marks: an anchor stands once, before the first,
    and the number once, behind the last.
    """

    start: int
    end: int
    number: int
    like: str
    first: bool = True
    last: bool = True


def marked(text: str, marks: Sequence[Mark], linked: bool = True) -> str:
    """Return a text as HTML with its marks.

    Args:
        linked: whether numbers may be links, which cannot stand in other links.
    """
    ends = sorted(
        {0, len(text), *(edge for mark in marks for edge in (mark.start, mark.end) if 0 <= edge <= len(text))}
    )
    made: list[str] = []
    coming = sorted(marks, key=lambda mark: (mark.start, mark.number), reverse=True)
    own: list[Mark] = []
    for start, end in pairwise(ends):
        piece = shown(text[start:end])
        own = [mark for mark in own if mark.end > start]
        while coming and coming[-1].start <= start:
            own.append(coming.pop())
        if own and piece.strip():
            ids = "".join(
                f'<span id="evmap-{mark.number}"></span>' for mark in own if mark.first and mark.start == start
            )
            piece = f'{ids}<mark class="evmap-m evmap-{own[0].like}">{piece}</mark>'
        made.append(piece)
        made += [_number(mark.number, linked) for mark in own if mark.last and mark.end == end]
    return "".join(made)


def _number(number: int, linked: bool) -> str:
    shown = f'<a href="#evmap-note-{number}">{number}</a>' if linked else str(number)
    return f'<sup class="evmap-n">{shown}</sup>'


class Inert(HTMLParser):
    """Writes a page anew with nothing in it that acts or loads.

    Args:
        marks: by the number of the text that they stand in, counted from 1 as `nlp.readers.web` does.

    Attributes:
        letters: how many visible characters of each finding were written.
    """

    def __init__(self, marks: Mapping[int, Sequence[Mark]]) -> None:
        super().__init__(convert_charrefs=True)
        self.letters: Counter[int] = Counter()
        self._marks = marks
        self._texts = 0
        self._made: list[str] = []
        self._styles: list[str] = []
        self._gone: list[str] = []
        self._in_title = False
        self._links = 0

    def body(self) -> str:
        """What the page shows."""
        return "".join(self._made)

    def style(self) -> str:
        """Its own rules, without any that would load something or lay itself over the notes."""
        rules = _IMPORTANT.sub("", _COMMENT.sub("", "\n".join(self._styles)))
        kept = [f"{name.strip()}{{{said.strip()}}}" for name, said in _RULE.findall(_AT_RULE.sub("", rules))]
        return "\n".join(rule for rule in kept if "evmap" not in rule and not _LOADS.search(rule))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a tag that only sets text."""
        if tag in _GONE:
            self._gone.append(tag)
        elif tag == "title":
            self._in_title = True
        elif tag in _KEPT and not self._gone:
            self._links += tag == "a"
            said = "".join(f' {name}="{escape(value)}"' for name, value in _attributes(tag, attrs))
            self._made.append(f"<{tag}{said}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself is a start to browsers."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Write the end of such an element."""
        if tag in _GONE and tag in self._gone:
            while self._gone.pop() != tag:
                pass
        elif tag == "title":
            self._in_title = False
        elif tag in _KEPT and tag not in VOID and not self._gone:
            self._links = max(0, self._links - (tag == "a"))
            self._made.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write text, with its marks."""
        self._texts += 1
        if self._gone:
            if self._gone[-1] == "style":
                self._styles.append(data)
            return
        if self._in_title:
            return
        marks = self._marks.get(self._texts, ())
        for mark in marks:
            self.letters[mark.number] += len("".join(data[mark.start : mark.end].split()))
        self._made.append(marked(data, marks, not self._links))


def _attributes(tag: str, attrs: Sequence[tuple[str, str | None]]) -> list[tuple[str, str]]:
    kept: dict[str, str] = {}
    for name, value in attrs:
        said = value or ""
        ours = name in {"id", "name", "class"} and "evmap" in said
        link = tag == "a" and name == "href" and _LINK.match(said)
        picture = tag == "img" and name == "src" and _PICTURE.match(said)
        style = name == "style" and not _LOADS.search(said)
        if (name in _SAFE and not ours) or link or picture or style:
            kept.setdefault(name, _IMPORTANT.sub("", said) if style else said)
    if tag == "a" and "href" in kept and not kept["href"].startswith("#"):
        kept["rel"] = "noopener noreferrer"
    return [*kept.items()]
