"""A desk as a folder: exported to the contract, brought in again, checked, made again from its journal."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from desks import JUDGE, ONE, PROGRAM, TWO, ask, fill, items_of
from typer.testing import CliRunner

from nlp.bench.made import KEY, made_report
from nlp.cli import app
from nlp.contract import check_output, load_output
from nlp.errors import EvmapError, StoreError, UsageError
from nlp.jsonl import read_rows
from nlp.review.bringing import bring_in
from nlp.review.checking import check_desk
from nlp.review.desk import Desk
from nlp.review.exporting import export_desk
from nlp.review.records import Ask, Reader
from nlp.review.restoring import restore
from nlp.run import Order, run
from nlp.settings import Settings

SAME = ("documents.jsonl", "passages.jsonl", "links.jsonl", "mapping.csv", "coverage.csv", "decisions.jsonl")


def worked(desk: Desk) -> list[str]:
    """A desk on which everything happened: all actions, hand-added, across passages, undone, a second reading."""
    ids = fill(desk, reports=3, passages=40)
    contents = desk.contents(ids[0], ONE)
    found = [item for item in contents.items if item.target.startswith("objective")]
    for item, action in zip(found, ("confirm", "reject", "unsure", "postpone", "reopen", "reject"), strict=False):
        desk.decide(ids[0], [ask(item, action, reason=f"so to {action}")], ONE)
    desk.undo(ONE)
    last = [item for item in items_of(desk, ids[0]).values() if item.version == 0][-1]
    desk.decide(ids[0], [ask(last, "correct", end=last.end - 5, implementer="A body nobody knows")], ONE)
    first, second = contents.passages[1], contents.passages[2]
    add = Ask("", "add", target="activity:7", start=first["start"] + 3, end=second["end"] - 3)
    desk.decide(ids[0], [add], ONE)
    desk.decide(ids[0], [replace(add, target="activity:9", end=first["end"])], ONE)
    desk.undo(ONE)
    desk.open_second(ids[1], TWO)
    for item in desk.contents(ids[1], TWO).items[:4]:
        if items_of(desk, ids[1], TWO)[item.item_id].version == 0:
            desk.decide(ids[1], [ask(item, "confirm")], TWO)
    desk.close_reading(ids[1], TWO)
    (pair, *_) = desk.disagreements(ids[1])
    assert pair[1] is not None
    desk.decide(ids[1], [ask(items_of(desk, ids[1], JUDGE)[pair[1].item_id])], JUDGE)
    return ids


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_keeps_the_contract_and_comes_back_the_same(desk: Desk, tmp_path: Path):
    ids = worked(desk)
    failed = desk.receive("torn.pdf", b"%PDF torn", "intake")
    desk.next_waiting()
    desk.failed(failed.document_id, "corrupt", "The file is damaged. Ask for it again")
    desk.receive("late.txt", b"still to be mapped", "intake")
    out = tmp_path / "out"
    manifest = export_desk(desk, out)
    assert manifest["desk"]["left_out"] == 1 and manifest["counts"]["statuses"] == {"corrupt": 1, "ok": 3}
    assert not {key: found for key, found in check_output(load_output(out), PROGRAM).items() if found}
    links = {row["item_id"]: row for row in read_rows(out / "links.jsonl")}
    settled = {item.item_id: item for one in ids for item in desk.settled(one)}
    assert {name: row["state"] for name, row in links.items()} == {
        name: item.state for name, item in settled.items() if item.state != "rejected"
    }
    wide = [row for row in read_rows(out / "links.jsonl") if row["target"] == "activity:7"]
    assert len(wide) == 2 and {row["item_id"] for row in wide} == {wide[0]["item_id"]}
    assert {row["probability"] for row in wide} == {0.01} and wide[0]["why"]["sentences"] == []
    unknown = next(row for row in rows_of(out / "mapping.csv") if row["implementer"] == "A body nobody knows")
    assert unknown["lane"] == "confirmed"
    coverage = rows_of(out / "coverage.csv")
    assert {"confirmed", "suggested", "review", "searched_none", "not_searchable"} == {row["state"] for row in coverage}
    page = (out / "report.html").read_text("utf-8")
    held = [row for row in read_rows(out / "links.jsonl") if row["state"] in ("confirmed", "corrected")]
    assert page.count('"confirmed":true') == len(held) > 5
    ours = desk.coverage()
    assert [row["state"] for row in coverage] == [row["state"] for row in ours if row["input"] != "late.txt"]
    assert [row["best_quote"] for row in rows_of(out / "mapping.csv")] == [row["best_quote"] for row in desk.mapping()]
    with Desk.open(tmp_path / "other", program=PROGRAM) as other:
        brought = bring_in(other, out, "import")
        assert brought.reports == tuple(ids) and brought.decisions == len(desk.log()) and not brought.kept
        assert [other.settled(one) for one in ids] == [desk.settled(one) for one in ids]
        assert [other.readings(one) for one in ids] == [desk.readings(one) for one in ids]
        assert [other.disagreements(one) for one in ids] == [desk.disagreements(one) for one in ids]
        export_desk(other, tmp_path / "again")
        assert not any(check_desk(other).values())
        assert {*bring_in(other, out, "import").kept} == {ids[0], ids[1]} and other.log() == desk.log()
        other.undo(ONE)
    kept = {
        name: [r for r in (out / name).read_text("utf-8").splitlines() if failed.document_id not in r] for name in SAME
    }
    assert kept == {name: (tmp_path / "again" / name).read_text("utf-8").splitlines() for name in SAME}
    with pytest.raises(UsageError, match="is a desk"):
        export_desk(desk, tmp_path / "desk")


def test_a_run_is_brought_in_with_its_files(
    desk: Desk, tmp_path: Path, tiny_settings: Settings, annotated_texts: list[str]
):
    path = tmp_path / "report.txt"
    path.write_text("\n\n".join(["# Report of the IOM on its work", *annotated_texts[:12]]), "utf-8")
    run([path], tmp_path / "out", Order(tiny_settings, workers=1))
    (report,) = desk.bring_in(tmp_path / "out")
    assert report.state == "ready" and desk.file(report.document_id).read_bytes() == path.read_bytes()
    contents = desk.contents(report.document_id, ONE)
    links = [*read_rows(tmp_path / "out" / "links.jsonl")]
    assert len(contents.items) == len(links) == report.counts["suggested"] > 0
    assert {(i.item_id, i.quote, i.probability) for i in contents.items} == {
        (row["link_id"], row["quote"], row["probability"]) for row in links
    }
    assert contents.items[0].why == next(r for r in links if r["link_id"] == contents.items[0].item_id)["why"]
    for item in contents.items[:3]:
        item = items_of(desk, report.document_id)[item.item_id]
        desk.decide(report.document_id, [ask(item)], ONE)
    export_desk(desk, tmp_path / "reviewed")
    assert not any(check_output(load_output(tmp_path / "reviewed"), PROGRAM).values())
    (tmp_path / "out" / "links.jsonl").write_text("", "utf-8")
    with pytest.raises(UsageError, match="not a finished run"):
        desk.bring_in(tmp_path / "out")


def test_a_lost_desk_is_made_again_from_its_journal(tmp_path: Path):
    folder = tmp_path / "desk"
    with Desk.open(folder, program=PROGRAM) as desk:
        ids = worked(desk)
        before, settled = desk.log(), [desk.settled(one) for one in ids]
        assert [*read_rows(folder / "decisions.jsonl")][-1]["decision_id"] == before[-1].decision_id
    (folder / "desk.sqlite").write_bytes(b"\0" * 4096)
    torn, lost = folder / "desk.sqlite", (folder / "desk.sqlite").read_bytes()
    torn.unlink()
    with pytest.raises(EvmapError, match="restore"):
        Desk.look(folder, program=PROGRAM)
    torn.write_bytes(lost)
    with (folder / "decisions.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"decision_id": 99, "torn')
    with pytest.raises(EvmapError, match="restore"):
        Desk.open(folder, program=PROGRAM)
    restored = restore(folder)
    assert (restored.reports, restored.lost, restored.decisions) == (3, 0, len(before))
    assert restored.aside is not None and restored.aside.read_bytes() == b"\0" * 4096
    with Desk.open(folder, program=PROGRAM) as desk:
        assert desk.log() == before and {report.state for report in desk.reports()} == {"waiting"}
        for number in range(3):
            claimed = desk.next_waiting()
            assert claimed is not None
            names = {made_report(n, 40, PROGRAM)[1].document_id: made_report(n, 40, PROGRAM)[1] for n in range(3)}
            desk.mapped(claimed.document_id, names[claimed.document_id], KEY)
            assert number < 3
        assert [desk.settled(one) for one in ids] == settled
        assert not any(check_desk(desk).values())
    assert (folder / "decisions.jsonl").is_file()


@pytest.mark.parametrize("harm", ["item", "gap", "quote", "journal", "file"])
def test_a_check_finds_what_is_wrong(harm: str, tmp_path: Path):
    import sqlite3

    folder = tmp_path / "desk"
    with Desk.open(folder, program=PROGRAM) as desk:
        ids = worked(desk)
        assert not any(check_desk(desk).values())
    with sqlite3.connect(folder / "desk.sqlite") as database:
        row = "(SELECT max(decision_id) FROM decisions WHERE action = 'confirm')"
        if harm == "item":
            database.execute("UPDATE items SET row = replace(row, 'confirmed', 'rejected') WHERE state = 'confirmed'")
        elif harm == "gap":
            database.execute(f"UPDATE decisions SET version = 7 WHERE decision_id = {row}")
        elif harm == "quote":
            database.execute("""UPDATE decisions SET row = replace(row, '"start": ', '"start": 1')""")
    if harm == "journal":
        path = folder / "decisions.jsonl"
        path.write_text(path.read_text("utf-8").replace("so to reject", "so to accept"), "utf-8")
    if harm == "file":
        (folder / "files" / ids[0]).write_bytes(b"another report")
    result = CliRunner().invoke(app, ["desk", "check", str(folder), "--json"])
    assert result.exit_code == 3 and any(json.loads(result.stdout).values())


def test_the_commands_on_a_desk(desk: Desk, tmp_path: Path):
    worked(desk)
    folder, out = str(tmp_path / "desk"), str(tmp_path / "out")
    calls = (
        ["check", folder],
        ["list", folder],
        ["export", folder, "-o", out],
        ["export", folder, "-o", out, "--json"],
    )
    for call in calls:  # also while the desk is held
        assert CliRunner().invoke(app, ["desk", *call]).exit_code == 0, call
    assert CliRunner().invoke(app, ["check", out]).exit_code == 0
    result = CliRunner().invoke(app, ["desk", "import", out, "--desk", str(tmp_path / "new"), "--json"])
    assert len(json.loads(result.stdout)["reports"]) == 3
    with pytest.raises(StoreError, match="another process"):
        restore(tmp_path / "desk")
    with pytest.raises(StoreError, match="no desk"):
        Desk.look(tmp_path / "nowhere")


KILLED = """
import sys
from pathlib import Path
from desks import ONE, PROGRAM, ask
from nlp.review.desk import Desk
with Desk.open(Path(sys.argv[1]), program=PROGRAM) as desk:
    (document_id,) = [report.document_id for report in desk.reports()]
    while True:
        item = desk.contents(document_id, ONE).items[0]
        done = desk.decide(document_id, [ask(item, "unsure" if item.state != "unsure" else "reopen")], ONE)
        print(done.decisions[-1].decision_id, flush=True)
"""


def test_what_was_answered_outlives_a_kill(tmp_path: Path):
    folder = tmp_path / "desk"
    with Desk.open(folder, program=PROGRAM) as desk:
        fill(desk)
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)])}
    command = [sys.executable, "-c", KILLED, str(folder)]
    last = 0
    for count in (1, 23, 60):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            answered = [int(process.stdout.readline()) for _ in range(count)]
            process.send_signal(signal.SIGKILL)
            answered += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        with Desk.open(folder, program=PROGRAM) as desk:
            numbers = [one.decision_id for one in desk.log()]
            assert set(answered) <= set(numbers) and len(numbers) - last - len(answered) in (0, 1)
            assert not any(check_desk(desk).values())
            last = len(numbers)


def test_an_older_copy_of_the_database_is_noticed(tmp_path: Path):
    folder = tmp_path / "desk"
    with Desk.open(folder, program=PROGRAM) as desk:
        (document_id,) = fill(desk)
    shutil.copy(folder / "desk.sqlite", tmp_path / "copy")
    with Desk.open(folder, program=PROGRAM) as desk:
        desk.decide(document_id, [ask(desk.contents(document_id, ONE).items[0])], Reader("officer-4"))
    shutil.copy(tmp_path / "copy", folder / "desk.sqlite")
    with pytest.raises(StoreError, match="has decisions up to number"):
        Desk.open(folder, program=PROGRAM)
