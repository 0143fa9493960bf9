"""Output folders to export: of a desk with made-up reports on which officers decided at random."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nlp.bench.made import KEY, made_report
from nlp.errors import Conflict, UsageError
from nlp.formats import Options, Source
from nlp.program import load_program
from nlp.review.desk import Desk
from nlp.review.exporting import export_desk
from nlp.review.records import HOLDS, Ask, Item, Reader
from nlp.store.rows import Finished

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


@contextmanager
def decided_desk(folder: Path) -> Iterator[tuple[Desk, Path]]:
    """A desk on which one officer decided much, and its export."""
    with Desk.open(folder / "desk", program=PROGRAM) as desk:
        for number, document_id in enumerate(fill(desk)):
            decide(desk, document_id, random.Random(number), 20)
        export_desk(desk, folder / "out")
        yield desk, folder / "out"


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


def source(out: Path, **options: Any) -> Source:
    return Source.open(out, PROGRAM, Options(**options))
