"""The official wording of the objectives and activities, as the user imported it. Never part of this package."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from nlp.errors import CodebookError
from nlp.settings import state_root


class Official(BaseModel):
    """The official wording, as imported from the Program document.

    Attributes:
        document_id: sha256 of the document it was read from.
        wording: target -> official text; implementers: activity target -> implementer heading above it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: str
    language: str
    wording: dict[str, str]
    implementers: dict[str, str]


FIRST = "iap"  # the programme whose wording was kept before there were others


def official_path(programme: str = FIRST) -> Path:
    """Where the imported official wording of a programme (its id) is kept."""
    return state_root() / ("official.json" if programme == FIRST else f"official-{programme}.json")


def load_official(programme: str = FIRST) -> Official | None:
    """Return the imported official wording of a programme, None when nothing was imported.

    Raises:
        CodebookError: if the stored file is damaged.
    """
    path = official_path(programme)
    if not path.is_file():
        return None
    try:
        return Official.model_validate_json(path.read_text("utf-8"))
    except ValidationError:
        raise CodebookError(path, "damaged", "Run again: evmap program import FILE") from None


def save_official(official: Official, programme: str = FIRST) -> Path:
    """Keep the official wording for later commands; return where."""
    path = official_path(programme)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(official.model_dump_json(indent=1), "utf-8")
    draft.replace(path)
    return path
