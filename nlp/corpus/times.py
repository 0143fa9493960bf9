"""Over the years, and planned against done."""

from __future__ import annotations

from nlp.corpus.asking import answer, labels_of, tagged, words
from nlp.corpus.tables import Tables
from nlp.corpus.views import STANDS
from nlp.plots.answer import Answer
from nlp.plots.bars import treatments, years
from nlp.plots.grids import target_words
from nlp.plots.palette import STATES

MOST = 30  # rows drawn, of those with most links


def timeline(corpus: Tables) -> Answer:
    """Links by year of their document and by standing, reports by year, and objectives reached by then."""
    places = ", ".join(f"'{state}'" for state in STATES)
    frame = corpus.typed(
        corpus.arrow(f"""WITH stood AS (SELECT *, CASE WHEN state IN {STANDS} THEN 'confirmed' ELSE lane END AS standing
            FROM links WHERE year IS NOT NULL),
        firsts AS (SELECT target, min(year) AS year FROM stood WHERE starts_with(target, 'objective') GROUP BY target),
        every AS (SELECT year, count(*) AS reports FROM documents WHERE year IS NOT NULL GROUP BY year)
        SELECT e.year, coalesce(s.standing, 'review') AS state, coalesce(s.links, 0) AS links, e.reports,
            (SELECT count(*) FROM firsts f WHERE f.year <= e.year) AS reached,
            list_position([{places}], coalesce(s.standing, 'review')) AS place
        FROM every e LEFT JOIN (SELECT year, standing, count(*) AS links FROM stood GROUP BY ALL) s ON e.year = s.year
        ORDER BY e.year, place""")
    )
    undated = int(corpus.sql("SELECT count(*) AS n FROM documents WHERE year IS NULL")["n"].iloc[0])
    first, last = (frame["year"].min(), frame["year"].max()) if len(frame) else ("-", "-")
    caption = "Years are those of the documents: of their date, else of the session in their symbol. "
    caption += f"{words(undated, 'document')} without a year left out." if undated else ""
    return answer(corpus, f"Evidence over time, {first} to {last}", caption, frame, years)


def planned_against_done(corpus: Tables, by: str) -> Answer:
    """Links by treatment, a row an objective, an activity or a unit."""
    kind = by if by in ("objective", "activity") else None
    rows = (
        f"({tagged(corpus, by)})"
        if kind is None
        else f"""(SELECT l.*, t.number, t.label AS words FROM links l
        JOIN ({labels_of(corpus, kind)}) t ON l.target = t.target)"""
    )
    unit = "unit, '' AS words, 0 AS number" if kind is None else "target AS unit, words, number"
    frame = corpus.typed(
        corpus.arrow(f"""WITH chosen AS {rows} SELECT {unit}, coalesce(treatment, 'unknown') AS treatment,
            count(*) AS links, count(DISTINCT document_id) AS reports FROM chosen GROUP BY ALL
            ORDER BY number, unit, treatment""")
    )
    names = [target_words(str(u), w) if kind else str(u) for u, w in zip(frame["unit"], frame["words"], strict=True)]
    frame = frame.assign(row=names)[["row", "unit", "treatment", "links", "reports"]]
    totals = frame.groupby("treatment", observed=True)["links"].sum()
    done, planned = (int(totals.get(name, 0)) for name in ("done", "planned"))
    title = f"Planned against done: {words(done, 'link')} say done, {words(planned, 'link')} planned"
    caption = "Left of the middle what is planned or recommended, right of it what was done or goes on. A plan and "
    caption += "its later completion, told in two reports, count in both. Mentions are in the frame, not drawn."
    most = frame.groupby("row", sort=False)["links"].sum().nlargest(MOST).index
    shown = frame if kind == "objective" else frame.set_index("row").loc[most].reset_index()
    return answer(corpus, title, caption, frame, treatments, shown)
