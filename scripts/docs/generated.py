"""Pages of the site that come from the code and the codebook, written at every build so that they cannot go stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from nlp.cli import app
from nlp.formats import FORMATS
from nlp.formats.fields import ROWS, Table
from nlp.program import Label, Program, load_program
from nlp.settings import describe


def write(folder: Path) -> None:
    """Write every page of `PAGES` that changed."""
    for name, make in PAGES.items():
        path, content = folder / name, make() + "\n"
        if not path.exists() or path.read_text("utf-8") != content:
            path.write_text(content, "utf-8")


def codebook() -> str:
    """Every objective with the activities that serve it, in English, with what the other languages call it."""
    program = load_program()
    lines = [
        "# The codebook",
        "",
        "Objectives and activities of the Inter-American Program, restated in our own words. The official wording is",
        "in the Program document; `evmap program import FILE` reads it there and shows it from then on.",
        "`evmap program show activity:54` prints one entry whole, in any of the four languages.",
        "",
    ]
    for objective in program.objectives:
        lines += [*_label(program, objective, 2)]
    lines += ["## Activities", ""]
    for activity in program.activities:
        lines += [*_label(program, activity, 3)]
    return "\n".join(lines)


def _label(program: Program, label: Label, level: int) -> Iterator[str]:
    kind, _, number = label.target.partition(":")
    yield f"({_anchor(label.target)})="
    yield f"{'#' * level} {kind.capitalize()} {number}: {label.title['en']}"
    yield ""
    yield f"*{label.title['es']} · {label.title['pt']} · {label.title['fr']}* (article {label.article})"
    yield ""
    yield f"**Counts:** {label.counts['en']}"
    yield ""
    yield f"**Does not count:** {label.excludes['en']}"
    yield ""
    if label.confused_with:
        yield "**Look-alikes:**"
        yield ""
        yield from (f"- {_link(program, alike.target)}: {alike.rule}" for alike in label.confused_with)
        yield ""
    related = program.parents(label.target) or program.children(label.target)
    named = "Serves" if program.parents(label.target) else "Served by"
    yield f"**{named}:** {'; '.join(_link(program, target) for target in related)}"
    yield ""
    if label.implementer:
        yield f"**Given to:** {', '.join(_body(program, body) for body in program.implementers_of(label))}"
        yield ""


def _link(program: Program, target: str) -> str:
    return f"[{program.labels[target].title['en']}](#{_anchor(target)}) ({target})"


def _anchor(target: str) -> str:
    return target.replace(":", "-")


def _body(program: Program, identity: str) -> str:
    body = program.body_by_id.get(identity)
    return body.names["en"] if body else identity


def commands() -> str:
    """Every command with its help, as it prints it."""
    lines = ["# Commands", "", "As each says with `--help`.", ""]
    for name, command in _commands(typer.main.get_command(app), "evmap"):
        lines += [f"## `{name}`", "", _help(command), ""]
        rows = [_option(option) for option in command.params if not getattr(option, "hidden", False)]
        if rows:
            lines += ["| argument or option | what it does | by default |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", {})
    if not children:
        yield name, command
    for child, own in children.items():
        yield from _commands(own, f"{name} {child}")


def _help(command: Any) -> str:
    """The help of a command; its examples, which stand indented, as code."""
    kept = []
    for part in (command.help or "").split("\n\n"):
        example = part.strip().startswith(("evmap", "find ", "EVMAP_"))
        kept.append(f"```\n{part.strip()}\n```" if example else part.strip())
    return "\n\n".join(kept)


def _option(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    default = "" if option.default in (None, False, "", ()) or callable(option.default) else f"`{option.default}`"
    about = (getattr(option, "help", "") or "").replace("|", "\\|").replace("\n", " ")
    return f"| {names} | {about} | {default} |"


def settings() -> str:
    """Every setting with its variable, default and meaning."""
    lines = [
        "# Settings",
        "",
        "By environment variable; `evmap settings` shows what holds now and where it comes from.",
        "",
        "| variable | by default | what it does |",
        "|---|---|---|",
    ]
    for row in describe():
        default = f"`{row.default}`{f' {row.unit}' if row.unit else ''}" if row.default not in ("", None) else ""
        default = "the user's own folders" if isinstance(row.default, Path) else default
        lines.append(f"| `{row.variable}` | {default} | {row.about} |")
    return "\n".join(lines)


def files() -> str:
    """Every file of an output folder with its fields, and the formats that it goes out in."""
    lines = [
        "# Files",
        "",
        "What `evmap map` and `evmap desk export` leave in a folder. Offsets count Unicode code points into the text",
        "under `text/`, from 0, half-open. Every file is UTF-8; `run.json` is written last and names the digests.",
        "",
    ]
    for table in ROWS.values():
        lines += _rows(table)
    lines += ["## Formats to hand on", "", "`evmap export OUT --format NAME -o PATH`; `evmap import` takes back:", ""]
    lines += ["| format | what it is | comes back |", "|---|---|---|"]
    lines += [f"| `{name}` | {form.about} | {'yes' if form.read else ''} |" for name, form in FORMATS.items()]
    return "\n".join(lines)


def _rows(table: Table) -> Iterator[str]:
    yield f"## `{table.file or table.name}`"
    yield ""
    yield f"One row is {table.row}."
    yield ""
    yield "| field | type | unit | meaning |"
    yield "|---|---|---|---|"
    for field in table.fields:
        values = f" One of: {', '.join(f'`{value}`' for value in field.values)}." if field.values else ""
        null = " or null" if field.empty else ""
        yield f"| `{field.name}` | {field.kind}{null} | {field.unit} | {field.meaning}.{values} |"
    yield ""


PAGES: dict[str, Callable[[], str]] = {
    "codebook.md": codebook,
    "commands.md": commands,
    "files.md": files,
    "settings.md": settings,
}
