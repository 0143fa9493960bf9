"""Plain text as old systems, mail programs and typists left it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlp.readers.shapes import heading_level, is_page_number, is_rule, is_symbol
from nlp.readers.text import reading as plain
from nlp.records import Block, Extract
from nlp.settings import Settings

SPANISH = "La niñez migrante regresa a casa; según el informe, más de cien niñas viven con su tía. " * 3
FRENCH = "L'été dernier, le bureau a reçu des familles à la gare ; où étaient les pères ? " * 3
PROSE = "The keepers of the northern shore met twice a year to speak of oil, of wicks and of the long winter nights."
SIGNED = st.text(st.sampled_from("\t\n\n\f |#-=_+>*·1.a()[]^IVo:A/é"), max_size=120)
COLUMNS = st.lists(
    st.sampled_from(["Name    Year  Seat", "Oak     1999  Lima", "  \t", "Elm           Quito", "a\tb\tc"])
)


def read(source: str | bytes) -> Extract:
    return plain.read(source.encode() if isinstance(source, str) else source, Settings())


def said(extract: Extract, kind: str = "") -> list[str]:
    return [extract.text[b.span.start : b.span.end] for b in extract.blocks if kind in ("", b.kind)]


def rows(extract: Extract) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for block, text in zip(extract.blocks, said(extract), strict=True):
        if block.cell:
            place = (block.cell.row, block.cell.column)
            found[place] = f"{found.get(place, '')} {text}".strip()
    return found


@example("_____\n(1) a\n\n\f- 1 -\n> 1\n>\n")
@example("A (1)\n_____\n\n(1) a\n")
@given(st.one_of(SIGNED, COLUMNS.map("\n".join)))
def test_letters_and_digits_stand_in_blocks_or_markers(source):
    extract = read(source)
    previous = 0
    for block in extract.blocks:
        gap = extract.text[previous : block.span.start]
        piece = extract.text[block.span.start : block.span.end]
        assert piece == piece.strip() != ""
        assert not any(map(str.isalnum, gap.strip().removesuffix(block.marker or "")))
        previous = block.span.end
    assert not any(map(str.isalnum, extract.text[previous:]))


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman", "utf-8"])
@pytest.mark.parametrize("source", [SPANISH, FRENCH, "Les « frais » n’ont rien coûté à l’été – ni à Noël… " * 3])
def test_old_systems_wrote_other_letters(source, encoding):
    if encoding == "cp850":
        source = source.translate(str.maketrans("’–", "'-")).replace("…", "...")
    extract = read(source.encode(encoding))
    assert extract.text == source and not extract.losses


def test_text_with_few_foreign_signs_is_of_windows():
    for source in ("It’s a word", "North–south", "an\xa0hour and a\xa0half", "“So,” he said"):
        assert read(source.encode("cp1252")).text == source


def test_end_of_file_of_dos_is_no_text():
    extract = read("┌────┐ está\r\n".encode("cp850") + b"\x1a\x1a")
    assert extract.text == "┌────┐ está\n" and not extract.losses


def test_tables_with_tabs_blanks_and_frames():
    grid = [["Body", "Work", "Paper"], ["Heron House", "It taught.", "DOC.1"], ["Plover", "It sang.", "DOC.2"]]
    expected = {(r, c): text for r, row in enumerate(grid) for c, text in enumerate(row)}
    tabbed = "\n".join("\t".join(row) for row in grid)
    aligned = "\n".join("".join(text.ljust(14) for text in row).rstrip() for row in grid)
    rule = "+" + ("-" * 13 + "+") * 3
    framed = "\n".join([rule, *(f"|{'|'.join(text.ljust(13) for text in row)}|\n{rule}" for row in grid)])
    for table in (tabbed, aligned, framed):
        extract = read(f"{PROSE}\n\n{table}\n\n{PROSE}\n")
        assert rows(extract) == expected
        assert said(extract, "paragraph") == [PROSE, PROSE]


def test_cells_go_on_below_themselves():
    source = "Body      Work      Paper\n\nHeron     It taught DOC.1\nHouse     a child.\n\nPlover    It sang.  DOC.2\n"
    source = source.replace("taught DOC", "taught  DOC").replace("Work      Paper", "Work       Paper")
    assert rows(read(source.replace("sang.  DOC", "sang.   DOC"))) == {
        (0, 0): "Body", (0, 1): "Work", (0, 2): "Paper", (1, 0): "Heron House", (1, 1): "It taught a child.",
        (1, 2): "DOC.1", (2, 0): "Plover", (2, 1): "It sang.", (2, 2): "DOC.2",
    }  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "1.  To paint.\n2.  To oil.\n3.  To rest.\n",
        "a)\tTo paint.\nb)\tTo oil.\n",
        "DATE:   May 1\nPLACE:  Lima\nTO:     All\n",
        "COUNCIL OF LAMPS        LAMP/doc.1\nWorking Group           1 May 2006\nFirst session           Spanish\n",
        "It rained.  They sang.\nThey slept well.  It rained.\nAll left.  Nobody came.\n",
    ],
)
def test_gaps_that_are_no_tables(source):
    assert not rows(read(f"{source}\n{PROSE}\n"))


def test_pages_have_margins_and_numbers():
    pages = [f"   LAMP/doc.{n}\n\nPage {word} says that {PROSE}\n\n- {n} -\n" for n, word in enumerate("abc", 1)]
    extract = read("\f".join(pages))
    assert extract.pages == 3 and [b.page for b in extract.blocks if b.kind == "paragraph"] == [1, 2, 3]
    assert said(extract, "header") == ["LAMP/doc.1", "LAMP/doc.2", "LAMP/doc.3"]
    assert said(extract, "footer") == ["- 1 -", "- 2 -", "- 3 -"]


def test_rules_part_and_say_nothing():
    extract = read(f"=====\nLAMPS\n=====\n{PROSE}\n\n* * *\n\n{PROSE}\n-----------\n+---------+\n")
    assert [block.kind for block in extract.blocks] == ["heading", "paragraph", "paragraph"]
    assert said(extract)[0] == "LAMPS"


def test_first_lines_that_stand_in_begin_paragraphs():
    lines = ["     The keepers of the shore met twice a year to", "speak of oil, of wicks and of the winter nights."]
    extract = read("\n".join(lines * 3))
    assert said(extract) == ["\n".join(lines).strip()] * 3


def test_notes_below_a_line_that_the_text_refers_to():
    note = "_____\n(1) Of oil.\n(2) Of wicks.\n"
    extract = read(f"They sang (1) of lamps (2).\n\n{note}")
    assert [(b.kind, b.marker) for b in extract.blocks[1:]] == [("footnote", "(1)"), ("footnote", "(2)")]
    assert {b.kind for b in read(f"They sang of lamps.\n\n{note}").blocks} == {"paragraph", "list_item"}


def test_quoted_lines():
    extract = read("> They sang\n> of lamps.\n>\n>> Who did?\n\n> 60 came.\n")
    assert said(extract) == ["They sang\n> of lamps.", "Who did?", "> 60 came."]


def test_titles_in_small_letters():
    source = "".join(f"{title}\n\n{PROSE}\n\n" for title in ("Yearly notes", "Oil for lamps", "Work of the keepers"))
    assert said(read(source), "heading") == ["Yearly notes", "Oil for lamps", "Work of the keepers"]
    assert not said(read(f"{PROSE[:-1]}:\n\nOil\n\nWicks\n\nSoap\n\n{PROSE}\n"), "heading")
    assert not said(read(f"# Notes\n\n{source}"), "heading")[1:]


def test_markdown_signs():
    extract = read(
        "## Oil ##\n\n```text\n# no title\n- none\n```\n+ one\n\nSung[^1].\n\n[^1]: At night.\n[^b]: Twice.\n"
    )
    assert [(b.kind, b.marker) for b in extract.blocks] == [
        ("heading", None), ("paragraph", None), ("list_item", "+"), ("paragraph", None),
        ("footnote", "[^1]:"), ("footnote", "[^b]:"),
    ]  # fmt: skip
    assert said(extract)[:3] == ["Oil", "# no title\n- none", "one"]


def test_what_a_line_looks_like():
    assert heading_level("AG/RES. 2141 (XXXV-O/05)") is None and is_symbol("CP/doc.4075/05 rev. 1")
    assert heading_level("RESOLUTION AG/RES. 2141") and not is_symbol("AND/OR")
    assert is_rule("- - -") and is_rule("+---+---+") and not is_rule("--") and not is_rule("-- a --")
    assert is_page_number("- 12 -") and is_page_number("Página 3 de 7") and not is_page_number("12 May")


def test_long_texts_that_are_no_tables_cost_little():
    blocks: tuple[Block, ...] = read("1.  To paint the door of the house.\n" * 3_000).blocks
    assert len(blocks) == 3_000


def test_numbered_paragraphs_with_tabs_are_no_table():
    text = (
        "Activities\n\n17.\t\tKeep the lamps of the landing lit.\n\n18.\t\tTeach the keepers to swim.\n\n"
        "\t\tTeach their children, too.\n\n19.\t\tMend the stairs.\n"
    )
    text += "\n20.\xa0\xa0 " + "Paint the doors of the landing.  " * 9 + "\n\n21.\xa0\xa0 " + "Oil the locks.  " * 20
    extract = plain.read(text.encode(), Settings())
    assert [block.cell for block in extract.blocks if block.cell] == []
    assert [block.marker for block in extract.blocks if block.marker] == ["17.", "18.", "19.", "20.", "21."]
