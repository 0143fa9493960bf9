"""The end of a run: tables in one pass, all files or none, and a folder that says whether it is finished."""

import csv
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import scale
from hypothesis import given
from hypothesis import strategies as st

from nlp import seal
from nlp.contract import load_output
from nlp.errors import UsageError
from nlp.program import Program
from nlp.readers import spawning
from nlp.seal import broken_seals, require_finished
from nlp.writers import closing
from nlp.writers.closing import close
from nlp.writers.shelf import Kept, Shelf
from nlp.writers.tables import coverage_table, mapping_table
from nlp.writers.walk import Rows, walk

MANIFEST = {"counts": {"inputs": 4}, "seconds": {"read": 1.5}}


def closed(out: Path, program: Program, documents: int) -> Path:
    close(out, scale.write_rows(out, documents, links=4, passages=2), MANIFEST, program)
    return out


def contents(out: Path) -> dict[str, bytes]:
    files = {str(path.relative_to(out)): path for path in out.rglob("*") if path.is_file()}
    files = {name: path for name, path in files.items() if not path.name.startswith(".") and ".draft" not in name}
    kept = {name: path.read_bytes() for name, path in files.items() if name not in ("ledger.jsonl", "run.json")}
    if "run.json" in files:
        manifest = json.loads(files["run.json"].read_text("utf-8"))
        del manifest["seconds"]
        kept["run.json"] = json.dumps(manifest).encode()
    return kept


@pytest.fixture(scope="module")
def old(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return closed(tmp_path_factory.mktemp("old") / "out", program, 3)


@pytest.fixture(scope="module")
def new(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return closed(tmp_path_factory.mktemp("new") / "out", program, 4)


class Killed(BaseException):
    """Stands for the end of the process."""


def kill_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """End everything at the `step`-th change of a name in a folder."""
    left = [step]

    def counted(change: Any) -> Any:
        def changed(*words: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return change(*words, **more)

        return changed

    for place, name in ((Path, "replace"), (Path, "unlink"), (shutil, "rmtree")):
        patch.setattr(place, name, counted(getattr(place, name)))


@pytest.mark.parametrize("step", range(1, 14))
def test_a_kill_at_any_step_is_noticed_and_mended(step: int, old: Path, new: Path, program: Program, tmp_path: Path):
    out = tmp_path / "out"
    shutil.copytree(old, out)
    drafts = scale.write_rows(out, 4, links=4, passages=2)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        kill_at(step, patch)
        close(out, drafts, MANIFEST, program)
        raise Killed  # it was done before
    if not broken_seals(out):
        assert contents(out) in (contents(old), contents(new))
    assert step == 1 or contents(out) != contents(old)
    shutil.rmtree(drafts["text"], ignore_errors=True)
    closed(out, program, 4)
    assert broken_seals(out) == [] and contents(out) == contents(new)
    assert not list(out.glob(".*"))


def test_the_manifest_is_the_same_but_for_its_seconds(new: Path, program: Program, tmp_path: Path):
    again = closed(tmp_path / "out", program, 4)
    assert (again / "ledger.jsonl").read_bytes() != (new / "ledger.jsonl").read_bytes(), "its seconds differ"
    first, second = (json.loads((out / "run.json").read_text("utf-8")) for out in (new, again))
    assert set(first.pop("seconds")) == set(second.pop("seconds")) == {"read", "close"}
    assert first == second and list(first) == list(second)
    named = {path.name for path in new.iterdir()} - {"run.json"}
    assert set(first["files"]) == named


@pytest.mark.parametrize("name", ["links.jsonl", "mapping.csv", "report.html", "ledger.jsonl", "text"])
def test_a_changed_file_is_named(name: str, new: Path, tmp_path: Path):
    out = tmp_path / "out"
    shutil.copytree(new, out)
    path = next((out / "text").iterdir()) if name == "text" else out / name
    path.write_bytes(path.read_bytes().replace(b"o", b"0", 1))
    assert broken_seals(out) == [f"{name} is not as the run left it"]
    with pytest.raises(UsageError, match=name):
        require_finished(out)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert name in str(broken_seals(out))


def test_the_largest_file_is_checked_beside_the_others(new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(seal, "LARGE", 0)
    out = tmp_path / "out"
    shutil.copytree(new, out)
    assert broken_seals(out) == []
    largest = max((path for path in out.iterdir() if path.is_file()), key=lambda path: path.stat().st_size)
    for path in (largest, out / "mapping.csv"):
        path.write_bytes(path.read_bytes()[:-1])
    assert broken_seals(out) == [f"{name} is not as the run left it" for name in sorted((largest.name, "mapping.csv"))]


def _breaks(out: Path) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seal, "LARGE", 0)
        return broken_seals(out)


def test_a_worker_of_a_pool_checks_all_by_itself(new: Path):
    with multiprocessing.get_context("spawn").Pool(1) as pool:  # its workers may have no children
        assert pool.apply(_breaks, (new,)) == []


@pytest.mark.parametrize(("text", "words"), [(None, "missing"), ("{", "damaged"), ("[]", "damaged"), ("{}", "digests")])
def test_a_folder_without_a_whole_manifest_is_not_finished(text: str | None, words: str, new: Path, tmp_path: Path):
    out = tmp_path / "out"
    shutil.copytree(new, out)
    (out / "run.json").unlink()
    if text is not None:
        (out / "run.json").write_text(text)
    with pytest.raises(UsageError, match=words):
        require_finished(out, ("links.jsonl",))
    if words != "digests":
        with pytest.raises(UsageError, match=words):
            load_output(out)


WRITE = closing._write


def write_and_tell(names: Sequence[str], rows: Rows, out: Path, program: Program) -> dict[str, Path]:
    """Say which process makes what."""
    with (out / f".made.{os.getpid()}").open("a") as file:
        file.write(" ".join([*names, ""]))
    return WRITE(names, rows, out, program)


def _end(*_: object) -> None:
    """What a process does that somebody ends."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="a process may outlive the one that started it")
@pytest.mark.parametrize("ended", [False, True])
def test_tables_of_many_links_are_made_beside_the_page_and_are_the_same(
    ended: bool, new: Path, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(closing, "MANY_BYTES", 0)
    monkeypatch.setattr(closing, "_write", write_and_tell)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    if ended:
        monkeypatch.setattr(spawning, "_work", _end)
    out = closed(tmp_path / "out", program, 4)
    made = {name: int(path.suffix[1:]) for path in out.glob(".made.*") for name in path.read_text().split()}
    assert made["report.html"] == os.getpid()
    assert [made[name] == os.getpid() for name in closing.TABLES] == [ended, ended]
    assert contents(out) == contents(new) and broken_seals(out) == []


def test_what_is_wrong_with_rows_is_told_by_who_makes_the_tables(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    drafts = scale.write_rows(tmp_path, 4, links=4, passages=2)
    drafts["links.jsonl"].write_bytes(b"".join(reversed(drafts["links.jsonl"].read_bytes().splitlines(True))))
    with (
        spawning.beside(True, WRITE, closing.TABLES, Rows(drafts), tmp_path, program) as made,
        pytest.raises(UsageError, match=r"links\.jsonl: not in the order"),
    ):
        made()


@pytest.mark.parametrize("name", ["documents.jsonl", "passages.jsonl", "links.jsonl"])
def test_rows_out_of_order_leave_the_last_output_whole(name: str, old: Path, program: Program, tmp_path: Path):
    out = tmp_path / "out"
    shutil.copytree(old, out)
    drafts = scale.write_rows(out, 4, links=4, passages=2)
    lines = drafts[name].read_text("utf-8").splitlines(keepends=True)
    drafts[name].write_text("".join(reversed(lines)), "utf-8")
    with pytest.raises(UsageError, match=rf"{name}.*Run evmap map again"):
        close(out, drafts, MANIFEST, program)
    assert broken_seals(out) == [] and contents(out) == contents(old)


def test_each_document_is_covered_once_and_each_unread_input(program: Program, tmp_path: Path):
    drafts = scale.write_rows(tmp_path, 2, links=4, passages=2)
    first, second = (json.loads(line) for line in drafts["ledger.jsonl"].read_text("utf-8").splitlines())
    late = {**second, "status": "timeout", "reason": "slow"}  # read at the second attempt only
    torn = {**first, "document_id": "c" * 64, "status": "corrupt"}
    lost = {**first, "document_id": None, "status": "io_error"}
    entries = [late, first, torn, {**first, "same_as": "x"}, torn, lost, second, lost]
    drafts["ledger.jsonl"].write_text("".join(json.dumps(entry) + "\n" for entry in entries), "utf-8")
    close(tmp_path, drafts, MANIFEST, program)
    with (tmp_path / "coverage.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [(row["document_id"][:1], row["status"]) for row in table[::120]] == [
        (first["document_id"][:1], "ok"), ("c", "corrupt"), ("", "io_error"), (second["document_id"][:1], "ok"),
        ("", "io_error"),
    ]  # fmt: skip
    assert {row["state"] for row in table[120:360]} == {"not_searchable"}


def test_tables_take_no_more_memory_for_more_documents(program: Program, tmp_path: Path):
    peaks = []
    for documents in (50, 50, 300):  # the first warms up
        out = tmp_path / f"{documents} {len(peaks)}"
        rows = Rows(scale.write_rows(out, documents, links=6, passages=3))
        tracemalloc.start()
        with mapping_table(rows, out / "m", program) as map_, coverage_table(rows, out / "c", program) as cover:
            for found in walk(rows):
                map_(found)
                cover(found)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.2 * peaks[1] + 50_000


@given(st.lists(st.integers(1, 40), max_size=30), st.integers(0, 200), st.randoms())
def test_a_shelf_keeps_the_best_in_whatever_order_they_come(sizes: list[int], budget: int, chance: Any):
    things = [Kept((rank,), size, rank) for rank, size in enumerate(sizes)]
    best, room = [], budget
    for thing in things:
        room -= thing.size
        if room < 0:
            break
        best.append(thing.value)
    shelf, mixed = Shelf(budget), [*things]
    chance.shuffle(mixed)
    given_up = [kept.value for thing in mixed for kept in shelf.add(thing)]
    assert shelf.best_first() == best
    assert sorted(given_up + best) == list(range(len(sizes)))
