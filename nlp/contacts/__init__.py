"""Contacts in a document (e-mail addresses, phone and account numbers): found, and masked before anything is written.

A mask takes the place of each letter and digit, one for one; white space and the marks between them stay. So offsets,
blocks and boxes hold, and people still see that there was an address. What is only likely to be a contact stays: a
figure that was masked would be evidence lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from nlp.contacts.accounts import accounts
from nlp.contacts.emails import emails
from nlp.contacts.phones import phones
from nlp.records import Extract, Loss

MASK = "█"
MASKED = "contacts masked"
Place = tuple[int, int]

__all__ = ["MASK", "MASKED", "contacts", "mask_contacts"]


def contacts(text: str) -> list[Place]:
    """Return where contacts stand in `text`: half-open (start, end) in code points, in order, not overlapping."""
    found: list[Place] = []
    for start, end in sorted((*emails(text), *phones(text), *accounts(text))):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def mask_contacts(extract: Extract) -> Extract:
    """Return the extract with contacts masked in its text and title, and counted as a loss.

    The text keeps its length, and every character that is no letter or digit of a contact its place.
    """
    text, count = _masked(extract.text)
    title, more = _masked(extract.title or "")
    if not count + more:
        return extract
    losses = (*extract.losses, Loss(MASKED, count + more))
    return replace(extract, text=text, title=title or None, losses=losses)


def _masked(text: str) -> tuple[str, int]:
    places = contacts(text)
    return "".join(_pieces(text, places)), len(places)


def _pieces(text: str, places: list[Place]) -> Iterator[str]:
    last = 0
    for start, end in places:
        yield text[last:start]
        yield "".join(MASK if _says(mark) else mark for mark in text[start:end])
        last = end
    yield text[last:]


def _says(mark: str) -> bool:
    """Whether a character says something of a contact: a letter, a digit, or an accent that stands apart."""
    return mark.isalnum() or mark == "_" or unicodedata.combining(mark) > 0
