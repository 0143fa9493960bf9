"""Records as the rows of the output contract: plain dicts in a fixed order of keys."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from nlp.mapping import Mapping
from nlp.records import Box, Link, Passage, Reading

Row = dict[str, Any]


def _box(box: Box | None) -> list[float] | None:
    return [round(v, 2) for v in (box.x0, box.top, box.x1, box.bottom)] if box else None


def passage_row(passage: Passage, reading: Reading) -> Row:
    """Row of passages.jsonl."""
    return {
        "passage_id": passage.passage_id,
        "document_id": passage.document_id,
        "start": passage.span.start,
        "end": passage.span.end,
        "page": passage.page,
        "bbox": _box(passage.box),
        "section": list(passage.section),
        "implementer": passage.implementer,
        "implementer_text": passage.implementer_text,
        "reference": passage.reference,
        "role": reading.role,
        "treatment": reading.treatment,
        "language": passage.language,
        "kind": passage.kind,
        "lead_in": passage.lead_in or None,
        "number": passage.number,
        "clause": passage.clause,
        "summit": passage.summit,
        "year": passage.year,
        "cell": [passage.cell.table, passage.cell.row, passage.cell.column] if passage.cell else None,
        "probabilities": dict(reading.probabilities),
    }


def link_row(link: Link, model: str, program: str) -> Row:
    """Row of links.jsonl; `model` and `program` are digests."""
    return {
        "link_id": link.link_id,
        "document_id": link.document_id,
        "passage_id": link.passage_id,
        "target": link.target,
        "probability": link.probability,
        "lane": link.lane,
        "quote": link.quote,
        "start": link.span.start,
        "end": link.span.end,
        "page": link.page,
        "bbox": _box(link.box),
        "prefix": link.prefix,
        "suffix": link.suffix,
        "implementer": link.implementer,
        "treatment": link.treatment,
        "why": {
            "sentences": [{"start": s.start, "end": s.end, "drop": drop} for s, drop in link.why.sentences],
            "terms": list(link.why.terms),
            "examples": [{"id": e.example_id, "similarity": e.similarity, "text": e.text} for e in link.why.examples],
        },
        "model": model,
        "program": program,
    }


def document_row(mapping: Mapping) -> Row:
    """Row of documents.jsonl, without the inputs that hold the document: these are known at the end of a run."""
    document, profile = mapping.structured.document, mapping.structured.profile
    return {
        "document_id": document.document_id,
        "title": profile.title,
        "symbol": profile.symbol,
        "kind": profile.kind,
        "language": profile.language,
        "date": profile.date,
        "text_file": f"text/{document.document_id}.txt",
        "media_type": document.media_type,
        "pages": document.extract.pages,
        "characters": len(document.text),
        "cells": len({block.cell for block in document.blocks if block.cell}),
        "passages": len(mapping.passages),
        "links": len(mapping.links),
        "strange": mapping.familiarity.strange if mapping.familiarity else None,
        "strange_words": asdict(mapping.familiarity) if mapping.familiarity else None,
        "losses": {loss.what: loss.count for loss in document.extract.losses},
        "session": profile.session,
        "original_language": profile.original_language,
        "body": profile.body,
    }


def printable(path: str) -> str:
    """Return a path that every program can read as UTF-8: bytes that are no UTF-8 become escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
