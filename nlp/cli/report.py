"""evmap report: the cover of a report, the profile of an implementer or country, the brief of a corpus."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nlp.cli.files import kind_of, put
from nlp.cli.options import Language, Run
from nlp.errors import UsageError

if TYPE_CHECKING:
    from nlp.copies.cover.corpus import Corpus
    from nlp.copies.cover.paper import Paper
    from nlp.program import Program


Kind = Annotated[
    Literal["cover", "profile", "brief"] | None,
    typer.Option(help="By default what is named: a document's cover, a body's or country's profile; else the brief."),
]
Document = Annotated[str | None, typer.Option("--document", "-d", help="Words of its file name, title, symbol or id.")]
Implementer = Annotated[str | None, typer.Option("--implementer", "-i", help="Id, acronym or words of the name.")]
Form = Annotated[
    Literal["html", "docx", "pdf"] | None, typer.Option("--format", "-f", help="By default as the file is called.")
]
Base = Annotated[str, typer.Option(help="Address of report.html that links lead to; by default the run's own.")]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: words that name a document or an implementer, and a country; None where not asked."""

    document: str | None
    implementer: str | None
    country: str | None

    def kind(self) -> str:
        """The kind of report that suits what is named."""
        return "cover" if self.document else "profile" if self.implementer or self.country else "brief"


def report_command(
    out: Run,
    kind: Kind = None,
    document: Document = None,
    implementer: Implementer = None,
    country: Annotated[str | None, typer.Option("--country", "-c", help="As reports write it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also claims that are still to be reviewed.")] = False,
    form: Form = None,
    language: Annotated[Language, typer.Option("--language", "-l", help="Of its words.")] = "en",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    base: Base = "",
) -> None:
    """Write a report to hand on, each claim with its quote, page and a link to its context.

    Examples:

        evmap report out --document annual-report -o cover.pdf

        evmap report out --implementer cim --language es -o perfil.docx

        evmap report out --kind brief -o brief.html
    """
    from nlp.copies.cover.corpus import REPORT, Corpus
    from nlp.copies.cover.making import written
    from nlp.program import recorded_program

    subject = Subject(document, implementer, country)
    wanted = kind or subject.kind()
    if wanted == "profile" and not (implementer or country):
        raise UsageError(wanted, "of whom?", "Name an --implementer or a --country")
    format_ = form or kind_of(output, "html")
    target = output or Path(f"{wanted}.{format_}")
    program = recorded_program(out)
    corpus = Corpus.load(out, program, language, everything).linked(base or _beside(out / REPORT, target))
    paper = _paper(wanted, subject, corpus, out.resolve().name, program, language)
    put(target, written(paper, format_))
    print(target)


def _paper(kind: str, subject: Subject, corpus: Corpus, run: str, program: Program, language: str) -> Paper:
    from nlp.copies.cover.corpus import brief_of, country_of, cover_of, implementer_of

    if kind == "cover":
        return cover_of(corpus, subject.document, program, language)
    if kind == "brief":
        return brief_of(corpus, run, program, language)
    if subject.implementer:
        return implementer_of(corpus, subject.implementer, program, language)
    return country_of(corpus, subject.country or "", program, language)


def _beside(page: Path, target: Path) -> str:
    """Path of the run's page as seen from where the report is written, as links write it."""
    from urllib.parse import quote

    try:
        return quote(Path(os.path.relpath(page.resolve(), target.resolve().parent)).as_posix())
    except ValueError:  # another drive
        return page.resolve().as_uri()
