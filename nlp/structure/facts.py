"""What a document's first lines say of it: symbol, session, date, original language, and the organ that issued it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import PurePath

from nlp.structure.bodies import COLLECTIVES, SUBJECTS, acronyms, is_name, organ_in
from nlp.structure.entities import DATE, DIGIT, NUMBER, SESSION, bodies_in

BYLINE = 220  # characters; a longer paragraph near the top cites other documents, or says more than what this one is
DATELINE = 300

# Any organ's way of numbering its papers: "CP/doc.5678/20", "AG/RES. 2027 (XXXIV-O/04)", "CRM/ACTA 2-2008".
_OWN = re.compile(
    r"\b[A-ZÀ-Ý]{2,}(?:/[A-Za-zÀ-ÿ0-9.-]{1,20}){1,5}"
    rf"(?:\s(?:Nº\s|No\.\s)?(?:{NUMBER}|[lI](?=\s?\())[\dOlI/.-]*)?"
    rf"(?:\s?\((?:{SESSION})\)|\s(?=[IVXLCl1]+-)(?:{SESSION}))?(?:\s[Dd]oc\.\s?\d{{1,4}})?(?:,?\s(?i:rev|corr|add)\.?\s?\d{{1,2}})*"
)
_CLASSIFICATION = re.compile(r"O[AE][AS]/Ser\b")
_IN_BRACKETS = re.compile(rf"\(({SESSION})\)|\s((?=[IVXLCl1]+-)(?:{SESSION}))$")
_OF_MEETING = re.compile(rf"/(?:ACTA|ACT|OD|SA|MINUTES)[-./ ]\s?({DIGIT}{{1,4}}/{DIGIT}{{2,4}})\b")
_SLIPPED = re.compile(r"(?<![^\W\d_])(?:(?=[OlI]*\d)[\dOlI]{2,}|[lI](?=\s?\())(?![^\W\d_])")
_ASSEMBLY = re.compile(r"(?<=\()([IVXLCl1]{1,9})-([OE0])(?=/)")
_FORM = re.compile(r"(?<=/)(RES|DEC)\.?\s?(?=\d+\s?\()")
_TO_DIGITS = str.maketrans("OlI", "011")
_TO_NUMERAL = str.maketrans("l1", "II")
_FILE_SYMBOL = re.compile(r"^(AG|CP)[-_ ](RES|DEC)[-_. ]+(\d{1,4})[-_ ]+([IVXLC]+)[-_ ]([OE])[-_ ](\d{2})\b", re.I)
_ORIGINAL = re.compile(r"\bOriginal\s?:\s*([^\W\d_]+)", re.IGNORECASE)
_LANGUAGES = {
    name: code
    for code, names in {
        "en": "english inglés ingles inglês anglais",
        "es": "spanish español espanol espanhol espagnol castellano",
        "pt": "portuguese portugués portugues português portugais",
        "fr": "french francés frances francês français francais",
    }.items()
    for name in names.split()
}
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
_ENACTING = re.compile(r"^(?:THE|LA|EL|A|O|LE|L['’])\s?[A-ZÀ-Ý(][^a-zà-ÿ.;:]{5,160},?$")
_OWN_ACTS = re.compile(r"/(?:RES|DEC|ACTA|OD)\b")


def symbol_of(lines: Sequence[str], path: str) -> str | None:
    """Return the symbol that stands near the top, else the one that the file is named by.

    Args:
        lines: the short texts at the head of the document, above its preamble.

    The classification line ("OEA/Ser.G") is the symbol only of a paper that has no other.
    """
    found = [mended(match[0]) for line in lines if len(line) < BYLINE for match in _OWN.finditer(line)]
    found = [symbol for symbol in found if any(map(str.isdigit, symbol))]
    own = [symbol for symbol in found if not _CLASSIFICATION.match(symbol)]
    return next(iter(own or found), None) or _named_by(path)


def _named_by(path: str) -> str | None:
    named = _FILE_SYMBOL.match(PurePath(path).name)
    if not named:
        return None
    organ, form, number, session, letter, year = (part.upper() for part in named.groups())
    return f"{organ}/{form}. {number} ({session}-{letter}/{year})"


def mended(symbol: str) -> str:
    """Return a symbol as it was meant: digits and letters that text recognition took for one another, and blanks."""
    symbol = _SLIPPED.sub(lambda match: match[0].translate(_TO_DIGITS), " ".join(symbol.split()))
    symbol = _ASSEMBLY.sub(lambda m: f"{m[1].translate(_TO_NUMERAL)}-{m[2].replace('0', 'O')}", symbol)
    return re.sub(r"(?<=[\dA-Z])\(", " (", _FORM.sub(r"\1. ", symbol))


def session_of(symbol: str | None) -> str | None:
    """Return the session or meeting that a symbol names ("XL-O/10", "1811/12"), None if it names none."""
    found = _IN_BRACKETS.search(symbol or "") or _OF_MEETING.search(symbol or "")
    return next(filter(None, found.groups()), None) if found else None


def original_language(lines: Sequence[str]) -> str | None:
    """Return the ISO code of the language that a line such as "Original: Spanish" names, None if none does."""
    named = (_LANGUAGES.get(match[1].lower()) for line in lines for match in _ORIGINAL.finditer(line))
    return next(filter(None, named), None)


def date_of(lines: Sequence[str]) -> str | None:
    """Return the first date of the lines, as YYYY-MM-DD; one that two lines share where none has its own."""
    short = [line for line in lines if len(line) < DATELINE]
    dated = (DATE.finditer(line) for line in (*short, *map(" ".join, pairwise(short))))
    return next(filter(None, (iso_date(match[0]) for matches in dated for match in matches)), None)


def iso_date(text: str) -> str | None:
    """Return YYYY-MM-DD for a date as `entities.DATE` finds it (day before month where both are numbers).

    The first day of several ("June 6 to 8, 2010"). None where the calendar has no such day.
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


def enacting_body(text: str, language: str) -> str | None:
    """Return the organ that a line such as "THE GENERAL ASSEMBLY," lets speak, None for any other line."""
    text = " ".join(text.split())
    if not _ENACTING.match(text) or not (text.endswith(",") or is_name(text, language)):
        return None
    found = (entity.entity_id for entity in bodies_in(text, language) if entity.entity_id not in SUBJECTS | COLLECTIVES)
    return organ_in(text) or next(found, None)


def issuer(symbol: str | None) -> str | None:
    """Return the organ whose paper bears a symbol: the last one that its letters name ("CP/CAJP-2599/09")."""
    known = {"AG": "oas_general_assembly", "CP": "permanent_council", **acronyms()}
    parts = [part for part in _letters(symbol or "") if part in known]
    return known[next((part for part in parts if part != "CP"), parts[0])] if parts else None  # "AG/CP/doc.615/98"


def _letters(symbol: str) -> Iterator[str]:
    """The letters before the first figure, the most precise first; two parts may be one name ("CE/AM")."""
    parts = re.split(r"[/\s-]", re.split(r"\d", symbol)[0])
    for end in range(len(parts), 0, -1):
        yield from ("/".join(parts[max(0, end - 2) : end]), parts[end - 1])


def speaks_for_itself(symbol: str | None) -> bool:
    """Whether papers with such a symbol are always by the organ it names: resolutions, minutes, papers of committees.

    Others ("CP/doc.5678/20") are often by those who report to it.
    """
    return bool(symbol and (_OWN_ACTS.search(symbol) or re.match(r"[A-Z]{2,4}/[A-Z]{2,6}[-/]", symbol)))
