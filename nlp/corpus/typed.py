"""From Arrow to pandas with the types that an analyst expects: categories, dates, whole numbers that may be absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlp.extras import need

if TYPE_CHECKING:
    import pandas as pd

CATEGORIES = {
    "run", "target", "label", "lane", "state", "treatment", "implementer", "kind", "language", "body", "role", "clause",
    "status", "media_type", "action", "rank", "original_language", "axis", "group",
}  # fmt: skip
ORDER = "file_row_number"


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
    if ORDER not in table.schema.names:
        return table
    import numpy as np

    keys = ["run", ORDER] if "run" in table.schema.names else [ORDER]
    place = table.column(ORDER).to_numpy()
    several = "run" in keys and len(table.column("run").unique()) > 1
    if several or bool(np.any(np.diff(place) < 0)):
        table = table.sort_by([(key, "ascending") for key in keys])
    return table.drop_columns([ORDER])
