"""From Arrow to pandas with the types that an analyst expects: categories, dates, whole numbers that may be absent."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from nlp.extras import need

if TYPE_CHECKING:
    import pandas as pd

CATEGORIES = {
    "run", "target", "label", "lane", "state", "treatment", "implementer", "kind", "language", "body", "role", "clause",
    "status", "media_type", "action", "rank", "original_language", "axis", "group",
}  # fmt: skip
ORDER = "file_row_number"
MOST_PIECES = 200  # of a table out of order; where it is in more, rows are moved one by one


def to_pandas(table: Any) -> pd.DataFrame:
    """Return an Arrow table as a DataFrame.

    Rows come in the order of their files. Repeated words become categories, whole numbers ``Int64``, dates
    ``datetime64``; lists stay arrays of NumPy.
    """
    arrow, pandas = need("pyarrow"), need("pandas")
    table = _in_order(table)
    for place, field in enumerate(table.schema):
        if field.name in CATEGORIES and arrow.types.is_string(field.type):
            column = table.column(place).combine_chunks().dictionary_encode()
            table = table.set_column(place, field.name, column)
        elif arrow.types.is_date(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(arrow.timestamp("s")))
    whole = {arrow.int32(): pandas.Int64Dtype(), arrow.int64(): pandas.Int64Dtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=whole.get)
    return frame


def _in_order(table: Any) -> Any:
    """Return a table by run and place in its file, without the latter.

    DuckDB's threads each give rows in order, so that long stretches are moved as they are, and none is copied.
    """
    if ORDER not in table.schema.names:
        return table
    import numpy as np

    order = np.lexsort((table.column(ORDER).to_numpy(), _runs(table)))
    table = table.drop_columns([ORDER])
    ends = np.flatnonzero(np.diff(order) != 1) + 1
    if len(ends) > MOST_PIECES:
        return table.take(order)
    bounds = [0, *ends.tolist(), len(order)]
    pieces = [table.slice(order[a], b - a) for a, b in itertools.pairwise(bounds) if b > a]
    return need("pyarrow").concat_tables(pieces) if pieces else table


def _runs(table: Any) -> Any:
    """Return the place of each row's run among the names of runs."""
    import numpy as np

    names = table.column("run").unique().to_pylist() if "run" in table.schema.names else []
    if len(names) < 2:
        return np.zeros(len(table), np.int32)
    return need("pyarrow.compute").index_in(table.column("run"), need("pyarrow").array(sorted(names))).to_numpy()
