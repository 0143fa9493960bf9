"""What a run leaves behind. Rows are written as documents are mapped; WRITERS makes the rest from the rows.

To add an output: a context manager ``(rows, draft, program)`` that gives a function, and a row here. The function
takes what was found in each document, in the order of the ledger; on leaving, the draft is finished.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from nlp.program import Program
from nlp.writers.report import report_page
from nlp.writers.tables import coverage_table, mapping_table
from nlp.writers.walk import Found, Rows

Writer = Callable[[Rows, Path, Program], AbstractContextManager[Callable[[Found], None]]]
WRITERS: dict[str, Writer] = {
    "mapping.csv": mapping_table,
    "coverage.csv": coverage_table,
    "report.html": report_page,
}
