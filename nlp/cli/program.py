"""evmap program: the codebook, and the official wording beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nlp.cli.speak import print_json, print_table
from nlp.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Show, check, import and export the codebook.")
Lang = Annotated[str, typer.Option("--language", "-l", help="en, es, pt or fr.")]


@app.command("show")
def show_command(
    target: Annotated[str | None, typer.Argument(help="objective:N or activity:N; all when left out.")] = None,
    language: Lang = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show the codebook, or one label with everything about it.

    Examples:

        evmap program show

        evmap program show activity:54 --language es
    """
    from nlp.official import load_official
    from nlp.program import LANGUAGES, load_program

    if language not in LANGUAGES:
        raise UsageError(language, "no such language in the codebook", f"Choose one of: {', '.join(LANGUAGES)}")
    program, official = load_program(), load_official()
    if target is None:
        rows = [(t, label.implementer, label.title[language]) for t, label in program.labels.items()]
        return print_json(rows) if as_json else print_table(("target", "implementer", "title"), rows)
    if target not in program.labels:
        raise UsageError(target, "no such target", "Write objective:1 to objective:20 or activity:1 to activity:100")
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
    print(f"\nOfficial wording: {wording or 'not imported. Run: evmap program import FILE'}")


@app.command("check")
def check_command() -> None:
    """Check that the codebook holds together: ids, languages, look-alikes, implementers, concordance.

    Example:

        evmap program check
    """
    from nlp.official import load_official
    from nlp.program import load_program

    program, official = load_program(), load_official()
    print(
        f"{len(program.objectives)} objectives, {len(program.activities)} activities, "
        f"{len(program.implementers)} implementers, {len(program.bodies)} other bodies, "
        f"{len(program.concordance)} pairs in the concordance: no fault"
    )
    print(f"digest {program.digest}")
    print(f"official wording: {f'imported from {official.document_id[:16]}' if official else 'not imported'}")


@app.command("import")
def import_command(file: Annotated[Path, typer.Argument(help="The Program document (any format).")]) -> None:
    """Read the official wording of the 20 objectives and 100 activities out of the Program document.

    It is kept in your own data folder and shown from then on; nothing of it is part of this package.

    Example:

        evmap program import AG-RES-2141.pdf
    """
    from collections import Counter

    from nlp.official import save_official
    from nlp.program import load_program
    from nlp.readers import read
    from nlp.settings import Settings
    from nlp.structure.official import official_wording

    program = load_program()
    official = official_wording(read(file, Settings.load()), program)
    kinds = Counter(target.split(":")[0] for target in official.wording)
    groups = Counter(program.group_of(program.labels[target]) for target in official.implementers)
    path = save_official(official)
    print(f"{kinds['objective']} objectives and {kinds['activity']} activities read from {file}")
    print("activities by group: " + ", ".join(f"{group} {count}" for group, count in groups.items()))
    print(f"kept in {path}")


@app.command("export")
def export_command(
    file: Annotated[Path | None, typer.Argument(help="JSON file to write; standard output when left out.")] = None,
) -> None:
    """Write the whole codebook as one JSON document.

    Example:

        evmap program export codebook.json
    """
    from nlp.program import load_program

    text = load_program().model_dump_json(indent=1)
    if file is None:
        print(text)
    else:
        file.write_text(text + "\n", "utf-8")
        print(f"written to {file}")
