"""Rows 33 to 36: pages that nest without end, swell, hide what they say, or carry what a browser would run."""

from __future__ import annotations

from torture.base import ADDRESS, PHRASE, READ, SECOND, UNSAID, Case

MEGABYTE = 1_000_000
HOSTILE = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "{{7*7}}", "{% raw %}", "${7*7}",
    "javascript:alert(3)", "&lt;b&gt;", "<!--", "]]>", "</textarea>", "\u2028",
)  # fmt: skip


def _page(*parts: str) -> bytes:
    return "".join(["<html><body>", *parts, "</body></html>"]).encode()


def said(text: str) -> str:
    """A paragraph."""
    return f"<p>{text}.</p>"


def _nested(tag: str, depth: int, closed: bool = True) -> bytes:
    end = f"</{tag}>" * depth if closed else ""
    return _page(said(PHRASE), f"<{tag}>" * depth, SECOND, end)


def _hidden() -> bytes:
    secrets = (
        f"<script>document.write('{UNSAID}')</script>", f"<style>p::after {{content: '{UNSAID}'}}</style>",
        f"<template><p>{UNSAID}</p></template>", f"<noscript><p>{UNSAID}</p></noscript>",
        f"<p style='display:none'>{UNSAID}</p>", f"<p hidden>{UNSAID}</p>", f"<!-- {UNSAID} -->",
        f"<iframe src='{ADDRESS}/frame'></iframe><img src='{ADDRESS}/i.png'>", f"<object data='{ADDRESS}/o'></object>",
    )  # fmt: skip
    head = f"<meta http-equiv=refresh content='0;url={ADDRESS}/next'><meta charset=utf-16><meta charset=koi8-r>"
    head += f"<link rel=stylesheet href='{ADDRESS}/s.css'><base href='{ADDRESS}'>"
    return _page(head, said(PHRASE), *secrets, said(SECOND))


def _hostile() -> bytes:
    paragraphs = "\n\n".join(f"{PHRASE} number {n}: {text} and so on." for n, text in enumerate(HOSTILE))
    return f"# Report {HOSTILE[0]} {HOSTILE[1]}\n\n{paragraphs}\n".encode()


CASES = (
    Case(33, "large.html", lambda: b"<div>" * 7_000_000, ("too_large",), "bytes"),
    Case(33, "deep.html", lambda: _nested("div", 50_000), READ, keeps=(PHRASE, SECOND)),
    Case(33, "deep, never closed.html", lambda: _nested("div", 50_000, False), READ, keeps=(PHRASE, SECOND)),
    Case(33, "deep spans.html", lambda: _nested("span", 50_000), READ, keeps=(PHRASE, SECOND)),
    Case(33, "deep lists.html", lambda: _nested("ul><li", 10_000, False), READ, keeps=(PHRASE, SECOND)),
    Case(33, "deep tables.html", lambda: _nested("table><tr><td", 3_000, False), READ, keeps=(PHRASE, SECOND)),
    Case(
        33,
        "never closed.html",
        lambda: _page(*(f"<p><b><i><font>{PHRASE} {n}" for n in range(40)), SECOND),
        READ,
        keeps=(f"{PHRASE} 39", SECOND),
    ),
    Case(
        33,
        "wrongly closed.html",
        lambda: _page(said(PHRASE), "</div></p></table>" * 10_000, said(SECOND)),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(
        34,
        "long attribute.html",
        lambda: _page(said(PHRASE), f"<p title='{'x' * 9 * MEGABYTE}'>{SECOND}.</p>"),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(
        34,
        "many attributes.html",
        lambda: _page(said(PHRASE), f"<p {'a=1 ' * 200_000}>{SECOND}.</p>"),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(
        34,
        "long comment.html",
        lambda: _page(said(PHRASE), f"<!--{'x ' * 4 * MEGABYTE}-->", said(SECOND)),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(
        34,
        "comment without end.html",
        lambda: _page(said(PHRASE), "<!--", said(SECOND) * 20),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(
        34,
        "many openings.html",
        lambda: _page(said(PHRASE), "<!--" * 200_000, said(SECOND)),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(
        34,
        "data address.html",
        lambda: _page(said(PHRASE), f"<img src='data:image/png;base64,{'A' * 9 * MEGABYTE}'>", said(SECOND)),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(
        34,
        "entities.html",
        lambda: _page(said(PHRASE), "&" * 500_000, "&#" * 200_000, said(SECOND)),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(34, "quotes.html", lambda: _page(said(PHRASE), "<a '" * 100_000, said(SECOND)), READ, keeps=(PHRASE, SECOND)),
    Case(
        34,
        "declarations.html",
        lambda: _page(said(PHRASE), "<![CDATA[" * 10_000, "<!a" * 10_000, "<?" * 10_000, said(SECOND)),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(
        34,
        "many cells.html",
        lambda: _page(said(PHRASE), "<table><tr><td colspan=1000000 rowspan=1000000>a<td>b</table>" * 50, said(SECOND)),
        READ,
        keeps=(PHRASE, SECOND),
    ),
    Case(35, "hidden.html", _hidden, ("ok",), keeps=(PHRASE, SECOND), losses=("hidden",)),
    Case(36, "hostile.txt", _hostile, ("ok",), keeps=(PHRASE, *HOSTILE[:7])),
)
