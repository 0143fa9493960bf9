"""An outcome as the rows that are stored: one JSON object a passage, a link, a document."""

from __future__ import annotations

from dataclasses import replace

from nlp.jsonl import line
from nlp.mapping import Mapping
from nlp.pipeline import Outcome
from nlp.store.rows import Finished, LinkRow, PassageRow
from nlp.writers.rows import document_row, link_row, passage_row, printable


def finished(position: int, outcome: Outcome) -> Finished:
    """Return an outcome as it is stored.

    Raises:
        ValueError: if a quote is not a slice of the canonical text.
    """
    read, mapped = (outcome.seconds.get(stage, 0.0) for stage in ("read", "map"))
    name = printable(outcome.path)
    plain = Finished(position, name, outcome.status, outcome.reason, outcome.document_id, read, mapped)
    return filled(plain, outcome.mapping) if outcome.mapping else plain


def filled(plain: Finished, mapping: Mapping) -> Finished:
    """Return a finished input with the rows of its document.

    Raises:
        ValueError: if a quote is not a slice of the canonical text.
    """
    check_quotes(mapping)
    pairs = zip(mapping.passages, mapping.readings, strict=True)
    return replace(
        plain,
        row=line(document_row(mapping)),
        text=mapping.text,
        passages=tuple(PassageRow(passage.passage_id, line(passage_row(passage, read))) for passage, read in pairs),
        links=tuple(
            LinkRow(link.link_id, link.target, link.lane, link.probability,
                    line(link_row(link, mapping.model, mapping.program.digest, mapping.kind)))
            for link in mapping.links
        ),
    )  # fmt: skip


def check_quotes(mapping: Mapping) -> None:
    """Check every quote against the canonical text.

    Raises:
        ValueError: if one does not stand where it says.
    """
    for link in mapping.links:
        if mapping.text[link.span.start : link.span.end] != link.quote:
            raise ValueError(f"link {link.link_id} quotes what does not stand at {link.span}")
