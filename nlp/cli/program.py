"""evmap program: the codebook, and the official wording beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nlp.cli.options import AsJson
from nlp.cli.speak import print_json, print_table
from nlp.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Show, check, import and export the codebook; begin one of your own.")
SHOWN = 12  # faults printed at once
Which = Annotated[str | None, typer.Option("--program", help="Folder or name of another programme, such as gcm.")]
Lang = Annotated[str, typer.Option("--language", "-l", help="en, es, pt or fr.")]


@app.command("show")
def show_command(
    target: Annotated[str | None, typer.Argument(help="objective:N or activity:N; all when left out.")] = None,
    language: Lang = "en",
    which: Which = None,
    as_json: AsJson = False,
) -> None:
    """Show the codebook, or one label with everything about it.

    Examples:

        evmap program show

        evmap program show activity:54 --language es

        evmap program show objective:8 --program gcm
    """
    from nlp.official import load_official
    from nlp.program import load_program

    program = load_program(which)
    official, languages = load_official(program.about.id), program.languages
    if language not in languages:
        raise UsageError(language, "no such language in the codebook", f"Choose one of: {', '.join(languages)}")
    if target is None:
        rows = [(t, label.implementer, label.title[language]) for t, label in program.labels.items()]
        return print_json(rows) if as_json else print_table(("target", "implementer", "title"), rows)
    if target not in program.labels:
        raise UsageError(target, "no such target", f"Write {program.written}")
    wording = official.wording.get(target) if official else None
    label = program.labels[target]
    if as_json:
        return print_json({**label.model_dump(mode="json"), "target": target, "official": wording})
    _print_label(program, label, language, wording)
    return None


def _print_label(program: Any, label: Any, language: str, wording: str | None) -> None:
    print(f"{label.target}  {label.title[language]}  ({label.article})")
    if label.implementer:
        print(f"Given to: {', '.join(program.implementers_of(label))}  {' '.join(label.conditions)}".rstrip())
    print(f"\nCounts: {label.counts[language]}\nDoes not count: {label.excludes[language]}")
    print(f"Terms: {', '.join(label.terms[language])}")
    for other in label.confused_with:
        print(f"Not {other.target} ({program.labels[other.target].title[language]}): {other.rule}")
    for pair in program.concordance:
        if label.target in (f"activity:{pair.activity}", f"objective:{pair.objective}"):
            other_target = f"activity:{pair.activity}" if label.implementer is None else f"objective:{pair.objective}"
            print(f"{pair.strength}: {other_target} ({program.labels[other_target].title[language]}): {pair.reason}")
    named = "" if program.about.id == "iap" else " --program ..."
    print(f"\nOfficial wording: {wording or f'not imported. Run: evmap program import FILE{named}'}")


@app.command("check")
def check_command(
    where: Annotated[
        str | None, typer.Argument(help="Folder or name of a programme; the shipped one by default.")
    ] = None,
    which: Which = None,
) -> None:
    """Check that a programme holds together, step by step: files, numbers, texts in all languages, references.

    Exit code: 0 when it holds, 3 when something is to be mended first; what, and how, is said.

    Examples:

        evmap program check

        evmap program check my-programme
    """
    from nlp.official import load_official
    from nlp.program import find_program, load_program
    from nlp.program.loading import examine
    from nlp.settings import program_name

    folder = find_program(where or which or program_name())
    steps = examine(folder)
    if steps[-1].faults:
        for number, step in enumerate(steps, 1):
            print(f"{number}. {step.name}: {f'{len(step.faults)} to mend' if step.faults else 'in order'}")
        last = steps[-1]
        print("\n".join(f"   {fault}" for fault in last.faults[:SHOWN]))
        more = len(last.faults) - SHOWN
        print(f"   ... and {more} more\n{last.hint}" if more > 0 else last.hint)
        raise typer.Exit(3)
    program = load_program(folder)
    official = load_official(program.about.id)
    print(
        f"{len(program.objectives)} objectives, {len(program.activities)} activities, "
        f"{len(program.implementers)} implementers, {len(program.bodies)} other bodies, "
        f"{len(program.concordance)} pairs in the concordance: no fault"
    )
    print(f"{program.title()} ({program.about.id}, {program.about.edition}; {', '.join(program.languages)})")
    print(f"digest {program.digest}")
    print(f"official wording: {f'imported from {official.document_id[:16]}' if official else 'not imported'}")


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="The programme's own document (any format).")], which: Which = None
) -> None:
    """Read the official wording of the objectives and activities out of the Program document.

    It is kept in your own data folder and shown from then on; nothing of it is part of this package.

    Example:

        evmap program import AG-RES-2141.pdf
    """
    from collections import Counter

    from nlp.official import save_official
    from nlp.program import load_program, using
    from nlp.readers import read
    from nlp.settings import Settings
    from nlp.structure.official import official_wording

    program = load_program(which)
    with using(program):
        official = official_wording(read(file, Settings.load()), program)
    kinds = Counter(target.split(":")[0] for target in official.wording)
    groups = Counter(program.group_of(program.labels[target]) for target in official.implementers)
    path = save_official(official, program.about.id)
    print(f"{kinds['objective']} objectives and {kinds['activity']} activities read from {file}")
    if groups:
        print("activities by group: " + ", ".join(f"{group} {count}" for group, count in groups.items()))
    print(f"kept in {path}")


@app.command("export")
def export_command(
    file: Annotated[Path | None, typer.Argument(help="JSON file to write; standard output when left out.")] = None,
    which: Which = None,
) -> None:
    """Write the whole codebook as one JSON document.

    Example:

        evmap program export codebook.json
    """
    from nlp.program import load_program

    text = load_program(which).model_dump_json(indent=1)
    if file is None:
        print(text)
    else:
        file.write_text(text + "\n", "utf-8")
        print(f"written to {file}")


@app.command("new")
def new_command(
    folder: Annotated[Path, typer.Argument(help="Folder to make; it must not be there, or be empty.")],
    identity: Annotated[str, typer.Option("--id", help="Short name, lower case, such as gcm.")],
    title: Annotated[str, typer.Option(help="What the programme is called.")],
    objectives: Annotated[int, typer.Option(min=1, help="Labels of the upper level.")],
    activities: Annotated[int, typer.Option(min=0, help="Labels of the lower level, 0 for none.")] = 0,
    languages: Annotated[str, typer.Option(help="Languages of the labels, comma between: en,es,pt,fr.")] = "en",
) -> None:
    """Begin a programme of your own: files with every field, to be filled in; `check` then says what is missing.

    Example:

        evmap program new my-programme --id care --title "Care plan" --objectives 6 --languages en,es
    """
    from nlp.program.scaffold import begin

    for path in begin(folder, identity, title, objectives, activities, languages.split(",")):
        print(path)
    print(f"Fill them in; to see what is missing: evmap program check {folder}")
    print(f"Then: evmap map DOCUMENTS --program {folder} -o OUT")
