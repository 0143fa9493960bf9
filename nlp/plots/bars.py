"""Bars: over years, planned against done, terms, and two corpora beside one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlp.extras import need
from nlp.plots.palette import GAP, SERIES, STATE_WORDS, STATES, TREATMENTS

if TYPE_CHECKING:
    import pandas as pd


def years(frame: pd.DataFrame) -> Any:
    """Links by year and state above; below, how many objectives had been reached by then.

    Args:
        frame: columns year, state, links, reports, reached; one row a year and state.
    """
    altair = need("altair")
    words = frame.assign(standing=frame["state"].astype(str).map(STATE_WORDS), year=frame["year"].astype(str))
    order = [state for state in STATES if state in set(frame["state"])]
    colours = altair.Scale(domain=[STATE_WORDS[s] for s in order], range=[STATES[s] for s in order])
    width = max(320, 42 * words["year"].nunique())
    across = altair.X("year:O", title=None, axis=altair.Axis(labelAngle=0, labelOverlap="greedy"))
    bars = altair.Chart(words[["year", "standing", "links", "place"]]).mark_bar().encode(
        x=across, y=altair.Y("links:Q", title="links"), order="place:O",
        color=altair.Color("standing:N", title=None, scale=colours),
    ).properties(width=width, height=190)  # fmt: skip
    once = words.drop_duplicates("year")[["year", "reports", "reached"]]
    reports = altair.Chart(once).mark_bar(color="#c8c8c8").encode(x=across, y=altair.Y("reports:Q", title="reports"))
    line = altair.Chart(once).mark_line(color=GAP, point=altair.OverlayMarkDef(color=GAP)).encode(
        x=across, y=altair.Y("reached:Q", title="objectives reached so far", scale=altair.Scale(domainMin=0)),
    )  # fmt: skip
    return altair.vconcat(bars, reports.properties(width=width, height=80), line.properties(width=width, height=110))


def treatments(frame: pd.DataFrame) -> Any:
    """What is planned to the left of the middle, what was done to its right; one bar a row.

    Args:
        frame: columns row, treatment, links; in the order of the rows.
    """
    altair = need("altair")
    sides = {"planned": -1, "recommended": -1, "done": 1, "standing": 1}
    kept = frame[frame["treatment"].isin(sides)]
    kept = kept.assign(treatment=kept["treatment"].astype(str), links=kept["links"].astype(int))
    kept = kept.assign(side=[n * sides[name] for n, name in zip(kept["links"], kept["treatment"], strict=True)])[
        ["row", "treatment", "links", "side"]
    ]
    names = [name for name in TREATMENTS if name in sides]
    rank = {"done": 0, "standing": 1, "planned": 0, "recommended": 1}
    kept = kept.assign(rank=kept["treatment"].map(rank))
    limit = int(kept.assign(left=kept["side"] < 0).groupby(["row", "left"])["links"].sum().max()) if len(kept) else 1
    axis = altair.Axis(format="d", labelExpr="abs(datum.value)", tickMinStep=1)
    bars = altair.Chart(kept).mark_bar().encode(
        x=altair.X("side:Q", stack="zero", title="← planned, recommended · links · done, standing →",
                   scale=altair.Scale(domain=[-limit, limit], nice=True), axis=axis),
        y=altair.Y("row:N", sort=list(dict.fromkeys(frame["row"])), title=None, axis=altair.Axis(labelLimit=420)),
        color=altair.Color("treatment:N", title=None, sort=names,
                           scale=altair.Scale(domain=names, range=[TREATMENTS[name] for name in names])),
        order="rank:O", tooltip=["row:N", "treatment:N", "links:Q"],
    )  # fmt: skip
    middle = altair.Chart(kept.head(1).assign(zero=0)).mark_rule(color="#555").encode(x="zero:Q")
    return (bars + middle).properties(width=420, height=altair.Step(19))


def terms(frame: pd.DataFrame) -> Any:
    """Terms by how many times as frequent they are here as elsewhere; a panel a language.

    Args:
        frame: columns language, term, log_ratio, g2, sure (else pale); in the order of the rows.
    """
    altair = need("altair")
    panels = []
    for number, (language, rows) in enumerate(frame.groupby("language", sort=True, observed=True)):
        bars = altair.Chart(rows[["term", "log_ratio", "g2", "sure"]]).mark_bar(color=SERIES[number % len(SERIES)])
        chart = bars.encode(
            opacity=altair.condition("datum.sure", altair.value(1), altair.value(0.35)),
            x=altair.X("g2:Q", title="log-likelihood (G²)"),
            y=altair.Y("term:N", sort=list(rows["term"]), title=None, axis=altair.Axis(labelLimit=220)),
            tooltip=["term:N", "g2:Q", "log_ratio:Q"],
        )  # fmt: skip
        panels.append(chart.properties(width=230, height=altair.Step(17), title=str(language)))
    return altair.concat(*panels, columns=2) if panels else altair.Chart(frame).mark_bar()


def dumbbells(frame: pd.DataFrame, names: tuple[str, str]) -> Any:
    """Two points a row and the way between them.

    Args:
        frame: columns row, a, b: shares in [0, 1]; in the order of the rows. names: of a and b.
    """
    altair = need("altair")
    order = list(dict.fromkeys(frame["row"]))
    rows = frame[["row", "a", "b"]]
    y = altair.Y("row:N", sort=order, title=None, axis=altair.Axis(labelLimit=420, grid=True))
    between = altair.Chart(rows).mark_rule(color="#b0b0b0", strokeWidth=3).encode(y=y, x="a:Q", x2="b:Q")
    long = rows.melt("row", ["a", "b"], "which", "share")
    long["which"] = long["which"].map(dict(zip(("a", "b"), names, strict=True)))
    scale = altair.Scale(domain=list(names), range=[SERIES[0], SERIES[1]])
    shape = altair.Scale(domain=list(names), range=["circle", "diamond"])
    axis = altair.Axis(format="%")
    points = altair.Chart(long).mark_point(filled=True, size=90, opacity=1).encode(
        y=y, x=altair.X("share:Q", title="passages that are evidence", axis=axis, scale=altair.Scale(domainMin=0)),
        color=altair.Color("which:N", title=None, scale=scale), shape=altair.Shape("which:N", title=None, scale=shape),
        tooltip=["row:N", "which:N", "share:Q"],
    )  # fmt: skip
    return (between + points).properties(width=420, height=altair.Step(19))
