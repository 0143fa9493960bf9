"""Word, RTF and what LibreOffice turns into Word: what the page shows, and nothing else."""

from __future__ import annotations

import random
import shutil
import subprocess
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import UnreadableDocument
from nlp.readers import legacy, read_bytes
from nlp.readers.emphasis import Look, Looks
from nlp.readers.numbering import format_word_number
from nlp.readers.symbols import shown
from nlp.records import Document
from nlp.settings import Settings
from tests import fixtures
from tests.traps.base import Trap, Truth
from tests.traps.word import TRAPS

BY_NAME = {trap.name: trap for trap in TRAPS}
BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
BEGIN, SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{step}"/></w:r>' for step in ("begin", "separate", "end"))


def trapped(name: str, language: str = "es") -> tuple[Document, Truth]:
    trap: Trap = BY_NAME[name]
    data, truth = trap.make(language)
    return read_bytes(data, name, Settings()), truth


def said(document: Document) -> list[tuple[str, str | None, str]]:
    return [(b.kind, b.marker, document.text[b.span.start : b.span.end]) for b in document.blocks]


def written(*paragraphs: str) -> Document:
    body = BODY.format("".join(f"<w:p>{inner}</w:p>" for inner in paragraphs))
    return read_bytes(fixtures.zipped(word__document_xml=body.encode()), "written", Settings())


def rich(body: str) -> Document:
    head = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset2 Symbol;}}"
    return read_bytes(f"{head}\n{body}}}".encode("latin-1"), "rich", Settings())


@pytest.mark.parametrize(
    "name",
    [
        "docx-main-part-elsewhere",
        "docx-iso-edition",
        "docx-with-macros",
        "docx-field-in-a-field",
        "docx-hidden-by-style",
        "docx-tracked-paragraph-mark",
        "docx-tracked-rows",
        "docx-drop-cap",
        "docx-symbols",
        "docx-footnote-with-a-star",
        "docx-footnotes-and-endnotes",
        "docx-numbering-by-list-style",
        "docx-numbering-of-headings",
        "docx-numbering-level-replaced",
        "docx-numbering-legal-under-roman",
        "docx-numbering-sublevel-runs-on",
        "docx-numbering-empty-item",
        "docx-headings-by-looks",
        "rtf-text-box",
        "rtf-macintosh",
        "rtf-lists",
        "rtf-comments",
    ],
)
def test_a_trap_is_read_as_a_person_would(name):
    document, truth = trapped(name)
    found = [(kind, marker, " ".join(text.split())) for kind, marker, text in said(document)]
    assert found == [(unit.kind, unit.marker, unit.text) for unit in truth.units]
    places = [(block.cell.table, block.cell.row, block.cell.column) for block in document.blocks if block.cell]
    assert places == [unit.cell for unit in truth.units if unit.cell]
    lost = " ".join(loss.what for loss in document.extract.losses)
    assert all(word in lost for word in truth.losses) and not any(text in document.text for text in truth.absent)


def test_an_embedded_document_is_told():
    document, _ = trapped("docx-embedded-document")
    assert "embedded documents left out" in {loss.what for loss in document.extract.losses}


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [(27, "lowerLetter", "aa"), (28, "upperLetter", "BB"), (5, "decimalZero", "05"), (6, "chicago", "††")],
)
def test_number_formats_of_word(number, style, text):
    assert format_word_number(number, style) == text


def test_signs_of_symbol_fonts():
    assert shown("\uf0b7 \uf061\uf0b3", "Symbol") == "• α≥"
    assert (shown("\uf0fc", "Wingdings"), shown("ü", "Wingdings"), shown("l", "wingdings")) == ("✓", "✓", "●")
    assert shown("report", "Symbol") == "report" and shown("\uf0b7", "Arial") == "\uf0b7"


def test_a_field_that_never_ends_swallows_nothing():
    run = "<w:r><w:t>{}</w:t></w:r>".format
    asked = f"{BEGIN}{run('asked ')}{SEPARATE}{run('shown ')}{END}{run('behind')}"
    assert written(asked).text == "shown behind"
    assert written(BEGIN + run("kept ") + run("whole"), run("and the rest")).text == "kept whole\n\nand the rest"


def test_ticks_of_old_forms_are_read():
    box = "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"
    ticked = BEGIN.replace("/></w:r>", f">{box}</w:fldChar></w:r>")
    assert written(f"{ticked}{END}<w:r><w:t> Yes</w:t></w:r>").text == "☒ Yes"


def test_a_relation_to_nothing_is_no_reason_to_refuse():
    source, target = BytesIO(fixtures.word_file()), BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name != "word/styles.xml":
                new.writestr(name, old.read(name))
    document = read_bytes(target.getvalue(), "word", Settings())
    assert fixtures.PHRASE in document.text
    assert [loss.what for loss in document.extract.losses] == ["missing or damaged parts left out"]


def test_bold_says_nothing_where_all_is_bold():
    looks = Looks()
    looks.weigh(Look(12, True), 900)
    looks.weigh(Look(16, True), 20)
    assert looks.heading_level("A title", Look(16, True)) == 1
    assert looks.heading_level("A line", Look(12, True)) is None


def test_rtf_pictures_in_plain_bytes_are_jumped_over():
    document = rich("Before {\\pict\\bin7 }{\\par } behind.\\par")
    assert document.text == "Before  behind." and document.extract.losses[0].what == "pictures left out"


def test_rtf_symbols_deleted_marks_and_endnotes():
    assert rich("Dose {\\f1\\'b3} 2 {\\f1 a}\\par").text == "Dose ≥ 2 α"
    assert rich("One {\\deleted gone \\par} two.\\par").text == "One  two."
    noted = rich(
        "A.{\\super\\chftn}{\\footnote\\ftnalt \\chftn  Last.} B.{\\footnote \\chftn  12 boats.}\\aftnnrlc\\par"
    )
    assert said(noted)[1:] == [("footnote", "1", "12 boats."), ("footnote", "i", "Last.")]


def test_rtf_tables_are_parted_by_an_empty_line():
    row = "\\trowd\\cellx900\\pard\\intbl x\\cell\\row "
    assert [b.cell.table for b in rich(f"{row}{row}\\pard\\par {row}\\pard Z.\\par").blocks if b.cell] == [0, 0, 1]


_WORDS = r"{ } \par|\b|\v|\*|\shpinst|\shptxt|\do|\footnote|\cell|\row|\'e9|\u8217?|\header|\bin3|\f1|\plain|word"
TOKENS = ["\\", *_WORDS.replace(" ", "|").split("|")]


@given(st.lists(st.sampled_from(TOKENS), max_size=60))
def test_any_rtf_is_read_with_right_offsets(tokens):
    document = rich("Start. " + " ".join(tokens))
    for block in document.blocks:
        text = document.text[block.span.start : block.span.end]
        assert text and text == text.strip()


def test_flipped_words_of_rtf_end_in_a_document_or_a_status():
    chance, good = random.Random(5), BY_NAME["rtf-text-box"].make("fr")[0]
    for _ in range(30):
        data = bytearray(good)
        for _ in range(6):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        try:
            read_bytes(bytes(data), "flipped", Settings())
        except UnreadableDocument as error:
            assert error.reason


@pytest.mark.skipif(not any(map(shutil.which, legacy.PROGRAMS)), reason="needs LibreOffice")
@pytest.mark.parametrize("suffix", ["doc", "odt"])
def test_old_formats_by_way_of_libreoffice(suffix, tmp_path):
    data, truth = BY_NAME["docx-body-tables"].make("en")
    source = tmp_path / "paper.docx"
    source.write_bytes(data)
    program = next(filter(None, map(shutil.which, legacy.PROGRAMS)))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", suffix, "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    document = read_bytes((tmp_path / f"paper.{suffix}").read_bytes(), "old", Settings())
    assert [text for _, _, text in said(document)] == [unit.text for unit in truth.units]


def test_libreoffice_that_takes_too_long_is_ended(tmp_path):
    with pytest.raises(UnreadableDocument, match="in time") as caught:
        legacy._run(["sh", "-c", "sleep 60 & sleep 60"], tmp_path, 0.3)
    assert caught.value.status == "timeout"
