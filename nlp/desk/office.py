"""What all routes of one server share."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from fastapi import Request

from nlp.desk.copying import Copier
from nlp.desk.gate import Gate
from nlp.desk.inbox import SCRATCH, Inbox
from nlp.desk.lining import Lines
from nlp.desk.pictures import Pictures
from nlp.desk.rates import Rates
from nlp.desk.shield import Doors
from nlp.program import Program
from nlp.review.desk import Desk
from nlp.review.vault import FILES
from nlp.settings import Settings

PAGES = "cache/pages"


@dataclass
class Office:
    """The parts of a running desk.

    Attributes:
        desk: reports and decisions. gate: who may come in. doors: from where. program: the codebook.
        lines: queues across reports. pictures: draws pages. copier: makes copies.
        inbox: what maps in the background, None where nothing does.
        uploads: how often each user may send a file; taking: how many files are taken at once.
        breaches: reports of the content security policy, by directive.
    """

    desk: Desk
    gate: Gate
    doors: Doors
    settings: Settings
    program: Program
    lines: Lines
    pictures: Pictures
    copier: Copier
    inbox: Inbox | None = None
    uploads: Rates = field(default_factory=lambda: Rates(60, 1.0))
    taking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(3))
    breaches: Counter[str] = field(default_factory=Counter)

    @classmethod
    def on(cls, desk: Desk, gate: Gate, doors: Doors, settings: Settings) -> Office:
        """Return an office on a desk, with all that needs nobody to start it."""
        scratch, pages = desk.vault.folder / SCRATCH, desk.vault.folder / PAGES
        pictures = Pictures(desk.vault.folder / FILES, pages, scratch, settings)
        return cls(desk, gate, doors, settings, desk.program, Lines(desk), pictures, Copier(scratch, settings))

    def close(self) -> None:
        """End what runs beside the server."""
        if self.inbox:
            self.inbox.stop()
        self.pictures.close()
        self.copier.close()


def office_of(request: Request) -> Office:
    """Return the office that a request came to."""
    office: Office = request.app.state.office
    return office
