"""From a document to its passages: what each says it belongs to, who acts in it, what stands above it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nlp.language import detect
from nlp.program import load_program
from nlp.records import FURNITURE, Block, Document, Passage, Profile, Span, is_lead_in
from nlp.structure import kinds, official
from nlp.structure.authors import GOVERNMENTS, author_of, signed_by, speaker
from nlp.structure.bodies import COLLECTIVES, NOBODY, Implementer, addressee, heading_body, leading_body
from nlp.structure.clauses import ClauseTrail, clause_number, mandate_number
from nlp.structure.kinds import text_of
from nlp.structure.outline import HeadingTrail, ListTrail, is_subheading, marker_class
from nlp.structure.rows import Row, read_rows
from nlp.structure.sentences import sentences

LONGEST = 8_000  # characters of a passage; ten times the longest that anyone annotated
LABEL_COLUMNS = ("organisation", "reference", "label")
ADDRESSEE_REACH, OWN_REACH = 90, 24  # letters: within them a paragraph, or a letter of one, names whom it asks


@dataclass(frozen=True, slots=True)
class Structured:
    """A document with its profile and passages in reading order."""

    document: Document
    profile: Profile
    passages: tuple[Passage, ...]


def structure(document: Document) -> Structured:
    """Return the document's profile and passages. Every block but running headers and footers gives one passage.

    A block of more than `LONGEST` characters gives several, parted between sentences: nobody can read it as one.
    """
    program = load_program()
    telling = len(program.activities) >= official.TELLING
    articles = official.parse(document, program) if telling else ()
    profile = kinds.profile_of(document, bool(articles))
    author = author_of(document, profile)
    if profile.kind in ("report", "other") and not profile.body:
        profile = replace(profile, body=signed_by(document, profile))
    passages = tuple(_Walk(document, profile, author).passages())
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

    def __init__(self, document: Document, profile: Profile, author: Implementer) -> None:
        self.document, self.profile, self.author = document, profile, author
        self.headings, self.lists = HeadingTrail(), ListTrail()
        self.clauses = ClauseTrail(profile.language, profile.symbol)
        self.spoken = (profile.language, profile.language)
        self.rows = read_rows(document, profile.language)
        self.section_body = self.speaker = NOBODY
        self.plan = kinds.plan_source(document) if profile.kind == "mandates" else None
        self.minutes = profile.kind == "report" and kinds.is_minutes(document)
        self.item: str | None = None
        self.titling = False  # whether the block is a heading, and not a short operative paragraph that looks like one
        self.cell_title: str | None = None
        self.last_cell: tuple[int, int, int] | None = None

    def passages(self) -> Iterator[Passage]:
        """Yield the passages in reading order."""
        following = (*self.document.blocks[1:], None)
        for block, after in zip(self.document.blocks, following, strict=True):
            if block.kind == "footnote":
                yield from _parted(self._note(block))
            elif block.kind not in FURNITURE:
                yield from _parted(self._passage(block, after))

    def _note(self, block: Block) -> Passage:
        """A note belongs to no clause and to no list, and none ends with it."""
        clauses, self.clauses, self.titling = self.clauses, ClauseTrail(self.profile.language, None), False
        passage = self._describe(block, text_of(self.document, block), None, "")
        self.clauses = clauses
        return passage

    def _passage(self, block: Block, after: Block | None) -> Passage:
        text = text_of(self.document, block)
        self._enter_cell(block)
        row = self.rows.get((block.cell.table, block.cell.row)) if block.cell else None
        above = self.lists.above(block)
        self.titling = block.kind == "heading" and not self.clauses.counts_on(block)
        if self.titling:
            self._enter_heading(block, text)
        elif self.profile.kind in ("resolution", "declaration"):
            self.clauses.enter(block, text)
        if self.minutes and block.kind != "heading":
            self.speaker = speaker(text, self.profile.language, self.author) or self.speaker
        passage = self._describe(block, text, row, above)
        if block.kind != "heading":
            self._note_lead(block, text, after)
        return passage

    def _describe(self, block: Block, text: str, row: Row | None, above: str) -> Passage:
        who = self._implementer(block, text, row, above)
        source = self._source(block, text)
        is_label = row is not None and (row.header or _column(block, row) in LABEL_COLUMNS)
        section = [*self.headings.path[: -1 if self.titling else None]]
        language = self._language(text)
        titles = (row.group, self.cell_title, row.phases.get(block.cell.column)) if row and block.cell else ()
        section += [title for title in titles or (self.cell_title,) if title and not is_label]
        clause, preamble = self.clauses.clause, self.clauses.preamble
        return Passage(
            passage_id=_passage_id(self.document.document_id, block.span),
            document_id=self.document.document_id,
            span=block.span,
            kind=block.kind,
            language=language,
            sentences=sentences(text, block.span.start),
            page=block.page,
            box=block.box,
            section=tuple(section),
            lead_in=above or (preamble if clause == "preambular" and text != preamble else ""),
            implementer=who.body,
            implementer_text=who.text,
            reference=row.reference if row and not row.header else None,
            number=self._number(block, text, source is not None),
            clause="mandate" if source else clause,
            summit=source[0] if source else None,
            year=source[1] if source else None,
            cell=block.cell,
        )

    def _language(self, text: str) -> str:
        """Language of a passage; one too short to tell takes that of the two above it, where they agree."""
        before, last = self.spoken
        told = detect(text, "")
        self.spoken = (last, told) if told else self.spoken
        return told or (last if before == last else self.profile.language)

    def _source(self, block: Block, text: str) -> tuple[str, int] | None:
        """Summit document and year of a mandate: as it says itself, or as the plan of action it stands in says."""
        if self.profile.kind != "mandates":
            return None
        listed = block.kind in ("list_item", "paragraph") and marker_class(block.marker) is not None
        return kinds.mandate_source(text) or (self.plan if listed else None)

    def _number(self, block: Block, text: str, is_mandate: bool) -> str | None:
        """Number of a clause, a mandate, or a numbered paragraph of a declaration; headings have none."""
        if self.titling:
            return None
        if self.clauses.clause == "operative":
            return self.clauses.number
        if is_mandate and self.plan is None:
            return mandate_number(block, text)
        declared = self.profile.kind == "declaration" and block.kind != "footnote"
        if is_mandate or (declared and marker_class(block.marker) == "number"):
            self.item = clause_number(self.item, block)
            return self.item
        return None

    def _enter_cell(self, block: Block) -> None:
        place = (block.cell.table, block.cell.row, block.cell.column) if block.cell else None
        if place != self.last_cell:
            self.lists, self.cell_title, self.last_cell = ListTrail(), None, place

    def _enter_heading(self, block: Block, text: str) -> None:
        self.headings.enter(block.level or 9, text)
        self.lists = ListTrail()
        self.section_body = heading_body(text, self.profile.language)
        self.speaker, self.item = NOBODY, None
        self.clauses.enter_heading(text)

    def _note_lead(self, block: Block, text: str, after: Block | None) -> None:
        if self._opens_cell_section(block, text):
            self.cell_title = " ".join(text.split())
        if any(pattern.match(text) for pattern in (kinds.RESOLVES, kinds.DECLARES, kinds.PREAMBLE)):
            return
        if is_lead_in(text) and after is not None and after.marker and after.cell == block.cell:
            self.lists.announce(block, text)

    def _opens_cell_section(self, block: Block, text: str) -> bool:
        return block.cell is not None and marker_class(block.marker) in ("number", "letter") and is_subheading(text)

    def _implementer(self, block: Block, text: str, row: Row | None, above: str) -> Implementer:
        if row is not None and (row.header or row.names_bodies):
            return NOBODY if row.header else row.implementer
        if self.clauses.clause == "preambular":
            return NOBODY
        if self.clauses.clause == "operative":
            asked = self._asked(text, above)
            return GOVERNMENTS if self.profile.kind == "declaration" and not asked.body else asked
        if self.profile.kind in ("mandates", "declaration"):
            return GOVERNMENTS
        if self.speaker is not NOBODY:
            return self.speaker
        named = (
            leading_body(text, self.profile.language)
            if self.profile.kind == "report" and not self.author.body
            else None
        )
        if self.section_body.body and (named is None or named.body in COLLECTIVES):
            return self.section_body  # "The ministry agreed": what the section's body reports
        return named or self.author

    def _asked(self, text: str, above: str) -> Implementer:
        """The body that an operative paragraph speaks to: its lead-in names it, or the beginning of its own text."""
        asked = addressee(above or text, self.profile.language, ADDRESSEE_REACH)
        return asked if asked.body or not above else addressee(text, self.profile.language, OWN_REACH)


def _parted(passage: Passage) -> Iterator[Passage]:
    """A passage as it is, or in parts of whole sentences where it is too long."""
    if passage.span.end - passage.span.start <= LONGEST:
        yield passage
        return
    part: list[Span] = []
    for sentence, after in zip(passage.sentences, (*passage.sentences[1:], None), strict=True):
        part.append(sentence)
        if after is None or after.end - part[0].start > LONGEST:
            span = Span(part[0].start, sentence.end)
            identity = _passage_id(passage.document_id, span)
            yield replace(passage, passage_id=identity, span=span, sentences=tuple(part))
            part = []


def _column(block: Block, row: Row) -> str | None:
    return row.columns.get(block.cell.column) if block.cell else None


def _passage_id(document_id: str, span: Span) -> str:
    return hashlib.sha256(f"{document_id}\x1f{span.start}\x1f{span.end}".encode()).hexdigest()[:16]
