"""The review sheet: what goes out is inert and whole, what comes back is decisions or named faults."""

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.cells import SIGNS
from nlp.copies import sheet
from nlp.copies.phrases import say
from nlp.errors import UsageError
from nlp.program import load_program
from nlp.review.records import Ask, Item

PROGRAM = load_program()
ITEM = Item(
    item_id="00ff", document_id="d" * 64, reading=1, version=0, state="suggested", target="activity:54", passage_id="p",
    start=3, end=20, quote="=HYPERLINK(\"x\") the office opened", prefix="", suffix="", page=4, lane="review",
    probability=0.4567, treatment="done", implementer="cim", why={"terms": ["registro", "office"]},
)  # fmt: skip
OTHER = replace(ITEM, item_id="00fe", quote="A second\nquote", target="objective:3", lane="suggested", version=2)
ITEMS = [ITEM, OTHER]
COLUMN = {key: number for number, (key, _) in enumerate(sheet.COLUMNS, 1)}


def filled(data: bytes, cells: dict[tuple[int, str], Any]) -> bytes:
    """The sheet with some cells written, as a spreadsheet program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (row, key), value in cells.items():
        book.worksheets[0].cell(row, COLUMN[key]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_the_sheet_shows_each_suggestion_and_offers_what_to_decide():
    book = openpyxl.load_workbook(io.BytesIO(sheet.write(ITEMS, PROGRAM, "es")))
    page = book.worksheets[0]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:M3"
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][COLUMN["decision"] - 1] == "Decisión"
    assert rows[1][2:9] == [
        4,
        "activity:54",
        PROGRAM.labels["activity:54"].title["es"],
        ITEM.quote,
        "por revisar",
        0.457,
        "registro, office",
    ]
    assert len(rows) == 3
    rules = {str(rule.sqref)[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules["J"] == '"confirmar,rechazar,dudoso,aplazar"'
    assert rules["K"] == '"done,planned,standing,recommended,mention"'
    assert rules["L"].startswith("='Listas'!$A$1:$A$")
    assert {row[0].value for row in book.worksheets[1].iter_rows()} == set(PROGRAM.body_by_id)


def test_no_cell_is_a_formula():
    book = openpyxl.load_workbook(io.BytesIO(sheet.write(ITEMS, PROGRAM, "en")))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    signed = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(SIGNS)]
    assert signed
    assert all(cell.quotePrefix for cell in signed)


@pytest.mark.parametrize("language", ["en", "es", "pt", "fr"])
def test_decisions_come_back(language: str):
    data = sheet.write(ITEMS, PROGRAM, language)
    assert sheet.read(data, ITEMS, PROGRAM) == []
    back = filled(data, {
        (2, "decision"): say("confirm", language), (2, "own_reason"): "seen with the ministry",
        (3, "decision"): say("reject", language).upper(),
    })  # fmt: skip
    assert sheet.read(back, ITEMS, PROGRAM) == [
        Ask("00ff", "confirm", 0, reason="seen with the ministry"),
        Ask("00fe", "reject", 2),
    ]


def test_a_confirmation_that_changes_something_is_a_correction():
    cells = {
        (2, "treatment"): "planned",
        (3, "implementer"): "",
        (2, "decision"): "confirm",
        (3, "decision"): "confirm",
    }
    asks = sheet.read(filled(sheet.write(ITEMS, PROGRAM, "en"), cells), ITEMS, PROGRAM)
    assert asks == [Ask("00ff", "correct", 0, treatment="planned"), Ask("00fe", "correct", 2, implementer="")]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({(2, "decision"): "aprove"}, "J2: no such decision: aprove"),
        ({(2, "quote"): "Another", (2, "decision"): "confirm"}, "F2: the quote was changed"),
        ({(2, "target"): "activity:1", (2, "decision"): "confirm"}, "D2: the target was changed"),
        ({(3, "id"): "0abc", (3, "decision"): "confirm"}, "A3: no such finding"),
        (
            {(3, "id"): "00ff", (3, "quote"): ITEM.quote, (3, "target"): ITEM.target},
            "A3: this finding stands in a row above",
        ),
        ({(2, "treatment"): "finished", (2, "decision"): "confirm"}, "K2: no such treatment: finished"),
        ({(2, "implementer"): "nobody", (2, "decision"): "confirm"}, "L2: no such implementer: nobody"),
        ({(2, "own_reason"): "because"}, "J2: filled in without a decision"),
        ({(2, "own_reason"): "=1+1", (2, "decision"): "confirm"}, "M2: a formula"),
        ({(9, "own_reason"): "below"}, "A9: no such finding"),
    ],
)
def test_what_is_wrong_is_named_by_its_cell(cells: dict[tuple[int, str], Any], said: str):
    back = filled(sheet.write(ITEMS, PROGRAM, "en"), cells)
    with pytest.raises(UsageError, match=said):
        sheet.read(back, ITEMS, PROGRAM)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"a,b,c"])
def test_what_is_no_sheet_is_refused(data: bytes):
    with pytest.raises(UsageError, match="no XLSX file"):
        sheet.read(data, ITEMS, PROGRAM)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=60).filter(lambda text: text.strip()), min_size=1, max_size=4))
def test_any_quote_survives_the_way_out_and_back(quotes: list[str]):
    items = [replace(ITEM, item_id=f"{number:016x}", quote=quote) for number, quote in enumerate(quotes)]
    data = sheet.write(items, PROGRAM, "fr")
    cells = {(row, "decision"): "confirmer" for row in range(2, len(items) + 2)}
    asks = sheet.read(filled(data, cells), items, PROGRAM)
    assert [ask.item_id for ask in asks] == [item.item_id for item in items]
