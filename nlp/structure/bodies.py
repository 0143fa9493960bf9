"""Which body a piece of text speaks of: the name of a table cell, a heading, the subject of a sentence."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import pairwise

from nlp.program import Program, load_program
from nlp.structure.entities import Entity, bodies_in

# Between two names: what follows such a word is a partner, not a part of the body.
_PARTNER = re.compile(r"\b(?:and|with|y|e|et|con|com|avec|in cooperation|en colaboración|em parceria)\b|[/;]", re.I)
# Before a name: a report is addressed to this body, it is not by it.
_ADDRESSEE = re.compile(
    r"\b(?:to|ante|para|presentado a|apresentado à|présenté à|auprès)\s+(?:(?:the|la|el|a|o)\s+)?$", re.IGNORECASE
)
_NAMED = re.compile(
    r"^(?:the\s|la\s|el\s|le\s|a\s|o\s)?"
    r"([A-ZÀ-Ý][\w’'&.-]*(?:\s(?:[A-ZÀ-Ý][\w’'&.-]*|of|the|for|on|and|de|del|da|do|des|du|la|los|las|les|y|e|et|para)){1,14})"
    r"\s\(([A-Z][A-Za-zÀ-ÿ-]{1,14})\)",
    re.I,
)
_ARTICLE = re.compile(r"^(?:(?:the|la|el|los|las|le|les|o|a|os|as)\s+|l['’]\s*)", re.IGNORECASE)
_NAME_START = re.compile(
    r"(?:[A-ZÀ-Ý][\w.]*\s|(?:of|the|for|de|del|da|do|des|la)\s)*$"
)  # "UN Office of the " belongs to it
# How the organs of the OAS speak of themselves and of one another, without saying "of the OAS".
_ORGANS = {
    "oas_general_assembly": r"general assembly|asamblea general|assembl[eé]ia geral|assemblée générale",
    "permanent_council": r"permanent council|consejo permanente|conselho permanente|conseil permanent",
    "oas_general_secretariat": r"general secretariat|secretary general|secretaría general|secretari[oa] general"
    r"|secretari[ao][- ]geral|secrétariat général|secrétaire général",
}
_ORGAN = re.compile("|".join(rf"(?P<{body}>\b(?:{names})\b)" for body, names in _ORGANS.items()), re.IGNORECASE)
# Before an organ: it is told something, others act.
_TOLD = re.compile(
    r"\b(?:report|submit|present|transmit|forward|inform|presentar|presente|elevar|eleve|remitir|transmitir|apresentar"
    r"|encaminhar|présenter|transmettre|rendre compte|soumettre)\w*\b.{0,60}$",
    re.IGNORECASE,
)
LEADING = 24
NAME_WORDS = 6
LONGEST_HEADING = 2_000  # characters; no name is half of a longer one
SUBJECTS = frozenset({"migrants"})  # whom nearly every title speaks about; seldom who speaks
COLLECTIVES = frozenset({"states", "migrants", "civil_society"})  # never a part of the body named before them


@dataclass(frozen=True, slots=True)
class Implementer:
    """A body: id in the codebook (None when unknown) and the name as it stands in the text (None when unnamed)."""

    body: str | None
    text: str | None


NOBODY = Implementer(None, None)


def resolve(text: str, language: str) -> Implementer:
    """Return the body that a cell or heading names; the most precise one where a parent is named before its part."""
    name = " ".join(text.split())
    chain = _chain(bodies_in(text, language), text)
    if not chain:
        return Implementer(_sort_of(name), name or None)
    program = load_program()
    own = [entity for entity in chain if entity.entity_id and program.body_by_id[entity.entity_id].article]
    return Implementer((own or chain)[-1].entity_id, name)


def _sort_of(name: str) -> str | None:
    """The implementer whose sort an unknown body is of, as its name tells ("... Network for ..."), else None."""
    pattern, bodies = _heads(load_program())
    match = pattern.match(_ARTICLE.sub("", name))
    return bodies[match[1].lower()] if match else None


@functools.cache
def _heads(program: Program) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern for the first words of names of a sort, and the implementer that each of them means."""
    bodies = {head.lower(): body.id for body in program.body_by_id.values() for head in body.heads}
    if not bodies:
        return re.compile(r"(?!)"), {}
    alternatives = "|".join(map(re.escape, sorted(bodies, key=len, reverse=True)))
    return re.compile(rf"(?:[A-ZÀ-Ý][\w’'-]*\s){{0,4}}((?i:{alternatives}))\b"), bodies


def acronyms() -> dict[str, str]:
    """The acronyms of all bodies and the ids they stand for."""
    bodies = load_program().body_by_id.values()
    return {name: body.id for body in bodies for names in body.acronyms.values() for name in names}


def organ_in(text: str) -> str | None:
    """Return the organ of the OAS that a text names first, as the OAS itself names it."""
    found = _ORGAN.search(text)
    return found.lastgroup if found else None


def addressee(text: str, language: str, reach: int) -> Implementer:
    """Return the body that a clause speaks to within its first `reach` characters: "To request the ..."."""
    found = [entity for entity in bodies_in(text[:400], language) if entity.span.start <= reach]
    first = found[0].span.start if found else reach + 1
    organ = _ORGAN.search(text[:400])
    if organ and organ.start() < first and not _TOLD.search(text[: organ.start()]):
        return Implementer(organ.lastgroup, organ[0])
    return Implementer(found[0].entity_id, found[0].text) if found else NOBODY


def _chain(found: tuple[Entity, ...], text: str) -> list[Entity]:
    """Names up to the first partner: "SEDI - Department of Education" is a chain, "IOM and UNHCR" is not.

    Nor is "IACD, when requested by member states": states and migrants are no part of another body.
    """
    chain = list(found[:1])
    for before, after in pairwise(found):
        if after.entity_id in COLLECTIVES or _PARTNER.search(text[before.span.end : after.span.start]):
            break
        chain.append(after)
    return chain


def leading_body(text: str, language: str) -> Implementer | None:
    """Return the body that a description begins with as its subject, None when it begins otherwise."""
    head = text[:240]
    for entity in bodies_in(head, language):
        if entity.span.start > LEADING:
            break
        if entity.entity_id in SUBJECTS:  # "Investment of migrants": what it is about
            continue
        if _NAME_START.match(_ARTICLE.sub("", head[: entity.span.start])):
            return Implementer(entity.entity_id, _whole_name(head, entity))
    named = _NAMED.match(head)
    return Implementer(None, f"{named[1]} ({named[2]})") if named and named[1][0].isupper() else None


def _whole_name(head: str, entity: Entity) -> str:
    """The name with the acronym in brackets behind it, as it stands."""
    end = entity.span.end
    bracket = re.match(r"[^.,;\n]{0,40}?\([A-Z][A-Za-zÀ-ÿ/-]{1,14}\)", head[end:])
    start = 0 if entity.span.start <= LEADING else entity.span.start
    return _ARTICLE.sub("", " ".join(head[start : end + (bracket.end() if bracket else 0)].split()))


def issuing_body(text: str, language: str) -> Implementer:
    """Return the body that a document's first lines name as its author, NOBODY when none does."""
    for entity in bodies_in(text, language):
        if entity.entity_id not in SUBJECTS and not _ADDRESSEE.search(text[: entity.span.start]):
            return Implementer(entity.entity_id, entity.text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    named = next(((sort, line) for line in lines if (sort := _sort_of(line))), None)
    return Implementer(named[0], re.split(r"[,(;]", named[1])[0].strip()) if named else NOBODY


def is_name(text: str, language: str) -> bool:
    """Whether a line is nothing but the name of a body, as letterheads are."""
    found = [entity for entity in bodies_in(text, language) if entity.entity_id not in SUBJECTS]
    named = sum(entity.span.end - entity.span.start for entity in found)
    return named >= 0.8 * len(_ARTICLE.sub("", text)) or (
        len(text.split()) <= NAME_WORDS and _sort_of(text) is not None
    )


def signature(line: str, language: str) -> str | None:
    """Return the id of the body whose name a line begins with, alone or with its part and place, None for none."""
    line = _ARTICLE.sub("", line)
    first = next((entity for entity in bodies_in(line, language) if entity.entity_id not in SUBJECTS), None)
    if first and _NAME_START.match(line[: first.span.start]):
        return None if _PARTNER.match(line[first.span.end :].lstrip()) else first.entity_id
    return _sort_of(line)


def heading_body(text: str, language: str) -> Implementer:
    """Return the body that a heading names, NOBODY when a name only occurs in it among other things."""
    return _heading_body(text, language, load_program())


@functools.lru_cache(maxsize=4096)
def _heading_body(text: str, language: str, program: Program) -> Implementer:
    if len(text) > LONGEST_HEADING:
        return NOBODY
    found = [entity for entity in bodies_in(text, language) if entity.entity_id not in SUBJECTS]
    named = sum(entity.span.end - entity.span.start for entity in found)
    return resolve(text, language) if named * 2 >= len(text) else NOBODY
