"""Bank accounts: international numbers (IBAN, ISO 13616) of the right length whose check digits are right."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CANDIDATE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \xa0-]?[A-Z0-9]){11,30}+")
# Characters of a number, by country (IBAN registry, SWIFT).
_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC",
        32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip


def accounts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where international account numbers stand in `text`."""
    for match in _CANDIDATE.finditer(text):
        length = _LENGTHS.get(match[0][:2], 0)
        places = [place for place, mark in enumerate(match[0]) if mark.isalnum()]
        if not 0 < length <= len(places):
            continue
        end = places[length - 1] + 1
        whole = match.start() + end == len(text) or not text[match.start() + end].isalnum()
        if whole and _checks("".join(match[0][place] for place in places[:length])):
            yield match.start(), match.start() + end


def _checks(number: str) -> bool:
    """Whether the check digits are right (ISO 7064, MOD 97-10)."""
    return int("".join(str(int(mark, 36)) for mark in number[4:] + number[:4])) % 97 == 1
