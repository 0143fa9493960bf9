"""Text and Markdown traps: exports, e-mail, files of old systems, and what people type with a typewriter in mind."""

from __future__ import annotations

import codecs
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

from tests.traps.base import Kind, Language, Trap, Truth, Unit
from tests.traps.words import WORDS, Words

WIDTH, NARROW = 72, 58
INSEPARABLE = frozenset("th ch sh ph gh ck ll rr lh nh gn br cr dr fr gr pr tr vr bl cl fl gl pl qu gu".split())
VOWELS = frozenset("aeiouáéíóúàâãêõôèîûyAEIOU")
# What DOS had no sign for, and typists wrote instead.
PLAINER = str.maketrans({"–": "-", "“": '"', "”": '"', "’": "'"})
UNDER = {1: "=", 2: "-"}


@dataclass(frozen=True)
class Part:
    """A stretch of text and what is true about it; stretches are parted by an empty line."""

    text: str = ""
    units: tuple[Unit, ...] = ()
    margins: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()

    def __add__(self, other: Part) -> Part:
        text = "\n\n".join(filter(None, (self.text, other.text)))
        return Part(text, self.units + other.units, self.margins + other.margins, self.losses + other.losses)

    def truth(self) -> Truth:
        return Truth(self.units, self.margins, losses=self.losses)


NOTHING = Part()
Write = Callable[[str], str]


def wrap(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> str:
    """Break a text at a width, as mail programs and converters do."""
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )


def centred(text: str) -> str:
    return "\n".join(line.center(WIDTH).rstrip() for line in wrap(text, width=WIDTH - 12).split("\n"))


def centred_capitals(text: str) -> str:
    return centred(text.upper())


@dataclass(frozen=True)
class Style:
    """How a text writes its title, headings and paragraphs; headings are in capitals where nothing else is said."""

    title: Write = str.upper
    heading: Write = str.upper
    paragraph: Write = str
    capitals: bool = True
    between: str = "\n\n"

    def write(self, text: str, kind: Kind = "paragraph", title: bool = False) -> Part:
        form = self.title if title else self.heading if kind == "heading" else self.paragraph
        return Part(form(text), (Unit(text.upper() if kind == "heading" and self.capitals else text, kind),))


LONG_LINES = Style()
WRAPPED = Style(paragraph=wrap)
MARKDOWN = Style("# {}".format, "## {}".format, capitals=False)


def joined(parts: Sequence[Part], between: str = "\n\n") -> Part:
    """Put parts together, with something other than an empty line between them at need."""
    together = sum(parts, Part())
    return Part(between.join(part.text for part in parts), together.units, together.margins, together.losses)


def story(words: Words, middle: Part, style: Style = WRAPPED, end: Part = NOTHING) -> Part:
    """The whole text with the trap in its middle and what comes at its end."""

    def write(*paragraphs: int) -> Part:
        return joined([style.write(words.paragraphs[number]) for number in paragraphs], style.between)

    headings = [style.write(text, "heading") for text in words.headings]
    opening = style.write(words.title, "heading", title=True) + headings[0] + write(0, 1) + headings[1]
    body = [part for part in (write(2), middle, write(3)) if part.text]
    return opening + joined(body, style.between) + headings[2] + write(4, 5) + end


def inside(name: str, middle: Callable[[Words], Part], style: Style = WRAPPED, suffix: str = ".txt") -> Trap:
    """A trap in the middle of a text in UTF-8."""

    def make(language: Language) -> tuple[bytes, Truth]:
        content = story(WORDS[language], middle(WORDS[language]), style)
        return f"{content.text}\n".encode(), content.truth()

    return Trap(name, suffix, make)


def marked(name: str, middle: Callable[[Words], Part]) -> Trap:
    """A trap in the middle of a Markdown text."""
    return inside(name, middle, MARKDOWN, ".md")


def more(words: Words, style: Style = WRAPPED) -> Part:
    """Three paragraphs and a list, for traps that concern the text as a whole."""
    return joined([style.write(text) for text in words.paragraphs[6:9]], style.between) + items(words.items)


def items(
    texts: Sequence[str], markers: Sequence[str] = ("1.", "2.", "3.", "4.", "5.", "6."), indent: str = ""
) -> Part:
    """A list with hanging indents, its items on lines that follow one another."""
    lines, units = [], []
    for marker, text in zip(markers, texts, strict=False):
        lines.append(wrap(text, f"{indent}{marker} ", indent + " " * (len(marker) + 1)))
        units.append(Unit(text, "list_item", marker))
    return Part("\n".join(lines), tuple(units))


def sections_by_body(words: Words) -> Part:
    """Each section is named after the body that acts in it."""
    parts = []
    for number, (body, name, _, done, _) in enumerate(words.rows[:3]):
        said = f"{done} {words.paragraphs[6 + number]}"
        parts += [WRAPPED.write(name, "heading"), Part(wrap(said), (Unit(said, implementer=body),))]
    return joined(parts) + WRAPPED.write(words.headings[3], "heading")


# Encodings and line ends.


def encoded(name: str, encoding: str, mark: bytes = b"", ends: Sequence[str] = ("\n",), plainer: bool = False) -> Trap:
    """A text in one encoding; `ends` are its line ends in turn, `plainer` writes it with signs that DOS had."""

    def make(language: Language) -> tuple[bytes, Truth]:
        words = plainly(WORDS[language]) if plainer else WORDS[language]
        content = story(words, more(words))
        turns = cycle(ends)
        text = "".join(line + next(turns) for line in content.text.split("\n"))
        return mark + text.encode(encoding), content.truth()

    return Trap(name, ".txt", make)


def plainly(words: Words) -> Words:
    """The same words with signs that DOS had."""

    def every(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(text.translate(PLAINER) for text in texts)

    return Words(
        words.title.translate(PLAINER),
        words.head.translate(PLAINER),
        words.page,
        every(words.headings),
        every(words.paragraphs),
        every(words.items),
        every(words.notes),
        every(words.columns),  # type: ignore[arg-type]
        tuple((row[0], *every(row[1:])) for row in words.rows),  # type: ignore[misc]
    )


def boxed_for_dos(language: Language) -> tuple[bytes, Truth]:
    """A table within lines that DOS drew with letters of its own."""
    words = plainly(WORDS[language])
    content = story(words, framed_table(words, "┌┬┐├┼┤└┴┘", "─", "│"))
    return f"{content.text}\n".replace("\n", "\r\n").encode("cp850") + b"\x1a", content.truth()


def with_nuls(words: Words) -> Part:
    """NULs that a faulty disk or a database left between words: each is one broken character."""
    text = words.paragraphs[6].split()
    for place in (12, 7, 3):
        text.insert(place, "\0")
    units = (Unit(" ".join(text).replace("\0", "\ufffd")), Unit(words.paragraphs[7]))
    return Part(wrap(" ".join(text)) + "\n\n" + wrap(words.paragraphs[7]), units, losses=("NUL",))


# Paragraphs.


def hyphenated(text: str) -> str:
    """Break a text at a width, and words at line ends where a syllable ends."""
    lines, line = [], ""
    for word in text.split():
        room = NARROW - len(line) - bool(line)
        if len(word) <= room:
            line = f"{line} {word}".strip()
            continue
        cut = _break_in(word, room - 1)
        lines.append(f"{line} {word[:cut]}-" if cut else line)
        line = word[cut:]
    return "\n".join([*lines, line])


def _break_in(word: str, room: int) -> int:
    """The last place within `room` where a word may be broken, 0 for none."""
    letters = word.rstrip(",.;:")
    if len(letters) < 6 or not letters.isalpha():
        return 0
    return next((at for at in range(min(room, len(letters) - 2), 1, -1) if _syllable_ends(letters, at)), 0)


def _syllable_ends(word: str, at: int) -> bool:
    """Whether one consonant follows a vowel and leads to the next, or two that can be parted stand between vowels."""
    before, after = word[at - 1], word[at]
    if after in VOWELS or word[at + 1] not in VOWELS:
        return False
    return before in VOWELS or (word[at - 2] in VOWELS and before + after not in INSEPARABLE)


def with_breaks(language: Language) -> tuple[bytes, Truth]:
    words = WORDS[language]
    style = Style(paragraph=hyphenated)
    content = story(words, joined([style.write(text) for text in words.paragraphs[6:10]]), style)
    return f"{content.text}\n".encode(), content.truth()


def indented(language: Language) -> tuple[bytes, Truth]:
    """No empty line between paragraphs: only the first line of each stands in by five blanks."""
    words = WORDS[language]
    style = Style(paragraph=lambda text: wrap(text, "     "), between="\n")
    middle = joined([style.write(text) for text in words.paragraphs[6:10]], style.between)
    content = story(words, middle, style)
    return f"{content.text}\n".encode(), content.truth()


def paged(language: Language) -> tuple[bytes, Truth]:
    """Printed for a line printer: a form feed, a header and a number on every page; paragraphs run over its end."""
    words = WORDS[language]
    content = story(words, more(words))
    lines, pages, margins = content.text.split("\n"), [], [words.head]
    for number, start in enumerate(range(0, len(lines), 24), 1):
        margins.append(f"- {number} -")
        body = "\n".join(lines[start : start + 24])
        pages.append(f"{words.head.rjust(WIDTH)}\n\n{body}\n\n{margins[-1].center(WIDTH).rstrip()}\n")
    return "\f".join(pages).encode(), Truth(content.units, tuple(margins))


def ruled(language: Language) -> tuple[bytes, Truth]:
    """Rows of signs under titles, and as rules between paragraphs: they say nothing."""
    words = WORDS[language]
    style = Style(_underlined("="), _underlined("-"), wrap)
    rules = ("=" * WIDTH, "-" * 40, "* * *", "_" * 30, "+" + "-" * 20 + "+")
    ruled_off = [
        Part(f"{wrap(text)}\n\n{rule}", (Unit(text),))
        for text, rule in zip(words.paragraphs[6:10], rules[1:], strict=True)
    ]
    content = story(words, joined(ruled_off), style)
    return f"{rules[0]}\n{content.text}\n{rules[0]}\n".encode(), content.truth()


def _underlined(sign: str) -> Write:
    return lambda text: f"{text.upper()}\n{sign * len(text)}"


def quoted_mail(words: Words) -> Part:
    """An answer with what it answers to: the signs at the line starts are not part of what is said."""
    marks = ("> ", "> ", ">> ")
    quoted = zip(marks, words.paragraphs[6:9], strict=True)
    parts = [Part(wrap(text, mark, mark), (Unit(text),)) for mark, text in quoted]
    return joined(parts, "\n>\n") + WRAPPED.write(words.paragraphs[9])


def one_long_line(language: Language) -> tuple[bytes, Truth]:
    """A paragraph of 20,000 characters on one line: nothing of it may be lost."""
    words, said = WORDS[language], ""
    turns = cycle(words.paragraphs[6:10])
    number = 0
    while len(said) < 20_000:
        number += 1
        said += f"{next(turns)} ({number}) "
    content = story(words, Part(said.strip(), (Unit(said.strip()),)), LONG_LINES)
    return f"{content.text}\n".encode(), content.truth()


def notes_at_end(language: Language) -> tuple[bytes, Truth]:
    """Marks in brackets in the text, and the notes below a line at its end."""
    words = WORDS[language]
    marks = [f"({number})" for number in range(1, 4)]
    texts = [f"{text} {mark}" for text, mark in zip(words.paragraphs[6:9], marks, strict=True)]
    notes = [wrap(note, f"{mark} ", "    ") for note, mark in zip(words.notes, marks, strict=True)]
    units = tuple(Unit(note, "footnote", mark) for note, mark in zip(words.notes, marks, strict=True))
    middle = joined([WRAPPED.write(text) for text in texts])
    content = story(words, middle, end=Part("\n".join(["_" * 20, *notes]), units))
    return f"{content.text}\n".encode(), content.truth()


# Lists and tables.


def lists(words: Words) -> Part:
    """Letters within numbers with hanging indents, and bullets of three kinds."""
    first, second, *others = words.items
    texts = words.paragraphs[6:9]
    numbered = items([texts[0]]) + items(others[:2], ("a)", "b)"), "   ") + items([texts[1]], ("2.",))
    return numbered + items([first, second, *others[2:]], ("-", "-", "*", "•")) + WRAPPED.write(texts[2])


def cells(words: Words, rows: int = 6, order: Sequence[int] = (0, 1, 2, 3), table: int = 0) -> list[list[Unit]]:
    """A table of the words as units, title row first."""
    lines = [(None, words.columns), *((row[0], row[1:]) for row in words.rows[:rows])]
    return [
        [
            Unit(texts[column], "table_cell", cell=(table, at, place), implementer=body)
            for place, column in enumerate(order)
        ]
        for at, (body, texts) in enumerate(lines)
    ]


def table_of(grid: Sequence[Sequence[Unit]], text: str) -> Part:
    return Part(text, tuple(unit for row in grid for unit in row))


def tabbed_table(words: Words) -> Part:
    grid = cells(words)
    return table_of(grid, "\n".join("\t".join(unit.text for unit in row) for row in grid))


def aligned_table(words: Words) -> Part:
    """One row a line, columns filled with blanks."""
    grid = cells(words, order=(0, 1, 3))
    widths = [max(len(row[column].text) for row in grid) + 3 for column in range(3)]
    lines = ["".join(unit.text.ljust(width) for unit, width in zip(row, widths, strict=True)).rstrip() for row in grid]
    return table_of(grid, "\n".join(lines))


COLUMN_WIDTHS = (22, 18, 20, 10)


def _laid_out(row: Sequence[Unit]) -> list[list[str]]:
    """The lines of a row whose cells are wrapped, each as texts of its columns at full width."""
    columns = [textwrap.wrap(unit.text, width) for unit, width in zip(row, COLUMN_WIDTHS, strict=True)]
    depth = max(map(len, columns))
    filled = [lines + [""] * (depth - len(lines)) for lines in columns]
    return [
        [text.ljust(width) for text, width in zip(line, COLUMN_WIDTHS, strict=True)]
        for line in zip(*filled, strict=True)
    ]


def wrapped_cells(words: Words) -> Part:
    """Cells that go on below one another, rows parted by an empty line."""
    grid = cells(words, rows=4)
    rows = ["\n".join("  ".join(line).rstrip() for line in _laid_out(row)) for row in grid]
    return table_of(grid, "\n\n".join(rows))


def framed_table(words: Words, corners: str = "+++++++++", across: str = "-", down: str = "|") -> Part:
    """A table within lines: `corners` from the upper left to the lower right, as one reads."""
    grid = cells(words, rows=4)
    top, middle, bottom = (
        left + cross.join(across * (width + 2) for width in COLUMN_WIDTHS) + right
        for left, cross, right in map(tuple, (corners[:3], corners[3:6], corners[6:]))
    )
    rows = ["\n".join(f"{down} {f' {down} '.join(line)} {down}" for line in _laid_out(row)) for row in grid]
    return table_of(grid, "\n".join([top, f"\n{middle}\n".join(rows), bottom]))


def pipe_table(words: Words) -> Part:
    grid = cells(words)
    lines = [f"| {' | '.join(unit.text for unit in row)} |" for row in grid]
    lines.insert(1, "|:---|---|---|---:|")
    return table_of(grid, "\n".join(lines))


# Markdown.


def headings_of_all_kinds(words: Words) -> Part:
    """Signs in front, signs in front and behind, rows of signs below."""
    forms = ("### {}", "#### {} ####", "{}\n---------")
    texts = (words.head, words.rows[0][2], words.headings[3])
    return joined([
        Part(form.format(title), (Unit(title, "heading"),)) + MARKDOWN.write(text)
        for form, title, text in zip(forms, texts, words.paragraphs[6:9], strict=True)
    ])  # fmt: skip


def markdown_lists(words: Words) -> Part:
    """Bullets, and letters of the second depth; the canonical text keeps the marks as they are typed."""
    one, two, three, four, five, six = words.items
    texts = [
        ("- ", one),
        ("  - ", two),
        ("* ", three),
        ("+ ", four),
        ("1. ", five),
        ("   - ", words.notes[0]),
        ("2. ", six),
    ]
    lines = "\n".join(marker + text for marker, text in texts)
    return Part(lines, tuple(Unit(text, "list_item", marker.strip()) for marker, text in texts))


def emphasis(words: Words) -> Part:
    """Signs of emphasis and links belong to the text as it stands."""
    one, two, three = words.paragraphs[6:9]
    first, _, rest = two.partition(" ")
    said = (f"**{one}**", f"*{first}* {rest} [{words.head}](http://www.example.org/2006.htm)", f"__{three}__ `REP-06`")
    return Part("\n\n".join(said), tuple(map(Unit, said)))


def code_fence(words: Words) -> Part:
    """A form within a fence: the fence itself says nothing."""
    form = (f"# {words.columns[0]}: ....", f"{words.columns[1]}: ....", f"- {words.columns[3]}: ....")
    fence = Part("```text\n" + "\n".join(form) + "\n```", (Unit(" ".join(form)),))
    return MARKDOWN.write(words.paragraphs[6]) + fence + MARKDOWN.write(words.paragraphs[7])


def markdown_notes(language: Language) -> tuple[bytes, Truth]:
    """Marks of notes stand in the text as they are typed."""
    words = WORDS[language]
    marks = [f"[^{number}]" for number in range(1, 4)]
    middle = joined([
        MARKDOWN.write(text + mark) for text, mark in zip(words.paragraphs[6:9], marks, strict=True)
    ])  # fmt: skip
    notes = [
        Part(f"{mark}: {note}", (Unit(note, "footnote", f"{mark}:"),))
        for mark, note in zip(marks, words.notes, strict=True)
    ]
    content = story(words, middle, MARKDOWN, joined(notes, "\n"))
    return f"{content.text}\n".encode(), content.truth()


def quoted_block(words: Words) -> Part:
    return Part(wrap(words.paragraphs[6], "> ", "> "), (Unit(words.paragraphs[6]),)) + MARKDOWN.write(
        words.paragraphs[7]
    )


# A resolution, in our own words.

SYMBOL = "RCFM/RES. 7 (II-06)"


@dataclass(frozen=True)
class Resolution:
    """Its parts: who speaks, what was seen, the considerations, and what is resolved with two items under it."""

    title: str
    adopted: str
    speaker: str
    seen: str
    considering: str
    reasons: tuple[str, str, str]
    resolves: str
    paragraphs: tuple[str, str, str]
    items: tuple[str, str]


RESOLUTIONS: dict[Language, Resolution] = {
    "en": Resolution(
        "RECEPTION OF FAMILIES ON THE NORTHERN ROAD",
        "(Adopted at the third working meeting, held on 6 June 2006)",
        "THE REGIONAL CONFERENCE ON FAMILIES THAT MIGRATE,",
        "HAVING SEEN the yearly report of the office on the three crossings and the figures of the regional register;",
        "CONSIDERING:",
        (
            "That in nine months 1,204 families passed the crossings, most of them with children under twelve;",
            "That no child should wait for care because the papers of the parents are missing; and",
            "That the shelter near the station is too small in the season of the harvest,",
        ),
        "RESOLVES:",
        (
            "To thank the office and the volunteers of the parish for their work at night.",
            "To ask the member states:",
            "To come back to this matter at the meeting of next year, in the light of a report by the office.",
        ),
        (
            "to vaccinate every child who passes through a shelter; and",
            "to tell families in plain words which papers they need.",
        ),
    ),
    "es": Resolution(
        "ACOGIDA DE FAMILIAS EN LA RUTA DEL NORTE",
        "(Aprobada en la tercera sesión de trabajo, celebrada el 6 de junio de 2006)",
        "LA CONFERENCIA REGIONAL SOBRE FAMILIAS QUE MIGRAN,",
        "VISTO el informe anual de la oficina sobre los tres pasos y las cifras del registro regional;",
        "CONSIDERANDO:",
        (
            "Que en nueve meses cruzaron los pasos 1.204 familias, la mayoría con menores de doce años;",
            "Que ningún niño debe esperar atención porque falten los papeles de sus padres; y",
            "Que el albergue cercano a la estación resulta pequeño en tiempo de cosecha,",
        ),
        "RESUELVE:",
        (
            "Agradecer a la oficina y a los voluntarios de la parroquia su labor nocturna.",
            "Pedir a los Estados miembros:",
            "Volver sobre este asunto en la reunión del año próximo, a la luz de un informe de la oficina.",
        ),
        (
            "que vacunen a todo niño que pase por un albergue; y",
            "que expliquen a las familias con palabras sencillas qué papeles necesitan.",
        ),
    ),
    "pt": Resolution(
        "ACOLHIMENTO DE FAMÍLIAS NA ESTRADA DO NORTE",
        "(Aprovada na terceira sessão de trabalho, realizada em 6 de junho de 2006)",
        "A CONFERÊNCIA REGIONAL SOBRE FAMÍLIAS QUE MIGRAM,",
        "TENDO VISTO o relatório anual do escritório sobre os três postos e os números do cadastro regional;",
        "CONSIDERANDO:",
        (
            "Que em nove meses passaram pelos postos 1.204 famílias, a maioria com menores de doze anos;",
            "Que nenhuma criança deve esperar por atendimento por faltarem os papéis dos pais; e",
            "Que o abrigo próximo à estação é pequeno no tempo da safra,",
        ),
        "RESOLVE:",
        (
            "Agradecer ao escritório e aos voluntários da paróquia o seu trabalho noturno.",
            "Pedir aos Estados membros:",
            "Voltar a este assunto na reunião do próximo ano, à luz de um relatório do escritório.",
        ),
        (
            "que vacinem toda criança que passe por um abrigo; e",
            "que expliquem às famílias em palavras simples de quais papéis precisam.",
        ),
    ),
    "fr": Resolution(
        "ACCUEIL DES FAMILLES SUR LA ROUTE DU NORD",
        "(Adoptée à la troisième séance de travail, tenue le 6 juin 2006)",
        "LA CONFÉRENCE RÉGIONALE SUR LES FAMILLES QUI MIGRENT,",
        "AYANT VU le rapport annuel du bureau sur les trois postes et les chiffres du registre régional ;",
        "CONSIDÉRANT :",
        (
            "Qu’en neuf mois 1 204 familles ont franchi les postes, la plupart avec de jeunes enfants ;",
            "Qu’aucun enfant ne doit attendre des soins parce que les papiers de ses parents manquent ; et",
            "Que le refuge proche de la gare est trop petit au temps des récoltes,",
        ),
        "DÉCIDE :",
        (
            "De remercier le bureau et les bénévoles de la paroisse de leur travail de nuit.",
            "De demander aux États membres :",
            "De revenir sur cette question à la réunion de l’an prochain, à la lumière d’un rapport du bureau.",
        ),
        (
            "de vacciner tout enfant qui passe par un refuge ; et",
            "d’expliquer aux familles en mots simples quels papiers il leur faut.",
        ),
    ),
}


def resolution(language: Language) -> tuple[bytes, Truth]:
    """Symbol, title, preamble, and operative paragraphs 1., 2. with a. and b."""
    said = RESOLUTIONS[language]

    def plain(text: str, write: Write = wrap) -> Part:
        return Part(write(text), (Unit(text),))

    opening = [
        plain(SYMBOL, centred), Part(centred(said.title), (Unit(said.title, "heading"),)),
        plain(said.adopted, centred), plain(said.speaker), plain(said.seen), plain(said.considering),
    ]  # fmt: skip
    reasons = [plain(text, lambda reason: wrap(reason, "     ", "     ")) for text in said.reasons]
    first, second, third = ([text] for text in said.paragraphs)
    letters = [items([text], (letter,), "       ") for letter, text in zip(("a.", "b."), said.items, strict=True)]
    indent = "   "
    operative = [items(first, ("1.",), indent), items(second, ("2.",), indent), *letters, items(third, ("3.",), indent)]
    content = joined([*opening, *reasons, plain(said.resolves), *operative])
    return f"{content.text}\n".encode(), content.truth()


def only_signs(language: Language) -> tuple[bytes, Truth]:
    """Rules, stars and points: not one letter."""
    return f"{'-' * WIDTH}\n\n* * *\n\n........\n(...)\n\f\n{'=' * WIDTH}\n".encode(), Truth((), status="no_text")


TRAPS: tuple[Trap, ...] = (
    inside("txt-long-lines", lambda words: more(words, LONG_LINES), LONG_LINES),
    inside("txt-wrapped", more),
    inside("txt-headings-in-small-letters", more, Style(str, str, wrap, capitals=False)),
    inside("txt-centred-titles", more, Style(centred_capitals, centred_capitals, wrap)),
    Trap("txt-indented-first-lines", ".txt", indented),
    Trap("txt-hyphenated", ".txt", with_breaks),
    Trap("txt-pages-with-form-feeds", ".txt", paged),
    Trap("txt-rules", ".txt", ruled),
    inside("txt-quoted-mail", quoted_mail),
    Trap("txt-one-long-line", ".txt", one_long_line),
    Trap("txt-notes-at-end", ".txt", notes_at_end),
    inside("txt-lists", lists),
    inside("txt-sections-by-body", sections_by_body),
    inside("txt-table-with-tabs", tabbed_table),
    inside("txt-table-with-blanks", aligned_table),
    inside("txt-table-with-wrapped-cells", wrapped_cells),
    inside("txt-table-framed", framed_table),
    encoded("txt-utf16-little-endian", "utf-16-le"),
    encoded("txt-utf16-big-endian", "utf-16-be"),
    encoded("txt-utf16-little-endian-with-mark", "utf-16-le", codecs.BOM_UTF16_LE),
    encoded("txt-utf16-big-endian-with-mark", "utf-16-be", codecs.BOM_UTF16_BE),
    encoded("txt-utf8-with-mark", "utf-8", codecs.BOM_UTF8),
    encoded("txt-cp1252", "cp1252"),
    encoded("txt-cp850", "cp850", plainer=True),
    Trap("txt-cp850-framed-table", ".txt", boxed_for_dos),
    encoded("txt-macintosh", "mac_roman", ends=("\r",)),
    encoded("txt-line-ends-of-dos", "utf-8", ends=("\r\n",)),
    encoded("txt-line-ends-of-macintosh", "utf-8", ends=("\r",)),
    encoded("txt-line-ends-mixed", "utf-8", ends=("\r\n", "\n", "\r\n", "\r\n", "\n", "\n", "\n")),
    inside("txt-nuls", with_nuls),
    Trap("txt-resolution", ".txt", resolution),
    Trap("txt-only-signs", ".txt", only_signs),
    marked("md-headings", headings_of_all_kinds),
    marked("md-lists", markdown_lists),
    marked("md-pipe-table", pipe_table),
    marked("md-emphasis", emphasis),
    marked("md-code-fence", code_fence),
    marked("md-quotation", quoted_block),
    Trap("md-footnotes", ".md", markdown_notes),
    inside("md-wrapped", more, Style("# {}".format, "## {}".format, wrap, capitals=False), ".md"),
)  # fmt: skip
