"""Entities of OAS documents by rules: implementers, document symbols, Summits, places, dates.

Names come from the codebook into a spaCy EntityRuler; names match whatever their case, acronyms only as written
("CAN" is the Andean Community, "can" is not). Symbols, Summits and dates follow patterns.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import yaml

from nlp.program import LANGUAGES, Body, Program, load_program
from nlp.records import Span
from nlp.settings import data_root
from nlp.structure.sentences import pipeline

# Where text recognition took O for 0, l or I for 1, a number still has a digit, and a session its stroke.
DIGIT = r"[\dOlI]"
NUMBER = rf"(?=[OlI]{{0,3}}\d){DIGIT}"
SESSION = (
    rf"(?:[IVXLCl1]{{1,9}}|\d{{1,3}}(?:st|nd|rd|th|\.?[ºª°])?)-[OE0]/{DIGIT}{{2,4}}"  # "XXXIV-O/04", "40-O/10"
    rf"|{DIGIT}{{1,4}}/{DIGIT}{{2,4}}|[A-Z]{{1,8}}-(?:[OE0]/)?\d{{2,4}}"  # "1811/12", "II-06"
)
SYMBOL = re.compile(
    r"\bO[AE][AS]/Ser\.?\s?[A-Z](?:/[\w.-]{1,20}){0,4}|"  # the classification line that heads official papers
    r"\b(?:OEA/|OAS/|SAMPLE/|MUESTRA/|AMOSTRA/)?[A-Z]{2,6}(?:/[A-Za-z]{1,6}){0,3}"
    rf"(?:[./-]\s?(?:RES|DEC|INF|doc|CD|Doc|Ser)?\.?){{1,2}}\s?{NUMBER}{{1,5}}(?:[./-]{DIGIT}{{1,4}})?"
    rf"(?:\s?\((?:{SESSION})\))?(?:\s?(?:rev|corr|add)\.?\s?\d{{1,2}})*"
)
SUMMIT_PLACES = {
    "Miami": 1994, "Santa Cruz": 1996, "Santiago": 1998, "Quebec": 2001, "Québec": 2001, "Nuevo León": 2004,
    "Monterrey": 2004, "Mar del Plata": 2005, "Port of Spain": 2009, "Puerto España": 2009, "Cartagena": 2012,
    "Panama": 2015, "Panamá": 2015, "Lima": 2018, "Los Angeles": 2022, "Los Ángeles": 2022,
}  # fmt: skip
SUMMIT = re.compile(
    r"\b(?:[A-Z][a-z]+|[IVX]{1,4}|\d{1,2}(?:st|nd|rd|th|ª|a|e))\s(?:Special\s)?"
    r"(?:Summit of the Americas|Cumbre de las Américas|Cúpula das Américas|Sommet des Amériques)"
    r"|\b(?:Summit of the Americas|Cumbre de las Américas|Cúpula das Américas|Sommet des Amériques)\b"
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|"
    r"janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|"
    r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
_DAY = r"\d{1,2}\s?(?:\.?[ºª°]|o|er|ro\.?|st|nd|rd|th)?"  # "1.º", "1er", "1st"
_DAYS = rf"{_DAY}(?:\s?(?:-|–|to|and|through)\s?{_DAY})?"
DATE = re.compile(
    rf"\b{_MONTH}\s+{_DAYS},?\s+\d{{4}}\b"
    rf"|\b{_DAY}\s+(?:of\s+|de\s+)?{_MONTH}(?:,|\s+(?:de|del))?\s+\d{{4}}\b"
    r"|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b",
    re.IGNORECASE,
)
_NO_WORD = re.compile(r"\S{200,}")  # no name is so long; taken apart mark by mark it would take forever
NAMES_WITHIN = 20_000
KEPT = 512  # sets of names that stood in one text, ready to be sought again
PATTERNS = {"SYMBOL": SYMBOL, "SUMMIT": SUMMIT, "DATE": DATE}


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity: label (IMPLEMENTER, SYMBOL, SUMMIT, DATE, PLACE), place in the text, id in the codebook or None."""

    label: str
    span: Span
    text: str
    entity_id: str | None


def body_names(body: Body) -> Iterator[tuple[str, bool]]:
    """Yield every name of a body with whether it is an acronym (then its case counts)."""
    for code in LANGUAGES:
        if code in body.names:
            yield body.names[code], False
        yield from ((name, False) for name in body.aliases.get(code, ()))
        yield from ((name, True) for name in body.acronyms.get(code, ()))
    for successor in body.successors:
        yield from ((name, False) for name in successor.name.values())
        yield from ((name, True) for name in successor.acronyms)


@functools.cache
def _places() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((data_root() / "corpus" / "program" / "places.yaml").read_text("utf-8"))
    return rows


@functools.cache
def _maskable() -> re.Pattern[str]:
    names = {name for place in _places() for name in place["names"].values()}
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)|\d+", re.IGNORECASE)


def masked(text: str) -> str:
    """Return `text` without what a classifier might have learnt by heart: countries become X, figures and years 0."""
    return _maskable().sub(lambda match: "0" if match[0].isdigit() else "X", text)


def _patterns(program: Program) -> list[dict[str, Any]]:
    rows: dict[tuple[str, bool], dict[str, Any]] = {}
    for body in program.body_by_id.values():
        for name, exact in body_names(body):
            rows.setdefault((name if exact else name.lower(), exact), _row("IMPLEMENTER", name, exact, body.id))
    for place in _places():
        for name in place["names"].values():
            rows.setdefault((name.lower(), False), _row("PLACE", name, False, place["id"]))
    return list(rows.values())


def _row(label: str, name: str, exact: bool, entity_id: str) -> dict[str, Any]:
    words = name.replace("’", "'").split()
    return {"label": label, "id": entity_id, "name": " ".join(words), "exact": exact}


def _token_pattern(tokens: Sequence[str], exact: bool) -> list[dict[str, str]]:
    """What spaCy is to match: in an enumeration a comma may stand before "and" or not, whichever the name has."""
    pattern: list[dict[str, str]] = []
    for text, after in zip_longest(tokens, tokens[1:], fillvalue=""):
        if text == "and" and "," in tokens:
            pattern.append({"ORTH": ",", "OP": "?"})
        if (text, after) != (",", "and"):
            pattern.append({"ORTH": text} if exact else {"LOWER": text.lower()})
    return pattern


class Ruler:
    """A spaCy EntityRuler that holds the programme's names, over a language's pipeline.

    It looks at each word with all names at hand, which takes longer than all else; so it is given those alone whose
    words all stand in the text.
    """

    def __init__(self, language: str, program: Program) -> None:
        self._nlp = pipeline(language)
        self._patterns = [self._pattern(row) for row in _patterns(program)]
        self._words = [frozenset(_needed(row["pattern"])) for row in self._patterns]
        self._named: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self._patterns):
            self._named[_needed(row["pattern"])[0]].append(number)
        self._kept = functools.lru_cache(KEPT)(self._with)

    def names(self, text: str) -> tuple[Any, ...]:
        """Return the names in a text as spaCy's entities, in order; the longest where several overlap."""
        doc = self._nlp.make_doc(text)
        words = {word for token in doc for word in (token.text, token.lower_)}
        near = (number for word in words & self._named.keys() for number in self._named[word])
        found = tuple(sorted(number for number in near if self._words[number] <= words))
        return tuple(self._kept(found)(doc).ents) if found else ()

    def _pattern(self, row: dict[str, Any]) -> dict[str, Any]:
        tokens = [token.text for token in self._nlp.make_doc(row["name"])]
        return {"label": row["label"], "id": row["id"], "pattern": _token_pattern(tokens, row["exact"])}

    def _with(self, numbers: tuple[int, ...]) -> Any:
        from spacy.pipeline import EntityRuler

        built = EntityRuler(self._nlp, overwrite_ents=True)
        built.add_patterns([self._patterns[number] for number in numbers])
        return built


def _needed(pattern: Sequence[dict[str, str]]) -> list[str]:
    """Words that stand in every text that a pattern matches: as written, or in lower case."""
    return [part.get("ORTH") or part["LOWER"] for part in pattern if "OP" not in part]


@functools.cache
def _ruler(language: str, program: Program) -> Ruler:
    return Ruler(language, program)


def entities(text: str, language: str) -> tuple[Entity, ...]:
    """Return the entities of `text` in order; names inside a symbol are left out.

    Bodies are sought in the first `NAMES_WITHIN` characters: no passage is longer, only a broken heading or cell.
    """
    cited = _cited(text, PATTERNS)
    found = [*cited, *_named(text, language, cited)]
    return tuple(sorted(found, key=lambda entity: (entity.span.start, entity.span.end)))


def bodies_in(text: str, language: str) -> tuple[Entity, ...]:
    """Return the implementers and other bodies named in `text`, in order, as `entities` does."""
    return tuple(entity for entity in _named(text, language) if entity.label == "IMPLEMENTER")


def _cited(text: str, labels: Iterable[str]) -> list[Entity]:
    """What follows a pattern."""
    return [
        Entity(label, Span(m.start(), m.end()), m[0], None)
        for label in labels
        for m in PATTERNS[label].finditer(text)
        if label != "SYMBOL" or "/" in m[0]
    ]


def _named(text: str, language: str, cited: Sequence[Entity] | None = None) -> Iterator[Entity]:
    """Names that are known, in order; `cited`: what follows a pattern, sought where there is a name if not given."""
    plain = _NO_WORD.sub(lambda found: " " * len(found[0]), text[:NAMES_WITHIN].replace("’", "'"))
    names = _ruler(language, load_program()).names(plain)
    if names and cited is None:
        cited = _cited(text, ("SYMBOL",))
    symbols = [entity.span for entity in cited or () if entity.label == "SYMBOL"]
    for ent in names:
        span = Span(ent.start_char, ent.end_char)
        if not any(span.overlap(symbol) for symbol in symbols):  # "CP" in CP/doc.3844/04 is no body that acts
            yield Entity(ent.label_, span, text[span.start : span.end], ent.ent_id_ or None)


def group_of(program: Program, body_id: str | None) -> str | None:
    """Return the group of implementers that a body counts with, None when unknown."""
    body = program.body_by_id.get(body_id or "")
    return body.group if body else None
