"""Whether we know what a document is, and where in it a text stands: its profile and structure beside the truth."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from nlp.records import Passage
from nlp.structure.segment import Structured

STRUCTURE = ("number", "clause", "section", "lead_in", "year", "language")


def signs(text: str) -> str:
    """Its letters and digits alone: for cells and quotes, where bullets and points do not matter."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def profile_faults(structured: Structured, truth: Mapping[str, Any]) -> tuple[int, list[str]]:
    """How many facts of the document the truth tells, and which are not so."""
    facts: Mapping[str, str | None] = truth.get("profile") or {}
    said = {name: getattr(structured.profile, name) for name in facts}
    return len(facts), [f"{name} {said[name]!r}, not {fact!r}" for name, fact in facts.items() if said[name] != fact]


def structure_faults(structured: Structured, units: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """How many facts of its units the truth tells, and which no passage with the unit's text has right."""
    text, count = structured.document.text, 0
    told = [(signs(text[passage.span.start : passage.span.end]), passage) for passage in structured.passages]
    faults = []
    for unit in units:
        facts = {name: unit[name] for name in STRUCTURE if unit.get(name) is not None}
        wanted = signs(unit["text"]) if facts else ""
        same = [passage for said, passage in told if said == wanted]
        holding = same or [passage for said, passage in told if facts and wanted in said]
        found = [_facts(passage) for passage in holding]
        count += len(facts)
        for name, fact in facts.items():
            seen = [one[name] for one in found]
            if not any(signs(str(one)) == signs(str(fact)) for one in seen):
                faults.append(f"{name} {seen[:2]}, not {fact!r}, of {unit['text'][:50]!r}")
    return count, faults


def _facts(passage: Passage) -> dict[str, Any]:
    facts = {name: getattr(passage, name) or "" for name in STRUCTURE}
    return facts | {"section": passage.section[-1] if passage.section else ""}
