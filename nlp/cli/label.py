"""evmap annotations adjudicate, split, export, import: the work on the labels, after it was counted and compared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nlp.cli.options import TRAINING, AnnotationFolder, Authors, Mapped, ToolUser
from nlp.cli.speak import notice, print_table

if TYPE_CHECKING:
    from nlp.annotations import Annotations, LabelRow

FormatName = Literal["label-studio", "prodigy", "doccano", "csv", "xlsx"]
FormatOption = Annotated[FormatName, typer.Option("--format", "-f", help="Tool or sheet that reads it.")]


def adjudicate_command(
    folder: AnnotationFolder = TRAINING,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Sheet to write (.csv or .xlsx).")] = None,
    apply: Annotated[Path | None, typer.Option(help="Filled sheet to read.")] = None,
    reread: Annotated[
        list[str] | None, typer.Option(help="Also passages with this label (activity:13), agreed or not.")
    ] = None,
    author: Authors = None,
    annotator: Annotated[str | None, typer.Option(help="With --apply: code of who decided; never a name.")] = None,
    guidelines: Annotated[int | None, typer.Option(help="With --apply: version that was followed.", min=1)] = None,
) -> None:
    """Decide where blind readings differ: write them to a sheet, read the filled sheet back.

    A row of the sheet shows the passage, what stands before it, and the readings; role, treatment, objectives,
    activities and a reason are filled in by a third reader. Decisions are appended; the readings stay.

    Example:

        evmap annotations adjudicate --out open.csv
    """
    from nlp.annotations import load_annotations
    from nlp.annotations.counts import disagree
    from nlp.annotations.exchange import Marks, items, write_items
    from nlp.errors import UsageError
    from nlp.program import load_program

    if apply:
        if out or not annotator or not guidelines:
            raise UsageError("--apply", "needs --annotator and --guidelines, and no --out", how_to_apply(folder, apply))
        return _append(folder, apply, _sheet(apply), annotator, "adjudicated", guidelines)
    program, read = load_program(), load_annotations(folder)
    again = known(reread, program.targets, "the codebook")
    keys = _keys(read, author)
    found = [key for key in keys if not read.given(key, "adjudicated") and disagree(read, key)]
    found += [key for key in keys if any(again & {*row.targets()} for row in read.counted(key))]
    found = list(dict.fromkeys(found))
    if not out:
        notice(f"{len(found)} passages to decide; write them to a sheet with --out FILE")
        return None
    if out.exists():
        raise UsageError(out, "is there already", "It may hold decisions: apply or remove it, or name another file")
    write_items(out, _sheet(out), items(read, found, lambda _: Marks(), readings=True), program)
    notice(f"{out}: {len(found)} passages. Fill it in, then: {how_to_apply(folder, out)}")
    return None


def how_to_apply(folder: Path, sheet: Path) -> str:
    """The command that reads a filled sheet back."""
    return f"evmap annotations adjudicate {folder} --annotator CODE --guidelines N --apply {sheet}"


def split_command(
    folder: AnnotationFolder = TRAINING,
    check: Annotated[bool, typer.Option("--check", help="Only hold the file against the documents.")] = False,
) -> None:
    """Part the documents into train, dev and test by author, and keep the parting in splits.jsonl.

    An author keeps the part that she has; new ones go where their languages are lacking. Parallel texts stay together.

    Example:

        evmap annotations split annotations/training
    """
    from nlp.annotations import load_annotations
    from nlp.annotations.splits import FILE, check_splits, count_parts, load_splits, split

    read, path = load_annotations(folder), folder / FILE
    rows = load_splits(path) if check else split(read, load_splits(path))
    check_splits(read, rows, path)
    if not check:
        path.write_text("".join(row.model_dump_json() + "\n" for row in rows), "utf-8")
    counts = count_parts(read, rows)
    languages = sorted({name for table in counts.values() for name in table})
    table = [(part, *(own.get(name, 0) for name in languages), sum(own.values())) for part, own in counts.items()]
    print_table(("passages", *languages, "all"), table, str(path))


def export_command(
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write.")],
    folder: AnnotationFolder = TRAINING,
    form: FormatOption = "csv",
    labels: Annotated[
        Literal["counted", "none"], typer.Option(help="none: to be labelled afresh; counted: with those that hold.")
    ] = "none",
    author: Authors = None,
) -> None:
    """Write passages for Label Studio, Prodigy, doccano or a spreadsheet, with their labels or without.

    Example:

        evmap annotations export --format label-studio --out tasks.json
    """
    from nlp.annotations import load_annotations
    from nlp.annotations.exchange import Marks, items, write_items
    from nlp.program import load_program

    read = load_annotations(folder)
    held = {key: read.counted(key) for key in _keys(read, author)}
    split_votes = [key for key, rows in held.items() if len({Marks.of(row) for row in rows}) > 1]
    marks = {key: Marks.of(rows[0]) for key, rows in held.items() if rows and labels == "counted"}
    written = write_items(out, form, items(read, held, lambda key: marks.get(key, Marks())), load_program())
    notice(f"{', '.join(map(str, written))}: {len(held)} passages")
    if split_votes and labels == "counted":
        notice(f"{len(split_votes)} of them are not adjudicated: the first of their readings was written")


def import_command(
    file: Annotated[Path, typer.Argument(help="What the tool or spreadsheet saved.")],
    annotator: Annotated[str, typer.Option(help="Code of who labelled; never a person's name.")],
    guidelines: Annotated[int, typer.Option(help="Version of the guidelines that were followed.", min=1)],
    folder: AnnotationFolder = TRAINING,
    form: FormatOption = "csv",
    in_round: Annotated[
        Literal["blind", "adjudicated"], typer.Option("--round", help="blind: she saw no earlier labels.")
    ] = "blind",
    by: ToolUser = None,
) -> None:
    """Append labels made elsewhere; each passage is held against the folder, each label against the codebook.

    Example:

        evmap annotations import labelled.json --format label-studio --annotator reader-7 --guidelines 4
    """
    _append(folder, file, form, annotator, in_round, guidelines, by)


def from_run_command(
    run: Mapped,
    folder: Annotated[Path, typer.Argument(help="Folder to make, to label in.")],
) -> None:
    """Make an annotation folder of the documents of a run, to label them with these commands.

    Example:

        evmap annotations from-run out work/official
    """
    from nlp.annotations.standoff import working_copy

    count = working_copy(run, folder)
    notice(f"{folder}: {count} passages; it holds the documents' text. When labelled: evmap annotations to-standoff")


def to_standoff_command(
    folder: Annotated[Path, typer.Argument(help="Folder made by from-run, labelled.")],
    run: Annotated[Path, typer.Option(help="Output folder that it was made of.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")],
) -> None:
    """Write labels of documents that may not be copied: hash, offsets, labels, no text; evmap evaluate reads them.

    Example:

        evmap annotations to-standoff work/official --run out --out annotations/official
    """
    from nlp.agreement import between
    from nlp.annotations import load_annotations
    from nlp.annotations.standoff import to_standoff, write_standoff

    out.mkdir(parents=True, exist_ok=True)
    for gold in to_standoff(load_annotations(folder), run, between):
        notice(f"{write_standoff(out, gold)}: {len(gold.units)} units")


def _append(
    folder: Path,
    file: Path,
    form: str,
    annotator: str,
    in_round: Literal["blind", "adjudicated"],
    guidelines: int,
    by: str | None = None,
) -> None:
    from nlp.annotations import load_annotations
    from nlp.annotations.exchange import read_items, to_labels
    from nlp.annotations.rows import append_labels
    from nlp.errors import AnnotationError
    from nlp.program import load_program

    found = [item for item in read_items(file, form) if by in (None, item.by)]
    users = sorted({item.by for item in found if item.marks.role})
    if len(users) > 1:
        raise AnnotationError(file, f"labelled by several: {', '.join(users)}", "Import one after the other with --by")
    read = load_annotations(folder)
    rows = to_labels(found, read, load_program().targets, annotator, in_round, guidelines)
    if in_round == "blind" and _copied(read, rows):
        raise AnnotationError(file, "every label is one that holds already", "A blind reader must not get those")
    count = append_labels(folder, rows)
    notice(f"{folder / 'labels.jsonl'}: {count} labellings added of {len(found)} passages in {file}")
    left = sum(bool(item.marks.reason) for item in found) if in_round == "blind" else 0
    if left:
        notice(f"{left} remarks were left out: only adjudicated labels keep their reason")


COPIED = 20  # so many labels alike by chance would be odd


def _copied(read: Annotations, rows: Sequence[LabelRow]) -> bool:
    """Whether labels that hold were exported and came back as somebody's own."""
    from nlp.annotations.exchange import Marks

    held = [[Marks.of(other) for other in read.counted(row.passage_id)] for row in rows]
    return len(rows) >= COPIED and all(Marks.of(row) in own for row, own in zip(rows, held, strict=True))


def _sheet(path: Path) -> Literal["csv", "xlsx"]:
    return "xlsx" if path.suffix.lower() == ".xlsx" else "csv"


def _keys(read: Annotations, authors: list[str] | None) -> list[str]:
    wanted = known(authors, {row.author for row in read.documents.values()}, "the documents")
    return [key for key, row in read.passages.items() if not wanted or read.documents[row.document].author in wanted]


def known(names: list[str] | None, all_names: Collection[str], where: str) -> set[str]:
    """The names given, if they all exist.

    Raises:
        UsageError: if one does not.
    """
    from nlp.errors import UsageError

    for name in names or ():
        if name not in all_names:
            raise UsageError(name, f"is not in {where}")
    return set(names or ())
