"""What a run leaves behind. Rows are written as documents are mapped; WRITERS makes the rest from the rows.

To add an output: a module with ``write(out: Path, program: Program) -> Path`` and a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nlp.program import Program
from nlp.writers.report import write_report
from nlp.writers.tables import write_coverage, write_mapping

Writer = Callable[[Path, Program], Path]
WRITERS: dict[str, Writer] = {
    "mapping.csv": write_mapping,
    "coverage.csv": write_coverage,
    "report.html": write_report,
}
