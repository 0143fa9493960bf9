"""The Program document itself: where its objectives and activities stand, with their official wording."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.errors import UsageError
from nlp.language import detect
from nlp.official import Official
from nlp.program import Program
from nlp.records import Block, Document, Span
from nlp.structure.bodies import resolve
from nlp.structure.entities import bodies_in

_NUMBER = re.compile(r"^(\d{1,3})[.)]?$")
_INLINE = re.compile(r"^(\d{1,3})\.\s+(?=\S)")
_SHARED = re.compile(r"^(?:all (?:the )?|todos los |todas as |todos os |tous les |l['’]ensemble)", re.IGNORECASE)


TELLING = 40  # activities: shorter runs of numbers stand in many a document, and do not make it the programme itself


@dataclass(frozen=True, slots=True)
class Article:
    """An objective or activity in the Program document: target, place of its wording, implementer as printed."""

    target: str
    span: Span
    implementer: str | None
    heading: str | None


def parse(document: Document, program: Program) -> tuple[Article, ...]:
    """Return the programme's articles in order; () unless all its objectives and activities are there.

    The last run of as many numbers as there are activities is the activities, the last run of as many as there are
    objectives before it the objectives; the headings between the activities name their implementers.
    """
    numbered = [(_number(document, block), block) for block in document.blocks]
    activities = _run(numbered, len(program.activities)) if program.activities else []
    if program.activities and not activities:
        return ()
    objectives = _run(numbered[: activities[0]] if activities else numbered, len(program.objectives))
    if not objectives:
        return ()
    language = detect(document.text[:4000])
    found = [_article("objective", n, document, numbered[i][1], None, None) for n, i in enumerate(objectives, 1)]
    body: str | None = None
    heading: str | None = None
    for index in range(objectives[-1] + 1, activities[-1] + 1 if activities else 0):
        number, block = numbered[index]
        if index in activities:
            found.append(_article("activity", number or 0, document, block, body, heading))
        elif (text := _heading(document, block)) and (name := _implementer(text, language)):
            body, heading = name, text
    return tuple(found)


def _number(document: Document, block: Block) -> int | None:
    """The number that a block carries as its marker or at its start."""
    match = _NUMBER.match((block.marker or "").strip()) or _INLINE.match(document.text[block.span.start :][:8])
    return int(match[1]) if match else None


def _run(numbered: list[tuple[int | None, Block]], last: int) -> list[int]:
    """Indices of the blocks numbered 1..last, other numbers between them skipped; the latest start that gets there."""
    wanted, start = last, 0
    for index in range(len(numbered) - 1, -1, -1):  # backwards once: trying every "1." would take the square of it
        if numbered[index][0] == wanted:
            wanted, start = wanted - 1, index
        if not wanted:
            return _follow(numbered, start, last)
    return []


def _follow(numbered: list[tuple[int | None, Block]], start: int, last: int) -> list[int]:
    run: list[int] = []
    for index in range(start, len(numbered)):
        if numbered[index][0] == len(run) + 1:
            run.append(index)
        if len(run) == last:
            return run
    return []


def _article(
    kind: str, number: int, document: Document, block: Block, body: str | None, heading: str | None
) -> Article:
    inline = _INLINE.match(document.text[block.span.start : block.span.end])
    start = block.span.start + (inline.end() if inline and not block.marker else 0)
    return Article(f"{kind}:{number}", Span(start, block.span.end), body, heading)


def _heading(document: Document, block: Block) -> str | None:
    text = " ".join(document.text[block.span.start : block.span.end].split())
    return text if len(text) < 160 and not text.endswith((".", ";")) else None


def _implementer(text: str, language: str) -> str | None:
    """Implementer id, or group id for "all multilateral organisations", that a heading gives."""
    if _SHARED.match(text):
        return "multilateral" if "multilat" in text.lower() else "oas"
    if re.match(r"^(?:oas member states|estados miembros de la oea|estados membros da oea|états membres)", text, re.I):
        return "states"
    found = bodies_in(text, language)
    if not found or found[0].span.start > 40:
        return None
    return "civil_society" if any(e.entity_id == "civil_society" for e in found) else resolve(text, language).body


def official_wording(document: Document, program: Program) -> Official:
    """Return the official wording of all articles.

    Raises:
        UsageError: if the document is not the Program, or an activity stands under another group of implementers
            than the codebook says (each is named).
    """
    articles = parse(document, program)
    if not articles:
        raise UsageError(
            document.path,
            f"{program.counted()} were not found in it",
            f"Give the document itself: {program.about.source}",
        )
    groups = {body.id: body.group for body in program.implementers} | {group.id: group.id for group in program.groups}
    wrong = [
        f"{article.target} stands under {article.heading!r}"
        for article in articles
        if (expected := program.group_of(program.labels[article.target]))
        and groups.get(article.implementer or "") != expected
    ]
    if wrong:
        raise UsageError(document.path, f"other implementers than in the codebook: {'; '.join(wrong[:5])}")
    return Official(
        document_id=document.document_id,
        language=detect(document.text[:4000]),
        wording={a.target: " ".join(document.text[a.span.start : a.span.end].split()) for a in articles},
        implementers={a.target: a.implementer for a in articles if a.implementer},
    )
