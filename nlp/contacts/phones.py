"""Phone numbers, only where they surely are: in international form, or right after a word such as "Tel." or "Fax".

A year range, a date, a sum, a document's symbol and a figure in thousands are none, whatever stands before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

from nlp.contacts.plan import international
from nlp.contacts.windows import within

_MARKED = (
    r"tels?|téls?|tel[eé]?fs?|tfn[os]?|tlfs?|cels?|pbx|ph|telefax|t[eé]l[eé]fax|whats?app|wa\.me/"  # never in a budget
)
_NOUNS = (
    r"(?:tele)?phones?|tel[eéè]fonos?|telefones?|t[eé]l[eé]phones?|fax(?:es)?|facsimile|fac-?s[ií]mil[e]?"
    r"|t[eé]l[eé]copi(?:e|eur)|celular(?:es)?|cell(?:phone)?|mobiles?|m[oó]vil(?:es)?|telem[oó]ve(?:l|is)|portable"
    r"|conmutador|hotline|l[ií]nea gratuita|linha gratuita|ligne gratuite"
)
_COUNTED = r"numbers?|n[uú]mero|num[eé]ro|n[uú]m|nos?|n|nr"
_JOIN = r"[\s.:;,/&()\[\]#º°-]"
_WORD = re.compile(
    rf"(?<!\w)(?:(?P<marked>{_MARKED})|(?:{_NOUNS}))(?!\w)"
    rf"(?P<between>(?:{_JOIN}{{0,3}}+(?:{_MARKED}|{_NOUNS}|{_COUNTED}|and|y|e|et|of|de|contacto?|contact)(?!\w)){{0,3}}+"
    rf"{_JOIN}{{0,6}}?)(?=[+＋]?\(?\d)",
    re.IGNORECASE,
)
_SAYS_NUMBER = re.compile(rf"[:#.º°]|\b(?:{_COUNTED})\b", re.IGNORECASE)
_PLUS = re.compile(r"(?<![\w+=/?&])[+＋][ \xa0]?(?=\(?\d)(?=(?:[ \xa0().‐‑–-]{0,3}\d){8})")
_GROUP = re.compile(
    r"(?P<join>[ \xa0]?[-–‐‑.·][ \xa0]?|[ \xa0]|)(?P<open>[(])?[+＋]?(?P<digits>\d{1,17}+)(?P<close>[)][-.]?)?"
)
_MORE = re.compile(r"[ \xa0]{0,2}(?:[/;,&]|(?:y|e|and|et|ou|o|or)(?=[ \xa0]))[ \xa0]{0,2}(?=[+＋]?\(?\d)")
_MONEY = r"%|[$€£]|(?:US|USD|EUR|euros?|d[oó]lares|dollars?|pesos|reais|quetzales|millones|millions?)\b"
_AFTER = re.compile(rf"\w|[.,]\d|[ \xa0]?(?:{_MONEY})")
_WORD_AFTER = re.compile(r"[ \xa0][^\W\d_A-Z]{2}")
_YEARS = re.compile(r"(?:19|20)\d\d[ \xa0]?[-–‐‑/][ \xa0]?(?:19|20)?\d\d(?!\d)")
_DATE = re.compile(r"(?:\d{1,2}([-.–])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([-.–])\d{1,2}\2\d{1,2})(?!\d)")
LEAST, MOST = 7, 15  # digits; the most that E.164 has
# What every one of the words holds, in small letters; looked for first, as most of a text has none.
_STEMS = (
    "tel", "tél", "tfn", "tlf", "cel", "pbx", "ph", "wa.me", "whats", "fax", "fac", "mobile", "móvil", "movil",
    "portable", "conmutador", "hotline", "gratuit",
)  # fmt: skip
BEFORE, AFTER = 12, 100  # characters around a stem that a word and what joins it to a number may take


class _Group(NamedTuple):
    """Digits that stand together: what joins them to those before, where they end, whether brackets hold them."""

    join: str
    digits: str
    end: int
    bracketed: bool


def phones(text: str) -> Iterator[tuple[int, int]]:
    """Yield where phone numbers stand in `text`."""
    for match in _PLUS.finditer(text):
        if end := _international(text, match.end()):
            yield match.start(), end
    for match in within(_WORD, text, _stems(text), BEFORE, AFTER):
        said = bool(match["marked"]) or bool(_SAYS_NUMBER.search(match["between"]))
        start, groups = match.end(), _national(text, match.end(), said=said)
        while groups:
            yield start, groups[-1].end
            more = _MORE.match(text, groups[-1].end)
            start = more.end() if more else groups[-1].end
            groups = _further(text, start, groups) if more else []


def _stems(text: str) -> Iterator[int]:
    """Where one of the stems stands in `text`, in order."""
    small = text.lower()
    if len(small) != len(text):  # a few capitals have two small letters
        small = "".join(mark.lower() if len(mark.lower()) == 1 else mark for mark in text)
    yield from merge(*(_finds(stem, small) for stem in _STEMS))


def _finds(stem: str, text: str) -> Iterator[int]:
    place = text.find(stem)
    while place >= 0:
        yield place
        place = text.find(stem, place + len(stem))


def _international(text: str, start: int) -> int:
    """Where a number that begins after a plus ends; 0 where there is none."""
    groups = _groups(text, start)
    kept = [group for group in groups if not (group.bracketed and group.digits == "0")]
    for count in international([group.digits for group in kept]):
        if not _AFTER.match(text, kept[count - 1].end):
            return kept[count - 1].end
    return 0


def _national(text: str, start: int, *, said: bool) -> list[_Group]:
    """The groups of a number that stands after a word; `said` is whether that announced a number."""
    groups = _cut(_groups(text, start), text)
    if not groups or _AFTER.match(text, groups[-1].end):
        return []
    digits = sum(len(group.digits) for group in groups)
    strong = _is_strong(groups)
    if digits < LEAST - (said and strong) or digits > MOST or not (said or strong):
        return []
    return [] if _is_sum(groups, said) else groups


def _further(text: str, start: int, before: list[_Group]) -> list[_Group]:
    """The groups of one more number of a list; it is written like the one before, or surely a number."""
    groups = _national(text, start, said=True)
    alike = [len(group.digits) for group in groups] == [len(group.digits) for group in before[-len(groups) :]]
    return groups if groups and (alike or _is_strong(groups)) else []


def _groups(text: str, start: int) -> list[_Group]:
    """Groups of digits from `start` that one number could hold; none of a date or of years."""
    groups: list[_Group] = []
    if _YEARS.match(text, start) or _DATE.match(text, start):
        return groups
    place, total = start, 0
    while len(groups) < 9 and (match := _GROUP.match(text, place)):
        total += len(match["digits"])
        loose = bool(groups) and not match["join"] and not match["open"] and not groups[-1].bracketed
        if total > MOST or loose or (match["join"] and groups and _YEARS.match(text, match.start("digits"))):
            break
        place = match.end()
        bracketed = bool(match["open"] and match["close"])
        groups.append(_Group(match["join"].strip(), match["digits"], match.end("digits") + bracketed, bracketed))
    return groups


def _cut(groups: list[_Group], text: str) -> list[_Group]:
    """The groups without those that a figure after the number brought."""
    total = 0
    for number, group in enumerate(groups):
        parted = number > 1 and not group.join and groups[number - 1].join
        french = total == 10 and groups[0].digits[0] == "0" and number == 5
        if total >= LEAST and (parted or french):
            return groups[:number]
        total += len(group.digits)
    if len(groups) > 2 and total - len(groups[-1].digits) >= LEAST and _counts_what_follows(groups, text):
        return groups[:-1]
    return groups


def _counts_what_follows(groups: list[_Group], text: str) -> bool:
    """Whether the last group is a figure of its own: Tel. 2345 6789 45 people."""
    last = groups[-1]
    uneven = len(last.digits) <= 3 and len(last.digits) != len(groups[-2].digits)
    return uneven and not last.join and bool(_WORD_AFTER.match(text, last.end))


def _is_strong(groups: list[_Group]) -> bool:
    """Whether digits are written as only phone numbers are: an area code in brackets, hyphens, a leading 0."""
    hyphens = any(group.join and group.join not in ".·" for group in groups[1:])
    return hyphens or groups[0].bracketed or groups[0].digits[0] == "0"


def _is_sum(groups: list[_Group], said: bool) -> bool:
    """Whether groups are a figure in thousands: 1 250 000, 1.250.000; "Tel.: 612 345 678" is none."""
    lengths = [len(group.digits) for group in groups]
    joins = {group.join for group in groups[1:]}
    thousands = len(groups) > 1 and lengths[0] <= 3 and set(lengths[1:]) == {3} and joins in ({""}, {"."})
    return thousands and groups[0].digits[0] != "0" and not (said and lengths == [3, 3, 3])
