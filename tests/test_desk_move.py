"""evmap desk attach, migrate, undo: what they print, write and refuse."""

import json
from pathlib import Path

import yaml
from desks import ONE, PROGRAM, ask, fill, items_of
from typer.testing import CliRunner

from nlp.bench.made import made_report
from nlp.cli import app
from nlp.review.desk import Desk
from nlp.review.records import Item
from tests.test_reattach import PASSAGES, reread

RUN = CliRunner()


def desk_with_decisions(folder: Path, count: int = 3) -> tuple[str, list[Item]]:
    with Desk.open(folder, program=PROGRAM) as desk:
        (document_id,) = fill(desk)
        chosen = [i for i in items_of(desk, document_id).values() if i.target.startswith("objective")][:count]
        for one in chosen:
            desk.decide(document_id, [ask(one)], ONE)
    return document_id, chosen


def test_attach_lists_what_moved_and_what_is_lost(tmp_path: Path):
    document_id, chosen = desk_with_decisions(tmp_path / "desk")
    done = RUN.invoke(app, ["desk", "attach", str(tmp_path / "desk")])
    assert done.exit_code == 0 and "3 decided items: 3 exact, 0 moved, 0 orphaned" in done.stdout
    with Desk.open(tmp_path / "desk", program=PROGRAM) as desk:
        desk.mapped(document_id, reread(made_report(0, PASSAGES, PROGRAM)[1], str(chosen[1].passage_id)), "again")
    done = RUN.invoke(app, ["desk", "attach", str(tmp_path / "desk"), "--plan", "--json"])
    told = json.loads(done.stdout)
    lost = {i.item_id: i.quote for i in chosen if i.passage_id == chosen[1].passage_id}
    assert (told["exact"], told["moved"], told["orphaned"]) == (0, len(chosen) - len(lost), len(lost))
    assert {row["item"]: row["quote"] for row in told["rows"] if row["place"] == "orphaned"} == lost
    assert {row["why"] for row in told["rows"] if row["place"] == "orphaned"} == {"its words are not in the new text"}


def test_migrate_writes_what_must_be_read_again_and_undo_takes_it_back(tmp_path: Path):
    _, chosen = desk_with_decisions(tmp_path / "desk")
    steps = {"from": chosen[0].program, "to": PROGRAM.digest,
             "targets": {chosen[0].target: {"kind": "reworded", "to": [chosen[0].target]}}}  # fmt: skip
    (tmp_path / "walk.yaml").write_text(yaml.safe_dump(steps))
    asked = ["desk", "migrate", str(tmp_path / "desk"), "--crosswalk", str(tmp_path / "walk.yaml"), "--who", "judge-1"]
    planned = RUN.invoke(app, [*asked, "--plan", "-o", str(tmp_path / "again.csv")])
    reworded = sum(i.target == chosen[0].target for i in chosen)
    assert (
        planned.exit_code == 0 and f"{reworded} must be read again" in planned.stdout and "undo" not in planned.stdout
    )
    assert len((tmp_path / "again.csv").read_text().splitlines()) == reworded + 1
    done = json.loads(RUN.invoke(app, [*asked, "--json", "-o", str(tmp_path / "again.json")]).stdout)
    assert (
        done["migrated"] == 3
        and len(done["reread"]) == len(json.loads((tmp_path / "again.json").read_text())) == reworded
    )
    again = RUN.invoke(app, ["desk", "undo", str(tmp_path / "desk"), "--batch", done["batch"], "--who", "judge-1"])
    assert "3 items" in again.stdout
    assert RUN.invoke(app, [*asked, "--json"]).exit_code == 0
