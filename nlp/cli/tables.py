"""Tables that several commands print: scores of systems, and lanes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.cli.speak import notice, print_table

if TYPE_CHECKING:
    from nlp.scores import Result

KINDS = ("objectives", "activities")
SCORES = ("precision", "recall", "F1", "95 % interval", "macro F1", "top-3 hit")


def print_scores(what: str, results: Iterable[tuple[str, Result]], kind: str, title: str) -> None:
    """Print a row a system, by its name; `kind` as in KINDS, `what` heads the names."""
    print_table((what, *SCORES), ((name, *_scores(result, kind)) for name, result in results), title)


def _scores(result: Result, kind: str) -> Iterator[str]:
    scores, (low, high) = result.scores[kind], result.interval[kind]
    yield from (f"{scores[name]:.3f}" for name in ("precision_micro", "recall_micro", "f1_micro"))
    yield f"{low:.3f} - {high:.3f}"
    yield from (f"{scores[name]:.3f}" for name in ("f1_macro", "top3_hit_units"))


def three_places(value: float | None) -> str:
    """Return a share for a cell, "" for None."""
    return "" if value is None else f"{value:.3f}"


def lane_rows(lanes: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Yield kind, lane, threshold, precision and recall of lanes laid out as in a manifest."""
    for kind, own in lanes.items():
        for name, cut in own.items():
            lane = "both lanes" if name == "review" else name
            yield kind, lane, cut["threshold"], cut["precision"], cut["recall"]


def save_scores(out: Path, content: Any, results: Sequence[tuple[str, str, Result]], curves: Mapping[str, Any]) -> None:
    """Write the scorecard of (sheet, system, result) rows into a folder and say where its files are."""
    from nlp.writers.scorecard import write_scorecard

    labels = ((sheet, system, row) for sheet, system, result in results for row in result.labels)
    for path in write_scorecard(out, content, labels, curves):
        notice(str(path))
