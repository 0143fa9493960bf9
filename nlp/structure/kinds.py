"""What a document is: its kind, symbol, title and date, told from its first lines and its outline."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from pathlib import PurePath

from nlp.language import detect
from nlp.records import Block, Document, Profile
from nlp.structure.entities import DATE, SYMBOL

KINDS = ("program", "resolution", "declaration", "mandates", "report", "other")
HEAD_BLOCKS = 14
SAMPLE_CHARACTERS = 6000
BYLINE = 220  # characters; a longer paragraph near the top cites other documents

RESOLVES = re.compile(r"^(?:RESOLVES|RESUELVE|RESOLVE|DECIDE|DÉCIDE|DECIDES|RÉSOUT|ACUERDA)\b\s*:?\s*$")
PREAMBLE = re.compile(
    r"^(?:HAVING (?:SEEN|REGARD|CONSIDERED)|TAKING (?:INTO ACCOUNT|NOTE)|CONSIDERING|BEARING IN MIND|RECALLING|NOTING"
    r"|REAFFIRMING|EMPHASIZING|RECOGNIZING|CONCERNED|EXPRESSING|UNDERSCORING|AWARE|CONVINCED|WELCOMING"
    r"|VISTOS?|VISTAS?|TENIENDO (?:EN CUENTA|PRESENTE)|CONSIDERANDO|RECORDANDO|REAFIRMANDO|RECONOCIENDO|DESTACANDO"
    r"|PREOCUPAD[AO]|TOMANDO NOTA|CONSCIENTE|CONVENCID[AO]|SUBRAYANDO|OBSERVANDO|EXPRESANDO"
    r"|TENDO (?:VISTO|EM CONTA|PRESENTE)|LEVANDO EM CONTA|RECONHECENDO|SALIENTANDO|NOTANDO"
    r"|AYANT (?:VU|EXAMINÉ|À L['’]ESPRIT)|VU|CONSIDÉRANT|TENANT COMPTE|RAPPELANT|RÉAFFIRMANT|RECONNAISSANT|SOULIGNANT"
    r"|PRÉOCCUPÉE?|PRENANT (?:NOTE|ACTE))\b"
)
ANNEX = re.compile(r"^(?:APPENDIX|ANNEX|ANEXO|APÉNDICE|APÊNDICE|ANNEXE|APPENDICE)\b")
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
_WE = re.compile(r"\b(?:we|nos|nosotros|nosotras|nós|nous),? (?:the|los|las|os|as|les|reaffirm|declare)\b", re.I)
_GENERIC = re.compile(
    r"^(?:the general assembly|la asamblea general|a assembleia geral|l['’]assemblée générale|explanatory note"
    r"|nota explicativa|note explicative|continu|appendix|annex|anexo|annexe|apéndice|table of contents|índice|mandates"
    r"|having seen|visto|tendo visto|ayant vu|ayant examiné)", re.I
)  # fmt: skip
# Any organ's way of numbering its papers: "CP/doc.5678/20", "AG/RES. 2027 (XXXIV-O/04)", "CRM/ACTA 2-2008".
_OWN_SYMBOL = re.compile(
    r"\b[A-ZÀ-Ý]{2,}(?:/[A-Za-zÀ-ÿ0-9.-]{1,20}){1,5}(?:\s(?:Nº\s|No\.\s)?\d[\d/.-]*)?"
    r"(?:\s\([A-Z]{1,8}-[OE0]/\d{2,4}\))?(?:\s(?:rev|corr|add)\.\s?\d{1,2})?"
)
_FILE_SYMBOL = re.compile(r"^(AG|CP)[-_ ](RES|DEC)[-_. ]+(\d{1,4})[-_ ]+([IVXLC]+)[-_ ]([OE])[-_ ](\d{2})\b", re.I)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january enero janeiro janvier", "february febrero fevereiro février", "march marzo março mars",
            "april abril avril", "may mayo maio mai", "june junio junho juin", "july julio julho juillet",
            "august agosto août", "september septiembre setiembre setembro septembre",
            "october octubre outubro octobre", "november noviembre novembro novembre",
            "december diciembre dezembro décembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip


def profile_of(document: Document, is_program: bool) -> Profile:
    """Return what the document is. `is_program`: its objectives and activities were found (`official.parse`)."""
    kind = "program" if is_program and _PROGRAM_TITLE.search(_sample(document)) else _kind(document)
    title = _title(document, kind == "resolution")
    return Profile(kind, detect(_sample(document)), title, _symbol(document), _date(document))


def text_of(document: Document, block: Block) -> str:
    """The block's text as it stands."""
    return document.text[block.span.start : block.span.end]


def _sample(document: Document) -> str:
    return document.text[:SAMPLE_CHARACTERS]


def _head(document: Document) -> list[str]:
    return [text_of(document, block) for block in document.blocks[:HEAD_BLOCKS]]


def _kind(document: Document) -> str:
    texts = [text_of(document, block) for block in document.blocks]
    if any(RESOLVES.match(text) for text in texts) and any(PREAMBLE.match(text) for text in texts):
        return "resolution"
    if is_mandates(document):
        return "mandates"
    head = " ".join(chain([document.extract.title or ""], (text for text in _head(document) if len(text) < 300)))
    declared = _WORDS["declaration"].search(head)
    reported = _WORDS["report"].search(head)
    if declared and (not reported or declared.start() < reported.start() or _WE.search(_sample(document))):
        return "declaration"
    if reported or any(block.cell for block in document.blocks):
        return "report"
    return "report" if sum(block.kind == "heading" for block in document.blocks) >= 3 else "other"


def is_mandates(document: Document) -> bool:
    """Whether most of the document's longer paragraphs name the Summit they come from at their end (five or more)."""
    texts = [text for block in document.blocks if len(text := text_of(document, block)) > 80]
    sourced = [text for text in texts if mandate_source(text)]
    return len(sourced) >= 5 and len(sourced) * 2 > len(texts)


def mandate_source(text: str) -> tuple[str, int] | None:
    """Return the Summit document and year that a mandate names in brackets at its end, None if it names none."""
    found = [match for match in SOURCE.finditer(text) if _SUMMIT_SOURCE.search(match[1])]
    if not found or len(text) - found[-1].end() > 3:
        return None
    return " ".join(found[-1][1].split()), int(found[-1][2])


def _title(document: Document, is_resolution: bool) -> str | None:
    """The file's own title, else the first heading that says something, else the first line that does."""
    if document.extract.title and document.extract.title.strip():
        return document.extract.title.strip()
    head = document.blocks[: HEAD_BLOCKS * 2]
    texts = [(block.kind, " ".join(text_of(document, block).split())) for block in head]
    named = next((text for _, text in texts if _PROGRAM_TITLE.search(text) and len(text) < 200), None)
    told = [(kind, text) for kind, text in texts if not (_GENERIC.match(text) or PREAMBLE.match(text) or _cites(text))]
    headings = (text for kind, text in told if kind == "heading" and len(text.split()) > 2)
    lines = (text for _, text in told if 12 <= len(text) <= 200 and not is_resolution)
    return named or next(headings, None) or next(lines, None)


def _cites(text: str) -> bool:
    """Whether a line is a document symbol and nothing else."""
    match = SYMBOL.search(text)
    return match is not None and len(match[0].strip()) == len(text)


def _symbol(document: Document) -> str | None:
    """The symbol that stands alone near the top, else the one that the file is named by."""
    for block in document.blocks[:HEAD_BLOCKS]:
        text = text_of(document, block)
        if PREAMBLE.match(text):
            break
        match = _OWN_SYMBOL.search(text)
        if match and block.cell is None and len(text) < BYLINE and any(map(str.isdigit, match[0])):
            return " ".join(match[0].split())
    named = _FILE_SYMBOL.match(PurePath(document.path).name)
    if named:
        organ, form, number, session, letter, year = (part.upper() for part in named.groups())
        return f"{organ}/{form}. {number} ({session}-{letter}/{year})"
    return None


def _date(document: Document) -> str | None:
    for text in _head(document):
        match = DATE.search(text)
        if match and len(text) < 300 and (found := iso_date(match[0])):
            return found
    return None


def iso_date(text: str) -> str | None:
    """Return YYYY-MM-DD for a date as `entities.DATE` finds it (day before month where both are numbers).

    None where the calendar has no such day.
    """
    words = re.findall(r"\d+|[^\W\d_]+", text.lower())
    numbers = [word for word in words if word.isdigit()]
    month = next((_MONTHS[word] for word in words if word in _MONTHS), None)
    if month and len(numbers) >= 2:
        return _calendar(numbers[-1], month, numbers[0])
    if len(numbers) == 3:
        year, day = (numbers[0], numbers[2]) if len(numbers[0]) == 4 else (numbers[2], numbers[0])
        return _calendar(year, int(numbers[1]), day)
    return None


def _calendar(year: str, month: int, day: str) -> str | None:
    try:
        return date(int(year), month, int(day)).isoformat()
    except ValueError:
        return None
