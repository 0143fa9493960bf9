"""From a document to its passages: sentences, language, entities, kinds, clauses, mandates, table rows, headings."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.language import FUNCTION_WORDS, detect
from nlp.program import LANGUAGES
from nlp.readers import read, read_bytes
from nlp.records import Block, Document, Extract, Passage, Span
from nlp.settings import Settings
from nlp.structure import facts, kinds
from nlp.structure.bodies import NOBODY, heading_body, issuing_body, leading_body, resolve
from nlp.structure.clauses import clause_number
from nlp.structure.entities import bodies_in, entities, group_of
from nlp.structure.outline import marker_class
from nlp.structure.segment import Structured, structure
from nlp.structure.sentences import sentences

DOCUMENTS = SHARED / "documents"
needs_documents = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the official documents are not here")


def from_text(text: str) -> Structured:
    return structure(read_bytes(text.encode(), "made-up.txt", Settings()))


def from_html(body: str, title: str = "") -> Structured:
    page = f"<html><head><meta charset='utf-8'><title>{title}</title></head><body>{body}</body></html>"
    return structure(read_bytes(page.encode(), "made-up.html", Settings()))


def said(structured: Structured, passage: Passage) -> str:
    return structured.document.text[passage.span.start : passage.span.end]


def named(structured: Structured, start: str) -> Passage:
    """The passage that begins with these words."""
    return next(p for p in structured.passages if said(structured, p).startswith(start))


# --- sentences

WHOLE = [
    "The mandate of AG/RES. 2910 (XLVII-O/17) was renewed.",
    "See CP/doc.5678/20 rev. 1 for the figures.",
    "La garantía del art. 5º, inc. II rige aquí.",
    "Isso vale, p. ex. Para menores.",
    "Viajaron a EE.UU. Canadá y Belice.",
    "Issue No. 5 of the bulletin came out.",
    "RESUELVE: 1. Pedir a la Secretaría un informe.",
    "Habló el Sr. Pérez ante la comisión.",
    "Le bulletin vol. 3 est paru.",
    "Dr. Ana Lima e Dra. Rosa Paz falaram.",
    "It met in Sept. 2008 in Belmopan.",
    "Costs rose (cf. Annex 2) again.",
    "The clause reads: a. Visits are free.",
    "J. Robles signed the minutes.",
]
PARTED = {
    "The office opened. It closed in May.": ["The office opened.", "It closed in May."],
    "¿Quién pagó? ¡Nadie! El fondo quedó vacío.": ["¿Quién pagó?", "¡Nadie!", "El fondo quedó vacío."],
    "They called it “safe.” The mayor agreed.": ["They called it “safe.”", "The mayor agreed."],
    "He arrived in 2009. The rest came later.": ["He arrived in 2009.", "The rest came later."],
    "First paragraph\n\nsecond paragraph": ["First paragraph", "second paragraph"],
    "Vivió allí hasta 1998. 40 familias la siguieron.": ["Vivió allí hasta 1998.", "40 familias la siguieron."],
    "We waited… Then the bus came.": ["We waited…", "Then the bus came."],
}


@pytest.mark.parametrize("text", WHOLE)
def test_a_stop_inside_a_sentence_does_not_part_it(text: str):
    assert [text[s.start : s.end] for s in sentences(text)] == [text]


@pytest.mark.parametrize("text", PARTED)
def test_sentences_part_where_one_ends(text: str):
    assert [text[s.start : s.end] for s in sentences(text)] == PARTED[text]


def test_sentence_spans_are_shifted():
    assert sentences("One. Two.", start=100) == (Span(100, 104), Span(105, 109))


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("aZ9é.?!…\n \t(”“AG/RES No"), max_size=80) | st.text(max_size=60))
def test_sentences_cover_all_that_is_no_white_space(text: str):
    spans = sentences(text)
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() for s in spans)


# --- language


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The shelter by the river takes in families who arrive at night."),
        ("es", "El albergue junto al río recibe a las familias que llegan de noche."),
        ("pt", "O abrigo à beira do rio recebe as famílias que chegam à noite."),
        ("fr", "Le refuge au bord du fleuve accueille les familles arrivées la nuit."),
    ],
)
def test_language(code: str, text: str):
    assert detect(text, default="xx") == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Two sessions for guards at Posadas, Puerto Iguazú and San Pedro de Macorís, with the mayors"),
        ("fr", "Cours pour les gardes de Guápiles, San Pedro de Macorís et Puerto Iguazú, avec les mairies"),
        ("en", "Local authorities, local police, local NGOs: training modules delivered"),
        ("es", "Grupo de trabajo, sistema de registro y plazo de seis meses para entrevistas"),
        ("pt", "Total de beneficiários atendidos: 340; total de atendimentos: 12 por dia"),
    ],
)
def test_names_and_shared_words_do_not_tell_the_language(code: str, text: str):
    assert detect(text, default="xx") == code


def test_a_function_word_is_of_one_language():
    words = [word for own in FUNCTION_WORDS.values() for word in own.split()]
    assert len(words) == len(set(words)) and set(FUNCTION_WORDS) == set(LANGUAGES)


def test_a_text_too_short_to_tell_takes_the_default():
    assert detect("No. 5", default="pt") == "pt"
    assert detect("12345 67890 !!!", default="fr") == "fr"


# --- entities


@pytest.mark.parametrize(
    "symbol",
    [
        "AG/RES. 2027 (XXXIV-O/04)", "AG/RES. 2910 (XLVII-O/17)", "CP/doc.5678/20 rev. 1", "CE/AM/INF.23/08 corr. 1",
        "CP/CAJP-2038/03", "SAMPLE/CIM/doc.7/10", "AG/DEC. 56 (XXXVIII-O/08)", "CP/RES. 1203 (1811/12)",
        "AG/RES. 2O27 (XXXIV-0/04)", "AG/RES. 3O1l (XLl-0/l1)",
    ],
)  # fmt: skip
def test_symbols(symbol: str):
    text = f"It is printed in {symbol}, as asked."
    found = [entity for entity in entities(text, "en") if entity.label == "SYMBOL"]
    assert [(e.text, e.span.start) for e in found] == [(symbol, text.index(symbol))]


@pytest.mark.parametrize(
    ("date", "iso"),
    [
        ("March 3, 2008", "2008-03-03"), ("3 March 2008", "2008-03-03"), ("12 de junio de 2009", "2009-06-12"),
        ("1º de agosto de 2010", "2010-08-01"), ("15 de março de 2007", "2007-03-15"), ("1er août 2009", "2009-08-01"),
        ("27 février 2010", "2010-02-27"), ("1.º de junio de 2010", "2010-06-01"),
        ("1° de junho de 2010", "2010-06-01"),
        ("June 1st, 2010", "2010-06-01"), ("June 6 to 8, 2010", "2010-06-06"), ("2 de dezembro de 2009", "2009-12-02"),
        ("2009-11-21", "2009-11-21"), ("21/11/2009", "2009-11-21"),
    ],
)  # fmt: skip
def test_dates(date: str, iso: str):
    found = [entity.text for entity in entities(f"Signed on {date} in town.", "en") if entity.label == "DATE"]
    assert found == [date]
    assert facts.iso_date(date) == iso


@pytest.mark.parametrize(
    "summit",
    ["Third Summit of the Americas", "Special Summit of the Americas", "IX Summit of the Americas",
     "Cuarta Cumbre de las Américas", "Cúpula das Américas", "Sommet des Amériques"],
)  # fmt: skip
def test_summits(summit: str):
    found = [entity.text for entity in entities(f"As agreed at the {summit}, work began.", "en")]
    assert summit in found


@pytest.mark.parametrize(
    ("text", "language", "body"),
    [
        ("The Inter-American Commission of Women met.", "en", "cim"),
        ("La Comisión Interamericana de Mujeres se reunió.", "es", "cim"),
        ("A OIM apoiou o curso.", "pt", "iom"),
        ("L'Organisation internationale pour les migrations a aidé.", "fr", "iom"),
        ("The INTER-AMERICAN CHILDREN’S INSTITUTE trained them.", "en", "iin"),
        ("The CAN issued a passport.", "en", "can"),
        ("The Office of Education, Science, and Technology taught.", "en", "education"),
        ("The Department of Education and Culture taught.", "en", "education"),
    ],
)
def test_bodies(text: str, language: str, body: str):
    assert [entity.entity_id for entity in bodies_in(text, language)] == [body]


def test_acronyms_count_only_as_written():
    assert bodies_in("Anyone can apply, and a can of milk is given.", "en") == ()
    assert bodies_in("The cim and the iom of the story are birds.", "en") == ()


def test_a_body_inside_a_symbol_does_not_act():
    assert bodies_in("It stands in CIM/doc.7/10.", "en") == ()


@given(st.lists(st.sampled_from(
    ["IOM", "CIM/doc.7/10", "CP/RES. 1203 (1811/12)", "CIM", "Mexico", "3 March 2008", "Permanent Council", ",", "x"]
)).map(" ".join))  # fmt: skip
def test_bodies_are_those_of_all_entities(text: str):
    assert bodies_in(text, "en") == tuple(e for e in entities(text, "en") if e.label == "IMPLEMENTER")


def test_group_of_a_body():
    from nlp.program import load_program

    program = load_program()
    assert group_of(program, "unodc") == "multilateral"
    assert group_of(program, None) is None
    assert group_of(program, "nobody") is None


# --- facts of the head


@pytest.mark.parametrize(
    ("line", "symbol", "session"),
    [
        ("AG/RES. 2O27 (XXXIV-0/04)", "AG/RES. 2027 (XXXIV-O/04)", "XXXIV-O/04"),
        ("AG/RES. l9OO (XXXl-O/O1)", "AG/RES. 1900 (XXXI-O/01)", "XXXI-O/01"),
        ("AG/RES.1404(XXVI-O/96)", "AG/RES. 1404 (XXVI-O/96)", "XXVI-O/96"),
        ("AG/RES. 1404 XXVI-O/96", "AG/RES. 1404 XXVI-O/96", "XXVI-O/96"),
        ("AG/RES. 7 (40-O/10)", "AG/RES. 7 (40-O/10)", "40-O/10"),
        ("CP/RES. 752 (1186/99) corr. 1", "CP/RES. 752 (1186/99) corr. 1", "1186/99"),
        ("OEA/Ser.P AG/doc.4698/07 rev. 1", "AG/doc.4698/07 rev. 1", None),
        ("CP/ACTA 1738/09", "CP/ACTA 1738/09", "1738/09"),
        ("CP/CAJP-2599/09 rev. 1", "CP/CAJP-2599/09 rev. 1", None),
    ],
)
def test_symbol_and_session(line: str, symbol: str, session: str | None):
    assert facts.symbol_of(["OEA/Ser.G", line], "paper.txt") == symbol
    assert facts.session_of(symbol) == session


@pytest.mark.parametrize(
    ("symbol", "body"),
    [
        ("AG/RES. 1 (I-E/70)", "oas_general_assembly"), ("CP/DEC. 9 (1811/12)", "permanent_council"),
        ("CP/CAJP-2599/09", "cajp"), ("CE/AM/INF.23/08", "ceam"), ("SAMPLE/CIM/doc.7/10", "cim"),
        ("XYZ/doc.1/10", None),
    ],
)  # fmt: skip
def test_the_organ_of_a_symbol(symbol: str, body: str | None):
    assert facts.issuer(symbol) == body


def test_the_original_language():
    assert facts.original_language(["CP/doc.1/09", "Original : anglais"]) == "en"
    assert facts.original_language(["ORIGINAL: PORTUGUÉS"]) == "pt"
    assert facts.original_language(["Original: Textual", "An original: nobody had it."]) is None


# --- bodies


@pytest.mark.parametrize(
    ("cell", "body"),
    [
        ("Executive Secretariat for Integral Development - Department of Education and Culture (DEC)", "education"),
        ("International Organization for Migration (IOM) and UNHCR", "iom"),
        ("Inter-American Agency for Cooperation and Development (IACD), when member states so ask", "iacd"),
        ("Club of Lamp Keepers of Puerto Azul", None),
    ],
)
def test_a_cell_names_its_body(cell: str, body: str | None):
    found = resolve(cell, "en")
    assert found.body == body
    assert found.text == cell


def test_a_description_may_begin_with_its_body():
    found = leading_body("The UN Office of the High Commissioner for Human Rights (OHCHR) runs a desk.", "en")
    name = "UN Office of the High Commissioner for Human Rights (OHCHR)"
    assert found and (found.body, found.text) == ("ohchr", name)
    assert leading_body("In March a boat went to the island with the IOM.", "en") is None
    unknown = leading_body("Network of Puerto Azul for Sailors (REDPA) hands out soup.", "en")
    assert unknown and (unknown.body, unknown.text) == (None, "Network of Puerto Azul for Sailors (REDPA)")
    whole = leading_body("Organization of American States held a meeting.", "en")
    assert whole and whole.text == "Organization of American States"


def test_a_report_is_not_by_whom_it_is_addressed_to():
    assert issuing_body("Report of the IACHR presented to the Permanent Council", "en").body == "iachr"
    assert issuing_body("Report presented to the Permanent Council", "en").body is None


@pytest.mark.parametrize(
    ("marker", "kind"),
    [("7.", "number"), ("(12)", "number"), ("b)", "letter"), ("iv.", "roman"), ("•", "bullet"), (None, None)],
)
def test_markers(marker: str | None, kind: str | None):
    assert marker_class(marker) == kind


# --- resolutions, in our own words

RESOLUTION_EN = """\
AG/RES. 9901 (LX-O/30)

LAMPS FOR THE HARBOUR ROAD

(Adopted at the plenary session held on June 4, 2030)

THE GENERAL ASSEMBLY,

HAVING SEEN the notes of the Permanent Council on the harbour road;

TAKING INTO ACCOUNT:

That the road is dark in winter; and

That the keepers have asked for lamps,

RESOLVES:

1.
To ask the Permanent Council:

a. To count the lamps on the road, and in so doing:

i. To walk it at night;

ii. To note each dark spot.

b. To tell the keepers what it found.

2. To invite the Inter-American Commission of Women to visit the women who carry the oil.

3. To urge member states to lend ladders.

ANNEX

LIST OF LADDERS

1. A long one

2. A short one
"""
RESOLUTION_ES = """\
AG/RES. 9902 (LX-O/30)

FAROLES PARA EL CAMINO DEL PUERTO

LA ASAMBLEA GENERAL,

VISTO el apunte del Consejo Permanente sobre el camino del puerto;

CONSIDERANDO:

Que en invierno el camino está a oscuras; y

Que los fareros han pedido faroles,

RESUELVE:

1. Solicitar al Consejo Permanente:

a. Que cuente los faroles del camino;

b. Que avise a los fareros de lo que encuentre.

2. Invitar a la Comisión Interamericana de Mujeres a que visite a las aceiteras.

ANEXO

LISTA DE ESCALERAS

1. Una larga
"""


@pytest.fixture(scope="module")
def resolution() -> Structured:
    return from_text(RESOLUTION_EN)


def test_profile_of_a_resolution(resolution: Structured):
    profile = resolution.profile
    assert (profile.kind, profile.language, profile.date) == ("resolution", "en", "2030-06-04")
    assert profile.symbol == "AG/RES. 9901 (LX-O/30)"
    assert profile.title == "LAMPS FOR THE HARBOUR ROAD"


def test_operative_numbers_letters_and_items(resolution: Structured):
    numbers = [p.number for p in resolution.passages if p.clause == "operative" and p.number]
    assert numbers == ["1", "1.a", "1.a.i", "1.a.ii", "1.b", "2", "3"]


def test_the_addressee_of_a_clause_is_its_implementer(resolution: Structured):
    by_number = {p.number: p.implementer for p in resolution.passages if p.clause == "operative"}
    assert [by_number[n] for n in ("1", "1.a", "1.a.ii", "1.b")] == ["permanent_council"] * 4
    assert (by_number["2"], by_number["3"]) == ("cim", "states")
    assert named(resolution, "HAVING SEEN").implementer is None


def test_lead_ins_of_clauses(resolution: Structured):
    assert named(resolution, "To count").lead_in == "To ask the Permanent Council:"
    deep = named(resolution, "To walk").lead_in
    assert deep == "To ask the Permanent Council: To count the lamps on the road, and in so doing:"
    assert named(resolution, "To tell").lead_in == "To ask the Permanent Council:"
    assert named(resolution, "To invite").lead_in == ""


def test_preamble(resolution: Structured):
    dark = named(resolution, "That the road")
    assert (dark.clause, dark.lead_in) == ("preambular", "TAKING INTO ACCOUNT:")
    assert named(resolution, "HAVING SEEN").clause == "preambular"
    assert named(resolution, "LAMPS").clause is None


def test_an_annex_is_no_clause(resolution: Structured):
    long = named(resolution, "A long one")
    assert (long.clause, long.number, long.implementer) == (None, None, None)
    assert "ANNEX" in long.section or "LIST OF LADDERS" in long.section


def test_the_profile_knows_the_organ_and_its_session(resolution: Structured):
    assert (resolution.profile.body, resolution.profile.session) == ("oas_general_assembly", "LX-O/30")


def test_a_running_header_ends_no_clauses_and_another_resolution_does():
    parted = RESOLUTION_EN.replace("3. To urge", "AG/RES. 9901 (LX-O/30)\n\n3. To urge").partition("ANNEX")[0]
    found = from_text(parted + RESOLUTION_EN.replace("9901", "9903"))
    numbers = [p.number for p in found.passages if p.clause == "operative" and p.number]
    assert " ".join(numbers) == "1 1.a 1.a.i 1.a.ii 1.b 2 2 3 1 1.a 1.a.i 1.a.ii 1.b 2 3"
    assert [p.clause for p in found.passages if said(found, p).startswith("HAVING SEEN")] == ["preambular"] * 2


def test_i_after_h_is_a_letter_unless_a_list_is_announced():
    item = Block("list_item", Span(0, 5), marker="i.")
    assert clause_number("7.h", item, led=False) == "7.i"
    assert clause_number("7.h", item, led=True) == "7.h.i"
    assert clause_number("7.a", item, led=False) == "7.a.i"


def test_a_resolution_of_one_paragraph():
    found = from_text(
        RESOLUTION_ES.partition("RESUELVE")[0] + "RESUELVE invitar a la Comisión Interamericana de Mujeres."
    )
    last = found.passages[-1]
    assert (found.profile.kind, last.clause, last.number, last.implementer) == ("resolution", "operative", None, "cim")


def test_speakers_in_minutes():
    talk = ["MINUTES OF THE MEETING ON LAMPS", "PERMANENT COUNCIL", "The CHAIR: We begin with the lamps of the quay.",
            "The REPRESENTATIVE OF BELIZE: We have lit forty of them.", "More will follow in the spring of next year.",
            "The Chair said two things: that it was late, and that it was dark."]  # fmt: skip
    found = from_text("\n\n".join(talk))
    assert [p.implementer for p in found.passages[2:]] == ["permanent_council", "states", "states", "states"]


def test_a_spanish_resolution():
    found = from_text(RESOLUTION_ES)
    assert (found.profile.kind, found.profile.language) == ("resolution", "es")
    clauses = {p.number: p for p in found.passages if p.clause == "operative" and p.number}
    assert list(clauses) == ["1", "1.a", "1.b", "2"]
    assert clauses["1.b"].implementer == "permanent_council"
    assert clauses["1.b"].lead_in == "Solicitar al Consejo Permanente:"
    assert clauses["2"].implementer == "cim"
    assert named(found, "Que los fareros").lead_in == "CONSIDERANDO:"
    assert named(found, "Una larga").clause is None


# --- mandates and other kinds


def test_mandates_know_their_summit():
    towns = [
        ("Declaration of Port of Spain", 2009),
        ("Plan of Action Miami", 1994),
        ("Declaración de Mar del Plata", 2005),
    ]
    towns += [("Plan of Action Québec", 2001), ("Poverty and Lamps, Cartagena", 2012)]
    vow = "We shall keep the lamp of this harbour burning through the winter for all who come by"
    items = [f"{number}. {vow}. ({town}, {year})." for number, (town, year) in enumerate(towns, 1)]
    found = from_text("\n\n".join(["# Mandates", *items]))
    assert found.profile.kind == "mandates"
    mandates = [p for p in found.passages if p.clause == "mandate"]
    assert [(p.summit, p.year) for p in mandates] == towns
    assert [p.number for p in mandates] == ["1", "2", "3", "4", "5"]
    assert {p.implementer for p in mandates} == {"states"}


def test_brackets_that_name_no_summit_are_no_source():
    assert kinds.mandate_source("We met twice (Annual review of lamps, 2009).") is None
    assert kinds.mandate_source("We met (Declaration of Lima, 2018) and went home to sleep.") is None


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("Annual report on the lamps", "report"),
        ("Declaration of Puerto Azul on lamps", "declaration"),
        ("Informe anual sobre los faroles", "report"),
        ("Declaração de Porto Azul sobre os lampiões", "declaration"),
        ("Rapport sur les lampes du port", "report"),
        ("Lamps and other things of the sea", "other"),
    ],
)
def test_kinds(head: str, kind: str):
    text = f"# {head}\n\nThis page was made up for a test and speaks of the lamps that stand along the harbour road."
    assert from_text(text).profile.kind == kind


# --- tables

ROWS = {
    "en": (("Organisation", "Description of activities", "Reference document"), 0, 1, 2),
    "es": (("Documento de referencia", "Organismo", "Descripción de las actividades"), 1, 2, 0),
    "pt": (("Descrição das atividades", "Órgão responsável", "Documento de referência"), 1, 0, 2),
    "fr": (("Organe", "Document de référence", "Description des activités"), 0, 2, 1),
}
ORGANISATIONS = {
    "en": "International Organization for Migration (IOM)",
    "es": "Organización Internacional para las Migraciones (OIM)",
    "pt": "Organização Internacional para as Migrações (OIM)",
    "fr": "Organisation internationale pour les migrations (OIM)",
}
WORK = {
    "en": ("Ran a desk on the quay for those who land.", "Printed a leaflet on lamps."),
    "es": ("Atendió un puesto en el muelle para quienes llegan.", "Imprimió un folleto sobre faroles."),
    "pt": ("Manteve um posto no cais para quem chega.", "Imprimiu um folheto sobre lampiões."),
    "fr": ("A tenu un bureau sur le quai pour les arrivants.", "A imprimé un dépliant sur les lampes."),
}


def table(*rows: tuple[str, ...]) -> str:
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{cells}</table>"


@pytest.mark.parametrize("code", ROWS)
def test_rows_know_their_body_whatever_language_and_order(code: str):
    titles, who, what, source = ROWS[code]

    def row(name: str, work: str, reference: str) -> tuple[str, ...]:
        return tuple(text for _, text in sorted({who: name, what: work, source: reference}.items()))

    first, second = WORK[code]
    found = from_html(table(titles, row(ORGANISATIONS[code], first, "DOC.1/08"), row("", second, "DOC.2/08")))
    passages = [named(found, text) for text in (first, second)]
    assert [(p.implementer, p.implementer_text, p.reference) for p in passages] == [
        ("iom", ORGANISATIONS[code], "DOC.1/08"), ("iom", ORGANISATIONS[code], "DOC.2/08")
    ]  # fmt: skip
    assert named(found, titles[0]).implementer is None


HEADER = ("Organization", "Description of activities", "Reference")


def test_a_repeated_header_carries_the_row_above_on():
    found = from_html(table(
        HEADER,
        ("Inter-American Commission of Women (CIM)", "It lit the first lamp.", "A"),
        HEADER,
        ("", "The IOM was thanked for its oil on the next page.", "B"),
        ("ILO", "It counted the keepers.", "C"),
    ))  # fmt: skip
    assert named(found, "The IOM was thanked").implementer == "cim"
    assert named(found, "It counted").implementer == "ilo"
    assert [p.implementer for p in found.passages if said(found, p) == HEADER[0]] == [None, None]


def test_a_member_named_at_the_start_of_its_description_acts():
    found = from_html(table(
        HEADER,
        ("Global Migration Group", "The group met in the lighthouse.", "A"),
        ("", "International Labour Organization (ILO), the agency on labour, wrote to the keepers.", ""),
        ("", "UN High Commissioner for Refugees (UNHCR)<p>It sent blankets.", ""),
        ("", "Blankets were counted.", ""),
    ))  # fmt: skip
    assert named(found, "International Labour").implementer == "ilo"
    assert named(found, "International Labour").section == ("Global Migration Group",)
    assert named(found, "It sent").implementer == "unhcr"
    assert named(found, "Blankets").implementer == "global_migration_group"


def test_an_unknown_body_keeps_its_name():
    found = from_html(table(HEADER, ("Club of Lamp Keepers", "It polished brass.", ""), ("", "It slept.", "")))
    for start in ("It polished", "It slept"):
        passage = named(found, start)
        assert (passage.implementer, passage.implementer_text, passage.reference) == (
            None,
            "Club of Lamp Keepers",
            None,
        )


def test_columns_of_a_work_plan_say_how_far_work_has_come():
    titles = ("Actividades previstas", "Actividades ejecutadas", "Órgano")
    found = from_html(table(titles, ("Comprar aceite.", "Se compraron mechas.", "CIM")))
    sections = {said(found, p): p.section[-1:] for p in found.passages}
    assert sections["Comprar aceite."] == (titles[0],)
    assert sections["Se compraron mechas."] == (titles[1],)
    assert sections["CIM"] == ()
    assert named(found, "Se compraron").implementer == "cim"


def test_a_table_without_such_titles_says_nothing():
    found = from_html(table(("Year", "Lamps"), ("2008", "41 lamps stood on the road.")))
    assert named(found, "41 lamps").implementer is None


# --- headings and lists


def test_headings_above_a_passage():
    found = from_html("<h1>Lamps</h1><h2>North</h2><h3>Quay</h3><p>Forty stood here.</p><h2>South</h2><p>None did.</p>")
    assert named(found, "Forty").section == ("Lamps", "North", "Quay")
    assert named(found, "None").section == ("Lamps", "South")
    assert named(found, "South").section == ("Lamps",)
    assert named(found, "Quay").kind == "heading"


def test_typists_underline_their_headings():
    found = from_text(
        "Lamps of the\nharbour road\n============\n\nForty stood.\n\n2. North\n--------\nNone did.\n-----\nEnd."
    )
    assert found.profile.title == "Lamps of the harbour road"
    assert named(found, "Forty").section == ("Lamps of the harbour road",)
    assert named(found, "None").section == ("Lamps of the harbour road", "North")


def test_lists_know_what_leads_into_them():
    items = ["1. They oiled:", "a. the hinges;", "b. the locks.", "2. They slept."]
    found = from_text("\n\n".join(["The keepers did this:", *items, "Later it rained."]))
    assert named(found, "the locks").lead_in == "The keepers did this: They oiled:"
    assert named(found, "They slept").lead_in == "The keepers did this:"
    assert named(found, "Later").lead_in == ""


def test_a_section_about_a_body_names_it():
    found = from_html(
        f"<h1>Summary of work</h1>{'<p>This page was made up.</p>' * 8}"
        "<h2>Inter-American Children's Institute (IIN)</h2><p>Toys were mended.</p><h2>Weather</h2><p>It rained.</p>"
    )
    assert named(found, "Toys").implementer == "iin"
    assert named(found, "It rained").implementer is None


PIECES = st.lists(
    st.sampled_from(
        ["RESOLVES:", "1. To ask:", "a. lamps", "CONSIDERING:", "# Head", "| Organisation | Description |",
         "| --- | --- |", "| IOM | soup |", "|  | bread |", "- item", "ANNEX", "(Declaration of Lima, 2018)", "\f",
         "The CIM met. It slept.", "2.8 We light (Plan of Action Miami, 1994)."]
    ) | st.text(st.characters(exclude_categories=["C"]), max_size=30),
    max_size=25,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(PIECES, st.sampled_from(["\n", "\n\n"]))
def test_passages_are_slices_in_order(pieces: list[str], joint: str):
    text = joint.join(["Letters", *pieces])
    document = read_bytes(text.encode("utf-8", "replace"), "any.txt", Settings())
    found = structure(document)
    furniture = sum(block.kind in ("header", "footer") for block in document.blocks)
    assert len(found.passages) == len(document.blocks) - furniture
    end = 0
    for passage in found.passages:
        piece = said(found, passage)
        assert piece == piece.strip() != ""
        assert passage.span.start >= end
        assert all(passage.span.start <= s.start < s.end <= passage.span.end for s in passage.sentences)
        end = passage.span.end
    assert len({p.passage_id for p in found.passages}) == len(found.passages)


def test_running_headers_give_no_passage():
    text = "Page top\nA lamp."
    blocks = (Block("header", Span(0, 8), page=1), Block("paragraph", Span(9, 16), page=1))
    found = structure(Document("0" * 64, "made-up", "application/pdf", Extract(text, blocks, pages=1)))
    assert [said(found, p) for p in found.passages] == ["A lamp."]


# --- the official documents


def structured(name: str) -> Structured:
    return structure(read(Path(DOCUMENTS / name), Settings()))


@needs_documents
def test_the_official_resolution():
    found = structured("AG-RES-2027-XXXIV-O-04.txt")
    assert (found.profile.kind, found.profile.symbol) == ("resolution", "AG/RES. 2027 (XXXIV-O/04)")
    numbers = [p.number for p in found.passages if p.clause == "operative" and p.number]
    wanted = [str(n) for n in range(1, 15)]
    wanted[10:10] = ["10.a", "10.b", "10.c", "10.d"]
    wanted[7:7] = ["7.a", "7.b", "7.c"]
    assert numbers == wanted
    by_number = {p.number: p.implementer for p in found.passages if p.number}
    assert {by_number[n] for n in ("7", "7.a", "7.b", "7.c", "14")} == {"permanent_council"}
    assert by_number["9"] == "iacd"
    assert {by_number[n] for n in ("10", "10.a", "10.b", "10.c", "10.d")} == {"iachr"}
    assert {by_number[n] for n in ("4", "5", "11", "12", "13")} == {"states"}
    appendix = found.passages.index(named(found, "APPENDIX"))
    assert not [p for p in found.passages[appendix:] if p.clause or p.number]
    assert len(found.passages) - appendix > 6


@needs_documents
def test_the_official_mandates():
    found = structured("summit-mandates-migration.txt")
    mandates = [p for p in found.passages if p.clause == "mandate"]
    assert found.profile.kind == "mandates"
    assert [p.year for p in mandates] == [2022, 2012, 2009, 2005, 2005, 2004] + [2001] * 4 + [1998] * 3 + [1994]
    places = "Angeles Cartagena Spain Plata Plata León Québec Québec Québec Québec Santiago Santiago Santiago Miami"
    assert all(place in str(p.summit) for place, p in zip(places.split(), mandates, strict=True))
    assert mandates[-1].number == "2.8"


REPORT_ROWS = {
    (0, 1): "iachr", (0, 3): "iachr", (0, 4): "cim", (0, 5): "iin", (0, 6): "iacd", (0, 7): "education", (0, 8): "opd",
    (0, 9): "legal", (0, 10): "cicte", (0, 11): "summits", (1, 1): "global_migration_group", (1, 2): "ilo",
    (1, 3): "iom", (1, 4): "ohchr", (1, 5): "un_regional_commissions", (1, 6): "unctad", (1, 7): "un_desa",
    (1, 8): "undp", (1, 9): "unesco", (1, 10): "unfpa", (1, 11): "unhcr", (1, 12): "unicef", (1, 13): "unitar",
    (1, 14): "unodc", (1, 15): "world_bank", (1, 16): "iom", (1, 17): "iom", (1, 18): "iom", (1, 19): "ilo",
    (1, 20): "paho", (1, 21): "ifrc", (1, 22): "ifrc", (1, 23): "ifrc",
}  # fmt: skip


@needs_documents
def test_the_official_report_row_by_row():
    found = structured("CEAM-2008-migration-programs-part-1.txt")
    assert found.profile.kind == "report"
    cells = {block.span: block.cell for block in found.document.blocks}
    rows: dict[tuple[int, int], set[str | None]] = {}
    for passage in found.passages:
        if cell := cells[passage.span]:
            rows.setdefault((cell.table, cell.row), set()).add(passage.implementer)
    headers = [(0, 0), (0, 2), (1, 0)]
    assert {place: rows.pop(place) for place in headers} == {place: {None} for place in headers}
    assert rows == {place: {body} for place, body in REPORT_ROWS.items()}
    references = {p.reference for p in found.passages if p.implementer in ("cim", "cicte")}
    assert {reference and reference.startswith("CE/AM-7/08") for reference in references} == {True}


def test_a_paper_that_says_who_prepared_it_is_theirs():
    said = "This compilation was prepared by the Inter-American Commission of Women at the request of the Council."
    found = from_text(
        f"NOTE\n\n{said}\n\nGENERAL SECRETARIAT AND OTHER ORGANIZATIONS\n\nBoats were counted in the bay.\n"
    )
    assert named(found, "Boats").implementer == "cim"


@pytest.mark.parametrize("mark", ["(", "<", "9"])
def test_names_are_looked_for_in_linear_time(mark: str):
    clock = time.process_time()
    found = bodies_in(f"International Organization for Migration {mark * 100_000} General Assembly", "en")
    assert time.process_time() - clock < 20
    assert [entity.entity_id for entity in found][:1] == ["iom"]
    assert heading_body(f"IOM {mark * 100_000}", "en") == NOBODY


def test_a_cell_of_a_megabyte_is_no_name():
    assert [entity.entity_id for entity in bodies_in("IOM and others, " + "word " * 220_000, "en")] == ["iom"]
