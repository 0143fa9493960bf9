"""The concordance of objectives and activities as passages show it, beside the codebook's."""

from __future__ import annotations

from nlp.corpus.asking import answer
from nlp.corpus.tables import Tables
from nlp.corpus.views import SURE
from nlp.plots.answer import Answer, shortened
from nlp.plots.grids import pairs

BOTH, BOOK, SEEN = "in the codebook and seen", "in the codebook, not seen", "seen, not in the codebook"


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
        alone AS (SELECT target, count(*) AS passages FROM held GROUP BY target),
        total AS (SELECT count(DISTINCT (run, passage_id)) AS passages FROM held)
        SELECT coalesce(s.activity, c.target) AS activity, coalesce(s.objective, c.parent) AS objective,
            a.label AS activity_title, o.label AS objective_title, c.strength, coalesce(s.seen, 0) AS seen,
            coalesce(pa.passages, 0) AS activity_passages, coalesce(po.passages, 0) AS objective_passages,
            s.seen * (SELECT passages FROM total) / (pa.passages * po.passages) AS lift,
            CASE WHEN c.target IS NULL THEN '{SEEN}' WHEN s.seen > 0 THEN '{BOTH}' ELSE '{BOOK}' END AS standing
        FROM seen s FULL JOIN concordance c ON s.activity = c.target AND s.objective = c.parent
        JOIN labels a ON a.target = coalesce(s.activity, c.target)
        JOIN labels o ON o.target = coalesce(s.objective, c.parent)
        LEFT JOIN alone pa ON pa.target = a.target LEFT JOIN alone po ON po.target = o.target
        ORDER BY a.number, o.number""")
    )
    strange = frame[(frame["standing"] == SEEN) & (frame["seen"] >= least)]
    drawn = frame[(frame["standing"] != SEEN) | (frame["seen"] >= least)]
    drawn = drawn.assign(
        row="A"
        + drawn["activity"].str.split(":").str[1]
        + " "
        + drawn["activity_title"].map(lambda t: shortened(t, 60)),
        column="O"
        + drawn["objective"].str.split(":").str[1]
        + " "
        + drawn["objective_title"].map(lambda t: shortened(t, 44)),
    )
    drawn = drawn.sort_values("objective", key=lambda c: c.str.split(":").str[1].astype(int), kind="stable")
    book = frame[frame["standing"] != SEEN]
    others = (frame["standing"] == SEEN).sum()
    title = f"Concordance: {(book['seen'] > 0).sum()} of {len(book)} pairs of the codebook are seen in passages, "
    title += f"and {others} others, {len(strange)} of them in at least {least}"
    caption = "A mark is a pair found in the same passages (suggested or confirmed), as large as they are many. Pairs "
    caption += f"outside the codebook are drawn from {least} passages on. The rule that an activity needs one of its "
    caption += "objectives favours the codebook's pairs. Activities stand by the first objective they serve."
    return answer(corpus, title, caption, frame, pairs, drawn)
