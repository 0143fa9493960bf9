"""All cases, and why a row of the torture list has none here."""

from __future__ import annotations

from torture import names, pages, pdf, runs, text, web, word
from torture.base import Case
from torture.models import CACHES, MODELS

ROWS = range(1, 66)
FILES: tuple[Case, ...] = (
    *names.CASES, *pdf.CASES, *pages.CASES, *word.CASES, *web.CASES, *text.CASES, *runs.CASES,
)  # fmt: skip
TESTS = {  # rows that are no table of inputs, and the tests of test_torture.py that hold them
    7: "test_a_file_that_grows_while_it_is_read",
    27: "test_the_pinned_pdf_library_reads_no_pickles",
    43: "test_reading_takes_linear_time",
    54: "test_a_model_of_another_codebook_is_refused",
    56: "test_what_is_absent_is_said_in_five_seconds",
    57: "test_golden_vectors",
    60: "test_tiny_files_in_flat_memory",
    61: "test_a_poor_environment",
}
ELSEWHERE = {  # rows whose cases stand in a test module of their own
    37: "test_cells", 45: "test_contacts", 46: "test_store_files", 47: "test_private", 48: "test_engine",
    49: "test_engine",
    50: "test_engine", 51: "test_store_files", 59: "test_worker",
}  # fmt: skip
REASONS = {
    58: "documents are mapped on the CPU: there is no GPU to lose; without bfloat16, `auto` means float32",
    62: "no server yet",
    63: "no server yet",
    64: "no server yet",
}
HERE = {case.row for case in FILES if case.statuses} | {damage.row for damage in (*MODELS, *CACHES)} | set(TESTS)
