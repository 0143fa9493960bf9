"""How evidence looks: HTML for notebooks and lines for a terminal, made from records alone.

Text from documents is escaped piece by piece; nothing is rewritten before its offsets are used. Marks that turn the
direction of text, or hide in it, are shown, not obeyed, as the desk does.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from nlp.program import Language, Program
from nlp.records import Link, Passage, ProbabilityKind

SHOWN = 50
HIDDEN = {mark: f"⟦U+{mark:04X}⟧" for mark in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Marks that let a text show itself in another order than it has -> what stands for them, as on the desk."""
_STYLE = (
    "<style>.evmap td,.evmap th{text-align:left;vertical-align:top;padding:.25em .6em}"
    ".evmap mark{background:#ffe9a8;color:inherit}.evmap small{opacity:.7}</style>"
)


NUMBERS: dict[ProbabilityKind, str] = {"calibrated": "probability", "zero-shot": "zero-shot estimate"}
"""What a link's number is called."""


def title_of(program: Program, target: str, language: str) -> str:
    """Short title of a target in a language, in the programme's first one where the codebook has no such language."""
    titles = program.labels[target].title
    first = "en" if "en" in titles else program.languages[0]
    code: Language = language if language in titles else first
    return titles[code]


def visible(text: str) -> str:
    """Return a text in which the marks of `HIDDEN` can be seen; its offsets are no longer those of the document."""
    return text.translate(HIDDEN)


def shown(text: str) -> str:
    """Return a text of a document as it may stand in HTML: escaped, its hidden marks visible."""
    return escape(visible(text))


def passage_pieces(text: str, passage: Passage, link: Link) -> tuple[str, str, str]:
    """Return the passage as it stands: before the quote, the quote, after it."""
    start, end = passage.span.start, passage.span.end
    return text[start : link.span.start], link.quote, text[link.span.end : end]


def links_html(
    heading: str, text: str, passages: Sequence[Passage], links: Sequence[Link], program: Program, language: str,
    kind: ProbabilityKind = "calibrated",
) -> str:  # fmt: skip
    """Return an HTML table of links with the quote marked in its passage; at most `SHOWN`, the surest first."""
    by_id = {passage.passage_id: passage for passage in passages}
    surest = sorted(links, key=lambda link: -link.probability)[:SHOWN]
    rows = "".join(_row(text, by_id[link.passage_id], link, program, language) for link in surest)
    more = f"<p>{len(links) - SHOWN} more: .links or .to_frame()</p>" if len(links) > SHOWN else ""
    return (
        f'{_STYLE}<div class="evmap"><p><b>{shown(heading)}</b>: {len(passages)} passages, {len(links)} links</p>'
        f"<table><tr><th>target</th><th>{NUMBERS[kind]}</th><th>evidence</th></tr>{rows}</table>{more}</div>"
    )


def _row(text: str, passage: Passage, link: Link, program: Program, language: str) -> str:
    before, quote, after = map(shown, passage_pieces(text, passage, link))
    page = f" p. {link.page}" if link.page else ""
    facts = shown(", ".join(filter(None, (link.implementer, link.treatment, link.lane))) + page)
    return (
        f"<tr><td>{escape(link.target)}<br><small>{escape(title_of(program, link.target, language))}</small></td>"
        f"<td>{link.probability:.2f}</td><td><bdi>{before}<mark>{quote}</mark>{after}</bdi><br><small>{facts}</small></td></tr>"
    )
