"""Products of matrices whose rows have the same bytes whatever rows they come with.

How a library adds up a row may depend on the row's place and on how many there are, so rows that come together would
differ in their last digits from the same rows alone. Blocks of one size are free of the second; whether they are of
the first depends on library and processor, and is tried out.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nlp.encode.base import Vectors

TRIED = 3  # rows, each in every place


def same_everywhere(rows: int, weights: Iterable[Vectors]) -> bool:
    """Whether in blocks of so many rows each gets the same bytes in every place, with each of the weights."""
    return all(_places_alike(rows, table) for table in weights)


def product(table: Vectors, weights: Vectors, rows: int) -> Vectors:
    """Return float32 (n, columns) of a table (n, inner) and weights (inner, columns), in blocks of so many rows.

    Args:
        rows: 0 takes the table as it is.
    """
    if not rows or len(table) == rows:
        return np.asarray(table @ weights)
    made = np.empty((len(table), weights.shape[1]), np.float32)
    whole = len(table) // rows * rows
    for start in range(0, whole, rows):
        np.matmul(table[start : start + rows], weights, out=made[start : start + rows])
    if whole < len(table):
        last = np.zeros((rows, table.shape[1]), np.float32)
        last[: len(table) - whole] = table[whole:]
        made[whole:] = (last @ weights)[: len(table) - whole]
    return made


def _places_alike(rows: int, weights: Vectors) -> bool:
    """The same row in every place must come out the same."""
    few = np.random.default_rng(0).standard_normal((TRIED, len(weights)), np.float32)
    made = (np.tile(row, (rows, 1)) @ weights for row in few)
    return all(bool((table == table[0]).all()) for table in made)
