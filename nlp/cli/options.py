"""Arguments and options that several commands take, each with its one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

Language = Literal["en", "es", "pt", "fr"]  # as nlp.program has them, which no help text shall wait for
LANGUAGES: tuple[Language, ...] = get_args(Language)
TRAINING, FOREIGN = Path("annotations/training"), Path("annotations/foreign")

Inputs = Annotated[list[str], typer.Argument(help="Files, folders, or - for paths on standard input.")]
Mapped = Annotated[Path, typer.Argument(help="Output folder of evmap map.")]
Run = Annotated[Path, typer.Argument(help="Output folder of evmap map, or of evmap desk export.")]
DeskFolder = Annotated[Path, typer.Argument(help="Folder of the desk.", metavar="DESK")]
TrainedOn = Annotated[Path, typer.Option(help="Annotations of the programme that the model was trained for.")]
Documents = Annotated[Path | None, typer.Option(help="Folder of the annotated documents.")]
ModelFolder = Annotated[Path, typer.Argument(help="Model folder, or the name of a shipped one.")]
AnnotationFolder = Annotated[Path, typer.Argument(help="Folder with documents.jsonl, passages.jsonl and labels.jsonl.")]

OutFolder = Annotated[Path, typer.Option("--out", "-o", help="Output folder.")]
ScoresFolder = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder for scores.json, labels.csv, plots.html.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]

Encoder = Annotated[str | None, typer.Option(help="e5 (most accurate) or use (fast, no torch).")]
EncoderRow = Annotated[str | None, typer.Option(help="Row of the encoder table.")]
GivenEncoderRow = Annotated[str, typer.Option(help="Row of the encoder table.")]
OwnModel = Annotated[str | None, typer.Option(help="Folder of a model of your own.")]
VectorFile = Annotated[Path | None, typer.Option(help="File that keeps vectors between trainings.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes that map; 0: one a core.")]
KeepContacts = Annotated[
    bool, typer.Option("--keep-contacts", help="Do not mask e-mail addresses, phone and account numbers.")
]
RunProgram = Annotated[
    str | None, typer.Option(help="Programme of the run: its folder or name; by default the one the run names.")
]

NewDesk = Annotated[Path, typer.Option("--desk", help="Folder of the desk, made if missing.")]
DeskStore = Annotated[
    str, typer.Option(help="URL of the PostgreSQL database that takes the place of DESK/desk.sqlite.")
]
GoldDocuments = Annotated[Path | None, typer.Option(help="Folder of the documents that standoff gold annotates.")]
Authors = Annotated[list[str] | None, typer.Option("--author", help="Only documents of this author; may be repeated.")]
ToolUser = Annotated[str | None, typer.Option(help="Only what this user of the tool labelled.")]
