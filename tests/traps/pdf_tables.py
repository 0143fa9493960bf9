"""PDF documents whose trap is a table, or that are scans: drawn with reportlab, the truth noted while drawing.

A cell of several paragraphs gives several units with the same cell. Cells of a header row, and the labels of records
("Implementer", "Activity"), have no implementer; all other cells of a row have the body that the row names.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pypdfium2
import reportlab
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import landscape, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table

from tests.traps.base import Language, Trap, Truth, Unit
from tests.traps.words import WORDS, Words

Command = tuple[Any, ...]
Row = tuple[str, str, str, str, str]
Spoil = Callable[[Image.Image, int], Image.Image]

# Name and bold name. Scans use a font that is embedded, so that their pictures are the same on every machine.
SERIF, SANS, EMBEDDED = ("Times-Roman", "Times-Bold"), ("Helvetica", "Helvetica-Bold"), ("Vera", "VeraBd")
MARGIN = 64
DOTS_PER_INCH = 200
GRID: tuple[Command, ...] = (("GRID", (0, 0), (-1, -1), 0.6, colors.black),)
TOP: Command = ("VALIGN", (0, 0), (-1, -1), "TOP")
NAME, ACTIVITY, DONE, DOCUMENT = 1, 2, 3, 4  # places in a row of the wording; 0 is the body's id
FOUR = (112, 124, 160, 72)
# Titles of two more columns, and six periods.
MORE: dict[Language, tuple[str, str, tuple[str, ...]]] = {
    "en": ("Period", "Cost in dollars", ("January to March", "February", "March to June", "June", "July", "All year")),
    "es": (
        "Período",
        "Costo en dólares",
        ("Enero a marzo", "Febrero", "Marzo a junio", "Junio", "Julio", "Todo el año"),
    ),
    "pt": (
        "Período",
        "Custo em dólares",
        ("Janeiro a março", "Fevereiro", "Março a junho", "Junho", "Julho", "Todo ano"),
    ),
    "fr": (
        "Période",
        "Coût en dollars",
        ("Janvier à mars", "Février", "Mars à juin", "Juin", "Juillet", "Toute l’année"),
    ),
}
THOUSANDS: dict[Language, str] = {"en": ",", "es": ".", "pt": ".", "fr": " "}


@dataclass(frozen=True)
class Piece:
    """A paragraph of a cell; `raised` is a footnote mark drawn small and high behind it."""

    text: str
    marker: str | None = None
    raised: str = ""


Content = str | tuple[Piece, ...]


class Noted(Paragraph):
    """A paragraph that notes on which page it is first drawn, also when a page's end parts it."""

    seen: list[int]

    def split(self, width: float, height: float) -> list[Flowable]:
        parts: list[Flowable] = super().split(width, height)
        for part in parts:
            part.seen = self.seen
        return parts

    def draw(self) -> None:
        self.seen.append(self.canv.getPageNumber())
        super().draw()


class Report:
    """A document in the making: what is to be drawn, and what is true of it.

    Args:
        language: of the wording.
        face: names of its two fonts. size: of the running text in points.
    """

    def __init__(self, language: Language, face: tuple[str, str] = SERIF, size: float = 11) -> None:
        self.language, self.words = language, WORDS[language]
        self.story: list[Flowable] = []
        self._face, self._size = face, size
        self._said: list[tuple[Unit, list[int]]] = []
        self._tables = 0

    def say(self, unit: Unit, *, size: float = 0, bold: bool = False, raised: str = "", **style: Any) -> Noted:
        """Return a flowable that draws the unit, and note the unit; the caller puts it into the story."""
        size = size or self._size
        name = self._face[bold]
        look = ParagraphStyle("", fontName=name, fontSize=size, leading=1.2 * size, splitLongWords=0, **style)
        if unit.marker:
            look.leftIndent, look.bulletFontName, look.bulletFontSize = 1.3 * size, name, size
        flowable = Noted(escape(unit.text) + (f"<super>{raised}</super>" if raised else ""), look, unit.marker)
        flowable.seen = []
        self._said.append((replace(unit, text=unit.text + raised), flowable.seen))
        return flowable

    def title(self) -> None:
        unit = Unit(self.words.title, "heading")
        self.story.append(self.say(unit, size=17, bold=True, alignment=1, spaceAfter=12))

    def heading(self, text: str, size: float = 13.5) -> None:
        unit = Unit(text, "heading")
        self.story.append(self.say(unit, size=size, bold=True, spaceBefore=10, spaceAfter=5, keepWithNext=1))

    def paragraphs(self, *numbers: int, implementer: str | None = None) -> None:
        for number in numbers:
            unit = Unit(self.words.paragraphs[number], implementer=implementer)
            self.story.append(self.say(unit, alignment=4, spaceAfter=7))

    def items(self, *numbers: int, implementer: str | None = None) -> None:
        for number in numbers:
            unit = Unit(self.words.items[number], "list_item", "•", implementer=implementer)
            self.story.append(self.say(unit, spaceAfter=3))

    def opening(self, *more: int) -> None:
        """Title, two sections' beginnings, and `more` paragraphs."""
        self.title()
        self.heading(self.words.headings[0])
        self.paragraphs(0, 1)
        self.heading(self.words.headings[1])
        self.paragraphs(2, *more)

    def closing(self) -> None:
        """Two sections behind the trap."""
        self.heading(self.words.headings[2])
        self.paragraphs(4, 5)
        self.heading(self.words.headings[3])
        self.paragraphs(9)

    def table(
        self,
        rows: Sequence[Sequence[Content]],
        widths: Sequence[float],
        style: Iterable[Command] = GRID,
        *,
        implementers: Sequence[str | None] = (),
        labels: bool = False,
        size: float = 9.5,
        **options: Any,
    ) -> Table:
        """Return a table; its first row, or with `labels` its first column, is bold; white on a dark ground."""
        number, self._tables = self._tables, self._tables + 1
        bodies = implementers or [None] * len(rows)
        style = (TOP, *style)
        dark = any(command[0] == "BACKGROUND" for command in style)
        drawn = []
        for row, contents in enumerate(rows):
            cells: list[list[Noted]] = []
            for column, content in enumerate(contents):
                bold = column == 0 if labels else row == 0
                ink = colors.white if dark and row == 0 else colors.black
                pieces = (Piece(content),) if isinstance(content, str) else content
                body = None if labels and column == 0 else bodies[row]
                units = [Unit(p.text, "table_cell", p.marker, (number, row, column), body) for p in pieces]
                cells.append(
                    [
                        self.say(unit, size=size, bold=bold, raised=piece.raised, textColor=ink)
                        for unit, piece in zip(units, pieces, strict=True)
                        if unit.text
                    ]
                )
            drawn.append(cells)
        return Table(drawn, colWidths=list(widths), style=list(style), **options)

    def add_table(self, *args: Any, **options: Any) -> None:
        """Put a table into the story, with room around it."""
        self.story += [Spacer(1, 8), self.table(*args, **options), Spacer(1, 10)]

    def note(self, number: int) -> None:
        """A footnote with its raised mark."""
        # The mark is drawn as part of the text, yet told apart, as a list marker is.
        mark, text = str(number + 1), self.words.notes[number]
        flowable = self.say(Unit(text, "footnote", None), size=8)
        drawn = Noted(f"<super>{mark}</super> {escape(text)}", flowable.style)
        drawn.seen = flowable.seen
        self._said[-1] = (Unit(text, "footnote", mark), flowable.seen)
        self.story.append(drawn)

    def finish(
        self,
        size: tuple[float, float] = letter,
        columns: int = 1,
        decorate: Callable[[Canvas], None] | None = None,
        running: bool = False,
        rotate: int | None = None,
    ) -> tuple[bytes, Truth]:
        """Draw the story and return it with the truth.

        Args:
            size: of a page. columns: on a page. decorate: draws on each page before the story.
            running: whether each page has a running header and its number.
            rotate: 90 draws the pages turned on upright paper and tells viewers to turn them back; 0 does not tell
                them; None draws them upright.
        """
        margins: list[str] = []

        def on_page(canvas: Canvas, _: BaseDocTemplate) -> None:
            if rotate is not None:
                canvas.rotate(90)
                canvas.translate(0, -size[1])
            if decorate:
                decorate(canvas)
            if running:
                number = f"{self.words.page} {canvas.getPageNumber()}"
                margins.extend(text for text in (self.words.head, number) if text not in margins)
                canvas.setFont(self._face[0], 9)
                canvas.drawString(MARGIN, size[1] - 36, self.words.head)
                canvas.drawCentredString(size[0] / 2, 30, number)

        gap = 22
        width = (size[0] - 2 * MARGIN - (columns - 1) * gap) / columns
        frames = [
            Frame(MARGIN + number * (width + gap), MARGIN, width, size[1] - 2 * MARGIN, 0, 0, 0, 0)
            for number in range(columns)
        ]
        target = io.BytesIO()
        # Where pages are to be turned back, reportlab itself swaps the paper's sides.
        paper = (size[1], size[0]) if rotate == 0 else size
        document = BaseDocTemplate(
            target, pagesize=paper, title=self.words.title, author="", rotation=rotate or 0, invariant=1
        )
        document.addPageTemplates(PageTemplate(frames=frames, onPage=on_page))
        document.build(self.story)
        units = tuple(replace(unit, page=min(seen)) for unit, seen in self._said)
        return target.getvalue(), Truth(units, tuple(margins), pages=document.page)


def picked(words: Words, *places: int, rows: Sequence[Row] | None = None) -> list[tuple[str, ...]]:
    """A header row and the rows, of each the columns at these places."""
    header = tuple(words.columns[place - 1] for place in places)
    return [header, *(tuple(row[place] for place in places) for row in (words.rows if rows is None else rows))]


def bodies(words: Words) -> list[str | None]:
    """The body of each row below a header."""
    return [None, *(row[0] for row in words.rows)]


def long_rows(words: Words) -> list[Row]:
    """The rows, with a paragraph behind what was done, so that a table of them is longer than half a page."""
    return [
        (body, name, activity, f"{done} {words.paragraphs[3 + number]}", document)
        for number, (body, name, activity, done, document) in enumerate(words.rows)
    ]


def one_body_for_three(words: Words) -> tuple[list[tuple[str, ...]], list[str | None]]:
    """Rows in which the first body acts in the first three and the fourth in the last three; below it: empty."""
    names = [words.rows[0][NAME], "", "", words.rows[3][NAME], "", ""]
    rows = [(name, *row[ACTIVITY:]) for name, row in zip(names, words.rows, strict=True)]
    return [tuple(words.columns), *rows], [None, *[words.rows[0][0]] * 3, *[words.rows[3][0]] * 3]


def spelled(number: int, language: Language) -> str:
    """A number with the language's mark for thousands."""
    return f"{number:,}".replace(",", THOUSANDS[language])


def one_table(
    places: Sequence[int] = (NAME, ACTIVITY, DONE, DOCUMENT),
    widths: Sequence[float] = FOUR,
    style: Iterable[Command] = GRID,
    face: tuple[str, str] = SERIF,
) -> Callable[[Language], tuple[bytes, Truth]]:
    """A maker of reports with one table of the six rows between paragraphs."""

    def make(language: Language) -> tuple[bytes, Truth]:
        report = Report(language, face)
        report.opening()
        rows = picked(report.words, *places)
        report.add_table(rows, widths, tuple(style), implementers=bodies(report.words))
        report.closing()
        return report.finish()

    return make


def over_two_pages(repeated: int, running: bool = False) -> Callable[[Language], tuple[bytes, Truth]]:
    """A maker of reports whose table begins on the first page and ends on the second."""

    def make(language: Language) -> tuple[bytes, Truth]:
        report = Report(language)
        report.opening(3, 6)
        rows = picked(report.words, NAME, ACTIVITY, DONE, DOCUMENT, rows=long_rows(report.words))
        report.add_table(rows, FOUR, implementers=bodies(report.words), repeatRows=repeated)
        report.closing()
        return report.finish(running=running)

    return make


def row_over_page_end(language: Language) -> tuple[bytes, Truth]:
    """The text of one cell begins on the first page and goes on, in the same row, on the second."""
    report = Report(language)
    words = report.words
    report.opening(3)
    report.heading(words.headings[2])
    report.paragraphs(4, 5)
    report.items(*range(6))
    rows = list(words.rows[:3])
    body, name, activity, done, document = rows[1]
    rows[1] = (body, name, activity, " ".join((done, *words.paragraphs[6:9])), document)
    # The rule at the foot of the first page and the one at the head of the second, as word processors draw them.
    closed = (
        ("LINEBELOW", (0, "inrowsplitstart"), (-1, "inrowsplitstart"), 0.6, colors.black),
        ("LINEABOVE", (0, "inrowsplitend"), (-1, "inrowsplitend"), 0.6, colors.black),
    )
    report.add_table(
        picked(words, NAME, ACTIVITY, DONE, DOCUMENT, rows=rows),
        (118, 148, 118, 84),
        (*GRID, *closed),
        implementers=bodies(words)[:4],
        splitByRow=0,
        splitInRow=1,
    )
    report.heading(words.headings[3])
    report.paragraphs(9)
    return report.finish()


def merged_body(language: Language) -> tuple[bytes, Truth]:
    """The cell of a body's name spans three rows."""
    report = Report(language)
    report.opening()
    rows, implementers = one_body_for_three(report.words)
    spans = (("SPAN", (0, 1), (0, 3)), ("SPAN", (0, 4), (0, 6)))
    report.add_table(rows, FOUR, (*GRID, *spans), implementers=implementers)
    report.closing()
    return report.finish()


def body_in_first_row_only(language: Language) -> tuple[bytes, Truth]:
    """A body's name stands in the first of three rows, the cells below it are empty, and it still acts."""
    report = Report(language, SANS)
    report.opening()
    rows, implementers = one_body_for_three(report.words)
    report.add_table(rows, FOUR, implementers=implementers, size=9)
    report.closing()
    return report.finish()


def section_rows(language: Language) -> tuple[bytes, Truth]:
    """Titles of sections span all columns of a table."""
    report = Report(language)
    words = report.words
    report.opening()
    header, *rows = picked(words, NAME, ACTIVITY, DONE, DOCUMENT)
    first, second = (words.items[number][0].upper() + words.items[number][1:].rstrip("; ") for number in (0, 4))
    table = [header, (first, "", "", ""), *rows[:3], (second, "", "", ""), *rows[3:]]
    _, *ids = bodies(words)
    spans = (("SPAN", (0, 1), (-1, 1)), ("SPAN", (0, 5), (-1, 5)))
    report.add_table(table, FOUR, (*GRID, *spans), implementers=[None, None, *ids[:3], None, *ids[3:]])
    report.closing()
    return report.finish()


def bullets_in_cells(language: Language) -> tuple[bytes, Truth]:
    """Cells hold a sentence and bullets below it."""
    report = Report(language)
    words = report.words
    report.opening()
    rows: list[Sequence[Content]] = [(words.columns[0], words.columns[1], words.columns[2])]
    for number, row in enumerate(words.rows[:3]):
        listed = tuple(Piece(item, "•") for item in words.items[2 * number : 2 * number + 2])
        rows.append((row[NAME], row[ACTIVITY], (Piece(row[DONE]), *listed)))
    report.add_table(rows, (120, 130, 220), implementers=bodies(words)[:4])
    report.closing()
    return report.finish()


def table_in_column(language: Language) -> tuple[bytes, Truth]:
    """A page of two columns whose left one holds a table."""
    report = Report(language, size=10)
    words = report.words
    report.title()
    report.heading(words.headings[0], 12)
    report.paragraphs(0, 1, 2)
    rows = picked(words, NAME, ACTIVITY, DOCUMENT, rows=words.rows[:4])
    report.add_table(rows, (84, 88, 56), implementers=bodies(words)[:5], size=8)
    report.heading(words.headings[1], 12)
    report.paragraphs(3, 4, 5)
    report.heading(words.headings[2], 12)
    report.paragraphs(6, 7, 8)
    report.heading(words.headings[3], 12)
    report.paragraphs(9)
    return report.finish(columns=2)


def side_by_side(language: Language) -> tuple[bytes, Truth]:
    """Two tables stand beside each other."""
    report = Report(language, SANS, 10)
    words = report.words
    report.opening()
    halves = [
        report.table(
            picked(words, NAME, DONE, rows=words.rows[start : start + 3]),
            (105, 119),
            implementers=[None, *(row[0] for row in words.rows[start : start + 3])],
            size=9,
        )
        for start in (0, 3)
    ]
    report.story += [Spacer(1, 8), Table([halves], colWidths=[242, 242], style=[TOP]), Spacer(1, 10)]
    report.closing()
    return report.finish()


def wide_matrix(rotate: int | None = None) -> Callable[[Language], tuple[bytes, Truth]]:
    """A maker of reports on landscape pages with a table of six columns."""

    def make(language: Language) -> tuple[bytes, Truth]:
        report = Report(language)
        words = report.words
        report.opening()
        period, cost, periods = MORE[language]
        header, *rows = picked(words, NAME, ACTIVITY, DONE, DOCUMENT)
        costs = (spelled(1250 * (number + 1) ** 2, language) for number in range(len(rows)))
        table = [(*header, period, cost), *((*row, *more) for row, *more in zip(rows, periods, costs, strict=True))]
        report.add_table(table, (140, 140, 160, 72, 78, 72), implementers=bodies(words), repeatRows=1)
        report.closing()
        return report.finish(landscape(letter), rotate=rotate)

    return make


def records(apart: bool) -> Callable[[Language], tuple[bytes, Truth]]:
    """A maker of reports whose records have a label left of each value: in one table, or each in its own."""

    def make(language: Language) -> tuple[bytes, Truth]:
        report = Report(language)
        words = report.words
        report.opening()
        rows, ids = [], []
        for row in words.rows[:4]:
            rows += [(words.columns[place - 1], row[place]) for place in (NAME, ACTIVITY, DONE)]
            ids += [row[0]] * 3
        step = 3 if apart else len(rows)
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            report.add_table(rows[part], (110, 360), implementers=ids[part], labels=True)
        report.closing()
        return report.finish()

    return make


def footnote_below(language: Language) -> tuple[bytes, Truth]:
    """A cell has a raised footnote mark; the footnote stands right below the table."""
    report = Report(language)
    words = report.words
    report.opening()
    rows: list[list[Content]] = [list(row) for row in picked(words, NAME, ACTIVITY, DONE, DOCUMENT)]
    rows[2][2] = (Piece(words.rows[1][DONE], raised="1"),)
    rows[5][2] = (Piece(words.rows[4][DONE], raised="2"),)
    report.add_table(rows, FOUR, implementers=bodies(words))
    report.note(0)
    report.note(1)
    report.closing()
    return report.finish()


def sections_of_bodies(language: Language) -> tuple[bytes, Truth]:
    """Names of bodies are the headings of sections; what stands below one, it did."""
    report = Report(language)
    words = report.words
    report.title()
    report.heading(words.headings[0])
    report.paragraphs(0, 1)
    report.heading(words.headings[1])
    for number, row in enumerate(words.rows[:3]):
        report.heading(row[NAME], 12)
        report.paragraphs(2 + 2 * number, 3 + 2 * number, implementer=row[0])
        report.items(2 * number, 2 * number + 1, implementer=row[0])
    report.heading(words.headings[3])
    report.paragraphs(9)
    return report.finish()


def numbers_only(language: Language) -> tuple[bytes, Truth]:
    """A table without a word: years above, figures below."""
    report = Report(language, SANS, 10.5)
    report.opening()
    figures = [[str(2002 + column) for column in range(5)]]
    figures += [[spelled(317 * (3 * row + 1) * (column + 1) + 41, language) for column in range(5)] for row in range(6)]
    report.add_table(figures, [80] * 5)
    report.closing()
    return report.finish()


def boxes(language: Language) -> tuple[bytes, Truth]:
    """A frame of two lines around each page, a box around a paragraph, and one true table."""
    report = Report(language)
    words = report.words
    report.opening()
    boxed = report.say(Unit(words.paragraphs[3]))
    outline = (("BOX", (0, 0), (-1, -1), 1, colors.black),)
    report.story += [Spacer(1, 4), Table([[boxed]], colWidths=[440], style=outline), Spacer(1, 8)]
    report.add_table(picked(words, NAME, ACTIVITY, DONE, DOCUMENT), FOUR, implementers=bodies(words))
    report.closing()

    def frame(canvas: Canvas) -> None:
        for inset in (30, 36):
            canvas.rect(inset, inset, letter[0] - 2 * inset, letter[1] - 2 * inset)

    return report.finish(decorate=frame)


def check_marks(language: Language) -> tuple[bytes, Truth]:
    """Bodies against fields of work, with an x where a body is at work."""
    report = Report(language)
    words = report.words
    report.opening()
    rows = [(words.columns[0], *words.headings)]
    rows += [
        (row[NAME], *("x" if (number + column) % 3 == 0 else "" for column in range(4)))
        for number, row in enumerate(words.rows)
    ]
    centred = (("ALIGN", (1, 0), (-1, -1), "CENTER"),)
    report.add_table(rows, (172, 74, 74, 74, 74), (*GRID, *centred), implementers=bodies(words), size=9)
    report.closing()
    return report.finish()


def embed_fonts() -> None:
    """Make the free fonts of reportlab's own package known."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in EMBEDDED:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))


def pictures(data: bytes) -> list[Image.Image]:
    """The pages of a PDF as grey pictures."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil().convert("L") for page in document]
    finally:
        document.close()


def encoded(picture: Image.Image, form: str) -> ImageReader:
    """A picture as JPEG or PNG."""
    target = io.BytesIO()
    picture.save(target, form, **({"quality": 80} if form == "JPEG" else {}))
    return ImageReader(io.BytesIO(target.getvalue()))


def scanned(data: bytes, form: str = "JPEG", spoil: Spoil | None = None) -> bytes:
    """The same pages as pictures and nothing else."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=letter, invariant=1)
    for number, picture in enumerate(pictures(data)):
        canvas.drawImage(encoded(spoil(picture, number) if spoil else picture, form), 0, 0, *letter)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def turned_and_noisy(picture: Image.Image, page: int) -> Image.Image:
    """A picture as a worn machine scans it: turned by a degree, on grey paper, with noise and specks."""
    turned = picture.rotate(1 if page % 2 == 0 else -1, Image.Resampling.BICUBIC, fillcolor=255)
    random = np.random.default_rng(page)
    shades = np.asarray(turned, dtype=np.float32) * 0.88 + 14
    shades += random.normal(0, 12, shades.shape).astype(np.float32)
    shades[random.random(shades.shape) < 0.0008] = 20
    return Image.fromarray(np.clip(shades, 0, 255).astype(np.uint8))


def plain_report(language: Language) -> Report:
    """Two pages of headings and paragraphs, in a font that is embedded."""
    embed_fonts()
    report = Report(language, EMBEDDED)
    report.opening(3)
    report.story.append(PageBreak())
    report.heading(report.words.headings[2])
    report.paragraphs(4, 5, 6, 7)
    report.heading(report.words.headings[3])
    report.paragraphs(8, 9)
    return report


def scan(form: str = "JPEG", spoil: Spoil | None = None) -> Callable[[Language], tuple[bytes, Truth]]:
    """A maker of scans of the plain report: pictures only, to be read by text recognition."""

    def make(language: Language) -> tuple[bytes, Truth]:
        data, truth = plain_report(language).finish()
        return scanned(data, form, spoil), truth

    return make


def scan_of_table(language: Language) -> tuple[bytes, Truth]:
    """A scanned page with a ruled table: its text and cells need text recognition."""
    embed_fonts()
    report = Report(language, EMBEDDED, 10)
    report.opening()
    rows = picked(report.words, NAME, ACTIVITY, DONE, DOCUMENT)
    report.add_table(rows, FOUR, implementers=bodies(report.words), size=9)
    report.story.append(PageBreak())
    report.closing()
    data, truth = report.finish()
    return scanned(data, "PNG"), truth


def mixed(language: Language) -> tuple[bytes, Truth]:
    """Pages 1 and 3 have a text layer, page 2 is a picture: it needs text recognition."""
    embed_fonts()

    def draft(with_second: bool) -> Report:
        """The report; without its second page there is only room for the picture."""
        report = Report(language, EMBEDDED)
        report.opening()
        report.story.append(PageBreak())
        if with_second:
            report.paragraphs(3)
            report.heading(report.words.headings[2])
            report.paragraphs(4, 5, 6)
        else:
            report.story.append(Spacer(1, 1))
        report.story.append(PageBreak())
        report.paragraphs(7)
        report.heading(report.words.headings[3])
        report.paragraphs(8, 9)
        return report

    data, truth = draft(with_second=True).finish()
    picture = encoded(pictures(data)[1], "JPEG")

    def show(canvas: Canvas) -> None:
        if canvas.getPageNumber() == 2:
            canvas.drawImage(picture, 0, 0, *letter)

    return draft(with_second=False).finish(decorate=show)[0], truth


def line(command: str, first: int, last: int, weight: float = 0.6) -> Command:
    """A rule above or below rows `first` to `last`, over all columns."""
    return (command, (0, first), (-1, last), weight, colors.black)


AIRY: tuple[Command, ...] = (("BOTTOMPADDING", (0, 0), (-1, -1), 8),)
HORIZONTAL = (line("LINEABOVE", 0, 0, 1), line("LINEBELOW", 0, -1), line("LINEBELOW", -1, -1, 1))
SHADED = (("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#1f3864")), line("LINEBELOW", 1, -1, 0.4))

TRAPS: tuple[Trap, ...] = (
    Trap("pdf-ruled-table", ".pdf", one_table()),
    Trap("pdf-ruled-table-other-order", ".pdf", one_table((DOCUMENT, DONE, NAME, ACTIVITY), (72, 160, 112, 124))),
    Trap("pdf-table-two-pages-header-repeated", ".pdf", over_two_pages(1)),
    Trap("pdf-table-two-pages", ".pdf", over_two_pages(0)),
    Trap("pdf-table-two-pages-running-heads", ".pdf", over_two_pages(1, running=True)),
    Trap("pdf-row-over-page-end", ".pdf", row_over_page_end),
    Trap("pdf-no-rules-three-columns", ".pdf", one_table((NAME, ACTIVITY, DONE), (150, 140, 180), AIRY)),
    Trap("pdf-no-rules-four-columns", ".pdf", one_table(style=AIRY, face=SANS)),
    Trap("pdf-horizontal-rules", ".pdf", one_table(style=HORIZONTAL)),
    Trap("pdf-shaded-header", ".pdf", one_table(style=SHADED, face=SANS)),
    Trap("pdf-merged-body", ".pdf", merged_body),
    Trap("pdf-section-rows", ".pdf", section_rows),
    Trap("pdf-body-in-first-row-only", ".pdf", body_in_first_row_only),
    Trap("pdf-bullets-in-cells", ".pdf", bullets_in_cells),
    Trap("pdf-table-in-column", ".pdf", table_in_column),
    Trap("pdf-tables-side-by-side", ".pdf", side_by_side),
    Trap("pdf-landscape-matrix", ".pdf", wide_matrix()),
    Trap("pdf-landscape-matrix-rotated", ".pdf", wide_matrix(90)),
    Trap("pdf-landscape-matrix-sideways", ".pdf", wide_matrix(0)),
    Trap("pdf-records-one-table", ".pdf", records(apart=False)),
    Trap("pdf-records-apart", ".pdf", records(apart=True)),
    Trap("pdf-table-footnotes", ".pdf", footnote_below),
    Trap("pdf-sections-of-bodies", ".pdf", sections_of_bodies),
    Trap("pdf-numbers-only", ".pdf", numbers_only),
    Trap("pdf-nested-boxes", ".pdf", boxes),
    Trap("pdf-check-marks", ".pdf", check_marks),
    Trap("pdf-scan", ".pdf", scan()),
    Trap("pdf-scan-turned-noisy", ".pdf", scan(spoil=turned_and_noisy)),
    Trap("pdf-scan-mixed", ".pdf", mixed),
    Trap("pdf-scan-table", ".pdf", scan_of_table),
)
