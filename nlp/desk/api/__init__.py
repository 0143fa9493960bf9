"""Routes of the HTTP interface, one module a matter; `ROUTERS` has them all. Each names the rank that it needs."""

from __future__ import annotations

from fastapi import APIRouter

from nlp.desk.api import codebook, copies, deciding, entry, queue, reports, sheets, tables, taking

ROUTERS: tuple[APIRouter, ...] = (
    entry.router,
    taking.router,
    reports.router,
    deciding.router,
    queue.router,
    copies.router,
    sheets.router,
    codebook.router,
    tables.router,
)
