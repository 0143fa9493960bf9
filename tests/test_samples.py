"""The sample documents are read as they were written: passages, kind, language, and who acts in each table row."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

from nlp.pipeline import read_structured
from nlp.settings import Settings
from nlp.structure.segment import Structured

CORPUS = ROOT / "corpus"
LABELS = sorted((CORPUS / "labels").glob("*.yaml"))
BODIES = {
    "02": "iin iin iin education education opd opd department_public_security "
    "paho paho idb idb idb ocam ocam caricom caricom",
    "07": "iachr iachr iachr ilo ilo ilo iihr iihr iihr unhcr unhcr unhcr summits summits",
    "12": "states states states states states - - states states - states states states states - states states -",
}


@cache
def front_matter(name: str) -> dict[str, Any]:
    meta: dict[str, Any] = yaml.safe_load((CORPUS / "sources" / f"{name}.md").read_text("utf-8").split("---\n")[1])
    return meta


@cache
def sample(name: str) -> Structured:
    return read_structured(next((CORPUS / "samples").glob(f"{name}.*")), Settings())


def flat(text: str) -> str:
    """Text without what a format may change: apostrophes, white space, breaks inside a cell."""
    return " ".join(text.replace("’", "'").replace("<br>", " ").split())


@pytest.fixture(params=LABELS, ids=[path.stem for path in LABELS])
def labelled(request: pytest.FixtureRequest) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(Path(request.param).read_text("utf-8"))
    return content


def test_every_sample_has_labels():
    names = {path.stem for path in (CORPUS / "samples").iterdir()}
    assert names == {yaml.safe_load(path.read_text("utf-8"))["document"] for path in LABELS}


def test_every_labelled_passage_stands_in_the_text(labelled: dict[str, Any]):
    text = flat(sample(labelled["document"]).document.text)
    assert [row["start"] for row in labelled["passages"] if flat(row["start"]) not in text] == []


def test_labelled_passages_come_in_reading_order(labelled: dict[str, Any]):
    text = flat(sample(labelled["document"]).document.text)
    place = 0
    for row in labelled["passages"]:
        place = text.find(flat(row["start"]), place)
        assert place >= 0, row["start"]


def test_what_it_is(labelled: dict[str, Any]):
    name = labelled["document"]
    meta, found = front_matter(name), sample(name)
    assert (found.profile.kind, found.profile.language) == (meta["kind"], meta["language"])
    assert flat(found.profile.title or "") in flat(meta["title"])
    assert found.document.extract.partial is None


def test_pages_of_the_pdf_samples():
    pages = {path.stem: sample(path.stem).document.extract.pages for path in (CORPUS / "samples").glob("*.pdf")}
    assert len(pages) >= 4
    assert all(2 <= count <= 12 for count in pages.values())


def source_rows(name: str) -> list[list[str]]:
    """Rows of the matrices in a source, with the organisation carried over empty cells; other tables left out."""
    rows: list[list[str]] = []
    column = None
    for line in next((CORPUS / "sources").glob(f"{name}-*.md")).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            column = None
        elif any(cell in ("Organisation", "Organisme", "Institución") for cell in cells):
            column = next(i for i, cell in enumerate(cells) if cell in ("Organisation", "Organisme", "Institución"))
        elif column is not None and not cells[0].startswith("---"):
            rows.append([cells[column] or rows[-1][0], next(c for i, c in enumerate(cells) if i != column)])
    return rows


@pytest.mark.parametrize("name", BODIES)
def test_every_row_knows_who_acts(name: str):
    found = sample(next((CORPUS / "samples").glob(f"{name}-*")).stem)
    wanted = [None if body == "-" else body for body in BODIES[name].split()]
    rows = source_rows(name)
    assert len(rows) == len(wanted)
    texts = [(flat(found.document.text[p.span.start : p.span.end]), p) for p in found.passages]
    for (organisation, description), body in zip(rows, wanted, strict=True):
        paragraphs = [re.sub(r"^(?:•|\d\.) ", "", flat(part))[:40] for part in description.split("<br>")]
        passages = [p for text, p in texts if any(part in text for part in paragraphs)]
        assert passages
        assert {(p.implementer, flat(p.implementer_text or "")) for p in passages} == {(body, flat(organisation))}
