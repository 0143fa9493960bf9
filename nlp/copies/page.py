"""HTML copies: a page as it came, made inert, or the text of any other format, with marks and notes beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path, PurePath

from nlp.copies.finding import Copied, Finding, Placed, Wanted
from nlp.copies.inert import Inert, Mark, marked
from nlp.copies.markings import carry
from nlp.copies.notes import lines, listed
from nlp.copies.phrases import say
from nlp.program import Program
from nlp.readers.building import clean
from nlp.readers.sniffing import HTML, sniff
from nlp.readers.tracing import Tracer
from nlp.readers.web import reading
from nlp.settings import Settings

SUFFIX = ".html"
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_STYLE = Path(__file__).with_name("page.css")
_LIKE = {"confirmed": "held", "corrected": "held", "review": "review"}


def write(wanted: Wanted, program: Program, settings: Settings) -> Copied:
    """Return a page that loads nothing, runs nothing and can be read without a network.

    Scripts, frames, forms and whatever a page would load are left out; what it says and how it is set stays.
    """
    if sniff(wanted.original) == HTML:
        body, style, placed, order = _page(wanted, settings)
    else:
        body, style, placed, order = _text(wanted.text, wanted.findings)
    title = PurePath(wanted.name.replace("\\", "/")).name
    notes = _notes(order, placed, wanted.text, program, wanted.language)
    made = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="'
        f'{escape(_POLICY)}"><meta name="viewport" content="width=device-width"><title>{escape(_plain(title))}</title>'
        f"<style>{style}</style><style>{_STYLE.read_text('utf-8')}</style></head>\n<body>{notes}\n"
        f'<div class="evmap-page">{body}</div></body></html>\n'
    )
    return Copied(made.encode("utf-8", "replace"), SUFFIX, tuple(placed))


def _page(wanted: Wanted, settings: Settings) -> tuple[str, str, list[Placed], list[Finding]]:
    tracer = Tracer(settings.max_characters)
    extract = reading.build(wanted.original, tracer)
    carried, lost = carry(wanted.text, extract, wanted.findings)
    marks: dict[int, list[Mark]] = {}
    lengths = []
    for number, one in enumerate(carried, 1):
        own = [*tracer.at(one.start, one.end)]
        for stretch in own:
            event, start = stretch.source
            at = start + stretch.at
            ends = (stretch is own[0], stretch is own[-1])
            marks.setdefault(event, []).append(Mark(at, at + stretch.length, number, _like(one.finding), *ends))
        lengths.append(len("".join(extract.text[one.start : one.end].split())))
    inert = Inert(marks)
    inert.feed(reading.markup(wanted.original, tracer.losses))
    inert.close()
    placed = [
        _placed(one.finding, inert.letters[number], whole)
        for number, (one, whole) in enumerate(zip(carried, lengths, strict=True), 1)
    ]
    return inert.body(), inert.style(), [*placed, *lost], [one.finding for one in carried]


def _placed(finding: Finding, letters: int, whole: int) -> Placed:
    if letters >= whole:
        return Placed(finding)
    return Placed(finding, "near", "part") if letters else Placed(finding, "lost", "nowhere")


def _text(text: str, findings: Sequence[Finding]) -> tuple[str, str, list[Placed], list[Finding]]:
    order = sorted(findings, key=lambda one: (one.start, one.end, one.target))
    known = [one for one in order if 0 <= one.start < one.end <= len(text)]
    lost = [one for one in order if not 0 <= one.start < one.end <= len(text)]
    marks = [Mark(one.start, one.end, number, _like(one)) for number, one in enumerate(known, 1)]
    placed = [*map(Placed, known), *(Placed(one, "lost", "orphaned") for one in lost)]
    return f'<div class="evmap-text">{marked(text, marks)}</div>', "", placed, known


def _notes(order: Sequence[Finding], placed: Sequence[Placed], text: str, program: Program, language: str) -> str:
    """The column of notes; it stands before the page, whose markup may leave things open."""
    counts = Copied(b"", SUFFIX, tuple(placed)).counts()
    told = say("counted", language, **counts) if placed else say("none", language)
    reasons = {id(one.finding): one.reason for one in placed}
    rows = []
    for number, finding in enumerate(order, 1):
        first, *others = map(escape, lines(finding, program, language, reasons.get(id(finding), "")))
        more = "".join(f"<br>{line}" for line in others)
        rows.append(
            f'<li id="evmap-note-{number}" class="evmap-{_like(finding)}" value="{number}">'
            f'<a href="#evmap-{number}">{first}</a>{more}</li>'
        )
    missing = "".join(f"<li>{escape(line)}</li>" for line in listed(placed, text, language))
    rest = f"<h2>{escape(say('not_placed', language))}</h2><ul>{missing}</ul>" if missing else ""
    heading = escape(say("findings", language))
    return (
        f'<aside class="evmap-notes" lang="{escape(language)}" aria-label="{heading}"><h2>{heading}</h2>'
        f"<p>{escape(told)}</p><ol>{''.join(rows)}</ol>{rest}<p>{escape(say('proves', language))}</p></aside>"
    )


def _like(finding: Finding) -> str:
    state = finding.lane if finding.state == "suggested" and finding.lane else finding.state
    return _LIKE.get(state, "usual")


def _plain(text: str) -> str:
    return clean(text, Counter())
