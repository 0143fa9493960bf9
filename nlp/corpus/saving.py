"""A corpus as files: Parquet for programs, CSV for spreadsheets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.cells import write_rows
from nlp.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

FORMS = ("parquet", "csv")


def check_form(form: str) -> None:
    """Do nothing if tables can be written so.

    Raises:
        UsageError: if there is no such form.
    """
    if form not in FORMS:
        raise UsageError(form, "no such form", f"Choose of: {', '.join(FORMS)}")


def save_frame(frame: pd.DataFrame, path: Path) -> Path:
    """Write a frame as Parquet or CSV, by the suffix of the path; return the path.

    Raises:
        UsageError: if the suffix is neither.
    """
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    elif path.suffix == ".csv":
        plain = frame.astype(object).where(frame.notna(), None)
        with path.open("w", encoding="utf-8", newline="") as file:
            write_rows(file, [list(map(str, frame.columns))])
            write_rows(file, ([_cell(value) for value in row] for row in plain.itertuples(index=False)))
    else:
        raise UsageError(path, "no such form", "End the name in .parquet or .csv")
    return path


def _cell(value: Any) -> object:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat().removesuffix("T00:00:00")
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return value
