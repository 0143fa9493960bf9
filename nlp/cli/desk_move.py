"""evmap desk attach, migrate: decisions that go along with a new reading or a changed codebook."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlp.cli.options import AsJson, DeskFolder, DeskStore
from nlp.cli.speak import notice, plain, print_json, print_table

if TYPE_CHECKING:
    from nlp.review.attach import Attached

Plan = Annotated[bool, typer.Option("--plan", help="Only say what would come of it.")]
QUOTE = 60


def attach_command(desk: DeskFolder, store: DeskStore = "", plan: Plan = False, as_json: AsJson = False) -> None:
    """Find every decided item in the text of its report as it stands now: exact, moved, or orphaned.

    The desk does so by itself whenever a report is mapped again; this repeats it and lists what needs an eye. Orphans
    keep what was decided, with the quote as it was; give them a span on the desk, or reject them. "places" are those
    where their words stand now and that the text around them did not tell apart.

    Example:

        evmap desk attach desk
    """
    from nlp.review.desk import Desk
    from nlp.review.reattach import reattach

    with Desk.look(desk, store) if plan else Desk.open(desk, store) as opened:
        found = {
            report.name: reattach(opened.vault, opened.sheets, report.document_id, write=not plan)
            for report in opened.reports()
            if report.key
        }
    done = [(name, one) for name, several in found.items() for one in several]
    counts = Counter(one.place for _, one in done)
    rows = [_row(name, one) for name, one in done if one.place != "exact" or one.note]
    if as_json:
        return print_json({**{place: counts[place] for place in ("exact", "moved", "orphaned")}, "rows": rows})
    print(f"{len(done)} decided items: {counts['exact']} exact, {counts['moved']} moved, {counts['orphaned']} orphaned")
    if rows:
        headings = ("report", "item", "target", "state", "place", "quote", "why", "places")
        short = [{**row, "report": plain(row["report"]), "quote": plain(row["quote"])[:QUOTE]} for row in rows]
        print_table(headings, [tuple(row[name] for name in headings) for row in short])
    return None


def _row(name: str, one: Attached) -> dict[str, Any]:
    item = one.item
    places = " ".join(f"{span.start}-{span.end}" for span in one.candidates)
    return {
        "report": name, "document_id": item.document_id, "item": item.item_id, "reading": item.reading,
        "target": item.target, "state": item.state, "place": one.place, "start": item.start, "end": item.end,
        "quote": item.quote, "why": one.note, "places": places,
    }  # fmt: skip


def migrate_command(
    desk: DeskFolder,
    crosswalk: Annotated[Path, typer.Option(help="YAML file: from, to, and a step for each target that changed.")],
    who: Annotated[str, typer.Option(help="Code of the adjudicator who migrates; never a name.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write what must be read again (.csv or .json).")
    ] = None,
    changed: Annotated[
        str | None, typer.Option("--program", help="The changed codebook: its folder; by default the one the desk has.")
    ] = None,
    store: DeskStore = "",
    plan: Plan = False,
    as_json: AsJson = False,
) -> None:
    """Take decisions along to a changed codebook, and list what must be read again: split and reworded labels.

    A step has a kind (same, split, merged, reworded, dropped) and the targets that it leads to:

        activity:13: {kind: split, to: [activity:13, activity:43]}

    Decisions become new rows of the log, one batch: an adjudicator can undo it by evmap desk undo.

    Example:

        evmap desk migrate desk --crosswalk 2026.yaml --program new-codebook --who judge-1 -o again.csv
    """
    from nlp.program import load_program
    from nlp.review.codebook import own_program
    from nlp.review.crosswalk import load_crosswalk
    from nlp.review.desk import Desk
    from nlp.review.migrate import migrate_desk, rereads
    from nlp.review.records import FINAL, Reader

    program = load_program(changed) if changed else own_program(desk)
    steps = load_crosswalk(crosswalk, program)
    with Desk.look(desk, store, program) if plan else Desk.open(desk, store, program) as opened:
        batch, done = migrate_desk(opened, steps, Reader(who, "adjudicator", FINAL), write=not plan)
        again = [asdict(row) for row in rereads(opened, done)]
    if out:
        _write(out, again)
    kinds = Counter(one.kind for one in done)
    if as_json:
        return print_json({"batch": batch, "migrated": len(done), "kinds": dict(kinds), "reread": again})
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{len(done)} decisions{f': {told}' if told else ''}; {len(again)} must be read again")
    if batch:
        print(f"To take it back: evmap desk undo {plain(str(desk))} --batch {batch} --who {plain(who)}")
    return None


def undo_command(
    desk: DeskFolder,
    batch: Annotated[str, typer.Option(help="Id of the batch, as the log names it.")],
    who: Annotated[str, typer.Option(help="Code of the adjudicator who takes it back; never a name.")],
    store: DeskStore = "",
) -> None:
    """Take a batch of decisions back, as new rows of the log.

    Example:

        evmap desk undo desk --batch 3f2a --who judge-1
    """
    from nlp.review.desk import Desk
    from nlp.review.records import FINAL, Reader

    with Desk.open(desk, store) as opened:
        done = opened.undo(Reader(who, "adjudicator", FINAL), batch)
    print(f"{len(done.items)} items are as they were before")


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV or JSON, by the file's name."""
    from nlp.cells import write_rows
    from nlp.review.migrate import COLUMNS

    if path.suffix.lower() == ".json":
        path.write_text(json.dumps(list(rows), indent=1, ensure_ascii=False) + "\n", "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            write_rows(file, [COLUMNS, *([row[name] for name in COLUMNS] for row in rows)])
    notice(f"{path}: {len(rows)} rows")
