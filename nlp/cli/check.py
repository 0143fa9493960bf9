"""evmap check: does an output folder keep its promises?"""

from __future__ import annotations

from typing import Annotated

import typer

from nlp.cli.options import Mapped, RunProgram
from nlp.cli.speak import print_json, print_table

SHOWN = 5


def check_command(
    out: Mapped,
    program: RunProgram = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the breaks as JSON.")] = False,
) -> None:
    """Check every invariant of the contract on an output folder.

    Exit code: 0 when all hold, 3 when one is broken.

    Example:

        evmap check out
    """
    from nlp.contract import check_output, load_output
    from nlp.program import load_program, recorded_program

    output = load_output(out)
    breaks = check_output(output, load_program(program) if program else recorded_program(out))
    if as_json:
        print_json(breaks)
    else:
        rows = [(len(found), promise, "; ".join(found[:SHOWN])) for promise, found in breaks.items()]
        print_table(("breaks", "promise", "where"), rows)
        print(
            f"{len(output.documents)} documents, {len(output.passages)} passages, {len(output.links)} links: "
            f"{sum(map(len, breaks.values()))} breaks"
        )
    raise typer.Exit(3 if any(breaks.values()) else 0)
