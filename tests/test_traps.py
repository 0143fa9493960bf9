"""The trap documents are read as they stand: every measure of the benchmark, on one language a trap, in turn."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import fixtures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reportlab.pdfgen.canvas import Canvas

from nlp.bench.extraction import OURS, Judged, bench_extraction
from nlp.bench.marks import Marks, cells_right, in_order, letters, words_kept
from nlp.errors import UnreadableDocument
from nlp.readers import read_bytes
from nlp.records import Document
from nlp.settings import Settings
from tests.traps.base import LANGUAGES, Trap, write
from tests.traps.catalogue import TRAPS

# What is asked on all documents together; in parts, so that a fault in a rare trap is not lost among the others.
LEAST = {
    "characters": 0.998, "words": 0.998, "cells": 0.99, "implementers": 0.98, "markers": 0.99, "kinds": 0.985,
    "margins": 0.97, "absent": 0.99, "status": 1.0, "losses": 1.0, "profile": 0.98, "structure": 0.98,
}  # fmt: skip
SETTINGS = Settings(ocr_seconds=0.0)
RECOGNISED = ("pdf-scan", "pdf-letters")
LINES = st.lists(st.text(st.characters(codec="latin-1", min_codepoint=32), max_size=60), min_size=1, max_size=12)


def in_turn() -> Iterator[Trap]:
    """Each trap in one of its languages, another one for each trap; the benchmark reads what must be recognised."""
    for number, trap in enumerate(TRAPS):
        if not trap.name.startswith(RECOGNISED):
            spoken = [language for language in LANGUAGES if language in trap.languages]
            yield Trap(trap.name, trap.suffix, trap.make, [spoken[number % len(spoken)]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("traps")
    assert write([*in_turn()], target) > 200
    return target


@pytest.fixture(scope="module")
def judged(folder: Path) -> list[Judged]:
    return bench_extraction(folder, SETTINGS, peers=False)


@pytest.mark.parametrize("kind", ["pdf-", "docx-", "rtf-", "html-", "txt-", "md-", "oas-"])
def test_traps_are_read_as_they_stand(kind: str, judged: list[Judged]):
    own = [one for one in judged if one.trap.startswith(kind)]
    total = sum((one.marks[OURS] for one in own), Marks())
    short = {
        field.name: (share, [fault for one in own for fault in one.faults if field.name in fault][:5])
        for field in fields(total)
        if field.name in LEAST and (share := total.share(field.name)) is not None and share < LEAST[field.name]
    }
    assert short == {}


def test_blocks_are_slices_in_order_and_boxes_lie_on_their_pages(folder: Path, judged: list[Judged]):
    for one in judged:
        truth = one.marks[OURS]
        path = folder / one.file
        if not truth.characters[1] or truth.status[0] == 0:
            continue
        document = read_bytes(path.read_bytes(), path.name, SETTINGS)
        check(document, one.file)


def check(document: Document, name: str) -> None:
    """Blocks stand in order, apart, free of white space around them; boxes lie within any page there can be."""
    end = 0
    for block in document.blocks:
        quote = document.text[block.span.start : block.span.end]
        assert block.span.start >= end, name
        assert quote == quote.strip() and quote, name
        if block.box:
            x0, top, x1, bottom = block.box
            assert -1 <= x0 < x1 and -1 <= top < bottom, (name, quote, block.box)
        if block.page:
            assert 1 <= block.page <= (document.extract.pages or 0), name
        end = block.span.end


@settings(max_examples=40, deadline=None)
@given(LINES, st.sampled_from(["\n", "\n\n", "\t", "\r\n\f"]))
def test_any_text_in_any_layout_keeps_its_offsets(lines: list[str], separator: str):
    with suppress(UnreadableDocument):
        check(read_bytes(separator.join(lines).encode(), "any.txt", SETTINGS), "any.txt")


@settings(max_examples=25, deadline=None)
@given(LINES, st.integers(1, 40), st.booleans())
def test_any_page_keeps_its_offsets_and_boxes(lines: list[str], size: int, beside: bool):
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        for number, line in enumerate(lines):
            column = 300 * (number % 2) if beside else 0
            canvas.drawString(30 + column, 750 - (number // (2 if beside else 1)) * size * 1.3, line)

    with suppress(UnreadableDocument):
        check(read_bytes(fixtures.paged_pdf([draw, draw]), "any.pdf", SETTINGS), "any.pdf")


def test_the_measures_see_faults():
    truth = "One two three. Four five."
    assert in_order(truth, "Four five. One two three.")[0] < len(letters(truth)) == in_order(truth, truth)[0]
    assert words_kept(truth, "One three. Four five.") == (4, 5)
    cell = {"marker": None, "cell": (0, 1, 0), "text": "IOM"}
    other = {"marker": None, "cell": (0, 1, 1), "text": "Advice"}
    assert cells_right([cell, other], [["IOM", "Advice"]]) == (2, 2)
    assert cells_right([cell, other], [["Advice", "IOM"]]) == (0, 2)
    assert cells_right([cell, other], [["IOM", "Shelter"], ["ILO", "Advice"]]) == (0, 2)
