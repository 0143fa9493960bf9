"""W3C Web Annotation as JSON-LD: a collection of annotations, one for each evidence link.

Models: Web Annotation Data Model (W3C Recommendation, 2017); page and rectangle as RFC 8118 writes them in fragments
of PDF; the document by the hash of its bytes (RFC 6920). Offsets count in the canonical text, whose digest stands in
`textDigest`. What the model has no word for stands under names of ours: `PROPERTIES`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from nlp.formats.making import making, making_folder
from nlp.formats.source import Source, document_iri
from nlp.review.records import HOLDS
from nlp.writers.walk import Row

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PDF_FRAGMENT = "http://tools.ietf.org/rfc/rfc3778"
PDF = "application/pdf"
PAGE_SIZE = 1_000
PROPERTIES = {
    "evmapState": "what officers decided: suggested (nobody yet), confirmed, corrected, rejected, unsure, postponed",
    "probability": "calibrated probability in [0, 1] that the quote is evidence for the target, as the model says",
    "lane": "suggested: sure enough to show first; review: to be looked at",
    "passageId": "passage of the run that holds the quote",
    "implementer": "who acts: id in the codebook",
    "implementerText": "who acts, where the codebook does not know it",
    "itemId": "item of the desk that it shows; another id than its own where that spans several passages",
    "treatment": "how the act is told: done, planned, standing, recommended, mention",
    "why": "what carried the link: sentences, codebook terms, nearest annotated examples",
    "program": "sha256 of the codebook",
    "model": "sha256 of the model, empty where an officer added it",
    "textDigest": "sha256 of the canonical text (UTF-8) that start and end count in",
}
KEPT = {
    "probability": "probability", "lane": "lane", "passageId": "passage_id", "implementer": "implementer",
    "implementerText": "implementer_text", "treatment": "treatment", "why": "why", "itemId": "item_id",
}  # fmt: skip


def context(base: str) -> list[Any]:
    """Return the context: the standard's, and our names behind the base."""
    own: dict[str, Any] = {name: f"evmap:{name}" for name in PROPERTIES}
    own |= {"why": {"@id": "evmap:why", "@type": "@json"}, "evmapState": "evmap:state"}  # the standard has a `state`
    return [CONTEXT, {"@version": 1.1, "evmap": {"@id": f"{base}terms:", "@prefix": True}, **own}]


def write(source: Source, path: Path) -> list[Path]:
    """Write one file where `path` ends in .json or .jsonld, else a folder with pages of `PAGE_SIZE` annotations.

    Annotations stream. Raises:
        UsageError: if it cannot be written, or the folder holds something.
    """
    found = annotated(source)
    if path.suffix in (".json", ".jsonld"):
        with making(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
            _write_one(source, file, found)
        return [path]
    with making_folder(path) as folder:
        names = _write_pages(source, folder, found)
    return [path / name for name in names]


def _collection(source: Source) -> Row:
    head = {"@context": context(source.options.base), "id": source.iri("links"), "type": "AnnotationCollection"}
    return {**head, "label": "Evidence links from documents to the codebook"}


def _write_one(source: Source, file: TextIO, found: Iterator[Row]) -> None:
    page: Row = {"id": source.iri("links:page:1"), "type": "AnnotationPage", "startIndex": 0}
    file.write(f'{_open(_collection(source))}, "first": {_open(page)}, "items": [')
    total = -1
    for total, row in enumerate(found):
        file.write(("," if total else "") + "\n" + json.dumps(row, ensure_ascii=False))
    file.write(f'\n]}}, "total": {total + 1}}}\n')


def _open(row: Row) -> str:
    """An object whose end is still to be written."""
    return json.dumps(row, ensure_ascii=False)[:-1]


def _write_pages(source: Source, folder: Path, found: Iterator[Row]) -> list[str]:
    names: list[str] = []
    total, batch = 0, list(islice(found, PAGE_SIZE))
    while batch or not names:
        following = list(islice(found, PAGE_SIZE))
        number = len(names) + 1
        page: Row = {"@context": context(source.options.base), "id": _page_name(number), "type": "AnnotationPage"}
        page |= {"partOf": {"id": source.iri("links")}, "startIndex": total}
        page |= {"next": _page_name(number + 1)} if following else {}
        page |= {"prev": _page_name(number - 1)} if number > 1 else {}
        total += len(batch)
        names.append(_page_name(number))
        _save(folder / names[-1], {**page, "items": batch})
        batch = following
    ends = {"first": names[0], "last": names[-1], "total": total}
    _save(folder / "collection.jsonld", {**_collection(source), **ends})
    return ["collection.jsonld", *names]


def _page_name(number: int) -> str:
    return f"page-{number:05}.jsonld"


def _save(path: Path, content: Row) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def annotated(source: Source) -> Iterator[Row]:
    """Yield an annotation for every link, in the order of the run."""
    for found in source.found():
        if found.document is None or not found.links:
            continue
        digest = hashlib.sha256(source.rows.text(found.document).encode()).hexdigest()
        for link in found.links:
            yield _annotation(source, link, found.document, digest)


def _annotation(source: Source, link: Row, document: Row, digest: str) -> Row:
    item = link.get("item_id") or link["link_id"]
    state, decision = link.get("state") or "suggested", source.decided.get(item, {})
    purpose = "assessing" if state == "rejected" else "classifying"
    concept = {"type": "SpecificResource", "source": source.iri(link["target"]), "purpose": purpose}
    said = link.get("reason")
    remark = [{"type": "TextualBody", "value": said, "purpose": "commenting"}] if said else []
    agents = _agents(source, link, decision, state)
    return {
        "id": source.iri(f"link:{link['link_id']}"),
        "type": "Annotation",
        "motivation": purpose,
        **agents,
        "body": [concept, *remark],
        "target": _target(link, document, digest),
        "evmapState": state,
        **{name: link[key] for name, key in KEPT.items() if link.get(key) is not None},
        "program": link["program"],
        "model": link["model"],
    }


def _agents(source: Source, link: Row, decision: Row, state: str) -> Row:
    """Who made it: the model, and who decided on it last."""
    name = f"evmap {source.manifest.get('evmap', '')}".strip()
    model = {"id": source.iri(f"model:{link['model']}"), "type": "Software", "name": name} if link["model"] else None
    made: Row = {"generator": model} if model else {}
    if decision and state != "suggested":
        who = {"id": source.iri(f"reader:{decision['who']}"), "type": "Person", "nickname": decision["who"]}
        made |= {"creator": who, "created": _time(decision["at"])}
    elif model and state not in HOLDS:
        made["creator"] = model
    return made


def _time(at: str) -> str:
    return at if at.endswith("Z") else at.replace("+00:00", "Z")


def _target(link: Row, document: Row, digest: str) -> Row:
    quote = {"type": "TextQuoteSelector", "exact": link["quote"], "prefix": link["prefix"], "suffix": link["suffix"]}
    place = {"type": "TextPositionSelector", "start": link["start"], "end": link["end"]}
    selectors: list[Row] = [quote, place]
    if link["page"] is not None:
        rules = {"conformsTo": PDF_FRAGMENT} if document["media_type"] == PDF else {}
        value = f"page={link['page']}{_highlight(link['bbox'])}"
        selectors.append({"type": "FragmentSelector", **rules, "value": value})
    about = {"language": document["language"], "format": document["media_type"]}
    return {
        "type": "SpecificResource",
        "source": {"id": document_iri(link["document_id"]), **{key: value for key, value in about.items() if value}},
        "selector": selectors,
        "textDigest": digest,
    }


def _highlight(box: list[float] | None) -> str:
    """The rectangle as RFC 8118 has it: left, right, top, bottom."""
    return f"&highlight={box[0]},{box[2]},{box[1]},{box[3]}" if box else ""
