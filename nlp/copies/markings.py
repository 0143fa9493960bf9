"""What all copies do first: read the file again with its places, and carry the findings into that reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.contacts import mask_contacts
from nlp.copies.carrying import Carrier
from nlp.copies.finding import Finding, Placed
from nlp.records import Extract


@dataclass(frozen=True, slots=True)
class Carried:
    """A finding with its place in the text as the file reads now."""

    finding: Finding
    start: int
    end: int


def carry(text: str, extract: Extract, findings: Sequence[Finding]) -> tuple[list[Carried], list[Placed]]:
    """Return the findings that have a place in a reading, in order of places, and those that have none.

    Args:
        text: canonical text that the findings refer to. extract: the file as it reads now.
    """
    now = text if text == extract.text else mask_contacts(extract).text  # masking keeps all places
    carrier = Carrier(text, now)
    found: list[Carried] = []
    lost: list[Placed] = []
    for finding in sorted(findings, key=lambda one: (one.start, one.end, one.target)):
        if not 0 <= finding.start < finding.end <= len(text):
            lost.append(Placed(finding, "lost", "orphaned"))
        elif place := carrier.carry(finding.start, finding.end):
            found.append(Carried(finding, *place))
        else:
            lost.append(Placed(finding, "lost", "moved"))
    return found, lost
