"""How a corpus and its parts look: tables of plain HTML with inline style only, and lines for a terminal.

Works where scripts and style sheets are taken away (GitHub's renderer, VS Code, Colab). Text from documents is escaped
piece by piece, and set apart so that letters which run the other way turn nothing else around; its direction marks are
shown, not obeyed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from nlp.display import shown

_CELL = "text-align:left;vertical-align:top;padding:3px 9px"
_MARK = "background:#ffe9a8;color:#1a1a1a"
_SMALL = "font-size:85%;opacity:.75"
Pieces = tuple[str, str, str]


def foreign(text: str) -> str:
    """Text of a document, safe inside HTML: escaped, hidden marks visible, and of a direction of its own."""
    return f"<bdi>{shown(text)}</bdi>"


def quoted(pieces: Pieces) -> str:
    """Before, quote, after, as HTML with the quote marked."""
    before, quote, after = (shown(piece) for piece in pieces)
    return f'<bdi>{before}<mark style="{_MARK}"><b>{quote}</b></mark>{after}</bdi>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> str:
    """Return an HTML table; cells are HTML already."""
    head = "".join(f'<th style="{_CELL}">{escape(name)}</th>' for name in headings)
    body = "".join("<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    above = f"<p>{title}</p>" if title else ""
    return f"<div>{above}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def small(text: str) -> str:
    """A note beside something, escaped."""
    return f'<span style="{_SMALL}">{shown(text)}</span>'


def marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return text as HTML with spans marked; spans that overlap become one."""
    parts, place = [], 0
    for start, end in sorted(spans):
        start = max(start, place)
        if start < end:
            parts += [shown(text[place:start]), f'<mark style="{_MARK}">{shown(text[start:end])}</mark>']
            place = end
    return f"<bdi>{''.join([*parts, shown(text[place:])])}</bdi>"
