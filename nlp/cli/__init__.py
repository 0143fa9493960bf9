"""The command ``evmap``: one file a command; only here does anything print or exit."""

from __future__ import annotations

import sys

import typer

from nlp.cli import (
    annotate,
    bench,
    check,
    copy,
    desk,
    desk_user,
    evaluate,
    extract,
    mapping,
    models,
    program,
    race,
    report,
    serve,
    settings,
    show,
    simulate,
    status,
    train,
)
from nlp.cli.speak import complain
from nlp.errors import EvmapError

app = typer.Typer(
    name="evmap",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Which report addresses which objective and activity of the Inter-American Program on the human rights of "
        "migrants, with the sentence that proves it.\n\n"
        "Start with **evmap map FOLDER -o OUT**, then open OUT/report.html."
    ),
)
app.command("map")(mapping.map_command)
app.command("serve")(serve.serve_command)
app.command("watch")(serve.watch_command)
app.command("status")(status.status_command)
app.command("show")(show.show_command)
app.command("copy")(copy.copy_command)
app.command("report")(report.report_command)
app.command("extract")(extract.extract_command)
app.command("settings")(settings.settings_command)
app.command("check")(check.check_command)
app.command("evaluate")(evaluate.evaluate_command)
app.command("race")(race.race_command)
app.add_typer(bench.app, name="bench")
app.command("train")(train.train_command)
app.command("simulate")(simulate.simulate_command)
app.command("tune")(models.tune_command)
desk.app.add_typer(desk_user.app, name="user")
app.add_typer(desk.app, name="desk")
app.add_typer(models.app, name="models")
app.add_typer(program.app, name="program")
app.add_typer(annotate.app, name="annotations")


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    if version:
        from nlp import __version__

        print(f"evmap {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; exit 2 for what the user can mend, 1 for what we must, 130 after Ctrl-C."""
    try:
        app()
    except EvmapError as error:
        complain(error)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
