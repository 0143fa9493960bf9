"""What each file of a run holds, field by field: name, type, unit, meaning. One source for reference and data packages.

`ROWS` describes the files of the output contract as they stand on disk; a test holds it against real rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nlp.contract import LANES, STATES
from nlp.records import ROLES, STATUSES, TREATMENTS

Kind = Literal["string", "integer", "number", "boolean", "date", "datetime", "array", "object"]
ITEM_STATES = ("suggested", "confirmed", "rejected", "corrected", "unsure", "postponed")
POINTS = "points (1/72 inch) from the page's upper left corner"
OFFSET = "code points"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row.

    Attributes:
        kind: its type in JSON ("date" and "datetime": text in ISO 8601). meaning: a line for people.
        unit: what a number counts, "" for none. values: the only ones it takes, () for any.
        empty: whether it may be null. key: whether it names the row. refers: "table.field" that it points to.
        optional: whether rows of some folders lack it (what only a desk's export has).
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()
    empty: bool = False
    key: bool = False
    refers: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one sort.

    Attributes:
        file: the file in an output folder that holds them, "" where an export makes them. row: what one row is.
    """

    name: str
    file: str
    row: str
    fields: tuple[Field, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the fields that name a row, () where none do."""
        return tuple(field.name for field in self.fields if field.key)


def _text(name: str, meaning: str, empty: bool = False, values: tuple[str, ...] = (), optional: bool = False) -> Field:
    return Field(name, "string", meaning, values=values, empty=empty, optional=optional)


def _count(name: str, meaning: str, unit: str = "", empty: bool = False) -> Field:
    return Field(name, "integer", meaning, unit, empty=empty)


def _share(name: str, meaning: str, empty: bool = False) -> Field:
    return Field(name, "number", meaning, "0 to 1", empty=empty)


def _to(name: str, refers: str, meaning: str, empty: bool = False) -> Field:
    return Field(name, "string", meaning, refers=refers, empty=empty)


DOCUMENT = _to("document_id", "documents.document_id", "sha256 (hex) of the document's bytes")
UNREAD = Field("document_id", "string", "sha256 (hex) of the bytes; null where they could not be read", empty=True)
TARGET = _to("target", "codebook.target", "objective:N or activity:N of the codebook")
START = _count("start", "where it begins in the canonical text", OFFSET)
END = _count("end", "where it ends in the canonical text, not included", OFFSET)
PAGE = _count("page", "page from 1; null where the format has no pages", "pages", empty=True)
BOX = Field("bbox", "array", "rectangle on the page: left, top, right, bottom; null where unknown", POINTS, empty=True)
IMPLEMENTER = _text("implementer", "who acts: id in the codebook, null when unknown", empty=True)
TREATMENT = _text("treatment", "how the act is told; null where nothing is told as an act", True, TREATMENTS)

DESK = (
    _text("state", "what officers decided", True, ITEM_STATES, optional=True),
    _text(
        "item_id", "item of the desk that it shows; another id where that spans several passages", True, optional=True
    ),
    _text("implementer_text", "who acts, where the codebook does not know it", True, optional=True),
    _text("reason", "why they decided so, in their words", optional=True),
)  # what links of a desk's export have beside
LEDGER = Table(
    "inputs", "ledger.jsonl", "an input, read or not",
    (
        _text("input", "name of the input as it was given"),
        UNREAD,
        _text("status", "how reading ended", values=STATUSES),
        _text("reason", "why it is not ok", empty=True),
        _text("media_type", "what it is, by its content", empty=True),
        _count("pages", "pages; null where the format has none", "pages", empty=True),
        _count("characters", "length of the canonical text", OFFSET),
        _count("passages", "passages found", "passages"),
        _count("links", "evidence links found", "links"),
        _count("cells", "table cells found", "cells"),
        Field("losses", "object", "what reading could not keep: what -> how many"),
        Field("strange", "boolean", "whether its words are unlike those of the annotated documents", empty=True),
        Field("seconds", "number", "wall-clock time for reading and mapping", "seconds"),
        _text("same_as", "first input with the same bytes, null for that one itself", empty=True),
    ),
)  # fmt: skip
DOCUMENTS = Table(
    "documents", "documents.jsonl", "a document that was read",
    (
        Field("document_id", "string", "sha256 (hex) of the document's bytes", key=True),
        Field("inputs", "array", "all inputs that hold it"),
        _text("title", "title as found in it", empty=True),
        _text("symbol", "symbol, such as AG/RES. 2027 (XXXIV-O/04)", empty=True),
        _text("kind", "what it is: program, resolution, declaration, mandates, report or other"),
        _text("language", "language, ISO 639-1", empty=True),
        Field("date", "date", "date that it bears", empty=True),
        _text("text_file", "its canonical text, which all offsets refer to, in the output folder"),
        _text("media_type", "what it is, by its content"),
        _count("pages", "pages; null where the format has none", "pages", empty=True),
        _count("characters", "length of the canonical text", OFFSET),
        _count("cells", "table cells found", "cells"),
        _count("passages", "passages found", "passages"),
        _count("links", "evidence links found", "links"),
        Field("strange", "boolean", "whether its words are unlike those of the annotated documents", empty=True),
        Field("strange_words", "object", "what `strange` rests on: share of unknown words, limit, words", empty=True),
        Field("losses", "object", "what reading could not keep: what -> how many"),
        _text("session", "session or meeting that the symbol names", empty=True),
        _text("original_language", "language it was written in, ISO 639-1, where it says so", empty=True),
        _text("body", "organ that issued it: id in the codebook", empty=True),
    ),
)  # fmt: skip
PASSAGES = Table(
    "passages", "passages.jsonl", "a passage: paragraph, list item, operative paragraph, table cell or heading",
    (
        Field("passage_id", "string", "16 hex digits from document and place", key=True),
        DOCUMENT, START, END, PAGE, BOX,
        Field("section", "array", "headings above it, outermost first"),
        IMPLEMENTER,
        _text("implementer_text", "who acts, as the document names it", empty=True),
        _text("reference", "document reference of its table row", empty=True),
        _text("role", "what it does in the document", values=ROLES),
        TREATMENT,
        _text("language", "language, ISO 639-1"),
        _text("kind", "kind of the block it came from"),
        _text("lead_in", "text that introduces the list it belongs to", empty=True),
        _text("number", "number of an operative paragraph or mandate, with its letter", empty=True),
        _text("clause", "preambular, operative or mandate, in documents that have such", empty=True),
        _text("summit", "Summit that a mandate comes from", empty=True),
        _count("year", "year of that Summit", empty=True),
        Field("cell", "array", "table, row and column that it stands in, each from 0; null outside tables", empty=True),
        Field("probabilities", "object", "calibrated probability of every target", "0 to 1"),
    ),
)  # fmt: skip
LINKS = Table(
    "links", "links.jsonl", "an evidence link: this quote is evidence for this target",
    (
        Field("link_id", "string", "16 hex digits", key=True),
        DOCUMENT,
        _to("passage_id", "passages.passage_id", "passage that holds it"),
        TARGET,
        _share("probability", "calibrated probability"),
        _text("lane", "suggested: sure enough to show first; review: to be looked at", values=LANES),
        _text("quote", "the words, exactly canonical_text[start:end]"),
        START, END, PAGE, BOX,
        _text("prefix", "up to 32 characters before the quote"),
        _text("suffix", "up to 32 characters after the quote"),
        IMPLEMENTER, TREATMENT,
        Field("why", "object", "what carried it: sentences, codebook terms, nearest annotated examples"),
        _text("model", "sha256 (hex) of the model, empty where an officer added it"),
        _text("program", "sha256 (hex) of the codebook"),
        *DESK,
    ),
)  # fmt: skip
MAPPING = Table(
    "mapping", "mapping.csv", "report x implementer x target that has evidence",
    (
        DOCUMENT,
        _text("title", "title of the document", empty=True),
        _text("implementer", "id in the codebook, or as the document names it; empty when unknown", empty=True),
        TARGET,
        _text("label", "short title of the target, in the document's language"),
        _count("links", "evidence links", "links"),
        _share("best_probability", "highest probability among them", empty=True),
        _text("treatment", "of the best link", True, TREATMENTS),
        _text("best_quote", "quote of the best link"),
        PAGE,
        _text("symbol", "symbol of the document", empty=True),
        _text("lane", "lane of the best link; confirmed where an officer decided so", True, ("confirmed", *LANES)),
    ),
)  # fmt: skip
COVERAGE = Table(
    "coverage", "coverage.csv", "input x target, all of the codebook",
    (
        UNREAD,
        _text("title", "title of the document", empty=True),
        TARGET,
        _text("label", "short title of the target, in the document's language"),
        _text("state", "whether there is evidence, and how sure", values=STATES),
        _count("links", "evidence links", "links"),
        _share("best_probability", "highest probability among them", empty=True),
        _text("input", "name of the input as it was given"),
        _text("status", "how reading ended", values=STATUSES),
    ),
)  # fmt: skip
DECISIONS = Table(
    "decisions", "decisions.jsonl", "what an officer decided; never changed, never deleted",
    (
        Field("decision_id", "integer", "counts up", key=True),
        DOCUMENT,
        _text("item_id", "what was decided on: id of the link, or of what a reader added"),
        _count("reading", "1 the first officer's, 2 the blind second's, 3 settled by an adjudicator"),
        _count("version", "of the item after it"),
        _text("who", "code of the officer, never a name"),
        _text("rank", "what she may do", values=("reader", "officer", "adjudicator")),
        Field("at", "datetime", "when, in UTC"),
        _text("action", "what was asked"),
        _text("batch", "id shared by what was decided together"),
        Field("item", "object", "the item as it stood after it"),
        Field("before", "object", "the item as it stood before; null where it did not exist", empty=True),
        Field("undoes", "integer", "the decision that it takes back", empty=True),
        _text("text_sha256", "sha256 (hex) of the canonical text that the offsets refer to"),
    ),
)  # fmt: skip
ROWS: dict[str, Table] = {
    table.file: table for table in (LEDGER, DOCUMENTS, PASSAGES, LINKS, MAPPING, COVERAGE, DECISIONS)
}


def reference(tables: tuple[Table, ...] = tuple(ROWS.values())) -> Iterator[dict[str, object]]:
    """Yield a row a field: file, what a row is, name, type, unit, meaning, values, whether it may be null."""
    for table in tables:
        for field in table.fields:
            yield {
                "file": table.file or table.name,
                "row": table.row,
                "field": field.name,
                "type": field.kind,
                "unit": field.unit,
                "meaning": field.meaning,
                "values": list(field.values),
                "null": field.empty,
            }
