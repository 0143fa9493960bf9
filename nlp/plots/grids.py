"""Grids: targets down, whatever they are looked at by across; tiles for states, circles for amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlp.extras import need
from nlp.plots.answer import shortened
from nlp.plots.palette import INK, STATE_WORDS, STATES

if TYPE_CHECKING:
    import pandas as pd

STEP_X, STEP_Y = 34, 20  # points of a cell
UNIT_LETTERS, TARGET_LETTERS = 46, 64
_SIGNS = {"not_searchable": "×", "searched_none": ""}


def tiles(frame: pd.DataFrame) -> Any:
    """A tile for every cell, coloured by state, with the number of links in it.

    Args:
        frame: columns unit, target, label, state, links; in the order to be drawn.
    """
    base = _base(frame)
    altair = need("altair")
    return base.mark_rect(stroke="white", strokeWidth=1.5).encode(color=_states(frame)) + base.mark_text(
        fontSize=10
    ).encode(
        text="sign:N",
        color=altair.condition("datum.state == 'confirmed'", altair.value("white"), altair.value(INK)),
    )


def circles(frame: pd.DataFrame) -> Any:
    """A circle for every cell that has links, as large as they are many, coloured by state."""
    altair = need("altair")
    base = _base(frame)
    sizes = altair.Size(
        "links:Q",
        title="links",
        scale=altair.Scale(type="sqrt", range=[25, 420]),
        legend=_amounts(frame["links"]),
    )
    dots = base.transform_filter("datum.links > 0").mark_circle(opacity=1, stroke="#555", strokeWidth=0.6)
    ground = base.mark_rect(fill="#f7f7f7", stroke="white", strokeWidth=1.5)
    unread = base.transform_filter("datum.state == 'not_searchable'").mark_text(text="×", color="#777")
    return ground + dots.encode(size=sizes, color=_states(frame)) + unread


def _amounts(counts: pd.Series) -> Any:
    """A legend of at most four sizes, 1 and the most among them."""
    most = max(1, int(counts.max())) if len(counts) else 1
    values = sorted({1, *(max(1, round(most * share)) for share in (0.25, 0.5)), most})
    return need("altair").Legend(symbolFillColor="#888", values=values, titleOrient="left", columns=4, format="d")


def _states(frame: pd.DataFrame) -> Any:
    altair = need("altair")
    there = [state for state in STATES if state in set(frame["state"])]
    words = [STATE_WORDS[state] for state in there]
    scale = altair.Scale(domain=words, range=[STATES[state] for state in there])
    return altair.Color(
        "standing:N", title=None, scale=scale, legend=altair.Legend(symbolStrokeColor="#888", symbolType="square")
    )


def _base(frame: pd.DataFrame) -> Any:
    altair = need("altair")
    rows = frame.assign(
        unit=frame["unit"].map(lambda name: shortened(name, UNIT_LETTERS)),
        row=[target_words(*pair) for pair in zip(frame["target"], frame["label"], strict=True)],
        standing=frame["state"].astype(str).map(STATE_WORDS),
        state=frame["state"].astype(str),
        sign=[_SIGNS.get(state, str(links)) for state, links in zip(frame["state"], frame["links"], strict=True)],
    )
    columns, lines = list(dict.fromkeys(rows["unit"])), list(dict.fromkeys(rows["row"]))
    kept = rows[["unit", "row", "standing", "state", "sign", "links"]]
    return (
        altair.Chart(kept)
        .encode(
            x=altair.X(
                "unit:N",
                sort=columns,
                title=None,
                axis=altair.Axis(orient="top", labelAngle=-45, labelLimit=340, labelAlign="left"),
            ),
            y=altair.Y("row:N", sort=lines, title=None, axis=altair.Axis(labelLimit=420)),
            tooltip=["unit:N", "row:N", "standing:N", "links:Q"],
        )
        .properties(width=altair.Step(STEP_X), height=altair.Step(STEP_Y))
    )


def target_words(target: str, label: str) -> str:
    """A target as an axis says it: "O16 Due process ..."."""
    kind, _, number = str(target).partition(":")
    return f"{kind[0].upper()}{number} {shortened(label, TARGET_LETTERS)}"
