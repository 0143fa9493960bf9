"""What a request can fail in, each with its HTTP status; every error of ours as the JSON that a page shows."""

from __future__ import annotations

from typing import Any

from nlp.errors import Conflict, EvmapError, MissingExtra, StoreError, UnreadableDocument, UsageError


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


def said(error: EvmapError) -> dict[str, Any]:
    """Return the JSON of an error; a conflict brings both versions."""
    told = {"subject": error.subject, "reason": error.reason, "hint": error.hint}
    if isinstance(error, Conflict):
        return {"error": told, "yours": error.yours, "theirs": error.theirs}
    return {"error": told}
