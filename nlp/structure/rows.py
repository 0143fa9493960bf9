"""Table rows know their implementer: which column names the organisation, and what its empty cells mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.records import Document
from nlp.structure.bodies import Implementer, leading_body, resolve

# Column titles that such matrices use, in the four languages; the first pattern that matches decides.
COLUMN_TITLES = {
    "reference": re.compile(r"referenc|referênc|référence|fuente|fonte|source|documento|\bdocument\b", re.IGNORECASE),
    "description": re.compile(
        r"descri|activit|actividad|atividade|activité|acciones|ações|actions|medidas|mesures|program"
        r"|^(?:projects?|proyectos?|projetos?|projets?|results?|resultados?|résultats?|measures?|what was done)$",
        re.IGNORECASE,
    ),
    "organisation": re.compile(
        r"secretar|secrétar|depart|départ|organi[sz]|organismo|órgano|órgão|organe|instituc|instituiç|institution"
        r"|^(?:organ|entity|country|país|pays|who)$|entidad|entité|agenc|body|implement|ejecutor|executor|ministeri|ministér|minist[eè]re|respons",
        re.IGNORECASE,
    ),
}
HEADER_LENGTH = 80
Rows = dict[int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """What a table row says about its cells.

    Attributes:
        columns: column number -> "organisation", "description", "reference"; header: whether it is the header row.
        implementer: who acts; group: the cell that was carried over when the row names a member of it.
        reference: text of the reference cell, None if empty.
    """

    columns: Mapping[int, str]
    header: bool
    implementer: Implementer
    group: str | None
    reference: str | None


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
    columns: dict[int, str] = {}
    found: dict[int, Row] = {}
    carried = Implementer(None, None)
    continues = False
    for number in sorted(rows):
        cells = rows[number]
        titles = header_columns(cells)
        if titles:
            columns, continues = titles, number > 0
            found[number] = Row(titles, True, Implementer(None, None), None, None)
        elif columns:
            row = _read_row(cells, columns, carried, continues, language)
            carried = carried if row.group else row.implementer
            found[number], continues = row, False
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
    """Return column -> role when the row is a header that names an organisation and a description, else {}."""
    if any(len(text) > HEADER_LENGTH for text in cells.values()):
        return {}
    roles: dict[int, str] = {}
    for column, text in sorted(cells.items()):
        role = next((name for name in _order(text) if name not in roles.values()), None)
        if role:
            roles[column] = role
    return roles if {"organisation", "description"} <= set(roles.values()) else {}


def _order(text: str) -> Sequence[str]:
    return [name for name, pattern in COLUMN_TITLES.items() if pattern.search(text)]
