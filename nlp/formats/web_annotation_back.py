"""Web Annotations that come back: our own exports, other tools' JSON-LD, and exports of Hypothesis.

An annotation counts when a body, or a tag, names a label of the codebook (its IRI, or "objective:16"). Its target names
a document by hash or file name; where it names neither, `claims.match` reports the claim as lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, get_args
from urllib.parse import unquote, urlsplit

from nlp.errors import UsageError
from nlp.formats.claims import Claim
from nlp.formats.source import document_of
from nlp.formats.web_annotation import KEPT
from nlp.review.records import State

Json = Any
STATES = frozenset(get_args(State))
_CONCEPT = re.compile(r"(?:^|[/:#])([a-z_]+:\d+)$")
_PAGE = re.compile(r"(?:^|&)page=(\d+)")
_HIGHLIGHT = re.compile(r"(?:^|&)highlight=([\d.]+),([\d.]+),([\d.]+),([\d.]+)")


def read(path: Path, named: Mapping[str, str]) -> Iterator[Claim]:
    """Yield the claims of a file, or of every page of a folder.

    Args:
        named: file name -> document id, for annotations whose target names no hash.

    Raises:
        UsageError: if it cannot be read, or is no JSON of annotations.
    """
    files = sorted(path.glob("*.json*")) if path.is_dir() else [path]
    if not files:
        raise UsageError(path, "no *.json or *.jsonld there", "Give a file or folder of annotations")
    for file in files:
        try:
            rows = [*_rows(json.loads(file.read_text("utf-8")))]
            claims = [claim for row in rows for claim in _claims(row, named)]
        except OSError as error:
            raise UsageError(file, (error.strerror or "cannot be read").lower()) from None
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise UsageError(file, f"no annotations in JSON: {' '.join(str(error).split())[:200]}") from None
        yield from claims


def _rows(content: Json) -> Iterator[dict[str, Any]]:
    """Annotations in whatever holds them: a list, a page, a collection, an answer of Hypothesis."""
    if isinstance(content, list):
        for part in content:
            yield from _rows(part)
    elif not isinstance(content, dict):
        raise ValueError("neither an annotation nor a list of them")
    elif "target" in content:
        yield content
    else:
        for name in ("items", "rows", "first"):
            if isinstance(content.get(name), dict | list):
                yield from _rows(content[name])


def _claims(row: dict[str, Any], named: Mapping[str, str]) -> Iterator[Claim]:
    targets = list(dict.fromkeys(_concepts(row)))
    places = [_place(target, row, named) for target in _many(row["target"])]
    for document_id, place in places:
        for target in targets:
            yield _claim(row, target, document_id or "", place)


def _concepts(row: dict[str, Any]) -> Iterator[str]:
    bodies = [row.get("bodyValue"), *_many(row.get("body")), *_many(row.get("tags"))]
    for body in bodies:
        words = [body.get(name) for name in ("source", "id", "value")] if isinstance(body, dict) else [body]
        for word in words:
            named = word.get("id") if isinstance(word, dict) else word
            if found := _CONCEPT.search(str(named or "").strip()):
                yield found[1]


def _many(value: Json) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _place(target: Json, row: dict[str, Any], named: Mapping[str, str]) -> tuple[str | None, dict[str, Any]]:
    """Document and selectors of a target, what they tell merged."""
    about = target if isinstance(target, dict) else {"source": target}
    source = about.get("source") or about.get("id") or row.get("uri") or ""
    iri = str(source.get("id", "") if isinstance(source, dict) else source)
    name = PurePosixPath(unquote(urlsplit(iri).path)).name
    told: dict[str, Any] = {}
    for selector in _selectors(about.get("selector")):
        told |= _SELECTORS.get(str(selector.get("type")), lambda _: {})(selector)
    return document_of(iri) or named.get(name), told


def _selectors(value: Json) -> Iterator[dict[str, Any]]:
    for selector in _many(value):
        if isinstance(selector, dict):
            yield selector
            yield from _selectors(selector.get("refinedBy"))


def _quote(selector: dict[str, Any]) -> dict[str, Any]:
    around = {name: str(selector.get(name) or "") for name in ("prefix", "suffix")}
    return {"quote": str(selector["exact"]), **around}


def _position(selector: dict[str, Any]) -> dict[str, Any]:
    return {"start": int(selector["start"]), "end": int(selector["end"])}


def _fragment(selector: dict[str, Any]) -> dict[str, Any]:
    value = str(selector["value"])
    page, box = _PAGE.search(value), _HIGHLIGHT.search(value)
    left, right, top, bottom = map(float, box.groups()) if box else (0.0,) * 4
    return {"page": int(page[1]) if page else None, "bbox": [left, top, right, bottom] if box else None}


_SELECTORS = {"TextQuoteSelector": _quote, "TextPositionSelector": _position, "FragmentSelector": _fragment}


def _claim(row: dict[str, Any], target: str, document_id: str, place: dict[str, Any]) -> Claim:
    ours = "evmapState" in row
    item = str(row.get("itemId", "")) or str(row.get("id")).rpartition("link:")[2]
    blank = "" if row.get("evmapState") == "corrected" else None
    where = {name: place[name] for name in ("start", "end", "quote", "prefix", "suffix") if name in place}
    who = next((agent for agent in _many(row.get("creator")) if _is_person(agent)), None)
    nickname = who.get("nickname") or "" if isinstance(who, dict) else ""
    return Claim(
        document_id,
        target,
        _state(row),
        **where,
        item_id=str(row["id"]).rpartition("link:")[2] if ours else "",
        treatment=row.get("treatment", "") if ours else None,
        implementer=row.get("implementer", row.get("implementerText", blank)) if ours else None,
        reason=_remark(row),
        who=str(nickname),
        at=str(row.get("created") or ""),
        part_of=item if item != str(row.get("id")).rpartition("link:")[2] else "",
        by_hand=ours and not row["model"],
        row=_link(row, target, document_id, place) if ours else {},
    )


def _is_person(agent: Json) -> bool:
    return not isinstance(agent, dict) or agent.get("type") != "Software"


def _state(row: dict[str, Any]) -> State:
    """As our own exports say, or a tag; else what a person made is confirmed, what software made is not."""
    told = [row.get("evmapState"), *_many(row.get("tags"))]
    for word in told:
        if word in STATES:
            return word  # type: ignore[no-any-return]
    if "assessing" in _many(row.get("motivation")):
        return "rejected"
    agents = _many(row.get("creator")) or ([] if row.get("generator") is None else _many(row["generator"]))
    return "confirmed" if all(map(_is_person, agents)) else "suggested"


def _remark(row: dict[str, Any]) -> str:
    said = [str(row["text"])] if isinstance(row.get("text"), str) else []
    for body in _many(row.get("body")):
        if isinstance(body, dict) and body.get("purpose") in ("commenting", "describing", "editing"):
            said.append(str(body.get("value") or ""))
    return " ".join(filter(None, said))


def _link(row: dict[str, Any], target: str, document_id: str, place: dict[str, Any]) -> dict[str, Any]:
    """The row of links.jsonl that an export of ours was made of, with its state."""
    desk = {"item_id": row["itemId"], "implementer_text": row.get("implementerText"), "reason": _remark(row)} if (
        "itemId" in row
    ) else {}  # fmt: skip
    return {
        "link_id": str(row["id"]).rpartition("link:")[2],
        "document_id": document_id,
        "target": target,
        **{name: place.get(name) for name in ("quote", "start", "end", "page", "bbox", "prefix", "suffix")},
        **{key: row.get(name) for name, key in KEPT.items() if key not in ("item_id", "implementer_text")},
        "model": row["model"],
        "program": row["program"],
        "state": row["evmapState"],
        **desk,
    }
