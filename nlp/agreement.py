"""How far annotators agree: Krippendorff's alpha and F1 between them, with intervals over documents redrawn.

Sources: K. Krippendorff, "Content Analysis" (2004), chapter 11, for alpha; R. Passonneau, "Measuring agreement on
set-valued items" (2006), for the MASI distance between label sets; B. Efron (1979) for the bootstrap.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nlp.annotations import Annotations, LabelRow

Unit = tuple[Hashable, ...]
Distance = Callable[[Any, Any], float]
Compared = Literal["blind", "writer"]
DRAWS = 200


def nominal(a: object, b: object) -> float:
    """0 when equal, else 1."""
    return float(a != b)


def masi(a: frozenset[int], b: frozenset[int]) -> float:
    """1 minus Jaccard overlap weighted by whether one set holds the other, in [0, 1]; two empty sets agree."""
    if a == b:
        return 0.0
    common = len(a & b)
    weight = 2 / 3 if common in (len(a), len(b)) else 1 / 3
    return 1.0 - (common / len(a | b)) * (weight if common else 0.0)


class Alpha:
    """Krippendorff's alpha over units that two or more annotators valued; distances are worked out once.

    Args:
        units: the values each unit got (units with fewer than two are left out). distance: between two values.
    """

    def __init__(self, units: Iterable[Unit], distance: Distance) -> None:
        self.units = [unit for unit in units if len(unit) > 1]
        values = list(dict.fromkeys(value for unit in self.units for value in unit))
        place = {value: number for number, value in enumerate(values)}
        self._distances = np.array([[distance(a, b) for b in values] for a in values]).reshape(len(values), len(values))
        self._counts = np.zeros((len(self.units), len(values)))
        self._observed = np.zeros(len(self.units))
        for row, unit in enumerate(self.units):
            for value in unit:
                self._counts[row, place[value]] += 1
            pairs = combinations(unit, 2)
            self._observed[row] = sum(2 * distance(a, b) for a, b in pairs) / (len(unit) - 1)

    def value(self, rows: npt.NDArray[np.intp] | None = None) -> float:
        """Alpha of the units at `rows` (all by default; a row may stand several times); 1 when nothing varies."""
        chosen = np.arange(len(self.units)) if rows is None else rows
        counts = self._counts[chosen].sum(axis=0)
        total = counts.sum()
        if total < 2:
            return float("nan")
        expected = (counts @ self._distances @ counts) / (total - 1)
        return 1.0 if expected == 0 else float(1 - self._observed[chosen].sum() / expected)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one thing: alpha and F1 (None where it has no meaning) with 95 % intervals, over `units`.

    Intervals are None for fewer than two documents: there is nothing to redraw.
    """

    name: str
    units: int
    alpha: float
    alpha_interval: tuple[float, float] | None
    f1: float | None
    f1_interval: tuple[float, float] | None


def agreement(read: Annotations, kind: Compared = "blind") -> list[Agreement]:
    """Return the agreement on role, treatment, objectives and activities; what nobody valued twice is left out.

    Args:
        kind: "blind" compares annotators who saw no earlier labels; "writer" the writer with the first of them.
    """
    rows = {key: _raters(read, key, kind) for key in read.passages}
    pairs = {key: labels for key, labels in rows.items() if len(labels) > 1}
    groups = [read.documents[read.passages[key].document].work for key in pairs]
    readings = pairs.values()
    units: dict[str, tuple[list[Unit], Distance]] = {
        "role": ([_values(labels, lambda x: x.role) for labels in readings], nominal),
        "treatment": ([_treatments(labels) for labels in readings], nominal),
        "objectives": ([_values(labels, lambda x: frozenset(x.objectives)) for labels in readings], masi),
        "activities": ([_values(labels, lambda x: frozenset(x.activities)) for labels in readings], masi),
    }
    return [_measure(name, values, distance, groups) for name, (values, distance) in units.items() if any(values)]


def between(read: Annotations) -> dict[str, float]:
    """Return F1 between blind annotators by name (objectives_f1, activities_f1), as gold files keep it."""
    return {f"{row.name}_f1": row.f1 for row in agreement(read) if row.f1 is not None}


def _raters(read: Annotations, key: str, kind: Compared) -> list[LabelRow]:
    blind = read.blind(key)
    if kind == "blind":
        return blind
    return [*read.given(key, "writer"), *blind[:1]]


def _values(labels: Sequence[LabelRow], value: Callable[[LabelRow], Hashable]) -> Unit:
    return tuple(value(label) for label in labels)


def _treatments(labels: Sequence[LabelRow]) -> Unit:
    """Treatments count only where everybody saw an activity."""
    return _values(labels, lambda x: x.treatment) if all(label.treatment for label in labels) else ()


def _measure(name: str, units: Sequence[Unit], distance: Distance, groups: Sequence[str]) -> Agreement:
    kept = [(unit, group) for unit, group in zip(units, groups, strict=True) if len(unit) > 1]
    alpha = Alpha([unit for unit, _ in kept], distance)
    counts = np.array([_pair_counts(unit) for unit, _ in kept]) if distance is masi else None
    draws = list(_redraw([group for _, group in kept]))
    return Agreement(
        name,
        len(kept),
        round(alpha.value(), 3),
        _interval([alpha.value(rows) for rows in draws]),
        None if counts is None else round(_f1(counts), 3),
        None if counts is None else _interval([_f1(counts[rows]) for rows in draws]),
    )


def _pair_counts(unit: Unit) -> tuple[float, float]:
    """Labels shared and labels given, over the pairs of annotators, weighted so that each unit counts once."""
    pairs: list[tuple[Any, Any]] = list(combinations(unit, 2))
    shared = sum(len(a & b) for a, b in pairs) / len(pairs)
    given = sum(len(a) + len(b) for a, b in pairs) / len(pairs)
    return shared, given


def _f1(counts: npt.NDArray[np.float64]) -> float:
    shared, given = counts.sum(axis=0)
    return float(2 * shared / given) if given else 1.0


def _redraw(groups: Sequence[str]) -> Iterable[npt.NDArray[np.intp]]:
    """Rows of documents (or parallel families) drawn with replacement, seed 0."""
    rows: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        rows[group].append(number)
    names = sorted(rows)
    if len(names) < 2:
        return
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(names), len(names))
        yield np.concatenate([np.array(rows[names[i]]) for i in drawn])


def _interval(values: Sequence[float]) -> tuple[float, float] | None:
    if not values:
        return None
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """Agreement on one target: how often given, F1 between annotators, and what it is swapped with most."""

    target: str
    given: int
    f1: float
    swapped_with: tuple[tuple[str, int], ...]


def _swaps(a: set[str], b: set[str]) -> list[tuple[str, str]]:
    """Pairs of one kind that stand one here, one there, in a fixed order."""
    return [(x, y) for x, y in product(sorted(a - b), sorted(b - a)) if x.split(":")[0] == y.split(":")[0]]


def by_label(read: Annotations, kind: Compared = "blind") -> list[LabelAgreement]:
    """Return the agreement on every target that any of the annotators compared gave, the least agreed first.

    A target is swapped with another of its kind when one annotator gave only the one and a second only the other.
    """
    given: Counter[str] = Counter()
    paired: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    swaps: dict[str, Counter[str]] = defaultdict(Counter)
    for key in read.passages:
        raters = _raters(read, key, kind)
        given.update(target for label in raters if len(raters) > 1 for target in label.targets())
        for first, second in combinations(raters, 2):
            a, b = set(first.targets()), set(second.targets())
            paired.update([*a, *b])
            shared.update(a & b)
            for x, y in _swaps(a, b):
                swaps[x][y] += 1
                swaps[y][x] += 1
    rows = [
        LabelAgreement(t, given[t], round(2 * shared[t] / paired[t], 3), tuple(swaps[t].most_common(3))) for t in given
    ]
    return sorted(rows, key=lambda row: (row.f1, row.target))
