"""Two reports, years, languages, models or runs: every difference between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlp.corpus.asking import words
from nlp.corpus.tables import Tables
from nlp.corpus.views import best_state
from nlp.errors import UsageError
from nlp.extras import need
from nlp.plots.answer import Answer
from nlp.plots.bars import dumbbells
from nlp.plots.grids import target_words

if TYPE_CHECKING:
    import pandas as pd

COMPARED = ("lane", "state", "treatment", "implementer", "quote")


def compare(a: Tables, b: Tables, names: tuple[str, str]) -> Answer:
    """Return every difference: by target, and link by link where both read the same documents.

    The frame has columns what (``state of target``, ``only in a``, ``only in b``, or what of a link changed), target,
    label, a, b, and for links passage_id and quote.

    Raises:
        UsageError: if both are called the same.
    """
    if names[0] == names[1]:
        raise UsageError(names[0], "both are called so", "Pass names=('first', 'second')")
    pandas = need("pandas")
    sides = [_side(corpus) for corpus in (a, b)]
    both = sides[0].merge(sides[1], on=["target", "label", "number", "axis"], suffixes=("_a", "_b"))
    changed = both[both["state_a"].astype(str) != both["state_b"].astype(str)]
    rows = [changed.assign(what="state of target", a=changed["state_a"].astype(str), b=changed["state_b"].astype(str))]
    same = set(a.documents["document_id"]) & set(b.documents["document_id"])
    if same:
        rows.append(_by_link(a.links[a.links["document_id"].isin(same)], b.links[b.links["document_id"].isin(same)]))
    columns = ["what", "target", "label", "a", "b", "links_a", "links_b", "passage_id", "quote"]
    frame = pandas.concat(rows).reindex(columns=columns).reset_index(drop=True)
    drawn = both[both["axis"] == "objective"].sort_values("number")
    drawn = drawn.assign(row=[target_words(t, label) for t, label in zip(drawn["target"], drawn["label"], strict=True)],
                         a=drawn["share_a"], b=drawn["share_b"])  # fmt: skip
    title = f"{names[0]} and {names[1]}: {words(len(changed), 'target')} stand differently"
    shared = (
        f"they share {words(len(same), 'document')}: links compared one by one" if same else "no document in common"
    )
    caption = f"Share of passages that are evidence for each objective, suggested or confirmed; {shared}. "
    caption += f"The frame lists {words(len(frame), 'difference')}."
    return Answer(title, caption, f"{_told(names[0], a)}; {_told(names[1], b)}.", frame,
                  lambda shown: dumbbells(shown, names), drawn)  # fmt: skip


def _told(name: str, corpus: Tables) -> str:
    counts = corpus.counts()
    told = f"{counts['documents']:,} documents, {counts['passages']:,} passages, {counts['links']:,} links"
    return f"{name}: {told} ({corpus.said or 'everything'}), run {corpus.digest}"


def _side(corpus: Tables) -> pd.DataFrame:
    """State, links and share of passages of every target in a corpus."""
    return corpus.typed(
        corpus.arrow(f"""SELECT t.target, t.label, t.number, t.axis, coalesce(l.links, 0) AS links,
        coalesce(l.sure, 0) / greatest((SELECT count(*) FROM passages WHERE role <> 'heading'), 1) AS share,
        coalesce(l.state, 'searched_none') AS state FROM labels t LEFT JOIN (
            SELECT target, count(*) AS links, {best_state()} AS state,
            count(DISTINCT passage_id) FILTER (lane = 'suggested' OR state IN ('confirmed', 'corrected')) AS sure
            FROM links GROUP BY target) l ON t.target = l.target ORDER BY t.axis DESC, t.number""")
    )


def _by_link(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """A row for every link that only one side has, and for every fact of a link that differs."""
    pandas = need("pandas")
    kept = ["passage_id", "target", "label", "probability", *COMPARED]
    plain = [side[kept].astype(dict.fromkeys(("target", "label", "lane", "state", "treatment", "implementer"), object))
             for side in (a, b)]  # fmt: skip
    both = plain[0].merge(
        plain[1], on=["passage_id", "target", "label"], how="outer", suffixes=("_a", "_b"), indicator=True
    )
    both["quote"] = both["quote_a"].where(both["quote_a"].notna(), both["quote_b"])
    parts = []
    for side, mark in (("a", "left_only"), ("b", "right_only")):
        alone = both[both["_merge"] == mark]
        parts.append(alone.assign(what=f"only in {side}", **{side: alone[f"lane_{side}"]}))
    shared = both[both["_merge"] == "both"]
    for name in (*COMPARED, "probability"):
        left, right = shared[f"{name}_a"], shared[f"{name}_b"]
        differ = shared[(left != right) & ~(left.isna() & right.isna())]
        parts.append(differ.assign(what=name, a=differ[f"{name}_a"], b=differ[f"{name}_b"]))
    return pandas.concat([part for part in parts if len(part)] or parts[:1])
