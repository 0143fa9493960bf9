"""A finished run, or what another desk exported, brought onto a desk: its mappings, and its decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from nlp.errors import StoreError
from nlp.jsonl import line, read_rows
from nlp.review import inbox, log
from nlp.review.codebook import refuse_other
from nlp.review.intake import Intake
from nlp.review.lines import Row, decision_of, link_id, now
from nlp.review.reattach import reattach
from nlp.review.records import Decision, Item
from nlp.seal import MANIFEST, require_finished
from nlp.store.reader import StoreReader
from nlp.store.rows import STORE, Finished, LinkRow, PassageRow
from nlp.store.tables import decisions, readings
from nlp.writers.walk import lean_passage

DECISIONS = "decisions.jsonl"
OF_THE_DESK = ("state", "item_id", "implementer_text", "reason")
Firsts = Mapping[str, Mapping[str, Item]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What came: ids of the reports, how many decisions, and ids of reports whose decisions here were left alone."""

    reports: tuple[str, ...]
    decisions: int = 0
    kept: tuple[str, ...] = ()


def bring_in(desk: Intake, out: Path, who: str) -> Brought:
    """Put the documents of a finished run, or of another desk's export, on a desk, with the decisions of the latter.

    Memory stays that of one document, and of the decisions. Where a report was decided on here already, no decision of
    the other desk is taken over; what was decided here is found again in the text that came (`reattach`).

    Raises:
        UsageError: if `out` is no finished run, or one of another programme. Conflict: if somebody decides meanwhile.
    """
    require_finished(out)
    refuse_other(desk.vault.folder, out)
    manifest = json.loads((out / MANIFEST).read_text("utf-8"))
    came: Mapping[str, Row] = manifest.get("desk", {}).get("reports", {})
    given = [decision_of(row) for row in read_rows(out / DECISIONS)] if (out / DECISIONS).is_file() else []
    key, firsts, entries = _key(out, manifest), _firsts(given), _entries(out)
    ids = []
    for finished in _finished(out, entries, firsts):
        identity = str(finished.document_id)
        about = came.get(identity, {})
        _arrive(desk, identity, entries[identity], about, who)
        inbox.show(desk.vault, identity, finished, about.get("key") or key)
        desk.sheets.forget(identity)
        ids.append(identity)
    count, kept = _take_over(desk, given, set(ids), manifest)
    return Brought(tuple(ids), count, kept)


def _entries(out: Path) -> dict[str, Row]:
    """First ledger row of each document that was read."""
    rows: dict[str, Row] = {}
    for row in read_rows(out / "ledger.jsonl"):
        if row["document_id"]:
            rows.setdefault(row["document_id"], row)
    return rows


def _finished(out: Path, entries: Mapping[str, Row], firsts: Firsts) -> Iterator[Finished]:
    """Documents of an output folder as they are stored, in its order."""
    passages = groupby(_named(out / "passages.jsonl"), key=lambda pair: pair[0])
    links = groupby(read_rows(out / "links.jsonl"), key=lambda row: row["document_id"])
    waiting: list[Any] = [next(passages, None), next(links, None)]
    for document in read_rows(out / "documents.jsonl"):
        identity = document["document_id"]
        rows: list[tuple[str, Row, str]] = []
        if waiting[0] and waiting[0][0] == identity:
            rows = list(waiting[0][1])
            waiting[0] = next(passages, None)
        found: list[Row] = []
        if waiting[1] and waiting[1][0] == identity:
            found = list(waiting[1][1])
            waiting[1] = next(links, None)
        suggested = _suggested(found, firsts.get(identity, {}), {row["passage_id"]: row for _, row, _ in rows})
        row = {name: value for name, value in document.items() if name != "inputs"} | {"links": len(suggested)}
        text = (out / "text" / f"{identity}.txt").read_bytes().decode("utf-8")
        entry = entries[identity]
        yield Finished(
            0, entry["input"], entry["status"], entry["reason"], identity, row=line(row), text=text,
            passages=tuple(PassageRow(own["passage_id"], raw) for _, own, raw in rows), links=suggested,
        )  # fmt: skip


def _named(path: Path) -> Iterator[tuple[str, Row, str]]:
    """Document, row without probabilities, and line of each passage."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for raw in lines:
            row = lean_passage(raw)
            yield row["document_id"], row, raw.rstrip("\n")


def _suggested(found: list[Row], firsts: Mapping[str, Item], passages: Mapping[str, Row]) -> tuple[LinkRow, ...]:
    """Links as the machine made them: those of an export go back to what they were before anybody decided."""
    plain = {
        row["link_id"]: {name: value for name, value in row.items() if name not in OF_THE_DESK}
        for row in found if row["link_id"] == link_id(row["passage_id"], row["target"])
    }  # fmt: skip
    begun = ((item, passages.get(item.passage_id or "")) for item in firsts.values())
    made = plain | {item.item_id: _link(item, passage) for item, passage in begun if passage}
    places = {name: number for number, name in enumerate(passages)}
    kept = [row for row in made.values() if row["passage_id"] in places]
    if firsts:
        kept.sort(key=lambda row: (places[row["passage_id"]], _number(row["target"])))
    return tuple(
        LinkRow(row["link_id"], row["target"], row["lane"], row["probability"], line(row)) for row in kept
    )  # fmt: skip


def _number(target: str) -> tuple[bool, int]:
    kind, _, number = target.partition(":")
    return kind == "activity", int(number)


def _firsts(given: list[Decision]) -> dict[str, dict[str, Item]]:
    """The machine's suggestions that were decided on, as they were before, by document and id."""
    found: dict[str, dict[str, Item]] = {}
    for decision in sorted(given, key=lambda one: one.reading):
        item = decision.before
        ours = item and item.version == 0 and item.passage_id and item.item_id == link_id(item.passage_id, item.target)
        if item and ours:
            found.setdefault(item.document_id, {}).setdefault(item.item_id, item)
    return found


def _link(item: Item, passage: Row) -> Row:
    own = ("document_id", "passage_id", "target", "probability", "lane", "quote", "start", "end", "page")
    rest = ("prefix", "suffix", "implementer", "treatment", "why", "model", "program")
    values = {name: getattr(item, name) for name in (*own, *rest)}
    values["implementer"] = passage["implementer"]
    head = {"link_id": item.item_id, **{name: values[name] for name in own}, "bbox": passage["bbox"]}
    return head | {name: values[name] for name in rest}


def _key(out: Path, manifest: Row) -> str:
    """Key of the run; of one whose store is gone, a digest of what its manifest says of it."""
    if (out / STORE).is_file():
        try:
            with StoreReader.look(out / STORE) as store:
                run = store.last_run()
        except StoreError:  # of another version: the manifest will do
            run = None
        if run:
            return run.key
    decides = {name: manifest.get(name) for name in ("evmap", "encoder", "model", "program", "settings")}
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def _arrive(desk: Intake, document_id: str, entry: Row, about: Row, who: str) -> None:
    """Put a report on the desk, with its file where that is still to be had."""
    path = Path(entry["input"])
    data = path.read_bytes() if path.is_file() else b""
    whole = hashlib.sha256(data).hexdigest() == document_id
    came = inbox.arrival(entry["input"], len(data) if whole else 0, who, False) | {"received": now()}
    came |= {name: about[name] for name in ("name", "received", "received_by", "bytes") if name in about}
    came["double"] = int(about.get("double", False))
    if whole:
        inbox.keep_file(desk.vault.folder, data, came)
    else:
        inbox.keep_about(desk.vault.folder, document_id, came)
    inbox.add(desk.vault, document_id, came)


def _take_over(desk: Intake, given: list[Decision], ids: set[str], manifest: Row) -> tuple[int, tuple[str, ...]]:
    with desk.vault.deciding() as writer:
        decided = {name for (name,) in writer.execute(select(decisions.c.document_id).distinct())} & ids
        fresh = [one for one in given if one.document_id in ids - decided]
        count = log.copy(writer, fresh)
        _readings(writer, manifest.get("desk", {}).get("readings", []), ids - decided)
    for document_id in sorted(decided):  # decided here, perhaps on an older text than the one that came
        reattach(desk.vault, desk.sheets, document_id)
    return count, tuple(sorted(decided & {one.document_id for one in given}))


def _readings(writer: Connection, rows: list[Row], ids: set[str]) -> None:
    known = {tuple(row) for row in writer.execute(select(readings.c.document_id, readings.c.reading))}
    fresh = [row for row in rows if row["document_id"] in ids and (row["document_id"], row["reading"]) not in known]
    if fresh:
        writer.execute(insert(readings), fresh)
