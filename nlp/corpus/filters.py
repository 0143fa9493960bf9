"""What a corpus is narrowed to: conditions as SQL, on documents, on passages and links, or on links alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nlp.corpus.sql import identifier, literal
from nlp.errors import UsageError
from nlp.program import Program

Value = object
DOCUMENT = ("run", "document", "kind", "language", "year", "since", "until", "body")
PASSAGE = ("implementer", "treatment", "role", "clause", "passage")
LINK = ("target", "objective", "activity", "lane", "state", "probability", "link")
UNITS = ("report", "implementer", "body", "kind", "language", "year", "run")  # what targets are looked at by
_COLUMN = {"document": "document_id", "passage": "passage_id", "link": "link_id"}
_TARGETS = ("target", "objective", "activity")


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions that all hold, by what they narrow.

    Attributes:
        documents: on the columns of a document; they narrow everything. passages: of a passage; passages and links.
        links: of a link; links alone: that nothing was found in a document is an answer, too.
        said: what was asked for, in words, for captions. states: whether states of links were asked for.
    """

    documents: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    states: bool = False


def narrowed(old: Conditions, asked: Mapping[str, Value], program: Program, own: Iterable[str]) -> Conditions:
    """Return the conditions with more of them.

    Args:
        asked: name -> value, or several values of which one must hold. own: columns that the user joined.

    Raises:
        UsageError: if there is no such filter, or no such objective, activity or target.
    """
    columns = set(own)
    unknown = [name for name in asked if name not in {*DOCUMENT, *PASSAGE, *LINK, *columns}]
    if unknown:
        names = ", ".join([*DOCUMENT, *PASSAGE, *LINK, *sorted(columns)])
        raise UsageError(", ".join(unknown), "no such filter", f"Choose of: {names}")
    documents = [_document(name, value) for name, value in asked.items() if name in {*DOCUMENT, *columns}]
    passages = [_one_of(_COLUMN.get(name, name), value) for name, value in asked.items() if name in PASSAGE]
    links = [_link(name, value) for name, value in asked.items() if name in LINK and name not in _TARGETS]
    targets = [_target(name, value, program) for name in _TARGETS if name in asked for value in several(asked[name])]
    said = tuple(f"{name.replace('_', ' ')} {_words(value)}" for name, value in asked.items())
    return replace(
        old,
        documents=(*old.documents, *documents),
        passages=(*old.passages, *passages),
        links=(*old.links, *links),
        targets=(*old.targets, *([_one_of("target", targets)] if targets else [])),
        said=(*old.said, *said),
        states=old.states or "state" in asked,
    )


def several(value: Value) -> list[Value]:
    """Return a value, or several, as a list."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def _one_of(column: str, value: Value) -> str:
    values = several(value)
    known = ", ".join(literal(v) for v in values if v is not None)
    name = identifier(column)
    tests = [f"{name} IN ({known})"] if known else []
    tests += [f"{name} IS NULL"] if None in values else []
    return f"({' OR '.join(tests) or 'FALSE'})"


def _document(name: str, value: Value) -> str:
    if name == "document":
        starts = (f"starts_with(document_id, {literal(v)})" for v in several(value))
        return f"({' OR '.join(starts) or 'FALSE'})"
    if name in ("since", "until"):
        return _dated(">=" if name == "since" else "<=", str(value))
    return _one_of(name, value)


def _dated(sign: str, value: str) -> str:
    """A year alone is compared with the document's year, so that documents without a day are found."""
    if value.isdigit() and len(value) == 4:
        return f"year {sign} {int(value)}"
    return f"date {sign} CAST({literal(value)} AS DATE)"


def _link(name: str, value: Value) -> str:
    if name == "probability":
        return f"probability >= {literal(value)}"
    return _one_of(_COLUMN.get(name, name), value)


def _target(name: str, value: Value, program: Program) -> str:
    target = str(value) if name == "target" else f"{name}:{value}"
    if target not in program.labels:
        raise UsageError(target, "no such target", f"Targets are {program.targets[0]} to {program.targets[-1]}")
    return target


def _words(value: Value) -> str:
    return " or ".join("unknown" if v is None else str(v) for v in several(value))
