import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import fixtures
import pypdfium2
import pytest
from docx import Document
from fixtures import PHRASE, TABLE
from hypothesis import example, given
from hypothesis import strategies as st

from nlp.bench.scanning import scan_of
from nlp.errors import UnreadableDocument
from nlp.readers import READERS, read, read_bytes, sniff
from nlp.readers.pdf import scans
from nlp.readers.pdf.grids import Ruled
from nlp.readers.pdf.picture import find_rules
from nlp.readers.pdf.recognised import read_hocr
from nlp.readers.shapes import heading_level, is_rule, split_marker
from nlp.readers.text import reading as plain
from nlp.readers.web import reading as web
from nlp.records import Box, Extract
from nlp.records import Document as Read
from nlp.settings import Settings

SETTINGS = Settings()
CASES = {
    "text": (fixtures.text_file, "text/plain", None),
    "html": (fixtures.html_file, "text/html", None),
    "word": (fixtures.word_file, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", None),
    "pdf": (fixtures.pdf_file, "application/pdf", 1),
}
TAGS = (
    "<p>",
    "</p>",
    "<td>",
    "<tr>",
    "<table>",
    "</table>",
    "<li>",
    "<ol>",
    "</ol>",
    "<b>",
    "</b>",
    "<br>",
    "<pre>",
    "w ",
)
MARKED = st.text(st.sampled_from("\t\n\n |#-·1.a()IVo:A/é \xa0\0\r\ud800"), max_size=80)


def said(extract: Extract) -> list[tuple[str, str]]:
    return [(block.kind, extract.text[block.span.start : block.span.end]) for block in extract.blocks]


def cells(extract: Extract) -> dict[tuple[int, int, int], str]:
    found: dict[tuple[int, int, int], str] = {}
    for block in extract.blocks:
        if block.cell:
            key = (block.cell.table, block.cell.row, block.cell.column)
            found[key] = (found.get(key, "") + " " + extract.text[block.span.start : block.span.end]).strip()
    return found


def from_bytes(data: bytes, settings: Settings = SETTINGS) -> Read:
    return read_bytes(data, "file", settings)


@pytest.fixture(params=CASES)
def case(request):
    make, media_type, page = CASES[request.param]
    return from_bytes(make()), media_type, page


def test_planted_phrase_stands_in_one_block(case):
    document, media_type, page = case
    holding = [b for b in document.blocks if PHRASE in document.text[b.span.start : b.span.end]]
    assert document.media_type == media_type and len(holding) == 1
    assert holding[0].kind == "paragraph" and holding[0].page == page


def test_headings_lists_and_tables_survive_in_every_format(case):
    extract = case[0].extract
    headings = [b for b in extract.blocks if b.kind == "heading"]
    items = [(b.marker, extract.text[b.span.start : b.span.end]) for b in extract.blocks if b.kind == "list_item"]
    assert [extract.text[b.span.start : b.span.end] for b in headings] == ["Yearly notes"] and headings[0].level == 1
    assert items == [("1.", "To paint the door;"), ("2.", "To oil the lamp.")]
    assert cells(extract) == {
        (0, row, column): text for row, texts in enumerate(TABLE) for column, text in enumerate(texts)
    }
    assert not extract.losses and extract.partial is None


def test_blocks_are_stripped_and_in_order(case):
    document = case[0]
    previous = 0
    for block in document.blocks:
        text = document.text[block.span.start : block.span.end]
        assert text == text.strip() != "" and block.span.start >= previous
        previous = block.span.end


def test_boxes_lie_on_the_page_in_reading_order():
    blocks = from_bytes(fixtures.pdf_file()).blocks
    assert all(b.box and 0 <= b.box.x0 < b.box.x1 <= 612 and 0 <= b.box.top < b.box.bottom <= 792 for b in blocks)
    tops = [b.box.top for b in blocks if b.box and b.cell is None]
    assert tops == sorted(tops)


def test_title_comes_from_the_file():
    assert {from_bytes(CASES[name][0]()).extract.title for name in ("html", "word", "pdf")} == {"Yearly notes"}


# Plain text


def without_rules(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not is_rule(line.strip())).strip()


@example("0.\r/\r0")
@given(st.one_of(st.text(max_size=200), MARKED))
def test_plain_text_keeps_every_character_in_a_block(source):
    extract = plain.read(source.encode("utf-8", "surrogatepass"), SETTINGS)
    text, previous = extract.text, 0
    assert "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
    for block in extract.blocks:
        piece, gap = text[block.span.start : block.span.end], without_rules(text[previous : block.span.start])
        assert piece == piece.strip() != ""
        signs = {*"|:- \t\n\xa0"} if "|" in gap else {*"#>"}
        assert gap == (block.marker or "") or set(gap) <= signs or set(gap.removesuffix(block.marker or "")) <= signs
        previous = block.span.end
    assert set(without_rules(text[previous:])) <= {*"|:- \t\n>"}


def test_plain_text_is_the_decoded_file():
    source = "Uno · dos\r\n\ttres\x07 “cuatro”\r\n"
    extract = plain.read(b"\xef\xbb\xbf" + source.encode(), SETTINGS)
    assert extract.text == source.replace("\r\n", "\n").replace("\x07", " ")
    assert [(loss.what, loss.count) for loss in extract.losses] == [("control characters replaced", 1)]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8-sig", b""),
        ("cp1252", b""),
        ("utf-16", b""),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32", b""),
    ],
)
def test_encodings(encoding, mark):
    source = "La niñez migrante “regresa” à casa – não só em março. " * 5
    document = from_bytes(mark + source.encode(encoding))
    assert document.text == source and not document.extract.losses


def test_foreign_bytes_in_utf8_are_read_and_counted():
    extract = plain.read("Señales y años, ".encode() * 3 + b"\x93cita\x94", SETTINGS)
    assert extract.text.endswith("“cita”") and extract.losses[0].count == 2


def test_cells_after_tabs_fill_rows_in_order():
    header = "\tOffice\n\tWork done\n\tPaper\n\n"
    source = (
        f"II. Other Offices\n\n{header}\tHeron\n\tIt taught:\n\n(a)\nto climb\n(b)\nto count\n\n\n\tDOC.1\n\nMay 1"
        f"\n\n\n\n{header}\t\n\tIt also wrote.\n\tDOC.2\n \tPlover Office\n\t1.\nSang all day.\n \t18 songs were sung."
        "\n \tThe office also danced.\n\n\nAfter the table.\n"
    )
    extract = plain.read(source.encode(), SETTINGS)
    expected = {
        (1, 0): "Heron", (1, 1): "It taught: to climb to count", (1, 2): "DOC.1 May 1",
        (2, 0): "Office", (3, 1): "It also wrote.", (3, 2): "DOC.2",
        (4, 0): "Plover Office", (4, 1): "Sang all day.", (5, 1): "18 songs were sung.",
        (6, 1): "The office also danced.",
    }  # fmt: skip
    found = cells(extract)
    assert {key: found[0, *key] for key in expected} == expected
    assert said(extract)[0] == ("heading", "Other Offices") and said(extract)[-1] == ("paragraph", "After the table.")
    assert [b.marker for b in extract.blocks if b.marker] == ["II.", "(a)", "(b)", "1."]


def test_marker_on_its_own_line_belongs_to_the_next():
    extract = plain.read(b"RESOLVES:\n\n7.\nTo ask the office:\na. To sing.\nb. To dance.\n\n8.\n", SETTINGS)
    assert [(b.kind, b.marker) for b in extract.blocks] == [
        ("paragraph", None), ("list_item", "7."), ("list_item", "a."), ("list_item", "b."), ("paragraph", None),
    ]  # fmt: skip


def test_hard_wrapped_lines_are_one_paragraph():
    lines = [
        "The lighthouse keepers of the northern shore met twice a",
        "year to speak of oil, of wicks and of the long winter",
    ]
    source = "\n".join(
        [*lines, "nights. They agreed on most things and sang.", "Minutes: Nobody wrote anything down in the", "end."]
    )
    assert [text for _, text in said(plain.read(source.encode(), SETTINGS))] == [
        "\n".join([*lines, "nights. They agreed on most things and sang."]),
        "Minutes: Nobody wrote anything down in the\nend.",
    ]


@pytest.mark.parametrize(
    ("line", "marker", "level"),
    [
        ("IV. PROGRAMA DE FAROS", "IV.", 2), ("A. Antecedentes", "A.", 3), ("1. Summits of the sea", "1.", 4),
        ("LIGHTHOUSE PROGRAM", None, 1), ("Department of Lamps and Oil", None, 5), ("To paint the door", None, None),
        ("• Keepers", "•", None), ("(a) Keepers", "(a)", None), ("HAVING SEEN the lamp,", None, None),
        ("2.1 Background", "2.1", None), ("o Programa de Faróis", None, None), ("1.5 metres of rope", None, None),
    ],
)  # fmt: skip
def test_markers_and_headings(line, marker, level):
    found, skip = split_marker(line)
    assert (found, heading_level(line[skip:], found)) == (marker, level)


def test_numbers_that_count_on_are_a_list():
    kinds = [kind for kind, _ in said(plain.read(b"I.\nOpening\n\nII.\nLunch\n\nV. The Lamp\n\nIt burns.\n", SETTINGS))]
    assert kinds == ["list_item", "list_item", "heading", "paragraph"]


def test_limit_of_characters_makes_it_partial():
    for make in (fixtures.text_file, fixtures.html_file, fixtures.word_file, fixtures.pdf_file):
        extract = from_bytes(make(), Settings(max_characters=40)).extract
        assert len(extract.text) <= 40 and extract.partial and extract.losses[-1].what == "characters beyond the limit"


# HTML


def test_deep_nesting_loses_nothing():
    extract = web.read(b"<div>" * 5_000 + b"bottom of the sea" + b"</div>" * 5_000, SETTINGS)
    assert extract.text == "bottom of the sea" and not extract.losses


def test_hidden_text_is_left_out_and_counted():
    page = (
        b"<script>var a = 'x';</script><p hidden>one</p><div style='Display : none'>two<p>three</div>"
        b"<noscript>four</noscript><p>seen &amp; &#147;said&#148;<br>below<br><br>apart<!-- five --><p>end<script>six"
    )
    extract = web.read(page, SETTINGS)
    assert [text for _, text in said(extract)] == ["seen & “said”\nbelow", "apart", "end"]
    assert {loss.what: loss.count for loss in extract.losses} == {
        "hidden elements left out": 3, "characters after an unclosed script": 3,
    }  # fmt: skip


def test_an_element_inside_a_hidden_one_does_not_end_it():
    extract = web.read(b"<p>seen</p><span hidden>one<span>two</span>three</span><p>end", SETTINGS)
    assert [text for _, text in said(extract)] == ["seen", "end"]


def test_list_numbers_are_rebuilt():
    page = b"<ol type=a start=3><li>x<li>y<ul><li>z</ul><li value=9>w</ol><ol type=I><li>v</ol>"
    assert [b.marker for b in web.read(page, SETTINGS).blocks] == ["c.", "d.", "◦", "i.", "I."]


def test_html_tables_spans_nesting_and_layout():
    page = b"""<table><tr><td>menu</td><td><p>Body
    <table><tr><th>A<th>B<tr><td rowspan=2>r<td>1<table><tr><td>in<td>ner</table>
    <tr><td>2<tr><td colspan=2>c</table></table>"""
    extract = web.read(page, SETTINGS)
    assert cells(extract) == {
        (0, 0, 0): "A", (0, 0, 1): "B", (0, 1, 0): "r", (0, 1, 1): "1 in ner", (0, 2, 1): "2", (0, 3, 0): "c",
    }  # fmt: skip
    assert said(extract)[:2] == [("paragraph", "menu"), ("paragraph", "Body")]


@pytest.mark.parametrize(
    "head", [b'<meta charset="iso-8859-1">', b"<meta charset=windows-1252>", b"<meta charset=nonsense>", b""]
)
def test_declared_latin1_means_cp1252(head):
    assert from_bytes(b"<html>" + head + b"<p>\x93ni\xf1ez\x94").text == "“niñez”"


@given(st.lists(st.sampled_from(TAGS), max_size=40))
def test_broken_markup_keeps_all_words(parts):
    assert web.read("".join(parts).encode(), SETTINGS).text.count("w") == parts.count("w ")


# Word


def test_word_keeps_what_stands_beside_the_body():
    def change(document):
        document.sections[0].header.paragraphs[0].text = "SEA/DOC.1"
        document.sections[0].footer.paragraphs[0].text = "Keep dry"
        paragraph = document.add_paragraph("Tracked: ")
        paragraph._p.append(fixtures.running("w:ins", "w:t", "inserted"))
        paragraph._p.append(fixtures.running("w:del", "w:delText", "gone"))

    extract = from_bytes(fixtures.word_file(change)).extract
    assert said(extract)[0] == ("header", "SEA/DOC.1") and said(extract)[-1] == ("footer", "Keep dry")
    assert ("paragraph", "Tracked: inserted") in said(extract) and "gone" not in extract.text
    assert [(loss.what, loss.count) for loss in extract.losses] == [("deleted passages left out", 1)]


def test_word_merged_and_nested_cells_come_once():
    def change(document):
        table = document.add_table(2, 3)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "tall"
        table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
        inner = table.cell(1, 2).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "ner"

    found = cells(from_bytes(fixtures.word_file(change)).extract)
    assert {key[1:]: text for key, text in found.items() if key[0] == 1} == {
        (0, 0): "tall",
        (0, 1): "wide",
        (1, 2): "in ner",
    }


def test_word_footnotes_and_text_boxes_are_read_once():
    def change(document):
        fixtures.add_footnote(document.add_paragraph("It shone"), "For nine nights.")
        fixtures.add_text_box(document.add_paragraph("Beside the box"), "Inside the box")

    extract = from_bytes(fixtures.word_file(change)).extract
    assert [text for kind, text in said(extract) if kind == "footnote"] == ["For nine nights."]
    assert extract.blocks[-1].marker == "1" and extract.text.count("Inside the box") == 1
    assert extract.text.index("Beside the box") < extract.text.index("Inside the box")


# PDF


def test_columns_are_read_one_after_the_other():
    document = from_bytes(fixtures.two_columns())
    starts = [document.text.index(f"Note {number:02d} begins") for number in range(20)]
    assert starts == sorted(starts)
    assert sum(kind == "paragraph" for kind, _ in said(document.extract)) < 25


def test_running_headers_and_page_numbers_are_set_apart():
    extract = from_bytes(fixtures.two_columns()).extract
    kinds = {(kind, text) for kind, text in said(extract) if kind in {"header", "footer"}}
    assert {("header", "SEA/DOC.1"), ("footer", "- 1 -"), ("footer", "- 2 -")} <= kinds


def test_hyphens_at_line_ends_are_undone_but_names_keep_theirs():
    data = fixtures.paged_pdf(
        [fixtures.say("7. To ask the office to renew the man-", "date of the Inter-", "Island Lamp Board.")]
    )
    extract = from_bytes(data).extract
    assert said(extract) == [("list_item", "To ask the office to renew the mandate of the Inter-Island Lamp Board.")]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("The non-", "governmental bodies met."), "The non-governmental bodies met."),
        (("A semi-", "retired judge came; the retired judge left."), "A semi-retired judge came;"),
        (("The semi-", "nar went on."), "The seminar went on."),
        (
            ("A log-book lay there, and the log-", "book had a well-", "known cover."),
            "the log-book had a well-known cover.",
        ),
        (
            ("The mandate was for a man-", "date of two weeks for non-", "sense."),
            "a mandate of two weeks for nonsense.",
        ),
    ],
)
def test_compounds_keep_their_hyphen_where_a_document_parts_no_words(lines: tuple[str, ...], wanted: str):
    text = " ".join(from_bytes(fixtures.paged_pdf([fixtures.say(*lines)])).text.split())
    assert wanted in text


def test_table_goes_on_over_the_page():
    rows = [("Office", "Work done"), *((f"Office {number}", f"Work {number}") for number in range(60))]
    target = fixtures.io.BytesIO()
    fixtures.SimpleDocTemplate(target, pagesize=fixtures.letter).build([fixtures.ruled_table(rows)])
    extract = from_bytes(target.getvalue()).extract
    assert cells(extract) == {
        (0, row, column): text for row, texts in enumerate(rows) for column, text in enumerate(texts)
    }
    assert {block.page for block in extract.blocks} == {1, 2}


def test_page_limits_and_scanned_pages_make_it_partial():
    pages = [fixtures.say(f"Page {word} says a thing.") for word in ("one", "two", "three")]
    assert (
        from_bytes(fixtures.paged_pdf(pages), Settings(max_pages=2)).extract.partial
        == "only the first 2 of 3 pages were read"
    )
    assert from_bytes(fixtures.paged_pdf([pages[0], lambda canvas: None])).extract.partial is None


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine without text recognition."""
    monkeypatch.setenv("PATH", str(tmp_path))
    scans.languages.cache_clear()
    yield
    scans.languages.cache_clear()


@pytest.mark.usefixtures("no_tesseract")
def test_without_text_recognition_scans_say_what_to_install():
    mixed = from_bytes(fixtures.paged_pdf([fixtures.say("One."), fixtures.scan, fixtures.say("Three.")])).extract
    assert mixed.partial == f"pages without a text layer ({scans.INSTALL}): 2" and mixed.pages == 3
    with pytest.raises(UnreadableDocument) as caught:
        from_bytes(fixtures.paged_pdf([fixtures.scan]))
    assert (caught.value.status, caught.value.hint) == ("no_text", scans.INSTALL)


needs_tesseract = pytest.mark.skipif(shutil.which(scans.PROGRAM) is None, reason="Tesseract is not installed")


@needs_tesseract
def test_a_scanned_page_is_read_with_boxes_and_confidence():
    lines = ("The northern shelter received forty families in the month of May.", "None of them was turned away.")
    scanned = scan_of(fixtures.paged_pdf([fixtures.say(*lines)]), 200)
    extract = from_bytes(scanned).extract
    assert extract.text.split() == " ".join(lines).split()
    (block,) = extract.blocks
    assert block.page == 1 and block.box is not None and 0.5 < (block.confidence or 0) <= 1
    assert 60 < block.box.x0 < 80 and 70 < block.box.top < 110
    assert [loss.what for loss in extract.losses] == ["pages read by text recognition"]


@needs_tesseract
def test_a_picture_without_text_is_no_scan():
    mixed = from_bytes(fixtures.paged_pdf([fixtures.say("One."), fixtures.scan])).extract
    assert mixed.partial is None
    assert [loss.what for loss in mixed.losses] == ["pages on which no text was recognised"]


def test_words_of_a_page_become_lines_and_bullets_stay_bullets():
    words = [("1", "10 40 22 52", 55, "e"), ("1", "60 30 260 66", 95, "Notes"), ("2", "60 90 260 126", 96, "here")]
    lines = {}
    for line, box, sure, text in words:
        said = f"<span class='ocrx_word' title='bbox {box}; x_wconf {sure}'>{text}</span>"
        lines[line] = lines.get(line, "") + said
    page = "".join(f"<span class='ocr_line' title='bbox 0 0 9 9; x_size 40'>{own}</span>" for own in lines.values())
    scanned = read_hocr(f"<div class='ocr_carea'>{page}</div>".encode(), 0.5)
    assert [line.text for line in scanned.lines] == ["• Notes", "here"]
    assert scanned.lines[1].box == (30.0, 45.0, 130.0, 63.0)
    assert (scanned.words, scanned.unsure) == (3, 1)


def hocr(*lines: tuple[str, Sequence[tuple[str, str, int]]]) -> bytes:
    """A page as Tesseract tells it: for each line what it says of it, and its words with box and confidence."""
    told = [
        f"<span class='ocr_line' title='{title}'>"
        + "".join(
            f"<span class='ocrx_word' title='bbox {box}; x_wconf {sure}'>{text}</span>" for text, box, sure in own
        )
        + "</span>"
        for title, own in lines
    ]
    return f"<meta charset='utf-8'><div class='ocr_carea'>{''.join(told)}</div>".encode()


def test_letters_that_reach_far_make_a_scanned_line_no_larger():
    plain = "bbox 0 0 300 30; baseline 0 -2; x_size 26; x_descenders 3; x_ascenders 7"
    deep = "bbox 0 50 300 90; baseline 0 -8; x_size 34; x_descenders 8; x_ascenders 10"
    capitals = "bbox 0 95 300 120; baseline 0 0; x_size 25; x_descenders 0; x_ascenders 0"
    title = "bbox 0 130 300 180; baseline 0 -10; x_size 52; x_descenders 10; x_ascenders 12"
    said = [(told, [("Words", f"0 {20 * place} 99 {20 * place + 18}", 95)]) for place, told in enumerate((plain, deep))]
    lines = read_hocr(
        hocr(*said, (capitals, [("WORDS", "0 95 99 119", 95)]), (title, [("Title", "0 9 9 29", 95)])), 0.5
    )
    sizes = [line.size for line in lines.lines]
    assert sizes[0] == sizes[1] == sizes[2] < sizes[3] == pytest.approx(25.5)


def test_lines_of_a_scanned_cell_go_downwards_and_reach_as_far_as_their_type():
    lines = (
        ("bbox 10 60 90 72; baseline 0 -3; x_size 18; x_descenders 3; x_ascenders 4", [("woven", "10 62 60 70", 95)]),
        ("bbox 10 40 90 52; baseline 0 -3; x_size 18; x_descenders 3; x_ascenders 4", [("nets", "50 40 80 50", 95)]),
        (
            "bbox 10 20 90 32; baseline 0 -3; x_size 18; x_descenders 3; x_ascenders 4",
            [("Of", "10 20 30 30", 95), ("-", "34 25 43 26", 95), ("|", "1 10 2 40", 95), ("—", "2 38 98 39", 95)],
        ),
        ("bbox 10 40 40 52; baseline 0 -2; x_size 18; x_descenders 3; x_ascenders 4", [("the", "10 40 40 50", 95)]),
    )
    drawn = Ruled(Box(0, 0, 200, 80), ((Box(0, 0, 100, 80), Box(100, 0, 200, 80)),))
    other = (
        "bbox 110 20 150 32; baseline 0 -3; x_size 18; x_descenders 3; x_ascenders 4",
        [("Dry", "110 20 150 30", 95)],
    )
    (table,) = read_hocr(hocr(*lines, other), 1.0, [drawn]).tables
    cell = next(own for row, column, own in table.cells if (row, column) == (0, 0))
    assert [line.text for line in cell] == ["Of –", "the nets", "woven"]
    assert [round(line.box.bottom - line.box.top) for line in cell] == [18, 18, 18]


def test_dirt_is_no_letter_and_a_dash_is_a_dash():
    line = "bbox 0 0 300 30; baseline 0 -5; x_size 34; x_descenders 5; x_ascenders 9"
    words = [
        ("Nets", "0 5 40 25", 95), ("-", "50 14 66 16", 40), ("woven", "80 11 120 25", 95), ("-", "130 14 160 16", 90),
        ("2", "165 3 170 11", 30), ("dry-", "175 5 200 29", 95), ("Soe", "210 20 240 27", 30), ("7", "250 1 251 2", 40),
        ("~", "260 14 270 18", 20), ("—-", "275 14 291 16", 10), ("—", "295 1 297 2", 10),
    ]  # fmt: skip
    scanned = read_hocr(hocr((line, words)), 0.5)
    assert [line.text for line in scanned.lines] == ["Nets – woven — 2 dry- –"]
    assert (scanned.words, scanned.unsure) == (9, 5), "what was taken for letters still counts as read"
    dashed = read_hocr(hocr((line, [("-", "0 14 16 16", 90), ("woven", "30 11 70 25", 95)])), 0.5)
    assert [line.text for line in dashed.lines] == ["– woven"], "no bullet"


def test_sentences_go_on_over_a_page_and_list_items_do_not():
    first = ("The keepers of the landing were asked:", "a) to mend the stairs; and")
    second = ("b) to paint the door", "of the shed.", "Then they rested.")
    extract = from_bytes(fixtures.paged_pdf([fixtures.say(*first), fixtures.say(*second)])).extract
    assert [text for _, text in said(extract)][1:3] == ["to mend the stairs; and", "to paint the door of the shed."]
    cut = fixtures.paged_pdf([fixtures.say("The boats of the southern landing were"), fixtures.say("painted in May.")])
    assert said(from_bytes(cut).extract) == [("paragraph", "The boats of the southern landing were painted in May.")]


def test_rules_are_seen_in_the_picture_of_a_page():
    data = fixtures.paged_pdf([lambda canvas: fixtures.ruled_table().wrapOn(canvas, 400, 400) and None])
    target = fixtures.io.BytesIO()
    fixtures.SimpleDocTemplate(target, pagesize=fixtures.letter).build([fixtures.ruled_table()])
    for pdf, tables in ((data, []), (target.getvalue(), [(3, 3)])):
        picture = fixtures.io.BytesIO()
        pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_pil().save(picture, "PNG")
        found = find_rules(picture.getvalue(), 72 / 200)
        assert [(len(table.rows), table.columns) for table in found] == tables
        assert all(abs(table.box.x1 - table.box.x0 - 360) < 2 for table in found)


# Bad inputs

PDF = fixtures.pdf_file()
BOMB = fixtures.zipped(word__document_xml=b"<a>" + b" " * 20_000_000 + b"</a>")
ENTITIES = fixtures.zipped(word__document_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
NO_TEXT = "no text layer" if shutil.which(scans.PROGRAM) is None else "nothing could be recognised"
BAD = {
    "empty": (b"", "corrupt", "empty file"),
    "blank": (b" \n\t ", "no_text", "no letter"),
    "truncated pdf": (PDF[: len(PDF) // 2], "corrupt", "damaged PDF"),
    "password": (fixtures.paged_pdf([fixtures.say("secret")], password="x"), "encrypted", "password"),
    "scan": (fixtures.paged_pdf([fixtures.scan]), "no_text", NO_TEXT),
    "noise": (random.Random(7).randbytes(5_000), "unsupported", "binary"),
    "rtf": (b"{\\rtf1\\ansi{\\fonttbl text}}", "no_text", "no letter"),
    "gzip": (b"\x1f\x8b\x08\x00rest", "unsupported", "gzip"),
    "image": (b"\x89PNG\r\n\x1a\n", "unsupported", "PNG"),
    "old sheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unsupported", ".xls"),
    "locked word": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
        "password",
    ),
    "workbook": (fixtures.zipped(xl__workbook_xml=b"<a/>"), "unsupported", "Excel"),
    "zip": (fixtures.zipped(a_txt=b"a"), "unsupported", "zip"),
    "truncated word": (fixtures.word_file()[:3_000], "corrupt", "zip"),
    "word without parts": (fixtures.zipped(word__document_xml=b"<a/>"), "corrupt", "Word"),
    "bomb": (BOMB, "too_large", "times its size"),
    "entities": (ENTITIES, "corrupt", "DOCTYPE"),
    "xml": (b"<?xml version='1.0'?><feed>text</feed>", "unsupported", "XML"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_with_its_reason(name, tmp_path):
    data, status, reason = BAD[name]
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    with pytest.raises(UnreadableDocument) as caught:
        read(path, SETTINGS)
    assert (caught.value.status, caught.value.subject) == (status, str(path))
    assert reason.lower() in caught.value.reason.lower() and caught.value.hint


def test_what_is_no_regular_file_is_not_opened(tmp_path):
    folder, pipe = tmp_path / "x.pdf", tmp_path / "pipe.txt"
    folder.mkdir()
    os.mkfifo(pipe)
    for path, reason in (
        (folder, "not a regular file"),
        (pipe, "not a regular file"),
        (tmp_path / "none.txt", "no such file"),
    ):
        with pytest.raises(UnreadableDocument) as caught:
            read(path, SETTINGS)
        assert caught.value.status == "io_error" and reason in caught.value.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    path = tmp_path / "closed.txt"
    path.write_text("text")
    path.chmod(0)
    with pytest.raises(UnreadableDocument) as caught:
        read(path, SETTINGS)
    assert caught.value.status == "io_error"


def test_large_file_is_refused_before_reading(tmp_path):
    path = tmp_path / "large.txt"
    path.write_text("x" * 100)
    with pytest.raises(UnreadableDocument) as caught:
        read(path, Settings(max_bytes=99))
    assert caught.value.status == "too_large"


def test_content_beats_the_suffix(tmp_path):
    for make, media_type, _ in CASES.values():
        path = tmp_path / "report.pdf"
        path.write_bytes(make())
        assert read(path, SETTINGS).media_type == media_type == sniff(make())


@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"\xff\xfe"]))
def test_any_bytes_end_in_a_document_or_a_status(data, start):
    try:
        document = read_bytes(start + data, "any", SETTINGS)
    except UnreadableDocument as error:
        assert error.status in {"corrupt", "unsupported", "no_text", "encrypted", "too_large"}
    else:
        document.text.encode("utf-8")


@pytest.mark.parametrize("name", ["word", "pdf"])
def test_flipped_bytes_end_in_a_document_or_a_status(name):
    chance, good = random.Random(3), CASES[name][0]()
    for _ in range(60):
        data = bytearray(good)
        for _ in range(3):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_bytes(bytes(data), "flipped", SETTINGS)
        except UnreadableDocument as error:
            assert error.reason


def test_table_of_readers_loads_nothing():
    code = (
        "import sys, nlp.readers; sys.exit(any(m in sys.modules for m in ('pypdfium2', 'docx', 'lxml', 'pdfplumber')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[1]).returncode == 0
    assert all(reader.suffixes and reader.module for reader in READERS.values())


def test_python_docx_agrees_on_the_words():
    data = fixtures.word_file()
    theirs = {p.text for p in Document(fixtures.io.BytesIO(data)).paragraphs if p.text}
    assert theirs <= {text for _, text in said(from_bytes(data).extract)}
