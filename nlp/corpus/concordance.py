"""The concordance of objectives and activities as passages show it, beside the codebook's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlp.corpus.asking import answer
from nlp.corpus.tables import Tables
from nlp.corpus.views import SURE
from nlp.plots.answer import Answer
from nlp.plots.grids import target_words
from nlp.plots.pairs import BOOK, BOTH, SEEN, pairs

if TYPE_CHECKING:
    import pandas as pd


def concordance(corpus: Tables, least: int) -> Answer:
    """Which activities are found in the same passages as which objectives.

    The rule that no activity stands without one of its objectives makes pairs of the codebook likelier than they would
    be by themselves; pairs that the codebook does not have owe nothing to it.
    """
    frame = corpus.typed(
        corpus.arrow(f"""WITH held AS (SELECT DISTINCT run, passage_id, target FROM links WHERE {SURE}),
        seen AS (SELECT a.target AS activity, o.target AS objective, count(*) AS seen FROM held a
            JOIN held o ON a.run = o.run AND a.passage_id = o.passage_id
            WHERE starts_with(a.target, 'activity') AND starts_with(o.target, 'objective') GROUP BY ALL),
        alone AS (SELECT target, count(*) AS times FROM held GROUP BY target),
        total AS (SELECT count(DISTINCT (run, passage_id)) AS times FROM held)
        SELECT coalesce(s.activity, c.target) AS activity, coalesce(s.objective, c.parent) AS objective,
            a.label AS activity_title, o.label AS objective_title, c.strength, coalesce(s.seen, 0) AS seen,
            coalesce(pa.times, 0) AS activity_passages, coalesce(po.times, 0) AS objective_passages,
            s.seen * (SELECT times FROM total) / (pa.times * po.times) AS lift,
            CASE WHEN c.target IS NULL THEN '{SEEN}' WHEN s.seen > 0 THEN '{BOTH}' ELSE '{BOOK}' END AS standing
        FROM seen s FULL JOIN concordance c ON s.activity = c.target AND s.objective = c.parent
        JOIN labels a ON a.target = coalesce(s.activity, c.target)
        JOIN labels o ON o.target = coalesce(s.objective, c.parent)
        LEFT JOIN alone pa ON pa.target = a.target LEFT JOIN alone po ON po.target = o.target
        ORDER BY a.number, o.number""")
    )
    strange = frame[(frame["standing"] == SEEN) & (frame["seen"] >= least)]
    drawn = _rows(frame[(frame["standing"] != SEEN) | (frame["seen"] >= least)])
    book = frame[frame["standing"] != SEEN]
    others = (frame["standing"] == SEEN).sum()
    title = f"Concordance: {(book['seen'] > 0).sum()} of {len(book)} pairs of the codebook are seen in passages, "
    title += f"and {others} others, {len(strange)} of them in at least {least}"
    caption = (
        "A tile is an activity found in the same passages as the objective (suggested or confirmed), with how many "
    )
    caption += "they are; pale ones the codebook ties to it, and no passage does. Pairs outside the codebook are drawn "
    caption += (
        f"from {least} passages on. The rule that an activity needs one of its objectives favours the codebook's "
    )
    caption += "pairs. Titles of activities are in the frame."
    return answer(corpus, title, caption, frame, pairs, drawn)


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Pairs by objective, in each those first that most passages show; `place` counts them from 0."""
    number = frame["objective"].str.split(":").str[1].astype(int)
    words = [target_words(*pair) for pair in zip(frame["objective"], frame["objective_title"], strict=True)]
    rows = frame.assign(row=words, activity_number=frame["activity"].str.split(":").str[1].astype(int), number=number)
    rows = rows.sort_values(["number", "seen", "activity_number"], ascending=[True, False, True], kind="stable")
    return rows.assign(place=rows.groupby("number").cumcount())
