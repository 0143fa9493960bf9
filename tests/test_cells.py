"""No cell of ours is a formula, in no spreadsheet; reading our own sheets back gives the same text."""

import csv
import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from nlp.annotations.exchange import read_items, write_items
from nlp.annotations.exchange.marks import Item, Marks
from nlp.cells import CUT, LONGEST, bare, inert, shortened, write_rows
from nlp.program import load_program
from tests.formats.checking import has_calc

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\u3000＝1+1", "＝1+1", "＋1+1",
    "－1+1", "＠SUM(1)", "\ufeff=1+1", "\u200b=1+1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A1",
    "'=1+1", "''", "- to do",
)  # fmt: skip
PLAIN = ("1+1=2", "a@b", "", "Costa Rica", "1 - 2", "«=»")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_might_be_run_gets_an_apostrophe(text: str):
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("cell", [*PLAIN, -1.5, 3, None, True])
def test_other_cells_stay(cell: object):
    assert inert(cell) is cell


@given(st.text() | st.from_regex(r"[ '\t=+@＝-]{0,4}\w*", fullmatch=True))
def test_it_is_undone(text: str):
    assert bare(inert(text)) == text


@given(st.lists(st.lists(st.text(alphabet=st.sampled_from("a=\r\n\"';,\t -＝"), max_size=8), min_size=2), min_size=1))
def test_rows_there_and_back(rows: list[list[str]]):
    file = io.StringIO(newline="")
    write_rows(file, rows)
    file.seek(0)
    assert [[bare(cell) for cell in row] for row in csv.reader(file)] == rows


def test_a_workbook_holds_texts_alone(tmp_path: Path):
    path = tmp_path / "sheet.xlsx"
    write_items(path, "xlsx", [Item(f"A-{n}", t, Marks("heading")) for n, t in enumerate(FORMULAS)], load_program())
    cells = [cell for row in load_workbook(path).worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells if cell.value in ("=1+1", "role")] == [False, True]


def test_numbers_stay_numbers():
    file = io.StringIO()
    write_rows(file, [[-0.5, "-0.5", 3, None]])
    assert file.getvalue() == "-0.5,'-0.5,3,\n"


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_sheets_there_and_back(name: str, tmp_path: Path):
    texts = [text for text in (*FORMULAS, *PLAIN) if text.strip()]
    path, items = tmp_path / f"sheet.{name}", [Item(f"A-{n}", t, Marks("heading")) for n, t in enumerate(texts)]
    write_items(path, name, items, load_program())
    assert [item.text.strip() for item in read_items(path, name) if item.text] == [text.strip() for text in texts]


@pytest.mark.parametrize("mark", ["x", "é", "🙂"])
def test_a_cell_of_xlsx_is_cut_where_it_is_too_long(mark: str, tmp_path: Path):
    assert shortened(mark * 100) == mark * 100
    cut = shortened(mark * 40_000)
    assert cut.endswith(CUT)
    assert len(cut.encode("utf-16-le")) // 2 in (LONGEST, LONGEST - 1)
    item = Item("A-1", mark * 40_000, Marks("heading"))
    write_items(tmp_path / "long.xlsx", "xlsx", [item], load_program())
    (back,) = read_items(tmp_path / "long.xlsx", "xlsx")
    assert back.text is None, "a text that came back cut is no text to compare with"
    write_items(tmp_path / "long.jsonl", "doccano", [item], load_program())
    assert read_items(tmp_path / "long.jsonl", "doccano")[0].text == mark * 40_000


def test_characters_that_a_workbook_refuses(tmp_path: Path):
    write_items(tmp_path / "x.xlsx", "xlsx", [Item("A-1", "a\x00b\x0bc\x1bd", Marks("heading"))], load_program())
    assert read_items(tmp_path / "x.xlsx", "xlsx")[0].text == "a b c d"


@pytest.mark.skipif(not has_calc(), reason="LibreOffice Calc is not installed")
@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_libreoffice_finds_no_formula(name: str, tmp_path: Path):
    path, items = tmp_path / f"sheet.{name}", [Item(f"A-{n}", t, Marks("heading")) for n, t in enumerate(FORMULAS)]
    write_items(path, name, items, load_program())
    found = converted(path)
    assert "table:formula" not in found
    assert "HYPERLINK" in found
    control = tmp_path / "control.csv"
    with control.open("w", newline="") as file:
        csv.writer(file).writerow(["=1+1"])
    assert "table:formula" in converted(control), "an unguarded cell would have been found"


def converted(path: Path) -> str:
    """The sheet as LibreOffice holds it."""
    profile = (path.parent / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "fods", "--outdir"]
    if path.suffix == ".csv":  # separator, quotes, UTF-8, formulas are looked for
        command.insert(2, "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true")
    subprocess.run([*command, str(path.parent), str(path)], check=True, capture_output=True, timeout=120)
    return path.with_suffix(".fods").read_text("utf-8")
