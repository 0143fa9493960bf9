"""evmap simulate: what the queue's orders are worth, in decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.cli.options import FOREIGN, EncoderRow, OwnModel
from nlp.cli.speak import notice, print_json, print_table

if TYPE_CHECKING:
    from nlp.review.simulate import Line


def simulate_command(
    folder: Annotated[
        Path, typer.Argument(help="Annotation folder of documents that the model has not seen.")
    ] = FOREIGN,
    encoder: EncoderRow = None,
    model: OwnModel = None,
    reading: Annotated[
        list[float] | None,
        typer.Option(help="Decisions that reading a passage whole is worth; may be repeated. By default 1 and 5."),
    ] = None,
    seeds: Annotated[int, typer.Option(help="Runs of what depends on chance; their mean is told.", min=1)] = 20,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the curves as CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON, with the curves.")] = False,
) -> None:
    """Effort and recall: decisions needed to find 50, 80, 90 and 95 % of the links, for each order of the queue.

    A simulated officer decides as the labels say. Links of which the machine is silent are found only by reading
    passages whole, after the items unless the way says otherwise; how many decisions that is worth is an assumption.

    Example:

        evmap simulate annotations/foreign --encoder use
    """
    from nlp.pipeline import Mapper
    from nlp.review.simulate import load_lot, simulate
    from nlp.settings import Settings

    mapper = Mapper(Settings.load(encoder=encoder, model=model), notice=notice)
    try:
        lot = load_lot(folder, mapper)
    finally:
        mapper.close()
    lines = [line for cost in reading or (1.0, 5.0) for line in simulate(lot, mapper.program, cost, seeds)]
    if out:
        _write(out, lines)
    facts = {
        "passages": len(lot.passages), "links": len(lot.gold), "items": len(lot.items), "suggested": lot.suggested,
        "encoder": mapper.encoder_name,
    }  # fmt: skip
    if as_json:
        return print_json({**facts, "lines": [asdict(line) for line in lines]})
    print(
        f"{folder}, encoder {mapper.encoder_name}: {len(lot.gold)} links in {len(lot.passages)} passages; "
        f"{len(lot.items)} items, {lot.suggested} of the links among them ({lot.suggested / len(lot.gold):.0%})"
    )
    for cost in dict.fromkeys(line.reading for line in lines):
        _print([line for line in lines if line.reading == cost], cost)
    return None


def _print(lines: Sequence[Line], cost: float) -> None:
    shares = list(lines[0].needed)
    rows = []
    for line in lines:
        spread = f"{line.least[shares[-1]]:g}-{line.most[shares[-1]]:g}" if line.seeds > 1 else ""
        rows.append((line.way, *(f"{line.needed[share]:,.0f}" for share in shares), spread))
    title = f"\neffort in decisions; reading a passage whole is worth {cost:g}"
    print_table(("way of working", *(f"{share:.0%}" for share in shares), "runs"), rows, title)


def _write(path: Path, lines: Sequence[Line]) -> None:
    from nlp.cells import write_rows

    rows = [(line.way, line.reading, effort, share) for line in lines for effort, share in line.curve]
    with path.open("w", encoding="utf-8", newline="") as file:
        write_rows(file, [("way", "reading", "effort", "share"), *rows])
    notice(str(path))
