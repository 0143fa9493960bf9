"""What a document is: its kind and title, and the facts of its head, told from its first lines and its outline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, takewhile

from nlp.language import detect
from nlp.records import Block, Document, Profile
from nlp.structure import facts
from nlp.structure.bodies import is_name
from nlp.structure.entities import SYMBOL

KINDS = ("program", "resolution", "declaration", "mandates", "report", "other")
HEAD_BLOCKS = 14
SAMPLE_CHARACTERS = 6000

_TAIL = r"(?: (?:the following|lo siguiente|o seguinte|ce qui suit))?\s?:?\s*$"
_RESOLVE = r"RESOLVES|RESUELVE|RESOLVE|DECIDES?|DÉCIDE|RÉSOUT|ACUERDA|ACORDA|AGREES|CONVIENT"
_DECLARE = r"DECLARES?|DECLARA|DECLARAN|DECLARAM|DÉCLARE(?:NT)?|PROCLAIMS?|PROCLAMA|PROCLAME"
RESOLVES = re.compile(rf"^(?:(?:{_DECLARE}) (?:AND|Y|E|ET) )?(?:{_RESOLVE}){_TAIL}")
DECLARES = re.compile(rf"^(?:{_DECLARE}){_TAIL}")
# Without numbers, the only paragraph runs on: "RESOLVES to convene ...".
RESOLVES_TO = re.compile(rf"^(?:{_RESOLVE}|{_DECLARE})(?::\s+\S|,?\s+[a-zà-ÿ])")
PREAMBLE = re.compile(
    r"^(?:HAVING (?:SEEN|REGARD|CONSIDERED|EXAMINED|HEARD)|TAKING (?:INTO ACCOUNT|NOTE)|CONSIDERING|BEARING IN MIND"
    r"|RECALLING|NOTING|REAFFIRMING|REITERATING|EMPHASIZING|STRESSING|RECOGNIZING|ACKNOWLEDGING|CONCERNED|EXPRESSING"
    r"|UNDERSCORING|UNDERLINING|HIGHLIGHTING|AFFIRMING|AWARE|MINDFUL|CONSCIOUS|CONVINCED|WELCOMING|OBSERVING|DEEPLY"
    r"|VIST[OA]S?|HABIENDO (?:VISTO|EXAMINADO)|TENIENDO (?:EN CUENTA|PRESENTE)|TOMANDO (?:NOTA|EN CUENTA)|CONSIDERANDO"
    r"|RECORDANDO|REAFIRMANDO|REITERANDO|RECONOCIENDO|DESTACANDO|RESALTANDO|ENFATIZANDO|AFIRMANDO|PREOCUPAD[AO]S?"
    r"|CONSCIENTES?|CONVENCID[AO]S?|SUBRAYANDO|OBSERVANDO|NOTANDO|EXPRESANDO|ACOGIENDO|HACIENDO"
    r"|TENDO (?:VISTO|EM (?:CONTA|VISTA|MENTE)|PRESENTE|EXAMINADO)|LEVANDO EM (?:CONTA|CONSIDERAÇÃO)|RECONHECENDO"
    r"|SALIENTANDO|RESSALTANDO|SUBLINHANDO|EXPRESSANDO|CIENTE|ACOLHENDO"
    r"|AYANT (?:VU|EXAMINÉ|À L['’]ESPRIT|PRÉSENT)|VUE?S?|CONSIDÉRANT|TENANT COMPTE|RAPPELANT|RÉAFFIRMANT|RECONNAISSANT"
    r"|SOULIGNANT|RÉITÉRANT|AFFIRMANT|NOTANT|EXPRIMANT|PRÉOCCUPÉE?|CONSCIENTE|CONVAINCUE?|SE FÉLICITANT|SALUANT"
    r"|PRENANT (?:NOTE|ACTE|EN COMPTE)|GARDANT)\b"
)
ANNEX = re.compile(
    r"^(?:APPENDIX|ANNEX|ANEXO|APÉNDICE|APÊNDICE|ANNEXE|APPENDICE)\b"
    r"|^(?:Appendix|Annex|Anexo|Apéndice|Apêndice|Annexe|Appendice)(?:\s(?:[IVX]{1,5}|\d{1,2}|[A-Z]))?$"
)
# The source of a mandate, in brackets at its end: "(Declaration of Port of Spain, 2009)".
SOURCE = re.compile(r"\(([^()]{4,160}?),?\s+((?:19|20)\d\d)\s*\)")
_SUMMIT_SOURCE = re.compile(
    r"Declara|Déclaration|Plan of Action|Plan de Acción|Plano de Ação|Plan d['’]action|Summit|Cumbre|Cúpula|Sommet"
    r"|Cartagena|Port of Spain|Mar del Plata|Qu[ée]bec|Santiago|Miami|Nuevo León|Panam|Lima|Los [AÁ]ngeles"
)
_PROGRAM_TITLE = re.compile(
    r"inter-american program(?:me)? for the promotion and protection|programa interamericano para la promoción y"
    r"|programa interamericano para a promoção e|programme interaméricain (?:pour|de) la promotion et", re.I
)  # fmt: skip
_WORDS = {
    "declaration": re.compile(r"\b(?:declaration|declaración|declaração|déclaration)\b", re.I),
    "report": re.compile(
        r"\b(?:report|informe|relatório|rapport|summary of|resumen|minutes|acta|ata|procès-verbal|compilation"
        r"|compilación|programs? dealing|tableau|matriz|matrix|memoria|review|revisión)\b", re.I,
    ),
}  # fmt: skip
_PLAN = re.compile(r"\b(?:plan of action|plan de acción|plano de ação|plan d['’]action)\b", re.I)
_OF_SUMMIT = re.compile(
    r"summit of the americas|cumbre de las américas|c[úu]pula das américas|sommet des amériques"
    r"|heads of state|jefes de estado|chefes de estado|chefs d['’]état", re.I
)  # fmt: skip
_MINUTES = re.compile(
    r"\b(?:minutes|summary record|verbatim|actas?|ata|proc[èe]s[- ]verbal|transcripción|compte rendu)\b", re.I
)
_WE = re.compile(r"\b(?:we|nos|nosotros|nosotras|nós|nous),? (?:the|los|las|os|as|les|reaffirm|declare)\b", re.I)
_GENERIC = re.compile(
    r"^(?:the general assembly|la asamblea general|a assembleia geral|l['’]assemblée générale|explanatory note"
    r"|nota explicativa|note explicative|continu|appendix|annex|anexo|annexe|apéndice|table of contents|índice|mandates"
    r"|having seen|visto|tendo visto|ayant vu|ayant examiné|table des matières|contents|sumário|original\s?:"
    r"|(?:organi[sz]ation of american states|organización de los estados americanos|organização dos estados americanos"
    r"|organisation des états américains)?\W*(?:summits? of the|cumbres? de las|c[úu]pulas? das|sommets? des)"
    r" am[ée]ri[a-z]+$)", re.I
)  # fmt: skip


def profile_of(document: Document, is_program: bool) -> Profile:
    """Return what the document is. `is_program`: its objectives and activities were found (`official.parse`)."""
    kind = "program" if is_program and _PROGRAM_TITLE.search(_sample(document)) else _kind(document)
    language = detect(_sample(document))
    opening = _opening(document)
    symbol = facts.symbol_of(opening, document.path)
    return Profile(
        kind=kind,
        language=language,
        title=_title(document, kind == "resolution", language),
        symbol=symbol,
        date=facts.date_of(_head(document)),
        session=facts.session_of(symbol),
        original_language=facts.original_language(opening),
        body=_issuer(opening, kind, symbol, language),
    )


def text_of(document: Document, block: Block) -> str:
    """The block's text as it stands."""
    return document.text[block.span.start : block.span.end]


def _sample(document: Document) -> str:
    return document.text[:SAMPLE_CHARACTERS]


def _head(document: Document) -> list[str]:
    return [" ".join(text_of(document, block).split()) for block in document.blocks[:HEAD_BLOCKS]]


def _opening(document: Document) -> list[str]:
    """What stands at the head of a document above its preamble, cells aside."""
    head = zip(document.blocks[:HEAD_BLOCKS], _head(document), strict=True)
    texts = [text for block, text in head if block.cell is None]
    return list(takewhile(lambda text: not PREAMBLE.match(text), texts))


def _issuer(opening: list[str], kind: str, symbol: str | None, language: str) -> str | None:
    """The organ that speaks, where its own words or its symbol say so. Authors of reports are found with their text."""
    if kind in ("resolution", "declaration"):
        speaking = (facts.enacting_body(text, language) for text in reversed(opening))
        return next(filter(None, speaking), None) or facts.issuer(symbol)
    return facts.issuer(symbol) if facts.speaks_for_itself(symbol) else None


def _kind(document: Document) -> str:
    texts = [text_of(document, block) for block in document.blocks]
    formal = _formal_kind(texts)
    if formal:
        return formal
    if is_mandates(document):
        return "mandates"
    head = " ".join(chain([document.extract.title or ""], (text for text in _head(document) if len(text) < 300)))
    declared, reported = (_WORDS[name].search(head) for name in ("declaration", "report"))
    planned = _PLAN.search(head) if plan_source(document) else None
    if planned and all(planned.start() < other.start() for other in (declared, reported) if other):
        return "mandates"
    if declared and (not reported or declared.start() < reported.start() or _WE.search(_sample(document))):
        return "declaration"
    if reported or any(block.cell for block in document.blocks):
        return "report"
    return "report" if sum(block.kind == "heading" for block in document.blocks) >= 3 else "other"


def _formal_kind(texts: Sequence[str]) -> str | None:
    """What an organ's own act is, by its verb behind a preamble: a resolution or a declaration; None for neither."""
    if not any(PREAMBLE.match(text) for text in texts):
        return None
    if any(RESOLVES.match(text) for text in texts):
        return "resolution"
    if any(DECLARES.match(text) for text in texts):
        return "declaration"
    running = next(filter(None, map(RESOLVES_TO.match, texts)), None)
    declares = running and DECLARES.match(re.split(r"\W", running[0])[0])
    return ("declaration" if declares else "resolution") if running else None


def is_mandates(document: Document) -> bool:
    """Whether most of the document's longer paragraphs name the Summit they come from at their end (five or more)."""
    texts = [text for block in document.blocks if len(text := text_of(document, block)) > 80]
    sourced = [text for text in texts if mandate_source(text)]
    return len(sourced) >= 5 and len(sourced) * 2 > len(texts)


def mandate_source(text: str) -> tuple[str, int] | None:
    """Return the Summit document and year that a mandate names in brackets at its end, None if it names none."""
    found = [match for match in SOURCE.finditer(text) if _SUMMIT_SOURCE.search(match[1])]
    if not found or len(text) - found[-1].end() > 3 or not text[: found[-1].start()].strip():
        return None
    return " ".join(found[-1][1].split()), int(found[-1][2])


def plan_source(document: Document) -> tuple[str, int] | None:
    """Return title and year of a Summit's plan of action, whose paragraphs are all mandates; None for other papers."""
    opening = [text for text in _head(document) if len(text) < facts.DATELINE]
    title = next((" ".join(text.split()) for text in opening if _PLAN.search(text)), None)
    of_summit = any(map(_OF_SUMMIT.search, opening))
    year = re.search(r"\b(?:19|20)\d\d\b", facts.date_of(opening) or " ".join(opening))
    return (title, int(year[0])) if title and of_summit and year else None


def is_minutes(document: Document) -> bool:
    """Whether the document's head says that it records who said what."""
    return any(_MINUTES.search(text) for text in _head(document) if len(text) < facts.BYLINE)


def _title(document: Document, is_resolution: bool, language: str) -> str | None:
    """The file's own title, else the first heading that says something, else the first line that does."""
    if document.extract.title and document.extract.title.strip():
        return document.extract.title.strip()
    head = document.blocks[: HEAD_BLOCKS * 2]
    texts = [(block.kind, " ".join(text_of(document, block).split())) for block in head]
    named = next((text for _, text in texts if _PROGRAM_TITLE.search(text) and len(text) < 200), None)
    told = [(kind, text) for kind, text in texts if not (_GENERIC.match(text) or PREAMBLE.match(text) or _cites(text))]
    titled = [text for kind, text in told if kind == "heading" and len(text.split()) > 2]
    headings = (*(text for text in titled if not is_name(text, language)), *titled)
    lines = [text for _, text in told if 12 <= len(text) <= 200 and not is_resolution]
    lines = [*(text for text in lines if not is_name(text, language)), *lines]
    return named or next(iter((*headings, *lines)), None)


def symbol_alone(text: str) -> str | None:
    """Return the symbol of a resolution or declaration, mended, that a line consists of; None for any other line."""
    text = " ".join(text.split())
    alone = len(text) < facts.BYLINE and _cites(text) and re.search(r"/(?:RES|DEC)\b", text)
    return facts.mended(text) if alone else None


def _cites(text: str) -> bool:
    """Whether a line is a document symbol and nothing else."""
    match = SYMBOL.search(text)
    return match is not None and len(match[0].strip()) == len(text)
