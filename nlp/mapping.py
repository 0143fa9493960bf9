"""The mapping of one document: its passages read, and the evidence links that follow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Frozen
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nlp.classify import why as why_
from nlp.classify.absence import settled
from nlp.classify.familiar import Familiarity
from nlp.classify.heads import Model
from nlp.classify.lanes import Lanes, decide
from nlp.display import links_html, title_of
from nlp.encode.base import Gap
from nlp.encode.embed import Vectors
from nlp.program import Program
from nlp.records import Lane, Link, Passage, ProbabilityKind, Reading, Span, Why
from nlp.structure.segment import Structured

if TYPE_CHECKING:
    import pandas as pd

CONTEXT = 32


@dataclass(frozen=True, slots=True)
class Mapping:
    """What one document is evidence for.

    Attributes:
        structured: document, profile and passages. readings: one per passage, in the same order.
        links: evidence links by position, then objectives before activities.
        lanes: the cuts that made them. model: digest of the model; program: the codebook.
        explained: the links as first made, with their reasons, that later cuts go back to.
        familiarity: how like the annotated documents this one is; None where it is too short to say.
        kind: what the numbers of the links are: calibrated probabilities, or zero-shot estimates.
    """

    structured: Structured
    readings: tuple[Reading, ...]
    links: tuple[Link, ...]
    lanes: Frozen[str, Lanes]
    program: Program
    model: str
    explained: tuple[Link, ...] = ()
    familiarity: Familiarity | None = None
    kind: ProbabilityKind = "calibrated"

    def __repr__(self) -> str:
        path = self.structured.document.path
        return f"<Mapping of {path}: {len(self.passages)} passages, {len(self.links)} links>"

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages in reading order."""
        return self.structured.passages

    @property
    def text(self) -> str:
        """The canonical text."""
        return self.structured.document.text

    def at(self, cut: float) -> Mapping:
        """Return a new mapping whose links have a probability of at least `cut`, in [0, 1]; no model is run.

        Links above the old review cut keep their reasons; those that a lower cut brings in quote their whole
        passage. Lanes stay as promised; what lies below the review cut is in the review lane.
        """
        known = {(link.passage_id, link.target): link for link in self.explained or self.links}
        moved = {kind: lanes.at(cut) for kind, lanes in self.lanes.items()}
        found = []
        for passage, reading in zip(self.passages, self.readings, strict=True):
            if not linkable(passage, reading):
                continue
            for target, probability, lane in decide(
                self.program, reading.probabilities, moved["objective"], moved["activity"]
            ):
                old = known.get((passage.passage_id, target))
                found.append(
                    old or make_link(self.text, passage, reading, target, probability, lane, Why(), passage.span)
                )
        return replace(self, links=tuple(found), explained=self.explained or self.links)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a link as a pandas DataFrame (extra ``notebook``)."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one flat dict a link, with its label in the document's language."""
        language = self.structured.profile.language
        for link in self.links:
            yield {
                "target": link.target,
                "label": title_of(self.program, link.target, language),
                "probability": link.probability,
                "lane": link.lane,
                "treatment": link.treatment,
                "implementer": link.implementer,
                "page": link.page,
                "quote": link.quote,
                "start": link.span.start,
                "end": link.span.end,
                "passage_id": link.passage_id,
                "link_id": link.link_id,
            }

    def _repr_html_(self) -> str:
        profile = self.structured.profile
        heading = profile.title or self.structured.document.path
        return links_html(heading, self.text, self.passages, self.links, self.program, profile.language, self.kind)


def make_link(
    text: str, passage: Passage, reading: Reading, target: str, probability: float, lane: Lane, why: Why, span: Span
) -> Link:
    """Return a link whose quote is a slice of the canonical text.

    Raises:
        ValueError: if the span leaves its passage.
    """
    if not passage.span.start <= span.start < span.end <= passage.span.end:
        raise ValueError(f"quote {span} leaves its passage {passage.span}")
    key = f"{passage.passage_id}\x1f{target}"
    quote = text[span.start : span.end]
    return Link(
        link_id=hashlib.sha256(key.encode()).hexdigest()[:16],
        passage_id=passage.passage_id,
        document_id=passage.document_id,
        target=target,
        probability=probability,
        lane=lane,
        span=span,
        quote=quote,
        prefix=text[max(0, span.start - CONTEXT) : span.start],
        suffix=text[span.end : span.end + CONTEXT],
        page=passage.page,
        box=passage.box,
        implementer=passage.implementer,
        treatment=settled(reading.treatment, quote),
        why=why,
    )


def links_of(
    text: str,
    passages: Sequence[Passage],
    readings: Sequence[Reading],
    vectors: Vectors,
    model: Model,
    program: Program,
    reread: why_.Reread,
) -> list[Link]:
    """Return the evidence links of some passages of a document, in order.

    Args:
        text: the document's. readings, vectors: one row a passage. reread: reads passages, by their place among these,
            without some of their text.
    """
    links = []
    found = [
        _Found(number, passage, reading, tuple(chosen))
        for number, (passage, reading) in enumerate(zip(passages, readings, strict=True))
        if linkable(passage, reading)
        and (chosen := [*decide(program, reading.probabilities, model.lanes["objective"], model.lanes["activity"])])
    ]
    several = [own for own in found if len(own.spans) > 1]
    variants = dict(zip((own.number for own in several), reread([own.gaps for own in several]), strict=True))
    # target by target, so that the vectors of its examples are fetched from memory once
    asked = sorted((target, own.number) for own in found for target, *_ in own.chosen)
    like = {(target, number): why_.nearest(model.examples, target, vectors[number]) for target, number in asked}
    for own in found:
        passage = own.passage
        for target, probability, lane in own.chosen:
            left = variants.get(own.number)
            weighed = why_.drops(target, own.reading, left, own.spans) if left else [(passage.span, probability)]
            why = Why(
                tuple(weighed),
                why_.terms_in(program, target, text[passage.span.start : passage.span.end]),
                like[target, own.number],
            )
            links.append(make_link(text, passage, own.reading, target, probability, lane, why, weighed[0][0]))
    return links


def mapping_of(
    structured: Structured, readings: Sequence[Reading], links: Sequence[Link], model: Model, program: Program
) -> Mapping:
    """Return the mapping of a document whose passages were read, one reading each, and linked."""
    text = structured.document.text
    passages = ((text[p.span.start : p.span.end], p.language) for p in structured.passages)
    like = model.known.familiarity(passages)
    return Mapping(
        structured, tuple(readings), tuple(links), model.lanes, program, model.digest, (), like, model.kind
    )  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """A passage that carries links, by its number, with what was decided on it."""

    number: int
    passage: Passage
    reading: Reading
    chosen: tuple[tuple[str, float, Lane], ...]

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Its sentences, or groups of them."""
        return why_.group_sentences(self.passage.sentences)

    @property
    def gaps(self) -> tuple[int, list[Gap]]:
        """Its sentences as ranges of its own characters."""
        start = self.passage.span.start
        return self.number, [(span.start - start, span.end - start) for span in self.spans]


def linkable(passage: Passage, reading: Reading) -> bool:
    """Whether a passage may carry evidence: headings never do, nor what the role head takes for one."""
    return passage.kind != "heading" and reading.role != "heading"
