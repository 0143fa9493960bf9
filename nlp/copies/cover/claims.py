"""Claims of a report or of many, and the best of them for each target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from nlp.copies.finding import Finding
from nlp.copies.notes import quote_of
from nlp.program import Program
from nlp.review.records import HOLDS

_ORDER = {"held": 0, "suggested": 1, "review": 2}


@dataclass(frozen=True, slots=True)
class Claim:
    """A finding with its words, in a document.

    Attributes:
        document_id: sha256. document: how the document is called. href: where the quote can be read in context.
        actor: name of who acts, as the report writes it or the codebook has it, "" if unknown.
    """

    finding: Finding
    quote: str
    document_id: str = ""
    document: str = ""
    href: str = ""
    actor: str = ""

    @property
    def sort(self) -> str:
        """ "held" if a person confirmed it, else the machine's lane."""
        if self.finding.state in HOLDS:
            return "held"
        return "suggested" if self.finding.lane == "suggested" else "review"


def claims_of(findings: Iterable[Finding], text: str, document_id: str = "", document: str = "") -> list[Claim]:
    """Return the claims of one document's findings; those without a place in the text are left out."""
    found = [(finding, quote_of(finding, text)) for finding in findings]
    return [Claim(finding, quote, document_id, document) for finding, quote in found if quote]


def address(base: str, document_id: str, finding: Finding) -> str:
    """Return where report.html shows a quote; `base` is the path or URL of that page, "" for nowhere."""
    if not base:
        return ""
    return f"{base}#{urlencode({'target': finding.target, 'document': document_id[:16], 'quote': finding.key})}"


def by_target(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Claims of each target, the best first: those that a person confirmed, then by lane and probability."""
    found: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.finding.target].append(claim)
    return {target: sorted(own, key=_rank) for target, own in found.items()}


def _rank(claim: Claim) -> tuple[int, float, str, int]:
    return _ORDER[claim.sort], -(claim.finding.probability or 0.0), claim.document_id, claim.finding.start


def tree(targets: Iterable[str], program: Program) -> list[tuple[str, bool]]:
    """Return targets in codebook order, each activity below the first of its objectives that is there.

    Returns:
        Targets, and whether each stands below an objective.
    """
    there = set(targets)
    below: defaultdict[str, list[str]] = defaultdict(list)
    alone: list[str] = []
    for target in (target for target in program.targets if target in there and target.startswith("activity")):
        parent = next((parent for parent in program.parents(target) if parent in there), None)
        (below[parent] if parent else alone).append(target)
    order: list[tuple[str, bool]] = []
    for target in (target for target in program.targets if target in there and target.startswith("objective")):
        order += [(target, False), *((child, True) for child in below[target])]
    return order + [(target, False) for target in alone]


def ranges(numbers: Sequence[int]) -> str:
    """Return numbers as people write them: "1–3, 7"."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in found)
