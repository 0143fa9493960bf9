"""Desks for tests: made-up reports on a real database, on SQLite or on a PostgreSQL of the tests' own."""

from nlp.bench.made import KEY, made_report
from nlp.program import load_program
from nlp.review.desk import Desk
from nlp.review.records import FINAL, SECOND, Ask, Item, Reader
from nlp.review.standing import Items

PROGRAM = load_program()
ONE, TWO, JUDGE = Reader("officer-1"), Reader("officer-2", reading=SECOND), Reader("judge-1", "adjudicator", FINAL)


def fill(desk: Desk, reports: int = 1, passages: int = 12) -> list[str]:
    """Put made-up reports on a desk, mapped; return their ids."""
    ids = []
    for number in range(reports):
        data, finished = made_report(number, passages, PROGRAM)
        report = desk.receive(f"report-{number}.txt", data, "intake")
        assert desk.next_waiting() is not None
        ids.append(desk.mapped(report.document_id, finished, KEY).document_id)
    return ids


def items_of(desk: Desk, document_id: str, reader: Reader = ONE) -> Items:
    return {item.item_id: item for item in desk.contents(document_id, reader).items}


def ask(item: Item, action: str = "confirm", **more: object) -> Ask:
    return Ask(item.item_id, action, item.version, **more)  # type: ignore[arg-type]


def broken_promises(desk: Desk, document_id: str, reader: Reader = ONE) -> list[str]:
    """What is wrong with the items of a reading: quotes, and activities without their objectives."""
    contents = desk.contents(document_id, reader)
    wrong = [i.item_id for i in contents.items if contents.text[i.start : i.end] != i.quote]
    for item in contents.items:
        parents = PROGRAM.parents(item.target)
        if not parents or item.state == "rejected":
            continue
        beside = [i for i in contents.items if i.passage_id == item.passage_id and i.target in parents]
        held = any(i.state in ("confirmed", "corrected") for i in beside)
        if not any(i.state != "rejected" for i in beside) or (item.state in ("confirmed", "corrected") and not held):
            wrong.append(f"{item.target} stands alone in {item.passage_id}")
    return wrong
