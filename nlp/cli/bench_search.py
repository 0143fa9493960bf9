"""evmap bench search, corpus: searching and opening large runs, beside their peers, on this machine."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from nlp.cli.options import AsJson
from nlp.cli.speak import notice, print_json, print_table


def search_command(
    folder: Annotated[Path, typer.Argument(help="The folder with queries/ and foreign/.")] = Path("annotations"),
    encoder: Annotated[list[str] | None, typer.Option(help='Encoder, or "e5 tuned"; may be given again.')] = None,
    as_json: AsJson = False,
) -> None:
    """Recall@10 on 100 written queries in four languages: by words, by meaning, both, and BM25 of another house.

    Example:

        evmap bench search
    """
    from nlp.bench.search import bench_search

    found = bench_search(folder, encoder or ["e5", "e5 tuned", "use"], notice)
    if as_json:
        return print_json([asdict(line) for line in found])
    codes = list(found[0].languages)
    print_table(
        ("system", "recall@10", "95 %", *codes, "own language", "other language", "ms a query"),
        ((x.system, f"{x.recall:.3f}", f"{x.low:.3f} to {x.high:.3f}", *(f"{x.languages[c]:.3f}" for c in codes),
          f"{x.own:.3f}", f"{x.other:.3f}", f"{1000 * x.seconds:.1f}") for x in found),
    )  # fmt: skip
    return None


def corpus_command(
    out: Annotated[Path, typer.Argument(help="A finished run: python -m tests.million FOLDER makes a large one.")],
    rows: Annotated[bool, typer.Option(help="Have pandas read the rows, too: minutes for a million links.")] = True,
    as_json: AsJson = False,
) -> None:
    """Time opening, filtering, pivoting and drawing a run, beside plain pandas on its rows and on a CSV of its links.

    The CSV is left in the folder as links.csv.

    Example:

        evmap bench corpus million/out
    """
    from nlp.bench.corpora import bench_corpora

    found = bench_corpora(out, rows, notice)
    if as_json:
        return print_json([asdict(line) for line in found])
    print_table(
        ("system", "imports, s", "open and filter, s", "computing, s", "all links, s", "pivot, s", "draw, s",
         "peak, MB", "links", "found", "times as fast"),
        ((x.system, x.imports, x.filtered, x.cpu, x.every, x.pivot, x.draw, x.peak, x.links, x.found, x.ratio)
         for x in found),
        "Seconds after the imports; times as fast: opening and filtering, to the faster pandas.",
    )  # fmt: skip
    return None
