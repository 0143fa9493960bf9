"""evmap export, evmap import: a run in open formats, and what people did with it elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from nlp.cli.options import Run, ToolUser
from nlp.cli.speak import notice, print_table
from nlp.errors import UsageError

if TYPE_CHECKING:
    from nlp.formats.claims import Claim, Matched
    from nlp.review.records import Item

NAMES = (
    "web-annotation, skos, csv, parquet, xlsx, sqlite, label-studio, prodigy, doccano, bibtex, csl, ro-crate; "
    "list says what each is."
)
SHOWN = 5
Value = TypeVar("Value")
Form = Annotated[str, typer.Option("--format", "-f", help=NAMES)]


def export_command(
    out: Run,
    form: Form,
    to: Annotated[Path | None, typer.Option("--out", "-o", help="File or folder to make.")] = None,
    base: Annotated[str, typer.Option(help="IRI to put ids behind, for web-annotation and skos.")] = "urn:evmap:",
    lane: Annotated[
        Literal["suggested", "both"], typer.Option(help="Links that go out; what officers decided on always does.")
    ] = "both",
) -> None:
    """Write a run, with what officers decided, in an open format.

    Examples:

        evmap export out --format web-annotation -o links.jsonld

        evmap export out --format sqlite -o run.db && datasette run.db --metadata run.metadata.json

        evmap export out --format list
    """
    from nlp.formats import FORMATS, Options, Source
    from nlp.program import recorded_program

    if form == "list":
        back = {"skos", *(name for name, row in FORMATS.items() if row.read)}
        rows = [
            (name, row.suffix or "a folder", "yes" if name in back else "", row.about) for name, row in FORMATS.items()
        ]
        return print_table(("format", "makes", "comes back", "what it is"), rows)
    if form not in FORMATS:
        raise UsageError(form, "no such format", f"Choose one of: {', '.join(FORMATS)}")
    if to is None:
        raise UsageError("-o", "is missing", f"Name what to make: -o run{FORMATS[form].suffix}")
    lanes = ("suggested", "review") if lane == "both" else ("suggested",)
    source = Source.open(out, recorded_program(out), Options(base, lanes))
    for path in FORMATS[form].write(source, to):
        notice(str(path))
    return None


def import_command(
    file: Annotated[Path, typer.Argument(help="File or folder that came back.")],
    form: Form,
    desk: Annotated[Path | None, typer.Option(help="Desk to decide on.")] = None,
    who: Annotated[str | None, typer.Option(help="With --desk: code of who decided; never a name.")] = None,
    store: Annotated[str, typer.Option(help="With --desk: its database, where that is not in its folder.")] = "",
    run: Annotated[Path | None, typer.Option(help="Without a desk: the run that it is about.")] = None,
    to: Annotated[Path | None, typer.Option("--out", "-o", help="Without a desk: file to write asks to.")] = None,
    by: ToolUser = None,
    unchanged: Annotated[
        bool, typer.Option("--unchanged", help="Labels that come back as they went out are her own (doccano).")
    ] = False,
) -> None:
    """Take in what people decided elsewhere: onto a desk, or as a list of asks; or read a codebook back from SKOS.

    Examples:

        evmap import labelled.json --format label-studio --desk desk --who officer-1

        evmap import links.jsonld --format web-annotation --run out -o asks.jsonl

        evmap import codebook.ttl --format skos -o my-program
    """
    if form == "skos":
        return _codebook(file, _given(to, "-o", "a folder for the codebook: -o my-program"))
    if desk:
        return _onto(desk, store, _given(who, "--who", "a code: --who officer-1"), file, form, by, unchanged)
    contents, named, targets = _of_run(_given(run, "--run", "the run's output folder, or a desk with --desk"))
    to = _given(to, "-o", "a file for the asks: -o asks.jsonl")
    from nlp.formats.claims import match

    claims = _claims(file, form, named, by, unchanged)
    matched = match(claims, contents, targets)
    _say(matched, len(claims))
    _write(to, matched)
    return None


def _given(value: Value | None, option: str, what: str) -> Value:
    if value is None:
        raise UsageError(option, "is missing", f"Name {what}")
    return value


def _onto(desk: Path, store: str, who: str, file: Path, form: str, by: str | None, unchanged: bool) -> None:
    from nlp.formats.applying import apply
    from nlp.formats.source import names_of
    from nlp.program import using
    from nlp.review.desk import Desk

    with Desk.open(desk, store) as opened:
        rows = [{"document_id": report.document_id, "inputs": [report.name]} for report in opened.reports()]
        with using(opened.program):
            claims = _claims(file, form, names_of(rows), by, unchanged)
        applied = apply(opened, claims, who)
    _say(applied.matched, len(claims))
    notice(f"{desk}: {applied.decisions} decisions in {applied.batches} batches, by {who}")


def _codebook(file: Path, folder: Path) -> None:
    from nlp.formats.skos_back import read_program, write_program

    program = read_program(file)
    write_program(program, folder)
    notice(f"{folder}: {len(program.labels)} labels, digest {program.digest}")


def _claims(file: Path, form: str, named: dict[str, str], by: str | None, unchanged: bool) -> list[Claim]:
    from nlp.formats import FORMATS, Back

    readable = {name: row.read for name, row in FORMATS.items() if row.read}
    if form not in readable:
        raise UsageError(form, "cannot be imported", f"What can come back: {', '.join(readable)}, skos")
    claims = [*readable[form](file, Back(named, unchanged))]
    users = {claim.who for claim in claims if claim.state != "suggested"}
    if form in ("label-studio", "prodigy") and by is None and len(users) > 1:
        said = ", ".join(sorted(users))
        raise UsageError(file, f"labelled by several: {said}", "Import one after the other with --by")
    return [claim for claim in claims if by in (None, claim.who)]


def _of_run(run: Path) -> tuple[Any, dict[str, str], Iterable[str]]:
    """What is known of a run: contents of a document, file name -> document, targets."""
    from nlp.formats import Source
    from nlp.formats.claims import items_of
    from nlp.formats.source import names_of
    from nlp.program import recorded_program

    program = recorded_program(run)
    source = Source.open(run, program)
    known = {row["document_id"]: row for row in source.rows.read("documents.jsonl")}
    links: dict[str, list[dict[str, Any]]] = {}
    for link in source.rows.read("links.jsonl"):
        links.setdefault(link["document_id"], []).append(link)

    def contents(document_id: str) -> tuple[str, Sequence[Item]] | None:
        """Text and items of a document of the run, None where it has no such document."""
        row = known.get(document_id)
        return None if row is None else (source.rows.text(row), items_of(links.get(document_id, ())))

    return contents, names_of(known.values()), program.targets


def _say(matched: Matched, count: int) -> None:
    asked = sum(map(len, matched.asks.values()))
    notice(
        f"{count} claims: {asked} ask for a decision, {matched.same} change nothing, "
        f"{len(matched.moved)} found again elsewhere in the text, {len(matched.lost)} left out"
    )
    for claim, reason in matched.lost[:SHOWN]:
        notice(f"left out: {_named(claim)}: {reason}")


def _named(claim: Claim) -> str:
    return f"{claim.document_id[:12]} {claim.target} {claim.quote[:60]!r}"


def _write(path: Path, matched: Matched) -> None:
    from nlp.formats.claims import ask_rows
    from nlp.formats.making import making
    from nlp.jsonl import line

    with making(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line(row)}\n" for row in ask_rows(matched.asks))
    notice(str(path))
