"""Runs of a Word document, cut at the ends of quotes without a change of what the page shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any, Literal

from nlp.readers.tracing import Stretch
from nlp.readers.word.styles import W

Story = Literal["body", "footnote", "box", "margin"]
# Where a comment may begin and end: what holds runs side by side.
_HOLDERS = frozenset(
    W + name for name in "p hyperlink ins moveTo smartTag sdtContent fldSimple customXml dir bdo".split()
)
_RUN, _TEXT, _LOOK = f"{W}r", f"{W}t", f"{W}rPr"
_KEEPS_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FILL = "FFF2CC"
# What stands behind the shading among the properties of a run (ECMA-376, part 1, 17.3.2.28).
_BEHIND = frozenset(
    W + name for name in "fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange".split()
)


class Cutter:
    """Cuts text elements where stretches begin and end. First `want` all of them, then `cut` once, then ask."""

    def __init__(self) -> None:
        self._wanted: defaultdict[Any, set[int]] = defaultdict(set)
        self._parts: dict[Any, list[tuple[int, Any]]] = {}

    def want(self, stretch: Stretch) -> None:
        """Take notice of the ends of a stretch, whose source is an element."""
        self._wanted[stretch.source].update((stretch.at, stretch.at + stretch.length))

    def cut(self) -> None:
        """Cut all elements that were wanted, so that each part has a run of its own."""
        for element, ends in self._wanted.items():
            parts = [(0, element)]
            if _is_cuttable(element):
                inner = sorted(end for end in ends if 0 < end < len(element.text or ""))
                parts = [*_cut_text(element, inner)]
            self._parts[element] = parts
        for parts in self._parts.values():
            for _, part in parts:
                _set_apart(part)

    def pieces(self, stretch: Stretch) -> list[Any]:
        """Return the parts of elements that hold a stretch, in order."""
        parts, end = self._parts[stretch.source], stretch.at + stretch.length
        starts = [*(start for start, _ in parts[1:]), float("inf")]
        return [
            part
            for (start, part), following in zip(parts, starts, strict=True)
            if start < end and following > stretch.at
        ]

    def is_exact(self, stretches: Sequence[Stretch]) -> bool:
        """Whether nothing but the stretches is in the parts at their ends."""
        first, last = stretches[0], stretches[-1]
        begins = any(start == first.at for start, _ in self._parts[first.source])
        end, whole = last.at + last.length, self._parts[last.source]
        reached = len(last.source.text or "") if len(whole) == 1 else end
        ends = any(start == end for start, _ in whole) or not _is_cuttable(last.source) or end >= reached
        return begins and ends


def _is_cuttable(element: Any) -> bool:
    run = element.getparent()
    return element.tag == _TEXT and run is not None and run.tag == _RUN and run.getparent().tag in _HOLDERS


def _cut_text(element: Any, ends: Sequence[int]) -> Iterator[tuple[int, Any]]:
    """Cut a text element into neighbours; yield where each begins, and the element."""
    text, last = element.text or "", element
    bounds = [0, *ends, len(text)]
    for start, end in pairwise(bounds):
        part = element if start == 0 else deepcopy(element)
        part.text, part.tail = text[start:end], None
        part.set(_KEEPS_SPACE, "preserve")
        if part is not element:
            last.addnext(part)
        last = part
        yield start, part


def _set_apart(part: Any) -> None:
    """Give a part of a run a run of its own, with the same looks."""
    run = part.getparent()
    if run is None or run.tag != _RUN or run.getparent().tag not in _HOLDERS:
        return
    following = part.getnext()
    if following is not None:
        _split_before(run, following)
    before = part.getprevious()
    if before is not None and before.tag != _LOOK:
        _split_before(run, part)


def _split_before(run: Any, child: Any) -> None:
    other = run.makeelement(run.tag, dict(run.attrib), run.nsmap)
    look = run.find(_LOOK)
    if look is not None:
        other.append(deepcopy(look))
    moved = [child, *child.itersiblings()]
    for element in moved:
        other.append(element)
    run.addnext(other)


def anchor_of(element: Any) -> Any:
    """Return what holds an element and stands where a comment may begin or end."""
    while element.getparent().tag not in _HOLDERS:
        element = element.getparent()
    return element


def story_of(element: Any) -> Story:
    """Return in which of a document's texts an element stands: the body, a note, a text box, or a header or footer."""
    for above in element.iterancestors():
        if above.tag == f"{W}txbxContent":
            return "box"
        if above.tag in (f"{W}footnote", f"{W}endnote"):
            return "footnote"
        if above.tag in (f"{W}hdr", f"{W}ftr"):
            return "margin"
    return "body"


def run_of_box(element: Any) -> Any:
    """Return what stands in the body and holds the outermost text box around an element."""
    boxes = [*element.iterancestors(f"{W}txbxContent")]
    return anchor_of(boxes[-1])


def shade(part: Any) -> None:
    """Shade the run of a part, where no comment can be."""
    run = part.getparent()
    if run is None or run.tag != _RUN:
        return
    look = run.find(_LOOK)
    if look is None:
        look = run.makeelement(_LOOK, {}, run.nsmap)
        run.insert(0, look)
    for old in look.findall(f"{W}shd"):
        look.remove(old)
    behind = next((at for at, child in enumerate(look) if child.tag in _BEHIND), len(look))
    colours = {f"{W}val": "clear", f"{W}color": "auto", f"{W}fill": _FILL}
    look.insert(behind, look.makeelement(f"{W}shd", colours))
