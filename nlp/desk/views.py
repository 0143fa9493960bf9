"""The pages: a URL each; what is on them comes from the JSON behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi import Path as Place
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from nlp.desk.api.reports import report_of
from nlp.desk.faults import told
from nlp.desk.gate import Looks
from nlp.desk.office import office_of
from nlp.desk.plain import answer
from nlp.desk.wording import COOKIE, NAMES, language_of, say, words_file
from nlp.display import visible
from nlp.errors import EvmapError
from nlp.program import Body, Language

HERE = Path(__file__).parent
STATIC = HERE / "static"
TEMPLATES = Jinja2Templates(HERE / "templates")
TEMPLATES.env.filters["plain"] = lambda text: visible(str(text))
YEAR = 365 * 24 * 3600
ReportId = Annotated[str, Place(pattern=r"^[0-9a-f]{64}$")]
router = APIRouter()


def page(request: Request, view: str, user: Any, code: int = 200, **more: Any) -> Response:
    """Return a page in the language of whoever asks.

    Args:
        view: name of its template, and of its script where it has one. user: who asks, None for nobody we know.
        code: HTTP status. more: what the template needs besides.
    """
    language = language_of(request)
    script = view if (STATIC / f"{view}.js").is_file() else ""

    def with_language(code: str) -> str:
        kept = [pair for pair in request.query_params.multi_items() if pair[0] not in ("lang", "token")]
        return urlencode([*kept, ("lang", code)])

    content = {
        "view": view, "user": user, "language": language, "languages": list(NAMES.items()), "script": script,
        "say": lambda key, **values: say(language, key, **values), "with_language": with_language, "code": code,
        "levels": ("objective", "activity") if office_of(request).program.activities else (), **more,
    }  # fmt: skip
    sent: Response = TEMPLATES.TemplateResponse(request, f"{view}.html", content, status_code=code)
    if request.query_params.get("lang") == language:
        sent.set_cookie(COOKIE, language, max_age=YEAR, samesite="strict")
    return sent


@router.get("/", response_class=HTMLResponse)
def inbox_page(request: Request, user: Looks) -> Any:
    """The inbox."""
    return page(request, "inbox", user)


@router.get("/queue", response_class=HTMLResponse)
def queue_page(request: Request, user: Looks) -> Any:
    """What to decide next, across reports."""
    return page(request, "queue", user)


@router.get("/map", response_class=HTMLResponse)
def map_page(request: Request, user: Looks) -> Any:
    """The evidence map and coverage."""
    return page(request, "map", user)


@router.get("/codebook", response_class=HTMLResponse)
def codebook_page(request: Request, user: Looks) -> Any:
    """The codebook."""
    return page(request, "codebook", user)


@router.get("/log", response_class=HTMLResponse)
def log_page(request: Request, user: Looks) -> Any:
    """The log of decisions."""
    return page(request, "log", user)


@router.get("/help", response_class=HTMLResponse)
def help_page(request: Request, user: Looks) -> Any:
    """How to work here."""
    return page(request, "help", user)


@router.get("/reports/{document_id}", response_class=HTMLResponse)
def report_page(request: Request, document_id: ReportId, user: Looks) -> Any:
    """A report: text, suggestions, decisions."""
    report_of(office_of(request), document_id)
    return page(request, "report", user, document_id=document_id, sheet="report")


@router.get("/adjudicate/{document_id}", response_class=HTMLResponse)
def adjudicate_page(request: Request, document_id: ReportId, user: Looks) -> Any:
    """Two readings of a report side by side."""
    report_of(office_of(request), document_id)
    return page(request, "adjudicate", user, document_id=document_id)


@router.get("/words/{language}.json")
def words(language: Language, user: Looks) -> Response:
    """Interface words of a language."""
    sent = answer(words_file(language))
    sent.headers["cache-control"] = "no-cache"
    return sent


@router.get("/codebook/bodies.json")
def bodies(request: Request, user: Looks, language: Language = "en") -> Response:
    """Implementers and other bodies that reports name, as {id, name} in a language, by name."""
    known = office_of(request).program.body_by_id.values()
    rows = [{"id": body.id, "name": _name(body, language)} for body in known]
    return answer({"bodies": sorted(rows, key=lambda row: row["name"].casefold())})


def _name(body: Body, language: Language) -> str:
    acronym = (body.acronyms.get(language) or [""])[0]
    name = body.name(language)
    return f"{acronym}: {name}" if acronym and acronym != name else name


def fault_page(request: Request, error: EvmapError, code: int) -> Any:
    """Return the page that says what is wrong and leads back; for nobody we know (401) a form for the token."""
    gate = office_of(request).gate
    user = gate.holder(request.cookies.get(gate.cookie, "")) if code != 401 else None
    return page(request, "fault", user, code, told=told(error, language_of(request)))
