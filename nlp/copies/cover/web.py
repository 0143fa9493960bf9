"""Papers as HTML: one file without a script, readable on paper and on a phone."""

from __future__ import annotations

from html import escape
from pathlib import Path

from nlp.copies.cover.paper import Paper, Part, Row

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_STYLE = Path(__file__).with_name("web.css")


def write(paper: Paper) -> bytes:
    """Return a paper as a page that loads nothing."""
    facts = " · ".join(map(escape, paper.facts))
    made = (
        f'<!DOCTYPE html>\n<html lang="{escape(paper.language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(paper.kind)}: {escape(paper.title)}</title>'
        f"<style>{_STYLE.read_text('utf-8')}</style></head>\n<body><main><header><p>{escape(paper.kind)}</p>"
        f"<h1>{escape(paper.title)}</h1><p>{facts}</p></header>\n{''.join(map(_part, paper.parts))}"
        f"<footer>{escape(paper.foot)}</footer></main></body></html>\n"
    )
    return made.encode()


def _part(part: Part) -> str:
    text = f"<p>{escape(part.text)}</p>" if part.text else ""
    rows = f"<table>{''.join(map(_row, part.rows))}</table>" if part.rows else ""
    lines = f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in part.lines)}</ul>" if part.lines else ""
    return f"<section><h2>{escape(part.heading)}</h2>{text}{rows}{lines}</section>\n"


def _row(row: Row) -> str:
    place = escape(row.place or row.standing)
    place = f'<a href="{escape(row.href)}">{place}</a>' if row.href else place
    place += f" · {escape(row.standing)}" if row.place else ""
    said = [place, *([escape(row.facts)] if row.facts else [])]
    deep = ' class="deep"' if row.deep else ""
    return (
        f'<tr{deep}><th scope="row">{escape(row.head)}</th><td><q>{escape(row.quote)}</q></td>'
        f"<td>{'<br>'.join(said)}</td></tr>\n"
    )
