"""Map documents onto the Inter-American Program on the human rights of migrants, with the evidence.

>>> import nlp
>>> mapping = nlp.map_file("report.pdf")
>>> mapping.links[0].quote
>>> corpus = nlp.open("out")
>>> corpus.evidence(objective=16)

Importing this package loads nothing heavy; each name loads its room when first used.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlp.corpus.corpus import Corpus
    from nlp.corpus.opening import open_corpus as open
    from nlp.errors import EvmapError, UnreadableDocument
    from nlp.mapping import Mapping
    from nlp.pipeline import Mapper, Outcome, map_file, map_many
    from nlp.program import Program, load_program
    from nlp.records import Document
    from nlp.settings import Settings

__version__ = "0.1.0"
_ROOMS = {
    "Corpus": "nlp.corpus.corpus",
    "EvmapError": "nlp.errors",
    "Mapper": "nlp.pipeline",
    "Mapping": "nlp.mapping",
    "Outcome": "nlp.pipeline",
    "Program": "nlp.program",
    "Settings": "nlp.settings",
    "UnreadableDocument": "nlp.errors",
    "load_program": "nlp.program",
    "map_file": "nlp.pipeline",
    "map_many": "nlp.pipeline",
}
__all__ = [
    "Corpus",
    "EvmapError",
    "Mapper",
    "Mapping",
    "Outcome",
    "Program",
    "Settings",
    "UnreadableDocument",
    "load_program",
    "map_file",
    "map_many",
    "open",
    "read",
]


def read(path: str | Path) -> Document:
    """Return a document with its canonical text and blocks, as it is: contacts are masked when it is mapped.

    Raises:
        UnreadableDocument: if it cannot be read; says why and what to do.
    """
    from nlp.readers import read as read_file
    from nlp.settings import Settings

    return read_file(Path(path), Settings.load())


def __getattr__(name: str) -> Any:
    if name == "open":
        return import_module("nlp.corpus.opening").open_corpus
    if name not in _ROOMS:
        raise AttributeError(f"module 'nlp' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS, "open"])
