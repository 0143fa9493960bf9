"""Who works on what: ties between bodies and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlp.corpus.asking import AXES, answer, check_axis, tagged, words
from nlp.corpus.tables import Tables
from nlp.corpus.views import SURE
from nlp.extras import need
from nlp.plots.answer import Answer
from nlp.plots.grids import target_words
from nlp.plots.layers import Shape, layered
from nlp.plots.palette import INK, STATES

if TYPE_CHECKING:
    import pandas as pd


def network(corpus: Tables, by: str, of: str, least: int, most: int) -> Answer:
    """Who works on what: a way from a body to a target for the links that they share."""
    check_axis(of)
    frame = corpus.typed(
        corpus.arrow(f"""WITH ties AS ({tagged(corpus, by)}) SELECT unit, target, label, count(*) AS links,
        count(*) FILTER {SURE} AS sure, count(DISTINCT document_id) AS reports,
        arg_max(quote, coalesce(probability, 2)) AS best_quote FROM ties WHERE starts_with(target, '{of}')
        AND unit <> 'not named' GROUP BY ALL ORDER BY links DESC, unit, target""")
    )
    strong = frame[(frame["sure"] > 0) & (frame["links"] >= least)].head(most)
    caption = f"A way is as wide as there are links. Drawn are ties with at least {words(least, 'link')}, one of them "
    caption += f"suggested or confirmed, at most the {most} strongest: {len(strong):,} of {len(frame):,}. "
    caption += "Passages that name nobody are left out."
    bodies, targets = strong["unit"].nunique(), strong["target"].nunique()
    title = f"Who works on what: {words(bodies, by, f'{by}s')} and {words(targets, of, AXES[of])}"
    return answer(corpus, title, caption, frame, lambda shown: _two_layers(shown, by, of), strong)


def _two_layers(frame: pd.DataFrame, by: str, of: str) -> object:
    pandas = need("pandas")
    left = [(f"u {unit}", 0, unit, INK, None) for unit in dict.fromkeys(frame["unit"])]
    pairs = dict(zip(frame["target"], frame["label"], strict=True))
    right = [(f"t {target}", 1, target_words(target, label), INK, None) for target, label in pairs.items()]
    nodes = pandas.DataFrame([*left, *right], columns=["node", "layer", "label", "colour", "order"])
    edges = frame.assign(
        a="u " + frame["unit"].astype(str), b="t " + frame["target"].astype(str), colour=STATES["suggested"]
    )
    edges = edges.rename(columns={"links": "weight"})[["a", "b", "weight", "colour"]]
    return layered(nodes, edges, [by.capitalize(), of.capitalize()], Shape(text=330, way=260))
