"""What was read of one document, as plain rows for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from nlp.records import Block, Box, Passage
from nlp.structure.segment import Structured

Row = dict[str, Any]


def extract_row(structured: Structured) -> Row:
    """Return all that was read: profile, losses, blocks and passages with offsets into `text`.

    Offsets count Unicode code points from 0, half-open; a bbox is x0, top, x1, bottom in points (1/72 inch) from the
    upper left corner of the page as it is shown; pages count from 1, tables, rows and columns from 0.
    """
    document = structured.document
    return {
        "document_id": document.document_id,
        "path": document.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
        "media_type": document.media_type,
        "pages": document.extract.pages,
        "characters": len(document.text),
        "partial": document.extract.partial,
        "losses": {loss.what: loss.count for loss in document.extract.losses},
        "profile": asdict(structured.profile),
        "blocks": [_block(document.text, block) for block in document.blocks],
        "passages": [_passage(passage) for passage in structured.passages],
        "text": document.text,
    }


def _box(box: Box | None) -> list[float] | None:
    return [round(edge, 2) for edge in box] if box else None


def _block(text: str, block: Block) -> Row:
    return {
        "start": block.span.start,
        "end": block.span.end,
        "kind": block.kind,
        "level": block.level,
        "marker": block.marker,
        "cell": asdict(block.cell) if block.cell else None,
        "page": block.page,
        "bbox": _box(block.box),
        "confidence": block.confidence,
        "text": text[block.span.start : block.span.end],
    }


def _passage(passage: Passage) -> Row:
    return {
        "passage_id": passage.passage_id,
        "start": passage.span.start,
        "end": passage.span.end,
        "kind": passage.kind,
        "page": passage.page,
        "bbox": _box(passage.box),
        "section": list(passage.section),
        "lead_in": passage.lead_in or None,
        "number": passage.number,
        "clause": passage.clause,
        "implementer": passage.implementer,
        "implementer_text": passage.implementer_text,
        "reference": passage.reference,
        "summit": passage.summit,
        "year": passage.year,
        "language": passage.language,
        "sentences": [[sentence.start, sentence.end] for sentence in passage.sentences],
    }
