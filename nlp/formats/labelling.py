"""Passages of a run for Label Studio, Prodigy and doccano: what the model suggests stands there to be corrected.

Each task carries the run's links of its passage under `evmap`, so that what comes back can be held against them. What
officers decided goes out as an annotation; what nobody decided as a prediction (in doccano, which knows none, as labels
that count only when they come back changed).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from nlp.annotations.exchange import Item, Marks, doccano, label_studio, prodigy
from nlp.formats.making import making
from nlp.formats.source import Source
from nlp.program import Program
from nlp.review.records import HOLDS
from nlp.writers.walk import Found, Row

CARRIED = "evmap"
Task = dict[str, Any]


def write_label_studio(source: Source, path: Path) -> list[Path]:
    """Write tasks as a JSON list, and the labelling interface beside it.

    Raises:
        UsageError: if it cannot be written.
    """
    beside = path.with_suffix(".interface.xml")
    with making(beside) as drawn:
        drawn.write_text(label_studio.interface(source.program), "utf-8")
        _write(source, path, _label_studio, ("[\n", ",\n", "\n]\n"))
    return [path, beside]


def write_prodigy(source: Source, path: Path) -> list[Path]:
    """Write tasks as JSON Lines.

    Raises:
        UsageError: if it cannot be written.
    """
    return _write(source, path, partial(_prodigy, options=prodigy.options(source.program)))


def write_doccano(source: Source, path: Path) -> list[Path]:
    """Write lines of a text classification project.

    Raises:
        UsageError: if it cannot be written.
    """
    return _write(source, path, _doccano)


def _write(
    source: Source,
    path: Path,
    made: Callable[[Item, Task, Marks], Task],
    marks: tuple[str, str, str] = ("", "\n", "\n"),
) -> list[Path]:
    opening, between, closing = marks
    with making(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(opening)
        for number, (item, carried, predicted) in enumerate(_items(source)):
            file.write((between if number else "") + json.dumps(made(item, carried, predicted), ensure_ascii=False))
        file.write(closing)
    return [path]


def _label_studio(item: Item, carried: Task, predicted: Marks) -> Task:
    task = label_studio.task(item)
    task["data"][CARRIED] = {**carried, "shown": [*item.marks.tags(), *predicted.tags()]}
    guess = {
        "model_version": carried["model"][:16],
        "score": carried["score"],
        "result": label_studio.result(predicted),
    }
    return {**task, "predictions": [guess]}


def _prodigy(item: Item, carried: Task, predicted: Marks, options: list[dict[str, str]]) -> Task:
    task = prodigy.task(item, options)
    shown = item.marks.tags() or predicted.tags()
    task["meta"][CARRIED] = {**carried, "shown": shown}
    return {**task, "accept": shown}


def _doccano(item: Item, carried: Task, predicted: Marks) -> Task:
    line = doccano.line(item)
    tags = line["label"] or predicted.tags()
    return {**line, "label": tags, CARRIED: {**carried, "tags": tags, "shown": tags}}


def _items(source: Source) -> Iterator[tuple[Item, Task, Marks]]:
    for found in source.found():
        if found.document:
            yield from _of_document(found, source.rows.text(found.document), source)


def _of_document(found: Found, text: str, source: Source) -> Iterator[tuple[Item, Task, Marks]]:
    links: dict[str, list[Row]] = {}
    for link in found.links:
        links.setdefault(link["passage_id"], []).append(link)
    before = ""
    for row in found.passages:
        own = links.get(row["passage_id"], [])
        words = text[row["start"] : row["end"]]
        if own or row["role"] != "heading":
            decided = _decided(row, own, source.program)
            item = _item(row, words, before, found.document or {}, decided)
            tags = decided.tags() if decided.role else None
            yield item, _carried(row, own, tags, source.manifest), _predicted(row, own, source.program)
        before = words


def _item(row: Row, words: str, before: str, document: Row, marks: Marks) -> Item:
    return Item(
        row["passage_id"],
        words,
        marks,
        row["document_id"],
        row["language"] or document["language"] or "",
        tuple(row["section"]),
        row["implementer_text"] or row["implementer"] or "",
        before,
    )


def _carried(row: Row, links: list[Row], tags: list[str] | None, run: Row) -> Task:
    """What a tool keeps for us: where the passage stands, its links, and the tags that go out as somebody's labels."""
    kept = ("link_id", "target", "start", "end", "lane", "treatment")
    return {
        **{name: row[name] for name in ("document_id", "start", "end", "treatment")},
        "links": [
            {**{name: link[name] for name in kept}, "state": state_of(link), "by_hand": not link["model"]}
            for link in links
        ],
        "tags": tags,
        "model": str(run.get("model")),
        "score": max((link["probability"] or 0 for link in links), default=0),
    }


def state_of(link: Row) -> str:
    """State of a link, "suggested" where nobody was asked."""
    return str(link.get("state") or "suggested")


def _decided(row: Row, links: list[Row], program: Program) -> Marks:
    """What officers decided on a passage, no marks where nobody did."""
    if all(state_of(link) == "suggested" for link in links):
        return Marks()
    return _marks(row, [link for link in links if state_of(link) in HOLDS], program)


def _predicted(row: Row, links: list[Row], program: Program) -> Marks:
    return _marks(row, [link for link in links if link["lane"] == "suggested"], program)


def _marks(row: Row, links: list[Row], program: Program) -> Marks:
    """Marks of a passage with the targets of these links."""
    named = {link["target"] for link in links}
    role = "activity" if named else row["role"]
    told = next((link["treatment"] for link in links if link["treatment"]), row["treatment"])
    numbers = {
        kind: [t for t in program.targets if t in named and t.startswith(kind)] for kind in ("objective", "activity")
    }
    objectives, activities = (tuple(int(t.partition(":")[2]) for t in numbers[kind]) for kind in numbers)
    return Marks(role, told if role == "activity" else None, objectives, activities)
