"""evmap desk: what a review desk holds: checked, exported, imported, made again."""

from __future__ import annotations

from dataclasses import asdict

import typer

from nlp.cli import desk_move
from nlp.cli.options import AsJson, DeskFolder, DeskStore, NewDesk, OutFolder, Run
from nlp.cli.speak import plain, print_json, print_table

app = typer.Typer(no_args_is_help=True, help="Check, export, import and restore a review desk.")
SHOWN = 5
app.command("attach")(desk_move.attach_command)
app.command("migrate")(desk_move.migrate_command)
app.command("undo")(desk_move.undo_command)


@app.command("check")
def check_command(desk: DeskFolder, store: DeskStore = "", as_json: AsJson = False) -> None:
    """Check that the log of decisions replays to what the desk shows, and that every quote stands in its text.

    Also while the desk is served. Exit code: 0 when all holds, 3 when something is broken.

    Example:

        evmap desk check desk
    """
    from nlp.review.checking import check_desk
    from nlp.review.desk import Desk

    with Desk.look(desk, store) as opened:
        breaks = check_desk(opened)
    if as_json:
        print_json(breaks)
    else:
        rows = [(len(found), promise, "; ".join(found[:SHOWN])) for promise, found in breaks.items()]
        print_table(("breaks", "promise", "where"), rows)
    raise typer.Exit(3 if any(breaks.values()) else 0)


@app.command("list")
def list_command(desk: DeskFolder, store: DeskStore = "", as_json: AsJson = False) -> None:
    """List the reports of a desk with their state and counts.

    Example:

        evmap desk list desk
    """
    from nlp.review.desk import Desk

    with Desk.look(desk, store) as opened:
        reports = opened.reports()
    if as_json:
        return print_json([asdict(report) for report in reports])
    states = ("suggested", "confirmed", "corrected", "rejected", "unsure", "postponed")
    rows = []
    for report in reports:
        items = ", ".join(f"{report.counts[state]} {state}" for state in states if report.counts.get(state))
        rows.append((plain(report.name), report.state, items or plain(report.reason or "")))
    print_table(("report", "state", "items, or why it was not read"), rows, f"{len(reports)} reports")
    return None


@app.command("export")
def export_command(
    desk: DeskFolder,
    out: OutFolder,
    store: DeskStore = "",
    as_json: AsJson = False,
) -> None:
    """Write a desk as an output folder like that of evmap map: confirmed evidence, what is open, and all decisions.

    Rejected links are left out; decisions.jsonl has the whole log. Also while the desk is served.

    Example:

        evmap desk export desk -o reviewed
    """
    from nlp.review.desk import Desk
    from nlp.review.exporting import export_desk

    with Desk.look(desk, store) as opened:
        manifest = export_desk(opened, out)
    if as_json:
        return print_json(manifest)
    counts, own = manifest["counts"], manifest["desk"]
    print(f"{counts['documents']} documents, {counts['links']} evidence links, {own['decisions']} decisions")
    if own["left_out"]:
        print(f"{own['left_out']} reports are not mapped yet, and left out")
    print(f"Evidence map: {plain(str(out / 'report.html'))}")
    return None


@app.command("import")
def import_command(
    out: Run,
    desk: NewDesk,
    store: DeskStore = "",
    as_json: AsJson = False,
) -> None:
    """Put the reports of a finished run on a desk, or those of another desk with their decisions.

    Example:

        evmap desk import out --desk desk
    """
    from nlp.program import recorded_program
    from nlp.review.bringing import bring_in
    from nlp.review.desk import Desk
    from nlp.seal import require_finished

    require_finished(out)
    with Desk.open(desk, store, recorded_program(out)) as opened:
        brought = bring_in(opened, out, "import")
    if as_json:
        return print_json(asdict(brought))
    print(f"{len(brought.reports)} reports, {brought.decisions} decisions")
    if brought.kept:
        print(f"{len(brought.kept)} of the reports were decided on here already; those decisions were left as they are")
    return None


@app.command("restore")
def restore_command(desk: DeskFolder, as_json: AsJson = False) -> None:
    """Make desk.sqlite again from decisions.jsonl and files/, when it is lost or damaged. Nothing is deleted.

    Reports then wait to be mapped again, and what was decided on them is shown with them.

    Example:

        evmap desk restore desk
    """
    from nlp.review.restoring import restore

    restored = restore(desk)
    if as_json:
        return print_json({**asdict(restored), "aside": restored.aside and str(restored.aside)})
    print(f"{restored.reports} reports, {restored.decisions} decisions")
    if restored.lost:
        print(f"{restored.lost} reports have no file here: run evmap desk import with the folder they came from")
    if restored.aside:
        print(f"The old database is {plain(str(restored.aside))}")
    print("The reports are mapped again by evmap serve")
    return None
