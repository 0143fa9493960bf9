"""Layers of names with ways between them: networks and chains, with a layout that is always the same.

The order in each layer follows the mean place of what a name is tied to in the layer before (the barycentre rule of
K. Sugiyama, S. Tagawa, M. Toda, 1981), swept to and fro.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nlp.extras import need
from nlp.plots.palette import INK

if TYPE_CHECKING:
    import pandas as pd

SWEEPS = 4
GAPS = 26  # points between lines of names
LEADING = 12  # points between the lines of a name
CURVE = 16  # points of a way


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide things are, in points: the text of a layer, and the ways between layers."""

    text: int = 250
    way: int = 170


def layered(nodes: pd.DataFrame, edges: pd.DataFrame, headings: Sequence[str], shape: Shape | None = None) -> Any:
    """Draw names in layers from left to right, joined by ways as wide as their weight.

    Args:
        nodes: columns node (its key), layer (from 0), label, colour, order (where it cannot move, else NaN).
        edges: columns a, b (keys), weight, colour. headings: one a layer.
    """
    altair, shape = need("altair"), shape or Shape()
    places = _places(nodes, edges)
    height = GAPS * max((count for count in nodes.groupby("layer").size()), default=1) + GAPS
    width = shape.text * len(headings) + shape.way * (len(headings) - 1)
    x = altair.X("x:Q", axis=None, scale=altair.Scale(domain=[0, width]))
    y = altair.Y("y:Q", axis=None, scale=altair.Scale(domain=[0, height], reverse=True))
    ways = altair.Chart(_ways(nodes, edges, places, height, shape)).mark_line(opacity=0.55, strokeCap="round").encode(
        x=x, y=y, detail="way:N", order="step:Q",
        strokeWidth=altair.StrokeWidth("weight:Q", legend=None, scale=altair.Scale(type="sqrt", range=[0.6, 7])),
        color=altair.Color("colour:N", scale=None),
    )  # fmt: skip
    names = altair.Chart(_names(nodes, places, height, shape)).mark_text(
        align=altair.expr("datum.layer == 0 ? 'right' : 'left'"), fontSize=11, lineBreak="\n", lineHeight=LEADING,
        baseline="middle",
    ).encode(x=x, y=y, text="label:N", color=altair.Color("colour:N", scale=None))  # fmt: skip
    top = [{"x": number * (shape.text + shape.way), "y": 2, "label": text} for number, text in enumerate(headings)]
    titles = altair.Chart(altair.Data(values=top)).mark_text(
        align="left", fontSize=12, fontWeight="bold", color=INK, baseline="top"
    ).encode(x=x, y=y, text="label:N")  # fmt: skip
    return (ways + names + titles).properties(width=width, height=height)


def _places(nodes: pd.DataFrame, edges: pd.DataFrame) -> dict[str, float]:
    """Place of each name in its layer, in [0, 1]."""
    layers = [list(rows["node"]) for _, rows in nodes.sort_values(["layer", "order"], kind="stable").groupby("layer")]
    fixed = set(nodes.loc[nodes["order"].notna(), "node"])
    tied: dict[str, list[str]] = {}
    for a, b in zip(edges["a"], edges["b"], strict=True):
        tied.setdefault(a, []).append(b)
        tied.setdefault(b, []).append(a)
    places = {node: at for layer in layers for node, at in _spread(layer)}
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            if not set(layer) & fixed:
                layer.sort(key=lambda node: _mean([places[other] for other in tied.get(node, ())], places[node]))
            places.update(_spread(layer))
    return places


def _spread(layer: Sequence[str]) -> list[tuple[str, float]]:
    return [(node, (number + 0.5) / len(layer)) for number, node in enumerate(layer)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _names(nodes: pd.DataFrame, places: dict[str, float], height: float, shape: Shape) -> pd.DataFrame:
    letters = int(shape.text / 5.7)
    labels = [
        "\n".join(textwrap.wrap(" ".join(str(label).split()), letters, max_lines=2, placeholder=" …"))
        for label in nodes["label"]
    ]
    return nodes.assign(
        x=(nodes["layer"] * (shape.text + shape.way)).where(nodes["layer"] > 0, shape.text - 12),
        y=[_y(places[node], height) - label.count("\n") * LEADING / 2
           for node, label in zip(nodes["node"], labels, strict=True)],
        label=labels,
    )[["x", "y", "label", "colour", "layer"]]  # fmt: skip


def _y(place: float, height: float) -> float:
    return GAPS + place * (height - GAPS)


def _ways(nodes: pd.DataFrame, edges: pd.DataFrame, places: dict[str, float], height: float, shape: Shape) -> Any:
    layer = dict(zip(nodes["node"], nodes["layer"], strict=True))
    pandas, rows = need("pandas"), []
    for number, (a, b, weight, colour) in enumerate(edges[["a", "b", "weight", "colour"]].itertuples(index=False)):
        start = layer[a] * (shape.text + shape.way) + shape.text - 6
        end = layer[b] * (shape.text + shape.way) - 6
        for step in range(CURVE + 1):
            share = step / CURVE
            eased = share * share * (3 - 2 * share)
            at = places[a] + (places[b] - places[a]) * eased
            rows.append((number, step, start + (end - start) * share, _y(at, height), weight, colour))
    return pandas.DataFrame(rows, columns=["way", "step", "x", "y", "weight", "colour"])
