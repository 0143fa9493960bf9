"""Covers, profiles and briefs: one page where one was promised, each claim with its quote, page and link."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from nlp.cli import app
from nlp.copies import Finding
from nlp.copies.cover.claims import claims_of, ranges, tree
from nlp.copies.cover.corpus import Corpus, country_of, cover_of, implementer_of
from nlp.copies.cover.making import COVERS, cover, written
from nlp.copies.paper import writable
from nlp.errors import UsageError
from nlp.jsonl import read_rows
from nlp.program import load_program
from nlp.readers import read_bytes
from nlp.run import Order, run
from nlp.settings import Settings

PROGRAM = load_program()
SENTENCE = "En 2009 la oficina — “sin demora” — atendió a niñas, niños y mães na fronteira, à São João; l’été aussi… "
TEXT = SENTENCE * 150
ROW = {
    "document_id": "ab" * 32, "inputs": ["informes/oficina.pdf"], "title": "Informe <anual> & más", "symbol": "X/doc.1",
    "date": "2010-01-02", "language": "es", "pages": 9, "losses": {"pictures left out": 2}, "status": "partial",
    "reason": "only the first 9 of 12 pages were read", "evmap": "0.1.0", "model": "12" * 32, "program": "34" * 32,
}  # fmt: skip


def findings(count: int, lane: str = "suggested") -> list[Finding]:
    length = len(SENTENCE)
    targets = [*PROGRAM.targets][:: max(1, 120 // count)][:count]
    return [
        Finding(
            at * length, at * length + 70, target, PROGRAM.labels[target].title["es"], lane=lane, page=at + 1,
            probability=0.9 - at / 200, treatment=("done", "planned", None)[at % 3], implementer="cim",
            key=f"{at:016x}",
        )
        for at, target in enumerate(targets)
    ]  # fmt: skip


def said(data: bytes) -> tuple[str, int]:
    document = pypdfium2.PdfDocument(data)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.split()), len(document)


@pytest.mark.parametrize("count", [0, 3, 20, 60, 120])
@pytest.mark.parametrize("language", ["en", "es", "pt", "fr"])
def test_a_cover_is_one_page_and_leaves_no_target_out(count: int, language: str):
    found = findings(count) if count else []
    paper = cover(ROW, claims_of(found, TEXT), PROGRAM, language)
    text, pages = said(written(paper, "pdf"))
    assert pages == 1
    listed = [line for part in paper.parts for line in (part.text, *part.lines)]
    shown = {re.search(r"\d+", row.head)[0] for row in paper.parts[0].rows}  # type: ignore[index]
    told = " ".join(listed)
    for finding in found:
        number = finding.target.partition(":")[2]
        assert number in shown or any(
            int(a) <= int(number) <= int(b or a) for a, b in re.findall(r"(\d+)(?:–(\d+))?", told)
        )
    assert "12" * 6 in text
    assert "34" * 6 in text


def test_letters_of_all_four_languages_can_be_selected():
    text, _ = said(COVERS["pdf"](ROW, TEXT, findings(4), PROGRAM, "es"))
    for word in ("“sin demora”", "niñas", "mães", "<anual> & más", "Objetivo"):
        assert word in text
    assert writable("ẹ漢") in ("e□", "e?")


@pytest.mark.parametrize("kind", ["html", "docx", "pdf"])
def test_every_format_says_the_same(kind: str):
    data = COVERS[kind](ROW, TEXT, findings(5), PROGRAM, "pt")
    text = " ".join(read_bytes(data, f"cover.{kind}", Settings()).text.split())
    for word in (
        "X/doc.1",
        "2010-01-02",
        "pág. 1",
        "sugerido, 90 %",
        "imagens omitidas: 2",
        "as primeiras 9 de 12 páginas",
        "realizado",
    ):
        assert word in text, word
    assert "prova que a atividade tenha sido realizada" in text
    assert data == COVERS[kind](ROW, TEXT, findings(5), PROGRAM, "pt") or kind == "docx"


def test_markup_of_a_document_is_text():
    page = COVERS["html"](
        {**ROW, "title": "<script>alert(1)</script>"}, "<b>quote</b> " * 9, findings(1), PROGRAM, "en"
    )
    assert b"<script" not in page
    assert b"<b>quote" not in page


def test_what_is_only_to_be_reviewed_is_neither_shown_nor_missing():
    claims = claims_of(findings(4, "review"), TEXT)
    paper = cover(ROW, claims, PROGRAM, "en")
    assert paper.parts[0].rows == []
    by_heading = {part.heading: part.text for part in paper.parts}
    assert "objectives 1" in by_heading["Only quotes that are still to be reviewed"]
    assert not by_heading["Searched, nothing found"].startswith("objectives 1")
    assert len(cover(ROW, claims, PROGRAM, "en", everything=True).parts[0].rows) == 4


@given(st.sets(st.sampled_from(PROGRAM.targets)))
def test_a_tree_holds_each_target_once(targets: set[str]):
    order = tree(targets, PROGRAM)
    assert sorted(target for target, _ in order) == sorted(targets)
    for target, deep in order:
        assert deep == bool(set(PROGRAM.parents(target)) & targets)


@given(st.sets(st.integers(1, 100)))
def test_ranges_name_each_number(numbers: set[int]):
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", ranges([*numbers])):
        found.update(range(int(first), int(last or first) + 1))
    assert found == numbers


@pytest.fixture(scope="module")
def mapped(tiny_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mapped")
    samples = Path(__file__).parent.parent / "corpus" / "samples"
    for name in ("04-ngo-shadow-report-belize-en.txt", "06-mhave-rapport-services-fr.docx"):
        (folder / name).write_bytes((samples / name).read_bytes())
    run(sorted(folder.iterdir()), folder / "out", Order(tiny_settings))
    return folder


def test_a_run_gives_covers_profiles_and_a_brief(mapped: Path, tmp_path: Path):
    corpus = Corpus.load(mapped / "out", PROGRAM, "en", everything=True).linked("report.html")
    paper = cover_of(corpus, "shadow", PROGRAM, "en")
    assert "Belize" in paper.title
    first = paper.parts[0].rows[0]
    assert re.fullmatch(r"report\.html#target=\w+%3A\d+&document=[0-9a-f]{16}&quote=[0-9a-f]{16}", first.href)
    assert "Belize" in country_of(corpus, "Belize", PROGRAM, "en").title
    with pytest.raises(UsageError, match="no report names it"):
        country_of(corpus, "Atlantis", PROGRAM, "en")
    with pytest.raises(UsageError, match="documents are called so"):
        cover_of(corpus, "zzz", PROGRAM, "en")
    with pytest.raises(UsageError, match="implementers are called so"):
        implementer_of(corpus, "zzz", PROGRAM, "en")
    for name in ("brief.html", "brief.docx", "brief.pdf"):
        done = CliRunner().invoke(app, ["report", str(mapped / "out"), "-o", str(tmp_path / name), "-l", "fr"])
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).stat().st_size > 2000


@pytest.mark.parametrize("name", ["04-ngo-shadow-report-belize-en.txt", "06-mhave-rapport-services-fr.docx"])
def test_the_command_writes_a_copy_with_every_finding_of_the_run(mapped: Path, tmp_path: Path, name: str):
    suffix = ".docx" if name.endswith("docx") else ".html"
    copy = tmp_path / f"copy{suffix}"
    done = CliRunner().invoke(
        app, ["copy", str(mapped / name), "--run", str(mapped / "out"), "-o", str(copy), "-l", "es"]
    )
    assert done.exit_code == 0, done.output
    rows = {row["document_id"]: row for row in read_rows(mapped / "out" / "documents.jsonl")}
    row = next(row for row in rows.values() if row["inputs"][0].endswith(name))
    count = sum(link["document_id"] == row["document_id"] for link in read_rows(mapped / "out" / "links.jsonl"))
    marks = comments(copy.read_bytes()) if suffix == ".docx" else copy.read_text("utf-8").count('id="evmap-note-')
    assert marks == count > 0
    again = CliRunner().invoke(app, ["copy", str(copy), "--run", str(mapped / "out")])
    assert isinstance(again.exception, UsageError)


def comments(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("word/comments.xml").count(b"<w:comment ")


def test_a_report_needs_somebody_to_speak_of(mapped: Path):
    done: Any = CliRunner().invoke(app, ["report", str(mapped / "out"), "--kind", "profile"])
    assert isinstance(done.exception, UsageError)
