"""The evidence map and the gap map: targets by reports, implementers, years or whatever the user joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlp.corpus.asking import AXES, answer, labels_of, rows_of, tagged, units
from nlp.corpus.tables import Tables
from nlp.corpus.views import best_state
from nlp.plots.answer import Answer
from nlp.plots.grids import circles, tiles

if TYPE_CHECKING:
    import pandas as pd

MOST = 30


def evidence_map(corpus: Tables, by: str, of: str, most: int) -> Answer:
    """Where there is evidence: as many links as the circle is large, as sure as its colour says."""
    frame = cells(corpus, by, of)
    shown, left = _first_units(frame, most)
    reached = set(frame.loc[frame["state"].isin(["confirmed", "suggested"]), "target"])
    asked = set(frame.loc[frame["links"] > 0, "target"]) - reached
    title = f"Evidence map by {by}: {len(reached)} of {frame['target'].nunique()} {AXES[of]} have evidence"
    title += f", {len(asked)} more only some that is to be reviewed" if asked else ""
    caption = f"A circle is evidence of this {by} for this {of}: as large as it has links; its colour is the surest "
    return answer(corpus, title, f"{caption}standing of them. {left}", frame, circles, shown)


def gap_map(corpus: Tables, by: str, of: str, most: int) -> Answer:
    """Where there is none: every cell says whether it was confirmed, suggested, searched in vain or not searchable."""
    frame = cells(corpus, by, of)
    held = frame[frame["links"] > 0].groupby("target", observed=True)["unit"].nunique()
    frame["reported_by"] = frame["target"].map(held).astype(float).fillna(0).astype(int)
    order = frame.sort_values(["reported_by", "number"], kind="stable")["target"].drop_duplicates()
    shown, left = _first_units(frame, most)
    shown = shown.assign(place=shown["target"].map({target: n for n, target in enumerate(order)}).astype(int))
    shown = shown.sort_values(["column", "place"], kind="stable").sort_values("place", kind="stable")
    none = int((held.reindex(order).fillna(0) == 0).sum())
    sure = frame[frame["state"].isin(["confirmed", "suggested"])]["target"].nunique()
    title = (
        f"Gap map by {by}: of {len(order)} {AXES[of]}, {none} without any evidence, {len(order) - sure} without any "
    )
    title += "that is suggested or confirmed"
    caption = f"The {AXES[of]} that fewest have evidence for stand on top; numbers are links. Nothing found is not "
    caption += f"nothing done: it may stand elsewhere, or be told in other words. {left}"
    return answer(corpus, title, caption, frame, tiles, shown)


def cells(corpus: Tables, by: str, of: str) -> pd.DataFrame:
    """Return a row for every unit and target: state, links, reports, and the surest quote.

    Units come by falling number of links, unread inputs last; targets in codebook order.
    """
    select = f"""SELECT u.unit, t.target, t.label, t.number,
        coalesce(c.state, CASE WHEN u.read THEN 'searched_none' ELSE 'not_searchable' END) AS state,
        coalesce(c.links, 0) AS links, coalesce(c.reports, 0) AS reports, c.best_probability, c.best_quote,
        dense_rank() OVER (ORDER BY u.read DESC, u.total DESC, u.unit) AS "column"
        FROM (SELECT a.unit, bool_or(a.read) AS read, coalesce(any_value(n.total), 0) AS total
            FROM ({units(corpus, by)}) a
            LEFT JOIN (SELECT unit, count(*) AS total FROM tagged GROUP BY unit) n ON a.unit = n.unit GROUP BY a.unit) u
        CROSS JOIN ({labels_of(corpus, of)}) t
        LEFT JOIN (SELECT unit, target, {best_state()} AS state, count(*) AS links,
            count(DISTINCT document_id) AS reports, max(probability) AS best_probability,
            arg_max(quote, coalesce(probability, 2)) AS best_quote FROM tagged GROUP BY ALL) c
        ON u.unit = c.unit AND t.target = c.target ORDER BY "column", t.number"""
    return corpus.typed(corpus.arrow(f"FROM (WITH tagged AS ({tagged(corpus, by)}) {select})"))


def _first_units(frame: pd.DataFrame, most: int) -> tuple[pd.DataFrame, str]:
    count = int(frame["column"].max()) if len(frame) else 0
    shown = frame[frame["column"] <= most]
    left = f"Drawn are the {most} of {count:,} with most links; the frame holds all." if count > most else ""
    return shown, left


def targets_of(corpus: Tables, of: str) -> list[tuple[str, str]]:
    """Return (target, label) of a kind, in codebook order."""
    rows = rows_of(corpus, f"{labels_of(corpus, of)} ORDER BY number")
    return [(row["target"], row["label"]) for row in rows]
