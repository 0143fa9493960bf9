"""Routes of the HTTP interface, one module a matter; `ROUTERS` has them all. Each names the rank that it needs."""

from __future__ import annotations

from fastapi import APIRouter

from nlp.desk.api import entry

ROUTERS: tuple[APIRouter, ...] = (entry.router,)
