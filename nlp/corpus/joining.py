"""A frame of the user's beside the documents: what can be joined, and what not."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from nlp.corpus.views import Joined
from nlp.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


def joinable(frame: pd.DataFrame, on: str, held: Collection[str], taken: Collection[str]) -> pd.DataFrame:
    """Return a frame that can be joined to documents; its columns are called by texts.

    Args:
        on: column to join on. held: columns of documents. taken: names that its other columns cannot have, either.

    Raises:
        UsageError: if it lacks `on`, has a value of it twice, or a column whose name is taken, there twice, or none.
            SQL knows no capitals: Title is title.
    """
    columns = list(map(str, frame.columns))
    if on not in columns or on not in held:
        raise UsageError(on, "not a column of both", f"Documents have: {', '.join(held)}")
    _check_names(columns, {name.lower() for name in (*held, *taken)} - {on.lower()})
    own = frame.set_axis(columns, axis=1)
    if own[on].duplicated().any():
        raise UsageError(on, "a value stands there twice", "Give one row for each")
    return own


def _check_names(columns: Sequence[str], known: Collection[str]) -> None:
    counts = Counter(name.lower() for name in columns)
    faults = {
        "documents have this already": [name for name in counts if name in known],
        "two columns are called so": [name for name, count in counts.items() if count > 1],
        "no name for a column": [repr(name) for name in columns if not name or "\0" in name],
    }
    for reason, names in faults.items():
        if names:
            raise UsageError(", ".join(sorted(names)), reason, "Rename the column")


def hold(connection: Any, frame: pd.DataFrame, on: str) -> Joined:
    """Make a frame a table of the connection, which keeps it."""
    name = f"joined_{uuid.uuid4().hex}"
    connection.register(f"frame_of_{name}", frame)
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame_of_{name}")
    connection.unregister(f"frame_of_{name}")
    return Joined(name, on, tuple(column for column in frame.columns if column != on))
