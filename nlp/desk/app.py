"""The app: all routes of a desk behind one shield."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from nlp.desk import views
from nlp.desk.api import ROUTERS
from nlp.desk.api.entry import begin_session
from nlp.desk.faults import DeskFault, Missing, TooMany, code_of, said
from nlp.desk.gate import client_of, rank_of
from nlp.desk.office import Office, office_of
from nlp.desk.plain import answer
from nlp.desk.shield import CSP_REPORTS, SIGN_IN, Shield
from nlp.desk.wording import language_of
from nlp.errors import EvmapError
from nlp.pipeline import safe_reason

FREE = frozenset((SIGN_IN, CSP_REPORTS))
"""Routes for which nobody has to be known."""


def make_app(office: Office) -> Shield:
    """Return the app of a desk, an ASGI application.

    Raises:
        RuntimeError: if a route names no rank.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.office = office
    routers: tuple[APIRouter, ...] = (*ROUTERS, views.router)
    for router in routers:
        app.include_router(router)
    if nameless := [route.path for route in api_routes(routers) if rank_of(route) is None and route.path not in FREE]:
        raise RuntimeError(f"routes without a rank: {', '.join(nameless)}")
    app.mount("/static", StaticFiles(directory=views.STATIC), name="static")
    app.add_exception_handler(EvmapError, _failed)
    app.add_exception_handler(RequestValidationError, _misasked)
    app.add_exception_handler(HTTPException, _astray)
    app.add_exception_handler(Exception, _broken)
    return Shield(app, office.doors)


def api_routes(routers: Iterable[APIRouter]) -> list[APIRoute]:
    """Return all routes of some routers."""
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def _failed(request: Request, error: Exception) -> Response:
    if not isinstance(error, EvmapError):
        raise error
    if code_of(error) == 401 and request.method == "GET" and "token" in request.query_params:
        try:
            return _entered(request)
        except DeskFault as refused:
            error = refused
    sent = _told(request, error, code_of(error))
    if isinstance(error, TooMany):
        sent.headers["retry-after"] = str(round(error.seconds))
    return sent


def _entered(request: Request) -> Response:
    """Begin a session with the token of an address, and go to the same address without it."""
    gate = office_of(request).gate
    user = gate.enter(request.query_params["token"], client_of(request))
    rest = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "token"])
    path = "/" + request.url.path.lstrip("/\\")
    return begin_session(gate, user, f"{path}?{rest}" if rest else path)


def _misasked(request: Request, error: Exception) -> Response:
    places = [".".join(map(str, fault["loc"])) for fault in getattr(error, "errors", list)()]
    reason = f"not as it should be: {', '.join(places[:5])}"
    return _told(request, DeskFault("request", reason, "See what the route takes"), 422)


def _astray(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 404
    known = {404: "there is no such page", 405: "this cannot be done here"}
    return _told(request, Missing(request.url.path[:100], known.get(code, "not answered")), code)


def _broken(request: Request, error: Exception) -> Response:
    return _told(request, DeskFault("evmap", safe_reason(error)), 500)


def _told(request: Request, error: EvmapError, code: int) -> Response:
    wants_page = request.method in ("GET", "HEAD") and not request.url.path.startswith("/api")
    if wants_page and "text/html" in request.headers.get("accept", ""):
        page: Any = views.fault_page(request, error, code)
        return page  # type: ignore[no-any-return]
    return answer(said(error, language_of(request)), code)
