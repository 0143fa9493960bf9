"""Made-up reports as a mapping leaves them, with links of all kinds; the same for the same number."""

from __future__ import annotations

import hashlib
import random

from nlp.jsonl import line
from nlp.mapping import CONTEXT
from nlp.program import Program
from nlp.review.lines import Row, link_id
from nlp.store.rows import Finished, LinkRow, PassageRow

WORDS = (
    "the office held meetings on rights of migrants with towns and schools near borders and ports where workers "
    "families and children ask for papers help health care counsel shelter training and safe return each year"
).split()
KEY = "key of a made-up mapping"
BODIES = ("iachr", "states", "fio", None)


def made_report(number: int, passages: int, program: Program, key: str = "") -> tuple[bytes, Finished]:
    """Return the bytes of a report and what mapping makes of it.

    Every fourth passage has links: an activity with one of its objectives, sometimes another objective; every tenth
    passage stands in all reports alike.

    Args:
        number: which report. passages: how many it has. key: goes into its passages' ids, so that another key is
            another extraction.
    """
    draw = random.Random(number)  # noqa: S311
    sentences = [_sentence(random.Random(10**6 + place) if place % 10 == 0 else draw) for place in range(passages)]  # noqa: S311
    text = "\n".join(sentences)
    document_id = hashlib.sha256(text.encode()).hexdigest()
    start, parts, found = 0, [], []
    for place, sentence in enumerate(sentences):
        row, rows = _passage(document_id, text, (start, start + len(sentence)), place, program, key)
        parts.append(PassageRow(row["passage_id"], line(row)))
        found += rows
        start += len(sentence) + 1
    document: Row = {
        "document_id": document_id, "title": f"Report {number}", "symbol": None, "kind": "report", "language": "en",
        "date": None, "text_file": f"text/{document_id}.txt", "media_type": "text/plain", "pages": None,
        "characters": len(text), "cells": 0, "passages": len(parts), "links": len(found), "strange": None, "losses": {},
    }  # fmt: skip
    finished = Finished(
        0, f"report-{number}.txt", "ok", None, document_id, row=line(document), text=text, passages=tuple(parts),
        links=tuple(found),
    )  # fmt: skip
    return text.encode(), finished


def _sentence(draw: random.Random) -> str:
    return " ".join(draw.choices(WORDS, k=draw.randint(12, 40))).capitalize() + "."


def _passage(
    document_id: str, text: str, span: tuple[int, int], place: int, program: Program, key: str
) -> tuple[Row, list[LinkRow]]:
    start, end = span
    own = hashlib.sha256(f"{key}{document_id}{start}-{end}".encode()).hexdigest()[:16]
    draw = random.Random(place)  # noqa: S311
    chosen = _targets(draw, program) if place % 4 == 0 else {}
    row = {
        "passage_id": own, "document_id": document_id, "start": start, "end": end, "page": place // 12 + 1,
        "bbox": None, "section": ["Work done"], "implementer": draw.choice(BODIES), "implementer_text": None,
        "reference": None, "role": "activity", "treatment": "done", "language": "en", "kind": "paragraph",
        "lead_in": None, "number": None, "clause": None, "summit": None, "year": None,
        "probabilities": {name: chosen.get(name, 0.01) for name in program.targets},
    }  # fmt: skip
    return row, [_link(row, text, target, chosen[target]) for target in program.targets if target in chosen]


def _targets(draw: random.Random, program: Program) -> dict[str, float]:
    names = [draw.choice(program.objectives).target]
    if program.activities:
        activity = draw.choice(program.activities).target
        names = [draw.choice(program.parents(activity)), activity]
    if draw.random() < 0.3:
        names.append(draw.choice(program.objectives).target)
    return {name: round(draw.uniform(0.2, 0.99), 3) for name in names}


def _link(row: Row, text: str, target: str, probability: float) -> LinkRow:
    start, end = row["start"], row["end"]
    name = link_id(row["passage_id"], target)
    lane = "suggested" if probability >= 0.6 else "review"
    same = {field: row[field] for field in ("document_id", "passage_id", "page", "bbox", "implementer", "treatment")}
    content = {
        "link_id": name, **same, "target": target, "probability": probability, "lane": lane, "quote": text[start:end],
        "start": start, "end": end, "prefix": text[max(0, start - CONTEXT) : start],
        "suffix": text[end : end + CONTEXT], "why": {"sentences": [], "terms": [], "examples": []}, "model": "m",
        "program": "p",
    }  # fmt: skip
    return LinkRow(name, target, lane, probability, line(content))
