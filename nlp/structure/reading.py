"""What a reading process does: a file read, its contacts masked, its structure found. Loads nothing that maps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import overload

from nlp.contacts import mask_contacts
from nlp.program import Program, load_program, using
from nlp.readers import Asks, read, read_bytes, read_unknown
from nlp.records import Document, Known
from nlp.settings import Settings
from nlp.structure.segment import Structured, structure

_ANY = "The report.\n\nEl informe trata de los migrantes.\n\nO relatório trata dos migrantes.\n\nLe rapport en traite."


@overload
def read_structured(path: Path, settings: Settings) -> Structured: ...
@overload
def read_structured(path: Path, settings: Settings, known: Asks) -> Structured | Known: ...
def read_structured(path: Path, settings: Settings, known: Asks | None = None) -> Structured | Known:
    """Read a file and find its structure (the task of the reading child).

    Args:
        known: asked by the sha256 of the file, before it is read, whether the document is known; if so, it is not.
    """
    if known is None:
        return _structured(read(path, settings), settings)
    document = read_unknown(path, settings, known)
    return document if isinstance(document, Known) else _structured(document, settings)


def prepare() -> None:
    """Load what reading needs, so that no document's time goes into it. For processes that do nothing but read."""
    with _apart("torch"):
        import spacy  # noqa: F401 - it loads torch for networks that nobody runs here: 1.4 s and 200 MB
    structure(read_bytes(_ANY.encode(), "any.txt", Settings()))


def program_of(settings: Settings) -> Program:
    """Return the programme that the settings name; the one in use, or the shipped one, where they name none.

    Raises:
        CodebookError: as `load_program`.
    """
    return load_program(settings.program) if settings.program else load_program()


def _structured(document: Document, settings: Settings) -> Structured:
    """Mask the contacts of a document as it was read, unless the settings keep them, and find its structure."""
    if not settings.keep_contacts:
        document = replace(document, extract=mask_contacts(document.extract))
    with using(program_of(settings)):
        return structure(document)


@contextmanager
def _apart(name: str) -> Iterator[None]:
    """Have a module seem to be missing, unless it is loaded already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
