"""What flows through the pipeline: frozen records, no behaviour beyond their own invariants.

Offsets are Unicode code points into `Document.text`, half-open ``[start, end)``.
"""

from __future__ import annotations

from collections.abc import Mapping as Frozen
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

BlockKind = Literal["heading", "paragraph", "list_item", "table_cell", "header", "footer", "footnote"]
Role = Literal["activity", "background", "heading"]
Treatment = Literal["done", "planned", "standing", "recommended", "mention"]
Lane = Literal["suggested", "review"]
ProbabilityKind = Literal["calibrated", "zero-shot"]
"""What the number of a link is: a calibrated probability, or an estimate for labels that nobody has annotated."""

FURNITURE: tuple[BlockKind, ...] = ("header", "footer")  # what is on a page, but not of its text
ROLES: tuple[Role, ...] = ("activity", "background", "heading")
TREATMENTS: tuple[Treatment, ...] = ("done", "planned", "standing", "recommended", "mention")
STATUSES = (
    "ok", "partial", "no_text", "encrypted", "unsupported", "corrupt",
    "too_large", "timeout", "out_of_memory", "crashed", "io_error",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character range ``[start, end)``, never empty.

    Raises:
        ValueError: if the range is empty or negative.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"empty or negative span [{self.start}, {self.end})")

    def overlap(self, other: Span) -> int:
        """Number of characters that both spans cover, 0 or more."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


class Box(NamedTuple):
    """A rectangle on a page in points (1/72 inch), origin at the page's upper left corner."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Cell:
    """Place of a table cell: table counts through the document, row and column through the table, all from 0."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-sized piece of a document, as its reader found it.

    Attributes:
        kind: what it is; a cell of several paragraphs gives several blocks with the same `cell`.
        span: where it stands in the canonical text (its text without surrounding white space).
        page: page number from 1, None where the format has no pages.
        box: rectangle on that page, None where the format has none.
        level: depth of a heading from 1 (the title), else None.
        marker: list marker that stands before the text or that the format implies ("1.", "a.", "•"), else None.
        cell: place in a table, else None.
        confidence: how surely its words were recognised on a scan, in [0, 1] as Tesseract says; None where text was
            read, not recognised.
    """

    kind: BlockKind
    span: Span
    page: int | None = None
    box: Box | None = None
    level: int | None = None
    marker: str | None = None
    cell: Cell | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that reading could not keep: `what` in a few words, `count` of them (1 or more)."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader returns: the canonical text, its blocks in reading order, and what was lost.

    Attributes:
        text: canonical text; never rewritten afterwards. Line ends are ``\\n``; no NUL, no lone surrogate.
        blocks: sorted, not overlapping, each inside the text and free of surrounding white space.
        pages: number of pages, None where the format has none.
        title: title from the file's metadata, None if absent.
        losses: what could not be kept.
        partial: why only part of the document could be read; None when it was read whole.
    """

    text: str
    blocks: tuple[Block, ...]
    pages: int | None = None
    title: str | None = None
    losses: tuple[Loss, ...] = ()
    partial: str | None = None

    def __post_init__(self) -> None:
        previous = 0
        for block in self.blocks:
            if block.span.start < previous or block.span.end > len(self.text):
                raise ValueError(f"block {block.span} overlaps its predecessor or leaves the text")
            previous = block.span.end


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: `document_id` is the sha256 (hex) of its bytes, `path` where it was found."""

    document_id: str
    path: str
    media_type: str
    extract: Extract

    @property
    def text(self) -> str:
        """The canonical text that all offsets refer to."""
        return self.extract.text

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in reading order."""
        return self.extract.blocks


@dataclass(frozen=True, slots=True)
class Known:
    """What stands for a document that was not read, because whoever asked for it has it already."""

    document_id: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit of classification: a paragraph, list item, operative clause or heading with its surroundings.

    Attributes:
        passage_id: 16 hex digits from document id and span.
        span: place in the canonical text.
        kind: kind of the block it came from.
        section: headings above it, outermost first.
        lead_in: text that introduces the list it belongs to, "" if none.
        implementer: id in the codebook, None when unknown; implementer_text: the name as it stands, None if none.
        reference: document reference of its table row, None if none.
        number: number of an operative paragraph or mandate with its letter ("7.a"), None if none.
        clause: "preambular" or "operative" in a resolution, "mandate" in a list of mandates, else None.
        summit, year: Summit and year that a mandate comes from, else None.
        cell: its place where it stands in a table, else None.
        language: ISO 639-1 code.
        sentences: its sentences in order; they cover all of it but white space.
    """

    passage_id: str
    document_id: str
    span: Span
    kind: BlockKind
    language: str
    sentences: tuple[Span, ...] = ()
    page: int | None = None
    box: Box | None = None
    section: tuple[str, ...] = ()
    lead_in: str = ""
    implementer: str | None = None
    implementer_text: str | None = None
    reference: str | None = None
    number: str | None = None
    clause: str | None = None
    summit: str | None = None
    year: int | None = None
    cell: Cell | None = None


def is_lead_in(text: str) -> bool:
    """Whether a text introduces what follows: it ends with a colon."""
    return text.rstrip().endswith(":")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a document is: kind (program, resolution, declaration, mandates, report, other) and its metadata.

    Attributes:
        symbol: its symbol, with what text recognition took for something else mended. date: YYYY-MM-DD.
        session: session or meeting that the symbol names ("XL-O/10", "1811/12").
        original_language: ISO 639-1 code of the language it was written in, where it says so.
        body: id in the codebook of the organ that issued it.
    """

    kind: str
    language: str
    title: str | None = None
    symbol: str | None = None
    date: str | None = None
    session: str | None = None
    original_language: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the classifier says of a passage.

    Attributes:
        role: most probable role; treatment: most probable treatment, None unless the role is "activity".
        probabilities: probability in [0, 1] of each target, in codebook order; an estimate where the model is no
            model of the programme (`ProbabilityKind`).
    """

    role: Role
    treatment: Treatment | None
    probabilities: Frozen[str, float]


@dataclass(frozen=True, slots=True)
class Example:
    """A nearest annotated example: its id in `annotations/`, cosine similarity in [-1, 1], and its text."""

    example_id: str
    similarity: float
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """What carried a link.

    Attributes:
        sentences: (span, drop) pairs, strongest first: by how much the probability falls without the sentence.
        terms: codebook terms of the target that stand in the passage.
        examples: nearest annotated examples with the same label, nearest first.
    """

    sentences: tuple[tuple[Span, float], ...] = ()
    terms: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An evidence link: this quote, in this passage, is evidence for this target.

    Attributes:
        target: "objective:N" or "activity:N", N from 1 to as many as the programme has.
        probability: calibrated probability in [0, 1].
        lane: "suggested" or "review".
        span: place of the quote in the canonical text.
        quote: exactly ``text[span.start:span.end]``; prefix, suffix: up to 32 characters around it.
    """

    link_id: str
    passage_id: str
    document_id: str
    target: str
    probability: float
    lane: Lane
    span: Span
    quote: str
    prefix: str
    suffix: str
    page: int | None = None
    box: Box | None = None
    implementer: str | None = None
    treatment: Treatment | None = None
    why: Why = field(default_factory=Why)
