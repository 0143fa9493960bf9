"""What a note says of a finding, line by line, and the list of findings that stand elsewhere than at their words."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.copies.finding import MACHINE, Finding, Placed
from nlp.copies.phrases import PHRASES, say
from nlp.program import Program
from nlp.readers.building import Builder

SHORT = 160  # characters of a quote in a list


def heading(finding: Finding, language: str) -> str:
    """Return the target with its title: "Activity 54: ..."."""
    kind, _, number = finding.target.partition(":")
    known = say(kind, language) if kind in PHRASES["en"] else kind
    return f"{known} {number}: {finding.title}" if finding.title != finding.target else f"{known} {number}"


def standing(finding: Finding, language: str) -> str:
    """Return how sure it is: the state in words, with the lane of what nobody decided, and the probability."""
    state = finding.lane if finding.state == "suggested" and finding.lane else finding.state
    known = say(state, language) if state in PHRASES["en"] else state
    if finding.probability is None:
        return known
    return f"{known}, {min(99, int(100 * finding.probability))} %"  # no machine is sure


def lines(finding: Finding, program: Program, language: str, reason: str = "") -> list[str]:
    """Return the lines of a note; each but the first two begins with what it is about.

    Args:
        reason: a phrase that says why it is not at its words, "" if it is.
    """
    body = program.body_by_id.get(finding.implementer or "")
    told = {
        "treatment": say(finding.treatment, language) if finding.treatment in PHRASES["en"] else finding.treatment,
        "implementer": body.name(language) if body else finding.implementer,
        "reason": finding.note,
        "decided": finding.who if finding.who != MACHINE else None,
    }
    said = [f"{say(key, language)}: {value}" for key, value in told.items() if value]
    found = [
        heading(finding, language),
        standing(finding, language),
        *said,
        *([say(reason, language)] if reason else []),
    ]
    return [visible(line) for line in found]


def quote_of(finding: Finding, text: str) -> str:
    """Return the finding's words, "" where it has no place in the text."""
    return text[finding.start : finding.end] if 0 <= finding.start < finding.end <= len(text) else ""


def short(quote: str) -> str:
    """Return a quote for a list, on one line, cut where it is long."""
    line = visible(" ".join(quote.split()))
    return line if len(line) <= SHORT else f"{line[:SHORT].rstrip()} …"


def visible(text: str) -> str:
    """Return a text without characters that XML or PDF cannot hold and without marks that turn its direction."""
    builder = Builder(len(text) + 1)
    builder.add(text)
    return builder.extract().text


def listed(placed: Sequence[Placed], text: str, language: str) -> list[str]:
    """Return a line for each finding that is not at its words: target, page, words and why."""
    found = []
    for one in placed:
        if one.how == "placed":
            continue
        finding = one.finding
        page = f", {say('p', language)} {finding.page}" if finding.page else ""
        quote = short(quote_of(finding, text))
        said = f": “{quote}”" if quote else ""
        found.append(f"{visible(heading(finding, language))} ({standing(finding, language)}{page}){said}. "
                     f"{say(one.reason or 'nowhere', language)}")  # fmt: skip
    return found
