"""The overlay page: the pages of one document with the boxes of what was read, and beside them its text.

One HTML file that works without a network. Text from the document goes through the template's escaping and nothing
else; boxes are drawn and linked without a script, which only makes it easier to go to and fro.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from markupsafe import Markup

from nlp.readers import READERS
from nlp.records import Block, Passage
from nlp.structure.segment import Structured
from nlp.writers.page import digest, joined, template
from nlp.writers.pictures import Picture
from nlp.writers.rows import printable

_LETTER_WIDTH = 0.62  # of a tag's font size
_TAG_PADDING = 0.5
_TAGS_IN_WIDTH = 82  # a page is so many times as wide as its tags are high
_SHORT = 300  # characters of text in a hint over a box


@dataclass(frozen=True, slots=True)
class Kind:
    """How blocks are shown: their name, the name of their style, and the letter that stands in the corner."""

    name: str
    style: str
    letter: str


KINDS: dict[str, Kind] = {
    "heading": Kind("heading", "heading", "H"),
    "paragraph": Kind("paragraph", "paragraph", "P"),
    "list_item": Kind("list item", "item", "L"),
    "table_cell": Kind("table cell", "cell", "T"),
    "header": Kind("header", "margin", "M"),
    "footer": Kind("footer", "margin", "M"),
    "footnote": Kind("footnote", "note", "N"),
}
_LEGEND = {"margin": "header or footer (margin)"}


def overlay_page(structured: Structured, pictures: Sequence[Picture]) -> str:
    """Return the page as HTML.

    Args:
        structured: the document as read. pictures: of its first pages; the text of the others stands without one.
    """
    style, script = joined(("overlay.css",)), joined(("overlay.js",))
    document = structured.document
    page: str = template("overlay.html.j2").render(
        style=Markup(style),
        script=Markup(script),
        style_digest=digest(style),
        script_digest=digest(script),
        name=printable(PurePath(document.path).name),
        facts=facts(structured),
        extract=document.extract,
        legend=_legend(document.blocks),
        sheets=_sheets(structured, pictures),
        pictured=len(pictures),
        tags_in_width=_TAGS_IN_WIDTH,
        read_pages=len({block.page for block in document.blocks if block.page}),
    )
    return page


def facts(structured: Structured) -> list[tuple[str, str]]:
    """Return names and values of what is known of a document as a whole; what is not known is left out."""
    document, profile = structured.document, structured.profile
    known = {
        "title": profile.title,
        "symbol": profile.symbol,
        "date": profile.date,
        "kind": profile.kind,
        "language": profile.language,
        "format": READERS[document.media_type].name,
        "pages": document.extract.pages,
        "characters": f"{len(document.text):,}",
        "blocks": f"{len(document.blocks):,}",
        "passages": f"{len(structured.passages):,}",
    }
    return [(name, str(value)) for name, value in known.items() if value is not None]


def describe(block: Block, passage: Passage | None) -> list[str]:
    """Return what a block is, in words: kind with level, marker, place in its table, who acts, how surely read."""
    name = KINDS[block.kind].name
    said = [f"{name}, level {block.level}" if block.level else name]
    said += [f"marker {block.marker}"] if block.marker else []
    if block.cell:
        said.append(f"table {block.cell.table}, row {block.cell.row}, column {block.cell.column}")
    if passage and passage.implementer:
        name = f" ({passage.implementer_text})" if passage.implementer_text else ""
        said.append(f"implementer {passage.implementer}{name}")
    elif passage and passage.implementer_text:
        said.append(f"implementer {passage.implementer_text}")
    said += [f"recognised with {block.confidence:.0%} confidence"] if block.confidence is not None else []
    return said


def _legend(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    counts = Counter(KINDS[block.kind].style for block in blocks)
    kinds = {kind.style: kind for kind in KINDS.values()}
    return [
        {"style": style, "letter": kind.letter, "name": _LEGEND.get(style, kind.name), "count": counts[style]}
        for style, kind in kinds.items()
    ]


def _sheets(structured: Structured, pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    """Pages in order with what stands on them; one without a number where the format has no pages."""
    document = structured.document
    passages = {passage.span: passage for passage in structured.passages}
    drawn = {picture.page: picture for picture in pictures}
    numbers: list[int | None] = [*sorted({block.page for block in document.blocks if block.page} | drawn.keys())]
    numbers += [None] if any(block.page is None for block in document.blocks) else []
    sheets: dict[int | None, dict[str, Any]] = {
        number: {"number": number, "picture": drawn.get(number or 0), "pieces": []} for number in numbers
    }
    for count, block in enumerate(document.blocks, 1):
        text = document.text[block.span.start : block.span.end]
        piece = _piece(count, block, text, passages.get(block.span), drawn.get(block.page or 0))
        sheets[block.page]["pieces"].append(piece)
    return list(sheets.values())


def _piece(count: int, block: Block, text: str, passage: Passage | None, picture: Picture | None) -> dict[str, Any]:
    kind = KINDS[block.kind]
    return {
        "number": count,
        "style": kind.style,
        "letter": kind.letter,
        "said": describe(block, passage),
        "marker": block.marker,
        "text": text,
        "short": text if len(text) <= _SHORT else f"{text[:_SHORT]}…",
        "box": _drawn(block, f"{kind.letter}{count}", picture) if picture and block.box else None,
    }


def _drawn(block: Block, label: str, picture: Picture) -> dict[str, Any]:
    """A block's box in points, and the tag at its upper left corner in units of the tag's font size."""
    assert block.box is not None
    x0, top, x1, bottom = block.box
    width = len(label) * _LETTER_WIDTH + _TAG_PADDING
    beside = x0 > width * picture.width / _TAGS_IN_WIDTH
    return {
        "x": f"{x0:.2f}",
        "y": f"{top:.2f}",
        "width": f"{max(x1 - x0, 1):.2f}",
        "height": f"{max(bottom - top, 1):.2f}",
        "label": label,
        "tag": f"{width:.2f}",
        "left": f"{-width if beside else 0:.2f}",
    }
