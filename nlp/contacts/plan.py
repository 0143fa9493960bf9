"""The numbering plans of the world: may these digits be a number of some country? From libphonenumber's tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate

LEAST, MOST = 8, 15  # digits with the country's code
_FORMER = {"52": {11}}  # lengths that are no more: a 1 came before Mexico's mobile numbers until 2019


def international(groups: Sequence[str]) -> Iterator[int]:
    """Yield how many of these groups of digits, the country's code first, may be one number, the likeliest first.

    That is a number in use, or one that was once: plans change, and reports are old. So other digits of a possible
    length are taken for a number, too, unless they stand in one piece or are grouped as a figure in thousands is.
    """
    digits = "".join(groups)
    code = next((digits[:length] for length in (1, 2, 3) if length < len(digits) and _plan(digits[:length])), "")
    plan = _plan(code) if code else None
    if plan is None:
        return
    lengths, pattern = plan
    former = []
    for count, length in reversed([*enumerate(accumulate(map(len, groups)), 1)]):
        if not LEAST <= length <= MOST or length - len(code) not in lengths:
            continue
        thousands = count > 1 and len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:count])
        if pattern.fullmatch(digits, len(code), length):
            if not thousands or groups[0] == code:
                yield count
        elif not thousands and count > 1:
            former.append(count)
    yield from former


@cache
def _plan(code: str) -> tuple[frozenset[int], re.Pattern[str]] | None:
    """Lengths and pattern of the national numbers of a country's code; None where there is no such code."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code))
    if not regions or code.startswith("0"):
        return None
    found = [PhoneMetadata.metadata_for_region_or_calling_code(int(code), region) for region in regions]
    described = [data.general_desc for data in found if data and data.general_desc]
    lengths = {length for about in described for length in about.possible_length} | _FORMER.get(code, set())
    patterns = dict.fromkeys(about.national_number_pattern or "" for about in described)
    return frozenset(lengths), re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
