"""A chain as bands: an objective a band, from the mandates on its left to the evidence on its right."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nlp.extras import need
from nlp.plots.answer import shortened
from nlp.plots.palette import GAP, INK, STATE_WORDS, STATES

LINE, PAD = 15, 12  # points of a line of text, and between bands
TILE, A_LINE = 25, 10  # points of a tile, tiles a line
WIDTHS = (330, 330, 250, TILE * A_LINE + 18, 120)  # points of the columns
LETTER = 6.2  # points of a letter, on average
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Band:
    """A band: lines of the first two columns, the name of the middle, (number, state) tiles, and what it comes to.

    `missing`: whether the end of the chain is missing.
    """

    first: Sequence[str]
    second: Sequence[str]
    name: str
    tiles: Sequence[tuple[str, str]]
    end: str
    missing: bool


def banded(bands: Sequence[Band], headings: Sequence[str]) -> Any:
    """Draw bands below one another; what is missing on the way is in red."""
    altair = need("altair")
    texts, tiles, rules, y = _heading(headings), [], [], float(LINE + PAD)
    for band in bands:
        rules.append({"y": y - PAD / 2, "x": 0, "x2": sum(WIDTHS)})
        found, squares = _band(band, y)
        texts += found
        tiles += squares
        y += _height(band) + PAD
    width = sum(WIDTHS)
    x = altair.X("x:Q", axis=None, scale=altair.Scale(domain=[0, width]))
    across = altair.Y("y:Q", axis=None, scale=altair.Scale(domain=[0, y], reverse=True))
    words = altair.Chart(altair.Data(values=texts))
    said = words.mark_text(align="left", baseline="top", fontSize=11).encode(
        x=x, y=across, text="text:N", color=altair.Color("colour:N", scale=None),
    )  # fmt: skip
    lines = altair.Chart(altair.Data(values=rules)).mark_rule(color="#dddddd").encode(x=x, x2="x2:Q", y=across)
    return (lines + said + _squares(tiles, x, across)).properties(width=width, height=y)


def _squares(tiles: list[dict[str, Any]], x: Any, y: Any) -> Any:
    altair = need("altair")
    there = [state for state in STATES if any(tile["state"] == state for tile in tiles)]
    colours = altair.Scale(domain=[STATE_WORDS[s] for s in there], range=[STATES[s] for s in there])
    base = altair.Chart(altair.Data(values=tiles))
    legend = altair.Legend(symbolType="square", symbolStrokeColor="#888")
    squares = base.mark_rect(stroke="white", strokeWidth=1).encode(
        x=x,
        x2="x2:Q",
        y=y,
        y2="y2:Q",
        color=altair.Color("standing:N", title="activities", scale=colours, legend=legend),
    )
    dark = altair.condition("datum.state == 'confirmed'", altair.value("white"), altair.value(INK))
    numbers = base.mark_text(fontSize=9, dx=TILE / 2 - 1, dy=LINE / 2).encode(x=x, y=y, text="number:N", color=dark)
    return squares + numbers


def _height(band: Band) -> int:
    return LINE * max(len(band.first), len(band.second), len(_split(band.name)), -(-len(band.tiles) // A_LINE), 1)


def _heading(headings: Sequence[str]) -> list[dict[str, Any]]:
    return [{"x": sum(WIDTHS[:n]), "y": 0, "text": text.upper(), "colour": "#666"} for n, text in enumerate(headings)]


def _split(name: str) -> list[str]:
    return textwrap.wrap(name, int(WIDTHS[2] / LETTER))


def _band(band: Band, y: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    ink = GAP if band.missing else INK
    columns = [(band.first or [NOTHING], GAP if not band.first else INK),
               (band.second or [NOTHING], GAP if not band.second else INK), (_split(band.name), ink)]  # fmt: skip
    texts = [
        {"x": sum(WIDTHS[:place]), "y": y + LINE * line, "text": shortened(text, int(WIDTHS[place] / LETTER)),
         "colour": colour}
        for place, (lines, colour) in enumerate(columns)
        for line, text in enumerate(lines)
    ]  # fmt: skip
    texts.append({"x": sum(WIDTHS[:4]), "y": y, "text": band.end, "colour": ink})
    left = sum(WIDTHS[:3])
    tiles = [
        {"x": left + TILE * (n % A_LINE), "x2": left + TILE * (n % A_LINE + 1), "y": y + LINE * (n // A_LINE),
         "y2": y + LINE * (n // A_LINE + 1), "number": number, "state": state, "standing": STATE_WORDS[state]}
        for n, (number, state) in enumerate(band.tiles)
    ]  # fmt: skip
    return texts, tiles
