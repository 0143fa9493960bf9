"""Pairs of targets: a line an objective, a tile each activity that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlp.extras import need
from nlp.plots.palette import GAP, INK, STATES

if TYPE_CHECKING:
    import pandas as pd

BOTH, BOOK, SEEN = "in the codebook and seen", "in the codebook, not seen", "seen, not in the codebook"
COLOURS = {BOTH: STATES["confirmed"], BOOK: STATES["searched_none"], SEEN: GAP}
ACROSS = 26  # tiles of a line; more go on below it
WIDE, HIGH = 29, 26  # points of a tile


def pairs(frame: pd.DataFrame) -> Any:
    """Tiles with the number of the activity and, where it was seen, in how many passages.

    Args:
        frame: columns row (an objective in words), place (from 0), activity_number, standing, seen; in order.
    """
    altair = need("altair")
    rows = frame[["row", "place", "activity_number", "standing", "seen"]].reset_index(drop=True)
    turn = (rows["place"] // ACROSS).astype(int)
    line = ((rows["row"] != rows["row"].shift()) | (turn != turn.shift())).cumsum() - 1
    rows = rows.assign(column=rows["place"] % ACROSS, line=line, name="A" + rows["activity_number"].astype(str))
    names = [name for name in COLOURS if name in set(rows["standing"])]
    scale = altair.Scale(domain=names, range=[COLOURS[name] for name in names])
    base = altair.Chart(rows).encode(
        x=altair.X("column:O", axis=None), y=altair.Y("line:O", axis=None),
        tooltip=["row:N", "name:N", "standing:N", "seen:Q"],
    )  # fmt: skip
    tiles = base.mark_rect(stroke="white", strokeWidth=1.5).encode(
        color=altair.Color("standing:N", title=None, scale=scale, legend=altair.Legend(symbolStrokeColor="#888"))
    )
    held = base.transform_filter("datum.seen > 0")
    numbers = held.mark_text(fontSize=10, dy=-4, color="white").encode(text="name:N")
    counts = held.mark_text(fontSize=8.5, dy=7, color="white").encode(text="seen:Q")
    others = base.transform_filter("datum.seen == 0").mark_text(fontSize=10, color=INK).encode(text="name:N")
    words = base.transform_filter("datum.place == 0").mark_text(align="right", fontSize=11, color=INK, dx=-8)
    size = {"width": altair.Step(WIDE), "height": altair.Step(HIGH)}
    named = words.encode(x=altair.value(0), text="row:N")
    return (tiles + numbers + counts + others + named).properties(**size)
