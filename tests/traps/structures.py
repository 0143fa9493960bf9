"""Papers of an organisation of states: what they are, and which paragraph says what. All of them are invented.

A paper is written once as lines, each a unit with what is true about it, and drawn as text, page, Word file or PDF.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import docx

from tests.traps.base import Language, Trap, Truth, Unit
from tests.traps.pdf_flow import Block, Press, Style
from tests.traps.plain import centred, wrap
from tests.traps.words import WORDS

Look = Literal["title", "heading", "line", "text", "note"]
Fact = str | None


@dataclass(frozen=True)
class Line:
    """A unit and how it looks; `line` is a short one in the middle."""

    unit: Unit
    look: Look = "text"


@dataclass(frozen=True)
class Sheet:
    """A paper: its lines in order, cells among them, and what is true about the whole."""

    lines: tuple[Line, ...]
    profile: dict[str, Fact]
    mixed: bool = False


Write = Callable[[Language], Sheet]
Draw = Callable[[Sheet], tuple[bytes, Truth]]


def truth(sheet: Sheet) -> Truth:
    units = tuple(line.unit for line in sheet.lines)
    return Truth(units, mixed=sheet.mixed, profile=sheet.profile)


def tables(lines: Sequence[Line]) -> list[Line | list[list[Unit]]]:
    """The lines, with the cells of a table put together to rows."""
    found: list[Line | list[list[Unit]]] = []
    for line in lines:
        cell = line.unit.cell
        if cell is None:
            found.append(line)
            continue
        if not (found and isinstance(found[-1], list) and found[-1][0][0].cell[0] == cell[0]):  # type: ignore[index]
            found.append([])
        rows = found[-1]
        assert isinstance(rows, list)
        if cell[1] == len(rows):
            rows.append([])
        rows[cell[1]].append(line.unit)
    return found


def typed(unit: Unit) -> str:
    return f"{unit.marker} {unit.text}" if unit.marker else unit.text


def as_text(sheet: Sheet) -> tuple[bytes, Truth]:
    """Wrapped lines, centred titles, rows of cells between tabs, notes below a line at the end."""
    parts, noted = [], False
    for part in tables(sheet.lines):
        if isinstance(part, list):
            parts.append("\n".join("\t".join(unit.text for unit in row) for row in part))
            continue
        unit, text = part.unit, typed(part.unit)
        if part.look == "note" and not noted:
            parts.append("_" * 20)
            noted = True
        middle = part.look in ("title", "line")
        parts.append(centred(text) if middle else wrap(text, "", " " * (len(unit.marker) + 1) if unit.marker else ""))
    return ("\n\n".join(parts) + "\n").encode(), truth(sheet)


def as_page(sheet: Sheet) -> tuple[bytes, Truth]:
    forms = {"title": "<h1>{}</h1>", "heading": "<h2>{}</h2>", "line": "<p align=center>{}</p>"}
    parts = []
    for part in tables(sheet.lines):
        if isinstance(part, list):
            rows = ("".join(f"<td>{html.escape(unit.text)}</td>" for unit in row) for row in part)
            parts.append("<table border=1>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        else:
            parts.append(forms.get(part.look, "<p>{}</p>").format(html.escape(typed(part.unit), quote=False)))
    body = "\n".join(parts)
    page = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'
    return page.encode(), truth(sheet)


def as_word(sheet: Sheet) -> tuple[bytes, Truth]:
    paper = docx.Document()
    for part in tables(sheet.lines):
        if isinstance(part, list):
            table = paper.add_table(len(part), max(map(len, part)))
            for row, cells in zip(table.rows, part, strict=True):
                for cell, unit in zip(row.cells, cells, strict=False):
                    cell.text = unit.text
        elif part.look in ("title", "heading"):
            paper.add_heading(typed(part.unit), 1 if part.look == "title" else 2)
        else:
            paper.add_paragraph(typed(part.unit))
    paper.core_properties.title = ""
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue(), truth(sheet)


_LOOKS = {
    "title": Style("Times-Bold", 14, 17, 16, "centre"),
    "heading": Style("Times-Bold", 12, 15, 14),
    "line": Style(align="centre", before=10),
}


def as_pdf(sheet: Sheet) -> tuple[bytes, Truth]:
    """Printed; notes at the foot of the last page."""
    press = Press()
    body = [line for line in sheet.lines if line.look != "note"]
    press.flow(*(_block(line) for line in body))
    notes = [(line.unit.marker or "", line.unit.text) for line in sheet.lines if line.look == "note"]
    if notes:
        press.notes(notes, Style(size=8, leading=10))
    data, told = press.finish()
    lines = [*body, *(line for line in sheet.lines if line.look == "note")]
    pairs = zip(lines, told.units, strict=True)
    units = tuple(replace(line.unit, text=unit.text, page=unit.page) for line, unit in pairs)
    return data, replace(told, units=units, mixed=sheet.mixed, profile=sheet.profile)


def _block(line: Line) -> Block:
    left = 24 if line.unit.marker else 0
    return Block(line.unit.text, _LOOKS.get(line.look, Style()), line.unit.kind, line.unit.marker, left=left)


# The lines of a paper.


def title(text: str, look: Look = "title", **about: object) -> Line:
    return Line(Unit(text, "heading", **about), look)  # type: ignore[arg-type]


def text(words: str, look: Look = "text", **about: object) -> Line:
    return Line(Unit(words, **about), look)  # type: ignore[arg-type]


def item(marker: str, words: str, **about: object) -> Line:
    return Line(Unit(words, "list_item", marker, **about))  # type: ignore[arg-type]


def row(number: int, *cells: str, table: int = 0, **about: object) -> list[Line]:
    place = enumerate(cells)
    return [Line(Unit(said, "table_cell", cell=(table, number, column), **about)) for column, said in place]  # type: ignore[arg-type]


FIRST_OF_JUNE: dict[Language, str] = {
    "en": "June 1, 2010",
    "es": "1.º de junio de 2010",
    "pt": "1º de junho de 2010",
    "fr": "1er juin 2010",
}
IN_DECEMBER: dict[Language, str] = {
    "en": "December 2, 2009",
    "es": "2 de diciembre de 2009",
    "pt": "2 de dezembro de 2009",
    "fr": "2 décembre 2009",
}
IN_APRIL: dict[Language, str] = {
    "en": "19 April 2012",
    "es": "19 de abril de 2012",
    "pt": "19 de abril de 2012",
    "fr": "19 avril 2012",
}
ORIGINAL: dict[Language, tuple[str, str]] = {
    "en": ("Original: Spanish", "es"),
    "es": ("Original: inglés", "en"),
    "pt": ("Original: espanhol", "es"),
    "fr": ("Original : anglais", "en"),
}


# Resolutions.


@dataclass(frozen=True)
class Acts:
    """A resolution: `seen` runs in, `grounds` are headed; `tasks` are given with the body each of them asks.

    `asked` leads into `letters`, the second of which leads into `steps`; `annex` has two headings, two paragraphs.
    """

    adopted: str
    assembly: str
    council: str
    title: str
    seen: str
    grounds: tuple[tuple[str, tuple[str, ...]], ...]
    resolves: str
    declares: str
    thanks: str
    asked: str
    letters: tuple[str, str, str, str]
    steps: tuple[str, str, str]
    tasks: tuple[tuple[str | None, str], ...]
    annex: tuple[str, str, str, str, str]


ACTS: dict[Language, Acts] = {
    "en": Acts(
        "(Adopted at the fourth plenary session, held on {})",
        "THE GENERAL ASSEMBLY,",
        "THE PERMANENT COUNCIL OF THE ORGANIZATION OF AMERICAN STATES,",
        "FERRIES AND SHELTERS FOR FAMILIES ON THE SALT RIVER",
        "HAVING SEEN the yearly notes of the ferrymen, and the count of families that was made at the three landings;",
        (
            (
                "TAKING INTO ACCOUNT:",
                (
                    "That in the wet months the river cannot be waded; and",
                    "That the last ferry was built when the bridge was still standing,",
                ),
            ),
            (
                "CONSIDERING:",
                (
                    "That mothers with small children wait longest at the landings;",
                    "That a dry room costs less than a doctor; and",
                ),
            ),
            ("CONSIDERING FURTHER:", ("That the ferrymen of both banks speak different languages,",)),
        ),
        "RESOLVES:",
        "DECLARES:",
        "To thank the ferrymen for having worked through the flood without pay.",
        "To instruct the Permanent Council:",
        (
            "To hold a meeting on ferries before the rains begin;",
            "To draw up with the ferrymen a list that shows:",
            "To see that the list hangs at every landing; and",
            "To lay its findings before the Assembly in a year.",
        ),
        ("the landings without a roof;", "the boats that leak; and", "the rooms that could be heated."),
        (
            ("cim", "To request the Inter-American Commission of Women to speak with the women who run the kitchens."),
            ("states", "To urge member states to let children cross without a fee."),
            ("iachr", "To invite the Inter-American Commission on Human Rights to visit the three landings in May."),
            ("oas_general_secretariat", "To ask the General Secretariat to print the timetable in four languages."),
            ("iin", "To recommend to the Inter-American Children’s Institute that it train the night guards."),
            ("states", "To encourage the member states to lend boats to one another when the river rises."),
            (None, "To regret that two landings were closed in the year of the drought."),
            (None, "To come back to this matter at its next regular session."),
            ("permanent_council", "To request the Permanent Council to name a keeper of the list."),
            (None, "To let this text be read aloud at the landings."),
        ),
        (
            "ANNEX",
            "RULES FOR THE LANDINGS",
            "Every landing keeps a book in which families may write what they lack.",
            "OPENING HOURS",
            "From March to August the landings are open from six in the morning until the last boat is in.",
        ),
    ),
    "es": Acts(
        "(Aprobada en la cuarta sesión plenaria, celebrada el {})",
        "LA ASAMBLEA GENERAL,",
        "EL CONSEJO PERMANENTE DE LA ORGANIZACIÓN DE LOS ESTADOS AMERICANOS,",
        "BALSAS Y ALBERGUES PARA LAS FAMILIAS DEL RÍO SALADO",
        "VISTAS las notas anuales de los balseros y la cuenta de familias que se hizo en los tres embarcaderos;",
        (
            (
                "TENIENDO EN CUENTA:",
                (
                    "Que en los meses de lluvia el río no puede vadearse; y",
                    "Que la última balsa se construyó cuando el puente seguía en pie,",
                ),
            ),
            (
                "CONSIDERANDO:",
                (
                    "Que las madres con niños pequeños son las que más esperan en los embarcaderos;",
                    "Que un cuarto seco cuesta menos que un médico; y",
                ),
            ),
            ("CONSIDERANDO ADEMÁS:", ("Que los balseros de una y otra orilla hablan lenguas distintas,",)),
        ),
        "RESUELVE:",
        "DECLARA:",
        "Agradecer a los balseros que hayan trabajado sin paga durante la crecida.",
        "Encomendar al Consejo Permanente:",
        (
            "Que celebre una reunión sobre las balsas antes de que lleguen las lluvias;",
            "Que elabore con los balseros una lista en la que consten:",
            "Que vele por que la lista cuelgue en cada embarcadero; y",
            "Que presente sus conclusiones a la Asamblea dentro de un año.",
        ),
        ("los embarcaderos sin techo;", "las barcas que hacen agua; y", "los cuartos que podrían calentarse."),
        (
            ("cim", "Solicitar a la Comisión Interamericana de Mujeres que hable con las encargadas de las cocinas."),
            ("states", "Instar a los Estados Miembros a que dejen cruzar a los niños sin pagar."),
            ("iachr", "Invitar a la Comisión Interamericana de Derechos Humanos a visitar en mayo los embarcaderos."),
            ("oas_general_secretariat", "Pedir a la Secretaría General que imprima el horario en cuatro idiomas."),
            ("iin", "Recomendar al Instituto Interamericano del Niño que forme a los guardias nocturnos."),
            ("states", "Alentar a los Estados miembros a que se presten barcas cuando crezca el río."),
            (None, "Lamentar que dos embarcaderos hayan estado cerrados el año de la sequía."),
            (None, "Volver sobre este asunto en su próximo período ordinario de sesiones."),
            ("permanent_council", "Solicitar al Consejo Permanente que nombre a quien guarde la lista."),
            (None, "Disponer que este texto se lea en voz alta en los embarcaderos."),
        ),
        (
            "ANEXO",
            "REGLAS DE LOS EMBARCADEROS",
            "Cada embarcadero lleva un libro donde las familias anotan lo que les falta.",
            "HORARIO",
            "De marzo a agosto los embarcaderos abren desde las seis hasta que vuelve la última barca.",
        ),
    ),
    "pt": Acts(
        "(Aprovada na quarta sessão plenária, realizada em {})",
        "A ASSEMBLEIA GERAL,",
        "O CONSELHO PERMANENTE DA ORGANIZAÇÃO DOS ESTADOS AMERICANOS,",
        "BALSAS E ABRIGOS PARA AS FAMÍLIAS DO RIO SALGADO",
        "VISTAS as notas anuais dos balseiros e a contagem de famílias que se fez nos três embarcadouros;",
        (
            (
                "LEVANDO EM CONTA:",
                (
                    "Que nos meses de chuva não se atravessa o rio a pé; e",
                    "Que a última balsa foi construída quando a ponte ainda estava de pé,",
                ),
            ),
            (
                "CONSIDERANDO:",
                (
                    "Que as mães com crianças pequenas são as que mais esperam nos embarcadouros;",
                    "Que um quarto seco custa menos que um médico; e",
                ),
            ),
            ("CONSIDERANDO TAMBÉM:", ("Que os balseiros das duas margens falam línguas diferentes,",)),
        ),
        "RESOLVE:",
        "DECLARA:",
        "Agradecer aos balseiros por terem trabalhado sem paga durante a cheia.",
        "Encarregar o Conselho Permanente de:",
        (
            "Realizar uma reunião sobre as balsas antes que cheguem as chuvas;",
            "Elaborar com os balseiros uma lista da qual constem:",
            "Velar por que a lista fique exposta em cada embarcadouro; e",
            "Apresentar suas conclusões à Assembleia dentro de um ano.",
        ),
        ("os embarcadouros sem telhado;", "os barcos que fazem água; e", "os quartos que poderiam ser aquecidos."),
        (
            ("cim", "Solicitar à Comissão Interamericana de Mulheres que converse com as encarregadas das cozinhas."),
            ("states", "Instar os Estados membros a que deixem as crianças atravessar sem pagar."),
            ("iachr", "Convidar a Comissão Interamericana de Direitos Humanos a visitar em maio os embarcadouros."),
            ("oas_general_secretariat", "Pedir à Secretaria-Geral que imprima o horário em quatro idiomas."),
            ("iin", "Recomendar ao Instituto Interamericano da Criança que forme os guardas da noite."),
            ("states", "Incentivar os Estados membros a que emprestem barcos uns aos outros quando o rio subir."),
            (None, "Lamentar que dois embarcadouros tenham estado fechados no ano da seca."),
            (None, "Voltar a este assunto em seu próximo período ordinário de sessões."),
            ("permanent_council", "Solicitar ao Conselho Permanente que nomeie quem guarde a lista."),
            (None, "Determinar que este texto seja lido em voz alta nos embarcadouros."),
        ),
        (
            "ANEXO",
            "REGRAS DOS EMBARCADOUROS",
            "Cada embarcadouro mantém um livro em que as famílias anotam o que lhes falta.",
            "HORÁRIO",
            "De março a agosto os embarcadouros abrem das seis da manhã até a volta do último barco.",
        ),
    ),
    "fr": Acts(
        "(Adoptée à la quatrième séance plénière, tenue le {})",
        "L’ASSEMBLÉE GÉNÉRALE,",
        "LE CONSEIL PERMANENT DE L’ORGANISATION DES ÉTATS AMÉRICAINS,",
        "BACS ET REFUGES POUR LES FAMILLES DE LA RIVIÈRE SALÉE",
        "AYANT VU les notes annuelles des passeurs et le compte des familles fait aux trois débarcadères ;",
        (
            (
                "TENANT COMPTE :",
                (
                    "Du fait que la rivière ne se passe pas à gué pendant les pluies ; et",
                    "Du fait que le dernier bac date du temps où le pont était debout,",
                ),
            ),
            (
                "CONSIDÉRANT :",
                (
                    "Que les mères de jeunes enfants attendent le plus longtemps aux débarcadères ;",
                    "Qu’une chambre sèche coûte moins qu’un médecin ; et",
                ),
            ),
            ("CONSIDÉRANT EN OUTRE :", ("Que les passeurs des deux rives parlent des langues différentes,",)),
        ),
        "DÉCIDE :",
        "DÉCLARE :",
        "De remercier les passeurs d’avoir travaillé sans salaire pendant la crue.",
        "De charger le Conseil permanent :",
        (
            "De tenir une réunion sur les bacs avant le début des pluies ;",
            "De dresser avec les passeurs une liste qui indique :",
            "De veiller à ce que la liste soit affichée à chaque débarcadère ; et",
            "De présenter ses conclusions à l’Assemblée dans un an.",
        ),
        (
            "les débarcadères sans toit ;",
            "les barques qui prennent l’eau ; et",
            "les chambres qui pourraient être chauffées.",
        ),
        (
            ("cim", "De demander à la Commission interaméricaine des femmes de parler avec les femmes des cuisines."),
            ("states", "D’exhorter les États membres à laisser passer les enfants sans payer."),
            (
                "iachr",
                "D’inviter la Commission interaméricaine des droits de l’homme à visiter les débarcadères en mai.",
            ),
            ("oas_general_secretariat", "De prier le Secrétariat général d’imprimer l’horaire en quatre langues."),
            ("iin", "De recommander à l’Institut interaméricain de l’enfant de former les gardiens de nuit."),
            ("states", "D’encourager les États membres à se prêter des barques quand la rivière monte."),
            (None, "De regretter que deux débarcadères aient été fermés l’année de la sécheresse."),
            (None, "De revenir sur cette question à sa prochaine session ordinaire."),
            ("permanent_council", "De demander au Conseil permanent de nommer le gardien de la liste."),
            (None, "De faire lire ce texte à haute voix aux débarcadères."),
        ),
        (
            "ANNEXE",
            "RÈGLES DES DÉBARCADÈRES",
            "Chaque débarcadère tient un livre où les familles notent ce qui leur manque.",
            "HORAIRES",
            "De mars à août, les débarcadères ouvrent de six heures au retour de la dernière barque.",
        ),
    ),
}


def preamble(said: Acts) -> list[Line]:
    lines = [text(said.seen, clause="preambular", lead_in="", number="")]
    for head, grounds in said.grounds:
        lines.append(text(head, clause="preambular", lead_in=""))
        lines += [text(ground, clause="preambular", lead_in=head, number="") for ground in grounds]
    return lines


def operative(said: Acts, tasks: int = 10) -> list[Line]:
    """Paragraph 1, paragraph 2 with its letters and their items, then so many tasks."""
    council = {"clause": "operative", "implementer": "permanent_council"}
    lines = [item("1.", said.thanks, clause="operative", number="1", lead_in="")]
    lines.append(item("2.", said.asked, number="2", lead_in="", **council))
    for letter, words in zip("abcd", said.letters, strict=True):
        lines.append(item(f"{letter}.", words, number=f"2.{letter}", lead_in=said.asked, **council))
        if letter == "b":
            above = f"{said.asked} {words}"
            lines += [
                item(f"{mark}.", step, number=f"2.b.{mark}", lead_in=above, **council)
                for mark, step in zip(("i", "ii", "iii"), said.steps, strict=True)
            ]
    for number, (body, words) in enumerate(said.tasks[:tasks], 3):
        about = {"clause": "operative", "number": str(number), "lead_in": "", "implementer": body}
        lines.append(item(f"{number}.", words, **about))
    return lines


def annex(said: Acts) -> list[Line]:
    head, rules, first, hours, second = said.annex
    return [
        title(head, "heading", clause="", number=""),
        title(rules, "heading", clause=""),
        text(first, clause="", number="", section=rules, lead_in=""),
        title(hours, "heading", clause=""),
        text(second, clause="", number="", section=hours, lead_in=""),
    ]


def resolution(
    language: Language, printed: str = "AG/RES. 2999 (XL-O/10)", symbol: str = "", notes: bool = True
) -> Sheet:
    said, words = ACTS[language], WORDS[language]
    symbol = symbol or printed
    lines = [
        text(printed, "line", clause="", number=""),
        title(said.title),
        text(said.adopted.format(FIRST_OF_JUNE[language]), "line"),
        text(said.assembly),
        *preamble(said),
        text(said.resolves),
        *operative(said),
        *annex(said),
    ]
    if notes:
        marked = lines[-1].unit.text + "(1)"
        lines[-1] = replace(lines[-1], unit=replace(lines[-1].unit, text=marked))
        lines.append(Line(Unit(words.notes[0], "footnote", "(1)", clause="", number="", lead_in=""), "note"))
    profile = {
        "kind": "resolution",
        "symbol": symbol,
        "title": said.title,
        "date": "2010-06-01",
        "language": language,
        "session": symbol[symbol.index("(") + 1 : -1],
        "original_language": None,
        "body": "oas_general_assembly",
    }
    return Sheet(tuple(lines), profile)


def noted_resolution(language: Language) -> Sheet:
    """With a note at the foot of the page that holds the end of the operative paragraphs."""
    sheet = resolution(language, notes=False)
    cut = next(at for at, line in enumerate(sheet.lines) if line.unit.text == ACTS[language].annex[0])
    lines = list(sheet.lines[:cut])
    lines[-1] = replace(lines[-1], unit=replace(lines[-1].unit, text=lines[-1].unit.text + "^1"))
    note = Unit(WORDS[language].notes[0], "footnote", "1", clause="", number="", lead_in="")
    return Sheet((*lines, Line(note, "note")), sheet.profile)


def in_parts(language: Language) -> Sheet:
    """Headings stand between the operative paragraphs, which count on."""
    sheet, heads = resolution(language, notes=False), WORDS[language].headings
    lines = list(sheet.lines)
    for head, number in (("II.", "7"), ("I.", "3")):
        at = next(i for i, line in enumerate(lines) if line.unit.number == number)
        unit = Unit(heads[len(head)].upper(), "heading", head, number="", clause="operative")
        lines.insert(at, Line(unit, "heading"))
    return Sheet(tuple(lines), sheet.profile)


def in_one(language: Language) -> Sheet:
    """An old resolution without numbers: what is resolved runs on."""
    said, sheet = ACTS[language], resolution(language, "AG/RES. 12 (II-O/72)", notes=False)
    cut = next(i for i, line in enumerate(sheet.lines) if line.unit.text == said.resolves)
    words = said.tasks[1][1]
    words = f"{said.resolves.rstrip(' :')} {words[0].lower()}{words[1:]}"
    last = text(words, clause="operative", number="", lead_in="", implementer="states")
    return Sheet((*sheet.lines[:cut], last), sheet.profile)


def two_resolutions(language: Language) -> Sheet:
    """A volume: the second begins where the first ends."""
    first, second = (resolution(language, f"AG/RES. {number} (XL-O/10)", notes=False) for number in (2999, 3000))
    return Sheet((*first.lines[: -len(ACTS[language].annex)], *second.lines), first.profile)


def of_council(language: Language, declares: bool) -> Sheet:
    said = ACTS[language]
    form, verb = ("DEC. 98", said.declares) if declares else ("RES. 1203", said.resolves)
    symbol = f"CP/{form} (1811/12)"
    lines = (
        text("OEA/Ser.G", "line"),
        text(symbol, "line"),
        text(IN_APRIL[language], "line"),
        text(ORIGINAL[language][0], "line"),
        text(symbol, "line"),
        title(said.title),
        text(said.council),
        *preamble(said),
        text(verb),
        *operative(said, 3),
    )
    profile = {
        "kind": "declaration" if declares else "resolution",
        "symbol": symbol,
        "title": said.title,
        "date": "2012-04-19",
        "session": "1811/12",
        "original_language": ORIGINAL[language][1],
        "body": "permanent_council",
        "language": language,
    }
    return Sheet(lines, profile)


# Papers of Summits.

SUMMIT: dict[Language, tuple[str, ...]] = {
    "en": (
        "DECLARATION OF PUERTO CLARO",
        "We, the Heads of State and Government of the Americas, met in Puerto Claro, declare:",
        "We reaffirm that nobody who crosses a border loses a right by doing so.",
        "We commit ourselves to share what we know of the roads that families take.",
        "We instruct our ministers to meet once before the next harvest.",
        "PLAN OF ACTION OF PUERTO CLARO",
        "(Fourth Summit of the Americas, Puerto Claro, {})",
        "SAFE ROADS",
        "LETTERS AND MONEY",
        "Governments will:",
    ),
    "es": (
        "DECLARACIÓN DE PUERTO CLARO",
        "Nosotros, los Jefes de Estado y de Gobierno de las Américas, reunidos en Puerto Claro, declaramos:",
        "Reafirmamos que nadie que cruce una frontera pierde por ello un derecho.",
        "Nos comprometemos a compartir lo que sabemos de las rutas que siguen las familias.",
        "Encargamos a nuestros ministros que se reúnan una vez antes de la próxima cosecha.",
        "PLAN DE ACCIÓN DE PUERTO CLARO",
        "(Cuarta Cumbre de las Américas, Puerto Claro, {})",
        "CAMINOS SEGUROS",
        "CARTAS Y DINERO",
        "Los Gobiernos:",
    ),
    "pt": (
        "DECLARAÇÃO DE PUERTO CLARO",
        "Nós, os Chefes de Estado e de Governo das Américas, reunidos em Puerto Claro, declaramos:",
        "Reafirmamos que ninguém que atravesse uma fronteira perde com isso um direito.",
        "Comprometemo-nos a partilhar o que sabemos dos caminhos que as famílias seguem.",
        "Encarregamos nossos ministros de se reunirem uma vez antes da próxima safra.",
        "PLANO DE AÇÃO DE PUERTO CLARO",
        "(Quarta Cúpula das Américas, Puerto Claro, {})",
        "CAMINHOS SEGUROS",
        "CARTAS E DINHEIRO",
        "Os Governos:",
    ),
    "fr": (
        "DÉCLARATION DE PUERTO CLARO",
        "Nous, chefs d’État et de gouvernement des Amériques, réunis à Puerto Claro, déclarons :",
        "Nous réaffirmons que nul ne perd un droit en passant une frontière.",
        "Nous nous engageons à partager ce que nous savons des routes que prennent les familles.",
        "Nous chargeons nos ministres de se réunir une fois avant la prochaine récolte.",
        "PLAN D’ACTION DE PUERTO CLARO",
        "(Quatrième Sommet des Amériques, Puerto Claro, {})",
        "ROUTES SÛRES",
        "LETTRES ET ARGENT",
        "Les gouvernements :",
    ),
}
SOURCES: dict[Language, tuple[tuple[str, int], ...]] = {
    "en": (
        ("Declaration of Puerto Claro, Sixth Summit of the Americas", 2012),
        ("Plan of Action, Mar del Plata", 2005),
        ("Declaration of Nuevo León", 2004),
        ("Plan of Action, Québec", 2001),
        ("Plan of Action, Santiago", 1998),
    ),
    "es": (
        ("Declaración de Puerto Claro, Sexta Cumbre de las Américas", 2012),
        ("Plan de Acción, Mar del Plata", 2005),
        ("Declaración de Nuevo León", 2004),
        ("Plan de Acción, Quebec", 2001),
        ("Plan de Acción, Santiago", 1998),
    ),
    "pt": (
        ("Declaração de Puerto Claro, Sexta Cúpula das Américas", 2012),
        ("Plano de Ação, Mar del Plata", 2005),
        ("Declaração de Nuevo León", 2004),
        ("Plano de Ação, Québec", 2001),
        ("Plano de Ação, Santiago", 1998),
    ),
    "fr": (
        ("Déclaration de Puerto Claro, sixième Sommet des Amériques", 2012),
        ("Plan d’action, Mar del Plata", 2005),
        ("Déclaration de Nuevo León", 2004),
        ("Plan d’action, Québec", 2001),
        ("Plan d’action, Santiago", 1998),
    ),
}
MANDATES: dict[Language, tuple[str, str]] = {
    "en": ("SUMMITS OF THE AMERICAS", "FOLLOW-UP OF THE MANDATES ON FAMILIES THAT MIGRATE"),
    "es": ("CUMBRES DE LAS AMÉRICAS", "SEGUIMIENTO DE LOS MANDATOS SOBRE FAMILIAS MIGRANTES"),
    "pt": ("CÚPULAS DAS AMÉRICAS", "ACOMPANHAMENTO DOS MANDATOS SOBRE FAMÍLIAS MIGRANTES"),
    "fr": ("SOMMETS DES AMÉRIQUES", "SUIVI DES MANDATS SUR LES FAMILLES MIGRANTES"),
}


def summit_declaration(language: Language) -> Sheet:
    said, words = SUMMIT[language], WORDS[language]
    vows = [
        item(f"{number}.", vow, number=str(number), clause="", implementer="states", section=said[0])
        for number, vow in enumerate(said[2:5], 1)
    ]
    long = [text(words.paragraphs[at], implementer="states", number="", clause="") for at in (0, 1, 6)]
    lines = (title(said[0]), text(IN_APRIL[language], "line"), text(said[1], implementer="states"), *long, *vows)
    facts = {"symbol": None, "session": None, "original_language": None, "body": None, "language": language}
    return Sheet(lines, {"kind": "declaration", "title": said[0], "date": "2012-04-19", **facts})


def plan_of_action(language: Language) -> Sheet:
    said, words = SUMMIT[language], WORDS[language]
    about = {"clause": "mandate", "implementer": "states", "year": 2012}
    lines = [title(said[5]), text(said[6].format(IN_APRIL[language]), "line", clause="")]
    for theme, first in zip(said[7:9], (1, 4), strict=True):
        lines += [title(theme, "heading", clause=""), text(said[9], lead_in="", section=theme)]
        numbered = enumerate(words.items[first - 1 : first + 2], first)
        lines += [
            item(f"{number}.", words, number=str(number), section=theme, lead_in=said[9], **about)
            for number, words in numbered
        ]
    facts = {"symbol": None, "session": None, "original_language": None, "body": None, "language": language}
    return Sheet(tuple(lines), {"kind": "mandates", "title": said[5], "date": "2012-04-19", **facts})


def mandates(language: Language) -> Sheet:
    words, (top, head) = WORDS[language], MANDATES[language]
    lines = [text(top, "line"), title(head)]
    for number, (source, year) in enumerate(SOURCES[language], 1):
        said = words.paragraphs[number].rstrip(".") + f" ({source}, {year})."
        about = {"number": str(number), "clause": "mandate", "year": year, "implementer": "states", "section": head}
        lines.append(item(f"{number}.", said, **about))
    return Sheet(tuple(lines), {"kind": "mandates", "title": head, "symbol": None, "language": language, "body": None})


# Reports.

REPORT: dict[Language, tuple[str, ...]] = {
    "en": (
        "PERMANENT COUNCIL",
        "COMMITTEE ON JURIDICAL AND POLITICAL AFFAIRS",
        "REPORT OF THE CHAIR ON THE FAMILIES OF THE SALT RIVER",
        "(Presented to the Permanent Council at the meeting held on November 20, 2009)",
        "TABLE OF CONTENTS",
        "The Committee proposes to the Council:",
    ),
    "es": (
        "CONSEJO PERMANENTE",
        "COMISIÓN DE ASUNTOS JURÍDICOS Y POLÍTICOS",
        "INFORME DE LA PRESIDENCIA SOBRE LAS FAMILIAS DEL RÍO SALADO",
        "(Presentado al Consejo Permanente en la sesión celebrada el 20 de noviembre de 2009)",
        "ÍNDICE",
        "La Comisión propone al Consejo:",
    ),
    "pt": (
        "CONSELHO PERMANENTE",
        "COMISSÃO DE ASSUNTOS JURÍDICOS E POLÍTICOS",
        "RELATÓRIO DA PRESIDÊNCIA SOBRE AS FAMÍLIAS DO RIO SALGADO",
        "(Apresentado ao Conselho Permanente na sessão realizada em 20 de novembro de 2009)",
        "ÍNDICE",
        "A Comissão propõe ao Conselho:",
    ),
    "fr": (
        "CONSEIL PERMANENT",
        "COMMISSION DES QUESTIONS JURIDIQUES ET POLITIQUES",
        "RAPPORT DU PRÉSIDENT SUR LES FAMILLES DE LA RIVIÈRE SALÉE",
        "(Présenté au Conseil permanent à la séance tenue le 20 novembre 2009)",
        "TABLE DES MATIÈRES",
        "La Commission propose au Conseil :",
    ),
}


def council_report(language: Language, symbol: str = "CP/CAJP-2599/09 rev. 1", session: Fact = None) -> Sheet:
    said, words = REPORT[language], WORDS[language]
    numerals = ("I.", "II.", "III.")
    chapters = [(mark, head.upper()) for mark, head in zip(numerals, words.headings, strict=False)]
    lines = [
        text(said[0], "line"),
        text("OEA/Ser.G", "line"),
        text(symbol, "line"),
        text(IN_DECEMBER[language], "line"),
        text(ORIGINAL[language][0], "line"),
        text(said[1], "line"),
        title(said[2]),
        text(said[3], "line"),
        title(said[4], "heading"),
    ]
    lines += [item(mark, f"{head} ........ {page}") for page, (mark, head) in enumerate(chapters, 2)]
    for at, (mark, head) in enumerate(chapters):
        lines.append(Line(Unit(head, "heading", mark, number="", clause=""), "heading"))
        lines += [
            text(words.paragraphs[2 * at + step], section=head, number="", clause="", lead_in="") for step in (0, 1)
        ]
    lines.append(text(said[5], section=chapters[-1][1]))
    lines += [
        item(f"{letter})", words, section=chapters[-1][1], lead_in=said[5], number="", clause="")
        for letter, words in zip("abc", words.items, strict=False)
    ]
    profile = {
        "kind": "report",
        "symbol": symbol,
        "title": said[2],
        "date": "2009-12-02",
        "session": session,
        "original_language": ORIGINAL[language][1],
        "body": "cajp",
        "language": language,
    }
    return Sheet(tuple(lines), profile)


AGENDA: dict[Language, tuple[str, ...]] = {
    "en": (
        "ORDER OF BUSINESS",
        "(Regular meeting of the Permanent Council, {})",
        "Adoption of the order of business",
        "Note from the ferrymen on the winter",
        "Draft resolution on the landings",
        "Other business",
    ),
    "es": (
        "ORDEN DEL DÍA",
        "(Sesión ordinaria del Consejo Permanente, {})",
        "Aprobación del orden del día",
        "Nota de los balseros sobre el invierno",
        "Proyecto de resolución sobre los embarcaderos",
        "Otros asuntos",
    ),
    "pt": (
        "ORDEM DO DIA",
        "(Sessão ordinária do Conselho Permanente, {})",
        "Aprovação da ordem do dia",
        "Nota dos balseiros sobre o inverno",
        "Projeto de resolução sobre os embarcadouros",
        "Outros assuntos",
    ),
    "fr": (
        "ORDRE DU JOUR",
        "(Séance ordinaire du Conseil permanent, {})",
        "Adoption de l’ordre du jour",
        "Note des passeurs sur l’hiver",
        "Projet de résolution sur les débarcadères",
        "Questions diverses",
    ),
}


def agenda(language: Language) -> Sheet:
    said = AGENDA[language]
    points = [
        Line(Unit(f"{words} (CP/doc.45{n}1/09)", "list_item", f"{n}.", clause="", lead_in="", section=said[0]))
        for n, words in enumerate(said[2:], 1)
    ]
    lines = (
        text("OEA/Ser.G", "line"),
        text("CP/OD-1738/09", "line"),
        text(IN_DECEMBER[language], "line"),
        text(ORIGINAL[language][0], "line"),
        title(said[0]),
        text(said[1].format(IN_DECEMBER[language]), "line"),
    )
    profile = {
        "kind": "other",
        "symbol": "CP/OD-1738/09",
        "title": said[0],
        "date": "2009-12-02",
        "session": "1738/09",
        "original_language": ORIGINAL[language][1],
        "body": "permanent_council",
        "language": language,
    }
    return Sheet((*lines, *points), profile)


PLAN: dict[Language, tuple[str, ...]] = {
    "en": (
        "WORK PLAN ON THE FAMILIES OF THE SALT RIVER",
        "Area",
        "Activities assigned",
        "Activities carried out",
        "Activities planned",
        "Responsible body",
        "Task",
        "Executed",
        "Scheduled",
    ),
    "es": (
        "PLAN DE TRABAJO SOBRE LAS FAMILIAS DEL RÍO SALADO",
        "Área",
        "Actividades asignadas",
        "Actividades ejecutadas",
        "Actividades previstas",
        "Órgano responsable",
        "Tarea",
        "Realizado",
        "Programado",
    ),
    "pt": (
        "PLANO DE TRABALHO SOBRE AS FAMÍLIAS DO RIO SALGADO",
        "Área",
        "Atividades atribuídas",
        "Atividades realizadas",
        "Atividades planejadas",
        "Órgão responsável",
        "Tarefa",
        "Executado",
        "Programado",
    ),
    "fr": (
        "PLAN DE TRAVAIL SUR LES FAMILLES DE LA RIVIÈRE SALÉE",
        "Domaine",
        "Activités assignées",
        "Activités réalisées",
        "Activités prévues",
        "Organe responsable",
        "Tâche",
        "Exécuté",
        "Programmé",
    ),
}


def work_plan(language: Language, order: str) -> Sheet:
    """Columns by letter: b(ody), a(ssigned), d(one), p(lanned); capitals for the shorter titles."""
    said, words = PLAN[language], WORDS[language]
    titles = {"b": said[5], "a": said[2], "d": said[3], "p": said[4], "r": said[1], "D": said[7], "P": said[8]}
    lines = [title(said[0]), *row(0, *(titles[letter] for letter in order))]
    for number, (body, name, activity, done, _) in enumerate(words.rows[:3], 1):
        plan = words.items[number].rstrip(" ;")
        cells = {"b": name, "a": activity, "d": done, "D": done, "p": plan, "P": plan, "r": words.headings[number]}
        for column, letter in enumerate(order):
            about: dict[str, object] = {"implementer": body if "b" in order else None}
            about |= {"section": titles[letter]} if letter in "adpDP" else {}
            lines.append(Line(Unit(cells[letter], "table_cell", cell=(0, number, column), **about)))  # type: ignore[arg-type]
    return Sheet(tuple(lines), {"kind": "report", "title": said[0], "symbol": None, "language": language})


ANNUAL: dict[Language, str] = {
    "en": "ANNUAL REPORT ON WORK WITH FAMILIES, 2009",
    "es": "INFORME ANUAL SOBRE EL TRABAJO CON LAS FAMILIAS, 2009",
    "pt": "RELATÓRIO ANUAL SOBRE O TRABALHO COM AS FAMÍLIAS, 2009",
    "fr": "RAPPORT ANNUEL SUR LE TRAVAIL AVEC LES FAMILLES, 2009",
}


def annual_report(language: Language) -> Sheet:
    words = WORDS[language]
    lines = [title(ANNUAL[language]), text(words.paragraphs[0], section=ANNUAL[language])]
    for at, (body, name, _, done, _) in enumerate(words.rows[:4]):
        lines.append(title(name, "heading"))
        lines += [text(f"{done} {words.paragraphs[at + 2]}", implementer=body, section=name)]
    facts = {"kind": "report", "title": ANNUAL[language], "symbol": None, "language": language, "session": None}
    return Sheet(tuple(lines), facts)


NATION: dict[Language, tuple[str, str]] = {
    "en": ("Ministry of Foreign Affairs", "NATIONAL REPORT ON THE CARE OF FAMILIES ABROAD"),
    "es": ("Ministerio de Relaciones Exteriores", "INFORME NACIONAL SOBRE LA ATENCIÓN DE LAS FAMILIAS EN EL EXTERIOR"),
    "pt": ("Ministério das Relações Exteriores", "RELATÓRIO NACIONAL SOBRE O ATENDIMENTO ÀS FAMÍLIAS NO EXTERIOR"),
    "fr": ("Ministère des affaires étrangères", "RAPPORT NATIONAL SUR L’ACCUEIL DES FAMILLES À L’ÉTRANGER"),
}


def national_report(language: Language) -> Sheet:
    words, (ministry, head) = WORDS[language], NATION[language]
    lines = [text(ministry, "line"), title(head), text(IN_APRIL[language], "line")]
    for at, heading in enumerate(words.headings[:3]):
        heading = heading.upper()
        lines.append(title(heading, "heading"))
        lines.append(text(words.paragraphs[at + 1], section=heading, implementer="states", clause=""))
    facts = {
        "kind": "report",
        "title": head,
        "symbol": None,
        "date": "2012-04-19",
        "body": "states",
        "language": language,
    }
    return Sheet(tuple(lines), facts)


MATRIX: dict[Language, tuple[str, ...]] = {
    "en": ("Matrix of measures for families", "No.", "Entity in charge", "Measures", "Source"),
    "es": ("Matriz de medidas para las familias", "N.º", "Entidad encargada", "Medidas", "Fuente"),
    "pt": ("Matriz de medidas para as famílias", "N.º", "Entidade encarregada", "Medidas", "Fonte"),
    "fr": ("Tableau des mesures pour les familles", "Nº", "Entité chargée", "Mesures", "Source"),
}


def matrix(language: Language, order: str) -> Sheet:
    """Columns by letter: n(umber), b(ody), m(easures), s(ource)."""
    said, words = MATRIX[language], WORDS[language]
    titles = dict(zip("nbms", said[1:], strict=True))
    lines = [title(said[0]), *row(0, *(titles[letter] for letter in order))]
    for number, (body, name, _, done, source) in enumerate(words.rows[:5], 1):
        cells = {"n": f"{number}", "b": name, "m": done, "s": source}
        lines += row(number, *(cells[letter] for letter in order), implementer=body, clause="")
    return Sheet(tuple(lines), {"kind": "report", "title": said[0], "symbol": None, "language": language})


MINUTES: dict[Language, tuple[str, ...]] = {
    "en": (
        "MINUTES OF THE REGULAR MEETING HELD ON DECEMBER 2, 2009",
        "The CHAIR: ",
        "The REPRESENTATIVE OF BRAZIL: ",
        "The REPRESENTATIVE OF THE INTERNATIONAL ORGANIZATION FOR MIGRATION: ",
    ),
    "es": (
        "ACTA DE LA SESIÓN ORDINARIA CELEBRADA EL 2 DE DICIEMBRE DE 2009",
        "El PRESIDENTE: ",
        "La REPRESENTANTE DEL BRASIL: ",
        "El REPRESENTANTE DE LA ORGANIZACIÓN INTERNACIONAL PARA LAS MIGRACIONES: ",
    ),
    "pt": (
        "ATA DA SESSÃO ORDINÁRIA REALIZADA EM 2 DE DEZEMBRO DE 2009",
        "O PRESIDENTE: ",
        "A REPRESENTANTE DO BRASIL: ",
        "O REPRESENTANTE DA ORGANIZAÇÃO INTERNACIONAL PARA AS MIGRAÇÕES: ",
    ),
    "fr": (
        "PROCÈS-VERBAL DE LA SÉANCE ORDINAIRE TENUE LE 2 DÉCEMBRE 2009",
        "Le PRÉSIDENT : ",
        "La REPRÉSENTANTE DU BRÉSIL : ",
        "Le REPRÉSENTANT DE L’ORGANISATION INTERNATIONALE POUR LES MIGRATIONS : ",
    ),
}


def minutes(language: Language) -> Sheet:
    said, words = MINUTES[language], WORDS[language]
    council = REPORT[language][0]
    bodies = ("permanent_council", "states", "iom")
    lines = [text(council, "line"), text("CP/ACTA 1738/09", "line"), title(said[0])]
    for at, (speaker, body) in enumerate(zip(said[1:], bodies, strict=True)):
        lines.append(text(speaker + words.paragraphs[2 * at], implementer=body, section=said[0], lead_in=""))
        lines.append(text(words.paragraphs[2 * at + 1], implementer=body, section=said[0], lead_in=""))
    profile = {
        "kind": "report",
        "symbol": "CP/ACTA 1738/09",
        "title": said[0],
        "date": "2009-12-02",
        "session": "1738/09",
        "original_language": None,
        "body": "permanent_council",
        "language": language,
    }
    return Sheet(tuple(lines), profile)


_NEIGHBOUR: dict[Language, Language] = {"en": "fr", "es": "en", "pt": "es", "fr": "pt"}


def two_languages(language: Language) -> Sheet:
    """Each section first in the paper's language, then in another."""
    here, there = WORDS[language], WORDS[_NEIGHBOUR[language]]
    lines = [title(ANNUAL[language]), *(text(here.paragraphs[at], language=language) for at in (0, 1, 8, 9))]
    for at in (1, 2, 3):
        lines.append(title(here.headings[at].upper(), "heading"))
        lines += [
            text(here.paragraphs[2 * at], language=language),
            text(here.paragraphs[2 * at + 1], language=language),
        ]
        lines += [text(there.paragraphs[2 * at + step], language=_NEIGHBOUR[language]) for step in (0, 1)]
        lines.append(item("a)", there.head, language=_NEIGHBOUR[language]))
    return Sheet(tuple(lines), {"kind": "report", "language": language, "title": ANNUAL[language]}, mixed=True)


DRAWN: dict[str, Draw] = {".txt": as_text, ".html": as_page, ".docx": as_word, ".pdf": as_pdf}


def drawn(name: str, write: Write, *suffixes: str) -> list[Trap]:
    """The same paper as files of several sorts."""

    def make(suffix: str, language: Language) -> tuple[bytes, Truth]:
        return DRAWN[suffix](write(language))

    return [Trap(f"oas-{name}-{suffix[1:]}", suffix, partial(make, suffix)) for suffix in suffixes]


TRAPS: tuple[Trap, ...] = (
    *drawn("resolution", resolution, ".txt"),
    *drawn("resolution-without-notes", partial(resolution, notes=False), ".html", ".docx"),
    *drawn("resolution-with-note", noted_resolution, ".pdf"),
    *drawn(
        "resolution-slipped",
        partial(resolution, printed="AG/RES. 3O1l (XLl-0/l1)", symbol="AG/RES. 3011 (XLI-O/11)"),
        ".txt",
    ),
    *drawn(
        "resolution-special",
        partial(resolution, printed="AG/RES. 1 (XXXVII-E/09)", symbol="AG/RES. 1 (XXXVII-E/09)"),
        ".txt",
    ),
    *drawn("resolution-in-parts", in_parts, ".txt", ".html"),
    *drawn("resolution-in-one", in_one, ".txt", ".docx"),
    *drawn("two-resolutions", two_resolutions, ".txt", ".docx"),
    *drawn("council-resolution", partial(of_council, declares=False), ".txt", ".html"),
    *drawn("council-declaration", partial(of_council, declares=True), ".txt", ".docx"),
    *drawn("summit-declaration", summit_declaration, ".txt", ".html"),
    *drawn("plan-of-action", plan_of_action, ".txt", ".docx"),
    *drawn("mandates", mandates, ".txt", ".html"),
    *drawn("council-report", council_report, ".txt", ".docx", ".pdf"),
    *drawn("agenda", agenda, ".txt", ".docx"),
    *drawn("work-plan-by-body", partial(work_plan, order="badp"), ".html", ".txt"),
    *drawn("work-plan-backwards", partial(work_plan, order="pdab"), ".docx"),
    *drawn("work-plan-short-titles", partial(work_plan, order="bDP"), ".html"),
    *drawn("work-plan-without-bodies", partial(work_plan, order="radp"), ".docx"),
    *drawn("annual-report", annual_report, ".docx", ".pdf"),
    *drawn("national-report", national_report, ".txt", ".html"),
    *drawn("matrix", partial(matrix, order="nbms"), ".docx"),
    *drawn("matrix-backwards", partial(matrix, order="smbn"), ".html"),
    *drawn("minutes", minutes, ".txt", ".docx"),
    *drawn("two-languages", two_languages, ".txt"),
)
