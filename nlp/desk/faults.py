"""What a request can fail in, each with its HTTP status; every error of ours as the JSON that a page shows."""

from __future__ import annotations

import re
from typing import Any

from nlp.errors import Conflict, EvmapError, MissingExtra, StoreError, UnreadableDocument, UsageError
from nlp.sentences import spoken

_NAMELESS = re.compile(
    r"[0-9a-f]{12,64}(, [0-9a-f]{16})*|[0-9-]+|you|file|upload|request|report|copy|page|review sheet|asks|add|undo"
    r"|confirm|spread|decisions|host|origin|reader|officer|adjudicator|document|/.*"
)
"""Subjects that tell an officer nothing: ids, addresses and our own words; what is left names a file or a label."""


class DeskFault(EvmapError):
    """A request that is not answered as asked; `code` is the HTTP status."""

    code = 400


class Unknown(DeskFault):
    """Nobody we know asks."""

    code = 401

    def __init__(self) -> None:
        hint = "Open the address that evmap serve printed; where the desk has users, ADDRESS/?token=YOUR-TOKEN"
        super().__init__("you", "not signed in", hint)


class Forbidden(DeskFault):
    """Her rank does not allow it."""

    code = 403

    def __init__(self, rank: str, reason: str = "") -> None:
        super().__init__("you", reason or f"only for the rank {rank} or above", "Ask who runs the desk")


class Missing(DeskFault):
    """There is no such thing."""

    code = 404

    def __init__(
        self, subject: str, reason: str = "not on the desk", hint: str = "Look at the list of reports"
    ) -> None:
        super().__init__(subject, reason, hint)


class TooLarge(DeskFault):
    """More bytes than are taken."""

    code = 413

    def __init__(self, most: int) -> None:
        super().__init__("upload", f"more than {most} bytes", "Split it, or raise EVMAP_MAX_BYTES")


class TooMany(DeskFault):
    """Too many requests in too short a time."""

    code = 429

    def __init__(self, seconds: float) -> None:
        super().__init__("you", "too many requests in a short time", f"Wait {seconds:.0f} seconds")
        self.seconds = seconds


def code_of(error: EvmapError) -> int:
    """Return the HTTP status of an error."""
    if isinstance(error, DeskFault):
        return error.code
    if isinstance(error, Conflict):
        return 409
    if isinstance(error, StoreError | MissingExtra):
        return 503
    return 422 if isinstance(error, UnreadableDocument | UsageError) else 500


def said(error: EvmapError, language: str = "en") -> dict[str, Any]:
    """Return the JSON of an error; a conflict brings both versions.

    Args:
        language: of ``told``, which is for people; ``subject``, ``reason`` and ``hint`` are for programs, in English.
    """
    plain = {"subject": error.subject, "reason": error.reason, "hint": error.hint}
    body: dict[str, Any] = {"error": {**plain, "told": told(error, language)}}
    return body | ({"yours": error.yours, "theirs": error.theirs} if isinstance(error, Conflict) else {})


def told(error: EvmapError, language: str) -> dict[str, str]:
    """Return what a person is to read of an error: ``reason``, behind what it is about where that says something, and
    ``hint``, in her language where we know the words."""
    reason, hint = (_sentence(spoken(text, language)) for text in (error.reason, error.hint))
    about = "" if _NAMELESS.fullmatch(error.subject) else f"{error.subject}: "
    return {"reason": f"{about}{reason}", "hint": hint}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
