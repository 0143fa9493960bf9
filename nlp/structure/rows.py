"""Table rows know their implementer: which column names the organisation, and what its empty cells mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nlp.records import Document
from nlp.structure.bodies import NOBODY, Implementer, heading_body, leading_body, resolve

# Column titles that such matrices use, in the four languages; the first pattern that matches decides.
COLUMN_TITLES = {
    "reference": re.compile(r"referenc|referênc|référence|fuente|fonte|source|documento|\bdocument\b", re.IGNORECASE),
    "description": re.compile(
        r"descri|activit|actividad|atividade|activité|\bacciones|\bações|\bactions|medidas|mesures|program"
        r"|^(?:projects?|proyectos?|projetos?|projets?|results?|resultados?|résultats?|measures?"
        r"|what (?:was|is) (?:being )?(?:done|planned)|(?:lo )?(?:realizado|hecho|previsto)|o que (?:foi|é|será) feito"
        r"|ce qui (?:a été|est|sera) fait|réalisations?|realizaciones|realizações|measures taken)$",
        re.IGNORECASE,
    ),
    "organisation": re.compile(
        r"secretar|secrétar|depart|départ|organi[sz]|organismo|órgano|órgão|organe|instituc|instituiç|institution"
        r"|^(?:organ|entity|country|país|pays|who|quién|quem|qui)$|entidad|entité|agenc|body|implement|ejecut|execut"
        r"|exécut|ministeri|ministér|minist[eè]re|respons",
        re.IGNORECASE,
    ),
}
# Titles that say how far work has come: what was asked, what was done, what is to come.
PHASES = re.compile(
    r"\b(?:assigned|mandated|entrusted|carried out|completed|done|executed|implemented|planned|scheduled|pending"
    r"|foreseen|upcoming|ongoing|in progress|asignad[ao]s?|encomendad[ao]s?|realizad[ao]s?|ejecutad[ao]s?|cumplid[ao]s?"
    r"|efectuad[ao]s?|planificad[ao]s?|planead[ao]s?|previst[ao]s?|programad[ao]s?|pendientes?|por realizar"
    r"|atribuíd[ao]s?|designad[ao]s?|executad[ao]s?|cumprid[ao]s?|planejad[ao]s?|pendentes?|a realizar"
    r"|assignée?s?|confiée?s?|réalisée?s?|exécutée?s?|menée?s?|accomplie?s?|prévue?s?|planifiée?s?|programmée?s?"
    r"|en (?:curso|cours)|em (?:curso|andamento)|à (?:venir|réaliser))(?!\w)",
    re.IGNORECASE,
)
FEWEST_PHASES = 2
HEADER_LENGTH = 80
NAME_LENGTH = 160
FEWEST_NAMES, NAMED = 2, 0.6  # so many cells of a column, and such a share of them, name known bodies
Rows = dict[int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """What a table row says about its cells.

    Attributes:
        columns: column number -> "organisation", "description", "reference"; header: whether it is the header row.
        implementer: who acts; group: the cell that was carried over when the row names a member of it.
        reference: text of the reference cell, None if empty.
        phases: titles of the columns of a work plan that say how far work has come.
    """

    columns: Mapping[int, str]
    header: bool
    implementer: Implementer
    group: str | None
    reference: str | None
    phases: Mapping[int, str] = field(default_factory=dict)

    @property
    def names_bodies(self) -> bool:
        """Whether a column, or a row above, says who acts; else it is for the text around to say."""
        return self.implementer != NOBODY or "organisation" in self.columns.values() or not self.phases


def read_rows(document: Document, language: str) -> dict[tuple[int, int], Row]:
    """Return, for every row of every table with a recognised header, what it says; key (table, row)."""
    tables: dict[int, Rows] = defaultdict(lambda: defaultdict(dict))
    for block in document.blocks:
        if block.cell is None:
            continue
        cell, text = block.cell, document.text[block.span.start : block.span.end]
        row = tables[cell.table][cell.row]
        row[cell.column] = f"{row[cell.column]}\n{text}" if cell.column in row else text
    found: dict[tuple[int, int], Row] = {}
    for table, rows in tables.items():
        found.update({(table, number): row for number, row in _read_table(rows, language).items()})
    return found


def _read_table(rows: Rows, language: str) -> dict[int, Row]:
    labels = _label_column(rows)
    if labels:
        return _read_records(rows, labels, language)
    columns: dict[int, str] = {}
    phases: dict[int, str] = {}
    if not any(header_columns(cells) for cells in rows.values()):
        columns = _named_column(rows, language)
    width = max(map(len, rows.values()))
    found: dict[int, Row] = {}
    carried = NOBODY
    continues = False
    for number in sorted(rows):
        cells = rows[number]
        titles = header_columns(cells)
        section = heading_body(cells[0], language) if set(cells) == {0} and width > 1 else NOBODY
        if titles:
            columns, phases, continues = titles, phase_columns(cells), number > 0
            found[number] = Row(titles, True, NOBODY, None, None)
        elif section.body and columns.get(0) != "organisation":
            carried, continues = section, True
            found[number] = Row(columns, False, section, None, None)
        elif columns or carried.body:
            row = _read_row(cells, columns, carried, continues, language)
            carried = carried if row.group or "organisation" not in columns.values() else row.implementer
            found[number], continues = replace(row, phases=phases), False
    return found


def _named_column(rows: Rows, language: str) -> dict[int, str]:
    """The column whose cells are names of bodies, where no title says so: {column: "organisation"}, or {}."""
    for column in sorted({column for cells in rows.values() for column in cells}):
        texts = [cells[column] for cells in rows.values() if column in cells]
        named = [t for t in texts if len(t) < NAME_LENGTH and heading_body(t, language).body]
        if len(named) >= FEWEST_NAMES and len(named) >= NAMED * (len(texts) - 1):  # one may be its title
            return {column: "organisation"}
    return {}


def _label_column(rows: Rows) -> dict[int, str]:
    """Of a table of two columns whose first one holds labels: row -> role, one of them "organisation"; else {}."""
    if any(set(cells) - {0, 1} for cells in rows.values()):
        return {}
    roles: dict[int, str] = {}
    for number, cells in rows.items():
        label = cells.get(0, "").strip(" :")
        if len(cells) == 2 and len(label) < HEADER_LENGTH // 2:
            roles[number] = next(iter(_order(label)), "")
    if header_columns(rows[min(rows)]) or len(roles) < len(rows) or len(set(roles.values()) - {""}) < 2:
        return {}
    return roles if "organisation" in roles.values() else {}


def _read_records(rows: Rows, labels: Mapping[int, str], language: str) -> dict[int, Row]:
    """Read records that stand one below the other, a line for each of their fields."""
    found: dict[int, Row] = {}
    acting = NOBODY
    reference = None
    columns = {0: "label"}
    for number in sorted(rows):
        value = rows[number].get(1, "")
        if labels[number] == "organisation":
            acting = resolve(value, language)
        reference = " ".join(value.split()) if labels[number] == "reference" else None
        found[number] = Row(columns, False, acting, None, reference)
    return found


def _read_row(
    cells: Mapping[int, str], columns: Mapping[int, str], carried: Implementer, continues: bool, language: str
) -> Row:
    texts = {role: cells.get(column, "").strip() for column, role in columns.items()}
    reference = " ".join(texts.get("reference", "").split()) or None
    if texts.get("organisation"):
        return Row(columns, False, resolve(texts["organisation"], language), None, reference)
    member = None if continues else leading_body(texts.get("description", ""), language)
    if member and member.body != carried.body:
        return Row(columns, False, member, carried.text, reference)
    return Row(columns, False, carried, None, reference)


def header_columns(cells: Mapping[int, str]) -> dict[int, str]:
    """Return column -> role when the row is a header that names an organisation and a description, else {}.

    Titles that say how far work has come head descriptions; two of them make a header, whatever else it names.
    """
    if any(len(text) > HEADER_LENGTH for text in cells.values()):
        return {}
    phases = phase_columns(cells)
    roles: dict[int, str] = {}
    for column, text in sorted(cells.items()):
        order = ["description"] if column in phases else _order(text)
        role = next((name for name in order if name not in roles.values()), None)
        if role:
            roles[column] = role
    return roles if phases or {"organisation", "description"} <= set(roles.values()) else {}


def phase_columns(cells: Mapping[int, str]) -> dict[int, str]:
    """Return column -> title of those that say how far work has come, {} where there are not two such titles."""
    titles = {column: " ".join(text.split()) for column, text in sorted(cells.items()) if PHASES.search(text)}
    short = all(len(title) <= HEADER_LENGTH // 2 and not title.endswith(".") for title in titles.values())
    return titles if short and len(titles) >= FEWEST_PHASES else {}


def _order(text: str) -> Sequence[str]:
    return [name for name, pattern in COLUMN_TITLES.items() if pattern.search(text)]
