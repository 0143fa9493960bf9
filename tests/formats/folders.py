"""Output folders to export: of a desk with made-up reports on which officers decided at random."""

import csv
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nlp.bench.made import KEY, made_report
from nlp.errors import Conflict, UsageError
from nlp.formats import Options, Source
from nlp.jsonl import line
from nlp.program import load_program
from nlp.review.desk import Desk
from nlp.review.lines import decision_row
from nlp.review.records import FIRST, HOLDS, Ask, Item, Reader
from nlp.seal import seal
from nlp.store.rows import Finished
from nlp.writers.tables import COVERAGE_FIELDS, MAPPING_FIELDS

PROGRAM = load_program()
ONE = Reader("officer-1")
ACTIONS = ("confirm", "reject", "unsure", "postpone", "correct", "add")
Row = dict[str, Any]


def fill(desk: Desk, reports: int = 2, passages: int = 28) -> dict[str, Finished]:
    """Put made-up reports on a desk, mapped; return what mapping made of them, by document."""
    made = {}
    for number in range(reports):
        data, finished = made_report(number, passages, PROGRAM)
        report = desk.receive(finished.input, data, "intake")
        desk.next_waiting()
        desk.mapped(report.document_id, finished, KEY)
        made[report.document_id] = finished
    return made


def decide(desk: Desk, document_id: str, draw: random.Random, count: int = 12) -> None:
    """Decide at random, one item at a time; what the desk refuses is left.

    What was added by hand stays: as somebody's doubt it would be no link that another desk knows.
    """
    for _ in range(count):
        contents = desk.contents(document_id, ONE)
        item = draw.choice(contents.items)
        try:
            desk.decide(document_id, [random_ask(item, contents.passages, draw)], ONE)
        except (UsageError, Conflict):
            continue


def random_ask(item: Item, passages: list[Row], draw: random.Random) -> Ask:
    action = draw.choice(ACTIONS) if item.lane else "correct"
    if action == "add":
        place = draw.choice(passages)
        start = draw.randrange(place["start"], place["end"] - 8)
        end = draw.randint(start + 4, place["end"])
        return Ask(
            "", "add", 0, draw.choice(PROGRAM.targets), start, end, draw.choice(["planned", ""]), "cim", "I saw it"
        )
    more: Row = {}
    if action == "correct":
        more = draw.choice([{"treatment": "planned"}, {"implementer": "iin"}, {"end": item.end - 3}])
    return Ask(item.item_id, action, item.version, reason=draw.choice(["", "so says page 3, «sí»"]), **more)  # type: ignore[arg-type]


def standing(desk: Desk, document_id: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What was decided on a desk, comparable with another; where nothing holds, the span is of no matter."""
    found = [item for item in desk.contents(document_id, ONE).items if item.state != "suggested"]
    return {
        (item.start, item.end, item.target) if item.state in HOLDS else (item.passage_id, item.target): (
            item.state in HOLDS or item.state, item.treatment, item.implementer
        )
        for item in found
        if item.lane or item.state in HOLDS
    }  # fmt: skip


def export_desk(desk: Desk, made: dict[str, Finished], out: Path) -> Path:
    """Write a desk as an output folder of the contract: its reports, links with their state, decisions."""
    (out / "text").mkdir(parents=True)
    rows: dict[str, list[Row]] = {name: [] for name in ("ledger", "documents", "passages", "links")}
    for document_id, finished in made.items():
        document = {"inputs": [f"/home/somebody/in/{finished.input}"], **json.loads(finished.row or "{}")}
        kept = ("media_type", "pages", "characters", "passages", "links", "cells", "losses", "strange")
        entry = {name: document[name] for name in kept} | {"status": "ok", "reason": None, "seconds": 0.1}
        rows["ledger"].append({"input": document["inputs"][0], "document_id": document_id, **entry, "same_as": None})
        rows["documents"].append(document)
        rows["passages"] += [json.loads(passage.row) for passage in finished.passages]
        rows["links"] += [link_of(item) for item in desk.contents(document_id, ONE).items]
        (out / "text" / f"{document_id}.txt").write_bytes((finished.text or "").encode())
    for name, found in rows.items():
        save(out / f"{name}.jsonl", found)
    save(out / "decisions.jsonl", map(decision_row, desk.log(limit=10_000, reading=FIRST)))
    for name, names in {"mapping.csv": MAPPING_FIELDS, "coverage.csv": COVERAGE_FIELDS}.items():
        with (out / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(names)
    files = {path.name: path for path in out.iterdir()}
    run = {"evmap": "0", "model": "m" * 64, "program": PROGRAM.digest, "counts": {}, "files": seal(files)}
    (out / "run.json").write_text(json.dumps(run), "utf-8")
    return out


def link_of(item: Item) -> Row:
    """An item as a row of links.jsonl."""
    names = (
        "document_id", "passage_id", "target", "probability", "lane", "quote", "start", "end", "page", "prefix",
        "suffix", "implementer", "treatment", "why", "model", "program", "state",
    )  # fmt: skip
    return {"link_id": item.item_id, "bbox": None, **{name: getattr(item, name) for name in names}}


def save(path: Path, rows: Iterable[Row]) -> None:
    path.write_text("".join(f"{line(row)}\n" for row in rows), "utf-8")


def source(out: Path, **options: Any) -> Source:
    return Source.open(out, PROGRAM, Options(**options))
