"""PDFs with the findings as highlights with notes at their words."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import closing
from itertools import groupby
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from nlp.copies.finding import Copied, Finding, Placed, Wanted
from nlp.copies.markings import Carried, carry
from nlp.copies.notes import lines, listed
from nlp.copies.paper import list_pages
from nlp.copies.pdf_places import Places, Quad
from nlp.copies.phrases import say
from nlp.extras import need
from nlp.program import Program
from nlp.readers.pdf import reading
from nlp.readers.tracing import Tracer
from nlp.settings import Settings

SUFFIX = ".pdf"
_COLOURS = {"confirmed": (0.60, 0.90, 0.55), "corrected": (0.60, 0.90, 0.55), "review": (0.99, 0.80, 0.55)}
_OPACITY = 0.5  # of a highlight
_USUAL = (1.0, 0.90, 0.40)
_PRINTED = 4  # flag of an annotation (ISO 32000-1, 12.5.3)


def write(wanted: Wanted, program: Program, settings: Settings) -> Copied:
    """Return the PDF with a highlight for each quote, its notes in it; pages and their content stay as they are.

    A file under an owner's password (one that opens without asking) loses it: nothing could be written otherwise.
    What could not be placed at its words is listed on a page of its own at the end.

    Raises:
        UnreadableDocument: if it cannot be read. MissingExtra: if pypdf or reportlab is not installed.
    """
    tracer = Tracer(settings.max_characters)
    with reading.uncollected():
        extract = reading.build(wanted.original, settings, tracer)
    carried, lost = carry(wanted.text, extract, wanted.findings)
    writer = _writer(wanted.original)
    with (
        closing(pypdfium2.PdfDocument(wanted.original)) as document,
        closing(Places(document, tracer, extract.text)) as places,
    ):
        placed = [_mark(writer, places, one, program, wanted.language) for one in _together(carried)]
    found = [*(one for several in placed for one in several), *lost]
    if missing := listed(found, wanted.text, wanted.language):
        _append(writer, list_pages(say("not_placed", wanted.language), missing))
    target = io.BytesIO()
    writer.write(target)
    return Copied(target.getvalue(), SUFFIX, tuple(found))


def _together(carried: Sequence[Carried]) -> list[list[Carried]]:
    """Findings of one person at the same words share a highlight."""
    order = sorted(carried, key=lambda one: (one.start, one.end, one.finding.who))
    return [[*same] for _, same in groupby(order, key=lambda one: (one.start, one.end, one.finding.who))]


def _mark(writer: Any, places: Places, same: Sequence[Carried], program: Program, language: str) -> list[Placed]:
    quads, whole = places.of(same[0].start, same[0].end)
    if not quads:
        return [Placed(one.finding, "lost", "nowhere") for one in same]
    reason = "" if whole else "part"
    surest = min((one.finding for one in same), key=_doubt)
    notes = ["\n".join(lines(one.finding, program, language, reason)) for one in same]
    for page, own in groupby(quads, key=lambda quad: quad.page):
        writer.add_annotation(page - 1, _highlight(writer, [*own], "\n\n".join(notes), surest))
    return [Placed(one.finding, "near" if reason else "placed", reason) for one in same]


def _doubt(finding: Finding) -> tuple[int, float]:
    """What many share a highlight for is drawn as the surest of them."""
    order = ("confirmed", "corrected", "suggested")
    return order.index(like) if (like := _state(finding)) in order else len(order), -(finding.probability or 0.0)


def _state(finding: Finding) -> str:
    return finding.lane if finding.state == "suggested" and finding.lane else finding.state


def _highlight(writer: Any, quads: Sequence[Quad], note: str, finding: Finding) -> Any:
    """The annotation (ISO 32000-1, 12.5.6.10) with an appearance of its own, as not all programs draw one."""
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject, TextStringObject

    def numbers(values: Sequence[float]) -> Any:
        return ArrayObject([FloatObject(round(value, 2)) for value in values])

    colour = _COLOURS.get(_state(finding), _USUAL)
    sides = min(q.x0 for q in quads), min(q.y0 for q in quads), max(q.x1 for q in quads), max(q.y1 for q in quads)
    corners = [v for q in quads for v in (q.x0, q.y1, q.x1, q.y1, q.x0, q.y0, q.x1, q.y0)]
    made = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Highlight"),
            NameObject("/Rect"): numbers(sides),
            NameObject("/QuadPoints"): numbers(corners),
            NameObject("/C"): numbers(colour),
            NameObject("/F"): NumberObject(_PRINTED),
            NameObject("/T"): TextStringObject(finding.who),
            NameObject("/Contents"): TextStringObject(note),
        }
    )
    if finding.key:
        made[NameObject("/NM")] = TextStringObject(finding.key)
    drawn = writer._add_object(_appearance(quads, sides, colour))  # a stream stands for itself in a file
    made[NameObject("/AP")] = DictionaryObject({NameObject("/N"): drawn})
    return made


def _appearance(quads: Sequence[Quad], sides: Sequence[float], colour: Sequence[float]) -> Any:
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, StreamObject

    drawn = [f"{q.x0:.2f} {q.y0:.2f} {q.x1 - q.x0:.2f} {q.y1 - q.y0:.2f} re" for q in quads]
    stream = StreamObject()
    stream.set_data(" ".join(["/M gs", *(f"{part:.2f}" for part in colour), "rg", *drawn, "f"]).encode())
    # LibreOffice does not multiply colours: without transparency it would cover the words.
    mode = DictionaryObject({NameObject("/BM"): NameObject("/Multiply"), NameObject("/ca"): FloatObject(_OPACITY)})
    states = DictionaryObject({NameObject("/M"): mode})
    stream[NameObject("/Type")] = NameObject("/XObject")
    stream[NameObject("/Subtype")] = NameObject("/Form")
    stream[NameObject("/BBox")] = ArrayObject([FloatObject(round(side, 2)) for side in sides])
    stream[NameObject("/Resources")] = DictionaryObject({NameObject("/ExtGState"): states})
    return stream


def _writer(original: bytes) -> Any:
    """Return a pypdf writer of the file; what pypdf cannot read as PDFium does is written anew by PDFium first."""
    pypdf = need("pypdf", "desk", "PDF copies")
    with closing(pypdfium2.PdfDocument(original)) as document:
        sound = pdfium.FPDF_DocumentHasValidCrossReferenceTable(document.raw)
        if sound and (writer := _as_it_is(original, len(document))) is not None:
            return writer
        target = io.BytesIO()
        document.save(target, flags=pdfium.FPDF_REMOVE_SECURITY)
    return pypdf.PdfWriter(clone_from=pypdf.PdfReader(target))


def _as_it_is(original: bytes, pages: int) -> Any:
    """Return a writer of the file itself, None where pypdf cannot read it or not without a password."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(original))
        whole = not reader.is_encrypted and len(reader.pages) == pages
        return PdfWriter(clone_from=reader) if whole else None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # PDFium has read it: what it writes will do


def _append(writer: Any, pages: bytes) -> None:
    from pypdf import PdfReader

    for page in PdfReader(io.BytesIO(pages)).pages:
        writer.add_page(page)
