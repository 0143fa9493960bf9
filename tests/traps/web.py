"""HTML traps: pages as they were written by hand, by FrontPage, by Word and by today's publishing systems."""

from __future__ import annotations

import codecs
import html
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.entities import codepoint2name
from itertools import count, cycle

from tests.traps.base import Kind, Language, Trap, Truth, Unit
from tests.traps.words import WORDS, Words

LINKS: dict[Language, tuple[str, ...]] = {
    "en": ("Home", "About us", "Documents", "Calendar", "Press room", "Contact"),
    "es": ("Inicio", "Quiénes somos", "Documentos", "Calendario", "Sala de prensa", "Contacto"),
    "pt": ("Início", "Quem somos", "Documentos", "Calendário", "Sala de imprensa", "Contato"),
    "fr": ("Accueil", "Qui sommes-nous", "Documents", "Calendrier", "Salle de presse", "Contact"),
}
PRINT: dict[Language, str] = {
    "en": "Print this page", "es": "Imprimir esta página", "pt": "Imprimir esta página", "fr": "Imprimer cette page",
}  # fmt: skip
TO_TOP: dict[Language, str] = {
    "en": "Back to top", "es": "Volver arriba", "pt": "Voltar ao topo", "fr": "Haut de page",
}  # fmt: skip
RIGHTS: dict[Language, str] = {
    "en": "© 2006 Office for families. All rights reserved.",
    "es": "© 2006 Oficina de las familias. Todos los derechos reservados.",
    "pt": "© 2006 Escritório das famílias. Todos os direitos reservados.",
    "fr": "© 2006 Bureau des familles. Tous droits réservés.",
}
# What browsers show at the head of the items of a list, by depth.
BULLETS = ("•", "◦", "▪")
COLUMNS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Part:
    """A stretch of markup and what is true about it."""

    markup: str = ""
    units: tuple[Unit, ...] = ()
    margins: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    mixed: bool = False

    def __add__(self, other: Part) -> Part:
        return Part(
            self.markup + other.markup,
            self.units + other.units,
            (*self.margins, *(text for text in other.margins if text not in self.margins)),
            self.absent + other.absent,
            self.losses + other.losses,
            self.mixed or other.mixed,
        )

    def within(self, before: str, after: str) -> Part:
        """The same with markup around it."""
        return Part(before) + self + Part(after)

    def truth(self) -> Truth:
        return Truth(self.units, self.margins, self.absent, losses=self.losses, mixed=self.mixed)


NOTHING = Part()


@dataclass(frozen=True)
class Style:
    """How a page writes its title, headings and paragraphs; `{}` stands for the text, which `escape` has made safe."""

    title: str = "<h1>{}</h1>\n"
    heading: str = "<h2>{}</h2>\n"
    paragraph: str = "<p>{}</p>\n"
    escape: Callable[[str], str] = lambda text: html.escape(text, quote=False)

    def write(self, text: str, kind: Kind = "paragraph", title: bool = False, implementer: str | None = None) -> Part:
        form = self.title if title else self.heading if kind == "heading" else self.paragraph
        return Part(form.format(self.escape(text)), (Unit(text, kind, implementer=implementer),))


MODERN = Style()
OLD = Style(
    '<P ALIGN=center><FONT FACE="Arial" SIZE=5 COLOR=#000080><B>{}</B></FONT>\n',
    '<P ALIGN="CENTER"><FONT FACE="Arial" SIZE="3"><B>{}</B></FONT>\n',
    '<P ALIGN=justify><FONT FACE="Arial" SIZE="2">{}</FONT>\n',
)
OFFICE = Style(
    "<p class=MsoTitle align=center style='text-align:center'><b><span lang=EN-US "
    "style='font-size:18.0pt;mso-bidi-font-size:12.0pt'>{}<o:p></o:p></span></b></p>\n",
    "<h2 style='margin-left:0in;text-indent:0in;mso-list:none'><span style='font-size:12.0pt'>{}<o:p></o:p></span></h2>"
    "\n\n<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n",
    "<p class=MsoNormal style='text-align:justify;mso-pagination:none'><span\nstyle='mso-ansi-language:EN-US'>{}"
    "<o:p></o:p></span></p>\n\n<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n",
)


def part(markup: str, text: str, kind: Kind = "paragraph", marker: str | None = None) -> Part:
    """One unit, written as `markup` with `{}` for its text."""
    return Part(markup.replace("{}", MODERN.escape(text)), (Unit(text, kind, marker),))


def joined(parts: Sequence[Part]) -> Part:
    return sum(parts, Part())


def margin(markup: str, *texts: str) -> Part:
    """Furniture of the page: each `{}` in `markup` stands for one of the texts."""
    for text in texts:
        markup = markup.replace("{}", MODERN.escape(text), 1)
    return Part(markup, margins=texts)


def story(words: Words, middle: Part, style: Style = MODERN, bottom: Part = NOTHING) -> Part:
    """The whole text of a page with the trap in its middle and what comes at its end."""

    def write(*paragraphs: int) -> Part:
        return joined([style.write(words.paragraphs[number]) for number in paragraphs])

    headings = [style.write(text, "heading") for text in words.headings]
    opening = style.write(words.title, "heading", title=True) + headings[0] + write(0, 1) + headings[1] + write(2)
    return opening + middle + write(3) + headings[2] + write(4, 5) + bottom


def page(words: Words, body: str, head: str = '<meta charset="utf-8">', doctype: str = "<!DOCTYPE html>") -> str:
    title = MODERN.escape(words.title)
    return f"{doctype}\n<html>\n<head>\n{head}\n<title>{title}</title>\n</head>\n<body>\n{body}</body>\n</html>\n"


def whole(name: str, make: Callable[[Language], tuple[str, Part]]) -> Trap:
    """A trap that writes its own page, in UTF-8."""

    def build(language: Language) -> tuple[bytes, Truth]:
        markup, content = make(language)
        return markup.encode(), content.truth()

    return Trap(name, ".html", build)


def inside(name: str, middle: Callable[[Words], Part], head: str = "") -> Trap:
    """A trap in the middle of a plain page; `head` is added to the page's head."""

    def make(language: Language) -> tuple[str, Part]:
        content = story(WORDS[language], middle(WORDS[language]))
        return page(WORDS[language], content.markup, f'<meta charset="utf-8">{head}'), content

    return whole(name, make)


# Encodings: all words stand in cp1252, whatever the page says of itself.


def encoded(name: str, encoding: str, declared: str | None, mark: bytes = b"") -> Trap:
    """A page in one encoding that declares the same, another or none."""

    def make(language: Language) -> tuple[bytes, Truth]:
        words = WORDS[language]
        content = story(words, numbered_list(words.items))
        head = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
        return mark + page(words, content.markup, head).encode(encoding), content.truth()

    return Trap(name, ".html", make)


def by_reference(text: str) -> str:
    """Write letters beyond ASCII as references: by name, in decimal, in hexadecimal, and by their number in cp1252."""
    forms: tuple[Callable[[str], str], ...] = (
        lambda letter: f"&{codepoint2name[ord(letter)]};",
        lambda letter: f"&#{ord(letter)};",
        lambda letter: f"&#x{ord(letter):X};",
        lambda letter: f"&#{letter.encode('cp1252')[0]};",
    )
    turns = cycle(forms)
    return "".join(letter if letter.isascii() else next(turns)(letter) for letter in html.escape(text, quote=False))


def by_references(language: Language) -> tuple[str, Part]:
    content = story(WORDS[language], Part(), Style(escape=by_reference))
    return page(WORDS[language], content.markup, ""), content


def typed_references(words: Words) -> Part:
    """A reference that was escaped again by some program: readers of the page see its name."""
    shown = f"{words.headings[3]}: &ldquo;{words.items[0]}&rdquo; &amp; {words.items[1]}"
    loose = f"R&D: {words.paragraphs[6]} 3 < 5"
    return part("<p>{}</p>\n", shown) + Part(f"<p>{loose}</p>\n", (Unit(loose),))


def odd_spaces(words: Words) -> Part:
    spaces = cycle(("&nbsp;", " ", "&thinsp;", "&#8239;", "\xa0", "&emsp;", "&nbsp; ", "\n\t"))
    parts = []
    for text in words.paragraphs[6:9]:
        safe = "".join(word + next(spaces) for word in map(html.escape, text.split()))
        parts.append(Part(f"<p>&nbsp;&nbsp;{safe}</p>\n<p>&nbsp;</p>\n", (Unit(text),)))
    return joined(parts)


def soft_hyphens(words: Words) -> Part:
    """Words that may be broken at a line end: nothing is seen of it within a line."""
    breaks = cycle(("&shy;", "<wbr>", "\xad"))

    def broken(word: str) -> str:
        half = len(word) // 2
        return word[:half] + next(breaks) + word[half:] if len(word) > 7 and word.isalpha() else html.escape(word)

    return joined([
        Part(f"<p>{' '.join(map(broken, text.split()))}</p>\n", (Unit(text),)) for text in words.paragraphs[6:9]
    ])  # fmt: skip


# Lists.


def listing(texts: Sequence[str], markers: Sequence[str | None], tag: str = "<ul>", items: str = "<li>{}</li>") -> Part:
    """A list; each item is written as `items` says and known by its marker."""
    inner = [part(items + "\n", text, "list_item", mark) for text, mark in zip(texts, markers, strict=True)]
    return joined(inner).within(f"{tag}\n", f"</{tag[1:3]}>\n")


def numbered_list(texts: Sequence[str], tag: str = "<ol>", items: str = "<li>{}</li>") -> Part:
    return listing(texts, [f"{number}." for number in range(1, len(texts) + 1)], tag, items)


def marked_list(name: str, tag: str, *markers: str | None) -> Trap:
    """A list whose first items carry the given markers."""
    return inside(name, lambda words: listing(words.items[: len(markers)], markers, tag))


def valued_list(words: Words) -> Part:
    texts = iter(words.items)
    items = [
        part(f"<li{value}>{{}}</li>\n", next(texts), "list_item", f"{number}.")
        for number, value in ((1, ""), (7, ' value="7"'), (8, ""), (3, " value=3"), (4, ""))
    ]
    return joined(items).within("<ol>\n", "</ol>\n")


def nested_lists(words: Words) -> Part:
    """Three depths of bullets and two of numbers; the inner list stands within the outer item."""
    one, two, three, four, five, six = words.items
    bullets = (
        part("<ul><li>{}\n", one, "list_item", BULLETS[0])
        + part("<ul><li>{}\n", two, "list_item", BULLETS[1])
        + part("<ul><li>{}</li></ul></li></ul></li>\n", three, "list_item", BULLETS[2])
        + part("<li>{}</li></ul>\n", four, "list_item", BULLETS[0])
    )
    numbers = (
        part("<ol><li>{}\n", words.notes[0], "list_item", "1.")
        + part('<ol type="a"><li>{}</li>\n', five, "list_item", "a.")
        + part("<li>{}</li></ol></li>\n", six, "list_item", "b.")
        + part("<li>{}</li></ol>\n", words.notes[1], "list_item", "2.")
    )
    return bullets + part("<p>{}</p>\n", words.paragraphs[6]) + numbers


def typed_numbers(words: Words) -> Part:
    markers = ("1.", "2.", "a)", "b)", "(iii)", "–")
    forms = ("<p>{} ", "<p>{}&nbsp;&nbsp;&nbsp;", "<p>&nbsp;&nbsp;{} ", "<p><b>{}</b> ", "<p>\n{}\n", "<p>{}&nbsp;")
    return joined([
        part(form.replace("{}", mark) + "{}</p>\n", text, "list_item", mark)
        for form, mark, text in zip(forms, markers, words.items, strict=True)
    ])  # fmt: skip


def paragraphs_in_items(words: Words) -> Part:
    """Items of two paragraphs: the second has no marker."""
    pairs = zip(words.paragraphs[6:9:2], words.paragraphs[7:10:2], strict=True)
    items = [
        part("<li>\n<p>{}</p>\n", first, "list_item", f"{number}.") + part("<p>{}</p>\n</li>\n", second)
        for number, (first, second) in enumerate(pairs, 1)
    ]
    return joined(items).within("<ol>\n", "</ol>\n")


def definitions(words: Words) -> Part:
    entries = [
        part("<dt><b>{}</b>\n", row[2] + ":") + part("<dd>{}\n", text)
        for row, text in zip(words.rows, words.paragraphs[6:9], strict=False)
    ]
    return joined(entries).within("<dl>\n", "</dl>\n")


# Tables.


@dataclass(frozen=True)
class Entry:
    """A cell as it is written: its paragraphs (one is written without a tag) and how far it reaches."""

    texts: tuple[str, ...]
    columns: int = 1
    rows: int = 1
    tag: str = "td"


def row_of(words: Words, number: int, order: Sequence[int] = COLUMNS) -> list[Entry]:
    return [Entry((words.rows[number][1 + column],)) for column in order]


def titles_of(words: Words, order: Sequence[int] = COLUMNS) -> list[Entry]:
    return [Entry((words.columns[column],), tag="th") for column in order]


def table(
    rows: Sequence[Sequence[Entry]],
    bodies: Sequence[str | None],
    number: int = 0,
    head: int = 0,
    closed: bool = True,
    attributes: str = ' border="1"',
) -> Part:
    """A table of data: `bodies` says who acts in each row, `head` how many rows stand in a thead."""
    content = Part(f"<table{attributes}>\n")
    taken: set[tuple[int, int]] = set()
    for at, (row, body) in enumerate(zip(rows, bodies, strict=True)):
        content += Part({0: "<thead>\n", head: "<tbody>\n"}.get(at, "") if head else "")
        content += Part("<tr>")
        for entry in row:
            column = next(free for free in count() if (at, free) not in taken)
            reach = [(at + down, column + right) for down in range(entry.rows) for right in range(entry.columns)]
            taken.update(reach)
            content += _cell(entry, (number, at, column), body, closed)
        content += Part("</tr>\n" if closed else "\n")
        content += Part("</thead>\n" if head and at == head - 1 else "")
    return content + Part("</tbody>\n</table>\n" if head else "</table>\n")


def _cell(entry: Entry, place: tuple[int, int, int], body: str | None, closed: bool) -> Part:
    spans = (("colspan", entry.columns), ("rowspan", entry.rows))
    attributes = "".join(f' {name}="{reach}"' for name, reach in spans if reach > 1)
    form = "<p>{}</p>" if len(entry.texts) > 1 else "{}"
    inner = "".join(form.format(MODERN.escape(text)) for text in entry.texts)
    units = [Unit(text, "table_cell", cell=place, implementer=body) for text in entry.texts]
    return Part(f"<{entry.tag}{attributes}>{inner}" + (f"</{entry.tag}>" if closed else ""), tuple(units))


def plain_table(words: Words, order: Sequence[int] = COLUMNS, rows: int = 6, **how: int | bool | str) -> Part:
    """The rows of the words under their titles, the columns in any order."""
    lines = [titles_of(words, order), *(row_of(words, number, order) for number in range(rows))]
    return table(lines, [None, *(row[0] for row in words.rows[:rows])], **how)  # type: ignore[arg-type]


def rows_that_share_a_body(words: Words) -> Part:
    """The body's name reaches over two rows; a document reaches over two rows of the next body."""
    shared = [Entry((text,), rows=2) if not column else Entry((text,)) for column, text in enumerate(words.rows[0][1:])]
    cited = row_of(words, 3)
    cited[0], cited[3] = Entry(cited[0].texts, rows=2), Entry(cited[3].texts, rows=2)
    rows = [titles_of(words), shared, row_of(words, 1)[1:], row_of(words, 2), cited, row_of(words, 4)[1:3]]
    ids = [row[0] for row in words.rows]
    return table(rows, [None, ids[0], ids[0], ids[2], ids[3], ids[3]])


def wide_cells(words: Words) -> Part:
    """A title over the whole table, and a row in which one text fills two columns."""
    two = row_of(words, 1)
    wide = [two[0], Entry(two[2].texts, columns=2), two[3]]
    rows = [[Entry((words.head,), columns=4, tag="th")], titles_of(words), row_of(words, 0), wide, row_of(words, 2)]
    return table(rows, [None, None, *(row[0] for row in words.rows[:3])])


def rows_of_sections(words: Words) -> Part:
    """Rows that name a body over the whole width; the rows below are its own."""
    rows = [titles_of(words)[1:]]
    bodies: list[str | None] = [None]
    for number in range(3):
        body, name, *_ = words.rows[number]
        rows += [[Entry((name,), columns=3)], row_of(words, number)[1:], row_of(words, number + 3)[1:]]
        bodies += [body] * 3
    return table(rows, bodies)


def cells_of_paragraphs(words: Words) -> Part:
    rows = [titles_of(words), *(row_of(words, number) for number in range(3))]
    rows[2][2] = Entry((*rows[2][2].texts, words.paragraphs[6], words.paragraphs[7]))
    rows[3][1] = Entry((*rows[3][1].texts, words.headings[3]))
    return table(rows, [None, *(row[0] for row in words.rows[:3])])


def two_tables(words: Words) -> Part:
    captioned = plain_table(words, rows=2)
    caption = f"<caption>{MODERN.escape(words.notes[0])}</caption>\n"
    markup = captioned.markup.replace(">\n", f">\n{caption}", 1)
    first = Part(markup, (Unit(words.notes[0]), *captioned.units))
    return first + MODERN.write(words.paragraphs[6]) + plain_table(words, (1, 0, 3), rows=4, number=1)


# Whole pages as others built them.


def modern_with_menus(language: Language) -> tuple[str, Part]:
    """The page's own header is furniture; the header of the article holds its title."""
    words, links = WORDS[language], LINKS[language]
    menu = "".join('<li><a href="#">{}</a></li>' for _ in links)
    top = margin('<header><p class="brand">{}</p></header>\n', words.head)
    top += margin(f"<nav><ul>{menu}</ul></nav>\n", *links)
    crumbs = f"{links[0]} › {links[2]} › {words.head}"
    trail = margin('<nav aria-label="breadcrumb"><p>{}</p></nav>\n', crumbs)
    text = story(words, plain_table(words, rows=3))
    title, rest = text.markup.split("</h1>", 1)
    article = f"<main>\n<article><header>{title}</h1></header>{rest}</article></main>\n"
    foot = margin("<footer><p>{}</p><p><a href='#'>{}</a></p></footer>\n", RIGHTS[language], links[5])
    aside = margin("<aside><ul><li><a href='/print'>{}</a></li></ul></aside>\n", PRINT[language])
    content = top + trail + Part(article, text.units) + aside + foot
    return page(words, content.markup), content


def links_without_menus(language: Language) -> tuple[str, Part]:
    """Lines of links at the top and at the bottom, in plain paragraphs and lists."""
    words, links = WORDS[language], LINKS[language]
    anchors = " | ".join(f'<a href="{number}.htm">{text}</a>' for number, text in enumerate(links))
    line = Part(f'<p align="center"><small>[ {anchors} ]</small></p>\n', margins=(f"[ {' | '.join(links)} ]",))
    steps = f'<p><a href="/">{links[0]}</a> &gt; <a href="/d">{links[2]}</a> &gt;</p>\n'
    crumbs = Part(steps, margins=(f"{links[0]} > {links[2]} >",))
    tools = margin('<div><a href="javascript:print()">{}</a></div>\n', PRINT[language])
    items = "".join(f'<li><a href="{number}.htm">{{}}</a></li>\n' for number, _ in enumerate(links))
    bottom = margin('<p align="right"><a href="#top">{}</a></p>\n', TO_TOP[language])
    bottom += margin(f"<ul>\n{items}</ul>\n", *links) + margin("<p><font size=1>{}</font></p>\n", RIGHTS[language])
    content = line + crumbs + tools + story(words, numbered_list(words.items)) + line + bottom
    return page(words, content.markup), content


def old_page(language: Language) -> tuple[str, Part]:
    """FrontPage, 1999: capitals, nothing closed, titles only bold and in the middle."""
    words = WORDS[language]
    items = listing(words.items, [BULLETS[0]] * 6, "<UL>", '<LI><FONT FACE="Arial" SIZE="2">{}</FONT>')
    content = story(words, items, OLD)
    body = f'<BODY BGCOLOR="#FFFFFF" LINK="#0000FF">\n{content.markup}</BODY>'
    generator = '<META NAME="GENERATOR" CONTENT="Microsoft FrontPage 4.0">\n'
    generator += '<META NAME="ProgId" CONTENT="FrontPage.Editor.Document">'
    title = f"<TITLE>{MODERN.escape(words.title)}</TITLE>"
    head = f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8">\n{generator}'
    return f"<HTML>\n<HEAD>\n{head}\n{title}\n</HEAD>\n{body}\n</HTML>\n", content


def layout_tables(language: Language) -> tuple[str, Part]:
    """The whole page in tables within tables, rows only to part it: nothing in it is a cell of data."""
    words = WORDS[language]
    marks = [part('<tr><td width="20">{}</td>', f"{number}.").markup for number in range(1, 7)]
    items = [
        Part(mark) + part('<td><font size="2">{}</font></td></tr>\n', text, "list_item", f"{number}.")
        for number, (mark, text) in enumerate(zip(marks, words.items, strict=True), 1)
    ]
    # A list that is set out by a table: number left, text right.
    numbered = joined(items).within('<table border="0" cellpadding="2">\n', "</table>\n")
    content = story(words, numbered, OLD)
    frame = '<table border="0" width="760" cellspacing="0" cellpadding="0"><tr><td width="20">&nbsp;</td><td>\n'
    frame += '<table border="0" width="100%"><tr><td valign="top">\n'
    half = content.markup.index("<P ALIGN=justify", content.markup.index(MODERN.escape(words.headings[1])))
    parted = content.markup[:half] + '</td></tr><tr><td valign="top">\n' + content.markup[half:]
    close = '</td></tr></table>\n</td><td width="20"><img src="dot.gif" width=1 height=1 alt=""></td></tr></table>\n'
    return page(words, frame + parted + close, doctype=""), Part(content.markup, content.units)


def left_menu(language: Language) -> tuple[str, Part]:
    """A page of the nineties: banner above, links in the left column, the text in the right one."""
    words, links = WORDS[language], LINKS[language]
    banner = margin('<tr><td colspan="2" bgcolor="#003366"><font color="#FFFFFF">{}</font></td></tr>\n', words.head)
    anchors = "".join('<a href="x.htm"><font size="2">{}</font></a><br>\n' for _ in links)
    menu = margin(f'<tr><td width="150" valign="top" bgcolor="#CCCCCC">\n{anchors}</td>\n', *links)
    text = story(words, Part(), OLD).within('<td valign="top">\n', "</td></tr>\n")
    foot = margin('<tr><td colspan="2" align="center"><font size="1">{}</font></td></tr>\n', RIGHTS[language])
    content = (banner + menu + text + foot).within('<table border="0" width="100%" cellspacing="0">\n', "</table>\n")
    return page(words, content.markup, doctype='<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">'), content


def data_in_layout(language: Language) -> tuple[str, Part]:
    """A table of data within the table that sets out the page: only the inner one has cells."""
    words = WORDS[language]
    content = story(words, plain_table(words, rows=4), OLD)
    shaped = content.within('<table width="700"><tr><td width="10">&nbsp;</td><td>\n', "</td></tr></table>\n")
    return page(words, shaped.markup, doctype=""), shaped


def saved_page(language: Language) -> tuple[str, Part]:
    words = WORDS[language]
    content = story(words, numbered_list(words.items))
    note = "<!-- saved from url=(0038)http://www.example.org/reports/2006.htm -->\n"
    markup = page(words, content.markup, doctype='<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN">')
    return markup.replace("<html>", note + "<html>").replace("\n", "\r\n"), content + Part(absent=("saved from url",))


def office_page(language: Language) -> tuple[str, Part]:
    """Word's own HTML: markers of lists stand in spans between conditional comments."""
    words = WORDS[language]
    blanks = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span>"
    marks = (("1.", "Arial", 1), ("2.", "Arial", 1), ("a.", "Arial", 2), ("b.", "Arial", 2), ("·", "Symbol", 1),
             ("o", '"Courier New"', 2))  # fmt: skip
    items = joined([
        part(
            f"<p class=MsoNormal style='margin-left:{level * 0.5}in;text-indent:-.25in;mso-list:l0 level{level} lfo1;\n"
            f"tab-stops:list .5in'><![if !supportLists]><span style='font-family:{font};mso-list:Ignore'>{mark}"
            f"{blanks}</span><![endif]>{{}}<o:p></o:p></p>\n",
            text, "list_item", mark,
        )
        for (mark, font, level), text in zip(marks, words.items, strict=True)
    ])  # fmt: skip
    content = story(words, items, OFFICE).within("<div class=Section1>\n", "</div>\n")
    head = (
        '<meta http-equiv=Content-Type content="text/html; charset=utf-8">\n<meta name=ProgId content=Word.Document>\n'
        "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Print</w:View></w:WordDocument></xml><![endif]-->\n"
        "<!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}</style><![endif]-->\n"
        '<style><!-- p.MsoNormal {margin:0in; mso-style-parent:"";} --></style>'
    )
    markup = page(words, content.markup, head, doctype="")
    names = 'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"'
    unseen = Part(absent=("mso-style-parent", "supportLists", "#default#VML"))
    return markup.replace("<html>", f"<html {names}>"), content + unseen


def xhtml_page(language: Language) -> tuple[bytes, Truth]:
    """The encoding stands in the XML declaration alone, and only by its other name."""
    words = WORDS[language]
    script = '<script type="text/javascript">\n//<![CDATA[\nif (1 < 2 && 3 > 2) { hide("pop-up"); }\n//]]>\n</script>\n'
    broken = words.paragraphs[6].replace(". ", ". <br />\n", 1)
    middle = Part(script, absent=("pop-up", "CDATA")) + Part(f"<p>{broken}</p>\n<hr />\n", (Unit(words.paragraphs[6]),))
    content = story(words, middle + plain_table(words, rows=2))
    declared = '<?xml version="1.0" encoding="windows-1252"?>\n<!DOCTYPE html PUBLIC '
    declared += '"-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
    markup = page(words, content.markup, '<link rel="stylesheet" href="page.css" />', declared)
    markup = markup.replace("<html>", f'<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}">')
    return markup.encode("cp1252"), content.truth()


def empty_page(language: Language) -> tuple[bytes, Truth]:
    """Only the browser's title bar says something."""
    body = '<p>&nbsp;</p>\n<img src="scan1.gif" alt="">\n<!-- no text -->\n'
    return page(WORDS[language], body).encode(), Truth((), status="no_text")


# What is not shown.


def hidden(words: Words, *forms: str) -> Part:
    """Between two paragraphs, texts that nobody sees."""
    texts = [text for text, _ in zip((*words.items, *words.notes), forms, strict=False)]
    unseen = "".join(form.format(MODERN.escape(text)) + "\n" for form, text in zip(forms, texts, strict=True))
    before, after = (MODERN.write(words.paragraphs[number]) for number in (6, 7))
    return before + Part(unseen, absent=tuple(texts)) + after


def unseen(name: str, *forms: str, head: str = "", told: bool = True) -> Trap:
    """A trap of hidden text; `told`: the reader has to say that it left something out."""
    losses = Part(losses=("hidden",) if told else ())
    return inside(name, lambda words: hidden(words, *forms) + losses, head)


def inserted_and_deleted(words: Words) -> Part:
    text, added, dropped = words.paragraphs[6], words.notes[0], words.notes[1]
    markup = f"<p>{text} <del>{dropped}</del> <ins>{added}</ins></p>\n<del><p>{words.items[0]}</p></del>\n"
    return Part(markup, (Unit(f"{text} {added}"),), absent=(dropped, words.items[0]))


def pictures(words: Words) -> Part:
    """What is written for those who cannot see a picture is no text; what is written below it is."""
    seen, unseen, tip = words.notes
    figure = f'<figure><img src="1.jpg" alt="{html.escape(unseen)}" title="{html.escape(tip)}">\n'
    caption = part("<figcaption>{}</figcaption></figure>\n", seen)
    return Part(figure, absent=(unseen, tip)) + caption + MODERN.write(words.paragraphs[6])


def form_fields(words: Words) -> Part:
    fields = ("<textarea rows=3>{}</textarea>", "<select><option>{}</option>", "<option>{}</option></select>",
              "<button type=submit>{}</button>", '<input type="submit" value="{}">', '<input title="{}">')  # fmt: skip
    texts = words.items
    markup = "\n".join(field.format(html.escape(text)) for field, text in zip(fields, texts, strict=True))
    form = Part(f'<form action="/find" method="post">\n{markup}\n</form>\n', absent=tuple(texts))
    return MODERN.write(words.paragraphs[6]) + form + MODERN.write(words.paragraphs[7])


# Running text.


def quotation(words: Words) -> Part:
    inner = MODERN.write(words.paragraphs[6]) + part("{}\n", words.paragraphs[7])
    lines = (words.head, words.headings[3], words.rows[0][4])
    address = Part(f"<address>{'<br>'.join(map(MODERN.escape, lines))}</address>\n", (Unit(" ".join(lines)),))
    return inner.within("<blockquote>\n", "</blockquote>\n") + address


def wrapped_by_hand(words: Words) -> Part:
    """Text broken after 72 characters, with an empty line between paragraphs."""
    texts = words.paragraphs[6:9]
    lines = "\n\n".join(textwrap.fill(text, 72, break_on_hyphens=False) for text in texts)
    return Part(f"<pre>\n{MODERN.escape(lines)}\n</pre>\n", tuple(map(Unit, texts)))


def line_breaks(words: Words) -> Part:
    """Two breaks part paragraphs, one is a space: as pages were written with a plain editor."""
    texts = words.paragraphs[6:10]
    wrapped = ["<br>\n".join(textwrap.wrap(MODERN.escape(text), 60, break_on_hyphens=False)) for text in texts]
    breaks = ("<br>\n<br>\n", "<br><br>", "<BR />&nbsp;<BR />\n", "\n")
    markup = "".join(text + end for text, end in zip(wrapped, breaks, strict=True))
    return Part(f"<div>\n{markup}</div>\n", tuple(map(Unit, texts)))


def footnotes(language: Language) -> tuple[str, Part]:
    """Raised figures in the text, and the notes at the foot of the page."""
    words = WORDS[language]
    texts, notes = words.paragraphs[6:9], Part("<hr>\n")
    middle = Part()
    for number, (text, note) in enumerate(zip(texts, words.notes, strict=True), 1):
        raised = f'<sup><a href="#fn{number}">{number}</a></sup>'
        middle += Part(f"<p>{MODERN.escape(text)}{raised}</p>\n", (Unit(f"{text}{number}"),))
        notes += part(f'<p id="fn{number}"><sup>{number}</sup> {{}}</p>\n', note, "footnote", f"{number}")
    content = story(words, middle, bottom=notes)
    return page(words, content.markup), content


def deep_nesting(words: Words) -> Part:
    return joined([MODERN.write(text) for text in words.paragraphs[6:8]]).within("<div>" * 300, "</div>" * 300)


def broken_nesting(words: Words) -> Part:
    """Ends that cross, ends of what was never opened, an attribute whose quotation mark is missing in front."""
    forms = (
        "<b><p>{}</b></p></table>\n",
        "<i><p>{}</p></i></td></tr></p>\n",
        '<p><font size=2><p class=text">{}</font></div></font>\n',
        "<p><a name=x><b><i>{}</b></i></a></p></ul>\n",
    )
    return joined([part(form, text) for form, text in zip(forms, words.paragraphs[6:10], strict=True)])


def sections_by_body(words: Words) -> Part:
    """Each section is named after the body that acts in it."""
    return joined([
        part("<h3>{}</h3>\n", name, "heading")
        + MODERN.write(f"{done} {words.paragraphs[6 + number]}", implementer=body)
        for number, (body, name, _, done, _) in enumerate(words.rows[:3])
    ]) + MODERN.write(words.headings[3], "heading")  # fmt: skip


def two_languages(language: Language) -> tuple[str, Part]:
    """In the middle a quotation in another language."""
    other: Language = "es" if language != "es" else "en"
    quoted = joined([MODERN.write(text) for text in WORDS[other].paragraphs[6:9]])
    content = story(WORDS[language], quoted.within(f'<div lang="{other}">\n', "</div>\n") + Part(mixed=True))
    return page(WORDS[language], content.markup), content


TRAPS: tuple[Trap, ...] = (
    inside("html-plain", lambda words: part("<h3>{}</h3>\n", words.headings[3], "heading")
           + listing(words.items[:3], [BULLETS[0]] * 3) + MODERN.write(words.paragraphs[6])
           + numbered_list(words.items[3:])),
    whole("html-modern-with-menus", modern_with_menus),
    whole("html-lines-of-links", links_without_menus),
    whole("html-old-unclosed", old_page),
    whole("html-old-layout-tables", layout_tables),
    whole("html-old-left-menu", left_menu),
    encoded("html-latin1-that-is-cp1252", "cp1252", "iso-8859-1"),
    encoded("html-declared-utf8", "utf-8", "utf-8"),
    encoded("html-utf8-that-is-cp1252", "cp1252", "utf-8"),
    encoded("html-undeclared-utf8", "utf-8", None),
    encoded("html-undeclared-cp1252", "cp1252", None),
    encoded("html-latin1-that-is-utf8", "utf-8", "iso-8859-1"),
    encoded("html-utf8-mark-against-declaration", "utf-8", "iso-8859-1", codecs.BOM_UTF8),
    encoded("html-utf16-little-endian", "utf-16-le", "utf-16", codecs.BOM_UTF16_LE),
    encoded("html-utf16-big-endian", "utf-16-be", "iso-8859-1", codecs.BOM_UTF16_BE),
    encoded("html-declared-macintosh", "mac_roman", "macintosh"),
    whole("html-references", by_references),
    inside("html-references-typed", typed_references),
    inside("html-odd-spaces", odd_spaces),
    inside("html-soft-hyphens", soft_hyphens),
    inside("html-table-with-head", lambda words: plain_table(words, head=1)),
    inside("html-table-rowspan", rows_that_share_a_body),
    inside("html-table-colspan", wide_cells),
    inside("html-table-rows-of-sections", rows_of_sections),
    inside("html-table-other-order", lambda words: plain_table(words, (3, 1, 0, 2))),
    inside("html-table-unclosed", lambda words: plain_table(words, closed=False)),
    inside("html-table-cells-of-paragraphs", cells_of_paragraphs),
    inside("html-table-two-with-caption", two_tables),
    whole("html-table-in-layout-table", data_in_layout),
    inside("html-list-nested", nested_lists),
    marked_list("html-list-start", '<ol start="14">', "14.", "15.", "16.", "17."),
    marked_list("html-list-letters", "<ol type=a>", "a.", "b.", "c.", "d."),
    marked_list("html-list-romans", '<ol type="i">', "i.", "ii.", "iii.", "iv.", "v."),
    marked_list("html-list-reversed", "<ol reversed>", "5.", "4.", "3.", "2.", "1."),
    marked_list("html-list-letters-by-style", '<ol style="list-style-type: upper-alpha">', "A.", "B.", "C."),
    marked_list("html-list-unmarked", '<ul style="list-style: none">', None, None, None, None),
    inside("html-list-values", valued_list),
    inside("html-list-typed-numbers", typed_numbers),
    inside("html-list-of-paragraphs", paragraphs_in_items),
    inside("html-definition-list", definitions),
    unseen("html-hidden-by-attribute", '<p style="display:none">{}</p>', "<p hidden>{}</p>",
           '<div style="color:red; DISPLAY: none;">{}</div>', '<div hidden=""><p>{}</p></div>',
           '<p><span style="display:none">{}</span></p>'),
    unseen("html-hidden-by-style-sheet", '<p class="away">{}</p>', '<div id="later"><p>{}</p></div>',
           head="<style>.away, #later { display: none; }</style>"),
    unseen("html-noscript-and-template", "<noscript><p>{}</p></noscript>", "<template><p>{}</p></template>",
           "<iframe src=x.htm>{}</iframe>"),
    unseen("html-comments-and-scripts", "<!-- {} -->", "<script>var later = '<p>{}</p>';</script>",
           "<style>/* {} */</style>", "<!--[if IE]><p>{}</p><![endif]-->",
           "<!--\n<p>{}</p>\n<table><tr><td>\n-->", told=False),
    inside("html-inserted-and-deleted", inserted_and_deleted),
    inside("html-pictures", pictures),
    inside("html-form-fields", form_fields),
    inside("html-quotation-and-address", quotation),
    inside("html-preformatted", wrapped_by_hand),
    inside("html-line-breaks", line_breaks),
    whole("html-footnotes", footnotes),
    inside("html-deep-nesting", deep_nesting),
    inside("html-broken-nesting", broken_nesting),
    whole("html-saved-from-url", saved_page),
    whole("html-word-export", office_page),
    Trap("html-xhtml", ".xhtml", xhtml_page),
    Trap("html-empty", ".html", empty_page),
    inside("html-sections-by-body", sections_by_body),
    whole("html-two-languages", two_languages),
)  # fmt: skip
