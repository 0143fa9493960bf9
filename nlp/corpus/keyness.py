"""Words that set the passages of a target apart from the others in their language.

Dunning's log-likelihood says how surely (T. Dunning, "Accurate methods for the statistics of surprise and coincidence",
1993), the log ratio how much (A. Hardie, 2014: binary logarithm of relative frequencies, half a word added to each).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nlp.corpus.asking import answer, words
from nlp.corpus.sql import literal
from nlp.corpus.tables import Tables
from nlp.corpus.views import SURE
from nlp.display import title_of
from nlp.errors import UsageError
from nlp.extras import need
from nlp.plots.answer import Answer
from nlp.plots.bars import terms

if TYPE_CHECKING:
    import pandas as pd

LEAST = 3  # times that a word stands in the passages
DRAWN = 12  # words drawn in each language
CERTAIN, DOUBTFUL = 10.83, 3.84  # G² that chance passes for one word in a thousand, in twenty
COLUMNS = ["language", "term", "inside", "outside", "inside_words", "outside_words", "g2", "log_ratio"]


def keyness(corpus: Tables, target: str) -> Answer:
    """Return words of a target's passages by G², per language; two words side by side count as a term, too."""
    if target not in corpus.program.labels:
        raise UsageError(target, "no such target", "Ask keyness(objective=16), or keyness(target='activity:12')")
    rows = corpus.arrow(f"""SELECT p.language, x.text, bool_or(l.target IS NOT NULL) AS inside FROM passages p
        JOIN texts x ON p.run = x.run AND p.passage_id = x.passage_id
        LEFT JOIN (SELECT run, passage_id, target FROM links WHERE target = {literal(target)} AND {SURE}) l
        ON p.run = l.run AND p.passage_id = l.passage_id WHERE p.role <> 'heading'
        GROUP BY p.run, p.passage_id, p.language, x.text ORDER BY p.run, p.passage_id""").to_pylist()
    found: dict[str, tuple[Counter[str], Counter[str], Counter[bool]]] = {}
    for row in rows:
        counts = found.setdefault(row["language"], (Counter(), Counter(), Counter()))
        spoken = list(_terms(row["text"], row["language"]))
        side = counts[0] if row["inside"] else counts[1]
        side.update(spoken)
        counts[2][row["inside"]] += sum(" " not in term for term in spoken)
    scored = [line for language, counts in sorted(found.items()) for line in _scored(language, *counts)]
    frame = need("pandas").DataFrame(scored, columns=COLUMNS)
    passages = sum(row["inside"] for row in rows)
    title = f"Words of {target.replace(':', ' ')}: {title_of(corpus.program, target, corpus.titles)}"
    caption = f"Of {words(passages, 'passage')} that are suggested or confirmed for it against the other passages of "
    caption += f"the same language. Drawn: the {DRAWN} surest of each language, pale below G² {CERTAIN}, which chance "
    caption += "passes once in a thousand words; log_ratio in the frame says how many times as frequent (1: twice)."
    return answer(corpus, title, caption, frame, terms, _drawn(frame))


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    more = frame[(frame["log_ratio"] > 0) & (frame["g2"] >= DOUBTFUL)]
    return more.assign(sure=more["g2"] >= CERTAIN).groupby("language", sort=False).head(DRAWN)


def _scored(language: str, inside: Counter[str], outside: Counter[str], sizes: Counter[bool]) -> list[tuple[Any, ...]]:
    here, there = sizes[True], sizes[False]
    lines = []
    for term, count in inside.items():
        if count >= LEAST and there:
            seen = (count, outside[term], here, there)
            lines.append((language, term, *seen, round(g2(*seen), 2), round(log_ratio(*seen), 2)))
    return sorted(lines, key=lambda line: (-line[6] if line[7] > 0 else line[6], line[1]))


def g2(inside: int, outside: int, here: int, there: int) -> float:
    """Return Dunning's log-likelihood of a word that stands `inside` times among `here`, `outside` among `there`."""
    rate = (inside + outside) / (here + there)
    parts = ((inside, here * rate), (outside, there * rate))
    return 2 * sum(seen * math.log(seen / wanted) for seen, wanted in parts if seen)


def log_ratio(inside: int, outside: int, here: int, there: int) -> float:
    """Return the binary logarithm of how many times as frequent a word is, half a word added to both counts."""
    return math.log2(((inside + 0.5) / here) / ((outside + 0.5) / there))


def _terms(text: str, language: str) -> Iterator[str]:
    """Yield words of a text, lower case, without stop words, and pairs of such words that stand side by side."""
    before = ""
    for token in _pipeline(language)(text):
        word = token.lower_
        plain = token.is_alpha and not token.is_stop and len(word) > 2
        if plain:
            yield word
            if before:
                yield f"{before} {word}"
        before = word if plain else ""


_PIPELINES: dict[str, Any] = {}


def _pipeline(language: str) -> Any:
    """spaCy's tokenizer and stop words of a language; those of no language where it does not know it."""
    import spacy

    if language not in _PIPELINES:
        try:
            _PIPELINES[language] = spacy.blank(language)
        except ImportError:
            _PIPELINES[language] = spacy.blank("xx")
    return _PIPELINES[language]
