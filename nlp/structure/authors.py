"""Who speaks: the author of a document as its first lines name it, and the speakers in minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.records import FURNITURE, Document, Profile
from nlp.structure.bodies import NOBODY, Implementer, heading_body, issuing_body, signature
from nlp.structure.entities import entities
from nlp.structure.kinds import text_of

HEAD_BLOCKS = 8
BYLINE_LENGTH, PROSE_LENGTH = 260, 90  # a longer line is no byline; one this long that ends a sentence is prose
GOVERNMENTS = Implementer("states", None)
NAME_REACH = 80
_MADE_BY = re.compile(
    r"\b(?:document|paper|report|summary|compilation|documento|informe|resumen|compilación|relatório|resumo|compilação"
    r"|rapport|résumé)\b.{0,40}?\b(?:(?:prepared|drafted|compiled|drawn up) by"
    r"|(?:elabora|prepara|redacta|compila)d[oa] por|redigid[oa] por|(?:établi|rédigé|préparé|compilé)e? par)\b",
    re.IGNORECASE,
)
# "The REPRESENTATIVE OF ...:", "El PRESIDENTE:", "Sr. Lima (Paraguay):"
_SPEAKER = re.compile(
    r"(?P<label>(?:(?:the|el|la|los|o|a|le|l['’])\s?)?"
    r"(?:(?:alternate|interim|acting|permanent)\s)?"
    r"(?:chair\w*|presid\w+|présid\w+|vice\W?\w+|repr[eé]sent\w+|deleg\w+|délég\w+|ambassad\w+|embaj\w+|embaix\w+"
    r"|secretar\w+|secrét\w+|rapporteur\w*|relat\w+|minist\w+|(?:mr|mrs|ms|dr|sra?|dra|mme|m)\b\.?)"
    r"(?:[^.:\n]|\b\w{1,4}\.){0,160}?)\s?:(?:\s|$)",
    re.IGNORECASE,
)
# Labels are set in capitals, or begin with a title; "The Chair proposed:" is a sentence.
_LABEL = re.compile(r"[A-ZÀ-Þ]{4}|^(?i:mr|mrs|ms|dr|sra?|dra|mme|m)\b")


def author_of(document: Document, profile: Profile) -> Implementer:
    """Return who a document is by, as its title and first lines say.

    Where several headings name different bodies, those are its sections, and none of them is its author.
    """
    if profile.kind in ("resolution", "program"):
        return NOBODY
    named = {
        block: heading_body(text_of(document, block), profile.language).body
        for block in document.blocks
        if block.kind == "heading" and len(text_of(document, block)) < BYLINE_LENGTH
    }
    sections = len(set(named.values()) - {None}) > 1
    head = [profile.title or "", *_makers(document)]
    titles = {text_of(document, block) for block, body in named.items() if sections and body}
    head += [text for text in _byline_texts(document) if text not in titles]
    return issuing_body("\n".join(head), profile.language)


def _makers(document: Document) -> Iterator[str]:
    """What the first texts say of who made the document: "This summary was prepared by the Secretariat of ..."."""
    for block in document.blocks[:HEAD_BLOCKS]:
        match = _MADE_BY.search(text_of(document, block))
        if match and block.cell is None:
            yield text_of(document, block)[match.end() : match.end() + NAME_REACH]


def signed_by(document: Document, profile: Profile) -> str | None:
    """Return the id of the body that the title names, or a line at the head begins with, as a paper's author."""
    by_title = issuing_body(profile.title or "", profile.language).body
    lines = (" ".join(text.split()) for text in _byline_texts(document))
    return by_title or next(filter(None, (signature(line, profile.language) for line in lines)), None)


def _byline_texts(document: Document) -> Iterator[str]:
    """The first texts that may name an author: neither prose nor cells nor running headers."""
    for block in document.blocks[:HEAD_BLOCKS]:
        text = text_of(document, block)
        prose = len(text) > PROSE_LENGTH and text.endswith(".")
        if block.cell is None and block.kind not in FURNITURE and len(text) < BYLINE_LENGTH and not prose:
            yield text


def speaker(text: str, language: str, author: Implementer) -> Implementer | None:
    """Return who speaks in a paragraph of minutes, by its label; None where it has none and the last one goes on.

    A representative speaks for the body or, where a country is named, for its government; the chair for the author.
    """
    found = _SPEAKER.match(text)
    if not found or not _LABEL.search(found["label"]):
        return None
    named = {entity.label: entity for entity in reversed(entities(found["label"], language))}
    if body := named.get("IMPLEMENTER"):
        return Implementer(body.entity_id, body.text)
    return GOVERNMENTS if "PLACE" in named else author
