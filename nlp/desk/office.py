"""What all routes of one server share."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from nlp.desk.gate import Gate
from nlp.desk.rates import Rates
from nlp.desk.shield import Doors
from nlp.program import Program
from nlp.settings import Settings


@dataclass
class Office:
    """The parts of a running desk.

    Attributes:
        desk: reports and decisions. gate: who may come in. doors: from where. program: the codebook.
        inbox: what maps in the background, None where nothing does. pictures: draws pages, None where nothing does.
        uploads: how often each user may send a file; taking: how many files are taken at once.
        breaches: reports of the content security policy, by directive.
    """

    desk: Any
    gate: Gate
    doors: Doors
    settings: Settings
    program: Program
    inbox: Any = None
    pictures: Any = None
    uploads: Rates = field(default_factory=lambda: Rates(60, 1.0))
    taking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(3))
    breaches: Counter[str] = field(default_factory=Counter)


def office_of(request: Request) -> Office:
    """Return the office that a request came to."""
    office: Office = request.app.state.office
    return office
