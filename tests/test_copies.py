"""Copies of reports: comments, highlights and marks at the very words, and nothing dropped without a word."""

import io
import random
import re
import zipfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.copies import Finding, Wanted, copied, kind_for
from nlp.copies.carrying import Carrier
from nlp.errors import UsageError
from nlp.program import load_program
from nlp.readers import read_bytes
from nlp.readers.tracing import laid
from nlp.records import Document
from nlp.settings import Settings
from tests.browsing import browser, visiting  # noqa: F401 - a fixture
from tests.copies.planting import plant
from tests.copies.reopened import SOFFICE, bare, docx_ranges, docx_shaded, html_marked, pdf_marked, save_anew
from tests.traps.base import Trap
from tests.traps.catalogue import TRAPS

SETTINGS, PROGRAM = Settings(), load_program()
BY_NAME = {trap.name: trap for trap in TRAPS}
READ_BACK = {"docx": docx_ranges, "pdf": pdf_marked, "html": html_marked}
WORD = [
    "docx-split-runs", "docx-links-and-references", "docx-nested-table", "docx-content-controls", "docx-iso-edition",
    "docx-smart-tags-and-custom-xml", "docx-accents-apart", "docx-characters-without-width",
    "docx-tracked-paragraph-mark",
]  # fmt: skip
HTML = [trap.name for trap in TRAPS if trap.suffix == ".html" and trap.name not in ("html-empty", "html-deep-nesting")]
OTHERS = {"scan", "scanned", "pictures", "encrypted", "without", "truncated", "corrupt", "empty", "ocr", "damaged"}
PDF = [trap.name for trap in TRAPS if trap.suffix == ".pdf" and not OTHERS & set(trap.name.split("-"))]


def made(trap: Trap, language: str = "en") -> tuple[bytes, Document]:
    data, _ = trap.make(language)  # type: ignore[arg-type]
    return data, read_bytes(data, f"{trap.name}{trap.suffix}", SETTINGS)


def placed_right(kind: str, data: bytes, document: Document, findings: Sequence[Finding]) -> bytes:
    """Write a copy and see that each finding stands at its words, or is said not to."""
    copy = copied(kind, Wanted(data, document.path, document.text, findings, "en"), PROGRAM, SETTINGS)
    there, shaded = READ_BACK[kind](copy.data), bare(docx_shaded(copy.data)) if kind == "docx" else ""
    assert len(copy.placed) == len(findings)
    for one in copy.placed:
        quote = document.text[one.finding.start : one.finding.end]
        number = int(one.finding.title.split()[1])
        assert one.how != "lost", quote
        if one.how == "near":
            assert bare(quote) in shaded
        else:
            assert bare(there[number]) == bare(quote)
    return copy.data


@pytest.mark.parametrize("name", WORD)
def test_comments_stand_at_the_very_words(name: str):
    data, document = made(BY_NAME[name], "es")
    for seed in range(3):
        copy = placed_right("docx", data, document, plant(document, seed, 12))
        assert read_bytes(copy, "again.docx", SETTINGS).text == document.text  # nothing else has changed


@pytest.mark.parametrize(
    ("name", "reason"),
    [("docx-footnotes", "footnote"), ("docx-text-box-written-twice", "box"), ("docx-header-and-footer", "margin")],
)
def test_where_no_comment_can_be_it_is_near_and_says_so(name: str, reason: str):
    data, document = made(BY_NAME[name])
    findings = plant(document, 1, len(document.blocks))
    copy = copied("docx", Wanted(data, "report.docx", document.text, findings, "es"), PROGRAM, SETTINGS)
    near = [one for one in copy.placed if one.reason == reason]
    assert near
    for one in near:
        assert bare(document.text[one.finding.start : one.finding.end]) in bare(docx_shaded(copy.data))
    told = read_bytes(copy.data, "again.docx", SETTINGS).text
    assert "Hallazgos que no están en sus palabras" in told
    placed_right("docx", data, document, findings)


def test_comments_that_were_there_stay_and_other_parts_keep_their_bytes():
    data, document = made(BY_NAME["docx-comments"])
    once = placed_right("docx", data, document, plant(document, 1))
    twice = copied("docx", Wanted(once, "once.docx", document.text, plant(document, 2), "en"), PROGRAM, SETTINGS).data
    assert read_bytes(twice, "twice.docx", SETTINGS).text == document.text
    with zipfile.ZipFile(io.BytesIO(twice)) as archive, zipfile.ZipFile(io.BytesIO(data)) as original:
        kept = original.read("word/comments.xml").count(b"<w:comment ")
        assert archive.read("word/comments.xml").count(b"<w:comment ") == kept + 16 > 16
        names = set(original.namelist()) - {"word/document.xml", "word/comments.xml"}
        assert all(archive.read(name) == original.read(name) for name in names)


@pytest.mark.parametrize("name", PDF)
def test_highlights_cover_the_very_words(name: str):
    data, document = made(BY_NAME[name], "fr")
    placed_right("pdf", data, document, plant(document, 5, 10))


@pytest.mark.parametrize("name", HTML)
def test_marks_stand_at_the_very_words(name: str):
    data, document = made(BY_NAME[name], "pt")
    placed_right("html", data, document, plant(document, 3, 10))


def test_text_becomes_a_page_with_its_marks():
    text = "# Report\n\nThe office <b>opened</b> & closed. =1+1\n\nThe end."
    document = read_bytes(text.encode(), "report.md", SETTINGS)
    page = placed_right("html", text.encode(), document, plant(document, 1, 3)).decode()
    assert "&lt;b&gt;" in page
    assert kind_for(text.encode()) == "html"


HOSTILE = b"""<html><head><title>x</title><style>@import url(http://e.example/a.css);
p{background:url(http://e.example/b)} .evmap-notes{display:none} div{position:fixed;inset:0} b{color:red}</style>
<script>alert(1)</script><meta http-equiv=refresh content="0;url=http://e.example"><base href="http://e.example">
<link rel=stylesheet href=//e.example/c></head><body onload=alert(1)>
<p onclick="alert(2)" style="background:url(http://e.example/d)">The office opened its doors.</p>
<img src=http://e.example/e.png onerror=alert(3) alt=picture><iframe src=http://e.example></iframe>
<svg onload=alert(4)><script>alert(5)</script></svg><a href="javascript:alert(6)">a link of the page</a>
<form action=http://e.example><input></form><p id=evmap-note-1>The words that are looked for
&lt;script&gt;alert(7)&lt;/script&gt; stand here.</p><textarea></body></html>"""
FORBIDDEN = ("<script", "<iframe", "<svg", "<form", "<base", "<link", "javascript:", "e.example", "@import", "refresh")


def hostile_copy() -> bytes:
    document = read_bytes(HOSTILE, "page.html", SETTINGS)
    start = document.text.index("words that are")
    note = "<img src=x onerror=alert(9)>"
    finding = Finding(start, start + 40, "objective:1", "<script>alert(8)</script>", note=note)
    return copied("html", Wanted(HOSTILE, "<x>.html", document.text, [finding]), PROGRAM).data


def test_a_page_is_made_inert():
    page = hostile_copy().decode()
    assert not [word for word in FORBIDDEN if word in page.lower()]
    tags = re.findall(r"<[^>]*>", page)
    assert not [tag for tag in tags if re.search(r"\son\w+=", tag)]
    assert page.count('id="evmap-note-1"') == 1
    assert ".evmap-notes{display:none}" not in page
    assert page.index("evmap-notes") < page.index("The office opened")  # nothing left open can swallow the notes


def test_a_browser_finds_nothing_that_acts_in_a_copy(browser: Any, tmp_path: Path):  # noqa: F811
    page = tmp_path / "copy.html"
    page.write_bytes(hostile_copy())
    with visiting(browser, page) as go:
        tab = go()
        assert tab.locator("mark.evmap-m").first.inner_text().startswith("words that are")
        assert tab.locator(".evmap-notes li").first.is_visible()
        tab.locator("sup.evmap-n a").click()
        assert tab.url.endswith("#evmap-note-1")


def test_a_copy_is_of_its_own_kind():
    with pytest.raises(UsageError, match="no pdf copy"):
        copied("pdf", Wanted(b"plain words", "a.txt", "plain words", []), PROGRAM)
    with pytest.raises(UsageError, match="no such kind"):
        copied("odt", Wanted(b"plain words", "a.txt", "plain words", []), PROGRAM)


def test_findings_without_a_place_are_listed():
    data, document = made(BY_NAME["docx-split-runs"])
    lost = Finding(-1, -1, "objective:4", "finding 0 of 0", who="officer-1")
    other = Finding(5, 12, "activity:9", "finding 1 of 0")
    for kind, original in (("docx", data), ("html", document.text.encode())):
        copy = copied(kind, Wanted(original, "a", document.text, [lost, other], "fr"), PROGRAM, SETTINGS)
        assert [(one.how, one.reason) for one in copy.placed if one.finding is lost] == [("lost", "orphaned")]
        said = read_bytes(copy.data, "a", SETTINGS).text if kind == "docx" else copy.data.decode()
        assert "Objectif 4: finding 0" in said
        assert "ne sont plus dans le rapport" in said


def test_a_pdf_lists_what_it_could_not_place_on_a_page_of_its_own():
    data, document = made(next(trap for trap in TRAPS if trap.name == PDF[0]))
    lost = Finding(-1, -1, "objective:4", "finding")
    copy = copied("pdf", Wanted(data, "a.pdf", document.text, [lost], "pt"), PROGRAM, SETTINGS)
    again = read_bytes(copy.data, "a.pdf", SETTINGS)
    assert again.extract.pages == (document.extract.pages or 0) + 1
    assert "já não estão no relatório" in again.text


WORDS = st.lists(
    st.sampled_from("the office opened its doors in march and closed them again".split()), min_size=1, max_size=40
)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS, st.randoms(use_true_random=False))
def test_a_place_is_carried_whole_or_not_at_all(old: list[str], new: list[str], draw: random.Random):
    one, other = "\n\n".join(" ".join(old[at : at + 7]) for at in range(0, len(old), 7)), " ".join(new)
    carrier = Carrier(one, other)
    start = draw.randrange(len(one))
    end = draw.randrange(start, len(one)) + 1
    place = carrier.carry(start, end)
    if place and not one[start].isspace() and not one[end - 1].isspace():
        assert other[slice(*place)].split() == one[start:end].split()
    assert Carrier(one, one).carry(start, end) == (start, end)


def test_a_look_alike_is_no_place():
    carrier = Carrier("The fine was paid. Nobody came.", "Nobody came. The fine was not paid.")
    assert carrier.carry(0, 18) is None
    carrier = Carrier("A one.\n\nThe fine was paid.\n\nA two.", "A one.\n\nAdded.\n\nThe fine was paid.\n\nA two.")
    assert carrier.carry(8, 26) == (16, 34)


@given(st.text(alphabet="ab\u0301 é-\n\x02", max_size=30))
def test_text_is_laid_along_itself(text: str):
    places = laid(text, text)
    assert all(place is None or text[place] == text[at] for at, place in enumerate(places))
    assert all(place is not None for place, letter in zip(places, text, strict=True) if not letter.isspace())


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_finds_the_comments_at_the_words(tmp_path: Path):
    chosen = {name: made(BY_NAME[name], "fr") for name in ("docx-split-runs", "docx-nested-table", "docx-footnotes")}
    findings = {name: plant(document, 2) for name, (_, document) in chosen.items()}
    for name, (data, document) in chosen.items():
        copy = copied("docx", Wanted(data, name, document.text, findings[name], "fr"), PROGRAM, SETTINGS)
        (tmp_path / f"{name}.docx").write_bytes(copy.data)
    save_anew([tmp_path / f"{name}.docx" for name in chosen], tmp_path / "again")
    for name, own in findings.items():
        there = docx_ranges((tmp_path / "again" / f"{name}.docx").read_bytes())
        text = chosen[name][1].text
        for number, said in there.items():
            quote = text[own[number].start : own[number].end]
            assert bare(said) in (bare(quote), "")  # "" where it stands at a note's mark
        assert len([said for said in there.values() if said]) >= 6


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_rich_text_becomes_a_word_document_with_comments():
    data, document = made(next(trap for trap in TRAPS if trap.suffix == ".rtf" and "table" in trap.name))
    assert kind_for(data) == "docx"
    findings = plant(document, 4)
    copy = copied("docx", Wanted(data, document.path, document.text, findings, "en"), PROGRAM, SETTINGS)
    there = docx_ranges(copy.data)
    assert (
        sum(
            bare(there.get(number, "")) == bare(document.text[one.start : one.end])
            for number, one in enumerate(findings)
        )
        >= 7
    )


@pytest.mark.parametrize(("kind", "language"), [*product(("docx", "html"), ("en", "es", "pt", "fr"))])
def test_notes_speak_the_language_that_was_asked_for(kind: str, language: str):
    data, document = made(BY_NAME["docx-split-runs"])
    original = data if kind == "docx" else document.text.encode()
    word = {
        "en": "Treatment: planned",
        "es": "Tratamiento: previsto",
        "pt": "Tratamento: previsto",
        "fr": "Traitement: prévu",
    }
    finding = Finding(0, 9, "objective:2", "t", treatment="planned", probability=1.0, lane="suggested")
    copy = copied(kind, Wanted(original, "a", document.text, [finding], language), PROGRAM).data
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(copy)) as archive:
            copy = archive.read("word/comments.xml")
    assert word[language] in copy.decode()
    assert "99 %" in copy.decode()


def test_a_pdf_that_opens_without_asking_for_its_password_is_copied():
    from pypdf import PdfReader, PdfWriter

    data, _ = made(next(trap for trap in TRAPS if trap.name == PDF[0]))
    writer, locked = PdfWriter(clone_from=io.BytesIO(data)), io.BytesIO()
    writer.encrypt(user_password="", owner_password="oil", algorithm="RC4-128")
    writer.write(locked)
    document = read_bytes(locked.getvalue(), "locked.pdf", SETTINGS)
    copy = placed_right("pdf", locked.getvalue(), document, plant(document, 1))
    assert not PdfReader(io.BytesIO(copy)).is_encrypted


def test_findings_at_the_same_words_share_a_highlight_of_the_surest():
    from pypdf import PdfReader

    data, document = made(next(trap for trap in TRAPS if trap.name == PDF[0]))
    start = document.blocks[1].span.start
    found = [
        Finding(start, start + 9, "activity:4", "finding 0", lane="review", probability=0.2),
        Finding(start, start + 9, "objective:4", "finding 1", lane="suggested", probability=0.8),
        Finding(start, start + 9, "objective:5", "finding 2", state="confirmed", who="officer-1"),
    ]
    copy = copied("pdf", Wanted(data, "a.pdf", document.text, found, "en"), PROGRAM, SETTINGS)
    notes = [one.get_object() for one in PdfReader(io.BytesIO(copy.data)).pages[0]["/Annots"]]
    assert [note["/T"] for note in notes] == ["evmap", "officer-1"]
    assert "finding 0" in notes[0]["/Contents"]
    assert "finding 1" in notes[0]["/Contents"]
    assert [float(part) for part in notes[0]["/C"]] == [1.0, 0.9, 0.4]
    for note in notes:  # LibreOffice lays colours over the words instead of multiplying them
        [mode] = note["/AP"]["/N"]["/Resources"]["/ExtGState"].values()
        assert float(mode["/ca"]) < 1
