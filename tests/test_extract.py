"""evmap extract: what was read of one file, in the terminal, as JSON, and as a page with boxes over its pictures."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import browser, visiting
from fixtures import PHRASE, TABLE, paged_pdf, pdf_file, ruled_table, say, text_file, word_file
from reportlab.lib.pagesizes import landscape, letter
from reportlab.pdfgen.canvas import Canvas
from test_cli import Command, evmap
from test_report import HOSTILE, Elements

from nlp.pipeline import read_structured
from nlp.settings import Settings
from nlp.writers.overlay import overlay_page
from nlp.writers.pictures import page_pictures

__all__ = ["browser", "evmap"]  # fixtures
MAKERS: dict[str, Callable[[], bytes]] = {"notes.pdf": pdf_file, "notes.docx": word_file, "notes.txt": text_file}


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(MAKERS[name]())
        return path

    return make


def turned_page() -> bytes:
    """A page to be turned by a quarter for reading, with a table, and one with list items."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=landscape(letter))
    canvas.setPageRotation(90)  # reportlab itself swaps the paper's sides
    canvas.rotate(90)
    canvas.translate(0, -letter[0])
    canvas.drawString(72, 500, "Yearly notes on lamps")
    canvas.drawString(72, 460, f"{PHRASE}.")
    table = ruled_table()
    table.wrapOn(canvas, *landscape(letter))
    table.drawOn(canvas, 72, 300)
    canvas.showPage()
    canvas.setPageSize(letter)
    canvas.setPageRotation(0)
    say("The office decided two things:", "1. To paint the door;", "2. To oil the lamp.")(canvas)
    canvas.save()
    return target.getvalue()


@pytest.mark.parametrize("name", MAKERS)
def test_profile_and_blocks_are_printed(name: str, made: Callable[[str], Path], evmap: Command):
    said = evmap("extract", made(name))
    assert said.code == 0 and said.err == ""
    profile, blocks = said.out.split("\n\n", 1)
    assert "kind        other" in profile or "kind        report" in profile
    assert "partial     no, read whole" in profile and "lost " in profile
    assert PHRASE in blocks and "table cell" in blocks and "0.1.1" in blocks
    assert ("pages       " in profile) == name.endswith(".pdf")


@pytest.mark.parametrize("name", MAKERS)
def test_json_offsets_are_slices_of_the_text(name: str, made: Callable[[str], Path], evmap: Command):
    row = json.loads(evmap("extract", made(name), "--json").out)
    assert row["characters"] == len(row["text"]) and row["partial"] is None
    assert [row["text"][block["start"] : block["end"]] for block in row["blocks"]] == [
        block["text"] for block in row["blocks"]
    ]
    spans = [(block["start"], block["end"]) for block in row["blocks"]]
    assert {(passage["start"], passage["end"]) for passage in row["passages"]} <= set(spans)
    assert all((block["bbox"] is not None) == name.endswith(".pdf") for block in row["blocks"])
    cells = {(b["cell"]["row"], b["cell"]["column"]): b["text"] for b in row["blocks"] if b["cell"]}
    assert cells[1, 1] == TABLE[1][1]


def test_text_is_the_canonical_text_and_nothing_else(made: Callable[[str], Path], evmap: Command):
    path = made("notes.docx")
    assert evmap("extract", path, "--text").out == read_structured(path, Settings()).document.text + "\n"


def test_parts_are_chosen(made: Callable[[str], Path], evmap: Command):
    said = evmap("extract", made("notes.txt"), "--tables", "--structure").out
    tables, tree = said.split("\n#", 1)
    assert "Table 0: 3 rows, 3 columns" in tables and TABLE[2][2] in tables and "partial" not in said
    assert f"\n  [en]  {PHRASE}." in tree


def test_texts_are_cut_to_the_terminal_unless_wanted_whole(
    tmp_path: Path, evmap: Command, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "long.txt"
    path.write_text(f"{PHRASE} \x9b31m " * 8)
    monkeypatch.setenv("COLUMNS", "70")
    short = evmap("extract", path, "--blocks").out
    assert max(map(len, short.splitlines())) <= 70 and "…" in short
    whole = evmap("extract", path, "--blocks", "--structure", "--full").out
    assert whole.count(PHRASE) == 16 and "\x9b" not in short + whole


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.pdf", b"", "empty file\n       get a fresh copy"),
        ("locked.pdf", paged_pdf([say(PHRASE)], password="x"), "needs a password\n       remove the password"),
        ("none.pdf", None, "no such file or directory\n       check the path"),
    ],
)
def test_unreadable_file_is_told(name: str, data: bytes | None, reason: str, tmp_path: Path, evmap: Command):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    said = evmap("extract", path, "--html", tmp_path / "page.html")
    assert said.code == 2 and said.out == ""
    assert said.err.startswith(f"evmap: {path}: {reason}")
    assert not (tmp_path / "page.html").exists()


def test_what_cannot_be_asked(made: Callable[[str], Path], evmap: Command, tmp_path: Path):
    path = made("notes.txt")
    assert "standard input is not read here" in evmap("extract", "-").err
    assert "only one of them" in evmap("extract", path, "--text", "--json").err
    assert "would replace the document" in evmap("extract", path, "--html", path).err
    assert "no such file" in evmap("extract", path, "--html", tmp_path / "no" / "page.html").err
    assert path.read_bytes() == text_file()


def test_partial_document_is_three(made: Callable[[str], Path], evmap: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVMAP_MAX_CHARACTERS", "40")
    path = made("notes.txt")
    said = evmap("extract", path, "--text")
    assert said.code == 3 and "only the first 40 characters were kept" in said.err
    page = path.with_suffix(".html")
    assert evmap("extract", path, "--html", page)[:2] == (3, f"As read: {page}\n")
    assert "Read in part:</b> only the first 40" in page.read_text("utf-8")


# --- the page


def overlay(path: Path, most: int = 60) -> str:
    settings = Settings()
    return overlay_page(
        read_structured(path, settings), page_pictures(path, settings, most) if path.suffix == ".pdf" else []
    )


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "<img src=x>.txt"
    path.write_text(f"# Notes {HOSTILE}\n\n{HOSTILE}\n\n1. <script>alert(1)</script>\n2. \"onload='x'\n", "utf-8")
    return path


def test_document_text_never_becomes_markup(hostile: Path, tmp_path: Path):
    path = tmp_path / "hostile.pdf"
    path.write_bytes(paged_pdf([say("Notes", "<script>alert(1)</script> \"><img src=x onerror='x'> {{7*7}}")]))
    for page in (overlay(hostile), overlay(path)):
        elements = Elements(page)
        assert [tag for tag, _ in elements.tags].count("script") == 1
        assert "img" not in {tag for tag, _ in elements.tags} and "{{7*7}}" in page
        names = {name for _, attributes in elements.tags for name in attributes}
        assert not {name for name in names if name.startswith("on")} and "style" not in names
        links = [attributes["href"] or "" for _, attributes in elements.tags if "href" in attributes]
        assert all(link.startswith(("#", "data:image/")) for link in links)
        assert "\u202e" not in page


def test_page_says_when_pictures_were_cut(tmp_path: Path):
    path = tmp_path / "long.pdf"
    path.write_bytes(paged_pdf([say(f"The heron counted lamp number {number}.") for number in range(3)]))
    page = overlay(path, 2)
    assert page.count("<image ") == 2 and "Only 2 pages are pictured" in page and "--pictures 3" in page
    assert "lamp number 2" in page
    assert "are pictured" not in overlay(path, 3)


def test_page_without_pages_has_labelled_pieces(made: Callable[[str], Path]):
    page = overlay(made("notes.docx"))
    assert "<svg" not in page and 'class="piece heading" id="text-1"' in page and PHRASE in page
    assert "table 0, row 1, column 1" in page and "nothing was reported as lost" in page


Visit = Callable[..., Any]


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Visit]:
    """Open the page of a document, and fail if it does what `visiting` forbids."""
    page = tmp_path / "page.html"
    with visiting(browser, page) as go:

        def show(path: Path, width: int = 1300, **options: Any) -> Any:
            page.write_text(overlay(path), "utf-8")
            return go(width, **options)

        yield show


@pytest.fixture
def turned(tmp_path: Path) -> Path:
    path = tmp_path / "turned.pdf"
    path.write_bytes(turned_page())
    return path


INSIDE = """pictures => pictures.every(picture => {
  const around = picture.getBoundingClientRect();
  return [...picture.querySelectorAll(".edge")].every(edge => {
    const own = edge.getBoundingClientRect();
    return own.left >= around.left && own.right <= around.right && own.top >= around.top && own.bottom <= around.bottom;
  });
})"""
INK = """async () => {
  const dark = [];
  for (const picture of document.querySelectorAll(".picture")) {
    const drawn = new Image();
    drawn.src = picture.querySelector("image").getAttribute("href");
    await drawn.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: drawn.width, height: drawn.height });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(drawn, 0, 0);
    const scale = drawn.width / picture.viewBox.baseVal.width;
    for (const edge of picture.querySelectorAll(".edge")) {
      const at = ["x", "y", "width", "height"].map(name => Math.round(edge[name].baseVal.value * scale));
      const seen = pen.getImageData(...at).data.filter((_, n) => n % 4 === 0);
      dark.push(seen.filter(shade => shade < 128).length / seen.length);
    }
  }
  return dark;
}"""


@pytest.mark.slow
def test_boxes_lie_within_their_picture_and_over_ink(visit: Visit, turned: Path):
    tab = visit(turned)
    assert tab.locator(".picture").count() == 2
    assert tab.locator(".box").count() == tab.locator(".piece").count() > 12
    assert tab.locator(".picture").evaluate_all(INSIDE)
    assert min(tab.evaluate(INK)) > 0.02, "a box lies over blank paper"


@pytest.mark.slow
def test_box_and_text_lead_to_each_other(visit: Visit, turned: Path):
    tab = visit(turned)
    tab.hover("#box-2")
    assert PHRASE in tab.inner_text("#card") and "paragraph" in tab.inner_text("#card")
    tab.click("#box-2")
    assert "at" in tab.get_attribute("#text-2", "class").split()
    tab.click("#text-1 a.tag")
    assert "at" in tab.get_attribute("#box-1", "class").split() and tab.url.endswith("#box-1")


@pytest.mark.slow
def test_keys_move_from_block_to_block(visit: Visit, turned: Path):
    tab = visit(turned)
    tab.focus("#box-1")
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate("document.activeElement.id") == "box-2" and PHRASE in tab.inner_text("#card")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.closest('.piece').id") == "text-2"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "box-2"
    tab.keyboard.press("Escape")
    assert tab.is_hidden("#card")


@pytest.mark.slow
def test_kinds_are_toggled_even_without_script(visit: Visit, turned: Path):
    tab = visit(turned, java_script_enabled=False)
    assert tab.is_visible(".box.cell >> nth=0") and tab.is_visible(".piece.cell >> nth=0")
    tab.uncheck("#show-cell")
    assert tab.is_hidden(".box.cell >> nth=0") and tab.is_visible(".box.paragraph >> nth=0")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["turned", "hostile"])
def test_phone_does_not_scroll_sideways(name: str, visit: Visit, request: pytest.FixtureRequest):
    tab = visit(request.getfixturevalue(name), 360)
    assert tab.is_visible(".piece >> nth=0")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
