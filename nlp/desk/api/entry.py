"""Coming in and going out, and what browsers report of broken policies: the only routes that need no rank."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from nlp.desk.gate import SESSION_SECONDS, Gate, Looks, client_of
from nlp.desk.office import office_of
from nlp.desk.plain import answer
from nlp.desk.shield import CSP_REPORTS, SIGN_IN
from nlp.desk.users import User

DIRECTIVES = 40  # kinds of breaches that are told apart
router = APIRouter()


@router.post(SIGN_IN)
def sign_in(request: Request, token: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Begin a session with a token."""
    gate = office_of(request).gate
    return begin_session(gate, gate.enter(token.strip(), client_of(request)), "/")


@router.post("/sign-out")
def sign_out(request: Request, user: Looks) -> Response:
    """End a session: the browser forgets it."""
    sent = answer({"signed_out": user.name})
    sent.delete_cookie(office_of(request).gate.cookie, path="/")
    return sent


@router.post(CSP_REPORTS)
async def breach(request: Request) -> Response:
    """Count what a browser reports; nothing of what it quotes is kept."""
    breaches = office_of(request).breaches
    directive = _directive(await request.body())
    breaches[directive if directive in breaches or len(breaches) < DIRECTIVES else "other"] += 1
    return Response(status_code=204)


@router.get("/api/csp")
def breaches(request: Request, user: Looks) -> Response:
    """Number of broken policies that browsers reported since the start, by directive."""
    found = dict(office_of(request).breaches)
    return answer({"reports": sum(found.values()), "directives": found})


@router.get("/api/me")
def me(user: Looks) -> Response:
    """Who asks."""
    return answer({"name": user.name, "rank": user.rank})


def begin_session(gate: Gate, user: User, path: str) -> RedirectResponse:
    """Return a redirect to a path of ours that begins a session."""
    sent = RedirectResponse(path, 303)
    sent.set_cookie(
        gate.cookie, gate.session(user), SESSION_SECONDS, path="/", httponly=True, samesite="strict", secure=gate.secure
    )  # fmt: skip
    return sent


def _directive(body: bytes) -> str:
    import json

    try:
        report: Any = json.loads(body)
        said = str(report["csp-report"].get("effective-directive") or report["csp-report"]["violated-directive"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "other"
    word = said.split(" ")[0]
    return word if word.replace("-", "").isalpha() and len(word) < DIRECTIVES else "other"
