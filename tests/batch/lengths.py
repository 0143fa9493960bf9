"""How long documents are: a log-normal fitted to real ones, and drawn from."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Pages of A4 in the sample PDFs hold 2,600 characters (2,060 to 3,120).
CHARACTERS_A_PAGE = 2600
MOST_PAGES = 250


@dataclass(frozen=True)
class Lengths:
    """A log-normal: `median` (in whatever is counted) and `sigma`, the standard deviation of the logarithm."""

    median: float
    sigma: float

    def draw(self, rng: random.Random, most: float = math.inf) -> float:
        """One length, at most `most`."""
        return min(most, rng.lognormvariate(math.log(self.median), self.sigma))


# Fitted by `--measure` to the five official documents we have of this subject (3,480 to 49,592 characters); one in
# forty is longer than 60 pages, one in 700 than 200. Our own training documents are all short (2.5 pages, sigma 0.26).
PAGES = Lengths(5.6, 1.2)


def fit(values: Iterable[float]) -> Lengths:
    """The log-normal that fits positive values best."""
    logs = [math.log(value) for value in values if value > 0]
    return Lengths(math.exp(statistics.fmean(logs)), statistics.stdev(logs))


def describe(values: Sequence[float]) -> str:
    """Smallest, quartiles, largest and the fitted log-normal, in a line."""
    lengths = fit(values)
    low, middle, high = statistics.quantiles(values, n=4)
    return (
        f"{len(values)} values, {min(values):,.0f} / {low:,.0f} / {middle:,.0f} / {high:,.0f} / {max(values):,.0f}; "
        f"log-normal: median {lengths.median:,.1f}, sigma {lengths.sigma:.2f}"
    )
