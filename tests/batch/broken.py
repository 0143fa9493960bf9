"""Files as they come from real archives now and then: torn, empty, locked, noise, under another format's name."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.batch.layout import as_docx, as_html, as_pdf
from tests.batch.source import Text


@dataclass(frozen=True)
class Fault:
    """A way to be broken: the file's suffix, what the ledger may say of it, and what makes it of a text."""

    suffix: str
    statuses: tuple[str, ...]
    make: Callable[[Text, random.Random], bytes]


def _torn(text: Text, rng: random.Random) -> bytes:
    data = as_pdf(text, False, rng)
    return data[: int(len(data) * rng.uniform(0.3, 0.95))]


def _torn_word(text: Text, rng: random.Random) -> bytes:
    data = as_docx(text, False, rng)
    return data[: int(len(data) * rng.uniform(0.3, 0.95))]


FAULTS: dict[str, Fault] = {
    "truncated PDF": Fault(".pdf", ("corrupt", "partial", "ok"), _torn),  # a reader may mend the table at its end
    "truncated Word": Fault(".docx", ("corrupt", "partial"), _torn_word),
    "empty": Fault(".pdf", ("corrupt",), lambda _, __: b""),
    "blank": Fault(".txt", ("no_text",), lambda _, __: b" \r\n\r\n"),
    "encrypted": Fault(".pdf", ("encrypted",), lambda text, rng: as_pdf(text, False, rng, password="secret")),
    "wrong suffix": Fault(".pdf", ("ok",), lambda text, rng: as_html(text, False, rng)),
    "noise": Fault(".docx", ("unsupported", "corrupt"), lambda _, rng: b"\0\x01" + rng.randbytes(4000)),
}
