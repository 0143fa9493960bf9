"""Rows 19 to 25: pages of a PDF without text, with too much, with text that nobody sees or that has no letters."""

from __future__ import annotations

import io

import fixtures
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from torture.base import FILLER, PHRASE, READ, REFUSED, SECOND, UNSAID, Case
from torture.pdf import CATALOG, PAGES, many, page, raw, said, simple, stream


def _mixed() -> bytes:
    spoken = fixtures.say(f"{PHRASE}.", FILLER)
    return fixtures.paged_pdf([fixtures.scan if number in (4, 17, 39) else spoken for number in range(40)])


def _crowded() -> bytes:
    lines = (f"{number} {FILLER}" for number in range(800))
    return simple(
        content=b"BT /F1 1 Tf 9 780 Td 0.19 TL " + b" ".join(b"(%s) '" % line.encode() for line in lines) + b" ET"
    )


def _boxed(box: str) -> bytes:
    return simple(page=page(box))


def _soup() -> bytes:
    """Glyphs without meaning: a font whose numbers lead to private-use letters."""
    mapping = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
    mapping += b"1 beginbfrange <20> <7E> <E020> endbfrange endcmap end"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    return raw([CATALOG, PAGES, page(), stream(said(*[FILLER] * 9)), font, stream(mapping)])


def _bare() -> bytes:
    """A font that is a set of drawings, with names that mean nothing and no table of letters."""
    names = " ".join(f"/g{number}" for number in range(32, 127))
    glyph = "6 0 R"
    drawings = " ".join(f"/g{number} {glyph}" for number in range(32, 127))
    font = (
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] "
        f"/FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 32 /LastChar 126 "
        f"/Widths [{'500 ' * 95}] /Encoding << /Type /Encoding /Differences [32 {names}] >> "
        f"/CharProcs << {drawings} >> >>"
    )
    return raw(
        [
            CATALOG,
            PAGES,
            page(),
            stream(said(*[FILLER] * 9)),
            font.encode(),
            stream(b"500 0 0 0 500 700 d1 0 0 400 600 re f"),
        ]
    )


def _unseen(canvas: Canvas) -> None:
    """Text that is drawn invisibly, in white, beyond the page, too small, or under a black picture."""
    fixtures.say(f"{PHRASE}.", FILLER)(canvas)
    text = canvas.beginText(72, 600)
    text.setTextRenderMode(3)
    text.textLine(f"Invisible: {UNSAID}.")
    text.setTextRenderMode(0)
    text.setFillGray(1)
    text.textLine(f"White: {UNSAID}.")
    canvas.drawText(text)


def _off_page(canvas: Canvas) -> None:
    fixtures.say(f"{PHRASE}.", FILLER)(canvas)
    canvas.drawString(72, 3_000, f"{UNSAID}.")
    canvas.drawString(-2_000, 400, f"{UNSAID}.")


def _on_picture(canvas: Canvas) -> None:
    """Text on a picture of grey: people see it."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("L", (60, 20), 90).save(target, "PNG")
    canvas.drawImage(ImageReader(target), 60, 660, 480, 60)
    canvas.setFillGray(1)
    canvas.drawString(72, 690, f"{PHRASE}.")


def _turned(canvas: Canvas) -> None:
    canvas.setPageRotation(90)
    canvas.rotate(90)
    canvas.drawString(60, -80, f"{SECOND}.")
    canvas.drawString(60, -96, FILLER)


def _settings() -> bytes:
    """Hyphens, ligatures and a note on one page, a turned page behind it."""
    lines = ("The office asked the plo-", "ver keepers to fnish in the of\x0cce.", f"{PHRASE}.")
    return fixtures.paged_pdf([fixtures.say(*lines[:1], "ver keepers to finish."), fixtures.say(lines[2]), _turned])


CASES = (
    Case(19, "scan.pdf", lambda: fixtures.paged_pdf([fixtures.scan] * 2), ("no_text",), "scan"),
    Case(20, "mixed.pdf", _mixed, ("partial",), "5, 18, 40", keeps=(PHRASE,)),
    Case(21, "10,000 pages.pdf", lambda: many(10_000), ("partial",), "50 of 10000 pages", keeps=(PHRASE,), tight=True),
    Case(
        22,
        "crowded.pdf",
        _crowded,
        ("partial",),
        "60000 characters",
        keeps=(FILLER[:60],),
        losses=("beyond the limit",),
        tight=True,
    ),
    Case(22, "200 inches.pdf", lambda: _boxed("0 0 14400 14400"), ("ok",), keeps=(PHRASE,)),
    Case(22, "beyond all.pdf", lambda: _boxed("0 0 9000000 9000000"), READ, keeps=(PHRASE,)),
    Case(22, "no size.pdf", lambda: _boxed("0 0 0 0"), (*READ, "no_text", "corrupt")),
    Case(22, "turned round.pdf", lambda: _boxed("612 792 0 0"), READ, keeps=(PHRASE,)),
    Case(22, "no number.pdf", lambda: _boxed("a b c d"), (*READ, *REFUSED)),
    Case(23, "private.pdf", _soup, ("no_text", "partial"), lacks=("meetings",)),
    Case(23, "drawings.pdf", _bare, ("no_text", "partial"), losses=("without a known letter",)),
    Case(24, "unseen.pdf", lambda: fixtures.paged_pdf([_unseen]), ("ok",), keeps=(PHRASE,), losses=("hidden",)),
    Case(24, "off the page.pdf", lambda: fixtures.paged_pdf([_off_page]), ("ok",), keeps=(PHRASE,), losses=("hidden",)),
    Case(24, "on a picture.pdf", lambda: fixtures.paged_pdf([_on_picture]), ("ok",), keeps=(PHRASE,)),
    Case(25, "columns.pdf", fixtures.two_columns, ("ok",), keeps=("Note 07 begins.", "Note 19 begins."), lacks=()),
    Case(25, "settings.pdf", _settings, ("ok",), keeps=("plover keepers to finish.", PHRASE, SECOND)),
)
