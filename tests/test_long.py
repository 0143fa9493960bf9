"""One document of any length: its rows are read where they stand, and closing a run takes no more memory for them."""

import json
import tracemalloc
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import scale
from hypothesis import given
from hypothesis import strategies as st

from nlp.jsonl import line, parse, read_rows
from nlp.program import Program
from nlp.writers import report, stretch
from nlp.writers.closing import write_all
from nlp.writers.listing import Listing, Packed, as_json, packed, pieces
from nlp.writers.stretch import Form, stretches
from nlp.writers.walk import LEAN_LINK, Rows

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LARGE = pytest.mark.parametrize("large", [False, True])


@pytest.fixture(autouse=True, scope="module")
def _own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The current folder of these tests: examples of hypothesis write there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("long"))
        yield


def peak(out: Path, passages: int, program: Program) -> int:
    rows = Rows(scale.write_rows(out, 1, links=8 * passages, passages=passages))
    tracemalloc.start()
    write_all(rows, out, program)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


@LARGE
def test_a_long_document_takes_little_memory(
    large: bool, tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stretch, "HELD", 1_000)
    monkeypatch.setattr(report, "INPUTS_UP_TO", 0 if large else 300)
    _, short, long = (peak(tmp_path / str(n), passages, program) for n, passages in enumerate((10, 60, 480)))
    links = (tmp_path / "2" / ".links.jsonl.draft").stat().st_size
    assert long - short < links / 2, "rows that were held took five times the bytes of their lines"


@LARGE
def test_rows_give_the_same_files_held_or_not(
    large: bool, tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(report, "INPUTS_UP_TO", 0 if large else 300)
    rows, made = Rows(scale.write_rows(tmp_path, 9, links=40, passages=5)), []
    for held in (0, 10**9):
        monkeypatch.setattr(stretch, "HELD", held)
        made.append({name: draft.read_bytes() for name, draft in write_all(rows, tmp_path, program).items()})
    assert made[0] == made[1] and b"activity:" in made[0]["mapping.csv"]


@given(st.lists(st.tuples(st.sampled_from("abc"), TEXTS)), st.integers(0, 200))
def test_stretches_give_every_row_again_and_again(named: list[tuple[str, str]], held: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretch, "HELD", held)
        path = Path.cwd() / "rows.jsonl"
        path.write_text("".join(line({"document_id": d, "text": t}) + "\n" for d, t in named), "utf-8", newline="\n")
        wanted = [(key, [*rows]) for key, rows in groupby(read_rows(path), lambda row: row["document_id"])]
        found = [*stretches(path, Form())]
    assert [(one.document_id, [*one]) for one in found] == [(one.document_id, [*one]) for one in found] == wanted
    assert [len(one) for one in found] == [len([*one.let_go()]) for one in found] == [len(rows) for _, rows in wanted]


@given(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS)), st.lists(TEXTS | st.integers()))
def test_pieces_are_the_json_of_the_whole(plain: dict, items: list):
    with Listing(Path.cwd()) as listing:
        for item in items:
            listing.add(item)
        assert len(listing) == len(items)
        cut = "".join(pieces({**plain, "0": listing, "1": Packed(map(packed, items))}))
    assert cut == as_json({**plain, "0": items, "1": items})
    assert not set(cut) & set("<>&\u2028\u2029")


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = TEXTS | st.integers(-(2**63), 2**63 - 1) | FLOATS | st.booleans() | st.none()


@given(st.dictionaries(TEXTS, VALUES | st.lists(VALUES) | st.dictionaries(TEXTS, VALUES)))
def test_a_row_is_read_as_it_was_written(row: dict[str, Any]):
    assert parse(line(row).encode()) == row
    found = parse(line(row).encode())
    assert [type(value) for value in found.values()] == [type(value) for value in row.values()]


@pytest.mark.parametrize(
    ("damaged", "error"),
    [(b"", json.JSONDecodeError), (b'{"a": 1', json.JSONDecodeError), (b'{"a": "\xff"}', UnicodeDecodeError)],
)
def test_a_damaged_row_says_so(damaged: bytes, error: type[ValueError]):
    with pytest.raises(error):
        parse(damaged)


SAID = st.text(st.sampled_from('ab"\\é]}, [{:\n')) | st.sampled_from([']},"model":"', ',"examples":[', '"}]}'])


@given(SAID, st.lists(st.fixed_dictionaries({"id": SAID, "similarity": st.floats(0, 1), "text": SAID})), st.booleans())
def test_a_link_is_read_without_its_examples(said: str, examples: list[dict[str, Any]], confirmed: bool):
    why = {"sentences": [{"start": 1, "end": 2, "drop": 0.5}], "terms": [said]}
    row = {"link_id": said, "lane": "review", "quote": said, "why": why, "model": said, "program": "p"}
    row |= {"state": "confirmed"} if confirmed else {}
    shown = row | ({"lane": "suggested"} if confirmed else {})
    assert LEAN_LINK.row(line(row | {"why": why | {"examples": examples}}).encode()) == shown
    assert LEAN_LINK.row(line(row).encode()) == shown  # a row of another writer
