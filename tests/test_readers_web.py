"""Web pages: what is text, what is furniture, what is a table, and that no word goes missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.readers.web import reading as web
from nlp.records import Extract
from nlp.settings import Settings

SENTENCE = "The lamp of the north was lit by the crew in the first days of the year."
PARAGRAPH = f"<p>{SENTENCE}</p>"
MENU = '<a href="1">Boats</a><br><a href="2">Lamps</a><br><a href="3">Sea birds</a>'
PARTS = (
    "w ", "<p>", "</p>", "<b>", "</b>", "<br>", "&nbsp;", "<table>", "<table border=1>", "<caption>", "<tr>", "<td>",
    "<th>", "</table>", "<ul>", "<ol reversed>", "<li>", "</ol>", "<li value=4>", "<a href='#x'>", "</a>",
    "<sup>1</sup>", "<sup>", "</sup>", "<nav>", "</nav>", "<header>", "</header>", "<aside>", "<h1>", "</h1>", "1. ",
    "<p id=x>",
)  # fmt: skip


def page(markup: str) -> Extract:
    return web.read(markup.encode(), Settings())


def said(markup: str) -> list[tuple[str, str | None, str]]:
    extract = page(markup)
    return [(block.kind, block.marker, extract.text[block.span.start : block.span.end]) for block in extract.blocks]


def kinds(markup: str) -> dict[str, str]:
    return {text: kind for kind, _, text in said(markup)}


def lost(markup: str) -> dict[str, int]:
    return {loss.what: loss.count for loss in page(markup).losses}


@given(st.lists(st.sampled_from(PARTS), max_size=40))
def test_every_word_is_kept_once_and_every_block_is_trimmed(parts):
    extract = page("".join(parts))
    assert extract.text.count("w") == parts.count("w ")
    texts = [extract.text[block.span.start : block.span.end] for block in extract.blocks]
    assert all(text and text == text.strip() for text in texts)
    assert "".join(texts).count("w") == parts.count("w ")


def test_the_pages_own_header_is_furniture_and_the_articles_is_not():
    found = kinds(
        f"<header><p>Lamp Board</header><nav><ul><li>Boats</ul></nav><main><article><header><h1>Lamps</h1></header>"
        f"{PARAGRAPH}</article></main><aside><a href=p>Send it</a></aside><aside>{PARAGRAPH}x</aside>"
        "<footer>Quay 3</footer>"
    )
    assert found == {
        "Lamp Board": "header", "Boats": "header", "Lamps": "heading", SENTENCE: "paragraph", "Send it": "footer",
        "x": "paragraph", "Quay 3": "footer",
    }  # fmt: skip


def test_the_only_title_and_long_notices_are_never_furniture():
    long = "An old lamp " * 30
    found = kinds(f"<header><h1>Lamps</h1></header>{PARAGRAPH}<footer><p>{long}</footer>")
    assert found == {"Lamps": "heading", SENTENCE: "paragraph", long.strip(): "paragraph"}


def test_menus_stand_at_the_ends_of_a_page_and_lists_of_links_within():
    inner = "<p>Read:</p><ul><li><a href=1>Oil</a></ul>"
    found = kinds(
        f"<p>{MENU}</p><p>Board for lamps</p><h1>Lamps</h1>{inner}{PARAGRAPH}<p><a href='#top'>Up</a></p>{PARAGRAPH}"
        "<ul><li><a href=9>Quay</a></ul><p>© 2001 Board.</p>"
    )
    assert found["Boats\nLamps\nSea birds"] == "header" and found["Board for lamps"] == "paragraph"
    assert found["Oil"] == "list_item"
    assert {found["Up"], found["Quay"], found["© 2001 Board."]} == {"footer"}


@pytest.mark.parametrize("end", ["<h3>Papers</h3>{}", "<p>Papers:</p>{}", "{}"])
def test_a_list_of_documents_at_the_end_is_text(end):
    documents = "<ul><li><a href=1>LAMP/DOC. 17/02</a><li><a href=2>LAMP/DOC. 18/03</a></ul>"
    assert kinds(PARAGRAPH + end.format(documents))["LAMP/DOC. 17/02"] == "list_item"


def test_a_page_of_links_alone_is_its_text():
    assert kinds("<ul><li><a href=1>Boats</a><li><a href=2>Lamps</a></ul>") == {
        "Boats": "list_item",
        "Lamps": "list_item",
    }


def test_a_table_that_frames_the_page_leaves_its_menu_and_banner_out():
    found = said(
        f"<table border=0><tr><td colspan=2>Lamp Board</td></tr><tr><td>{MENU}</td><td><p><b>Lamps</b>{PARAGRAPH * 4}"
        "<td></tr><tr><td colspan=2>Quay 3</table>"
    )
    assert [kind for kind, _, _ in found] == ["header", "header", "heading", *["paragraph"] * 4, "footer"]


def test_a_table_of_data_stays_one_whatever_its_cells_hold():
    links = "<td><a href=1>Paper</a> <a href=2>Map</a> <a href=3>Plan</a>"
    rows = f"<tr><td>Heron<td>{PARAGRAPH * 6}{links}</table>"
    bold = "<table><tr><td><b>Who</b><td><b>What</b><td><b>Where</b>"
    titles = "<table border=1><tr><th><h4>Who</h4><th><h4>What</h4><th><h4>Where</h4>"
    for head in (bold, titles):
        assert {kind for kind, _, _ in said(head + rows)} == {"table_cell"}


def test_a_list_set_out_by_a_table_is_a_list():
    rows = "".join(f"<tr><td>({mark})<td>to light lamp {mark};" for mark in "abc")
    assert said(f"<table>{rows}</table>") == [("list_item", f"({mark})", f"to light lamp {mark};") for mark in "abc"]


def test_a_caption_stands_before_its_table():
    extract = page("<table><caption>Lamps<tr><td>a<td>b<tr><td>c<td>d</table>")
    assert [(block.kind, block.cell and (block.cell.row, block.cell.column)) for block in extract.blocks] == [
        ("paragraph", None), *(("table_cell", place) for place in [(0, 0), (0, 1), (1, 0), (1, 1)]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("markup", "markers"),
    [
        ("<ol reversed><li>x<li>y<li>z</ol>", ["3.", "2.", "1."]),
        ("<ol reversed><li>x<li value=9>y<li>z</ol>", ["2.", "9.", "8."]),
        ("<ol reversed start=5><li>x<li>y</ol>", ["5.", "4."]),
        ("<ol style='list-style: upper-alpha'><li>x<li style='list-style:none'>y<li>z</ol>", ["A.", None, "C."]),
        ("<style>ul.bare {list-style: none}</style><ul class='x bare'><li>x</ul>", [None]),
        ("<ul><li>x<ul><li>y<ul><li>z<ul><li>u</ul></ul></ul></ul>", ["•", "◦", "▪", "▪"]),
        ("<ul type=square><li>x<li hidden>y<li type=circle>z</ul>", ["▪", "◦"]),
    ],
)  # fmt: skip
def test_markers_are_those_that_people_see(markup, markers):
    assert [(kind, marker) for kind, marker, _ in said(markup)] == [("list_item", marker) for marker in markers]


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".a, #b {color: red; Display : none }", ["c"]),
        ("p.a {display: none} .a {display: block}", ["b", "c"]),
        (".a {display: none} p.a {display: block}", ["a", "b", "c"]),
        (".x {display: none !important} p#a.a {display: block}", ["b", "c"]),
        ("@media print {.a {display: none}} .a:hover, div .a {display: none}", ["a", "b", "c"]),
        ("<!-- /* .b {} */ .x { visibility: hidden; } --> body {display: none}", ["b", "c"]),
    ],
)
def test_style_sheets_hide(sheet, left):
    markup = f"<style>{sheet}</style><body><p class='x a' id=a>a<p id=b>b<p class=a style='display:inline'>c"
    assert [text for _, _, text in said(markup)] == [text for text in ["a", "b", "c"] if text in left]
    assert lost(markup) == ({"hidden elements left out": 3 - len(left)} if len(left) < 3 else {})


def test_deleted_text_and_form_fields_are_left_out_and_counted():
    markup = "<form>a<del>b</del><s>c</s><textarea>d</textarea><button>e</button><h2><button>f</button></h2></form>"
    assert [text for _, _, text in said(markup)] == ["ac", "f"]
    assert lost(markup) == {"deleted passages left out": 1, "form fields left out": 2}


def test_breaks_with_only_blanks_between_part_paragraphs():
    assert [text for _, _, text in said("a<br>b<br>&nbsp;<br>c<br> <br>d<br>")] == ["a\nb", "c", "d"]


@pytest.mark.parametrize(
    ("reference", "note", "marker"),
    [
        ("<sup>2</sup>", "<p><sup>2</sup> Oil.", "2"),
        (
            '<a href="#_n1" name="_r1">[1]</a>',
            '<div id=n><p><a href="#_r1" name="_n1"><b>[1]</b></a> Oil.</div>',
            "[1]",
        ),
        ('<a href="#n1"><sup>1</sup></a>', '<section><ol><li id="n1"><p>Oil.</ol></section>', "1."),
    ],
)
def test_notes_are_known_by_the_marks_that_refer_to_them(reference, note, marker):
    assert said(f"<p>A lamp{reference}.</p>{note}")[-1] == ("footnote", marker, "Oil.")
    assert said(f"<p>A lamp.</p>{note}")[-1][0] != "footnote"


def test_a_number_that_leads_to_a_section_makes_no_note():
    assert kinds(f'<p>Part <a href="#x">1</a></p><h2 id=x>Oil</h2>{PARAGRAPH}')[SENTENCE] == "paragraph"
