"""Word documents with the findings as comments at their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nlp.copies.finding import Copied, Finding, Placed, Wanted
from nlp.copies.markings import Carried, carry
from nlp.copies.notes import lines, listed
from nlp.copies.phrases import say
from nlp.copies.word_package import Open
from nlp.copies.word_runs import Cutter, anchor_of, run_of_box, shade, story_of
from nlp.errors import UnreadableDocument
from nlp.program import Program
from nlp.readers import legacy
from nlp.readers.sniffing import DOCX, sniff
from nlp.readers.tracing import Stretch, Tracer
from nlp.readers.word import reading
from nlp.readers.word.styles import W
from nlp.settings import Settings

SUFFIX = ".docx"


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a comment goes: from before one element to behind another; why it is not at the words, "" if it is."""

    first: Any
    last: Any
    reason: str = ""


def write(wanted: Wanted, program: Program, settings: Settings) -> Copied:
    """Return the document with a comment for each finding; formats of other word processors become DOCX first.

    Where Word allows no comment (notes, text boxes, headers and footers) the words are shaded and the comment stands
    at the nearest place that allows one. What could not be placed is listed on a page of its own at the end.

    Raises:
        UnreadableDocument: if it cannot be read, or not be converted.
    """
    data = wanted.original if sniff(wanted.original) == DOCX else legacy.converted(wanted.original, settings)
    document, tracer = Open(data, settings), Tracer(settings.max_characters)
    try:
        extract = reading.build(document, tracer)
    except (KeyError, ValueError, RecursionError) as error:
        raise UnreadableDocument(wanted.name, "corrupt", "not a sound Word document", "get a fresh copy") from error
    carried, lost = carry(wanted.text, extract, wanted.findings)
    placed = [*_Marker(document, tracer, program, wanted.language).mark(carried), *lost]
    if missing := listed(placed, wanted.text, wanted.language):
        document.append(say("not_placed", wanted.language), missing)
    return Copied(document.saved(), SUFFIX, tuple(placed))


class _Marker:
    """Puts comments into an open document."""

    def __init__(self, document: Open, tracer: Tracer, program: Program, language: str) -> None:
        self._document, self._tracer = document, tracer
        self._program, self._language = program, language
        self._cutter = Cutter()

    def mark(self, carried: Sequence[Carried]) -> list[Placed]:
        """Mark findings at their words; runs are cut for all of them before the first comment is put in."""
        wanted = [(one.finding, [*self._tracer.at(one.start, one.end)]) for one in carried]
        for _, stretches in wanted:
            for stretch in stretches:
                self._cutter.want(stretch)
        self._cutter.cut()
        spots = [(finding, self._spot(stretches)) for finding, stretches in wanted]
        return [self._comment(finding, spot) for finding, spot in spots]

    def _comment(self, finding: Finding, spot: _Spot | None) -> Placed:
        if spot is None:
            return Placed(finding, "lost", "nowhere")
        said = lines(finding, self._program, self._language, spot.reason)
        self._document.comment(spot.first, spot.last, said, finding.who, finding.at)
        return Placed(finding, "near" if spot.reason else "placed", spot.reason)

    def _spot(self, stretches: Sequence[Stretch]) -> _Spot | None:
        pieces = [piece for stretch in stretches for piece in self._cutter.pieces(stretch)]
        stories = [story_of(piece) for piece in pieces]
        body = [piece for piece, story in zip(pieces, stories, strict=True) if story == "body"]
        for piece, story in zip(pieces, stories, strict=True):
            if story != "body":
                shade(piece)
                self._document.touch(piece)
        if body:
            first, last = anchor_of(body[0]), anchor_of(body[-1])
            exact = len(body) == len(pieces) and self._cutter.is_exact(stretches)
            return _Spot(first, last, "" if exact else "part")
        if not pieces:
            return None
        near = self._near(pieces[0], stories[0])
        return None if near is None else _Spot(near, near, stories[0])

    def _near(self, piece: Any, story: str) -> Any:
        """The run that the comment of words in a note, box, header or footer goes to; None if there is none."""
        if story == "box":
            run = run_of_box(piece)
            return run if story_of(run) == "body" else None
        if story == "footnote":
            note = next(piece.iterancestors(f"{W}footnote", f"{W}endnote"))
            kind = note.tag.removeprefix(W)
            marks = self._document.root.iter(f"{W}{kind}Reference")
            found = next((mark for mark in marks if mark.get(f"{W}id") == note.get(f"{W}id")), None)
            return None if found is None or story_of(found) != "body" else anchor_of(found)
        runs = (run for run in self._document.root.iter(f"{W}r") if story_of(run) == "body")
        return next(map(anchor_of, runs), None)
