"""evmap extract: what our readers made of one file, for people who must trust or mend it."""

from __future__ import annotations

import functools
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlp.cli.options import KeepContacts
from nlp.cli.speak import notice, plain, print_json
from nlp.errors import UnreadableDocument, UsageError

if TYPE_CHECKING:
    from nlp.readers.worker import Task
    from nlp.records import Block
    from nlp.settings import Settings
    from nlp.structure.segment import Structured
    from nlp.writers.pictures import Picture

PAGES = 60
WIDTH, LEAST = 100, 24  # of a line where there is no terminal; of a text beside what stands before it
NAMES, WIDEST, CELL = 12, 22, 60
STEP = "  "


def extract_command(
    file: Annotated[Path, typer.Argument(help="A document: PDF, Word, RTF, OpenDocument, HTML, text or Markdown.")],
    text: Annotated[bool, typer.Option("--text", help="Only the canonical text, to which all offsets refer.")] = False,
    blocks: Annotated[bool, typer.Option("--blocks", help="The blocks in reading order.")] = False,
    tables: Annotated[bool, typer.Option("--tables", help="Each table as rows and columns.")] = False,
    structure: Annotated[bool, typer.Option("--structure", help="Sections as a tree, with their passages.")] = False,
    keep_contacts: KeepContacts = False,
    full: Annotated[bool, typer.Option("--full", help="Texts whole, not shortened to the terminal's width.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a page: pictures of the pages with the boxes.")] = None,
    pictures: Annotated[int, typer.Option(min=0, help="Pages pictured in the page of --html.")] = PAGES,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show what was read of one file: profile, losses, and every block with its place.

    Columns: number, page, kind (with the level of a heading), marker, cell (table.row.column, counted from 0), who
    acts, text. Contacts are masked as in a mapping; pictures of pages show what is printed on them.

    Examples:

        evmap extract report.pdf

        evmap extract report.pdf --tables --structure --full

        evmap extract report.pdf --html report-as-read.html

        evmap extract report.docx --text > report.txt

    Exit code: 0 read whole; 3 read in part; 2 not readable, or bad usage.
    """
    from nlp.pipeline import read_structured
    from nlp.settings import Settings

    parts = [name for name, wanted in (("blocks", blocks), ("tables", tables), ("structure", structure)) if wanted]
    _refuse(file, html, [text, as_json, bool(parts)])
    settings = Settings.load(keep_contacts=keep_contacts or None)
    structured: Structured = _in_child(read_structured, file, settings)
    partial_because = structured.document.extract.partial
    if html:
        _write_page(structured, file, html, pictures, settings)
        (notice if as_json or text else print)(f"As read: {html}")
    if as_json:
        _print_json(structured)
    elif text:
        sys.stdout.write(structured.document.text + "\n")
        if partial_because:
            notice(f"Read in part: {partial_because}")
    elif parts or not html:
        _print(structured, parts or ["profile", "blocks"], full)
    raise typer.Exit(3 if partial_because else 0)


def _refuse(file: Path, html: Path | None, outputs: list[bool]) -> None:
    if str(file) == "-":
        raise UsageError(file, "standard input is not read here", "Save it to a file and name that")
    if sum(outputs) > 1:
        raise UsageError("--text, --json and parts", "only one of them can be printed", "Run the command once for each")
    if html and html.exists() and file.exists() and html.samefile(file):
        raise UsageError(html, "the page would replace the document itself", "Name another file after --html")


def _pictures(path: Path, settings: Settings, _: Callable[[str], bool], most: int) -> list[Picture]:
    """The task of the child: it does not ask, whoever wants pictures has the document."""
    from nlp.writers.pictures import page_pictures

    return page_pictures(path, settings, most)


def _in_child(task: Task, file: Path, settings: Settings) -> Any:
    """Run a task on the file in a child process: a hostile file ends the child, and is told like any other fault."""
    from nlp.readers.worker import Worker

    worker = Worker(task, settings)
    try:
        return worker.call(file)
    finally:
        worker.stop()


def _write_page(structured: Structured, file: Path, html: Path, most: int, settings: Settings) -> None:
    from nlp.readers.sniffing import PDF
    from nlp.writers.overlay import overlay_page

    pictures = []
    if structured.document.media_type == PDF and most:
        try:
            pictures = _in_child(functools.partial(_pictures, most=most), file, settings)
        except UnreadableDocument as error:
            notice(f"No pictures of its pages: {error.reason}")
    try:
        html.write_text(overlay_page(structured, pictures), "utf-8")
    except OSError as error:
        raise UsageError(html, (error.strerror or str(error)).lower(), "Name another file after --html") from error


def _print_json(structured: Structured) -> None:
    from nlp.writers.extracted import extract_row

    print_json(extract_row(structured))


def _print(structured: Structured, parts: list[str], full: bool) -> None:
    printers = {"profile": _print_profile, "blocks": _print_blocks, "tables": _print_tables, "structure": _print_tree}
    for number, part in enumerate(parts):
        if number:
            print()
        printers[part](structured, full)


def _print_profile(structured: Structured, _: bool) -> None:
    from nlp.writers.overlay import facts

    extract = structured.document.extract
    rows = [*facts(structured), ("partial", extract.partial or "no, read whole")]
    rows += [("lost", f"{loss.count} {loss.what}") for loss in extract.losses] or [("lost", "nothing was reported")]
    for name, value in rows:
        print(f"{name:<{NAMES}}{plain(value)}")


def _print_blocks(structured: Structured, full: bool) -> None:
    passages = {passage.span: passage for passage in structured.passages}
    rows = [("", "page", "kind", "marker", "cell", "implementer", "text")]
    for number, block in enumerate(structured.document.blocks, 1):
        cell, passage = block.cell, passages.get(block.span)
        rows.append((
            str(number),
            str(block.page or ""),
            f"{block.kind.replace('_', ' ')} {block.level or ''}".rstrip(),
            block.marker or "",
            f"{cell.table}.{cell.row}.{cell.column}" if cell else "",
            (passage and (passage.implementer or passage.implementer_text)) or "",
            structured.document.text[block.span.start : block.span.end],
        ))  # fmt: skip
    widths = [min(WIDEST, max(len(row[column]) for row in rows[1:])) for column in range(len(rows[0]) - 1)]
    for row in rows:
        places = [
            (text, max(width, len(title))) for text, title, width in zip(row, rows[0], widths, strict=False) if width
        ]
        _line("  ".join(f"{plain(text)[:width]:<{width}}" for text, width in places), row[-1], full)


def _print_tables(structured: Structured, full: bool) -> None:
    from nlp.cli.speak import print_table

    cells: dict[int, dict[tuple[int, int], list[Block]]] = defaultdict(lambda: defaultdict(list))
    for block in structured.document.blocks:
        if block.cell:
            cells[block.cell.table][block.cell.row, block.cell.column].append(block)
    if not cells:
        print("no table in it")
    for number, table in cells.items():
        rows, columns = (sorted({place[axis] for place in table}) for axis in (0, 1))
        pages = sorted({block.page for own in table.values() for block in own if block.page})
        where = f", p. {pages[0]}" + (f" to {pages[-1]}" if len(pages) > 1 else "") if pages else ""
        grid = [
            [row, *(_cell(structured.document.text, table.get((row, column), []), full) for column in columns)]
            for row in rows
        ]
        title = f"Table {number}{where}: {len(rows)} rows, {len(columns)} columns"
        print_table(["", *map(str, columns)], grid, title)
        print()


def _cell(text: str, blocks: list[Block], full: bool) -> str:
    said = [plain(" ".join(filter(None, (b.marker, text[b.span.start : b.span.end])))) for b in blocks]
    return "\n".join(said if full else [_shorten(one, CELL) for one in said])


def _print_tree(structured: Structured, full: bool) -> None:
    """Print headings as they open, and under each its passages."""
    text = structured.document.text
    above: tuple[str, ...] = ()
    for passage in structured.passages:
        own = text[passage.span.start : passage.span.end]
        section = passage.section
        for depth, title in enumerate(section):
            if section[: depth + 1] != above[: depth + 1]:
                _line(f"{STEP * depth}#", title, full)
        above = section
        indent = STEP * len(section)
        if passage.kind == "heading":
            above = (*section, " ".join(own.split()))
            _line(f"{indent}#", own, full)
            continue
        facts = [passage.number, passage.clause, passage.implementer or passage.implementer_text, passage.language]
        facts += [f"after “{_shorten(plain(passage.lead_in), CELL)}”"] if passage.lead_in else []
        _line(f"{indent}[{', '.join(filter(None, map(plain, filter(None, facts))))}]", own, full)


def _line(head: str, text: str, full: bool) -> None:
    """Print a line: what stands before a text, and of the text as much as fits beside it, or all of it."""
    room = max(LEAST, shutil.get_terminal_size((WIDTH, 24)).columns - len(head) - 2)
    print(f"{head}  {plain(text) if full else _shorten(plain(text), room)}".rstrip())


def _shorten(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
