"""The codebook at hand: all labels, or those that words lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response

from nlp.desk.gate import Looks
from nlp.desk.office import office_of
from nlp.desk.plain import answer
from nlp.desk.seeking import seek
from nlp.display import title_of
from nlp.official import Official, load_official
from nlp.program import Label, Language, Program

router = APIRouter()
Said = TypeVar("Said")
LABEL_FIELDS = (
    "target", "title", "counts", "excludes", "confused_with", "terms", "article", "implementer", "parents", "children",
    "official",
)  # fmt: skip


@router.get("/api/codebook")
def codebook(
    request: Request,
    user: Looks,
    q: Annotated[str, Query(max_length=200)] = "",
    language: Language = "en",
) -> Response:
    """Labels that fit some words best first, or all in their order, in a language."""
    program = office_of(request).program
    return answer({"labels": labels(program, q, language), "digest": program.digest})


def labels(program: Program, words: str, language: Language) -> list[dict[str, Any]]:
    """Return labels as rows."""
    official = load_official(program.about.id)
    return [_row(program, label, language, official) for label in seek(program, words, language)]


def _in(said: Mapping[Language, Said], language: Language) -> Said:
    """What a codebook says in a language, else in English, else in its first one."""
    return said[language] if language in said else said.get("en") or next(iter(said.values()))


def _row(program: Program, label: Label, language: Language, official: Official | None) -> dict[str, Any]:
    alike = [
        {"target": other.target, "title": title_of(program, other.target, language), "rule": other.rule}
        for other in label.confused_with
    ]
    body = program.body_by_id.get(label.implementer or "")
    return {
        "target": label.target,
        "title": _in(label.title, language),
        "counts": _in(label.counts, language),
        "excludes": _in(label.excludes, language),
        "confused_with": alike,
        "terms": _in(label.terms, language),
        "article": label.article,
        "implementer": label.implementer,
        "implementer_name": _in(body.names, language) if body else label.implementer,
        "parents": program.parents(label.target),
        "children": program.children(label.target),
        "official": official.wording.get(label.target) if official else None,
    }
