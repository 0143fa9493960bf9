"""All traps."""

from __future__ import annotations

from tests.traps import pdf_flow, pdf_tables, plain, structures, web, word
from tests.traps.base import Trap

TRAPS: tuple[Trap, ...] = (
    *pdf_flow.TRAPS,
    *pdf_tables.TRAPS,
    *word.TRAPS,
    *web.TRAPS,
    *plain.TRAPS,
    *structures.TRAPS,
)
