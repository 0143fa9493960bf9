"""The pages: a URL each; what is on them comes from the JSON behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from nlp.desk.gate import Looks
from nlp.errors import EvmapError

HERE = Path(__file__).parent
STATIC = HERE / "static"
TEMPLATES = Jinja2Templates(HERE / "templates")
router = APIRouter()


@router.get("/", response_class=HTMLResponse)
def inbox_page(request: Request, user: Looks) -> Any:
    """The inbox."""
    return TEMPLATES.TemplateResponse(request, "page.html", {"user": user})


def fault_page(request: Request, error: EvmapError, code: int) -> Any:
    """Return the page that says what is wrong; for nobody we know (401) a form for the token, sent to /sign-in."""
    return TEMPLATES.TemplateResponse(request, "fault.html", {"error": error, "code": code}, status_code=code)
