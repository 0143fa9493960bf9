"""What every question needs: an answer with counts and run digest, and names for what targets are looked at by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlp.corpus.filters import UNITS
from nlp.corpus.sql import identifier, literal
from nlp.corpus.tables import Tables
from nlp.errors import UsageError
from nlp.plots.answer import Answer, Draw

if TYPE_CHECKING:
    import pandas as pd

AXES = {"objective": "objectives", "activity": "activities"}
_REPORT = "coalesce(d.title, d.symbol, parse_filename(d.inputs[1]))"


def answer(
    corpus: Tables, title: str, caption: str, frame: pd.DataFrame, draw: Draw, shown: pd.DataFrame | None = None
) -> Answer:
    """Return an answer whose source says what was counted, of what, in which run."""
    counts = corpus.counts()
    source = (
        f"Counted: {counts['documents']:,} documents, {counts['passages']:,} passages, {counts['links']:,} links "
        f"({counts['confirmed']:,} confirmed, {counts['suggested']:,} suggested, {counts['review']:,} to be reviewed); "
        f"{corpus.said or 'everything'}. Run {corpus.digest}."
    )
    return Answer(title, caption, source, frame, draw, frame if shown is None else shown)


def check_axis(of: str) -> str:
    """Return "objective" or "activity".

    Raises:
        UsageError: if it is neither.
    """
    if of not in AXES:
        raise UsageError(of, "no such kind of target", f"Choose of: {', '.join(AXES)}")
    return of


def unit_of(corpus: Tables, by: str) -> str:
    """SQL of the name that a document goes by, over documents `d`.

    Raises:
        UsageError: if documents have no such column.
    """
    own = [column for joined in corpus.views.joined for column in joined.columns]
    if by not in (*UNITS, *own):
        raise UsageError(by, "nothing to look at targets by", f"Choose of: {', '.join((*UNITS, *own))}")
    if by == "report":
        twice = f"count(*) OVER (PARTITION BY {_REPORT}) > 1"
        return f"CASE WHEN {twice} THEN concat({_REPORT}, ' [', d.run, ' ', d.document_id[1:6], ']') ELSE {_REPORT} END"
    if by == "body":
        return "coalesce((SELECT any_value(name) FROM bodies WHERE id = d.body), d.body, 'no issuing body')"
    return f"coalesce(CAST(d.{identifier(by)} AS VARCHAR), {literal(f'no {by}')})"


def tagged(corpus: Tables, by: str) -> str:
    """SQL of links, each with the ``unit`` that it is looked at by."""
    if by == "implementer":
        return """SELECT coalesce(i.name, p.implementer, p.implementer_text, 'not named') AS unit, l.* FROM links l
            JOIN passages p ON l.run = p.run AND l.passage_id = p.passage_id
            LEFT JOIN bodies i ON i.id = p.implementer"""
    return f"""SELECT u.unit, l.* FROM links l JOIN (SELECT d.run, d.document_id, {unit_of(corpus, by)} AS unit
        FROM documents d) u ON l.run = u.run AND l.document_id = u.document_id"""


def units(corpus: Tables, by: str) -> str:
    """SQL of every unit that was searched, also where nothing was found; `read` is false for an unread input."""
    if by == "implementer":
        return """SELECT DISTINCT coalesce(i.name, p.implementer, p.implementer_text, 'not named') AS unit, TRUE AS read
            FROM passages p LEFT JOIN bodies i ON i.id = p.implementer"""
    found = f"SELECT DISTINCT {unit_of(corpus, by)} AS unit, TRUE AS read FROM documents d"
    if by == "report" and not corpus.views.conditions.documents:
        found += """ UNION ALL SELECT parse_filename(input), FALSE FROM ledger
            WHERE status NOT IN ('ok', 'partial') AND same_as IS NULL"""
    return found


def labels_of(corpus: Tables, of: str) -> str:
    """SQL of the targets of a kind that the corpus is narrowed to, in codebook order."""
    tests = " AND ".join([f"axis = '{check_axis(of)}'", *corpus.views.conditions.targets])
    return f"SELECT target, label, number FROM labels WHERE {tests}"


def words(count: int, one: str, many: str | None = None) -> str:
    """Return "1 report", "2 reports"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def rows_of(corpus: Tables, select: str) -> list[dict[str, Any]]:
    """Return the answer to a query as dicts."""
    found: list[dict[str, Any]] = corpus.arrow(select).to_pylist()
    return found
