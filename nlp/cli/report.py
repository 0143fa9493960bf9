"""evmap report: the cover of a report, the profile of an implementer or country, the brief of a corpus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from nlp.cli.options import Run
from nlp.errors import UsageError


def report_command(
    out: Run,
    kind: Annotated[
        Literal["cover", "profile", "brief"] | None,
        typer.Option(
            help="By default what is named: a document's cover, a body's or country's profile; else the brief."
        ),
    ] = None,
    document: Annotated[
        str | None, typer.Option("--document", "-d", help="Words of its file name, title, symbol or id.")
    ] = None,
    implementer: Annotated[
        str | None, typer.Option("--implementer", "-i", help="Id, acronym or words of the name.")
    ] = None,
    country: Annotated[str | None, typer.Option("--country", "-c", help="As reports write it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also claims that are still to be reviewed.")] = False,
    form: Annotated[
        Literal["html", "docx", "pdf"] | None, typer.Option("--format", "-f", help="By default as the file is called.")
    ] = None,
    language: Annotated[Literal["en", "es", "pt", "fr"], typer.Option("--language", "-l", help="Of its words.")] = "en",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    base: Annotated[
        str, typer.Option(help="Address of report.html that links lead to; by default the run's own.")
    ] = "",
) -> None:
    """Write a report to hand on, each claim with its quote, page and a link to its context.

    Examples:

        evmap report out --document annual-report -o cover.pdf

        evmap report out --implementer cim --language es -o perfil.docx

        evmap report out --kind brief -o brief.html
    """
    from nlp.copies.cover import corpus as runs
    from nlp.copies.cover.making import written
    from nlp.program import recorded_program

    kind = kind or ("cover" if document else "profile" if implementer or country else "brief")
    if kind == "profile" and not (implementer or country):
        raise UsageError(kind, "of whom?", "Name an --implementer or a --country")
    format_ = form or _form(output)
    target = output or Path(f"{kind}.{format_}")
    program = recorded_program(out)
    corpus = runs.Corpus.load(out, program, language, everything)
    corpus = corpus.linked(base or _beside(out / runs.REPORT, target))
    if kind == "cover":
        paper = runs.cover_of(corpus, document, program, language)
    elif kind == "brief":
        paper = runs.brief_of(corpus, out.resolve().name, program, language)
    elif implementer:
        paper = runs.implementer_of(corpus, implementer, program, language)
    else:
        paper = runs.country_of(corpus, country or "", program, language)
    _write(target, written(paper, format_))
    print(target)


def _write(target: Path, data: bytes) -> None:
    try:
        target.write_bytes(data)
    except OSError as error:
        raise UsageError(target, f"cannot be written: {error.strerror}", "Name another file with -o") from error


def _form(output: Path | None) -> str:
    return output.suffix.lower().lstrip(".") if output and output.suffix else "html"


def _beside(page: Path, target: Path) -> str:
    """Path of the run's page as seen from where the report is written, as links write it."""
    from urllib.parse import quote

    try:
        return quote(Path(os.path.relpath(page.resolve(), target.resolve().parent)).as_posix())
    except ValueError:  # another drive
        return page.resolve().as_uri()
