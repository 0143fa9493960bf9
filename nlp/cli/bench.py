"""evmap bench: how fast the encoders are here."""

from __future__ import annotations

from dataclasses import asdict, astuple
from typing import Annotated

import typer

from nlp.cli.speak import print_json, print_table


def bench_command(
    encoder: Annotated[list[str] | None, typer.Option(help="Row of the encoder table; may be given again.")] = None,
    passages: Annotated[int, typer.Option(min=8, help="Passages of 70 words to encode.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Time the encoders on this machine, in float32, against sentence-transformers' own batches.

    Other work on the machine spoils the figures.

    Example:

        evmap bench --encoder e5 --encoder use
    """
    from nlp.bench import bench

    paces = bench(encoder or ["e5", "use"], passages)
    if as_json:
        return print_json([asdict(pace) for pace in paces])
    print_table(("encoder", "passages", "a second", "a second a core", "ratio"), map(astuple, paces))
    return None
