"""Trap documents of word processors: Word (DOCX), package and all, and RTF."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import unicodedata
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx import Document

from tests.traps.base import LANGUAGES, Kind, Language, Make, Trap, Truth, Unit
from tests.traps.words import WORDS, Words

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "w": _WORD,
        "r": f"{_OFFICE}/relationships",
        "m": f"{_OFFICE}/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wp": f"{_DRAWING}/wordprocessingDrawing",
        "a": f"{_DRAWING}/main",
        "pic": f"{_DRAWING}/picture",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MACRO_KIND = "application/vnd.ms-word.document.macroEnabled.main+xml"
_STRICT = {
    _WORD: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    f"{_OFFICE}/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    f"{_OFFICE}/math": "http://purl.oclc.org/ooxml/officeDocument/math",
    f"{_DRAWING}/": "http://purl.oclc.org/ooxml/drawingml/",
}
# What Word calls its heading and title styles where it was installed in another language; the names stay English.
_STYLE_IDS: dict[Language, tuple[str, str]] = {
    "en": ("Heading", "Title"), "es": ("Ttulo", "Puesto"), "pt": ("Ttulo", "Ttulo"), "fr": ("Titre", "Titre"),
}  # fmt: skip
_SYMBOL_FONTS = {"\uf0b7": "Symbol", "\uf0a7": "Wingdings"}
_NIL_DATE = (1980, 1, 1, 0, 0, 0)

Row = tuple[str | None, Sequence[str]]  # id of the body that acts, texts of the cells
Level = tuple[str, str, int]  # format of the number, pattern of the marker, first number


@dataclass(frozen=True)
class Extra:
    """What these documents say beyond the common wording, in one language.

    Attributes:
        lead: announces a list. contents: heading of a table of contents. box: said in a text box, two sentences.
        inserted, deleted, hidden, comment: a passage each. picture: says what a picture shows.
        placeholder: of an empty form field. embedded: text of another document. see: sends to a page.
        columns: of a matrix whose body stands in the third column. symbols: a sentence with places for three symbols.
        formula: leads into an equation. mail: what a nested field says that is not shown.
    """

    lead: str
    contents: str
    box: tuple[str, str]
    inserted: str
    deleted: str
    hidden: str
    comment: str
    picture: str
    placeholder: str
    embedded: str
    see: str
    columns: tuple[str, str, str, str]
    symbols: str
    formula: str
    mail: str


EXTRA: dict[Language, Extra] = {
    "en": Extra(
        "The office has decided:",
        "Contents",
        ("The shelter is open day and night.", "Nobody needs an appointment."),
        "the second shelter opened in May",
        "the kitchen was closed for a month",
        "figures still to be checked by the accountant",
        "Please confirm with the treasurer before printing",
        "Photograph of the courtyard with a well",
        "Click here to enter the date of the visit.",
        "Minutes of another meeting, pasted whole",
        "The course is described on page {}.",
        ("No.", "Measures taken", "Responsible institution", "Source"),
        "Doses per child {} 2; share of girls {} 0.48; target reached {}",
        "The yearly rate follows from",
        "NAME OF ADDRESSEE",
    ),
    "es": Extra(
        "La oficina ha decidido:",
        "Índice",
        ("El albergue está abierto de día y de noche.", "Nadie necesita cita previa."),
        "el segundo albergue abrió en mayo",
        "la cocina estuvo cerrada un mes",
        "cifras que el contador aún debe revisar",
        "Confirmar con la tesorera antes de imprimir",
        "Fotografía del patio con un pozo",
        "Pulse aquí para escribir la fecha de la visita.",
        "Acta de otra reunión, pegada entera",
        "El curso se describe en la página {}.",
        ("N.º", "Medidas adoptadas", "Institución responsable", "Fuente"),
        "Dosis por niño {} 2; proporción de niñas {} 0,48; meta cumplida {}",
        "La tasa anual resulta de",
        "NOMBRE DEL DESTINATARIO",
    ),
    "pt": Extra(
        "O escritório decidiu:",
        "Sumário",
        ("O abrigo está aberto dia e noite.", "Ninguém precisa marcar hora."),
        "o segundo abrigo abriu em maio",
        "a cozinha ficou fechada um mês",
        "números que o contador ainda deve conferir",
        "Confirmar com a tesoureira antes de imprimir",
        "Fotografia do pátio com um poço",
        "Clique aqui para escrever a data da visita.",
        "Ata de outra reunião, colada inteira",
        "O curso está descrito na página {}.",
        ("N.º", "Medidas adotadas", "Instituição responsável", "Fonte"),
        "Doses por criança {} 2; proporção de meninas {} 0,48; meta cumprida {}",
        "A taxa anual resulta de",
        "NOME DO DESTINATÁRIO",
    ),
    "fr": Extra(
        "Le bureau a décidé :",
        "Table des matières",
        ("Le refuge est ouvert jour et nuit.", "Personne n’a besoin de rendez-vous."),
        "le second refuge a ouvert en mai",
        "la cuisine est restée fermée un mois",
        "chiffres que le comptable doit encore vérifier",
        "À confirmer avec la trésorière avant l’impression",
        "Photographie de la cour avec un puits",
        "Cliquez ici pour écrire la date de la visite.",
        "Procès-verbal d’une autre réunion, collé en entier",
        "Le cours est décrit à la page {}.",
        ("Nº", "Mesures prises", "Institution responsable", "Source"),
        "Doses par enfant {} 2 ; part des filles {} 0,48 ; but atteint {}",
        "Le taux annuel se calcule ainsi",
        "NOM DU DESTINATAIRE",
    ),
}
_OTHER: dict[Language, Language] = {"en": "es", "es": "en", "pt": "fr", "fr": "pt"}


class Draft(ABC):
    """A document in the making: what is drawn and what is true about it, said at once.

    Every draft has the same frame: title, four headings and nine paragraphs, with the trap after the third paragraph.
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self.words: Words = WORDS[language]
        self.extra = EXTRA[language]
        self.body: list[str] = []
        self.units: list[Unit] = []
        self.notes: list[Unit] = []
        self.margins: list[str] = []
        self.absent: list[str] = []
        self.losses: list[str] = []
        self.mixed = False
        self.tables = 0

    def add(self, drawn: str, *units: Unit) -> None:
        """Draw something in the body that reads as these units."""
        self.body.append(drawn)
        self.units += units

    @abstractmethod
    def title(self) -> None:
        """Draw the title."""

    @abstractmethod
    def heading(self, number: int) -> None:
        """Draw one of the four headings."""

    @abstractmethod
    def paragraph(self, number: int) -> None:
        """Draw one of the ten paragraphs."""

    @abstractmethod
    def data(self) -> bytes:
        """Return the file."""

    def open(self) -> None:
        """Draw what comes before the trap."""
        self.title()
        self.heading(0)
        self.paragraph(0)
        self.paragraph(1)
        self.heading(1)
        self.paragraph(2)

    def close(self) -> None:
        """Draw what comes after the trap."""
        self.paragraph(3)
        self.heading(2)
        self.paragraph(6)
        self.paragraph(7)
        self.heading(3)
        self.paragraph(9)

    def truth(self) -> Truth:
        """Return what is true about the document."""
        return Truth(
            units=tuple(self.units + self.notes),
            margins=tuple(dict.fromkeys(self.margins)),
            absent=tuple(self.absent),
            losses=tuple(self.losses),
            mixed=self.mixed,
        )

    def next_table(self) -> int:
        """Return the number of the table that is about to be drawn."""
        self.tables += 1
        return self.tables - 1

    def bodies(self, first: int = 0, last: int = 6) -> list[Row]:
        """Rows of the common table, each with its body."""
        return [(row[0], row[1:]) for row in self.words.rows[first:last]]

    def titled_bodies(self, last: int = 6) -> list[Row]:
        """The common table with its titles."""
        return [(None, self.words.columns), *self.bodies(0, last)]


def cell_units(table: int, rows: Sequence[Row], first: int = 0) -> list[Unit]:
    """Units of a plain table, row by row; rows are counted from `first`."""
    return [
        Unit(text, "table_cell", cell=(table, number, column), implementer=body)
        for number, (body, texts) in enumerate(rows, first)
        for column, text in enumerate(texts)
    ]


def halves(text: str) -> tuple[str, str]:
    """Cut a text at the white space next to its middle, which stays with the first half."""
    middle = text.index(" ", len(text) // 2) + 1
    return text[:middle], text[middle:]


def thirds(text: str) -> tuple[str, str, str]:
    """Cut a text at white space near its thirds."""
    first = text.index(" ", len(text) // 3) + 1
    second = text.index(" ", 2 * len(text) // 3) + 1
    return text[:first], text[first:second], text[second:]


# ---------------------------------------------------------------------------------------------------- XML of Word


def run(text: str, properties: str = "", tag: str = "w:t") -> str:
    """A run of text; line ends and tabs in it are not looked at."""
    about = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{about}<{tag} xml:space="preserve">{escape(text)}</{tag}></w:r>'


def para(content: str, properties: str = "") -> str:
    """A paragraph around runs."""
    about = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{about}{content}</w:p>"


def said(text: str) -> str:
    """A paragraph of one run."""
    return para(run(text))


def numbered(text: str, number: int, level: int = 0, style: str = "ListParagraph") -> str:
    """A paragraph of an automatic list."""
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return para(run(text), f'<w:pStyle w:val="{style}"/>{place}')


def tc(content: str, properties: str = "") -> str:
    """A table cell around paragraphs."""
    return f'<w:tc><w:tcPr><w:tcW w:w="2300" w:type="dxa"/>{properties}</w:tcPr>{content}</w:tc>'


def tr(cells: Iterable[str], properties: str = "") -> str:
    """A table row around cells."""
    about = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    return f"<w:tr>{about}{''.join(cells)}</w:tr>"


def tbl(rows: Iterable[str], columns: int = 4) -> str:
    """A table around rows."""
    grid = '<w:gridCol w:w="2300"/>' * columns
    about = '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    return f"<w:tbl>{about}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def plain_rows(rows: Sequence[Row]) -> list[str]:
    """Rows of cells with a paragraph each."""
    return [tr(tc(said(text)) for text in texts) for _, texts in rows]


def field(instruction: str, result: str) -> str:
    """A field in its long form: an instruction, and runs that show its result."""
    asked = f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{t}"/></w:r>' for t in ("begin", "separate", "end"))
    return f"{begin}{asked}{middle}{result}{end}"


def simple_field(instruction: str, result: str) -> str:
    """A field in its short form."""
    return f'<w:fldSimple w:instr=" {escape(instruction)} ">{result}</w:fldSimple>'


def control(content: str, about: str = "") -> str:
    """A content control around runs, paragraphs, rows or cells."""
    return f'<w:sdt><w:sdtPr>{about}<w:id w:val="77"/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'


def abstract(identifier: int, levels: Sequence[Level], extras: Sequence[str] = ()) -> str:
    """A list definition; `extras` stand in the levels, where the order of Word's schema wants them: before the text."""
    written = []
    for index, (kind, pattern, start) in enumerate(levels):
        extra = extras[index] if index < len(extras) else ""
        name = _SYMBOL_FONTS.get(pattern)
        font = f'<w:rPr><w:rFonts w:ascii="{name}" w:hAnsi="{name}"/></w:rPr>' if name else ""
        written.append(
            f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{extra}'
            f'<w:lvlText w:val="{escape(pattern)}"/><w:lvlJc w:val="left"/>{font}</w:lvl>'
        )
    return f'<w:abstractNum w:abstractNumId="{identifier}">{"".join(written)}</w:abstractNum>'


def num(identifier: int, of: int, changes: str = "") -> str:
    """A list of a definition; `changes` are its level overrides."""
    return f'<w:num w:numId="{identifier}"><w:abstractNumId w:val="{of}"/>{changes}</w:num>'


def start_at(number: int, level: int = 0) -> str:
    """A level override that starts anew at `number`."""
    return f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{number}"/></w:lvlOverride>'


def graphic(content: str, uri: str, about: str = 'name="1"') -> str:
    """A DrawingML object in the line."""
    return (
        f'<w:drawing><wp:inline><wp:extent cx="2400000" cy="900000"/><wp:docPr id="1" {about}/>'
        f'<a:graphic><a:graphicData uri="{uri}">{content}</a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def modern_box(content: str) -> str:
    """A text box as Word 2010 and later write it."""
    uri = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    box = f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>"
    return graphic(f'<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/>{box}<wps:bodyPr/></wps:wsp>', uri)


def old_box(content: str) -> str:
    """A text box as Word wrote it before: in VML."""
    box = f"<v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox>"
    return f'<w:pict><v:shape style="width:200pt;height:70pt">{box}</v:shape></w:pict>'


def both_boxes(content: str) -> str:
    """A run with a text box that is written twice, as Word does for older programs."""
    choice = f'<mc:Choice Requires="wps">{modern_box(content)}</mc:Choice>'
    return (
        f"<w:r><mc:AlternateContent>{choice}<mc:Fallback>{old_box(content)}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def png() -> bytes:
    """A grey picture of 8 by 8 points."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = b"".join(b"\0" + b"\x90" * 8 for _ in range(8))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip archive whose bytes depend on its parts alone."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _NIL_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()


class Paper(Draft):
    """A Word document in the making.

    Attributes:
        numbering, settings, styles, section: XML added to the parts of these names (`section`: to the last section).
        heading_numbering: paragraph properties of the style of the document's four headings.
        markers: of the headings, by number. by_looks: whether title and headings are told by type and size alone.
        first_page: whether the first page has margins of its own.
        main: name of the main part. kind: its content type. strict: whether to use the names of the ISO edition.
    """

    def __init__(self, language: Language) -> None:
        super().__init__(language)
        self.numbering = self.settings = self.styles = self.section = self.heading_numbering = ""
        self.markers: dict[int, str] = {}
        self.by_looks = self.strict = self.first_page = False
        self.main = "word/document.xml"
        self.kind = f"{_KIND}.document.main+xml"
        self._parts: dict[str, tuple[str, bytes]] = {}
        self._relations: list[tuple[str, str, bool]] = []
        self._changes = 0
        name, title = _STYLE_IDS[language]
        self.heading_style, self.title_style = name + "1", title

    def title(self) -> None:
        self._titled(self.words.title, self.title_style, 36)

    def heading(self, number: int) -> None:
        self._titled(self.words.headings[number], self.heading_style, 28, self.markers.get(number))

    def styled_heading(self, text: str) -> None:
        """Draw a heading beside the document's four."""
        self._titled(text, self.heading_style, 28)

    def paragraph(self, number: int) -> None:
        self.text(self.words.paragraphs[number])

    def text(
        self, text: str, kind: Kind = "paragraph", marker: str | None = None, implementer: str | None = None
    ) -> None:
        """Draw a plain paragraph."""
        self.add(said(text), Unit(text, kind, marker, implementer=implementer))

    def item(self, number: int, marker: str, of: int = 1, level: int = 0, style: str = "ListParagraph") -> None:
        """Draw one of the six items as part of the automatic list `of`."""
        text = self.words.items[number]
        self.add(numbered(text, of, level, style), Unit(text, "list_item", marker))

    def table(self, rows: Sequence[Row]) -> None:
        """Draw a plain table and the empty paragraph that Word puts behind it."""
        self.add(tbl(plain_rows(rows), len(rows[0][1])), *cell_units(self.next_table(), rows))
        self.add(para(""))

    def change(self, tag: str, content: str = "") -> str:
        """A tracked change, "ins", "del", "moveFrom" or "moveTo", around runs."""
        self._changes += 1
        about = f'w:id="{900 + self._changes}" w:author="R. Ocampo" w:date="2007-01-15T09:30:00Z"'
        return f"<w:{tag} {about}>{content}</w:{tag}>"

    def deleted(self, text: str) -> str:
        """A tracked deletion of a text, which is noted as absent."""
        self.absent.append(text.strip())
        return self.change("del", run(text, tag="w:delText"))

    def relate(self, kind: str, target: str, content_type: str = "", content: bytes = b"") -> str:
        """Add a part (or, without a content type, a link to the outside) and return the relation's id."""
        self._relations.append((kind, target, not content_type))
        if content_type:
            self._parts[f"word/{target}"] = (content_type, content)
        return f"rId{len(self._relations)}"

    def relate_xml(self, name: str, root: str, content: str, target: str = "") -> str:
        """Add an XML part of Word's own, such as footnotes, and return the relation's id."""
        written = f"{_HEAD}<w:{root} {_SPACES}>{content}</w:{root}>"
        return self.relate(name, target or f"{name}.xml", f"{_KIND}.{name}+xml", written.encode())

    def picture(self) -> str:
        """A run with a picture; what its description says is not on the page."""
        image = self.relate("image", "media/image1.png", "image/png", png())
        fill = f'<pic:blipFill><a:blip r:embed="{image}"/></pic:blipFill>'
        about = f'name="1" descr="{escape(self.extra.picture)}"'
        names = '<pic:nvPicPr><pic:cNvPr id="1" name="1"/><pic:cNvPicPr/></pic:nvPicPr>'
        return f"<w:r>{graphic(f'<pic:pic>{names}{fill}<pic:spPr/></pic:pic>', f'{_DRAWING}/picture', about)}</w:r>"

    def data(self) -> bytes:
        self.relate_xml("styles", "styles", self._styles())
        if self.numbering:
            self.relate_xml("numbering", "numbering", self.numbering)
        self.relate_xml("settings", "settings", self.settings)
        page = '<w:pgSz w:w="12240" w:h="15840"/>'
        section = f"<w:sectPr>{self.section}{page}{'<w:titlePg/>' if self.first_page else ''}</w:sectPr>"
        conformance = ' w:conformance="strict"' if self.strict else ""
        body = f"<w:document {_SPACES}{conformance}><w:body>{''.join(self.body)}{section}</w:body></w:document>"
        parts = {
            "[Content_Types].xml": self._content_types(),
            "_rels/.rels": _relations([("officeDocument", self.main, False), ("core", "docProps/core.xml", False)]),
            self.main: (_HEAD + body).encode(),
            f"word/_rels/{self.main.removeprefix('word/')}.rels": _relations(self._relations),
            "docProps/core.xml": self._core(),
            **{name: content for name, (_, content) in self._parts.items()},
        }
        if self.strict:
            parts = {name: _strict(part) if name.endswith((".xml", ".rels")) else part for name, part in parts.items()}
        return packed(parts)

    def _titled(self, text: str, style: str, size: int, marker: str | None = None) -> None:
        bold = f'<w:b/><w:sz w:val="{size}"/>'
        drawn = para(run(text, bold)) if self.by_looks else para(run(text), f'<w:pStyle w:val="{style}"/>')
        self.add(drawn, Unit(text, "heading", marker))

    def _styles(self) -> str:
        def style(identifier: str, name: str, about: str = "", kind: str = "paragraph") -> str:
            based = '<w:basedOn w:val="Normal"/>' if kind == "paragraph" and identifier != "Normal" else ""
            first = ' w:default="1"' if identifier == "Normal" else ""
            return (
                f'<w:style w:type="{kind}"{first} w:styleId="{identifier}"><w:name w:val="{name}"/>{based}{about}'
                "</w:style>"
            )

        top = f'<w:pPr>{self.heading_numbering}<w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr>'
        return "".join(
            (
                style("Normal", "Normal"),
                style(self.title_style, "Title", '<w:rPr><w:sz w:val="36"/></w:rPr>'),
                style(self.heading_style, "heading 1", top),
                style("ListParagraph", "List Paragraph"),
                style("FootnoteText", "footnote text"),
                style("TOC1", "toc 1"),
                style("TOCHeading", "TOC Heading"),
                style("Header", "header"),
                style("Footer", "footer"),
                style("TableGrid", "Table Grid", kind="table"),
                self.styles,
            )
        )

    def _content_types(self) -> bytes:
        ends = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
        named = {
            self.main: self.kind,
            "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        }
        named |= {name: kind for name, (kind, _) in self._parts.items()}
        lines = [f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in ends.items()]
        lines += [f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in named.items()]
        return f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{"".join(lines)}</Types>'.encode()

    def _core(self) -> bytes:
        space = f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        about = f"<dc:title>{escape(self.words.title)}</dc:title><dc:language>{self.language}</dc:language>"
        return f"{_HEAD}<cp:coreProperties {space}>{about}</cp:coreProperties>".encode()


def _relations(relations: Sequence[tuple[str, str, bool]]) -> bytes:
    lines = []
    for number, (kind, target, outside) in enumerate(relations, 1):
        space = f"{_PACKAGE}/relationships/metadata/core-properties" if kind == "core" else ""
        mode = ' TargetMode="External"' if outside and kind == "hyperlink" else ""
        name = space or f"{_OFFICE}/relationships/{kind}"
        lines.append(f'<Relationship Id="rId{number}" Type="{name}" Target="{target}"{mode}/>')
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'.encode()


def _strict(part: bytes) -> bytes:
    """Write a part with the names of the ISO edition of the format."""
    for before, after in _STRICT.items():
        part = part.replace(before.encode(), after.encode())
    return part


def word_trap(
    name: str,
    fill: Callable[[Paper], None],
    prepare: Callable[[Paper], None] | None = None,
    suffix: str = ".docx",
    languages: Sequence[Language] = LANGUAGES,
) -> Trap:
    """A trap in the middle of a Word document; `prepare` comes before its first word, `fill` draws the trap."""

    def make(language: Language) -> tuple[bytes, Truth]:
        paper = Paper(language)
        if prepare:
            prepare(paper)
        paper.open()
        fill(paper)
        paper.close()
        return paper.data(), paper.truth()

    return Trap(f"docx-{name}", suffix, make, languages)


# ------------------------------------------------------------------------------------------- headings and tables


def _plain(paper: Paper) -> None:
    paper.paragraph(4)
    paper.paragraph(5)


def _by_looks(paper: Paper) -> None:
    paper.by_looks = True


def _sections_by_body(paper: Paper) -> None:
    """Headings that are the names of bodies: what stands under one is done by it."""
    for body, name, activity, done, _ in paper.words.rows[:4]:
        paper.styled_heading(name)
        paper.text(f"{activity}. {done}", implementer=body)
    paper.styled_heading(paper.words.head)


def _body_tables(paper: Paper) -> None:
    paper.table(paper.titled_bodies(3))
    paper.paragraph(4)
    paper.table([(None, paper.words.columns), *paper.bodies(3)])
    paper.paragraph(5)


def _nested_table(paper: Paper) -> None:
    """A table in a cell. Convention: the inner cells' text belongs to the outer cell, in order."""
    rows = paper.titled_bodies(4)
    table = paper.next_table()
    units, drawn = cell_units(table, rows), plain_rows(rows)
    body, texts = rows[2]
    inner = ("a", paper.words.items[0], "b", paper.words.items[1])
    inner_table = tbl((tr(tc(said(text)) for text in inner[at : at + 2]) for at in (0, 2)), 2)
    # Word wants a paragraph behind a table that ends a cell.
    outer = (said(texts[0]), said(texts[1]), said(texts[2]) + inner_table + para(""), said(texts[3]))
    drawn[2] = tr(map(tc, outer))
    behind = 1 + next(place for place, unit in enumerate(units) if unit.cell == (table, 2, 2))
    units[behind:behind] = [Unit(text, "table_cell", cell=(table, 2, 2), implementer=body) for text in inner]
    paper.add(tbl(drawn), *units)
    paper.add(para(""))
    paper.table([(None, paper.words.columns), *paper.bodies(4)])


def _merged_cells(paper: Paper) -> None:
    """Cells over several columns and rows: a cell that only continues another is no unit of its own."""
    table = paper.next_table()
    rows = paper.words.rows
    over = '<w:gridSpan w:val="4"/>'
    caption = paper.words.head
    drawn = [tr([tc(said(caption), over)]), tr(tc(said(text)) for text in paper.words.columns)]
    units = [Unit(caption, "table_cell", cell=(table, 0, 0)), *cell_units(table, [(None, paper.words.columns)], 1)]
    number = 2
    for body, first, second in ((rows[0][0], rows[0], rows[1]), (rows[2][0], rows[2], rows[3])):
        merge = ('<w:vMerge w:val="restart"/>', "<w:vMerge/>")
        drawn.append(tr([tc(said(first[1]), merge[0]), *(tc(said(text)) for text in first[2:])]))
        drawn.append(tr([tc(para(""), merge[1]), *(tc(said(text)) for text in second[2:])]))
        units += cell_units(table, [(body, first[1:])], number)
        units += [
            Unit(text, "table_cell", cell=(table, number + 1, column), implementer=body)
            for column, text in enumerate(second[2:], 1)
        ]
        number += 2
    # One cell takes the two columns in the middle; the row behind it leaves its first places out.
    body, name, activity, done, source = rows[4]
    drawn.append(tr([tc(said(name)), tc(said(f"{activity}: {done}"), '<w:gridSpan w:val="2"/>'), tc(said(source))]))
    for column, text in ((0, name), (1, f"{activity}: {done}"), (3, source)):
        units.append(Unit(text, "table_cell", cell=(table, number, column), implementer=body))
    drawn.append(tr([tc(said(paper.words.items[0])), tc(said(paper.words.items[1]))], '<w:gridBefore w:val="2"/>'))
    for column, text in ((2, paper.words.items[0]), (3, paper.words.items[1])):
        units.append(Unit(text, "table_cell", cell=(table, number + 1, column), implementer=body))
    paper.add(tbl(drawn), *units)
    paper.add(para(""))


def _cell_paragraphs(paper: Paper) -> None:
    """Cells of several paragraphs: bullets of an automatic list, typed numbers, an empty line between."""
    paper.numbering = abstract(1, [("bullet", "\uf0b7", 1)]) + num(1, 1)
    table = paper.next_table()
    drawn = [tr(tc(said(text)) for text in paper.words.columns)]
    units = cell_units(table, [(None, paper.words.columns)])
    for number, (body, name, activity, done, source) in enumerate(paper.words.rows[:4], 1):
        pair = paper.words.items[number - 1 : number + 1]
        typed = number % 2 == 0
        listed = [said(f"{place}. {text}") if typed else numbered(text, 1) for place, text in enumerate(pair, 1)]
        drawn.append(
            tr([tc(said(name)), tc(said(activity)), tc(said(done) + para("") + "".join(listed)), tc(said(source))])
        )
        found = cell_units(table, [(body, (name, activity, done, source))], number)
        for place, text in enumerate(pair, 1):
            marker = f"{place}." if typed else "•"
            found.insert(2 + place, Unit(text, "table_cell", marker, (table, number, 2), body))
        units += found
    paper.add(tbl(drawn), *units)
    paper.add(para(""))


def _other_columns(paper: Paper) -> None:
    """The body stands in the third column, under other titles, after a column of numbers."""
    rows: list[Row] = [(None, paper.extra.columns)]
    rows += [(row[0], (str(place), row[3], row[1], row[4])) for place, row in enumerate(paper.words.rows, 1)]
    paper.table(rows)


def _key_values(paper: Paper) -> None:
    """Two tables of keys and values: the value of the first row names the body of its table."""
    for row in paper.words.rows[:2]:
        table = paper.next_table()
        pairs = list(zip(paper.words.columns, row[1:], strict=True))
        units = [
            Unit(text, "table_cell", cell=(table, number, column), implementer=row[0] if column else None)
            for number, pair in enumerate(pairs)
            for column, text in enumerate(pair)
        ]
        paper.add(tbl(plain_rows([(None, pair) for pair in pairs]), 2), *units)
        paper.add(para(""))
        paper.paragraph(4 if table == 0 else 5)


def _empty_cells(paper: Paper) -> None:
    """Empty cells keep their place, and the body of a row without a name is the one above."""
    rows = paper.titled_bodies(3)
    rows += [(rows[-1][0], ("", row[2], row[3], "")) for row in paper.words.rows[3:5]]
    drawn = [tr(tc(said(text) if text else para("")) for text in texts) for _, texts in rows]
    paper.add(tbl(drawn), *(unit for unit in cell_units(paper.next_table(), rows) if unit.text))
    paper.add(para(""))


# ------------------------------------------------------------------------------------------- boxes, notes, margins


def _box_after(paper: Paper, box: Callable[[str], str]) -> None:
    """A text box of two paragraphs at the start of a paragraph; it reads after that paragraph."""
    text, content = paper.words.paragraphs[4], "".join(map(said, paper.extra.box))
    paper.add(para(box(content) + run(text)), Unit(text), *map(Unit, paper.extra.box))


def _box(paper: Paper) -> None:
    _box_after(paper, both_boxes)


def _old_box(paper: Paper) -> None:
    _box_after(paper, lambda content: f"<w:r>{old_box(content)}</w:r>")


def _box_with_table(paper: Paper) -> None:
    """A text box, written twice, with a table in it: its rows count once and as one table."""
    rows = paper.titled_bodies(2)
    text, content = paper.words.paragraphs[4], tbl(plain_rows(rows)) + said(paper.extra.box[0])
    units = cell_units(paper.next_table(), rows)
    paper.add(para(run(text) + both_boxes(content)), Unit(text), *units, Unit(paper.extra.box[0]))
    paper.table([(None, paper.words.columns), *paper.bodies(2)])


def _drop_cap(paper: Paper) -> None:
    """The first letter of a paragraph stands large in a frame, which is a paragraph of its own in the file."""
    text = paper.words.paragraphs[4]
    frame = '<w:framePr w:dropCap="drop" w:lines="3" w:wrap="around" w:vAnchor="text" w:hAnchor="text"/>'
    paper.add(para(run(text[0], '<w:sz w:val="96"/>'), frame) + said(text[1:]), Unit(text))


def _mark(kind: str, identifier: int) -> str:
    return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Reference w:id="{identifier}"/></w:r>'


def _note(kind: str, identifier: int, text: str) -> str:
    mark = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Ref/></w:r>'
    content = para(mark + run(f" {text}"), '<w:pStyle w:val="FootnoteText"/>')
    return f'<w:{kind} w:id="{identifier}">{content}</w:{kind}>'


def _relate_notes(paper: Paper, kind: str, notes: dict[int, str]) -> None:
    """Add a part of notes with the two separators that Word always writes."""
    written = f'<w:{kind} w:type="separator" w:id="-1">{para("<w:r><w:separator/></w:r>")}</w:{kind}>'
    last = para("<w:r><w:continuationSeparator/></w:r>")
    written += f'<w:{kind} w:type="continuationSeparator" w:id="0">{last}</w:{kind}>'
    written += "".join(_note(kind, identifier, text) for identifier, text in sorted(notes.items()))
    paper.relate_xml(f"{kind}s", f"{kind}s", written)


def _marked(paper: Paper, number: int, mark: str) -> None:
    """A paragraph with a mark of a note in its middle."""
    text = paper.words.paragraphs[number]
    first, second = halves(text)
    paper.add(para(run(first.rstrip()) + mark + run(f" {second}")), Unit(text))


def _footnotes(paper: Paper) -> None:
    """Three footnotes whose ids do not follow the order of their marks; the last one's mark stands in a cell."""
    notes = paper.words.notes
    _relate_notes(paper, "footnote", {7: notes[0], 2: notes[1], 5: notes[2]})
    _marked(paper, 4, _mark("footnote", 7))
    _marked(paper, 5, _mark("footnote", 2))
    rows = paper.titled_bodies(2)
    drawn = plain_rows(rows[:-1])
    texts = rows[-1][1]
    drawn.append(tr([tc(para(run(texts[0]) + _mark("footnote", 5))), *(tc(said(text)) for text in texts[1:])]))
    paper.add(tbl(drawn), *cell_units(paper.next_table(), rows))
    paper.add(para(""))
    paper.notes += [Unit(text, "footnote", str(number)) for number, text in enumerate(notes, 1)]


def _endnotes(paper: Paper) -> None:
    """Endnotes counted in figures, as the section says."""
    notes = paper.words.notes
    paper.section = '<w:endnotePr><w:numFmt w:val="decimal"/></w:endnotePr>'
    _relate_notes(paper, "endnote", {3: notes[0], 2: notes[1]})
    _marked(paper, 4, _mark("endnote", 3))
    _marked(paper, 5, _mark("endnote", 2))
    paper.notes += [Unit(text, "footnote", str(number)) for number, text in enumerate(notes[:2], 1)]


def _both_notes(paper: Paper) -> None:
    """Footnotes 1 and 2, then an endnote, which Word counts in small Roman numbers when nothing else is said."""
    notes = paper.words.notes
    _relate_notes(paper, "footnote", {2: notes[0], 3: notes[1]})
    _relate_notes(paper, "endnote", {2: notes[2]})
    _marked(paper, 4, _mark("footnote", 2))
    _marked(paper, 5, _mark("footnote", 3))
    _marked(paper, 8, _mark("endnote", 2))
    markers = ("1", "2", "i")
    paper.notes += [Unit(text, "footnote", marker) for text, marker in zip(notes, markers, strict=True)]


def _starred_note(paper: Paper) -> None:
    """A footnote with a star of its own, which is not counted, before a counted one."""
    notes = paper.words.notes
    _relate_notes(paper, "footnote", {2: notes[0], 3: notes[1]})
    star = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>*</w:t></w:r>'
    _marked(paper, 4, star)
    _marked(paper, 5, _mark("footnote", 3))
    paper.notes += [Unit(notes[0], "footnote", "*"), Unit(notes[1], "footnote", "1")]


def _deleted_note(paper: Paper) -> None:
    """The mark of the first footnote is deleted and tracked: the note is gone, and the next one counts 1."""
    notes = paper.words.notes
    _relate_notes(paper, "footnote", {2: notes[0], 3: notes[1]})
    _marked(paper, 4, paper.change("del", _mark("footnote", 2)))
    _marked(paper, 5, _mark("footnote", 3))
    paper.absent.append(notes[0])
    paper.losses.append("deleted")
    paper.notes.append(Unit(notes[1], "footnote", "1"))


def _margin(paper: Paper, name: str, number: int, content: str, kind: str = "default") -> None:
    """Add a header or footer part and hang it on the section."""
    root = {"header": "hdr", "footer": "ftr"}[name]
    relation = paper.relate_xml(name, root, content, f"{name}{number}.xml")
    paper.section += f'<w:{name}Reference w:type="{kind}" r:id="{relation}"/>'


def _page_of(paper: Paper) -> str:
    pages = field("PAGE", run("2")) + run(" / ") + simple_field("NUMPAGES", run("9"))
    return para(run(f"{paper.words.page} ") + pages, '<w:pStyle w:val="Footer"/>')


def _margins(paper: Paper) -> None:
    _margin(paper, "header", 1, said(paper.words.head))
    _margin(paper, "footer", 1, _page_of(paper))
    paper.margins += [paper.words.head, f"{paper.words.page} 2 / 9"]
    _plain(paper)


def _many_margins(paper: Paper) -> None:
    """Other headers on the first page and on even pages; the even one repeats the words of the odd one."""
    paper.settings = "<w:evenAndOddHeaders/>"
    symbol = paper.words.rows[0][4]
    _margin(paper, "header", 1, said(symbol), "first")
    _margin(paper, "header", 2, said(paper.words.head), "even")
    _margin(paper, "header", 3, para(run(paper.words.head) + "<w:r><w:tab/></w:r>" + field("PAGE", run("3"))))
    _margin(paper, "footer", 1, para(field("PAGE", run("2"))), "even")
    _margin(paper, "footer", 2, _page_of(paper))
    _margin(paper, "footer", 3, para(""), "first")
    paper.first_page = True
    paper.margins += [symbol, paper.words.head, f"{paper.words.head} 3", "2", f"{paper.words.page} 2 / 9"]
    _plain(paper)


def _margin_table(paper: Paper) -> None:
    """A header of a table and a text box, as letterheads are; its table is none of the document's."""
    symbol = paper.words.rows[0][4]
    letterhead = tbl([tr([tc(said(paper.words.head)), tc(said(symbol))])], 2)
    _margin(paper, "header", 1, letterhead + para(both_boxes(said(paper.extra.box[0]))))
    _margin(paper, "footer", 1, control(_page_of(paper)))
    paper.margins += [paper.words.head, symbol, paper.extra.box[0], f"{paper.words.page} 2 / 9"]
    paper.table(paper.titled_bodies(3))


# ---------------------------------------------------------------------------------------------------- numbering


def _lead(paper: Paper) -> None:
    paper.text(paper.extra.lead)


def _listed(
    paper: Paper, levels: Sequence[Level], items: Sequence[tuple[int, str]], extras: Sequence[str] = ()
) -> None:
    """A list of this definition; `items` are level and marker."""
    paper.numbering = abstract(1, levels, extras) + num(1, 1)
    _lead(paper)
    for number, (level, marker) in enumerate(items):
        paper.item(number, marker, level=level)


def _sublevels(paper: Paper) -> None:
    levels = [("decimal", "%1.", 1), ("lowerLetter", "%2)", 1), ("lowerRoman", "%3.", 1)]
    _listed(paper, levels, [(0, "1."), (1, "a)"), (1, "b)"), (2, "i."), (0, "2."), (1, "a)")])


def _brackets(paper: Paper) -> None:
    levels = [("upperRoman", "%1.", 1), ("upperLetter", "%2.", 1), ("decimal", "(%3)", 1)]
    _listed(paper, levels, [(0, "I."), (1, "A."), (2, "(1)"), (2, "(2)"), (1, "B."), (0, "II.")])


def _padded(paper: Paper) -> None:
    levels = [("decimalZero", "%1)", 8)]
    _listed(paper, levels, [(0, "08)"), (0, "09)"), (0, "10)"), (0, "11)"), (0, "12)"), (0, "13)")])


def _beyond_z(paper: Paper) -> None:
    """After z) Word doubles the letter: aa), bb), cc)."""
    levels = [("lowerLetter", "%1)", 24)]
    _listed(paper, levels, [(0, "x)"), (0, "y)"), (0, "z)"), (0, "aa)"), (0, "bb)"), (0, "cc)")])


_LEGAL: list[Level] = [("decimal", "%1.", 1), ("decimal", "%1.%2", 1), ("decimal", "%1.%2.%3", 1)]


def _legal(paper: Paper) -> None:
    _listed(paper, _LEGAL, [(0, "1."), (1, "1.1"), (1, "1.2"), (2, "1.2.1"), (0, "2."), (1, "2.1")])


def _legal_roman(paper: Paper) -> None:
    """The first level counts in Roman numbers, the levels below show it in figures (w:isLgl)."""
    levels = [("upperRoman", "%1.", 1), *_LEGAL[1:]]
    extras = ("", "<w:isLgl/>", "<w:isLgl/>")
    _listed(paper, levels, [(0, "I."), (1, "1.1"), (1, "1.2"), (2, "1.2.1"), (0, "II."), (1, "2.1")], extras)


def _running_on(paper: Paper) -> None:
    """The second level is told not to start anew after a first-level item (w:lvlRestart)."""
    levels = [("decimal", "%1.", 1), ("lowerLetter", "%2)", 1)]
    extras = ("", '<w:lvlRestart w:val="0"/>')
    _listed(paper, levels, [(0, "1."), (1, "a)"), (1, "b)"), (0, "2."), (1, "c)"), (1, "d)")], extras)


def _two_lists(paper: Paper, changes: str, markers: Sequence[str]) -> None:
    """Two lists of three items, a paragraph between them; `changes` are the second one's overrides."""
    paper.numbering = abstract(1, [("decimal", "%1.", 1)]) + num(1, 1) + num(2, 1, changes)
    _lead(paper)
    for number, marker in enumerate(markers):
        if number == 3:
            paper.paragraph(4)
        paper.item(number, marker, of=1 if number < 3 else 2)


def _restarted(paper: Paper) -> None:
    _two_lists(paper, start_at(1), ("1.", "2.", "3.", "1.", "2.", "3."))


def _from_fourteen(paper: Paper) -> None:
    _two_lists(paper, start_at(14), ("1.", "2.", "3.", "14.", "15.", "16."))


def _continued(paper: Paper) -> None:
    """Two lists of one definition count on, when the second starts nothing anew."""
    _two_lists(paper, "", ("1.", "2.", "3.", "4.", "5.", "6."))


def _own_level(paper: Paper) -> None:
    """The second list brings its own look of the level."""
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%1)"/></w:lvl>'
    changes = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>{level}</w:lvlOverride>'
    _two_lists(paper, changes, ("1.", "2.", "3.", "(a)", "(b)", "(c)"))


def _style_of(identifier: str, based: str, about: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{identifier}"><w:name w:val="{identifier}"/>'
        f'<w:basedOn w:val="{based}"/><w:pPr>{about}</w:pPr></w:style>'
    )


def _by_style(paper: Paper) -> None:
    """The list hangs on a style; a style based on it inherits it, and one paragraph switches it off."""
    paper.numbering = abstract(1, [("decimal", "%1.", 1)]) + num(1, 1)
    paper.styles = _style_of("Mandate", "Normal", '<w:numPr><w:numId w:val="1"/></w:numPr>')
    paper.styles += _style_of("MandateClose", "Mandate", '<w:spacing w:after="0"/>')
    _lead(paper)
    for number in range(6):
        text = paper.words.items[number]
        style = "Mandate" if number < 3 else "MandateClose"
        paper.add(para(run(text), f'<w:pStyle w:val="{style}"/>'), Unit(text, "list_item", f"{number + 1}."))
    off = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'
    text = paper.words.paragraphs[4]
    paper.add(para(run(text), f'<w:pStyle w:val="Mandate"/>{off}'), Unit(text))


def _by_list_style(paper: Paper) -> None:
    """The definition of the list only names a list style; another definition carries what it looks like."""
    named = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="Decisions"/></w:abstractNum>'
    look = abstract(2, [("lowerRoman", "(%1)", 1)])
    look = look.replace('"2">', '"2"><w:styleLink w:val="Decisions"/>', 1)
    paper.numbering = named + look + num(1, 1) + num(2, 2)
    paper.styles = (
        '<w:style w:type="numbering" w:styleId="Decisions"><w:name w:val="Decisions"/>'
        '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    )
    _lead(paper)
    for number, marker in enumerate(("(i)", "(ii)", "(iii)", "(iv)", "(v)", "(vi)")):
        paper.item(number, marker)


def _number_headings(paper: Paper) -> None:
    """The style of the headings counts them; one more paragraph style counts on a level below."""
    paper.heading_numbering = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    link = f'<w:pStyle w:val="{paper.heading_style}"/>'
    levels = [("upperRoman", "%1.", 1), ("decimal", "%2.", 1)]
    paper.numbering = abstract(1, levels, (link, '<w:pStyle w:val="Clause"/>')) + num(1, 1)
    # The style says only which list; which level of it, the list says by the style's name.
    paper.styles = _style_of("Clause", "Normal", '<w:numPr><w:numId w:val="1"/></w:numPr>')
    paper.markers = {0: "I.", 1: "II.", 2: "III.", 3: "IV."}


def _clauses(paper: Paper) -> None:
    for number, place in enumerate((4, 5, 8), 1):
        text = paper.words.paragraphs[place]
        paper.add(para(run(text), '<w:pStyle w:val="Clause"/>'), Unit(text, "list_item", f"{number}."))


def _empty_item(paper: Paper) -> None:
    """An item without text has its number all the same: 3. stands there alone."""
    paper.numbering = abstract(1, [("decimal", "%1.", 1)]) + num(1, 1)
    _lead(paper)
    paper.item(0, "1.")
    paper.item(1, "2.")
    paper.add(numbered("", 1))
    paper.item(2, "4.")
    paper.item(3, "5.")


def _bullets(paper: Paper) -> None:
    """Bullets of three levels: a dot of a symbol font, a dash, a square of another symbol font."""
    levels = [("bullet", "\uf0b7", 1), ("bullet", "–", 1), ("bullet", "\uf0a7", 1)]
    _listed(paper, levels, [(0, "•"), (0, "•"), (1, "–"), (1, "–"), (2, "▪"), (0, "•")])


def _typed(paper: Paper) -> None:
    """Numbers typed by hand, in front of a tab or a space."""
    _lead(paper)
    shown = (("1.", "\t"), ("2.", "\t"), ("a)", " "), ("b)", " "), ("3.", "\t"), ("(i)", " "))
    for text, (marker, gap) in zip(paper.words.items, shown, strict=True):
        between = "<w:r><w:tab/></w:r>" if gap == "\t" else run(gap)
        paper.add(para(run(marker) + between + run(text)), Unit(text, "list_item", marker))


def _typed_bullets(paper: Paper) -> None:
    """Bullets typed by hand: a dash, a dot, a star, and a letter of a symbol font that shows as a dot."""
    _lead(paper)
    dot = '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'
    shown = (("–", ""), ("–", ""), ("•", ""), ("•", ""), ("\uf0b7", dot), ("\uf0b7", dot))
    for text, (marker, font) in zip(paper.words.items, shown, strict=True):
        drawn = para(run(marker, font) + "<w:r><w:tab/></w:r>" + run(text))
        paper.add(drawn, Unit(text, "list_item", marker.replace("\uf0b7", "•")))


# ---------------------------------------------------------------------------------------------- changes and comments


def _insertions(paper: Paper) -> None:
    """Tracked insertions count: words within a paragraph, and a whole paragraph with its mark."""
    first, second = halves(paper.words.paragraphs[4])
    inserted = f"({paper.extra.inserted}) "
    drawn = run(first) + paper.change("ins", run(inserted)) + run(second)
    paper.add(para(drawn), Unit(first + inserted + second))
    text = paper.words.paragraphs[5]
    paper.add(para(paper.change("ins", run(text)), f"<w:rPr>{paper.change('ins')}</w:rPr>"), Unit(text))


def _deletions(paper: Paper) -> None:
    """Tracked deletions are gone: words in a paragraph, the end of a word, and words inserted and deleted again."""
    first, second = halves(paper.words.paragraphs[4])
    again = paper.change("ins", paper.deleted(f"({paper.extra.hidden}) "))
    drawn = run(first) + paper.deleted(f"({paper.extra.deleted}) ") + again + run(second)
    paper.add(para(drawn), Unit(first + second))
    text = paper.words.paragraphs[5]
    end = text.index(" ")
    drawn = run(text[:end]) + paper.change("del", run("xq", tag="w:delText")) + run(text[end:])
    paper.add(para(drawn), Unit(text))
    paper.absent.append(f"{text[:end]}xq")
    paper.losses.append("deleted")


def _moved(paper: Paper) -> None:
    """A paragraph moved from one place to another stands only where it went to."""
    text = paper.words.paragraphs[8]
    about = 'w:author="R. Ocampo" w:date="2007-01-15T09:30:00Z" w:name="move1"'
    for tag, identifier in (("moveFrom", 1), ("moveTo", 2)):
        if tag == "moveTo":
            paper.paragraph(4)
            paper.paragraph(5)
        moved = para(paper.change(tag, run(text)), f"<w:rPr>{paper.change(tag)}</w:rPr>")
        begin, end = f'<w:{tag}RangeStart w:id="{identifier}" {about}/>', f'<w:{tag}RangeEnd w:id="{identifier}"/>'
        paper.add(begin + moved + end, *((Unit(text),) if tag == "moveTo" else ()))


def _changed_rows(paper: Paper) -> None:
    """A tracked deleted row is gone and not counted; a tracked inserted one counts."""
    rows = paper.titled_bodies(5)
    drawn = plain_rows(rows)
    gone = rows.pop(2)[1]
    drawn[2] = tr((tc(para(paper.deleted(text))) for text in gone), paper.change("del"))
    added = rows[3][1]
    drawn[4] = tr((tc(para(paper.change("ins", run(text)))) for text in added), paper.change("ins"))
    paper.losses.append("deleted")
    paper.add(tbl(drawn), *cell_units(paper.next_table(), rows))
    paper.add(para(""))


def _deleted_mark(paper: Paper) -> None:
    """The mark between two paragraphs is deleted: they are one. So is a whole paragraph behind them."""
    first, second = halves(paper.words.paragraphs[4])
    mark = f"<w:rPr>{paper.change('del')}</w:rPr>"
    paper.add(para(run(first), mark) + said(second), Unit(first + second))
    paper.add(para(paper.deleted(f"{paper.extra.deleted}."), f"<w:rPr>{paper.change('del')}</w:rPr>"))
    paper.paragraph(5)
    paper.losses.append("deleted")


def _deleted_item(paper: Paper) -> None:
    """An item of a numbered list is deleted and tracked: the ones behind it move up."""
    paper.numbering = abstract(1, [("decimal", "%1.", 1)]) + num(1, 1)
    _lead(paper)
    paper.item(0, "1.")
    paper.item(1, "2.")
    properties = '<w:pStyle w:val="ListParagraph"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    paper.add(para(paper.deleted(paper.words.items[2]), f"{properties}<w:rPr>{paper.change('del')}</w:rPr>"))
    paper.item(3, "3.")
    paper.item(4, "4.")
    paper.losses.append("deleted")


def _comments(paper: Paper) -> None:
    first, second = halves(paper.words.paragraphs[4])
    note = f'<w:comment w:id="1" w:author="R. Ocampo" w:initials="RO">{said(paper.extra.comment)}</w:comment>'
    paper.relate_xml("comments", "comments", note)
    ends = '<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'
    drawn = f'<w:commentRangeStart w:id="1"/>{run(first)}{ends}{run(second)}'
    paper.add(para(drawn), Unit(first + second))
    paper.absent.append(paper.extra.comment)
    paper.losses.append("comment")
    paper.paragraph(5)


# ----------------------------------------------------------------------------------- fields, links, hidden, controls


def _links(paper: Paper) -> None:
    """Links and references: what a field shows counts, what it asks for does not."""
    address = "http://www.example.org/report?id=4&lang=x"
    relation = paper.relate("hyperlink", escape(address))
    first, second, third = thirds(paper.words.paragraphs[4])
    link = f'<w:hyperlink r:id="{relation}" w:history="1">{run(second)}</w:hyperlink>'
    paper.add(para(run(first) + link + run(third)), Unit(first + second + third))
    first, second, third = thirds(paper.words.paragraphs[5])
    asked = field('HYPERLINK "http://www.example.org/annex" \\o "annex"', run(second))
    paper.add(para(run(first) + asked + run(third)), Unit(first + second + third))
    before, after = paper.extra.see.split("{}")
    reference = field("REF _Ref1403 \\h", run(paper.words.headings[1]))
    page = simple_field("PAGEREF _Ref1403 \\h", run("7"))
    shown = f"{paper.words.headings[1]}. {before}7{after}"
    paper.add(para(reference + run(". " + before) + page + run(after)), Unit(shown))
    paper.absent += ["example.org", "HYPERLINK", "_Ref1403"]


def _nested_field(paper: Paper) -> None:
    """A field that asks with another field: the inner one's result is part of the question and is not shown."""
    first, second = halves(paper.words.paragraphs[4])
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{t}"/></w:r>' for t in ("begin", "separate", "end"))
    asks = (
        '<w:r><w:instrText xml:space="preserve"> IF </w:instrText></w:r>',
        "<w:r><w:instrText> = 1 </w:instrText></w:r>",
    )
    inner = field("MERGEFIELD Name", run(paper.extra.mail))
    drawn = f"{run(first)}{begin}{asks[0]}{inner}{asks[1]}{middle}{run(second)}{end}"
    paper.add(para(drawn), Unit(first + second))
    paper.absent += [paper.extra.mail, "MERGEFIELD"]
    paper.paragraph(5)


def _contents(paper: Paper) -> None:
    """A table of contents: one field over five paragraphs, in a content control, each entry a link with a page."""
    entries = []
    units = [Unit(paper.extra.contents, "heading")]
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{t}"/></w:r>' for t in ("begin", "separate", "end"))
    asked = '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" \\h \\z \\u </w:instrText></w:r>'
    for number, heading in enumerate(paper.words.headings):
        page = field(f"PAGEREF _Toc{number} \\h", run(str(number + 2), "<w:webHidden/>"))
        inside = run(heading) + "<w:r><w:rPr><w:webHidden/></w:rPr><w:tab/></w:r>" + page
        link = f'<w:hyperlink w:anchor="_Toc{number}" w:history="1">{inside}</w:hyperlink>'
        entries.append(para((begin + asked + middle if number == 0 else "") + link, '<w:pStyle w:val="TOC1"/>'))
        units.append(Unit(f"{heading} {number + 2}"))
    top = para(run(paper.extra.contents, '<w:b/><w:sz w:val="28"/>'), '<w:pStyle w:val="TOCHeading"/>')
    about = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    paper.add(control(top + "".join(entries) + para(end), about), *units)
    paper.absent += ["_Toc", "PAGEREF"]
    paper.paragraph(4)


def _hidden(paper: Paper) -> None:
    """Hidden words are gone; where hiding is switched off, words show."""
    first, second = halves(paper.words.paragraphs[4])
    drawn = run(first, '<w:vanish w:val="0"/>') + run(f"[{paper.extra.hidden}] ", "<w:vanish/>") + run(second)
    paper.add(para(drawn), Unit(first + second))
    paper.add(para(run(paper.extra.comment, "<w:vanish/>"), "<w:rPr><w:vanish/></w:rPr>"))
    paper.absent += [paper.extra.hidden, paper.extra.comment]
    paper.losses.append("hidden")
    paper.paragraph(5)


def _hidden_by_style(paper: Paper) -> None:
    """Words hidden by a character style, and a paragraph hidden by its style."""
    hides = "<w:rPr><w:vanish/></w:rPr></w:style>"
    paper.styles = f'<w:style w:type="character" w:styleId="Internal"><w:name w:val="Internal"/>{hides}'
    based = '<w:name w:val="Draft"/><w:basedOn w:val="Normal"/>'
    paper.styles += f'<w:style w:type="paragraph" w:styleId="Draft">{based}{hides}'
    first, second = halves(paper.words.paragraphs[4])
    drawn = run(first) + run(f"[{paper.extra.hidden}] ", '<w:rStyle w:val="Internal"/>') + run(second)
    paper.add(para(drawn), Unit(first + second))
    paper.add(para(run(paper.extra.comment), '<w:pStyle w:val="Draft"/>'))
    paper.absent += [paper.extra.hidden, paper.extra.comment]
    paper.losses.append("hidden")
    paper.paragraph(5)


def _controls(paper: Paper) -> None:
    """Content controls around paragraphs, words, rows and cells, one still showing what is to be filled in."""
    first, second, third = thirds(paper.words.paragraphs[4])
    paper.add(para(run(first) + control(run(second)) + run(third)), Unit(first + second + third))
    asked = control(para(run(paper.extra.placeholder)), "<w:showingPlcHdr/>")
    paper.add(asked, Unit(paper.extra.placeholder))
    texts = paper.words.paragraphs[5], paper.words.paragraphs[8]
    paper.add(control(said(texts[0]) + control(said(texts[1]))), *map(Unit, texts))
    rows = paper.titled_bodies(4)
    drawn = plain_rows(rows)
    drawn[2] = control(drawn[2])
    drawn[3] = tr(control(tc(said(text))) for text in rows[3][1])
    paper.add(control(tbl(drawn)), *cell_units(paper.next_table(), rows))
    paper.add(para(""))


def _wrappers(paper: Paper) -> None:
    """Smart tags and custom XML, nested, around words and paragraphs."""
    first, second, third = thirds(paper.words.paragraphs[4])
    tag = 'w:uri="urn:schemas-microsoft-com:office:smarttags"'
    smart = f'<w:smartTag {tag} w:element="City">{run(second)}</w:smartTag>'
    smart = f'<w:smartTag {tag} w:element="place">{smart}</w:smartTag>'
    paper.add(para(run(first) + smart + run(third)), Unit(first + second + third))
    first, second, third = thirds(paper.words.paragraphs[5])
    custom = f'<w:customXml w:uri="urn:example" w:element="part">{run(second)}</w:customXml>'
    whole = (
        f'<w:customXml w:uri="urn:example" w:element="section">{para(run(first) + custom + run(third))}</w:customXml>'
    )
    paper.add(whole, Unit(first + second + third))
    rows = paper.titled_bodies(3)
    drawn = plain_rows(rows)
    drawn[1] = f'<w:customXml w:uri="urn:example" w:element="row">{drawn[1]}</w:customXml>'
    paper.add(tbl(drawn), *cell_units(paper.next_table(), rows))
    paper.add(para(""))


def _embedded(paper: Paper) -> None:
    """Another document hangs in this one as a file of its own; that it was left out must be told."""
    page = f"<html><body><p>{paper.extra.embedded}.</p></body></html>"
    relation = paper.relate("aFChunk", "afchunk1.html", "text/html", page.encode("ascii", "xmlcharrefreplace"))
    paper.paragraph(4)
    paper.add(f'<w:altChunk r:id="{relation}"/>')
    paper.losses.append("embedded")
    paper.paragraph(5)


def _alternative_text(paper: Paper) -> None:
    """A picture whose description is not on the page, in the line of a paragraph."""
    first, second = halves(paper.words.paragraphs[4])
    paper.add(para(run(first) + paper.picture() + run(second)), Unit(first + second))
    paper.absent.append(paper.extra.picture)
    paper.paragraph(5)


# ------------------------------------------------------------------------------------------------------- characters


def _split_runs(paper: Paper) -> None:
    """Words cut into runs of three letters, with bookmarks, spelling marks and page marks between."""
    for number in (4, 5):
        text = paper.words.paragraphs[number]
        marks = ('<w:proofErr w:type="spellStart"/>', '<w:bookmarkStart w:id="3" w:name="a"/><w:bookmarkEnd w:id="3"/>')
        pieces = [run(text[at : at + 3], '<w:lang w:val="fr-FR"/>') for at in range(0, len(text), 3)]
        pieces[4] = pieces[4].replace("<w:t ", "<w:lastRenderedPageBreak/><w:t ", 1)
        drawn = "".join(piece + marks[place % 2] for place, piece in enumerate(pieces))
        paper.add(para(drawn), Unit(text))


def _equations(paper: Paper) -> None:
    """Equations in a line and on a line of their own, in many small runs."""

    def equation(*parts: str) -> str:
        return f"<m:oMath>{''.join(f'<m:r><m:t>{part}</m:t></m:r>' for part in parts)}</m:oMath>"

    lead = paper.extra.formula + " "
    paper.add(para(run(lead) + equation("r", "=", "963+", "241") + run(".")), Unit(f"{lead}r=963+241."))
    paper.add(para(f"<m:oMathPara>{equation('n=', '14', '×', '963')}</m:oMathPara>"), Unit("n=14×963"))
    paper.paragraph(4)


def _symbols(paper: Paper) -> None:
    """Characters of symbol fonts, as w:sym and as text in such a font; a person types what the page shows."""
    before, between, behind, _ = paper.extra.symbols.split("{}")

    def symbol(font: str, code: str) -> str:
        return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'

    shown = Unit(f"{before}≥{between}≈{behind}✓")
    drawn = run(before) + symbol("Symbol", "F0B3") + run(between) + symbol("Symbol", "F0BB") + run(behind)
    paper.add(para(drawn + symbol("Wingdings", "F0FC")), shown)
    fonts = {name: f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}"/>' for name in ("Symbol", "Wingdings")}
    drawn = run(before) + run("\uf0b3", fonts["Symbol"]) + run(between) + run("\uf0bb", fonts["Symbol"])
    paper.add(para(drawn + run(behind) + run("\uf0fc", fonts["Wingdings"])), shown)
    paper.paragraph(4)


def _in_long_words(text: str, put: Callable[[int], str], least: int = 8) -> list[str]:
    """Cut a text in the middle of its long words; `put` gives what goes between, by its number."""
    pieces, last = [], 0
    for place, match in enumerate(re.finditer(rf"[^\W\d_]{{{least},}}", text)):
        middle = (match.start() + match.end()) // 2
        pieces += [text[last:middle], put(place)]
        last = middle
    return [*pieces, text[last:]]


def _soft_hyphens(paper: Paper) -> None:
    """Hyphens that show only at the end of a line: as an element and as a character."""
    for number in (4, 5):
        text = paper.words.paragraphs[number]
        pieces = _in_long_words(text, lambda place: "" if place % 2 else "\u00ad")
        drawn = "".join(run(piece) if piece else "<w:r><w:softHyphen/></w:r>" for piece in pieces)
        paper.add(para(drawn), Unit(text))
    paper.absent.append("\u00ad")


def _fixed_hyphens(paper: Paper) -> None:
    """Hyphens and spaces that hold a line together."""
    for row in paper.words.rows[:4]:
        first, second = row[4].split("-")
        text = f"{row[4]}: {row[3]}"
        hyphen = "<w:r><w:noBreakHyphen/></w:r>"
        drawn = run(first) + hyphen + run(f"{second}:\u00a0{row[3].replace(' ', chr(160), 2)}")
        paper.add(para(drawn), Unit(text))


def _breaks(paper: Paper) -> None:
    """Tabs and breaks of line, column and page within a paragraph, each a space; also within a heading."""
    first, second, third = thirds(paper.words.paragraphs[4])
    line, turn = "<w:r><w:br/></w:r>", "<w:r><w:cr/></w:r>"
    paper.add(para(run(first.rstrip()) + line + run(second.rstrip()) + turn + run(third)), Unit(first + second + third))
    first, second = halves(paper.words.head)
    drawn = run(first.rstrip()) + line + run(second)
    paper.add(para(drawn, f'<w:pStyle w:val="{paper.heading_style}"/>'), Unit(first + second, "heading"))
    first, second, third = thirds(paper.words.paragraphs[5])
    page, column = (f'<w:r><w:br w:type="{name}"/></w:r>' for name in ("page", "column"))
    paper.add(
        para(run(first.rstrip()) + page + run(second.rstrip()) + column + run(third)), Unit(first + second + third)
    )
    paper.add(para(page))
    right = '<w:ptab w:relativeTo="margin" w:alignment="right" w:leader="dot"/>'
    for row, gap in zip(paper.words.rows, ("<w:tab/><w:tab/>", right), strict=False):
        paper.add(para(f"{run(row[4])}<w:r>{gap}</w:r>{run(row[3])}"), Unit(f"{row[4]} {row[3]}"))


def _invisible(paper: Paper) -> None:
    """Characters that have no width, in the middle of words; a person does not type them."""
    marks = "\u200b\u200e\u200f\u2060\ufeff\u200d\u200c\u202a\u202c"
    for number in (4, 5):
        text = paper.words.paragraphs[number]
        drawn = "".join(_in_long_words(text, lambda place: marks[place % len(marks)], 5))
        paper.add(said(drawn), Unit(text))
    paper.absent += list(marks)


def _decomposed(paper: Paper) -> None:
    """Accents as characters of their own behind their letters."""
    for number in (4, 5):
        text = paper.words.paragraphs[number]
        paper.add(said(unicodedata.normalize("NFD", text)), Unit(text))


def _mixed(paper: Paper) -> None:
    """Half of the document is in another language."""
    other = WORDS[_OTHER[paper.language]]
    paper.styled_heading(other.headings[0])
    for text in other.paragraphs[:6]:
        paper.text(text)
    paper.mixed = True


# ------------------------------------------------------------------------------------------------- whole packages


def _other_part(paper: Paper) -> None:
    paper.main = "word/document2.xml"


def _with_macros(paper: Paper) -> None:
    paper.kind = _MACRO_KIND


def _iso_edition(paper: Paper) -> None:
    paper.strict = True


def _common_library(language: Language) -> tuple[bytes, Truth]:
    """A document as a common library writes it: latent styles, its own lists and table grid."""
    words = WORDS[language]
    document = Document()
    document.core_properties.title = words.title
    document.add_heading(words.title, 0)
    units = [Unit(words.title, "heading")]
    for number in range(4):
        document.add_heading(words.headings[number], 1 + number % 2)
        units.append(Unit(words.headings[number], "heading"))
        for text in words.paragraphs[2 * number : 2 * number + 2]:
            document.add_paragraph(text)
            units.append(Unit(text))
        if number == 1:
            for style, marker in (("List Bullet", "•"), ("List Number", None)):
                for place, text in enumerate(words.items[:3], 1):
                    document.add_paragraph(text, style=style)
                    units.append(Unit(text, "list_item", marker or f"{place}."))
    rows: list[Row] = [(None, words.columns), *((row[0], row[1:]) for row in words.rows)]
    table = document.add_table(len(rows), 4, style="Table Grid")
    for number, (_, texts) in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(number, column).text = text
    units += cell_units(0, rows)
    document.add_paragraph(words.paragraphs[9])
    units.append(Unit(words.paragraphs[9]))
    target = io.BytesIO()
    document.save(target)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed(parts), Truth(tuple(units))


def _scan(language: Language) -> tuple[bytes, Truth]:
    """A document that holds a picture and no word."""
    paper = Paper(language)
    paper.add(para("") + para(paper.picture()) + para(""))
    return paper.data(), Truth((), absent=(paper.extra.picture,), status="no_text")


def _nothing(language: Language) -> tuple[bytes, Truth]:
    """A document of empty paragraphs and an empty table."""
    paper = Paper(language)
    paper.add(para("") + tbl([tr([tc(para("")), tc(para(""))])], 2) + para(""))
    return paper.data(), Truth((), status="no_text")


def _encrypted(language: Language) -> tuple[bytes, Truth]:
    return compound_file({"EncryptionInfo": noise(language, 4096), "EncryptedPackage": noise(f"{language}!", 9000)}), (
        Truth((), status="encrypted")
    )


def _workbook(language: Language) -> tuple[bytes, Truth]:
    words = WORDS[language]
    cells = "".join(f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' for text in words.columns)
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    override = f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/>'
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{override}</Types>',
        "xl/workbook.xml": f"{_HEAD}<workbook {space}/>",
        "xl/worksheets/sheet1.xml": f"{_HEAD}<worksheet {space}><sheetData><row>{cells}</row></sheetData></worksheet>",
    }
    return packed({name: part.encode() for name, part in parts.items()}), Truth((), status="unsupported")


def _other_archive(language: Language) -> tuple[bytes, Truth]:
    """An archive of text files, named as a Word document."""
    words = WORDS[language]
    parts = {f"{number}.txt": text.encode() for number, text in enumerate(words.paragraphs[:3], 1)}
    return packed(parts), Truth((), status="unsupported")


def _cut_short(language: Language) -> tuple[bytes, Truth]:
    """A Word document of which the last third never arrived."""
    data, _ = word_trap("plain", _plain).make(language)
    return data[: 2 * len(data) // 3], Truth((), status="corrupt")


def _no_document(language: Language) -> tuple[bytes, Truth]:
    """An office package without a document in it."""
    types = f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"/>'.encode()
    core = f"<title>{escape(WORDS[language].title)}</title>".encode()
    return packed({"[Content_Types].xml": types, "docProps/core.xml": core}), Truth((), status="corrupt")


def noise(seed: str, length: int) -> bytes:
    """Bytes that look like nothing, the same for the same seed."""
    count = -(-length // 32)
    return b"".join(hashlib.sha256(f"{seed} {number}".encode()).digest() for number in range(count))[:length]


def compound_file(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file of a few streams of 4096 bytes or more, in sectors of 512."""
    free, last, table_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chains = [table_sector, last]  # the table of sectors itself, then the directory
    content, entries = b"", []
    for name, data in streams.items():
        first, count = len(chains), -(-len(data) // 512)
        chains += [*range(first + 1, first + count), last]
        content += data.ljust(count * 512, b"\0")
        entries.append((name, 2, first, len(data)))
    none, nil = free, bytes(16)

    def entry(name: str, kind: int, right: int, child: int, first: int, size: int) -> bytes:
        written = (name + "\0").encode("utf-16-le") if name else b""
        places = struct.pack("<HBBIII", len(written), kind, 1, none, right, child)
        return written.ljust(64, b"\0") + places + nil + bytes(20) + struct.pack("<IQ", first, size)

    directory = entry("Root Entry", 5, none, 1, last, 0)
    for number, (name, kind, first, size) in enumerate(entries, 1):
        directory += entry(name, kind, number + 1 if number < len(entries) else none, none, first, size)
    directory = directory.ljust(512, b"\0")
    table = struct.pack("<128I", *chains, *[free] * (128 - len(chains)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + nil + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, last, 0, last, 0, 0) + struct.pack("<108I", *[free] * 108)
    return header + table + directory + content


# --------------------------------------------------------------------------------------------------------------- RTF


def rtf(text: str) -> str:
    """Text of an RTF file in the code page of Windows, characters beyond it with a question mark behind."""
    written = []
    for letter in text:
        code = letter.encode("cp1252", "replace")[0]
        if letter in "\\{}":
            written.append("\\" + letter)
        elif letter.isascii():
            written.append(letter)
        elif code != ord("?"):
            written.append(f"\\'{code:02x}")
        else:
            written.append(f"\\u{ord(letter)}?")
    return "".join(written)


def rtf_unicode(text: str) -> str:
    """Text of an RTF file with every accented letter as a number, followed by what old programs show instead."""
    written = []
    for letter in text:
        if letter.isascii():
            written.append("\\" + letter if letter in "\\{}" else letter)
        else:
            code = letter.encode("cp1252", "replace")[0]
            written.append(f"\\u{ord(letter)}\\'{code:02x}")
    return "".join(written)


def rtf_mac(text: str) -> str:
    """Text of an RTF file in the code page of old Macintosh computers."""
    return "".join(c if c.isascii() else f"\\'{c.encode('mac_roman')[0]:02x}" for c in text)


class Rich(Draft):
    """An RTF document in the making; `write` turns its text into the file's letters."""

    def __init__(self, language: Language) -> None:
        super().__init__(language)
        self.write = rtf
        self.charset = "\\ansi\\ansicpg1252"
        self.front = ""  # headers and footers stand before the body

    def title(self) -> None:
        self._titled(self.words.title, "\\s1\\qc\\outlinelevel0\\b\\fs36")

    def heading(self, number: int) -> None:
        self._titled(self.words.headings[number], "\\s2\\outlinelevel1\\b\\fs28")

    def paragraph(self, number: int) -> None:
        self.text(self.words.paragraphs[number])

    def text(self, text: str) -> None:
        """Draw a plain paragraph."""
        self.add(self.line(self.write(text)), Unit(text))

    @staticmethod
    def line(drawn: str) -> str:
        """A plain paragraph of what is already written."""
        return f"\\pard\\plain\\s0\\sa120\\fs24 {drawn}\\par\n"

    def row(self, cells: Sequence[str], widths: Sequence[int] = (2500, 5000, 7500, 9000), about: str = "") -> str:
        """A table row; `cells` are already written."""
        edges = "".join(f"{about if place == 0 else ''}\\cellx{edge}" for place, edge in enumerate(widths))
        inside = "".join(f"{text}\\cell\n" for text in cells)
        return f"\\trowd\\trgaph70{edges}\\pard\\plain\\intbl\\fs20 {inside}\\row\n"

    def table(self, rows: Sequence[Row]) -> None:
        """Draw a plain table."""
        drawn = "".join(self.row([self.write(text) for text in texts]) for _, texts in rows)
        self.add(drawn, *cell_units(self.next_table(), rows))

    def data(self) -> bytes:
        fonts = "{\\fonttbl{\\f0\\froman\\fcharset0 Times New Roman;}{\\f1\\ftech\\fcharset2 Symbol;}}"
        styles = "{\\stylesheet{\\s0 Normal;}{\\s1\\outlinelevel0 heading 1;}{\\s2\\outlinelevel1 heading 2;}}"
        about = f"{{\\info{{\\title {self.write(self.words.title)}}}{{\\author R. Ocampo}}}}"
        head = (
            f"{{\\rtf1{self.charset}\\deff0\\uc1\n{fonts}\n{{\\colortbl;\\red0\\green0\\blue0;}}\n{styles}\n{about}\n"
        )
        written = f"{head}\\paperw12240\\paperh15840\n{self.front}{''.join(self.body)}}}\n"
        return written.replace("\n", "\r\n").encode("ascii")

    def _titled(self, text: str, about: str) -> None:
        self.add(f"\\pard\\plain{about} {self.write(text)}\\par\n", Unit(text, "heading"))


def rich_trap(name: str, fill: Callable[[Rich], None], prepare: Callable[[Rich], None] | None = None) -> Trap:
    """A trap in the middle of an RTF document."""

    def make(language: Language) -> tuple[bytes, Truth]:
        rich = Rich(language)
        if prepare:
            prepare(rich)
        rich.open()
        fill(rich)
        rich.close()
        return rich.data(), rich.truth()

    return Trap(f"rtf-{name}", ".rtf", make)


def _rich_plain(rich: Rich) -> None:
    rich.paragraph(4)
    rich.paragraph(5)


def _in_unicode(rich: Rich) -> None:
    rich.write = rtf_unicode


def _fallbacks(rich: Rich) -> None:
    """Groups that change how many characters stand in for one: two, none, and again one behind the group."""
    for number, count, instead in ((4, 2, "\\'3f?"), (5, 0, "")):
        text = rich.words.paragraphs[number]
        letters = [c if c.isascii() else f"\\u{ord(c)} {instead}" for c in text]
        rich.add(rich.line(f"{{\\uc{count} {''.join(letters)}}}"), Unit(text))
    rich.paragraph(8)


def _in_mac(rich: Rich) -> None:
    rich.write, rich.charset = rtf_mac, "\\mac"


def _rich_table(rich: Rich) -> None:
    rich.table(rich.titled_bodies(3))
    rich.paragraph(4)
    rich.table([(None, rich.words.columns), *rich.bodies(3)])


def _rich_merged(rich: Rich) -> None:
    """A cell over two columns and a cell over two rows; the places they take are empty and no units."""
    table, rows = rich.next_table(), rich.words.rows
    drawn = rich.row([rich.write(text) for text in rich.words.columns])
    units = cell_units(table, [(None, rich.words.columns)])
    for number, (row, about) in enumerate(((rows[0], "\\clvmgf"), (rows[1], "\\clvmrg")), 1):
        texts = row[1:] if number == 1 else ("", *row[2:])
        drawn += rich.row([rich.write(text) for text in texts], about=about)
        units += [unit for unit in cell_units(table, [(rows[0][0], texts)], number) if unit.text]
    body, name, _, done, source = rows[2]
    edges = "\\cellx2500\\clmgf\\cellx5000\\clmrg\\cellx7500\\cellx9000"
    inside = "".join(f"{rich.write(text)}\\cell\n" for text in (name, done, "", source))
    drawn += f"\\trowd{edges}\\pard\\plain\\intbl\\fs20 {inside}\\row\n"
    units += [
        Unit(text, "table_cell", cell=(table, 3, at), implementer=body)
        for at, text in ((0, name), (1, done), (3, source))
    ]
    rich.add(drawn, *units)


def _rich_notes(rich: Rich) -> None:
    for number, note in ((4, 0), (5, 1)):
        text, said_below = rich.words.paragraphs[number], rich.words.notes[note]
        first, second = halves(text)
        mark = "{\\super\\chftn}"
        below = f"{{\\footnote\\pard\\plain\\fs20 {mark} {rich.write(said_below)}}}"
        drawn = f"{rich.write(first.rstrip())}{{\\super\\chftn{below}}} {rich.write(second)}"
        rich.add(rich.line(drawn), Unit(text))
        rich.notes.append(Unit(said_below, "footnote", str(note + 1)))


def _rich_changes(rich: Rich) -> None:
    """Deleted words are gone, inserted ones count."""
    first, second = halves(rich.words.paragraphs[4])
    gone = f"{{\\deleted\\revauthdel1\\revdttmdel1 ({rich.write(rich.extra.deleted)}) }}"
    rich.add(rich.line(rich.write(first) + gone + rich.write(second)), Unit(first + second))
    first, second = halves(rich.words.paragraphs[5])
    new = f"({rich.extra.inserted}) "
    drawn = f"{rich.write(first)}{{\\revised\\revauth1\\revdttm1 {rich.write(new)}}}{rich.write(second)}"
    rich.add(rich.line(drawn), Unit(first + new + second))
    rich.absent.append(rich.extra.deleted)
    rich.losses.append("deleted")


def _rich_hidden(rich: Rich) -> None:
    """Hidden words, ended by the group's end and by a switch."""
    for number, hidden in ((4, rich.extra.hidden), (5, rich.extra.comment)):
        first, second = halves(rich.words.paragraphs[number])
        inside = f"[{rich.write(hidden)}] "
        drawn = f"{{\\v {inside}}}" if number == 4 else f"\\v {inside}\\v0 "
        rich.add(rich.line(rich.write(first) + drawn + rich.write(second)), Unit(first + second))
        rich.absent.append(hidden)
    rich.losses.append("hidden")


def _rich_margins(rich: Rich) -> None:
    page = "{\\field{\\*\\fldinst PAGE }{\\fldrslt 2}}"
    symbol = rich.words.rows[0][4]
    rich.front = (
        f"\\titlepg{{\\headerf\\pard\\plain {rich.write(symbol)}\\par}}"
        f"{{\\header\\pard\\plain {rich.write(rich.words.head)}\\par}}"
        f"{{\\footer\\pard\\plain\\qc {rich.write(rich.words.page)} {page}\\par}}"
        "{\\footerf\\pard\\plain\\par}\n"
    )
    rich.margins += [symbol, rich.words.head, f"{rich.words.page} 2"]


def _rich_lists(rich: Rich) -> None:
    """Lists whose markers are written for old programs, of both generations, and one that is typed."""
    rich.text(rich.extra.lead)
    for number, text in enumerate(rich.words.items):
        typed = rich.write(text)
        if number < 2:
            marker = f"{number + 1}."
            old = f"{{\\pntext\\f0 {marker}\\tab}}{{\\*\\pn\\pnlvlbody\\pndec\\pnstart1{{\\pntxta .}}}}"
            drawn = f"\\pard\\plain{old}\\fi-360\\li720\\fs24 {typed}\\par\n"
        elif number < 4:
            marker = f"{'ab'[number - 2]})"
            drawn = f"{{\\listtext\\pard\\plain {marker}\\tab}}\\pard\\plain\\ls1\\ilvl1\\li1080\\fs24 {typed}\\par\n"
        elif number == 4:
            marker = "•"
            drawn = f"{{\\pntext\\pard\\plain\\f1 \\'b7\\tab}}\\pard\\plain\\li720\\fs24 {typed}\\par\n"
        else:
            marker = "3."
            drawn = rich.line(f"3.\\tab {typed}")
        rich.add(drawn, Unit(text, "list_item", marker))


def _rich_pictures(rich: Rich) -> None:
    """A picture in hexadecimal digits, written twice, and one in plain bytes told by their number."""
    digits = "".join(f"{byte:02x}" for byte in png())
    both = f"{{\\*\\shppict{{\\pict\\pngblip\\picw8\\pich8 {digits}}}}}{{\\nonshppict{{\\pict\\wmetafile8 {digits}}}}}"
    first, second = halves(rich.words.paragraphs[4])
    rich.add(rich.line(rich.write(first) + both + rich.write(second)), Unit(first + second))
    # The bytes hold brackets and a backslash: who does not count them loses the way.
    told = "}{\\par x}"
    rich.add(rich.line(f"{{\\pict\\pngblip\\picw8\\pich8\\bin{len(told)} {told}}}"))
    rich.absent.append(digits[:40])
    rich.paragraph(5)


def _rich_fields(rich: Rich) -> None:
    first, second, third = (rich.write(part) for part in thirds(rich.words.paragraphs[4]))
    link = f'{{\\field{{\\*\\fldinst {{HYPERLINK "http://www.example.org/annex"}}}}{{\\fldrslt {{\\ul {second}}}}}}}'
    rich.add(rich.line(first + link + third), Unit(rich.words.paragraphs[4]))
    rich.add(
        rich.line(f"{{\\*\\bkmkstart a}}{rich.write(rich.words.paragraphs[5])}{{\\*\\bkmkend a}}"),
        Unit(rich.words.paragraphs[5]),
    )
    rich.absent += ["example.org", "HYPERLINK"]


def _rich_words(rich: Rich) -> None:
    """Characters that RTF writes as control words, and breaks, each a space, within a paragraph."""
    names = {"–": "\\endash ", "“": "\\ldblquote ", "”": "\\rdblquote ", "’": "\\rquote ", "\\": "\\\\"}
    for number in (4, 5, 8):
        text = rich.words.paragraphs[number]
        pieces = _in_long_words(text, lambda _: "\\-")
        written = [
            piece if at % 2 else "".join(names.get(c) or rtf(c) for c in piece) for at, piece in enumerate(pieces)
        ]
        rich.add(rich.line("".join(written).replace(", ", ",\\line ", 1).replace(" ", "\\~", 1)), Unit(text))
    for row in rich.words.rows[:2]:
        drawn = rich.write(row[4]).replace("-", "\\_") + "\\tab " + rich.write(row[3])
        rich.add(rich.line(drawn), Unit(f"{row[4]} {row[3]}"))


def _rich_comments(rich: Rich) -> None:
    first, second = halves(rich.words.paragraphs[4])
    about = "{\\*\\atnid RO}{\\*\\atnauthor R. Ocampo}\\chatn"
    note = f"{about}{{\\*\\annotation\\pard\\plain {rich.write(rich.extra.comment)}}}"
    rich.add(rich.line(f"{rich.write(first)}{{{note}}}{rich.write(second)}"), Unit(first + second))
    rich.absent += [rich.extra.comment, "R. Ocampo"]
    rich.losses.append("comment")
    rich.paragraph(5)


def _rich_box(rich: Rich) -> None:
    """A text box, written twice; it reads after the paragraph it hangs on."""
    text = rich.words.paragraphs[4]
    inside = "".join(f"\\pard\\plain {rich.write(line)}\\par " for line in rich.extra.box)
    shape = "{\\*\\shpinst\\shpleft0\\shptop0\\shpright3000\\shpbottom900{\\sp{\\sn shapeType}{\\sv 202}}"
    old = f"{{\\shprslt{{\\*\\do\\dobxpage\\dptxbx{{\\dptxbxtext {inside}}}}}}}"
    box = f"{{\\shp{shape}{{\\shptxt {inside}}}}}{old}}}"
    rich.add(rich.line(box + rich.write(text)), Unit(text), *map(Unit, rich.extra.box))


def _raw(name: str, make: Make, suffix: str = ".docx") -> Trap:
    return Trap(f"docx-{name}", suffix, make)


TRAPS: tuple[Trap, ...] = (
    word_trap("headings-by-style", _plain),
    word_trap("headings-by-looks", _plain, _by_looks),
    word_trap("sections-by-body", _sections_by_body),
    word_trap("body-tables", _body_tables),
    word_trap("nested-table", _nested_table),
    word_trap("merged-cells", _merged_cells),
    word_trap("empty-cells", _empty_cells),
    word_trap("lists-in-cells", _cell_paragraphs),
    word_trap("matrix-other-columns", _other_columns),
    word_trap("key-value-tables", _key_values),
    word_trap("text-box-written-twice", _box),
    word_trap("text-box-in-vml", _old_box),
    word_trap("text-box-with-table", _box_with_table),
    word_trap("drop-cap", _drop_cap),
    word_trap("footnotes", _footnotes),
    word_trap("endnotes", _endnotes),
    word_trap("footnotes-and-endnotes", _both_notes),
    word_trap("footnote-with-a-star", _starred_note),
    word_trap("header-and-footer", _margins),
    word_trap("headers-first-even-odd", _many_margins),
    word_trap("header-with-table-and-box", _margin_table),
    word_trap("numbering-sublevels", _sublevels),
    word_trap("numbering-capitals-and-brackets", _brackets),
    word_trap("numbering-with-zeros", _padded),
    word_trap("numbering-letters-beyond-z", _beyond_z),
    word_trap("numbering-legal", _legal),
    word_trap("numbering-legal-under-roman", _legal_roman),
    word_trap("numbering-sublevel-runs-on", _running_on),
    word_trap("numbering-restarted", _restarted),
    word_trap("numbering-from-fourteen", _from_fourteen),
    word_trap("numbering-continued", _continued),
    word_trap("numbering-level-replaced", _own_level),
    word_trap("numbering-by-style", _by_style),
    word_trap("numbering-by-list-style", _by_list_style),
    word_trap("numbering-of-headings", _clauses, _number_headings),
    word_trap("numbering-empty-item", _empty_item),
    word_trap("bullets", _bullets),
    word_trap("numbers-typed", _typed),
    word_trap("bullets-typed", _typed_bullets),
    word_trap("tracked-insertions", _insertions),
    word_trap("tracked-deletions", _deletions),
    word_trap("tracked-moves", _moved),
    word_trap("tracked-rows", _changed_rows),
    word_trap("tracked-paragraph-mark", _deleted_mark),
    word_trap("tracked-list-item", _deleted_item),
    word_trap("tracked-footnote", _deleted_note),
    word_trap("comments", _comments),
    word_trap("links-and-references", _links),
    word_trap("field-in-a-field", _nested_field),
    word_trap("table-of-contents", _contents),
    word_trap("hidden-text", _hidden),
    word_trap("hidden-by-style", _hidden_by_style),
    word_trap("content-controls", _controls),
    word_trap("smart-tags-and-custom-xml", _wrappers),
    word_trap("embedded-document", _embedded),
    word_trap("picture-description", _alternative_text),
    word_trap("split-runs", _split_runs),
    word_trap("equations", _equations),
    word_trap("symbols", _symbols),
    word_trap("soft-hyphens", _soft_hyphens),
    word_trap("fixed-hyphens-and-spaces", _fixed_hyphens),
    word_trap("tabs-and-breaks", _breaks),
    word_trap("characters-without-width", _invisible),
    word_trap("accents-apart", _decomposed, languages=("es", "pt", "fr")),
    word_trap("two-languages", _mixed),
    word_trap("main-part-elsewhere", _plain, _other_part),
    word_trap("with-macros", _plain, _with_macros, suffix=".docm"),
    word_trap("iso-edition", _body_tables, _iso_edition),
    _raw("common-library", _common_library),
    _raw("picture-only", _scan),
    _raw("empty-body", _nothing),
    _raw("encrypted", _encrypted),
    _raw("workbook", _workbook),
    _raw("other-archive", _other_archive),
    _raw("cut-short", _cut_short),
    _raw("no-document", _no_document),
    rich_trap("code-page-escapes", _rich_plain),
    rich_trap("unicode-escapes", _rich_plain, _in_unicode),
    rich_trap("unicode-fallback-lengths", _fallbacks),
    rich_trap("macintosh", _rich_plain, _in_mac),
    rich_trap("control-words-as-text", _rich_words),
    rich_trap("table", _rich_table),
    rich_trap("merged-cells", _rich_merged),
    rich_trap("footnotes", _rich_notes),
    rich_trap("deleted-and-inserted", _rich_changes),
    rich_trap("hidden-text", _rich_hidden),
    rich_trap("headers-and-footers", _rich_plain, _rich_margins),
    rich_trap("lists", _rich_lists),
    rich_trap("pictures", _rich_pictures),
    rich_trap("links", _rich_fields),
    rich_trap("comments", _rich_comments),
    rich_trap("text-box", _rich_box),
)
