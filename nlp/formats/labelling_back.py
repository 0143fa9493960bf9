"""What readers labelled in Label Studio, Prodigy or doccano comes back as claims on the run's links.

A target chosen confirms its link, or adds one that spans the passage; a suggestion that was shown and not chosen is
rejected. What comes back as it went out says what it said then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nlp.annotations.exchange import Item, doccano, label_studio, prodigy
from nlp.annotations.exchange.marks import json_lines
from nlp.errors import UsageError
from nlp.formats.claims import Claim
from nlp.formats.labelling import CARRIED, Task
from nlp.review.records import HOLDS

Reader = Callable[[str], Iterator[tuple[Item, Task]]]


def _label_studio(content: str) -> Iterator[tuple[Item, Task]]:
    for task in json.loads(content):
        yield from ((item, task["data"][CARRIED]) for item in label_studio.read(json.dumps([task])))


def _prodigy(content: str) -> Iterator[tuple[Item, Task]]:
    for task in json_lines(content):
        yield from ((item, task["meta"][CARRIED]) for item in prodigy.read(json.dumps(task)))


def _doccano(content: str) -> Iterator[tuple[Item, Task]]:
    for row in json_lines(content):
        yield from ((item, row[CARRIED]) for item in doccano.read(json.dumps(row)))


READERS: dict[str, Reader] = {"label-studio": _label_studio, "prodigy": _prodigy, "doccano": _doccano}


def read(path: Path, name: str, unchanged: bool = False) -> Iterator[Claim]:
    """Yield the claims of a tool's export.

    Args:
        unchanged: whether labels that come back as they went out are a reader's own (she agreed with all).

    Raises:
        UsageError: if it cannot be read, or is no export of tasks of ours.
    """
    try:
        pairs = [*READERS[name](path.read_text("utf-8"))]
        claims = [claim for item, carried in pairs for claim in _claims(item, carried, unchanged)]
    except OSError as error:
        raise UsageError(path, (error.strerror or "cannot be read").lower()) from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        said = " ".join(str(error).split())[:200]
        raise UsageError(path, f"no {name} export of tasks of ours: {said}", "Check --format") from None
    yield from claims


def _claims(item: Item, carried: Task, unchanged: bool) -> Iterator[Claim]:
    tags = item.marks.tags()
    if not tags:
        return
    if tags == carried["tags"] and not (unchanged and all(link["state"] == "suggested" for link in carried["links"])):
        yield from (_claim(item, carried, link, link["state"]) for link in carried["links"])
        return
    chosen = [tag for tag in tags if tag.startswith(("objective:", "activity:"))]
    linked = {link["target"] for link in carried["links"]}
    for link in carried["links"]:
        shown = link["target"] in carried["shown"]
        state = "confirmed" if link["target"] in chosen else "rejected" if shown else link["state"]
        state = link["state"] if state == "confirmed" and link["state"] in HOLDS else state
        yield _claim(item, carried, link, state)
    for target in chosen:
        if target not in linked:
            place: dict[str, Any] = {"target": target, "start": carried["start"], "end": carried["end"]}
            place |= {"link_id": "", "by_hand": False}
            yield _claim(item, carried, place, "confirmed")


def _claim(item: Item, carried: Task, link: Task, state: str) -> Claim:
    """A claim on a link; its treatment is told where the reader gave the passage another."""
    given = item.marks.treatment
    told = given if given != carried["treatment"] and state in HOLDS else None
    words = (item.text or "")[max(0, link["start"] - carried["start"]) : link["end"] - carried["start"]]
    return Claim(
        carried["document_id"],
        link["target"],
        state,  # type: ignore[arg-type]
        link["start"],
        link["end"],
        words,
        item_id=link["link_id"],
        treatment=told if told else None,
        reason=item.marks.reason,
        who=item.by,
        by_hand=link["by_hand"],
    )
