"""From a document to its passages: what each says it belongs to, who acts in it, what stands above it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nlp.language import detect
from nlp.records import Block, Document, Passage, Profile, Span
from nlp.structure import kinds, official
from nlp.structure.bodies import COLLECTIVES, NOBODY, Implementer, heading_body, issuing_body, leading_body
from nlp.structure.entities import bodies_in
from nlp.structure.kinds import text_of
from nlp.structure.outline import HeadingTrail, ListTrail, is_lead_in, is_subheading, marker_class
from nlp.structure.rows import Row, read_rows
from nlp.structure.sentences import sentences

FURNITURE = ("header", "footer")
LABEL_COLUMNS = ("organisation", "reference", "label")
ADDRESSEE_REACH = 90
BYLINE_LENGTH, PROSE_LENGTH = 260, 90  # a longer line is no byline; one this long that ends a sentence is prose
GOVERNMENTS = Implementer("states", None)


@dataclass(frozen=True, slots=True)
class Structured:
    """A document with its profile and passages in reading order."""

    document: Document
    profile: Profile
    passages: tuple[Passage, ...]


def structure(document: Document) -> Structured:
    """Return the document's profile and passages. Every block but running headers and footers gives one passage."""
    articles = official.parse(document)
    profile = kinds.profile_of(document, bool(articles))
    passages = tuple(_Walk(document, profile).passages())
    if profile.kind == "program":
        passages = _with_articles(passages, articles)
    return Structured(document, profile, passages)


def _with_articles(passages: tuple[Passage, ...], articles: tuple[official.Article, ...]) -> tuple[Passage, ...]:
    """Give each of the Program's own articles its number and implementer."""
    by_end = {article.span.end: article for article in articles}
    numbered = []
    for passage in passages:
        article = by_end.get(passage.span.end)
        if article:
            passage = replace(
                passage, number=article.target, implementer=article.implementer, implementer_text=article.heading
            )
        numbered.append(passage)
    return tuple(numbered)


class _Walk:
    """One pass over the blocks, with what holds at the current one."""

    def __init__(self, document: Document, profile: Profile) -> None:
        self.document, self.profile = document, profile
        self.headings, self.lists = HeadingTrail(), ListTrail()
        self.rows = read_rows(document, profile.language)
        self.author = self._author()
        self.section_body = NOBODY
        self.clause: str | None = None
        self.preamble = ""
        self.number: str | None = None
        self.cell_title: str | None = None
        self.last_cell: tuple[int, int, int] | None = None

    def passages(self) -> Iterator[Passage]:
        """Yield the passages in reading order."""
        following = (*self.document.blocks[1:], None)
        for block, after in zip(self.document.blocks, following, strict=True):
            if block.kind not in FURNITURE:
                yield self._passage(block, after)

    def _passage(self, block: Block, after: Block | None) -> Passage:
        text = text_of(self.document, block)
        self._enter_cell(block)
        row = self.rows.get((block.cell.table, block.cell.row)) if block.cell else None
        above = self.lists.above(block)
        if block.kind == "heading":
            self._enter_heading(block, text)
        elif self.profile.kind == "resolution":
            self._enter_clause(block, text)
        passage = self._describe(block, text, row, above)
        if block.kind != "heading":
            self._note_lead(block, text, after)
        return passage

    def _describe(self, block: Block, text: str, row: Row | None, above: str) -> Passage:
        who = self._implementer(block, text, row, above)
        source = kinds.mandate_source(text) if self.profile.kind == "mandates" else None
        is_label = row is not None and (row.header or _column(block, row) in LABEL_COLUMNS)
        section = [*self.headings.path[: -1 if block.kind == "heading" else None]]
        language = detect(text, self.profile.language)
        section += [title for title in (row.group if row else None, self.cell_title) if title and not is_label]
        return Passage(
            passage_id=_passage_id(self.document.document_id, block.span),
            document_id=self.document.document_id,
            span=block.span,
            kind=block.kind,
            language=language,
            sentences=sentences(text, language, block.span.start),
            page=block.page,
            box=block.box,
            section=tuple(section),
            lead_in=above or (self.preamble if self.clause == "preambular" and text != self.preamble else ""),
            implementer=who.body,
            implementer_text=who.text,
            reference=row.reference if row and not row.header else None,
            number=self.number or (_mandate_number(block, text) if source else None),
            clause="mandate" if source else self.clause,
            summit=source[0] if source else None,
            year=source[1] if source else None,
        )

    def _enter_cell(self, block: Block) -> None:
        place = (block.cell.table, block.cell.row, block.cell.column) if block.cell else None
        if place != self.last_cell:
            self.lists, self.cell_title, self.last_cell = ListTrail(), None, place

    def _enter_heading(self, block: Block, text: str) -> None:
        self.headings.enter(block.level or 9, text)
        self.lists = ListTrail()
        self.section_body = heading_body(text, self.profile.language)
        if kinds.ANNEX.match(text):
            self.clause, self.number, self.preamble = None, None, ""

    def _enter_clause(self, block: Block, text: str) -> None:
        """Follow a resolution from its preamble to its operative paragraphs."""
        if kinds.RESOLVES.match(text):
            self.clause, self.number, self.preamble = "operative", None, ""
        elif kinds.ANNEX.match(text):
            self.clause, self.number = None, None
        elif self.clause == "operative":
            self.number = _clause_number(self.number, block)
        elif kinds.PREAMBLE.match(text):
            self.clause, self.preamble = "preambular", text if is_lead_in(text) else ""

    def _note_lead(self, block: Block, text: str, after: Block | None) -> None:
        if self._opens_cell_section(block, text):
            self.cell_title = " ".join(text.split())
        if kinds.RESOLVES.match(text) or kinds.PREAMBLE.match(text):
            return
        if is_lead_in(text) and after is not None and after.marker and after.cell == block.cell:
            self.lists.announce(block, text)

    def _opens_cell_section(self, block: Block, text: str) -> bool:
        return block.cell is not None and marker_class(block.marker) in ("number", "letter") and is_subheading(text)

    def _implementer(self, block: Block, text: str, row: Row | None, above: str) -> Implementer:
        if row is not None:
            return NOBODY if row.header else row.implementer
        if self.profile.kind in ("mandates", "declaration"):
            return GOVERNMENTS
        if self.clause == "operative" and self.profile.kind == "resolution":
            return self._addressee(above or text)
        if self.clause == "preambular":
            return NOBODY
        named = (
            leading_body(text, self.profile.language)
            if self.profile.kind == "report" and not self.author.body
            else None
        )
        if self.section_body.body and (named is None or named.body in COLLECTIVES):
            return self.section_body  # "The ministry agreed": what the section's body reports
        return named or self.author

    def _addressee(self, text: str) -> Implementer:
        """The body that an operative paragraph speaks to: "To request the Permanent Council to ..."."""
        found = [e for e in bodies_in(text[:400], self.profile.language) if e.span.start <= ADDRESSEE_REACH]
        return Implementer(found[0].entity_id, found[0].text) if found else NOBODY

    def _author(self) -> Implementer:
        """Who the document is by, as its title and first lines say.

        Where several headings name different bodies, those are its sections, and none of them is its author.
        """
        if self.profile.kind in ("resolution", "program"):
            return NOBODY
        language = self.profile.language
        named = {
            block: heading_body(text_of(self.document, block), language).body
            for block in self.document.blocks
            if block.kind == "heading" and len(text_of(self.document, block)) < BYLINE_LENGTH
        }
        sections = len(set(named.values()) - {None}) > 1
        head = [self.profile.title or ""]
        for block in self.document.blocks[:8]:
            text = text_of(self.document, block)
            prose = len(text) > PROSE_LENGTH and text.endswith(".")
            if block.cell is None and block.kind not in FURNITURE and len(text) < BYLINE_LENGTH and not prose:
                head += [text] if not (sections and named.get(block)) else []
        return issuing_body("\n".join(head), language)


def _column(block: Block, row: Row) -> str | None:
    return row.columns.get(block.cell.column) if block.cell else None


def _clause_number(current: str | None, block: Block) -> str | None:
    """Number of an operative paragraph ("7"), of its letter ("7.a"), of its item ("7.a.ii"); unmarked text keeps it."""
    kind = marker_class(block.marker)
    if kind is None or block.marker is None:
        return current
    mark = block.marker.strip("(). ")
    if kind == "number" or current is None:
        return mark
    parts = current.split(".")
    depth = 2 if kind == "roman" and len(parts) >= 2 and parts[1].isalpha() else 1
    return ".".join([*parts[:depth], mark]) if kind in ("letter", "roman") else current


def _mandate_number(block: Block, text: str) -> str | None:
    """The number printed with a mandate: "2.8" at its start, else its list number."""
    inline = re.match(r"\d{1,3}(?:\.\d{1,3})+(?=\s)", text)
    if inline:
        return inline[0]
    return (block.marker or "").strip("(). •·") or None


def _passage_id(document_id: str, span: Span) -> str:
    return hashlib.sha256(f"{document_id}\x1f{span.start}\x1f{span.end}".encode()).hexdigest()[:16]
