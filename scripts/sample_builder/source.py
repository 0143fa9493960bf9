"""Sources of the samples: front matter plus Markdown of few words (headings, paragraphs, lists, ruled tables).

The front matter names the format and, where a sample needs it, ``align: justify`` and ``size: 11.8`` (PDF),
``encoding: windows-1252`` (HTML, TXT) and ``wrap: 78`` (TXT, which then also gets page feeds).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


@dataclass(frozen=True)
class Source:
    """One sample before rendering: its front matter, and its Markdown with byline and note set under the title."""

    stem: str
    markdown: str
    id: str
    format: str
    language: str
    kind: str
    title: str
    date: datetime.date
    body: str
    note: str
    symbol: str = ""
    align: str = "left"
    size: float = 10.5  # points
    encoding: str = "utf-8"
    wrap: int = 0


@dataclass(frozen=True)
class Block:
    """One heading (``level`` 1-4), paragraph, centred note, list item (``mark`` is a bullet or ``3.``) or table."""

    kind: Literal["heading", "paragraph", "note", "item", "table"]
    text: str = ""
    level: int = 0
    mark: str = ""
    rows: tuple[tuple[str, ...], ...] = ()  # header first; "\n" parts the paragraphs of a cell


def read_source(path: Path) -> Source:
    """Read one Markdown source. Raises ``TypeError`` or ``KeyError`` where its front matter lacks or invents a key."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta: dict[str, Any] = yaml.safe_load(front)
    byline = ", ".join(filter(None, (meta["body"], meta.get("symbol"), f"{meta['date']:%d.%m.%Y}")))
    title_line, rest = body.strip().split("\n", 1)
    return Source(path.stem, f"{title_line}\n\n*{byline}*\n\n*{meta['note']}*\n{rest}", **meta)


def markdown_parser(source: Source) -> MarkdownIt:
    """Make the parser; what a word processor would have written gets its curly quotes, plain text stays straight."""
    quotes = ["«\xa0", "\xa0»", "‹\xa0", "\xa0›"] if source.language == "fr" else "“”‘’"
    parser = MarkdownIt("commonmark", {"typographer": source.format != "txt", "quotes": quotes})
    return parser.enable(["table", "smartquotes"])


def blocks_of(source: Source) -> list[Block]:
    """Parse the Markdown of a source into blocks, in order. Raises ``ValueError`` for Markdown it does not know."""
    tree = SyntaxTreeNode(markdown_parser(source).parse(source.markdown))
    return [block for node in tree.children for block in _blocks(node)]


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "heading":
        yield Block("heading", _text(node), level=int(node.tag[1]))
    elif node.type == "paragraph":
        yield Block("note" if node.children[0].children[0].type == "em" else "paragraph", _text(node))
    elif node.type in ("bullet_list", "ordered_list"):
        start = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children, start):
            yield Block("item", _text(item), mark="•" if node.type == "bullet_list" else f"{number}.")
    elif node.type == "table":
        rows = [row for part in node.children for row in part.children]
        yield Block("table", rows=tuple(tuple(_text(cell) for cell in row.children) for row in rows))
    else:
        raise ValueError(f"no rule for {node.type} at source lines {node.map}")


def _text(node: SyntaxTreeNode) -> str:
    leaves = {"softbreak": " ", "html_inline": "\n"}
    return "".join(leaves.get(leaf.type, leaf.content) for leaf in node.walk() if not leaf.children).strip()


def column_shares(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Give each column its share of the table's width (they add up to 1), by the root of its longest cell."""
    weights = [max(len(cell) for cell in column) ** 0.5 + 4 for column in zip(*rows, strict=True)]
    return [weight / sum(weights) for weight in weights]
