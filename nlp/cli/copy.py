"""evmap copy: a report as it came, with the findings in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from nlp.cli.files import kind_of, put
from nlp.cli.options import Language
from nlp.cli.speak import notice
from nlp.errors import UsageError


def copy_command(
    file: Annotated[Path, typer.Argument(help="The report as it came: the very file that was mapped.")],
    run: Annotated[Path, typer.Option("--run", "-r", help="Output folder of evmap map, or of evmap desk export.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Copy to write: .docx, .pdf or .html. By default beside you.")
    ] = None,
    lane: Annotated[
        Literal["suggested", "review"] | None, typer.Option(help="Of undecided findings, only this lane.")
    ] = None,
    language: Annotated[Language, typer.Option("--language", "-l", help="Of the notes.")] = "en",
) -> None:
    """Write a copy of a report with its findings as comments, highlights or margin notes.

    A Word document gets comments, a PDF highlights with notes, a page or text a page with notes beside it. What could
    not be placed at its words is listed in the copy.

    Examples:

        evmap copy report.docx --run out -o copy.docx

        evmap copy informe.pdf --run out -o copia.pdf --lane suggested --language es
    """
    from nlp.copies import copied, from_links, kind_for
    from nlp.copies.origin import origin
    from nlp.program import recorded_program
    from nlp.review.records import HOLDS

    program, found = recorded_program(run), origin(file, run)
    kind = kind_of(output, kind_for(found.data))
    target = output or Path(f"{file.stem}-evmap.{kind}")
    if target.exists() and target.samefile(file):
        raise UsageError(target, "this is the report itself", "Name another file with -o")
    links = [row for row in found.links if lane in (None, row["lane"]) or row.get("state") in HOLDS]
    findings = from_links(links, program, language)
    made = copied(kind, found.data, file.name, found.text, findings, program, language)
    put(target, made.data)
    counts = made.counts()
    notice(f"{counts['placed']} findings at their words, {counts['near']} near them, {counts['lost']} only in its list")
    print(target)
