"""HTML samples, as an office suite of the time saved them, and plain-text samples."""

from __future__ import annotations

import html
import re
import sys
import textwrap
from html.entities import codepoint2name

from .source import Block, Source, blocks_of, markdown_parser

PAGE_LINES = 58  # of a wrapped text file
HEADING_ROOM = 10  # lines that must be left under a heading
HTML_HEAD = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<html lang="{language}">
<head>
<meta http-equiv="Content-Type" content="text/html; charset={encoding}">
<title>{title}</title>
<style type="text/css">
p.MsoNormal {{ margin: 0 0 8pt; font: 11pt "Times New Roman", serif }}
p.MsoNote {{ font: italic 10pt "Times New Roman", serif; text-align: center }}
h1 {{ font: bold 15pt Arial, sans-serif; text-align: center }}
td, th {{ vertical-align: top; padding: 3pt 5pt; font-size: 10pt }}
</style>
</head>
<body bgcolor="#FFFFFF">
<div class="Section1">
"""


def render_html(source: Source) -> bytes:
    """Render a page of HTML 4.01; one in windows-1252 writes its typographic signs as named entities.

    Raises ``KeyError`` for a sign beyond Latin-1 that has no entity of its own.
    """
    page = markdown_parser(source).render(source.markdown)
    page = re.sub(r"<p><em>(.*?)</em></p>", r'<p class="MsoNote">\1</p>', page)
    page = page.replace("<p>", '<p class="MsoNormal">').replace("<br />", "<br>")
    page = page.replace("<table>", '<table border="1" cellspacing="0" cellpadding="0" width="100%">')
    page = page.replace("<td></td>", "<td>&nbsp;</td>").replace("<h1>", '<h1 align="center">')
    head = HTML_HEAD.format(language=source.language, encoding=source.encoding, title=html.escape(source.title))
    page = head + page + "</div>\n</body>\n</html>\n"
    if source.encoding != "utf-8":
        page = "".join(f"&{codepoint2name[ord(sign)]};" if sign > "ÿ" or sign in "«»\xa0" else sign for sign in page)
    return page.encode(source.encoding)


def render_txt(source: Source) -> bytes:
    """Render plain text: one line a paragraph, or hard-wrapped to ``wrap`` columns on pages parted by form feeds."""
    pages: list[list[str]] = [[]]
    for block in blocks_of(source):
        piece = _text_lines(block, source.wrap or sys.maxsize)
        room = len(piece) + (HEADING_ROOM if block.kind == "heading" else 0)
        if source.wrap and len(pages[-1]) + room > PAGE_LINES:
            pages.append([f"{source.symbol}{len(pages) + 1:>{source.wrap - len(source.symbol)}}"])
        pages[-1].extend(piece)
    return ("\n\f".join("\n".join(page).strip() for page in pages) + "\n").encode(source.encoding)


def _text_lines(block: Block, width: int) -> list[str]:
    if block.kind == "table":
        raise ValueError("a plain-text sample has no table")
    lead = f"{block.mark.replace('•', '-')} " if block.mark else ""
    lines = textwrap.wrap(lead + block.text, width, subsequent_indent=" " * len(lead), break_on_hyphens=False)
    if block.kind == "heading" and block.level <= 2:
        lines.append("=-"[block.level - 1] * max(map(len, lines)))
    return lines if block.kind == "item" else ["", *lines]
