"""PDF traps about the flow of text: columns, pages, margins, hyphens, letters, and what is hidden or damaged.

A small typesetter (`Press`) sets blocks line by line and tells the truth about the very strings it draws. In texts,
"^1" is a raised 1, the mark of a footnote: people read it, so the truth keeps the digit directly after the word.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple

import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A0, A4, A5, landscape, letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.traps.base import Kind, Language, Trap, Truth, Unit
from tests.traps.words import WORDS, Words

FONTS = Path(reportlab.__file__).parent / "fonts"
BOLD = {"Times-Roman": "Times-Bold", "Helvetica": "Helvetica-Bold", "Vera": "VeraBd", "VeraOwnCodes": "VeraOwnCodes"}
# Where typesetters let a line end: not before a dash or a sign that stands alone, nor within a number or a quotation.
LINE_END = re.compile(r"(?<!«) (?![–;:»](?:[ ,.]|$))(?!(?<=\d )\d{3})")
RAISED = 0.62  # size of a raised digit, in sizes of its text


@dataclass(frozen=True)
class OwnWords:
    """What the common words lack.

    Attributes:
        lead: introduces a list. contents: title of a table of contents. hidden: nobody is meant to read it.
        imprint: a line in tiny letters. office: two lines of a letterhead. symbol: of the document, for its margin.
        compounds: a paragraph full of words that carry a hyphen. joined: a paragraph full of "fi" and "fl".
    """

    lead: str
    contents: str
    hidden: str
    imprint: str
    office: tuple[str, str]
    symbol: str
    compounds: str
    joined: str


OWN: dict[Language, OwnWords] = {
    "en": OwnWords(
        "To this end the office undertakes:",
        "Contents",
        "Working copy of the drafting desk, not to be handed on to the press.",
        "Set and printed in the office’s own workshop; four hundred copies on recycled paper.",
        ("STATE SECRETARIAT", "Regional Office for Families"),
        "SEC/doc.12/06",
        "Each border-post keeps a log-book that a vice-consul signs on Mondays. The log-book of the second border-post "
        "was lent to a fact-finding mission; its well-known chairman, a semi-retired judge, copied twenty-four entries "
        "for a follow-up study, and the vice-consul took the log-book back in mid-December.",
        "The first five offices filled in their files before the flood; the flag of the fifth office flew at "
        "half-mast, and the final figures were confirmed by a flying visit of two officers and a firm of auditors.",
    ),
    "es": OwnWords(
        "Con este fin la oficina se compromete a:",
        "Índice",
        "Copia de trabajo de la mesa de redacción, que no debe entregarse a la prensa.",
        "Compuesto e impreso en el taller de la propia oficina; cuatrocientos ejemplares en papel reciclado.",
        ("SECRETARÍA DE ESTADO", "Oficina Regional para las Familias"),
        "SEC/doc.12/06",
        "El curso teórico-práctico se basa en un estudio socio-económico y en el convenio hispano-francés. Dos peritos "
        "médico-legales y un jurista ítalo-argentino redactaron el informe físico-químico del agua; el convenio "
        "hispano-francés prevé que el curso teórico-práctico se repita tras cada estudio socio-económico.",
        "Las fichas de la oficina quedaron fijadas antes del conflicto; la flota fluvial del fisco, con banderas "
        "flojas, afirmó su confianza en las cifras finales y en el flujo de fieles oficiales hacia el edificio.",
    ),
    "pt": OwnWords(
        "Para este fim o escritório compromete-se a:",
        "Sumário",
        "Cópia de trabalho da mesa de redação, que não deve ser entregue à imprensa.",
        "Composto e impresso na oficina do próprio escritório; quatrocentos exemplares em papel reciclado.",
        ("SECRETARIA DE ESTADO", "Escritório Regional para as Famílias"),
        "SEC/doc.12/06",
        "Na segunda-feira os recém-chegados foram ouvidos por um vice-cônsul e por uma perita médico-legal. O "
        "vice-cônsul ofereceu guarda-chuvas aos recém-chegados e cuidou do seu bem-estar; os avisos "
        "luso-brasileiros foram lidos na segunda-feira e na quarta-feira, e a perita médico-legal voltou no sábado.",
        "As fichas do escritório ficaram afixadas antes do conflito; a flotilha fluvial do fisco, com bandeiras "
        "flutuantes, confirmou as cifras finais e o fluxo de fiéis oficiais que fizeram fila diante do edifício.",
    ),
    "fr": OwnWords(
        "À cette fin, le bureau s’engage à :",
        "Table des matières",
        "Copie de travail du bureau de rédaction, à ne pas remettre à la presse.",
        "Composé et imprimé dans l’atelier du bureau ; quatre cents exemplaires sur papier recyclé.",
        ("SECRÉTARIAT D’ÉTAT", "Bureau Régional pour les Familles"),
        "SEC/doc.12/06",
        "Chaque après-midi, le vice-consul avait rendez-vous au chef-lieu avec deux gardes-frontière. Le vice-consul "
        "notait sur-le-champ les allées-venues des gardes-frontière ; un compte-rendu franco-portugais partait "
        "l’après-midi même du chef-lieu, et le rendez-vous du vice-consul était remis au lendemain.",
        "Les fiches du bureau furent affichées avant le conflit ; la flotte fluviale du fisc, aux drapeaux flottants, "
        "confirma les chiffres finals et le flux de fidèles officiels qui firent enfin la file devant l’édifice.",
    ),
}

Align = Literal["left", "centre", "right", "justify"]
Break = Callable[[str], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Style:
    """How a block is set; measures in points.

    Attributes:
        before: space above. indent: of the first line. spacing: between letters. small: size of the letters that
        follow a word's first, for small capitals. breaks: where a word may end a line, longest head last, as (what
        is drawn, what is left). letters: how the text is drawn, for ligatures. apart: words are drawn one by one,
        without a space between them. invisible: neither filled nor stroked. white: drawn in white. loose: a line may
        begin with a dash or with a sign that ends a clause.
    """

    font: str = "Times-Roman"
    size: float = 11
    leading: float = 14
    before: float = 8
    align: Align = "left"
    indent: float = 0
    spacing: float = 0
    small: float = 0
    breaks: Break = lambda word: ()
    letters: Callable[[str], str] = str
    apart: bool = False
    invisible: bool = False
    white: bool = False
    loose: bool = False

    @property
    def heading(self) -> Style:
        """Of headings in a text set in this style."""
        return replace(self, font=BOLD[self.font], size=1.2 * self.size, before=self.leading, align="left", indent=0)

    @property
    def title(self) -> Style:
        """Of the title of a text set in this style."""
        size = 1.6 * self.size
        return replace(self.heading, size=size, leading=max(self.leading, 1.2 * size), align="centre")


@dataclass(frozen=True)
class Block:
    """Something to set. `left`: how far in it stands; a marker stands before that. `keep`: not to be broken over two
    columns or pages. `drop`: lines that its first letter is high. `told`: whether the truth tells of it."""

    text: str
    style: Style
    kind: Kind = "paragraph"
    marker: str | None = None
    implementer: str | None = None
    left: float = 0
    keep: bool = True
    drop: int = 0
    told: bool = True


class Area(NamedTuple):
    """A column on a page, in points from the lower left corner."""

    x: float
    top: float
    width: float
    bottom: float


class Piece(NamedTuple):
    """A run of a line in one size, and how far it is raised."""

    text: str
    size: float
    rise: float


def plain(text: str) -> str:
    """Return a text as the truth tells it: raised digits as digits."""
    return text.replace("^", "")


def pieces(text: str, style: Style) -> Iterator[Piece]:
    """Yield the runs of a line."""
    for index, part in enumerate(re.split(r"\^(\d)", text)):
        if index % 2:
            yield Piece(part, RAISED * style.size, 0.4 * style.size)
        elif not style.small:
            yield Piece(style.letters(part), style.size, 0)
        else:
            for first, rest, other in re.findall(r"(\b\w)|(\B\w+)|(\W+)", part):
                yield Piece(first or rest or other, style.small if rest else style.size, 0)


def width(text: str, style: Style) -> float:
    """Return how wide a line is."""
    return sum(
        pdfmetrics.stringWidth(piece.text, style.font, piece.size) + style.spacing * len(piece.text)
        for piece in pieces(text, style)
    )


def set_lines(text: str, style: Style, room: Callable[[int], float]) -> list[str]:
    """Break a text into lines; `room` tells how wide line n may be."""
    lines: list[str] = []
    line = ""
    for word in text.split(" ") if style.loose else LINE_END.split(text):
        longer = f"{line} {word}".lstrip()
        if width(longer, style) <= room(len(lines)) or not line:
            line = longer
            continue
        for head, tail in reversed(list(style.breaks(word))):
            if width(f"{line} {head}", style) <= room(len(lines)):
                lines.append(f"{line} {head}")
                line = tail
                break
        else:
            lines.append(line)
            line = word
    return [*lines, line]


class Press:
    """Sets blocks on pages, area by area, and keeps the truth about them.

    Args:
        area: where text stands on a page of `size`; two or more are columns.
        decorate: draws what stands in the margins of each page.
        by_rows: write the page's lines from top to bottom whatever their column.
        numbered: put numbers of lines in the margin, from 1 on every page.
    """

    def __init__(
        self,
        size: tuple[float, float] = letter,
        areas: Sequence[Area] = (),
        decorate: Callable[[Press], None] | None = None,
        *,
        by_rows: bool = False,
        numbered: bool = False,
        encryption: StandardEncryption | None = None,
    ) -> None:
        self._target = io.BytesIO()
        self.canvas = Canvas(self._target, pagesize=size, invariant=1, encrypt=encryption)
        self.size, self.page = size, 0
        self._paper = size
        self._areas = tuple(areas) or (whole_page(size),)
        self._here, self._area, self.y = self._areas, 0, self._areas[0].top
        self._lines_on_page = 0
        self._decorate, self._by_rows, self._numbered = decorate, by_rows, numbered
        self._units: list[Unit] = []
        self._margins: list[str] = []
        self.absent: list[str] = []
        self.broken: list[str] = []  # last lines of pages that end amid a block
        self._early: list[tuple[float, float, Callable[[], None]]] = []
        self._late: list[tuple[float, float, Callable[[], None]]] = []
        self._upwards = False

    def open_page(
        self,
        size: tuple[float, float] | None = None,
        areas: Sequence[Area] = (),
        *,
        turned: Literal["page", "text"] | None = None,
        bare: bool = False,
    ) -> None:
        """Begin a page of `size` as people see it.

        `turned`: its text runs upwards on the sheet, and the whole "page" is turned for people to read it, or only
        the "text" is, so that they must turn their heads. `bare`: leave it empty even in its margins.
        """
        self._close_page()
        self.page += 1
        self.size = size or self._paper
        sheet = (self.size[1], self.size[0]) if turned == "text" else self.size
        self.canvas.setPageSize(sheet)  # the library itself lays a turned page on its side
        self.canvas.setPageRotation(90 if turned == "page" else 0)
        self._lines_on_page = 0
        if self._decorate and not bare:
            seen, self.size = self.size, sheet
            self._decorate(self)
            self.size = seen
        if turned == "text":  # headers and page numbers stay upright
            self._draw_all()
        self._upwards = turned is not None
        self.use(areas or (self._areas if self.size == self._paper else (whole_page(self.size),)))

    def use(self, areas: Sequence[Area]) -> None:
        """Go on in other areas of the page."""
        self._here, self._area, self.y = tuple(areas), 0, areas[0].top

    def flow(self, *blocks: Block) -> None:
        """Set blocks one after the other, onto new pages where they need them."""
        if not self.page:
            self.open_page()
        for block, after in zip(blocks, [*blocks[1:], None], strict=True):
            self._set(block, after)

    def balanced(self, *blocks: Block, areas: Sequence[Area]) -> None:
        """Set blocks in columns of about the same length, and go on below them."""
        total = sum(b.style.before + len(self._lines(b, areas[0])) * b.style.leading for b in blocks)
        bottom = self.y - total / len(areas) - 2 * blocks[-1].style.leading
        self.use([area._replace(top=self.y, bottom=bottom) for area in areas])
        self.flow(*blocks)
        full = whole_page(self.size)
        self.use([full._replace(top=bottom)])

    def write(self, x: float, y: float, text: str, style: Style, *, gap: float = 0, late: bool = False) -> None:
        """Draw a line; `gap` widens the spaces between words; `late` puts it after the page's other text."""

        def draw() -> None:
            self.canvas.saveState()
            shown = self.canvas.beginText(x, y)
            if style.invisible:
                shown.setTextRenderMode(3)
            if style.white:
                shown.setFillColorRGB(1, 1, 1)
            shown.setCharSpace(style.spacing)
            shown.setWordSpace(gap)
            for piece in pieces(text, style):
                shown.setFont(style.font, piece.size)
                shown.setRise(piece.rise)
                shown.textOut(piece.text)
            self.canvas.drawText(shown)
            self.canvas.restoreState()

        (self._late if late else self._early).append((y, x, draw))

    def draw(self, draw: Callable[[Canvas], None]) -> None:
        """Draw something that `write` cannot."""
        self._early.append((self.y, 0, lambda: draw(self.canvas)))

    def margin(self, text: str, align: Align, style: Style, *, top: bool, at: float = 36) -> None:
        """Put a line into the upper or lower margin, `at` so far from the edge."""
        wide, high = self.size
        x = {"left": 72, "centre": (wide - width(text, style)) / 2, "right": wide - 72 - width(text, style)}[align]
        self.write(x, high - at if top else at, text, style, late=not top)
        self.tell_margin(text)

    def tell_margin(self, text: str) -> None:
        """Note what stands in a margin, once."""
        if text not in self._margins:
            self._margins.append(text)

    def tell(self, unit: Unit) -> None:
        """Note a unit of this page."""
        self._units.append(replace(unit, page=self.page))

    def notes(self, notes: Sequence[tuple[str, str]], style: Style) -> None:
        """Set footnotes, (mark, text), at the foot of the page, below a short rule."""
        area = self._here[-1]
        set_notes = [(mark, text, set_lines(text, style, lambda _: area.width - 8)) for mark, text in notes]
        y = 60 + sum(len(lines) for *_, lines in set_notes) * style.leading
        assert y < area.bottom, "footnotes need more room"
        rule = y + 4
        self._early.append((rule, area.x, lambda: self.canvas.line(area.x, rule, area.x + 140, rule)))
        for mark, text, lines in set_notes:
            self.tell(Unit(text, "footnote", mark))
            for index, line in enumerate(lines):
                y -= style.leading
                self.write(area.x + (8 if index else 0), y, line if index else f"^{mark} {line}", style)

    def finish(self, **facts: object) -> tuple[bytes, Truth]:
        """Return the file and the truth about it; `facts` add to the truth or overrule it."""
        self._close_page()
        self.canvas.save()
        truth = Truth(tuple(self._units), tuple(self._margins), tuple(self.absent), pages=self.page)
        return self._target.getvalue(), replace(truth, **facts)  # type: ignore[arg-type]

    def _close_page(self) -> None:
        if not self.page:
            return
        if self._upwards:
            self.canvas.translate(self.size[1], 0)
            self.canvas.rotate(90)
        if self._by_rows:
            self._early.sort(key=lambda drawn: (-round(drawn[0]), drawn[1]))
        self._draw_all()
        self.canvas.showPage()

    def _draw_all(self) -> None:
        for *_, draw in self._early + self._late:
            draw()
        self._early, self._late = [], []

    def _next_area(self) -> None:
        if self._area + 1 < len(self._here):
            self._area += 1
            self.y = self._here[self._area].top
        else:
            self.open_page()

    def _lines(self, block: Block, area: Area) -> list[str]:
        style = block.style
        cut = self._dropped(block)

        def room(number: int) -> float:
            taken = (style.indent if number == 0 else 0) + (cut if number < block.drop else 0)
            return area.width - block.left - taken

        text = block.text[1:].lstrip() if block.drop else block.text
        return set_lines(text, style, room)

    @staticmethod
    def _dropped(block: Block) -> float:
        """Width of the large first letter with the space after it."""
        if not block.drop:
            return 0
        return 4 + pdfmetrics.stringWidth(block.text[0], block.style.font, _drop_size(block))

    def _set(self, block: Block, after: Block | None) -> None:
        style = block.style
        lines = self._lines(block, self._here[self._area])
        need = style.before + style.leading * (len(lines) if block.keep else min(2, len(lines)))
        if block.kind == "heading" and after:
            need += after.style.before + 3 * after.style.leading
        area = self._here[self._area]
        if self.y < area.top:
            if self.y - need < area.bottom:
                self._next_area()
            else:
                self.y -= style.before
        if style.invisible or style.white:
            self.absent.append(block.text)
        elif block.told:
            self.tell(Unit(plain(block.text), block.kind, block.marker, implementer=block.implementer))
        for number, line in enumerate(lines):
            if self.y - style.leading < self._here[self._area].bottom:
                page = self.page
                self._next_area()
                if self.page > page:
                    self.broken.append(lines[number - 1])
            self._set_line(block, line, number, last=number == len(lines) - 1)

    def _set_line(self, block: Block, line: str, number: int, *, last: bool) -> None:
        style, area = block.style, self._here[self._area]
        self.y -= style.leading
        y = self.y + 0.25 * style.size
        x = area.x + block.left + (style.indent if number == 0 else 0)
        if number == 0 and block.marker:
            self.write(area.x + block.left - 20, y, block.marker, style)
        if number < block.drop:
            x += self._dropped(block)
        if number == 0 and block.drop:
            size = _drop_size(block)
            foot = y - (block.drop - 1) * style.leading
            self.write(area.x, foot, block.text[0], replace(style, size=size))
        free = area.x + area.width - x - width(line, style)
        x += {"centre": free / 2, "right": free}.get(style.align, 0)
        gaps = line.count(" ")
        gap = free / gaps if style.align == "justify" and gaps and not last else 0
        if style.apart:
            for word in line.split(" "):
                self.write(x, y, word, style)
                x += width(word + " ", style) + gap
        else:
            self.write(x, y, line, style, gap=gap)
        if self._numbered:
            self._lines_on_page += 1
            label = str(self._lines_on_page)
            tiny = replace(style, font="Helvetica", size=7, align="left")
            self.write(area.x - 16 - width(label, tiny), y, label, tiny)
            self.tell_margin(label)


def _drop_size(block: Block) -> float:
    """Size at which a capital reaches from the first line's capitals to the foot of the last line beside it."""
    return ((block.drop - 1) * block.style.leading + 0.66 * block.style.size) / 0.66


def whole_page(size: tuple[float, float]) -> Area:
    """One column that leaves an inch at every side, or half of it on small sheets."""
    edge = 72 if min(size) > 450 else 50
    return Area(edge, size[1] - edge, size[0] - 2 * edge, edge)


def columns(size: tuple[float, float] = letter, *, gutter: float = 24) -> tuple[Area, Area]:
    """Two columns side by side."""
    page = whole_page(size)
    wide = (page.width - gutter) / 2
    return page._replace(width=wide), page._replace(x=page.x + wide + gutter, width=wide)


MAGAZINE = (482.0, 680.0)
BODY = Style()
AIRY = Style(size=12, leading=20, before=10)  # two pages of our words
DOUBLE = Style(size=12, leading=26, before=14)  # three
NARROW = Style(size=11, leading=15, before=0, align="justify", indent=12)  # for columns: lines stand on one grid
SMALL = Style(size=9, leading=11, before=4)


def title(words: Words, style: Style) -> Block:
    """The document's title."""
    return Block(words.title, style.title, "heading")


def chapter(words: Words, style: Style, number: int, *paragraphs: int, keep: bool = True) -> list[Block]:
    """A heading and the paragraphs under it, by number."""
    return [
        Block(words.headings[number], style.heading, "heading"),
        *(Block(words.paragraphs[index], style, keep=keep) for index in paragraphs),
    ]


def report(words: Words, style: Style, *, keep: bool = True) -> list[Block]:
    """All of a document, title first."""
    chapters = ((0, 1, 2), (3, 4), (5, 6, 7), (8, 9))
    return [
        title(words, style),
        *(b for number, which in enumerate(chapters) for b in chapter(words, style, number, *which, keep=keep)),
    ]


def bodies(words: Words, style: Style, *rows: int) -> list[Block]:
    """Sections whose headings are the names of those who act in them."""
    blocks = []
    for row in rows:
        body, name, activity, done, _ = words.rows[row]
        blocks += [
            Block(name, style.heading, "heading"),
            Block(f"{activity}. {done}", style, implementer=body, keep=True),
        ]
    return blocks


def running(language: Language) -> Callable[[Press], None]:
    """A running header and the page's number, the same on all pages."""
    words = WORDS[language]

    def decorate(press: Press) -> None:
        press.margin(words.head, "left", replace(SMALL, font="Times-Italic"), top=True)
        press.margin(f"{words.page} {press.page}", "centre", SMALL, top=False)

    return decorate


def plain_pages(language: Language) -> tuple[bytes, Truth]:
    words = WORDS[language]
    press = Press(decorate=running(language))
    press.flow(*report(words, DOUBLE), *bodies(words, DOUBLE, 0, 2, 3))
    return press.finish()


def odd_even(language: Language) -> tuple[bytes, Truth]:
    """Headers and page numbers change sides, and the first page has none, as in a book."""
    words = WORDS[language]

    def decorate(press: Press) -> None:
        if press.page > 1:
            odd = press.page % 2 == 1
            side: Align = "right" if odd else "left"
            press.margin(words.head if odd else OWN[language].symbol, side, SMALL, top=True, at=30)
            press.margin(str(press.page), side, SMALL, top=False, at=26)

    press = Press(A5, decorate=decorate)
    style = Style(size=12, leading=23)
    press.flow(*report(words, style), *bodies(words, style, 0, 2, 3))
    return press.finish()


def two_columns(language: Language, *, by_rows: bool = False) -> tuple[bytes, Truth]:
    words = WORDS[language]
    style = replace(NARROW, size=10, leading=14)
    press = Press(MAGAZINE, columns(MAGAZINE, gutter=18), running(language), by_rows=by_rows)
    press.open_page(areas=[whole_page(MAGAZINE)])
    head, *rest = report(words, style, keep=False)
    press.flow(head)
    press.use([area._replace(top=press.y - style.leading) for area in columns(MAGAZINE, gutter=18)])
    press.flow(*rest, *bodies(words, style, 0, 2, 3))
    return press.finish()


def interrupted_columns(language: Language) -> tuple[bytes, Truth]:
    """Two columns above, a heading and a paragraph across the page, two columns below."""
    words, style = WORDS[language], NARROW
    press = Press()
    press.flow(title(words, style))
    press.y -= style.leading
    upper = chapter(words, style, 0, 0, 1, 2, 3, keep=False)
    press.balanced(*upper, areas=columns())
    press.flow(*chapter(words, style, 1, 4))
    press.y -= style.leading
    press.balanced(*chapter(words, style, 2, 5, 6, 7, 8, 9, keep=False), areas=columns())
    return press.finish()


VOWELS = "aeiouyáéíóúàèìòùâêôãõäëïöüîûœ"


def syllables(hyphen: str) -> Break:
    """Break words before a consonant and its vowel, or between two consonants; three letters or more on each side."""

    def breaks(word: str) -> Iterator[tuple[str, str]]:
        bare = word.rstrip(".,;:")
        if bare.isalpha():
            kinds = "".join("v" if char in VOWELS else "c" for char in bare.lower())
            for at in range(3, len(bare) - 2):
                open_syllable = kinds[at - 1 : at + 2] == "vcv"
                closed = kinds[at - 2 : at + 2] == "vccv" and bare[at] not in "lrhn"
                if open_syllable or closed:
                    yield word[:at] + hyphen, word[at:]

    return breaks


def at_hyphens(word: str) -> Iterator[tuple[str, str]]:
    """Break compounds behind their own hyphens."""
    for match in re.finditer(r"(?<=\w)-(?=\w)", word):
        yield word[: match.end()], word[match.end() :]


def hyphens(language: Language, *, hyphen: str, font: str) -> tuple[bytes, Truth]:
    """Words are parted at line ends by a hyphen that belongs to the line, not to the word."""
    words = WORDS[language]
    style = Style(font, 11, 15, align="justify", breaks=syllables(hyphen))
    press = Press(areas=[Area(196, 720, 220, 72)], decorate=running(language))
    # Headings stay unbroken, as typesetters keep them.
    flow = report(words, style)
    press.flow(*(replace(b, style=replace(b.style, breaks=BODY.breaks)) if b.kind == "heading" else b for b in flow))
    return press.finish()


def dashes(language: Language) -> tuple[bytes, Truth]:
    """A dash that parts clauses begins a line, as word processors let it: it is no bullet."""
    words = WORDS[language]
    for wide in range(468, 300, -2):
        style = replace(AIRY, leading=17, loose=True)
        if any(line.startswith("–") for line in set_lines(words.paragraphs[1], style, lambda _, wide=wide: wide)):
            press = Press(areas=[Area(72, 720, wide, 72)], decorate=running(language))
            press.flow(*report(words, style))
            return press.finish()
    raise AssertionError("no measure makes a line begin with the dash")


def compounds(language: Language) -> tuple[bytes, Truth]:
    """Words that have a hyphen of their own are parted there: it must stay. Each stands unbroken elsewhere, too."""
    words, own = WORDS[language], OWN[language]
    style = Style(size=12, leading=16, breaks=at_hyphens)

    def parted(wide: int) -> int:
        lines = set_lines(own.compounds, style, lambda _: wide)
        return sum(line.endswith("-") for line in lines)

    wide = max(range(230, 420, 2), key=parted)  # the measure at which most of them are parted
    assert parted(wide) >= 2
    press = Press(areas=[Area(110, 720, wide, 72)], decorate=running(language))
    blocks = report(words, style)
    blocks.insert(5, Block(own.compounds, style))
    press.flow(*blocks)
    return press.finish()


def ligatures(language: Language) -> tuple[bytes, Truth]:
    """The font draws "fi" and "fl" as one letter each (U+FB01, U+FB02); people read two."""
    words = WORDS[language]
    style = Style("Vera", 10, 15, letters=lambda text: text.replace("fi", "ﬁ").replace("fl", "ﬂ"))
    press = Press(decorate=running(language))
    blocks = report(words, style)
    blocks.insert(5, Block(OWN[language].joined, style))
    press.flow(*blocks)
    return press.finish()


def footnotes(language: Language) -> tuple[bytes, Truth]:
    """Raised digits after sentences, inside a paragraph and at its end; the notes stand at the foot of their page."""
    words, style, small = WORDS[language], replace(AIRY, leading=17), Style(size=8, leading=10)

    def marked(block: Block, mark: str, *, inside: bool) -> Block:
        first, rest = block.text.split(". ", 1) if inside else (block.text[:-1], "")
        return replace(block, text=f"{first}.^{mark} {rest}".rstrip())

    area = whole_page(letter)._replace(bottom=120)
    press = Press(areas=[area], decorate=running(language))
    first, second = chapter(words, style, 0, 0, 1, 2), chapter(words, style, 1, 3, 4)
    first[1] = marked(first[1], "1", inside=False)
    second[1] = marked(second[1], "2", inside=True)
    press.flow(title(words, style), *first, *second)
    press.notes((("1", words.notes[0]), ("2", words.notes[1])), small)
    press.open_page()
    third = chapter(words, style, 2, 5, 6, 7)
    third[2] = marked(third[2], "3", inside=False)
    press.flow(*third, *chapter(words, style, 3, 8, 9))
    press.notes((("3", words.notes[2]),), small)
    return press.finish()


def broad_page(language: Language, *, turned: Literal["page", "text"] | None) -> tuple[bytes, Truth]:
    """The second of three pages is broader than high: by its size, by /Rotate, or only for a turned head."""
    words, style = WORDS[language], replace(AIRY, leading=16)
    press = Press(decorate=running(language))
    press.flow(title(words, style), *chapter(words, style, 0, 0, 1, 2))
    press.open_page(landscape(letter), turned=turned)
    press.flow(*chapter(words, style, 1, 3, 4), *chapter(words, style, 2, 5, 6))
    press.open_page()
    press.flow(*chapter(words, style, 3, 7, 8, 9))
    return press.finish()


def hidden(language: Language, *, how: Literal["invisible", "white"]) -> tuple[bytes, Truth]:
    """A line that nobody sees: no picture of it lies beneath, as there would be on a scanned page."""
    words, style = WORDS[language], AIRY
    press = Press(decorate=running(language))
    blocks = report(words, style)
    unseen = replace(style, invisible=how == "invisible", white=how == "white")
    blocks.insert(5, Block(OWN[language].hidden, unseen))
    press.flow(*blocks)
    return press.finish(losses=("hidden",))


class Unnamed(NamedTuple):
    """A font that says nothing of its letters' names: its key on the page, and the code of each letter."""

    key: str
    codes: dict[str, int]
    advances: dict[str, float]


def bitmap_font(press: Press, letters: Iterable[str]) -> Unnamed:
    """Add a Type 3 font of small pictures, as TeX made them, with names that mean nothing."""
    size = 60
    face = ImageFont.truetype(FONTS / "Vera.ttf", size)
    document = press.canvas._doc
    drawings, codes, advances = {}, {}, {}
    for code, char in enumerate(sorted(set(letters)), 33):
        left, top, right, bottom = map(int, face.getbbox(char, anchor="ls"))
        wide, high = max(1, right - left), max(1, bottom - top)
        picture = Image.new("1", (wide, high))
        ImageDraw.Draw(picture).text((-left, -top), char, fill=1, font=face, anchor="ls")
        advance = round(face.getlength(char))
        shown = (
            f"{advance} 0 {left} {-bottom} {right} {-top} d1 {wide} 0 0 {high} {left} {-bottom} cm "
            f"BI /W {wide} /H {high} /IM true /BPC 1 /D [1 0] /F /AHx ID {picture.tobytes().hex()}> EI"
        )
        stream = pdfdoc.PDFStream(content=shown)
        drawings[f"g{code}"] = document.Reference(stream, f"bitmap{code}")
        codes[char], advances[char] = code, advance / size
    names = [33, *(pdfdoc.PDFName(name) for name in drawings)]
    font = pdfdoc.PDFDictionary(
        {
            "Type": pdfdoc.PDFName("Font"),
            "Subtype": pdfdoc.PDFName("Type3"),
            "FontBBox": pdfdoc.PDFArray([0, -size, 2 * size, size]),
            "FontMatrix": pdfdoc.PDFArray([round(1 / size, 6), 0, 0, round(1 / size, 6), 0, 0]),
            "CharProcs": pdfdoc.PDFDictionary(drawings),
            "Encoding": pdfdoc.PDFDictionary(
                {"Type": pdfdoc.PDFName("Encoding"), "Differences": pdfdoc.PDFArray(names)}
            ),
            "FirstChar": 33,
            "LastChar": 32 + len(codes),
            "Widths": pdfdoc.PDFArray([round(advances[char] * size) for char in codes]),
            "Resources": pdfdoc.PDFDictionary({}),
        }
    )
    document.idToObject["BasicFonts"].dict["Bitmaps"] = document.Reference(font, "bitmaps")
    return Unnamed("Bitmaps", codes, advances)


def type3_page(language: Language) -> tuple[bytes, Truth]:
    """The second of three pages is drawn in small pictures without names: a person reads it, a program cannot."""
    words, style, size, leading = WORDS[language], AIRY, 11, 18
    press = Press(decorate=running(language))
    press.flow(title(words, style), *chapter(words, style, 0, 0, 1, 2))
    press.open_page()
    texts = words.paragraphs[3:6]
    font = bitmap_font(press, "".join(texts).replace(" ", ""))

    def put(canvas: Canvas) -> None:
        y = letter[1] - 100.0
        for text in texts:
            for line in set_lines(text, Style("Vera", size), lambda _: 460):
                x = 72.0
                for word in line.split(" "):
                    codes = bytes(font.codes[char] for char in word).hex()
                    canvas._code.append(f"BT /{font.key} {size} Tf {x:.2f} {y:.2f} Td <{codes}> Tj ET")
                    x += size * (sum(font.advances[char] for char in word) + 0.32)
                y -= leading
            y -= 8

    press.draw(put)
    press.open_page()
    press.flow(*chapter(words, style, 2, 6, 7), *chapter(words, style, 3, 8, 9))
    return press.finish(losses=("letter",))


ALPHABET = "".join(sorted({char for words in WORDS.values() for text in words.paragraphs for char in text} - {" "}))
OWN_CODES = dict(zip(ALPHABET, ALPHABET[17:] + ALPHABET[:17], strict=True))


def unmapped_page(language: Language) -> tuple[bytes, Truth]:
    """The second of three pages is in a font with codes of its own and no table that leads back to letters."""
    words, style = WORDS[language], AIRY
    press = Press(decorate=running(language))
    press.flow(title(words, style), *chapter(words, style, 0, 0, 1, 2))
    press.open_page()
    coded = replace(style, font="VeraOwnCodes", letters=lambda text: "".join(OWN_CODES.get(c, c) for c in text))
    press.flow(*(Block(words.paragraphs[index], coded, told=False) for index in (3, 4, 5)))
    press.open_page()
    press.flow(*chapter(words, style, 2, 6, 7), *chapter(words, style, 3, 8, 9))
    data, truth = press.finish(losses=("letter",))
    # The key becomes one that means nothing; it is as long, so that all places in the file stay right.
    assert b"/ToUnicode" in data
    return data.replace(b"/ToUnicode", b"/NoUnicode"), truth


def lists(language: Language) -> tuple[bytes, Truth]:
    """Numbers, letters below a number, and bullets; markers apart from text that hangs beside them."""
    words, style = WORDS[language], replace(AIRY, leading=16, before=6)
    press = Press(areas=[Area(110, 720, 330, 72)], decorate=running(language))

    def item(text: str, marker: str, depth: int = 1) -> Block:
        return Block(text, style, "list_item", marker, left=24 * depth)

    press.flow(
        title(words, style),
        *chapter(words, style, 0, 0, 1),
        *chapter(words, style, 1, 2),
        Block(OWN[language].lead, style),
        *(item(words.items[index], f"{'abc'[index]})") for index in range(3)),
        *chapter(words, style, 2, 3),
        item(words.paragraphs[4], "1."),
        item(words.paragraphs[5], "2."),
        *(item(words.items[index], f"({'i' * (index - 2)})", 2) for index in (3, 4)),
        item(words.paragraphs[6], "3."),
        *chapter(words, style, 3, 9),
        *(item(words.paragraphs[index], "•") for index in (7, 8)),
        item(words.items[5], "•"),
    )
    return press.finish()


def over_the_page(language: Language) -> tuple[bytes, Truth]:
    """Every page ends amid a sentence, with header and page number between its halves."""
    words = WORDS[language]
    for wide, lower in product(range(360, 470, 10), range(72, 190, 26)):
        press = Press(areas=[Area(72, 720, wide, lower)], decorate=running(language))
        press.flow(*report(words, DOUBLE, keep=False))
        if len(press.broken) == press.page - 1 > 1 and not any(line.endswith((".", ";")) for line in press.broken):
            return press.finish()
    raise AssertionError("no measure breaks every page amid a sentence")


def drop_capitals(language: Language) -> tuple[bytes, Truth]:
    """The first letter of each chapter is three lines high and drawn by itself."""
    words, style = WORDS[language], replace(AIRY, leading=16)
    press = Press(decorate=running(language))
    blocks = report(words, style)
    after_heading = [False, False, *(b.kind == "heading" for b in blocks[1:-1])]
    press.flow(*(replace(b, drop=3) if first else b for b, first in zip(blocks, after_heading, strict=True)))
    return press.finish()


def small_capitals(language: Language) -> tuple[bytes, Truth]:
    """Title and headings in capitals of two sizes; the truth has capitals, since that is what is drawn."""
    words, style = WORDS[language], AIRY

    def small(block: Block) -> Block:
        size = block.style.size
        look = replace(block.style, font="Times-Roman", small=0.78 * size)
        return replace(block, text=block.text.upper(), style=look)

    press = Press(decorate=running(language))
    press.flow(*(small(block) if block.kind == "heading" else block for block in report(words, style)))
    return press.finish()


def contents(language: Language) -> tuple[bytes, Truth]:
    """A table of contents; its dots only lead the eye, so the truth has an entry's words and its page, no dots."""
    words, style = WORDS[language], replace(AIRY, leading=17)
    press = Press(decorate=running(language))
    press.flow(title(words, style), Block(OWN[language].contents, style.heading, "heading"))
    area = whole_page(letter)
    for heading, page in zip(words.headings, ("2", "2", "3", "3"), strict=True):
        press.y -= style.leading + 4
        begin, end = area.x + width(heading, style) + 6, area.x + area.width - width(page, style)
        dots = "." * int((end - begin - 4) / width(".", style))
        press.write(area.x, press.y, heading, style)
        press.write(end - 4 - width(dots, style), press.y, dots, style)
        press.write(end, press.y, page, style)
        press.tell(Unit(f"{heading} {page}"))
    press.y -= style.leading
    press.flow(Block(OWN[language].imprint, style))
    press.open_page()
    press.flow(*chapter(words, style, 0, 0, 1, 2), *chapter(words, style, 1, 3, 4))
    press.open_page()
    press.flow(*chapter(words, style, 2, 5, 6, 7), *chapter(words, style, 3, 8, 9))
    return press.finish()


def line_numbers(language: Language) -> tuple[bytes, Truth]:
    """Every line has its number in the margin, from 1 on each page, as in drafts that are read out in committee."""
    press = Press(decorate=running(language), numbered=True)
    press.flow(*report(WORDS[language], AIRY))
    return press.finish()


def boxed_header(language: Language) -> tuple[bytes, Truth]:
    """A grey box at the head of each page holds bold lines as large as a title: letterhead, not a heading."""
    words, own = WORDS[language], OWN[language]

    def decorate(press: Press) -> None:
        wide, high = press.size

        def box(canvas: Canvas) -> None:
            canvas.saveState()
            canvas.setFillGray(0.85)
            canvas.rect(72, high - 84, wide - 144, 54, fill=1)
            canvas.restoreState()

        press.draw(box)
        for at, text, size in ((50, own.office[0], 16), (72, own.office[1], 13)):
            press.margin(text, "centre", Style("Helvetica-Bold", size), top=True, at=at)
        press.margin(f"{words.page} {press.page}", "right", SMALL, top=False)

    press = Press(areas=[Area(72, 680, 468, 72)], decorate=decorate)
    press.flow(*report(words, replace(AIRY, font="Helvetica", size=11)))
    return press.finish()


def spaced_title(language: Language) -> tuple[bytes, Truth]:
    """Letters of the title and of headings stand wide apart, with no space between them in the file."""
    words, style = WORDS[language], AIRY
    press = Press(decorate=running(language))

    def spaced(block: Block) -> Block:
        apart = 7 if block.text == words.title else 4
        return replace(block, style=replace(block.style, spacing=apart))

    press.flow(*(spaced(block) if block.kind == "heading" else block for block in report(words, style)))
    return press.finish()


def wide_gaps(language: Language) -> tuple[bytes, Truth]:
    """Justified text in a column so narrow that the gaps between words are wide; no space is written in the file."""
    words = WORDS[language]
    style = Style(size=13, leading=17, align="justify", apart=True)
    press = Press(areas=[Area(72, 720, 150, 72)], decorate=running(language))
    press.flow(*report(words, style))
    return press.finish()


def very_large_page(language: Language) -> tuple[bytes, Truth]:
    """A poster: letters of more than half an inch, and an imprint of 6 points at its foot."""
    words, style = WORDS[language], Style("Helvetica", 40, 56, before=30)
    wide, high = A0
    press = Press(A0, [Area(240, high - 240, wide - 480, 240)])
    press.flow(*report(words, style))
    press.use([Area(240, 120, wide - 480, 60)])
    press.flow(Block(OWN[language].imprint, Style("Helvetica", 6, 8)))
    return press.finish()


def tiny_letters(language: Language) -> tuple[bytes, Truth]:
    """Letters of 6 points, 7 points from line to line."""
    words = WORDS[language]
    style = Style("Helvetica", 6, 7, before=4)
    press = Press(areas=[Area(72, 720, 300, 72)])
    press.flow(*report(words, style), *bodies(words, style, 0, 2, 3))
    return press.finish()


def empty_page(language: Language) -> tuple[bytes, Truth]:
    """Nothing at all stands on the second of three pages."""
    words, style = WORDS[language], AIRY
    press = Press(decorate=running(language))
    press.flow(title(words, style), *chapter(words, style, 0, 0, 1, 2), *chapter(words, style, 1, 3))
    press.open_page(bare=True)
    press.open_page()
    press.flow(*chapter(words, style, 2, 5, 6, 7), *chapter(words, style, 3, 8, 9))
    return press.finish()


def encrypted(language: Language, *, user: str) -> tuple[bytes, Truth]:
    """With a password of the owner's only, anybody may read it; with one of the user's, nobody who lacks it."""
    press = Press(
        decorate=running(language), encryption=StandardEncryption(user, ownerPassword="herons-by-night", strength=128)
    )
    press.flow(*report(WORDS[language], AIRY))
    if user:
        return press.finish(units=(), margins=(), status="encrypted", pages=None)
    return press.finish()


def truncated(language: Language) -> tuple[bytes, Truth]:
    """The file ends after its first third, as after a broken download: neither its pages nor its index are left."""
    press = Press(decorate=running(language))
    press.flow(*report(WORDS[language], AIRY))
    data, _ = press.finish()
    return data[: len(data) // 3], Truth((), status="corrupt")


def broken_index(language: Language) -> tuple[bytes, Truth]:
    """The table of places at the file's end is wrong; every program that shows PDFs mends that by itself."""
    press = Press(decorate=running(language))
    press.flow(*report(WORDS[language], AIRY))
    data, truth = press.finish()
    return re.sub(rb"startxref\s+\d+\s+%%EOF\s*$", b"startxref\n7\n", data), truth


def _register_fonts() -> None:
    """Make the fonts that come with the library known, one of them once more with codes of its own."""
    for name in ("Vera", "VeraBd"):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    coded = TTFont("VeraOwnCodes", FONTS / "Vera.ttf")
    coded.face.name = b"OwnCodes"  # else the library takes it for Vera, since they have one face
    glyphs, widths = coded.face.charToGlyph, coded.face.charWidths
    coded.face.charToGlyph = glyphs | {ord(code): glyphs[ord(char)] for char, code in OWN_CODES.items()}
    coded.face.charWidths = widths | {ord(code): widths[ord(char)] for char, code in OWN_CODES.items()}
    pdfmetrics.registerFont(coded)


_register_fonts()

TRAPS: tuple[Trap, ...] = tuple(
    Trap(f"pdf-{name}", ".pdf", make)
    for name, make in (
        ("plain-pages", plain_pages),
        ("odd-even-headers", odd_even),
        ("two-columns", two_columns),
        ("columns-interrupted", interrupted_columns),
        ("columns-written-by-rows", partial(two_columns, by_rows=True)),
        ("hyphens", partial(hyphens, hyphen="-", font="Times-Roman")),
        ("soft-hyphens", partial(hyphens, hyphen="\u00ad", font="Vera")),
        ("hyphenated-compounds", compounds),
        ("dash-begins-line", dashes),
        ("ligatures", ligatures),
        ("footnotes", footnotes),
        ("page-turned", partial(broad_page, turned="page")),
        ("page-landscape", partial(broad_page, turned=None)),
        ("text-upwards", partial(broad_page, turned="text")),
        ("hidden-invisible", partial(hidden, how="invisible")),
        ("hidden-white", partial(hidden, how="white")),
        ("letters-as-pictures", type3_page),
        ("letters-without-unicode", unmapped_page),
        ("lists-hanging", lists),
        ("paragraph-over-pages", over_the_page),
        ("drop-capitals", drop_capitals),
        ("small-capitals", small_capitals),
        ("contents", contents),
        ("line-numbers", line_numbers),
        ("boxed-header", boxed_header),
        ("spaced-title", spaced_title),
        ("wide-word-gaps", wide_gaps),
        ("very-large-page", very_large_page),
        ("tiny-letters", tiny_letters),
        ("empty-page", empty_page),
        ("encrypted", partial(encrypted, user="plover-at-dawn")),
        ("owner-password", partial(encrypted, user="")),
        ("truncated", truncated),
        ("broken-index", broken_index),
    )
)


def long_document(pages: int) -> bytes:
    """A plain PDF of so many pages, 42 lines each, for timing."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    text = " ".join(WORDS["en"].paragraphs)
    lines = simpleSplit(text, "Helvetica", 11, 450)
    for number in range(pages):
        canvas.setFont("Helvetica", 11)
        for row in range(42):
            canvas.drawString(72, 770 - 16 * row, lines[(number + row) % len(lines)])
        canvas.drawCentredString(300, 40, str(number + 1))
        canvas.showPage()
    canvas.save()
    return target.getvalue()
