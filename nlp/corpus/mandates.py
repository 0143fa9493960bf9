"""From a Summit's mandate to the evidence: what follows on what, and where nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlp.corpus.asking import answer, rows_of, words
from nlp.corpus.tables import Tables
from nlp.corpus.views import STANDS, SURE, best_state
from nlp.plots.answer import Answer
from nlp.plots.bands import Band, banded
from nlp.plots.grids import target_words

if TYPE_CHECKING:
    import pandas as pd

HEADINGS = ("Mandates and declarations", "Resolution paragraphs", "Objective", "Its activities", "Evidence for it")
MOST_LINES = 9  # of a column in a band
# Evidence is somebody's: a page about the Program that is no report restates what is to be done, and names nobody.
_EVIDENCE = f"""d.kind NOT IN ('mandates', 'resolution', 'declaration', 'program') AND (d.kind <> 'other'
    OR l.state IN {STANDS} OR coalesce(l.implementer, p.implementer_text, d.body) IS NOT NULL)"""


def mandate_chain(corpus: Tables) -> Answer:
    """Mandate -> resolution paragraph -> objective -> activities -> evidence, joined by the objectives they share."""
    frame = corpus.typed(corpus.arrow(_CHAIN))
    mandates = frame.loc[frame["mandate"].notna(), ["mandate_id", "evidence_links"]]
    asked = mandates["mandate_id"].nunique()
    answered = mandates.loc[mandates["evidence_links"] > 0, "mandate_id"].nunique()
    silent = rows_of(corpus, _SILENT)[0]
    title = (
        f"From mandate to evidence: of {words(asked + silent['mandates'], 'mandate')}, {asked} have an objective, and "
    )
    title += f"{answered} of these meet evidence"
    caption = (
        "Mandates and paragraphs are tied to the objectives that they are suggested or confirmed for; a mandate and a "
        "paragraph hang together where they share one, which is not to say that the one carries out the other. "
        "Activities are the codebook's; evidence is in documents that are no mandate, declaration, resolution or "
        "program; in those of no known kind, only where it is told who acts, or an officer confirmed it. "
        f"Orange: nothing stands there. {words(silent['mandates'], 'mandate')} and "
        f"{words(silent['paragraphs'], 'operative paragraph')} have no objective that is sure, and are not drawn."
    )
    return answer(corpus, title, caption, frame, _draw_chain)


_SPOKEN = f"""sure AS (SELECT * FROM links WHERE {SURE} AND starts_with(target, 'objective')),
    orders AS (SELECT p.run, p.passage_id, p.document_id,
        CASE WHEN p.clause = 'mandate' OR (d.kind = 'declaration' AND p.role = 'activity') THEN 'mandate'
            WHEN p.clause = 'operative' AND d.kind = 'resolution' THEN 'operative' END AS clause, p.number,
        coalesce(p.summit, d.title) AS summit, coalesce(p.year, d.year) AS year, x.text FROM passages p
        JOIN texts x ON p.run = x.run AND p.passage_id = x.passage_id
        JOIN documents d ON p.run = d.run AND p.document_id = d.document_id
        WHERE p.clause IN ('mandate', 'operative') OR d.kind = 'declaration')"""
_CHAIN = f"""WITH {_SPOKEN},
    mandates AS (SELECT s.target, o.* FROM orders o JOIN sure s USING (run, passage_id) WHERE clause = 'mandate'),
    paragraphs AS (SELECT s.target, o.*, coalesce(s.symbol, s.title) AS symbol FROM orders o
        JOIN sure s USING (run, passage_id) WHERE clause = 'operative'),
    found AS (SELECT l.target, count(*) AS links, count(DISTINCT l.document_id) AS reports, {best_state()} AS state,
        arg_max(l.quote, coalesce(l.probability, 2)) AS best_quote
        FROM links l JOIN documents d ON l.run = d.run AND l.document_id = d.document_id
        JOIN passages p ON l.run = p.run AND l.passage_id = p.passage_id
        WHERE {_EVIDENCE} AND {SURE} GROUP BY l.target)
    SELECT m.passage_id AS mandate_id, m.summit, m.year, m.number AS mandate_number, m.text AS mandate,
        r.passage_id AS paragraph_id, r.symbol AS resolution, r.number AS paragraph, r.text AS paragraph_text,
        o.target AS objective, o.label AS objective_title, coalesce(f.links, 0) AS evidence_links,
        coalesce(f.reports, 0) AS evidence_reports, f.best_quote AS objective_quote,
        a.target AS activity, a.label AS activity_title, a.given_to, c.strength,
        coalesce(g.state, 'searched_none') AS activity_state, coalesce(g.links, 0) AS activity_links,
        g.best_quote AS activity_quote
    FROM (SELECT * FROM labels WHERE axis = 'objective') o LEFT JOIN mandates m ON m.target = o.target
    LEFT JOIN paragraphs r ON r.target = o.target LEFT JOIN found f ON f.target = o.target
    JOIN concordance c ON c.parent = o.target JOIN labels a ON a.target = c.target
    LEFT JOIN found g ON g.target = a.target
    ORDER BY m.year, m.summit, m.number, m.passage_id, r.number, r.passage_id, o.number, a.number"""
_SILENT = f"""WITH {_SPOKEN}
    SELECT count(*) FILTER (clause = 'mandate') AS mandates, count(*) FILTER (clause = 'operative') AS paragraphs
    FROM orders WHERE (run, passage_id) NOT IN (SELECT (run, passage_id) FROM sure)"""


def _draw_chain(frame: pd.DataFrame) -> Any:
    bands = []
    for target, rows in frame.groupby("objective", sort=False, observed=True):
        mandates = rows.dropna(subset="mandate_id").drop_duplicates("mandate_id")
        paragraphs = rows.dropna(subset="paragraph_id").drop_duplicates("paragraph_id")
        first, tiles = rows.iloc[0], rows.drop_duplicates("activity")
        links = int(first["evidence_links"])
        end = (
            f"{words(links, 'link')}, {words(int(first['evidence_reports']), 'report')}" if links else "none of its own"
        )
        bands.append(
            Band(
                _cut([_mandate_words(row) for row in mandates.to_dict("records")]),
                _cut([_paragraph_words(row) for row in paragraphs.to_dict("records")]),
                target_words(str(target), first["objective_title"]),
                [(a.split(":")[1], s) for a, s in zip(tiles["activity"], tiles["activity_state"], strict=True)],
                end,
                not links,
            )
        )
    return banded(bands, HEADINGS)


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return lines if more <= 0 else [*lines[: MOST_LINES - 1], f"and {more + 1} more, in the frame"]


def _mandate_words(row: dict[str, Any]) -> str:
    year = f"{row['year']} " if isinstance(row["year"], int) else ""
    return f"{year}{_numbered(row['mandate_number'], row['mandate'])}"


def _paragraph_words(row: dict[str, Any]) -> str:
    symbol = str(row["resolution"]).split(" (")[0]
    return f"{symbol} \u00b6{_numbered(row['paragraph'], row['paragraph_text'])}"


def _numbered(number: Any, text: str) -> str:
    """Number and words; a text that begins with its number has it once."""
    text = " ".join(text.split())
    return f"{number} {text.removeprefix(number).lstrip('. ')}" if isinstance(number, str) else text
